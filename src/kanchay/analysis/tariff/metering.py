"""The quantities that a tariff needs, made from interval readings: energy by block, demand, reactive energy,
energy times published prices."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

import numpy as np

from kanchay.analysis.tariff import refuse
from kanchay.analysis.tariff.blend import shares_of
from kanchay.analysis.tariff.blocks import Clock, block_index
from kanchay.analysis.tariff.references import quantities_of
from kanchay.analysis.tariff.usage import fill_missing
from kanchay.domain.charges import SeriesCharge
from kanchay.domain.errors import ShapeError
from kanchay.domain.interval import HOUR, IntArray, local_midnight
from kanchay.domain.panel import Panel
from kanchay.domain.priceseries import PriceSeries
from kanchay.domain.reading import FloatArray
from kanchay.domain.tariff import ExportMode, Schedule, Tariff, Usage

__all__ = ["Metering", "block_times", "meter", "needed_quantities", "series_prices"]

_PLACES = 6  # decimals of an energy: a milliwatt-hour [kWh]
_ENERGIES = {"energy": "energy_kwh", "export": "export_kwh", "reactive": "reactive_kvarh"}


def needed_quantities(tariff: Tariff) -> frozenset[str]:
    """Names of all quantities that the tariff's newest prices need.

    Parameters
    ----------
    tariff : Tariff

    Returns
    -------
    frozenset of str
        As `kanchay.domain.tariff.Usage` names them.
    """
    names = {n for charge in tariff.versions[-1].charges for n in quantities_of(charge)}
    if tariff.export is ExportMode.NET_METERING:
        names |= {n.replace("energy_kwh", "export_kwh") for n in names if n.startswith("energy_kwh")}
    return frozenset({"energy_kwh", *names})


@dataclass(frozen=True, slots=True, eq=False)
class Metering:
    """Readings of one customer, ready to be cut into the quantities of any period.

    Attributes
    ----------
    tariff : Tariff
        Whose blocks and demand window count.
    starts : ndarray of int64, shape (n,)
        UTC second of each interval. [s]
    resolution_s : int
        [s]
    clock : Clock
        Local time of each.
    values : mapping of str to ndarray of float64, shape (n,)
        ``energy``, and where measured ``export`` and ``reactive``: with what is missing filled. [kWh, kvarh]
    measured : ndarray of float64, shape (n,)
        Energy as read, NaN where missing: demand is never made of estimates. [kWh]
    blocks : mapping of str to ndarray of int64, shape (n,)
        Block of each interval, by schedule.
    """

    tariff: Tariff
    starts: IntArray
    resolution_s: int
    clock: Clock
    values: Mapping[str, FloatArray]
    measured: FloatArray
    blocks: Mapping[str, IntArray]

    def usage(
        self,
        start: date,
        end: date,
        *,
        series: Iterable[PriceSeries] = (),
        before: Sequence[tuple[date, date]] = (),
    ) -> Usage:
        """Quantities of the local days ``[start, end)``.

        Parameters
        ----------
        start, end : date
            Half-open.
        series : iterable of PriceSeries, optional
            That the tariff's series charges name.
        before : sequence of (date, date), optional
            The periods before, newest first: their demand counts where a statistic looks back.

        Returns
        -------
        Usage

        Raises
        ------
        BillRefused
            ``bill.gap``: no reading lies in the period; ``bill.missing_price``: a published price is not
            known.
        """
        part = self._slice(start, end)
        if part.stop <= part.start or np.isnan(self.measured[part]).all():
            raise refuse.no_reading(start, end)
        quantities = {**self._energies(part), **self._times(part), **self._demand(part)}
        for charge, days in self._series_charges(start, end):
            quantities[f"value.{charge.id}"] = self._value(charge, days, {s.name: s for s in series})
        history = tuple(self._demand(self._slice(*period)) for period in before)
        return Usage(start, end, quantities, history, tuple(self._notes(part)))

    def _slice(self, start: date, end: date) -> slice:
        low, high = (local_midnight(d, self.tariff.timezone) for d in (start, end))
        a, b = np.searchsorted(self.starts, [low, high])
        return slice(int(a), int(b))

    def _notes(self, part: slice) -> list[str]:
        missing = ["energy.estimated"] if np.isnan(self.measured[part]).any() else []
        coarse = self.resolution_s > self.tariff.demand_window_min * 60
        needs = any(n.startswith("demand_kw") for n in needed_quantities(self.tariff))
        return missing + (["demand.coarse"] if coarse and needs else [])

    def _energies(self, part: slice) -> dict[str, Decimal]:
        found: dict[str, Decimal] = {}
        for kind, values in self.values.items():
            name = _ENERGIES[kind]
            found[name] = _exact(values[part].sum())
            for schedule in self.tariff.schedules:
                sums = np.bincount(self.blocks[schedule.id][part], values[part], len(schedule.blocks))
                found |= {f"{name}.{b.id}": _exact(v) for b, v in zip(schedule.blocks, sums, strict=True)}
        return found

    def _times(self, part: slice) -> dict[str, Decimal]:
        clock = Clock(self.clock.second[part], self.clock.day[part], self.clock.days)
        return _block_times(
            self.tariff, {k: v[part] for k, v in self.blocks.items()}, clock, self.resolution_s
        )

    def _demand(self, part: slice) -> dict[str, Decimal]:
        """Highest mean power over the tariff's window, of the whole part and of each block. [kW]"""
        kw, firsts = self._power(part)
        if len(kw) == 0 or np.isnan(kw).all():
            return {}
        found = {"demand_kw": _exact(np.nanmax(kw))}
        for schedule in self.tariff.schedules:
            found |= _highest(schedule, self.blocks[schedule.id][part][firsts], kw)
        return found

    def _power(self, part: slice) -> tuple[FloatArray, IntArray]:
        """Mean power of each whole window, NaN where a reading is missing, and its first interval."""
        values = self.measured[part]
        n = max(1, self.tariff.demand_window_min * 60 // self.resolution_s)
        whole = len(values) // n * n
        energy = values[:whole].reshape(-1, n).sum(axis=1)
        return energy / (n * self.resolution_s / HOUR), np.arange(0, whole, n, dtype=np.int64)

    def _series_charges(
        self, start: date, end: date
    ) -> list[tuple[SeriesCharge, list[tuple[SeriesCharge, slice]]]]:
        """Each series charge of the newest prices, with its terms and intervals in each version's days."""
        if not any(isinstance(c, SeriesCharge) for v in self.tariff.versions for c in v.charges):
            return []  # quantities alone need no price list of these days
        parts: dict[str, list[tuple[SeriesCharge, slice]]] = {}
        day = start
        for version, n_days, _ in shares_of(self.tariff, start, end):
            until = date.fromordinal(day.toordinal() + n_days)
            for charge in version.charges:
                if isinstance(charge, SeriesCharge):
                    parts.setdefault(charge.id, []).append((charge, self._slice(day, until)))
            day = until
        return [(found[-1][0], found) for found in parts.values()]

    def _value(
        self, charge: SeriesCharge, parts: list[tuple[SeriesCharge, slice]], series: Mapping[str, PriceSeries]
    ) -> Decimal:
        """Energy times price, interval by interval. [currency]"""
        energy = self._energy_in(charge.quantity)
        total = 0.0
        for terms, part in parts:
            prices = series_prices(terms, series, self.starts[part], self.resolution_s)
            if np.isnan(prices[energy[part] != 0]).any():
                raise refuse.missing_price(charge.id, terms.series)
            total += float(energy[part] @ np.nan_to_num(prices))
        return _exact(total)

    def _energy_in(self, quantity: str) -> FloatArray:
        """Energy of each interval, nothing outside the block that the quantity names. [kWh]"""
        name, _, block = quantity.partition(".")
        values = self.values[name.partition("_")[0]]
        schedule = self.tariff.schedule_of(block)
        if schedule is None:
            return values
        return np.where(self.blocks[schedule.id] == schedule.index(block), values, 0.0)


def block_times(tariff: Tariff, clock: Clock, resolution_s: int) -> dict[str, Decimal]:
    """Hours and days of each block of a tariff's schedules.

    Parameters
    ----------
    tariff : Tariff
    clock : Clock
        Local time of n intervals.
    resolution_s : int
        Their length. [s]

    Returns
    -------
    dict of str to Decimal
        ``hours.<block>`` and ``days.<block>``: days on which the block has an interval. [h, days]
    """
    blocks = {s.id: block_index(s, tariff.seasons, tariff.calendar, clock) for s in tariff.schedules}
    return _block_times(tariff, blocks, clock, resolution_s)


def _block_times(
    tariff: Tariff, blocks: Mapping[str, IntArray], clock: Clock, resolution_s: int
) -> dict[str, Decimal]:
    found: dict[str, Decimal] = {}
    for schedule in tariff.schedules:
        index = blocks[schedule.id]
        counts = np.bincount(index, minlength=len(schedule.blocks))
        days = _days_of(index, clock.day, len(schedule.blocks))
        for place, block in enumerate(schedule.blocks):
            found[f"hours.{block.id}"] = Decimal(int(counts[place]) * resolution_s) / HOUR
            found[f"days.{block.id}"] = Decimal(int(days[place]))
    return found


def series_prices(
    charge: SeriesCharge, series: Mapping[str, PriceSeries], starts: IntArray, resolution_s: int
) -> FloatArray:
    """Prices of a series charge in each interval, by its terms.

    Parameters
    ----------
    charge : SeriesCharge
    series : mapping of str to PriceSeries
        Published prices by name.
    starts : ndarray of int64, shape (n,)
        UTC second of each interval. [s]
    resolution_s : int
        [s]

    Returns
    -------
    ndarray of float64, shape (n,)
        Without tax; NaN where no price is published. [currency/kWh]

    Raises
    ------
    BillRefused
        ``bill.missing_price``: there is no series of that name.
    """
    if charge.series not in series:
        raise refuse.missing_price(charge.id, charge.series)
    prices = float(charge.multiply) * series[charge.series].over(starts, resolution_s) + float(charge.add)
    low = -np.inf if charge.floor is None else float(charge.floor)
    high = np.inf if charge.cap is None else float(charge.cap)
    return np.clip(prices, low, high)


def _exact(value: float | np.floating) -> Decimal:
    """A float with the digits that its readings have."""
    return Decimal(str(round(float(value), _PLACES)))


def _days_of(index: IntArray, day: IntArray, n_blocks: int) -> IntArray:
    """Days on which each block has an interval."""
    if len(day) == 0:
        return np.zeros(n_blocks, dtype=np.int64)
    seen = np.zeros((n_blocks, int(day[-1] - day[0]) + 1), dtype=bool)
    seen[index, day - day[0]] = True
    counts: IntArray = seen.sum(axis=1)
    return counts


def _highest(schedule: Schedule, index: IntArray, kw: FloatArray) -> dict[str, Decimal]:
    found = {}
    for place, block in enumerate(schedule.blocks):
        inside = kw[index == place]
        if len(inside) == 0:  # a summer block in winter
            found[f"demand_kw.{block.id}"] = Decimal(0)
        elif not np.isnan(inside).all():
            found[f"demand_kw.{block.id}"] = _exact(np.nanmax(inside))
    return found


def meter(
    tariff: Tariff, energy: Panel, *, export: Panel | None = None, reactive: Panel | None = None
) -> Metering:
    """Lay a customer's readings out for a tariff.

    Parameters
    ----------
    tariff : Tariff
    energy : Panel
        One point, energy taken from the grid, starting at a local midnight. [kWh per interval]
    export : Panel, optional
        Energy sent to it, on the same grid. [kWh per interval]
    reactive : Panel, optional
        Reactive energy, on the same grid. [kvarh per interval]

    Returns
    -------
    Metering

    Raises
    ------
    ShapeError
        The panels are not on one grid.

    Examples
    --------
    >>> from kanchay.domain.bill import Source
    >>> from kanchay.domain.tariff import Block, Eligibility, Proration, Rounding, Schedule, Version, Window
    >>> peak = Schedule("pe", (Block("hp", (Window(18 * 3600, 23 * 3600),)), Block("hfp")))
    >>> source = Source("Price list", None, "2026-08-04", "high", "official")
    >>> tariff = Tariff(
    ...     "tou", "PE", "PEN", "UTC", "", "", "", "", {}, Eligibility("any"), Proration.DAILY_BLEND, Rounding(),
    ...     (), (), (Version(date(1970, 1, 1), None, (), source, ()),), schedules=(peak,),
    ... )
    >>> hourly = Panel.of(("m",), np.ones((1, 48)), start=0, resolution_s=3600, tz="UTC")
    >>> usage = meter(tariff, hourly).usage(date(1970, 1, 1), date(1970, 1, 3))
    >>> [str(usage.quantities[name]) for name in ("energy_kwh", "energy_kwh.hp", "hours.hp", "demand_kw.hp")]
    ['48.0', '10.0', '10', '1.0']
    """
    panels = {"energy": energy, "export": export, "reactive": reactive}
    known = {kind: panel for kind, panel in panels.items() if panel is not None}
    if len({(p.start, p.resolution_s, p.n_intervals) for p in known.values()}) > 1:
        raise ShapeError("Energy, export and reactive energy must be on one grid.")
    starts = energy.starts
    clock = Clock.of(starts, tariff.timezone)
    values = {k: fill_missing(p.values[0], starts, tariff.timezone) for k, p in known.items()}
    blocks = {s.id: block_index(s, tariff.seasons, tariff.calendar, clock) for s in tariff.schedules}
    return Metering(tariff, starts, energy.resolution_s, clock, values, energy.values[0], blocks)
