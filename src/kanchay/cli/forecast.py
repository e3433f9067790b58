"""`kanchay forecast`: what the load will be, how sure, from the end of the data or any time before.

Up to seven days the answer has the resolution of the meter, beyond that it is daily totals.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
import numpy as np

from kanchay.cli.common import emit_json, input_options, json_option, table
from kanchay.cli.series import Series, load_model, open_series, say
from kanchay.domain.errors import NotEnoughData

if TYPE_CHECKING:
    from kanchay.analysis.forecast.protocol import Forecaster
    from kanchay.domain.forecast import Forecast

__all__ = ["command", "time_of_issue", "times", "worded"]

_WORDS = {
    "short_history": "only {known:g} hours of history are known: bands are wider",
    "gaps": "the history has gaps",
}
_WEEK_S = 7 * 86400


@click.command("forecast")
@input_options
@click.option(
    "--issued-at", metavar="TIME", help="First instant not yet known (default: the end of the data)."
)
@click.option(
    "--horizon",
    default="24h",
    show_default=True,
    help="How far: to 7d by interval, beyond that daily totals to 35d.",
)
@click.option("--daily", is_flag=True, help="Daily totals also for seven days or less.")
@click.option("--model", "model_name", help="Name or path of a model (default: the setting 'model').")
@click.option("--out", type=click.Path(path_type=Path), help="Write the forecast frame to this Parquet file.")
@json_option
@click.pass_context
def command(
    click_ctx: click.Context,
    *,
    input_path: Path | None,
    site_id: str | None,
    tz: str | None,
    country: str | None,
    issued_at: str | None,
    horizon: str,
    daily: bool,
    model_name: str | None,
    out: Path | None,
    as_json: bool,
) -> None:
    """Forecast every electric-energy series of a file or a site, with its quantiles."""
    from kanchay.domain.interval import parse_duration

    model = load_model(model_name, (click_ctx.obj or {}).get("home"))
    horizon_s = parse_duration(horizon)
    all_series = open_series(click_ctx, input_path, site_id=site_id, tz=tz, country=country)
    if daily or horizon_s > _WEEK_S:
        from kanchay.cli.forecast_daily import print_daily

        print_daily(all_series, model, issued_at, (horizon_s, out), as_json)
        return
    found = []
    for series in all_series:
        forecast = _forecast(series, model, issued_at, horizon_s)
        if forecast is not None:
            found.append((series, forecast))
    if not found:
        raise NotEnoughData(
            "No series has 24 known hours before the time of issue.",
            hint="Give more data or a later --issued-at.",
        )
    if out is not None:
        _write(out, [forecast for _, forecast in found])
    _print(found, as_json, model.lookback_s)


def _forecast(series: Series, model: Forecaster, issued_at: str | None, horizon_s: int) -> Forecast | None:
    """The forecast of one series, or a line on stderr why there is none."""
    from kanchay.analysis.forecast.single import forecast_panel

    try:
        return forecast_panel(
            series.panel, series.name, model, time_of_issue(series, issued_at), horizon_s=horizon_s, unit=series.unit,
            country=series.country, subdivision=series.subdivision,
        )  # fmt: skip
    except NotEnoughData as error:
        say(str(error))
        return None


def time_of_issue(series: Series, issued_at: str | None) -> int:
    """The asked time, or the end of what is known."""
    from kanchay.domain.interval import parse_instant

    panel = series.panel
    if issued_at:
        return parse_instant(issued_at, panel.tz)
    known = np.flatnonzero(~np.isnan(panel.values[0]))
    return panel.start + panel.resolution_s * (int(known[-1]) + 1) if len(known) else panel.start


def _write(out: Path, forecasts: list[Forecast]) -> None:
    from kanchay.adapters.frames import FrameWriter

    with FrameWriter(out) as writer:
        for f in forecasts:
            issued = np.asarray([f.issued_at], dtype=np.int64)
            writer.write(
                f.point_id,
                issued,
                resolution_s=f.resolution_s,
                unit=f.unit,
                mean=f.mean[None],
                quantiles=f.quantiles[None],
            )
    say(f"Forecast frame written to {out}.")


def _print(found: list[tuple[Series, Forecast]], as_json: bool, lookback_s: int) -> None:
    known = [_known_hours(series, forecast.issued_at, lookback_s) for series, forecast in found]
    if as_json:
        from kanchay.services.forecasting.document import forecast_document

        emit_json(
            {"forecasts": [forecast_document(f, hours) for (_, f), hours in zip(found, known, strict=True)]}
        )
        return
    for (series, forecast), hours in zip(found, known, strict=True):
        head = f"{series.name}: {forecast.model}, {times(series)}"
        click.echo(head + "".join(f"; {word}" for word in worded(forecast.notes, hours)))
        table(("time", f"mean [{forecast.unit}]", "q10", "q50", "q90"), _rows(series, forecast))


def _known_hours(series: Series, issued_at: int, lookback_s: int) -> float:
    """Known hours of the history that the forecaster read."""
    read = series.panel.slice(issued_at - lookback_s, issued_at)
    return float((~np.isnan(read.values[0])).sum()) * read.resolution_s / 3600


def worded(notes: tuple[str, ...], known_hours: float) -> list[str]:
    """The notes of a forecast as words."""
    return [_WORDS[note].format(known=known_hours) for note in notes if note in _WORDS]


def times(series: Series) -> str:
    """Which clock the times are on."""
    return f"times on the clock of {series.panel.tz}"


def _rows(series: Series, forecast: Forecast) -> Iterator[list[Any]]:
    from kanchay.domain.interval import to_datetime

    bands = [forecast.quantile(level) for level in (0.10, 0.50, 0.90)]
    for step, start in enumerate(forecast.starts):
        when = to_datetime(start, series.panel.tz).strftime("%Y-%m-%d %H:%M")
        yield [when, f"{forecast.mean[step]:.3f}", *(f"{band[step]:.3f}" for band in bands)]
