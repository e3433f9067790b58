"""The quantities that a tariff needs, made from interval readings: energy by block, demand, reactive energy,
energy times published prices."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

import numpy as np

from kanchay.analysis.tariff import refuse
from kanchay.analysis.tariff.blocks import Clock, block_index
from kanchay.analysis.tariff.blocktimes import calendar_times, times_of
from kanchay.analysis.tariff.references import quantities_of
from kanchay.analysis.tariff.spot import series_prices, series_terms
from kanchay.analysis.tariff.usage import fill_missing
from kanchay.domain.errors import ShapeError
from kanchay.domain.interval import HOUR, IntArray, local_midnight
from kanchay.domain.panel import Panel
from kanchay.domain.priceseries import PriceSeries
from kanchay.domain.reading import FloatArray
from kanchay.domain.tariff import ExportMode, Schedule, Tariff, Usage

__all__ = ["Metering", "meter", "needed_quantities"]

_MOST_MISSING = 0.10  # a channel or an earlier month with more missing than that is not known
_PLACES = 6  # decimals of an energy: a milliwatt-hour [kWh]
_ENERGIES = {"energy": "energy_kwh", "export": "export_kwh", "reactive": "reactive_kvarh"}


def needed_quantities(tariff: Tariff) -> frozenset[str]:
    """Names of all quantities that the tariff's price lists need.

    Parameters
    ----------
    tariff : Tariff

    Returns
    -------
    frozenset of str
        As `kanchay.domain.tariff.Usage` names them.
    """
    names = {n for version in tariff.versions for charge in version.charges for n in quantities_of(charge)}
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
        ``energy``, and where measured ``export`` and ``reactive``, NaN where missing. [kWh, kvarh]
    blocks : mapping of str to ndarray of int64, shape (n,)
        Block of each interval, by schedule.
    """

    tariff: Tariff
    starts: IntArray
    resolution_s: int
    clock: Clock
    values: Mapping[str, FloatArray]
    blocks: Mapping[str, IntArray]

    def usage(
        self,
        start: date,
        end: date,
        *,
        series: Iterable[PriceSeries] = (),
        before: Sequence[tuple[date, date]] = (),
        as_of: date | None = None,
    ) -> Usage:
        """Quantities of the local days ``[start, end)``.

        Parameters
        ----------
        start, end : date
            Half-open.
        series : iterable of PriceSeries, optional
            That the tariff's series charges name.
        before : sequence of (date, date), optional
            The periods before, newest first: their demand counts where a statistic looks back and nearly all
            of them was read.
        as_of : date, optional
            Day whose list tells the terms of published prices (default: each day's own).

        Returns
        -------
        Usage

        Raises
        ------
        BillRefused
            ``bill.gap``: no reading lies in the period; ``bill.negative_energy``; ``bill.missing_price``: a
            published price is not known.
        """
        part = self._slice(start, end)
        if part.stop <= part.start or np.isnan(self.values["energy"][part]).all():
            raise refuse.no_reading(start, end)
        filled = self._filled(part)
        quantities = {**self._energies(part, filled), **self._times(part, start, end), **self._demand(part)}
        quantities |= self._values(
            (start, end), part, filled, series={s.name: s for s in series}, as_of=as_of
        )
        history = tuple(self._demand(self._slice(*p)) if self._is_read(*p) else {} for p in before)
        return Usage(start, end, quantities, history, tuple(self._notes(part, filled)))

    def _filled(self, part: slice) -> dict[str, FloatArray]:
        """Channels of the part without holes; one that is hardly read is no channel. [kWh, kvarh]"""
        found = {}
        for kind, values in self.values.items():
            if (values[part] < 0).any():
                raise refuse.negative_energy(_ENERGIES[kind], float(np.nanmin(values[part])))
            if kind == "energy" or np.isnan(values[part]).mean() <= _MOST_MISSING:
                found[kind] = fill_missing(values[part], self.starts[part], self.tariff.timezone)
        return found

    def _is_read(self, start: date, end: date) -> bool:
        """Whether nearly all of a period was read."""
        part = self._slice(start, end)
        low, high = (local_midnight(d, self.tariff.timezone) for d in (start, end))
        n_read = int((~np.isnan(self.values["energy"][part])).sum())
        return n_read >= (1 - _MOST_MISSING) * (high - low) / self.resolution_s

    def _slice(self, start: date, end: date) -> slice:
        low, high = (local_midnight(d, self.tariff.timezone) for d in (start, end))
        a, b = np.searchsorted(self.starts, [low, high])
        return slice(int(a), int(b))

    def _notes(self, part: slice, filled: Mapping[str, FloatArray]) -> list[str]:
        missing = any(np.isnan(self.values[kind][part]).any() for kind in filled)
        window = self.tariff.demand_window_min * 60
        coarse = bool(window % self.resolution_s)  # also an interval that does not fit into the window
        needs = any(n.startswith("demand_kw") for n in needed_quantities(self.tariff))
        return (["energy.estimated"] if missing else []) + (["demand.coarse"] if coarse and needs else [])

    def _energies(self, part: slice, filled: Mapping[str, FloatArray]) -> dict[str, Decimal]:
        found: dict[str, Decimal] = {}
        for kind, values in filled.items():
            name = _ENERGIES[kind]
            found[name] = _exact(values.sum())
            for schedule in self.tariff.schedules:
                sums = np.bincount(self.blocks[schedule.id][part], values, len(schedule.blocks))
                found |= {f"{name}.{b.id}": _exact(v) for b, v in zip(schedule.blocks, sums, strict=True)}
        return found

    def _times(self, part: slice, start: date, end: date) -> dict[str, Decimal]:
        """Hours and days of each block, by the calendar also where readings begin later."""
        low, high = (local_midnight(d, self.tariff.timezone) for d in (start, end))
        if (part.stop - part.start) * self.resolution_s < high - low:
            return calendar_times(self.tariff, start, end)
        clock = Clock(self.clock.second[part], self.clock.day[part], self.clock.days)
        blocks = {k: v[part] for k, v in self.blocks.items()}
        return times_of(self.tariff, blocks, clock, self.resolution_s)

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
        values = self.values["energy"][part]
        n = max(1, -(-self.tariff.demand_window_min * 60 // self.resolution_s))
        whole = len(values) // n * n
        energy = values[:whole].reshape(-1, n).sum(axis=1)
        return energy / (n * self.resolution_s / HOUR), np.arange(0, whole, n, dtype=np.int64)

    def _energy_in(self, quantity: str, part: slice, filled: Mapping[str, FloatArray]) -> FloatArray:
        """Energy of each interval, shape (n,), nothing outside the part and the block that the quantity names."""
        name, _, block = quantity.partition(".")
        energy = np.zeros(len(self.starts))
        energy[part] = filled.get(name.partition("_")[0], 0.0)
        schedule = self.tariff.schedule_of(block)
        if schedule is not None:
            energy[self.blocks[schedule.id] != schedule.index(block)] = 0.0
        return energy

    def _values(
        self,
        days: tuple[date, date],
        part: slice,
        filled: Mapping[str, FloatArray],
        *,
        series: Mapping[str, PriceSeries],
        as_of: date | None,
    ) -> dict[str, Decimal]:
        """Energy times published price of each series charge, interval by interval. [currency]"""
        totals: dict[str, float] = {}
        for charge, (start, end) in series_terms(self.tariff, *days, as_of):
            own = self._slice(start, end)
            prices = series_prices(charge, series, self.starts[own], self.resolution_s)
            kwh = self._energy_in(charge.quantity, part, filled)[own]
            if np.isnan(prices[kwh != 0]).any():
                raise refuse.missing_price(charge.id, charge.series)
            totals[charge.id] = totals.get(charge.id, 0.0) + float(kwh @ np.nan_to_num(prices))
        return {f"value.{key}": _exact(total) for key, total in totals.items()}


def _exact(value: float | np.floating) -> Decimal:
    """A float with the digits that its readings have."""
    return Decimal(str(round(float(value), _PLACES)))


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
    values = {k: p.values[0] for k, p in known.items()}
    blocks = {s.id: block_index(s, tariff.seasons, tariff.calendar, clock) for s in tariff.schedules}
    return Metering(tariff, starts, energy.resolution_s, clock, values, blocks)
