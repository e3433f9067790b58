"""Words for the parts of a tariff in one language: quantities, blocks, parameters, rules, days, how sure a price is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from kanchay.domain.bill import Source
from kanchay.domain.charges import DemandCharge
from kanchay.domain.schedule import EVERY_DAY
from kanchay.domain.tariff import Tariff

__all__ = ["TariffWords", "is_unsure", "number_text", "percent"]

_CHECKED: Final = ("official", "crosscheck", "derived", "typed")


def is_unsure(source: Source | None) -> bool:
    """Whether a price rests on a single unchecked source, or is less than highly sure."""
    return source is not None and (source.basis not in _CHECKED or source.confidence != "high")


def number_text(number: Decimal) -> str:
    """A number with the digits that it needs."""
    return f"{number.normalize():f}"


def percent(share: Decimal) -> str:
    """0.18 as ``18``."""
    return number_text(share * 100)


@dataclass(frozen=True, slots=True)
class TariffWords:
    """Speaks of one tariff in one language; `texts` is what the library holds in it."""

    tariff: Tariff
    texts: Mapping[str, str]
    locale: str

    def say(self, key: str, **places: object) -> str:
        """The text ``tariff.KEY`` with its places filled."""
        return self.texts[f"tariff.{key}"].format(**places)

    def pick(self, names: Mapping[str, str], otherwise: str) -> str:
        """The words of a tariff in this language, else in English, else what stands for them."""
        return names.get(self.locale) or names.get("en") or otherwise

    def line(self, line_id: str, names: Mapping[str, Mapping[str, str]]) -> str:
        """The name of a line of a bill, where `names` holds those of the tariff's own lines."""
        usual = self.texts.get(f"tariff.name.{line_id}", line_id.replace("_", " ").capitalize())
        return self.pick(names.get(line_id, {}), usual)

    def quantity(self, name: str) -> str:
        """A quantity: "energy of the period in the hours Peak"."""
        kind, _, block = name.partition(".")
        words = self.texts.get(f"tariff.quantity.{kind}", kind)
        if not block or kind == "value":
            return words
        return self.say("quantity.in_block", what=words, block=self.block(block))

    def block(self, name: str) -> str:
        """A block of hours."""
        schedule = self.tariff.schedule_of(name)
        return self.pick(schedule.blocks[schedule.index(name)].names if schedule else {}, name)

    def parameter(self, name: str) -> str:
        """A parameter, with the id under which it is typed."""
        parameter = self.tariff.parameter(name)
        words = self.pick(parameter.names, "") if parameter else ""
        return f"{words} ({name})" if words else name

    def sure(self, source: Source | None) -> str:
        """What a price rests on, and how sure it is; empty without a source."""
        if source is None:
            return ""
        basis = self.texts.get(f"tariff.basis.{source.basis}", source.basis)
        if source.basis == "typed":
            return basis
        return f"{basis}, {self.texts.get(f'tariff.confidence.{source.confidence}', source.confidence)}"

    def days(self, classes: Sequence[int]) -> str:
        """Day classes: "Mon–Sat", "every day", "Sun, holidays"."""
        if set(classes) == EVERY_DAY:
            return self.say("day.all")
        runs: list[list[int]] = []
        for day in sorted(classes):
            if runs and day == runs[-1][-1] + 1 and day != max(EVERY_DAY):
                runs[-1].append(day)
            else:
                runs.append([day])
        return ", ".join(
            self.say(f"day.{r[0]}")
            if len(r) == 1
            else f"{self.say(f'day.{r[0]}')}–{self.say(f'day.{r[-1]}')}"
            for r in runs
        )

    def demand_rules(self, charge: DemandCharge) -> str:
        """Rules of a demand charge: statistic, ratchet, what is taken off, floor; each begins with a space."""
        parts = []
        if charge.statistic.months > 1:
            parts.append(self.say("rule.statistic", top=charge.statistic.top, months=charge.statistic.months))
        if charge.statistic.at_least:
            parts.append(self.say("rule.at_least", kw=charge.statistic.at_least))
        if charge.ratchet is not None:
            share = percent(charge.ratchet.share)
            parts.append(self.say("rule.ratchet", share=share, months=charge.ratchet.months))
        if charge.minus:
            parts.append(self.say("rule.minus", other=charge.minus))
        if charge.minus_parameter:
            parts.append(self.say("rule.minus_parameter", other=self.parameter(charge.minus_parameter)))
        if charge.floor:
            parts.append(self.say("rule.floor", floor=charge.floor))
        return "".join(parts)
