"""`kanchay forecast --all`: every meter of a file, or of all sites, batch by batch into one file."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click
import numpy as np

from kanchay.cli.common import emit_json, meter_of, progress
from kanchay.cli.series import place_of, say
from kanchay.cli.temperature import wants_temperature
from kanchay.domain.errors import InputError, NotEnoughData, NotFound

if TYPE_CHECKING:
    from kanchay.adapters.frames import FrameWriter
    from kanchay.analysis.forecast.air import Air
    from kanchay.analysis.forecast.many import FleetForecast
    from kanchay.domain.panel import Panel
    from kanchay.domain.point import Point, Site
    from kanchay.domain.scope import Scope
    from kanchay.services.context import Context

__all__ = ["Asked", "write_fleet"]

_ENDINGS: Final = (".parquet", ".csv")
_WEEK_S: Final = 7 * 86400
_SHOWN: Final = 10  # meters told one by one on stderr; --json tells all


@dataclass(frozen=True, slots=True)
class Asked:
    """What was typed."""

    input_path: Path | None
    site_id: str | None
    tz: str | None
    country: str | None
    issued_at: str | None
    horizon_s: int
    model: str | None
    out: Path | None


@dataclass(frozen=True, slots=True)
class _Fleet:
    """Forecasts as they come, how many meters there are where that is known, and units that are not kWh."""

    parts: Iterator[FleetForecast]
    n_meters: int | None = None
    units: Mapping[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class _Tally:
    """What became of the meters."""

    meters: int = 0
    notes: Counter[str] = field(default_factory=Counter)
    skipped: list[dict[str, str]] = field(default_factory=list)

    def skip(self, meter_id: str, reason: str) -> None:
        self.skipped.append({"meter_id": meter_id, "reason": reason})

    def add(self, part: FleetForecast) -> None:
        self.meters += len(part.points)
        self.notes.update(note for notes in part.notes for note in notes)


def write_fleet(click_ctx: click.Context, asked: Asked, *, daily: bool, as_json: bool) -> None:
    """Forecast all into `asked.out`, tell the meters that were passed over, and sum up."""
    from kanchay.cli.opening import settings_of

    out = _checked(click_ctx, asked, daily=daily)
    model = asked.model or settings_of(click_ctx).model
    tally = _Tally()
    rows = _write(out, _open(click_ctx, asked, model, tally.skip), tally)
    summary = {
        "out": str(out),
        "model": model,
        "meters": tally.meters,
        "rows": rows,
        "notes": dict(tally.notes),
    }
    _tell(tally.skipped)
    if as_json:
        emit_json({**summary, "skipped": tally.skipped})
        return
    short, warm = tally.notes["short_history"], tally.notes["temperature"]
    click.echo(
        f"{tally.meters} meters by {model}, {rows} rows in {out}"
        + (f"; {warm} with the outdoor temperature" if warm else "")
        + (f"; {short} with a short history and wider bands" if short else "")
        + (f"; {len(tally.skipped)} meters passed over" if tally.skipped else "")
    )


def _checked(click_ctx: click.Context, asked: Asked, *, daily: bool) -> Path:
    """The file to write; refuses what does not go with a fleet."""
    if asked.out is None:
        raise click.UsageError("--all writes to a file: give --out FILE.parquet or FILE.csv.", click_ctx)
    if asked.out.suffix.lower() not in _ENDINGS:
        raise InputError(
            f"--out {asked.out.name} is of no known kind.", hint=f"End its name in {' or '.join(_ENDINGS)}."
        )
    if asked.site_id or meter_of(click_ctx):
        raise InputError("--all is every meter.", hint="Leave --site and --meter out, or leave --all out.")
    if daily or asked.horizon_s > _WEEK_S:
        raise InputError("Daily totals are for single series.", hint="Give --all a horizon of at most 7d.")
    if asked.input_path is None:
        if asked.tz or asked.country:
            raise InputError(
                "Sites have a zone and country of their own.", hint="Leave --tz and --country out."
            )
    elif not asked.input_path.is_file():
        raise NotFound(f"There is no file {asked.input_path}.", hint="Give --input the path of one file.")
    elif asked.out.resolve() == asked.input_path.resolve():
        raise InputError("--out is the file that is read.", hint="Give it another name.")
    return asked.out


def _open(click_ctx: click.Context, asked: Asked, model: str, skip: Callable[[str, str], None]) -> _Fleet:
    """The fleet of an energy table, which streams; else of the importer or the store."""
    if asked.input_path is not None:
        from kanchay.adapters.energytable import is_energy_table

        if is_energy_table(asked.input_path):
            return _of_table(click_ctx, asked.input_path, asked, model, skip)
    return _of_sites(click_ctx, asked, model, skip)


@dataclass(slots=True)
class _Table:
    """The panels of an energy table as they are read, and the air of the one that was read last."""

    path: Path
    tz: str | None
    skip: Callable[[str, str], None]
    wants_air: bool
    _last: Air | None = None

    def panels(self) -> Iterator[Panel]:
        """Every meter; where the table has a column of temperature, the two are read side by side."""
        from kanchay.adapters.energytable import air_column, stream_panels
        from kanchay.analysis.forecast.air import Air

        column = air_column(self.path) if self.wants_air else None
        panels = stream_panels(self.path, self.tz, passed_over=self.skip)
        if column is None:
            yield from panels
            return
        warm = stream_panels(self.path, self.tz, column, passed_over=_unheard)
        for panel, air in zip(panels, warm, strict=True):
            self._last = Air.of(air, column)
            yield panel

    def air(self, _: str) -> Air | None:
        """Outside the meter whose panel was given last."""
        return self._last


def _unheard(_: str, reason: str) -> None:
    """Meters without a grid are told of with their energy."""


def _of_table(
    click_ctx: click.Context, path: Path, asked: Asked, model: str, skip: Callable[[str, str], None]
) -> _Fleet:
    from kanchay.bootstrap import in_memory
    from kanchay.cli.opening import settings_of
    from kanchay.domain.interval import parse_instant
    from kanchay.services.forecasting.fleet import FleetOptions, forecast_many

    if asked.tz is None:
        say(f"{path.name}: no zone given, days are cut in UTC. Give --tz for the site's own midnight.")
    country, subdivision = place_of(asked.country)
    table = _Table(path, asked.tz, skip, wants_air=wants_temperature(click_ctx))
    options = FleetOptions(
        issued_at=parse_instant(asked.issued_at, asked.tz or "UTC") if asked.issued_at else None,
        horizon_s=asked.horizon_s,
        country=country,
        subdivision=subdivision,
        passed_over=skip,
        air_of=table.air,
    )
    ctx = in_memory(settings=settings_of(click_ctx))
    return _Fleet(forecast_many(ctx, table.panels(), options, model=model))


def _of_sites(click_ctx: click.Context, asked: Asked, model: str, skip: Callable[[str, str], None]) -> _Fleet:
    from kanchay.cli.opening import open_context
    from kanchay.services.forecasting.fleet import FleetOptions, forecast_fleet, points_to_forecast
    from kanchay.services.people.sites import list_sites

    ctx, scope, _ = open_context(
        click_ctx, input_path=asked.input_path, tz=asked.tz, country=asked.country, needs_site=False
    )
    sites = list_sites(ctx, scope)
    if not sites:
        raise NotFound("There is no site yet.", hint="Give --input FILE, or import one: kanchay import FILE.")
    points = [point for site in sites for point in points_to_forecast(ctx, scope, site.id)]
    if asked.input_path is not None:
        _skip_others(ctx, scope, sites[0], points, skip)
    options = FleetOptions(_issued_at(asked.issued_at, sites), asked.horizon_s, passed_over=skip)
    parts = forecast_fleet(ctx, scope, options, model=model, temperature=wants_temperature(click_ctx))
    return _Fleet(parts, len(points), {p.id: p.unit for p in points})


def _skip_others(
    ctx: Context, scope: Scope, site: Site, points: list[Point], skip: Callable[[str, str], None]
) -> None:
    """Columns of a file that hold no electricity, as far as their names tell; parts of a sum stand in the sum."""
    from kanchay.domain.units import Quantity
    from kanchay.services.people.sites import list_points

    for point in list_points(ctx, scope, site.id):
        if point.quantity not in (Quantity.ELECTRIC_ENERGY, Quantity.POWER):
            skip(
                point.id,
                f"read as {point.quantity.value} [{point.unit}], not as electricity; name the unit in its column "
                "('m1 kWh'), or import the file with --unit kWh",
            )


def _issued_at(text: str | None, sites: list[Site]) -> int | None:
    """One instant for all sites; on their clock where they share one."""
    from datetime import datetime

    from kanchay.domain.interval import parse_instant

    if not text:
        return None
    zones = {site.tz for site in sites}
    at = parse_instant(text, min(zones))
    if len(zones) > 1 and datetime.fromisoformat(text.strip()).tzinfo is None:
        raise InputError(
            f"--issued-at {text} is another instant in each of {len(zones)} zones.",
            hint="Give it with its offset, for example 2026-08-22T00:00-05:00.",
        )
    return at


def _write(out: Path, fleet: _Fleet, tally: _Tally) -> int:
    """Rows written; the file appears when all is written."""
    from kanchay.adapters.frames import FrameWriter

    with FrameWriter(out) as writer, progress("Forecasting", fleet.n_meters) as advance:
        for part in fleet.parts:
            _write_part(writer, part, fleet.units)
            tally.add(part)
            advance(len(part.points))
        if not tally.meters:
            _tell(tally.skipped)
            raise NotEnoughData(
                "No meter could be forecast.",
                hint="Give meters with 24 known hours of electricity before the time of issue.",
            )
        return writer.rows


def _write_part(writer: FrameWriter, part: FleetForecast, units: Mapping[str, str]) -> None:
    """The rows of a batch, one unit after the other."""
    own = np.asarray([units.get(point, "kWh") for point in part.points])
    for unit in sorted(set(own.tolist())):
        chosen = np.flatnonzero(own == unit)
        writer.write_many(
            [part.points[row] for row in chosen],
            part.issued_at[chosen],
            resolution_s=part.resolution_s,
            unit=unit,
            mean=part.mean[chosen],
            quantiles=part.quantiles[chosen],
        )


def _tell(skipped: list[dict[str, Any]]) -> None:
    """On stderr who was passed over and why."""
    for each in skipped[:_SHOWN]:
        say(f"Passed over {each['meter_id']}: {each['reason']}")
    if len(skipped) > _SHOWN:
        reasons = Counter(each["reason"] for each in skipped[_SHOWN:])
        for reason, n in reasons.most_common(_SHOWN):
            say(f"Passed over {n} more: {reason}")
