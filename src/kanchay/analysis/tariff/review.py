"""What is allowed in a tariff and yet looks like a slip: gaps, a price a hundred times too high, unused names."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise
from typing import Any, Final

import numpy as np

from kanchay.analysis.features.calendar import is_holiday
from kanchay.analysis.tariff.document import Mistake
from kanchay.analysis.tariff.prices import map_prices
from kanchay.analysis.tariff.references import blocks_of, parameters_of, quantities_of
from kanchay.analysis.tariff.timetable import hours_of_day
from kanchay.domain.charges import BandedCharge, Charge, TouCharge
from kanchay.domain.errors import NotFound
from kanchay.domain.schedule import EVERY_DAY
from kanchay.domain.tariff import Tariff, Tax, Version

__all__ = ["review_tariff"]

_FAR: Final = 10  # times: no list changes so much in one step, a wrong unit (cents) is 100
_HIGH: Final = Decimal(5)  # of a kWh in these currencies: above it is surely cents
_STRONG: Final = ("AUD", "CAD", "CHF", "EUR", "GBP", "NZD", "PEN", "USD")
_KNOWN: Final = {
    "confidence": ("high", "medium", "low"),
    "basis": ("official", "crosscheck", "secondary", "derived", "general", "typed"),
}
_UNSURE: Final = "Prices of an unknown word are shown as not verified."
_SEGMENTS: Final = ("any", "residential", "non_residential")
_NEAR: Final = Decimal("0.003")  # how close two lists must lie to differ by just a tax


@dataclass(frozen=True, slots=True)
class _Placed:
    """A charge of a version and where it is written."""

    path: str
    charge: Charge


def review_tariff(tariff: Tariff, document: Mapping[str, Any]) -> list[Mistake]:
    """Look a valid tariff over for what is probably not meant.

    Parameters
    ----------
    tariff : Tariff
        As `kanchay.analysis.tariff.parse.parse_tariff` read it from `document`.
    document : mapping
        Whose paths the remarks name.

    Returns
    -------
    list of Mistake
        Each with path, remark and cure; empty where nothing is odd.

    Examples
    --------
    >>> from kanchay.analysis.tariff.parse import parse_tariff
    >>> source = {"title": "A list", "date": "2026-08-04", "confidence": "high", "basis": "official"}
    >>> energy = {"id": "energy", "kind": "banded", "quantity": "energy_kwh", "select": "marginal", "taxes": []}
    >>> energy |= {"tiers": [{"rate": "52.4"}]}
    >>> document = {
    ...     "schema": "tariff/1", "id": "x", "country": "PE", "currency": "PEN", "timezone": "America/Lima",
    ...     "provider": {"id": "x", "name": "X"}, "option": {"code": "X"},
    ...     "versions": [
    ...         {"valid_from": "2026-08-04", "prices_include": [], "source": source, "charges": [energy]}
    ...     ],
    ... }
    >>> [(m.path, m.what) for m in review_tariff(parse_tariff(document), document)]
    [('versions[0].charges[0]', 'charges 52.4 PEN for one kWh')]
    """
    written = _placed(tariff, document)
    return [
        *_gaps(tariff, document),
        *_prices(tariff, written),
        *_unused(tariff),
        *_unused_hours(tariff),
        *_words(document, ""),
        *_strangers(tariff),
        *_high_taxes(tariff),
    ]


def _order(document: Mapping[str, Any]) -> list[int]:
    """Places in the file of the tariff's versions, oldest first."""
    return sorted(range(len(document["versions"])), key=lambda i: str(document["versions"][i]["valid_from"]))


def _placed(tariff: Tariff, document: Mapping[str, Any]) -> list[list[_Placed]]:
    """Charges of each version, oldest first, with their paths."""
    found = []
    for place, version in zip(_order(document), tariff.versions, strict=True):
        own = len(document["versions"][place].get("charges") or ())
        paths = [f"versions[{place}].charges[{i}]" for i in range(own)]
        paths += [f"common_charges[{i}]" for i in range(len(version.charges) - own)]
        found.append([_Placed(p, c) for p, c in zip(paths, version.charges, strict=True)])
    return found


