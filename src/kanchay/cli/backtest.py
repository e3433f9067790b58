"""`kanchay backtest`: forecast every day of a history as if it were the present, and score it."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
import numpy as np

from kanchay.cli.common import emit_json, json_option, progress, table
from kanchay.cli.series import Series, load_model, open_series, say
from kanchay.cli.temperature import temperature_option
from kanchay.domain.errors import NotEnoughData, TimeError

if TYPE_CHECKING:
    from kanchay.adapters.frames import FrameWriter
    from kanchay.analysis.backtest import Backtest
    from kanchay.analysis.forecast.protocol import Forecaster
    from kanchay.analysis.metrics import Scores
    from kanchay.domain.forecast import TemperatureUse
    from kanchay.domain.interval import IntArray

__all__ = ["command"]

_NAIVES = ("ensemble", "week")
_LEAST_EVERY_S = 900  # windows closer than this differ by nothing but the memory they take
_SHOWN = 30  # meters listed one by one


@dataclass(frozen=True, slots=True)
class _Plan:
    """What to do with each series."""

    model: Forecaster
    rivals: tuple[Forecaster, ...]
    horizon_s: int
    at_s: int
    every_s: int


@dataclass(frozen=True, slots=True)
class MeterScores:
    """Scores of one meter beside the naives."""

    meter_id: str
    windows: int
    omitted: int
    scores: dict[str, Scores]
    temperature: TemperatureUse | None = None  # at the last issue


@click.command("backtest")
@click.option(
    "--input", "input_path", type=click.Path(path_type=Path), help="A meter file or a folder of them."
)
@click.option("--site", "site_id", help="A site of the store (default: the only one).")
@click.option("--model", "model_name", help="Name or path of a model (default: the setting 'model').")
@click.option(
    "--horizon", default="24h", show_default=True, help="How far each forecast reaches (elapsed time)."
)
@click.option("--issue-at", default="00:00", show_default=True, metavar="HH:MM", help="Local time of issue.")
@click.option("--every", default="1d", show_default=True, help="Distance of two issues.")
@click.option("--tz", help="Zone whose midnight counts, and of a file that does not say (IANA name).")
@click.option("--country", help="ISO country for holidays, for example PE or GB-ENG.")
@click.option("--out", type=click.Path(path_type=Path), help="Write the forecast frame to this Parquet file.")
@temperature_option
@json_option
@click.pass_context
def command(
    click_ctx: click.Context,
    *,
    input_path: Path | None,
    site_id: str | None,
    model_name: str | None,
    horizon: str,
    issue_at: str,
    every: str,
    tz: str | None,
    country: str | None,
    out: Path | None,
    as_json: bool,
) -> None:
    """Forecast a history again and again, each time from what was known then, and score it beside the naives.

    Every local midnight with the week before it, all meters of the file. Windows with less than a day of
    known history are left out and counted on stderr. The outdoor temperature is read as a forecast of that time would
    have: what was measured until then, and beyond it what had been forecast, or else the week before.
    """
    from kanchay.analysis.forecast.registry import forecaster
    from kanchay.domain.interval import parse_duration

    every_s = parse_duration(every)
    if every_s < _LEAST_EVERY_S:
        raise TimeError(f"--every {every} is too dense.", hint="Give 15min or more.")
    model = load_model(model_name, (click_ctx.obj or {}).get("home"))
    plan = _Plan(
        model=model,
        rivals=tuple(forecaster(name) for name in _NAIVES if name != model.name),
        horizon_s=parse_duration(horizon),
        at_s=_time_of_day(issue_at),
        every_s=every_s,
    )
    series = list(open_series(click_ctx, input_path, site_id=site_id, tz=tz, country=country))
    with _writer(out) as writer, progress(f"backtest {model.name}", len(series)) as advance:
        results = []
        for one in series:
            results.append(_one(one, plan, writer))
            advance(1)
    _report(results, model.name, out, as_json)


def _time_of_day(text: str) -> int:
    """Seconds after midnight of ``HH:MM``."""
    hours, _, minutes = text.partition(":")
    if not (hours.isdigit() and minutes.isdigit() and int(hours) < 24 and int(minutes) < 60):
        raise TimeError(f"'{text}' is not a time of day.", hint="Write it as 00:00.")
    return int(hours) * 3600 + int(minutes) * 60


def _writer(out: Path | None) -> Any:
    if out is None:
        return nullcontext(None)
    from kanchay.adapters.frames import FrameWriter

    return FrameWriter(out)


def _one(series: Series, plan: _Plan, writer: FrameWriter | None) -> MeterScores:
    """Backtest one meter with the model and its rivals; write the model's frame."""
    from kanchay.analysis.backtest import backtest

    issued = _issues(series, plan)

    def run(forecaster: Forecaster) -> Backtest:
        return backtest(
            series.panel,
            series.name,
            forecaster,
            issued,
            horizon_s=plan.horizon_s,
            country=series.country,
            subdivision=series.subdivision,
        )

    model = series.told(plan.model)
    result = run(model)
    if writer is not None:
        p = result.prediction
        writer.write(
            series.name,
            result.issued_at,
            resolution_s=result.resolution_s,
            unit=series.unit,
            mean=p.mean,
            quantiles=p.quantiles,
        )
    scores = {plan.model.name: result.scores(), **{rival.name: run(rival).scores() for rival in plan.rivals}}
    last = series.use(model, int(result.issued_at[-1]), plan.horizon_s) if len(result.issued_at) else None
    return MeterScores(series.name, len(result.issued_at), len(result.omitted), scores, last)


