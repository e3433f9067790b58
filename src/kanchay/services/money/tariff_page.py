"""All that we know of a tariff on a day, ready to be read: prices, hours, values to type, and what is not verified."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from kanchay.analysis.tariff.timetable import day_plans
from kanchay.domain.charges import DemandCharge
from kanchay.domain.errors import BillRefused
from kanchay.domain.interval import to_datetime
from kanchay.domain.tariff import Parameter, Schedule, Tariff, Version
from kanchay.services.context import Context
from kanchay.services.money.pricetable import PriceRow, price_table, value_on
from kanchay.services.money.tariff_words import TariffWords, is_unsure

__all__ = ["BlockHours", "TariffPage", "ValueRow", "tariff_page", "usual_day"]


@dataclass(frozen=True, slots=True)
class BlockHours:
    """When a block of hours holds: ``hours`` such as "18:00–23:00" on days of a season; empty: all year."""

    schedule: str
    block: str
    name: str
    season: str
    days: str
    hours: str


@dataclass(frozen=True, slots=True)
class ValueRow:
    """A value that may be typed; `told` says what is taken where it is not."""

    id: str
    name: str
    unit: str
    told: str
    unverified: bool
    basis: str = ""


@dataclass(frozen=True, slots=True)
class TariffPage:
    """A tariff on a day; `review_due`: a newer list was known to be due by then."""

    tariff: Tariff
    version: Version
    on: date
    prices: tuple[PriceRow, ...]
    hours: tuple[BlockHours, ...]
    values: tuple[ValueRow, ...]
    rules: tuple[tuple[str, str], ...]  # name of a demand charge and how its kW are found
    review_due: bool

    @property
    def n_unverified(self) -> int:
        """Prices that rest on one unchecked source, or are less than highly sure."""
        return sum(row.unverified for row in self.prices)


def usual_day(ctx: Context, tariff: Tariff) -> date:
    """Today by the tariff's clock where a list holds, else the first day of the newest."""
    today = to_datetime(ctx.clock(), tariff.timezone).date()
    return today if any(v.holds_on(today) for v in tariff.versions) else tariff.versions[-1].valid_from


def tariff_page(words: TariffWords, on: date) -> TariffPage:
    """What a tariff says on a day.

    Raises
    ------
    BillRefused
        ``bill.uncovered_date``: no list holds then; the lists that do are named.
    """
    tariff = words.tariff
    version = next((v for v in tariff.versions if v.holds_on(on)), None)
    if version is None:
        known = ", ".join(f"{v.valid_from} to {v.valid_to or 'today'}" for v in tariff.versions)
        raise BillRefused(
            f"Tariff '{tariff.id}' has no prices for {on}.",
            hint=f"Its lists hold from {known}: give such a day with --on.",
            code="bill.uncovered_date",
        )
    return TariffPage(
        tariff,
        version,
        on,
        price_table(words, version, on),
        tuple(row for s in tariff.schedules for row in _hours(words, s)),
        tuple(_value(words, p, on) for p in tariff.parameters),
        tuple(_rules(words, version)),
        version.review_from is not None and version.review_from <= on,
    )


def _hours(words: TariffWords, schedule: Schedule) -> list[BlockHours]:
    used = {w.season for b in schedule.blocks for w in b.windows} - {""}
    seasons = [s.id for s in words.tariff.seasons if s.id in used]
    rows = []
    for season in (*seasons, ""):
        for plan in day_plans(schedule, season):
            for block in schedule.blocks:
                spans = [f"{_clock(h.start_s)}–{_clock(h.end_s)}" for h in plan.hours if h.block == block.id]
                if spans:
                    told = BlockHours(
                        schedule.id, block.id, words.block(block.id),
                        season or (words.say("show.other_days") if seasons else ""),
                        words.days(plan.days), ", ".join(spans),
                    )  # fmt: skip
                    rows.append(told)
    return rows


def _rules(words: TariffWords, version: Version) -> Iterator[tuple[str, str]]:
    for charge in version.charges:
        if isinstance(charge, DemandCharge):
            told = words.say(
                "line.demand", window=words.tariff.demand_window_min, rules=words.demand_rules(charge)
            )
            yield words.pick(charge.names, charge.id), told


def _clock(second: int) -> str:
    return f"{second // 3600:02d}:{second // 60 % 60:02d}"


def _value(words: TariffWords, parameter: Parameter, on: date) -> ValueRow:
    name, unit = words.pick(parameter.names, ""), parameter.unit
    found = value_on(words.tariff, parameter.id, on)
    if found is None:
        return ValueRow(parameter.id, name, unit, words.say("show.needed"), unverified=False)
    dated = any(found == (p.value, p.source) for p in parameter.values)
    told = words.say("show.known" if dated else "show.default", value=found[0])
    return ValueRow(parameter.id, name, unit, told, is_unsure(found[1]), words.sure(found[1]))
