"""A timer on the water heater: when it should heat, and what that saves, by the physics of its tank."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from kanchay.analysis.anomaly.waterheater import HeaterAnswer, WaterHeater
from kanchay.analysis.physics.tank import WATER_KWH_PER_L_K, Tank, run_tank
from kanchay.domain.interval import DAY, HOUR, IntArray, wall_clock
from kanchay.domain.reading import FloatArray

__all__ = ["TimerPromise", "timer_promise", "timer_windows"]

_STEP_S: Final = 180.0  # the burst of an element is four steps long
_DRAW_STEPS: Final = 3
_DRAW_DAYS: Final = 42  # of draws that are run again
_USE_C: Final = 38.0
_SETPOINT_C: Final = 60.0  # what thermostats are sold at; the range tries 52 and 68
_HYSTERESIS_K: Final = 5.0  # the range tries 3.5 and 7
_EARLY_H: Final = 15.0  # draws before are the morning's
_REHEAT_MARGIN: Final = 1.3
_OFTEN: Final = 0.10  # share of days: rarer draws get no window of their own
_FEWEST_DRAWS: Final = 6
_AWAKE: Final = (7.0, 22.0)  # hands and dishes
_HALF_H: Final = 0.5
_CLOSING: Final = (
    0.1,
    0.5,
    0.9,
)  # share of draws begun when a window closes: the earliest that leaves nobody cold
_COLD: Final = 0.02  # share of the water that may come out colder than now


@dataclass(frozen=True, slots=True)
class TimerPromise:
    """What a timer would do.

    Attributes
    ----------
    windows : tuple of (float, float)
        Local hours in which it may heat. [h]
    kwh_per_month, kwh_low, kwh_high : float
        Saved in 30.4 days; 8 times in 10 within the range. [kWh]
    standing_kwh_per_month : float
        All that the tank loses today. [kWh]
    cold_share : float
        Share of the drawn water that would come out colder than at present wanted. [-]
    """

    windows: tuple[tuple[float, float], ...]
    kwh_per_month: float
    kwh_low: float
    kwh_high: float
    standing_kwh_per_month: float
    cold_share: float


def timer_windows(heater: WaterHeater, tz: str) -> list[tuple[tuple[float, float], ...]]:
    """Timers worth trying, in half hours of the local clock.

    A window opens early enough to heat what a usual morning (or evening) draws, and closes when some share of the
    draws has begun: a full tank serves the rest. Where people draw in the evening too, one window and two are tried.

    Parameters
    ----------
    heater : WaterHeater
        Found, with its draws.
    tz : str
        Zone of the clock.

    Returns
    -------
    list of tuples of (float, float)
        Each one timer of one or two windows; empty where too few draws are known. [h]

    Examples
    --------
    >>> days = np.arange(30) * DAY
    >>> draws = np.concatenate([days + 7 * HOUR, days + 20 * HOUR])  # showers at 7 and at 20
    >>> heater = WaterHeater(
    ...     HeaterAnswer.FOUND, "regular_bursts", burst_kwh=0.3, element_w=1500.0,
    ...     draw_start=draws, draw_kwh=np.full(60, 1.2), n_days=30.0,
    ... )
    >>> timer_windows(heater, "UTC")[-1]
    ((5.5, 7.0), (18.5, 20.0))
    """
    if heater.draw_start is None or heater.draw_kwh is None or len(heater.draw_start) < _FEWEST_DRAWS:
        return []
    hour = wall_clock(heater.draw_start, tz) % DAY / HOUR
    parts = [hour < _EARLY_H, hour >= _EARLY_H]
    used = [mine for mine in parts if mine.sum() >= max(_OFTEN * heater.n_days, 3)]
    timers: list[tuple[tuple[float, float], ...]] = []
    for closing in _CLOSING:
        each = [_window(hour[mine], heater.draw_kwh[mine], heater, closing) for mine in used]
        timers += [(window,) for window in each]
        timers += [tuple(each)] if len(each) > 1 else []
    return list(dict.fromkeys(timers))


def _window(hour: FloatArray, kwh: FloatArray, heater: WaterHeater, closing: float) -> tuple[float, float]:
    need_h = _REHEAT_MARGIN * (float(np.quantile(kwh, 0.8)) + heater.burst_kwh) / (heater.element_w / 1000.0)
    begin = float(np.quantile(hour, 0.1)) - need_h
    end = max(float(np.quantile(hour, closing)), begin + need_h)
    return float(np.floor(begin / _HALF_H) * _HALF_H), float(np.ceil(end / _HALF_H) * _HALF_H)


def timer_promise(
    heater: WaterHeater, tz: str, *, inlet_c: float = 19.0, ambient_c: float = 20.0,
    windows: tuple[tuple[float, float], ...] | None = None,
) -> TimerPromise | None:  # fmt: skip
    """Saving of a timer: the recognised tank run with and without it, over the draws that were seen.

    Parameters
    ----------
    heater : WaterHeater
        As recognised from the meter.
    tz : str
        Zone of the clock.
    inlet_c, ambient_c : float
        Cold water and the air around the tank; Lima's yearly means by default. [°C]
    windows : tuple of (float, float), optional
        Windows of a timer that is already chosen; by default the shortest of `timer_windows` that leave nobody cold. [h]

    Returns
    -------
    TimerPromise or None
        None where the heater is not known well enough, or where the timer would save nothing.

    Notes
    -----
    Set point and hysteresis cannot be seen from the meter: the tank's capacity is ``burst / hysteresis``. The range
    spans plausible pairs and the uncertainty of the standing loss.
    """
    if heater.answer is not HeaterAnswer.FOUND or heater.draw_start is None:
        return None
    options = timer_windows(heater, tz) if windows is None else [windows]
    if not options:
        return None
    draws = _Draws.of(heater, tz, inlet_c)
    chosen, mean, cold = _best_timer(heater, draws, options, ambient_c)
    tries = [
        _saved(heater, draws, chosen, ambient_c, setpoint_c=setpoint, hysteresis_k=hysteresis)[0]
        for setpoint, hysteresis in (
            (52.0, _HYSTERESIS_K),
            (68.0, _HYSTERESIS_K),
            (_SETPOINT_C, 3.5),
            (_SETPOINT_C, 7.0),
        )
    ]
    # What is saved grows with the loss; the pairs of a low and a high try are independent of it and of each other.
    loss = mean * (heater.standing_high_w - heater.standing_low_w) / (2.0 * heater.standing_w)
    spread = max(float(np.sqrt(loss**2 + sum((t - mean) ** 2 for t in tries) / 2)), 0.1 * mean)
    if mean <= 0.5:
        return None
    standing = heater.standing_kwh_per_day * 30.4
    return TimerPromise(chosen, mean, max(0.0, mean - spread), min(mean + spread, standing), standing, cold)


@dataclass(frozen=True, slots=True, eq=False)
class _Draws:
    """Litres at the tap in steps of `_STEP_S`, the clock hour of each step, and the cold water's temperature."""

    litres: FloatArray
    hour: FloatArray
    inlet_c: float

    @classmethod
    def of(cls, heater: WaterHeater, tz: str, inlet_c: float) -> _Draws:
        """Each draw of the newest weeks spread over some ten minutes; two days more let the tank settle."""
        start: IntArray = heater.draw_start if heater.draw_start is not None else np.zeros(0, dtype=np.int64)
        kwh: FloatArray = heater.draw_kwh if heater.draw_kwh is not None else np.zeros(0)
        newest = start >= int(start.max()) - _DRAW_DAYS * DAY
        start, kwh = start[newest], kwh[newest]
        first = int(start.min()) // DAY * DAY - 2 * DAY
        litres = np.zeros(int((int(start.max()) - first + DAY) // _STEP_S))
        at = ((start - first) // _STEP_S).astype(np.int64)
        per_step = kwh / (WATER_KWH_PER_L_K * (_USE_C - inlet_c)) / _DRAW_STEPS
        for k in range(_DRAW_STEPS):
            np.add.at(litres, np.minimum(at + k, len(litres) - 1), per_step)
        # A small draw stays well below what a burst tells: never more than two bursts a day.
        small = min(heater.small_kwh_per_day, 2.0 * heater.burst_kwh)
        steps = first + (_STEP_S * np.arange(len(litres))).astype(np.int64)
        hour = np.asarray(wall_clock(steps, tz) % DAY / HOUR)
        awake = (hour >= _AWAKE[0]) & (hour < _AWAKE[1])
        n_awake = (_AWAKE[1] - _AWAKE[0]) * HOUR / _STEP_S
        litres += awake * small / (WATER_KWH_PER_L_K * (_USE_C - inlet_c)) / n_awake
        return cls(litres, hour, inlet_c)

    def allowed(self, windows: tuple[tuple[float, float], ...]) -> NDArray[np.bool_]:
        """Steps in which a timer lets the element heat; a window may begin before midnight."""
        permit = np.zeros(len(self.hour), dtype=bool)
        for begin, end in windows:
            late = self.hour >= begin % 24
            permit |= (late & (self.hour < end)) if begin >= 0 else (late | (self.hour < end))
        return permit


def _best_timer(
    heater: WaterHeater, draws: _Draws, options: list[tuple[tuple[float, float], ...]], ambient_c: float
) -> tuple[tuple[tuple[float, float], ...], float, float]:
    """The timer that saves most among those that leave hardly anybody cold; else the warmest."""
    tried = [
        (o, *_saved(heater, draws, o, ambient_c, setpoint_c=_SETPOINT_C, hysteresis_k=_HYSTERESIS_K))
        for o in options
    ]
    warm = [t for t in tried if t[2] <= _COLD]
    return max(warm, key=lambda t: t[1]) if warm else min(tried, key=lambda t: t[2])


def _saved(
    heater: WaterHeater, draws: _Draws, windows: tuple[tuple[float, float], ...], ambient_c: float,
    *, setpoint_c: float, hysteresis_k: float,
) -> tuple[float, float]:  # fmt: skip
    """Saved kWh in 30.4 days, and the share of water that comes out too cold."""
    tank = Tank(
        volume_l=heater.burst_kwh / hysteresis_k / WATER_KWH_PER_L_K,
        power_kw=heater.element_w / 1000.0,
        ua_w_per_k=heater.standing_w / (setpoint_c - 0.5 * hysteresis_k - ambient_c),
        setpoint_c=setpoint_c,
        hysteresis_k=hysteresis_k,
    )
    always, timed = (
        run_tank(
            tank, draws.litres, step_s=_STEP_S, inlet_c=draws.inlet_c, ambient_c=ambient_c, use_c=_USE_C, allowed=permit
        )
        for permit in (None, draws.allowed(windows))
    )  # fmt: skip
    # Losses, not electricity: what still stands in the tank at the end is no saving.
    lost = [float(r.loss_kwh.sum() + r.draw_kwh.sum()) for r in (always, timed)]
    days = len(draws.litres) * _STEP_S / DAY
    cold = float(timed.unmet_l.sum() - always.unmet_l.sum()) / max(float(draws.litres.sum()), 1e-9)
    return (lost[0] - lost[1]) / days * 30.4, max(0.0, cold)