def _issues(series: Series, plan: _Plan) -> IntArray:
    """Times of issue from the first known value on, as long as one target interval lies in the data."""
    from kanchay.analysis.backtest import clock_times

    panel = series.panel
    known = np.flatnonzero(~np.isnan(panel.values[0]))
    if not len(known):
        return np.zeros(0, dtype=np.int64)
    first = panel.start + panel.resolution_s * (int(known[0]) + 1)
    last = panel.start + panel.resolution_s * (int(known[-1]) + 1)
    return clock_times(first, last, panel.tz, at_s=plan.at_s, every_s=plan.every_s)


def _report(results: list[MeterScores], model: str, out: Path | None, as_json: bool) -> None:
    omitted = sum(r.omitted for r in results)
    if omitted:
        say(f"{omitted} windows left out: less than a day of known history before them.")
    warm = {r.temperature.name for r in results if r.temperature and r.temperature.used}
    if warm:
        say(f"With the temperature of {', '.join(sorted(warm))}, as it was known at each time of issue.")
    if not any(r.windows for r in results):
        raise NotEnoughData("No window could be forecast.", hint="Give at least two days of readings.")
    if as_json:
        emit_json({"model": model, "out": None if out is None else str(out), "meters": results})
        return
    _show(results, model)
    if out is not None:
        say(f"Forecast frame written to {out}.")


def _show(results: list[MeterScores], model: str) -> None:
    """Scores per meter beside the naives, then their medians."""
    naive = "ensemble" if model != "ensemble" else "week"
    head = (
        "meter",
        "windows",
        "CV(RMSE)",
        f"of {naive}",
        "ratio",
        "NMAE",
        "NMBE",
        "pinball",
        f"of {naive}",
        "in 80 %",
    )
    rows = [_row(r, model, naive) for r in results if r.windows]
    shown = rows if len(rows) <= _SHOWN else []
    medians = [
        "median",
        sum(r.windows for r in results),
        *(_median(c) for c in list(zip(*rows, strict=True))[2:]),
    ]
    table(head, ([_text(c) for c in row] for row in [*shown, medians]))


def _row(r: MeterScores, model: str, naive: str) -> list[Any]:
    own, other = r.scores[model], r.scores[naive]
    ratio = own.cvrmse / other.cvrmse if other.cvrmse else float("nan")
    return [
        r.meter_id,
        r.windows,
        own.cvrmse,
        other.cvrmse,
        ratio,
        own.nmae,
        own.nmbe,
        own.pinball,
        other.pinball,
        own.coverage80,
    ]


def _median(values: Iterable[float]) -> float:
    known = np.asarray(list(values), dtype=np.float64)
    known = known[~np.isnan(known)]
    return float(np.median(known)) if len(known) else float("nan")


def _text(value: Any) -> str:
    return f"{value:.3f}" if isinstance(value, float) else str(value)