def _words(part: Any, path: str) -> Iterator[Mistake]:
    """Sources whose confidence or basis is a word that nobody knows, wherever they stand."""
    if isinstance(part, list):
        for i, member in enumerate(part):
            yield from _words(member, f"{path}[{i}]")
    elif isinstance(part, Mapping):
        for key, value in part.items():
            inner = f"{path}.{key}" if path else str(key)
            words = _KNOWN.get(str(key), ()) if path.endswith("source") else ()
            if words and value not in words:
                yield _remark(
                    inner, "'{value}' is not one of {words}", _UNSURE, value=value, words=", ".join(words)
                )
            yield from _words(value, inner)


def _strangers(tariff: Tariff) -> Iterator[Mistake]:
    """A segment or a country of holidays that nobody knows."""
    segment = tariff.eligibility.segment
    if segment not in _SEGMENTS:
        mend = "Write one of them: no customer is of another segment."
        told = ", ".join(_SEGMENTS)
        yield _remark(
            "eligibility.segment", "'{value}' is not one of {words}", mend, value=segment, words=told
        )
    try:
        is_holiday(np.array([0]), tariff.calendar.country, tariff.calendar.subdivision)
    except NotFound:
        mend = "Give an ISO country such as PE, or leave it out: no day is a holiday then."
        said = "no calendar of holidays is known for '{country}'"
        yield _remark("calendar.holidays", said, mend, country=tariff.calendar.country)


def _high_taxes(tariff: Tariff) -> Iterator[Mistake]:
    """A tax of 18 is 1,800 %: a percentage was written for a share."""
    for i, tax in enumerate(tariff.taxes):
        if tax.rate > 1:
            said, mend = "is a tax of {percent} %", 'Write 18 % as "0.18".'
            yield _remark(f"taxes[{i}].rate", said, mend, percent=f"{tax.rate * 100:f}")


def _gaps(tariff: Tariff, document: Mapping[str, Any]) -> Iterator[Mistake]:
    for (place, earlier), (_, later) in pairwise(zip(_order(document), tariff.versions, strict=True)):
        if earlier.valid_to is not None and earlier.valid_to < later.valid_from:
            yield _remark(
                f"versions[{place}].valid_to",
                "leaves no prices from {start} until {end}",
                "Add the list of those days, or let valid_to be the next valid_from; bills of those days are refused.",
                start=earlier.valid_to, end=later.valid_from,
            )  # fmt: skip


def _prices(tariff: Tariff, written: Sequence[Sequence[_Placed]]) -> Iterator[Mistake]:
    for placed in written:
        yield from (m for p in placed if (m := _too_high(tariff, p)) is not None)
    pairs = zip(pairwise(written), pairwise(tariff.versions), strict=True)
    for (earlier, later), versions in pairs:
        before = {p.charge.id: p.charge for p in earlier if p.path.startswith("versions")}
        for p in later:
            old = before.get(p.charge.id)
            if old is not None and type(old) is type(p.charge):
                yield from _jump(tariff, p, old, versions)


def _too_high(tariff: Tariff, placed: _Placed) -> Mistake | None:
    charge = placed.charge
    if tariff.currency not in _STRONG or not isinstance(charge, BandedCharge | TouCharge):
        return None
    rates = [price for role, price in prices_of(charge) if role == "rate"]
    if not rates or max(rates) <= _HIGH or not charge.quantity.startswith(("energy_kwh", "export_kwh")):
        return None
    return _remark(
        placed.path, "charges {price} {currency} for one kWh",
        "Write prices in {currency}, not in hundredths of it.", price=max(rates), currency=tariff.currency,
    )  # fmt: skip


def prices_of(charge: Charge) -> list[tuple[str, Decimal]]:
    """Roles and prices of a charge, in the order in which they are written.

    Parameters
    ----------
    charge : Charge

    Returns
    -------
    list of (str, Decimal)
        ``("rate" or "amount", price)``. [currency or currency per unit]
    """
    found: list[tuple[str, Decimal]] = []

    def keep(role: str, price: Decimal) -> Decimal:
        found.append((role, price))
        return price

    map_prices(charge, keep)
    return found


