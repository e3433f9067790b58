"""The series a verb forecasts: straight from Parquet where it can, else through the importer or the store."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click

from kanchay.cli.common import meter_of
from kanchay.cli.temperature import wants_temperature
from kanchay.domain.errors import BundleError, FileRefused, NotFound, TimeError
from kanchay.domain.panel import Panel

if TYPE_CHECKING:
    from kanchay.analysis.forecast.air import Air
    from kanchay.analysis.forecast.protocol import Forecaster
    from kanchay.domain.forecast import TemperatureUse

__all__ = ["Series", "load_model", "open_series", "place_of", "say"]


@dataclass(frozen=True, slots=True)
class Series:
    """One point as a panel of its own, with the place whose holidays count and the air outside."""

    panel: Panel
    unit: str
    country: str | None
    subdivision: str | None
    air: Air | None = None
    wants_air: bool = True

    @property
    def name(self) -> str:
        return self.panel.points[0]

    def told(self, model: Forecaster) -> Forecaster:
        """The model in the air of this series."""
        from kanchay.analysis.forecast.air import in_air

        return in_air(model, self.air)

    def use(self, answering: Forecaster, issued_at: int, horizon_s: int) -> TemperatureUse:
        """Whether a forecast of this series read the temperature."""
        from kanchay.analysis.forecast.air import temperature_use

        return temperature_use(answering, self.air, issued_at, horizon_s, wanted=self.wants_air)


def say(message: str) -> None:
    """A line on stderr: results alone go to stdout."""
    click.echo(message, err=True)


def place_of(country: str | None) -> tuple[str | None, str | None]:
    """``"GB-ENG"`` is country and subdivision."""
    if not country:
        return None, None
    land, _, part = country.partition("-")
    return land.upper(), part.upper() or None


def load_model(name: str | None, home: str | None, *, light: bool = False) -> Forecaster:
    """A forecaster by name or path: the ones without a file at once, saved models through their shelf.

    `light` is for a few series: the shipped network then runs in NumPy, which answers the same (the bundle's example
    proves it at each load) and spares a third of the command's memory, onnxruntime's.
    """
    from kanchay.analysis.forecast.registry import FORECASTERS, forecaster
    from kanchay.settings import read_settings

    settings = read_settings(home=home)
    wanted = name or settings.model
    if wanted in FORECASTERS:
        return forecaster(wanted)
    from kanchay.adapters.models import PRETRAINED, ModelShelf

    if light and wanted == PRETRAINED:
        try:
            return ModelShelf(settings, runtime="numpy").load(wanted)
        except BundleError as error:
            if error.code != "bundle.no_file":
                raise
    return ModelShelf(settings).load(wanted)


def open_series(
    click_ctx: click.Context,
    input_path: Path | None,
    *,
    site_id: str | None = None,
    tz: str | None = None,
    country: str | None = None,
) -> Iterator[Series]:
    """All energy series of a file, of a folder's files or of a site."""
    if input_path is None:
        yield from _from_product(click_ctx, None, site_id, tz, country)
    elif input_path.is_dir():
        yield from _from_folder(click_ctx, input_path, tz, country)
    elif not input_path.exists():
        raise NotFound(f"There is no file {input_path}.", hint="Check the path after --input.")
    else:
        yield from _from_file(click_ctx, input_path, tz, country)


def _from_folder(
    click_ctx: click.Context, folder: Path, tz: str | None, country: str | None
) -> Iterator[Series]:
    """Every file of a folder that holds meter data; the others are named and passed over."""
    seen: dict[str, str] = {}
    found = False
    for path in sorted(p for p in folder.iterdir() if p.is_file() and not p.name.startswith(".")):
        try:
            for series in _from_file(click_ctx, path, tz, country):
                found = True
                taken = seen.setdefault(series.name, path.stem) != path.stem
                yield _renamed(series, f"{path.stem}:{series.name}") if taken else series
        except FileRefused as error:
            say(f"Passed over {path.name}: {error}")
    if not found:
        raise FileRefused(
            f"No file in {folder.name}/ holds meter data.", hint="Name a folder of Parquet or CSV files."
        )


def _renamed(series: Series, name: str) -> Series:
    from dataclasses import replace

    return replace(series, panel=replace(series.panel, points=(name,)))


def _from_file(click_ctx: click.Context, path: Path, tz: str | None, country: str | None) -> Iterator[Series]:
    from kanchay.adapters.energytable import is_energy_table, read_energy_table
    from kanchay.services.readings.meters import listed

    if not is_energy_table(path):
        yield from _from_product(click_ctx, path, None, tz, country)
        return
    table = read_energy_table(path, tz)
    if tz is None:
        say(f"{path.name}: no zone given, days are cut in UTC. Give --tz for the site's own midnight.")
    wanted = meter_of(click_ctx)
    wants_air = wants_temperature(click_ctx)
    airs = _airs(path, tz) if wants_air else {}
    found, refused = False, dict[str, str]()  # one meter without a regular grid does not stop the others
    for panel in table.panels(refused.__setitem__):
        if _is_wanted(panel.points[0], wanted):
            found = True
            yield Series(panel, "kWh", *place_of(country), airs.get(panel.points[0]), wants_air)
    reasons = [reason for meter, reason in refused.items() if _is_wanted(meter, wanted)]
    for reason in reasons if found else ():
        say(f"Passed over: {reason}")
    if reasons and not found:
        raise TimeError(reasons[0])
    known = list(table.meters)
    if not known:
        raise FileRefused(f"{path.name} holds no reading.", hint="Export it again.")
    if not found:
        raise NotFound(f"{path.name} has no meter '{wanted}'.", hint=f"It has {listed(known)}.")


def _airs(path: Path, tz: str | None) -> dict[str, Air]:
    """The temperature outside each meter of an energy table that has a column of it."""
    from kanchay.adapters.energytable import air_column, read_energy_table
    from kanchay.analysis.forecast.air import Air

    column = air_column(path)
    if column is None:
        return {}
    unheard: dict[str, str] = {}  # meters without a grid are told of with their energy
    panels = read_energy_table(path, tz, column).panels(unheard.__setitem__)
    return {panel.points[0]: Air.of(panel, column) for panel in panels}


def _is_wanted(meter: str, wanted: str | None) -> bool:
    return wanted is None or meter.casefold() == wanted.casefold()


def _from_product(
    click_ctx: click.Context, path: Path | None, site_id: str | None, tz: str | None, country: str | None
) -> Iterator[Series]:
    """Through the importer or the store, by the same use cases as everywhere."""
    from kanchay.cli.opening import open_context
    from kanchay.services.forecasting.defaults import resolution_of
    from kanchay.services.forecasting.fleet import points_to_forecast
    from kanchay.services.readings.outdoors import air_beside
    from kanchay.services.readings.series import load_panel, span

    wants_air = wants_temperature(click_ctx)
    land, part = place_of(country)
    ctx, scope, site = open_context(click_ctx, input_path=path, tz=tz, country=land, site_id=site_id)
    if site is None:
        raise NotFound("There is no site yet.", hint="Give --input FILE, or import one: kanchay import FILE.")
    for point in points_to_forecast(ctx, scope, site.id):
        reach = span(ctx, scope, point.id)
        if reach is None:
            continue
        resolution_s = resolution_of(point)
        panel = load_panel(
            ctx, scope, [point.id], resolution_s=resolution_s, start=reach.start, end=reach.end
        )
        air = air_beside(ctx, scope, site.id, panel, wanted=wants_air)
        yield Series(panel, point.unit, land or site.country, part or site.subdivision, air, wants_air)
