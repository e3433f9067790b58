"""`kanchay forecast` beyond a week: daily totals, and the total of them all with a band of its own."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from kanchay.cli.common import emit_json, table
from kanchay.cli.forecast import time_of_issue, times, worded
from kanchay.cli.series import Series, say
from kanchay.cli.temperature import temperature_words
from kanchay.domain.errors import InputError, NotEnoughData, TimeError
from kanchay.domain.forecast import LEVELS

if TYPE_CHECKING:
    from kanchay.analysis.forecast.protocol import Forecaster
    from kanchay.domain.forecast import DailyForecast

__all__ = ["print_daily"]

_DAY_S = 86400
_SHOWN = tuple(LEVELS.index(level) for level in (0.10, 0.50, 0.90))


def print_daily(
    all_series: Iterable[Series],
    model: Forecaster,
    issued_at: str | None,
    asked: tuple[int, Path | None],
    as_json: bool,
) -> None:
    """Daily totals of every series, as tables or JSON; `asked` is the horizon [s] and the file of `--out`."""
    horizon_s, out = asked
    if out is not None:
        raise InputError(
            "A forecast frame holds intervals of one length; local days have 23, 24 or 25 hours.",
            hint="Take daily totals with --json, or a horizon of at most 7d without --daily.",
        )
    if horizon_s % _DAY_S:
        raise TimeError("Daily totals are of whole days.", hint="Give a horizon in days, for example 35d.")
    found = [
        (series, forecast)
        for series in all_series
        if (forecast := _forecast(series, model, issued_at, horizon_s // _DAY_S)) is not None
    ]
    if not found:
        raise NotEnoughData(
            "No series has a whole day of readings before the time of issue.",
            hint="Give more data or a later --issued-at.",
        )
    if as_json:
        from kanchay.services.forecasting.document import daily_document

        emit_json({"forecasts": [daily_document(f) for _, f in found]})
        return
    for series, forecast in found:
        _print(series, forecast)


def _forecast(series: Series, model: Forecaster, issued_at: str | None, n_days: int) -> DailyForecast | None:
    """The daily totals of one series, or a line on stderr why there are none."""
    from kanchay.analysis.forecast.days import as_energy, forecast_days
    from kanchay.analysis.forecast.firstweek import first_week

    panel, unit = as_energy(series.panel, series.unit)
    at = time_of_issue(series, issued_at)
    place = {"country": series.country, "subdivision": series.subdivision}
    panel = panel.slice(max(panel.start, at - 400 * _DAY_S), at)
    told = series.told(model)
    try:
        made = forecast_days(
            panel, series.name, issued_at=at, n_days=n_days, unit=unit,
            first_days=first_week(panel, series.name, told, at, **place),
            method=f"daily_level+{model.name}", **place,
        )  # fmt: skip
    except NotEnoughData as error:
        say(str(error))
        return None
    return replace(made, temperature=series.use(told, at, 7 * _DAY_S))


def _print(series: Series, forecast: DailyForecast) -> None:
    head = f"{series.name}: daily totals, {forecast.method}, {times(series)}"
    air = temperature_words(forecast.temperature, forecast.method)
    said = [*worded(forecast.notes, forecast.known_hours), *air]
    click.echo(head + "".join(f"; {word}" for word in said))
    names = ("day", f"mean [{forecast.unit}]", "q10", "q50", "q90")
    table(names, (*_rows(series, forecast), _total(forecast)))
    click.echo("The total has a band of its own: days are correlated, so the bands of days do not add.")


def _rows(series: Series, forecast: DailyForecast) -> Iterator[list[Any]]:
    from kanchay.domain.interval import local_midnight, to_datetime

    for start, mean, quantiles in zip(forecast.starts, forecast.mean, forecast.quantiles, strict=True):
        day = to_datetime(start, series.panel.tz)
        part = "" if local_midnight(day.date(), series.panel.tz) == start else f" from {day:%H:%M}"
        yield [f"{day:%Y-%m-%d}{part}", *_numbers(mean, quantiles)]


def _total(forecast: DailyForecast) -> list[Any]:
    return ["total", *_numbers(forecast.total_mean, forecast.total_quantiles)]


def _numbers(mean: float, quantiles: Any) -> list[str]:
    return [f"{mean:.3f}", *(f"{quantiles[k]:.3f}" for k in _SHOWN)]
