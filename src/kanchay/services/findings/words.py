"""Findings, recommendations and issues in words: the same for pages, command line and report.

Texts come from `library/texts` by code. A place in a text is the name of a number, and the end of the name is its
unit: ``_kwh``, ``_w``, ``_kw``, ``_h``, ``_pct`` (0..100), ``_share`` (0..1), ``_money``, ``_day`` and ``_at`` (UTC
seconds), ``_clock`` (hour of the local clock), ``_tenths``; anything else is a plain number.

A building is spoken of without *you*: `texts_of_site` puts the texts under ``building.`` in the place of those of homes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Protocol

from kanchay.domain.finding import Finding, MoneyRange, Recommendation
from kanchay.domain.issue import Issue
from kanchay.domain.point import SiteKind

__all__ = [
    "Formatter",
    "cause",
    "headline",
    "issue_line",
    "money_words",
    "recommendation_body",
    "recommendation_title",
    "say",
    "since",
    "summary",
    "texts_of_site",
    "what_to_do",
    "why_lines",
    "written",
]

Texts = Mapping[str, str]
Number = int | float | Decimal
_BUILDING = "building."


class Formatter(Protocol):
    """How the reader writes numbers and dates, on the site's clock; `kanchay.web.formats.Formats` is one."""

    def number(self, value: Number | None, digits: int = 1) -> str: ...

    def unit(self, value: Number | None, unit: str, digits: int = 1) -> str: ...

    def energy(self, kwh: Number | None, digits: int | None = None) -> str: ...

    def power(self, kw: Number | None) -> str: ...

    def percent(self, share: float, digits: int = 0) -> str: ...

    def money(self, amount: Number | None, currency: str, digits: int = 2) -> str: ...

    def moment(self, epoch: int) -> datetime: ...

    def weekday_day(self, day: date) -> str: ...

    def when(self, epoch: int) -> str: ...


@dataclass(frozen=True, slots=True)
class _Said(Mapping[str, str]):
    """Numbers as words on demand; what is not known shows as a dash, never as an error on a page."""

    numbers: Mapping[str, float]
    formatter: Formatter
    currency: str

    def __getitem__(self, name: str) -> str:
        value = self.numbers.get(name)
        return "–" if value is None else written(name, value, self.formatter, self.currency)

    def __iter__(self) -> Iterator[str]:
        return iter(self.numbers)

    def __len__(self) -> int:
        return len(self.numbers)


def texts_of_site(texts: Texts, kind: SiteKind) -> dict[str, str]:
    """The same codes in the voice of that kind of site: *tu casa* to residents, *el local* to managers."""
    spoken = {code: text for code, text in texts.items() if not code.startswith(_BUILDING)}
    if kind is SiteKind.BUILDING:
        spoken |= {
            code.removeprefix(_BUILDING): text for code, text in texts.items() if code.startswith(_BUILDING)
        }
    return spoken


def written(name: str, value: float, f: Formatter, currency: str = "PEN") -> str:
    """A number by the unit at the end of its name."""
    whole = 0 if value == int(value) else 2
    by_unit: dict[str, Callable[[], str]] = {
        "kwh": lambda: f.energy(value),
        "w": lambda: f.unit(value, "W", 0),
        "kw": lambda: f.power(value),
        "h": lambda: f.unit(value, "h", 0 if value >= 3 else 1),
        "pct": lambda: f.percent(value / 100.0),
        "share": lambda: f.percent(value),
        "money": lambda: f.money(value, currency, 0 if abs(value) >= 20 else whole),
        "day": lambda: f.weekday_day(f.moment(int(value)).date()),
        "at": lambda: f.when(int(value)),
        "clock": lambda: f"{int(value) % 24}:{round(value % 1 * 60):02d}",
    }
    plain = 0 if value == int(value) or abs(value) >= 100 else 1
    return by_unit.get(name.rsplit("_", 1)[-1], lambda: f.number(value, plain))()


def say(texts: Texts, key: str, numbers: Mapping[str, float], f: Formatter, *, currency: str = "PEN") -> str:
    """The text of that code with its numbers; empty where there is none."""
    text = texts.get(key, "")
    return text.format_map(_Said(numbers, f, currency)) if text else ""


def _currency(finding: Finding) -> str:
    return finding.money.currency if finding.money else "PEN"


def headline(finding: Finding, texts: Texts, f: Formatter) -> str:
    """What was found, in one line."""
    text = say(texts, f"finding.{finding.kind}.title", finding.numbers, f, currency=_currency(finding))
    return text or finding.kind.value


def summary(finding: Finding, texts: Texts, f: Formatter) -> str:
    """What was found, in one or two sentences."""
    return say(texts, f"finding.{finding.kind}.body", finding.numbers, f, currency=_currency(finding))


def cause(finding: Finding, texts: Texts, f: Formatter) -> str:
    """What it most likely is."""
    return say(texts, f"cause.{finding.cause}", finding.numbers, f, currency=_currency(finding))


def what_to_do(finding: Finding, texts: Texts, f: Formatter) -> list[str]:
    """Short verbs first."""
    said = (
        say(texts, f"action.{a}", finding.numbers, f, currency=_currency(finding)) for a in finding.actions
    )
    return [s for s in said if s]


def since(finding: Finding, texts: Texts, f: Formatter) -> str:
    """``Desde el martes 11 de agosto``, or when it was."""
    key = "since.ongoing" if finding.ongoing else "since.was"
    return say(texts, key, {"first_day": finding.start, "last_day": finding.end - 1}, f)


def recommendation_title(advice: Recommendation, texts: Texts, f: Formatter) -> str:
    """The action, as an imperative."""
    return (
        say(texts, f"advice.{advice.code}.title", advice.numbers, f, currency=advice.saving.currency)
        or advice.code
    )


def recommendation_body(advice: Recommendation, texts: Texts, f: Formatter) -> str:
    """How to do it and what it saves."""
    return say(texts, f"advice.{advice.code}.body", advice.numbers, f, currency=advice.saving.currency)


def why_lines(advice: Recommendation, texts: Texts, f: Formatter) -> list[str]:
    """The reasons, with this home's own numbers."""
    said = (say(texts, f"why.{w}", advice.numbers, f, currency=advice.saving.currency) for w in advice.why)
    return [s for s in said if s]


def money_words(money: MoneyRange | None, texts: Texts, f: Formatter) -> tuple[str, str]:
    """``S/ 110 al año`` and ``entre S/ 83 y S/ 138``; or that it could not be priced."""
    if money is None:
        return texts.get("money.uncosted", ""), ""
    digits = 0 if abs(money.mean) >= 20 else 2
    amounts = [f.money(m, money.currency, digits) for m in (money.mean, money.low, money.high)]
    words = texts.get(f"money.per_{money.per}", "{amount}").format(amount=amounts[0])
    return words, texts.get("money.range", "").format(low=amounts[1], high=amounts[2])


def issue_line(issue: Issue, texts: Texts, f: Formatter) -> str:
    """Bad data in one line, worded alike everywhere."""
    numbers = {**issue.numbers, "start_at": issue.start, "hours": (issue.end - issue.start) / 3600}
    return say(texts, f"issue.{issue.kind}", numbers, f) or issue.kind.value
