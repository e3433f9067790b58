"""`kanchay forecast`: what the load will be, how sure, from the end of the data or any time before.

Up to seven days the answer has the resolution of the meter, beyond that it is daily totals.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
import numpy as np

from kanchay.cli.common import emit_json, input_options, json_option, table
from kanchay.cli.series import Series, load_model, open_series, say
from kanchay.cli.temperature import temperature_option, temperature_words
from kanchay.domain.errors import NotEnoughData

if TYPE_CHECKING:
    from kanchay.analysis.forecast.protocol import Forecaster
    from kanchay.domain.forecast import Forecast

__all__ = ["command", "time_of_issue", "times", "worded"]

_WORDS = {
    "short_history": "only {known:g} hours of history are known: bands are wider",
    "gaps": "the history has gaps",
    "impossible": "values that no meter can have measured were left out",
}
_REASONS = {
    "model_better": "as good as {naive} here or better, over {days} days",
    "adapted_better": "{model} adapted to this meter, {gain:.1%} less error over {days} days",
    "naive_better": "it does better here than {model}, {gain:.1%} less error over {days} days",
    "nothing_clearly_better": "none does clearly better over {days} days",
    "too_short_to_tell": "less than two weeks to compare it with {naive}",
}
_WEEK_S = 7 * 86400
_SMALL = 2 * 2**20  # bytes: a year of quarter hours of one meter in CSV


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
@click.option(
    "--model",
    "model_name",
    help="Name or path of a model, asked as it is (default: whoever does best on each series).",
)
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    help="Write the forecast frame to this file: Parquet, or CSV where it ends in .csv.",
)
@click.option(
    "--all",
    "fleet",
    is_flag=True,
    help="Every meter of the file, or of all sites, in batches to --out; one model for all.",
)
@temperature_option
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
    fleet: bool,
    as_json: bool,
) -> None:
    """Forecast every electric-energy series of a file or a site, with its quantiles."""
    from kanchay.domain.interval import parse_duration

    if fleet:
        from kanchay.cli.forecast_fleet import Asked, write_fleet

        asked = Asked(input_path, site_id, tz, country, issued_at, parse_duration(horizon), model_name, out)
        write_fleet(click_ctx, asked, daily=daily, as_json=as_json)
        return
    model = load_model(model_name, (click_ctx.obj or {}).get("home"), light=_is_small(input_path))
    horizon_s = parse_duration(horizon)
    all_series = open_series(click_ctx, input_path, site_id=site_id, tz=tz, country=country)
    if daily or horizon_s > _WEEK_S:
        from kanchay.cli.forecast_daily import print_daily

        print_daily(all_series, model, issued_at, (horizon_s, out), as_json)
        return
    found = []
    for series in all_series:
        forecast = _forecast(series, model, issued_at, horizon_s, named=model_name is not None)
        if forecast is not None:
            found.append(forecast)
    if not found:
        raise NotEnoughData(
            "No series has 24 known hours before the time of issue.",
            hint="Give more data or a later --issued-at.",
        )
    if out is not None:
        _write(out, [each.forecast for each in found])
    _print(found, as_json)


def _is_small(input_path: Path | None) -> bool:
    """Whether a file holds a few series at most, so that loading counts for more than forecasting."""
    return input_path is not None and input_path.is_file() and input_path.stat().st_size <= _SMALL


@dataclass(frozen=True, slots=True)
class _Found:
    """A forecast, its series, the known hours that it stands on and why its model answered."""

    series: Series
    forecast: Forecast
    known_hours: float
    why: str


def _forecast(
    series: Series, model: Forecaster, issued_at: str | None, horizon_s: int, *, named: bool
) -> _Found | None:
    """The forecast of one series, or a line on stderr why there is none."""
    from kanchay.analysis.forecast.single import forecast_panel

    at, model = time_of_issue(series, issued_at), series.told(model)
    answering, note, why = (model, "", "") if named else _who_answers(series, model, at)
    try:
        forecast = forecast_panel(
            series.panel, series.name, answering, at, horizon_s=horizon_s, unit=series.unit,
            country=series.country, subdivision=series.subdivision,
        )  # fmt: skip
    except NotEnoughData as error:
        say(str(error))
        return None
    known = _known_hours(series, forecast.issued_at, answering.lookback_s)
    use = series.use(answering, forecast.issued_at, horizon_s)
    notes = (*forecast.notes, *([note] if note else []))
    return _Found(series, replace(forecast, notes=notes, temperature=use), known, why)


def _who_answers(series: Series, model: Forecaster, at: int) -> tuple[Forecaster, str, str]:
    """Who does best on this series lately, the note that says so, and the same in words."""
    from kanchay.services.forecasting.skill import choose_on_panel, note_of

    answering, card = choose_on_panel(
        series.panel, series.name, model, at, country=series.country, subdivision=series.subdivision
    )
    if card is None or not card.n_windows:
        return answering, "", ""
    words = _REASONS[card.because].format(
        model=model.name, naive=card.best_naive, gain=card.gain, days=card.n_windows
    )
    return answering, note_of(card), words


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


def _print(found: list[_Found], as_json: bool) -> None:
    if as_json:
        from kanchay.services.forecasting.document import forecast_document

        emit_json({"forecasts": [forecast_document(f.forecast, f.known_hours) for f in found]})
        return
    for each in found:
        series, forecast = each.series, each.forecast
        head = f"{series.name}: {forecast.model}, {times(series)}"
        air = temperature_words(forecast.temperature, forecast.model)
        said = [*worded(forecast.notes, each.known_hours), *([each.why] if each.why else []), *air]
        click.echo(head + "".join(f"; {word}" for word in said))
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