def _jump(
    tariff: Tariff, placed: _Placed, old: Charge, versions: tuple[Version, Version]
) -> Iterator[Mistake]:
    """A charge whose prices are far from the list before, or away from it by just a tax."""
    before, now = prices_of(old), prices_of(placed.charge)
    ratios = (
        [n / b for (_, b), (_, n) in zip(before, now, strict=False) if n and b]
        if len(before) == len(now)
        else []
    )
    if not ratios:
        return
    since = versions[0].valid_from
    far = next((r for r in ratios if r >= _FAR or r * _FAR <= 1), None)
    if far is not None:
        said = (
            "has a price {times} times that of {since}"
            if far > 1
            else "has a price {times} times below that of {since}"
        )
        times = f"{far if far > 1 else 1 / far:.3g}"
        yield _remark(placed.path, said, "Check the unit and the decimal point.", times=times, since=since)
        return
    for tax in (t for t in tariff.taxes if t.id in placed.charge.taxes and t.rate):
        if _differ_by(tax, ratios, old, placed.charge):
            yield _remark(
                placed.path, "differs from {since} by just the tax '{tax}'",
                "See whether that list prints prices with or without it, and write so in prices_include.",
                since=since, tax=tax.id,
            )  # fmt: skip


def _differ_by(tax: Tax, ratios: Sequence[Decimal], old: Charge, new: Charge) -> bool:
    """Whether all prices, taken without tax, rose or fell by the tax's rate."""
    gross = 1 + tax.rate
    factor = (gross if old.tax_included else Decimal(1)) / (gross if new.tax_included else Decimal(1))
    return any(all(abs(r * factor / step - 1) < _NEAR for r in ratios) for step in (gross, 1 / gross))


def _unused(tariff: Tariff) -> Iterator[Mistake]:
    charges = [c for v in tariff.versions for c in v.charges]
    parameters = {name for c in charges for name in parameters_of(c)}
    for i, parameter in enumerate(tariff.parameters):
        if parameter.id not in parameters:
            yield _never(f"parameters[{i}]", "the parameter '{name}' is never used", parameter.id)
    taxes = {name for c in charges for name in c.taxes} | {name for t in tariff.taxes for name in t.on}
    for i, tax in enumerate(tariff.taxes):
        if tax.id not in taxes:
            yield _never(f"taxes[{i}]", "the tax '{name}' is never used", tax.id)
    yield from _unused_time(tariff, charges)


def _unused_time(tariff: Tariff, charges: Sequence[Charge]) -> Iterator[Mistake]:
    blocks = {name for c in charges for name in blocks_of(c)}
    blocks |= {name.partition(".")[2] for c in charges for name in quantities_of(c)}
    seasons = {w.season for s in tariff.schedules for b in s.blocks for w in b.windows}
    for i, schedule in enumerate(tariff.schedules):
        if not blocks & {b.id for b in schedule.blocks}:
            yield _never(f"schedules[{i}]", "the schedule '{name}' is never used", schedule.id)
    for i, season in enumerate(tariff.seasons):
        if season.id not in seasons | blocks:
            yield _never(f"seasons[{i}]", "the season '{name}' is never used", season.id)


def _never(path: str, said: str, name: str) -> Mistake:
    return _remark(path, said, "Use it in a charge, or remove it.", name=name)


def _remark(path: str, said: str, mend: str, **places: object) -> Mistake:
    return Mistake(path, said, mend, tuple((name, str(value)) for name, value in places.items()))


def _unused_hours(tariff: Tariff) -> Iterator[Mistake]:
    """Blocks that never get an hour: earlier blocks take all of theirs."""
    seasons = ("", *(s.id for s in tariff.seasons))
    for i, schedule in enumerate(tariff.schedules):
        held = {h.block for s in seasons for day in EVERY_DAY for h in hours_of_day(schedule, day, s)}
        for j, block in enumerate(schedule.blocks):
            if block.id not in held:
                yield _remark(
                    f"schedules[{i}].blocks[{j}]", "the block '{name}' never gets an hour",
                    "Blocks before it take them all: mend their windows or the order.", name=block.id,
                )  # fmt: skip
