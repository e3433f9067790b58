"""`kanchay export`: the readings of a site, or of a meter file, in a format that others read."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from kanchay.cli.common import locale_option, progress, table, whole_file

if TYPE_CHECKING:
    from kanchay.domain.point import Site
    from kanchay.domain.reading import Readings
    from kanchay.services.ports.exports import Export, ExportFormat, ExportSeries
    from kanchay.services.readings.export import ExportWish

__all__ = ["command"]

_DAY = click.DateTime(["%Y-%m-%d"])


@click.command("export")
@click.option(
    "--input", "input_path", type=click.Path(path_type=Path), help="A meter file instead of a site."
)
@click.option("--site", "site_id", help="A site of the store (default: the only one).")
@click.option(
    "--meter",
    "meters",
    multiple=True,
    metavar="NAME",
    help="A meter by name or id; may be repeated (default: all).",
)
@click.option("--from", "start", type=_DAY, help="First day, on the site's clock.")
@click.option("--to", "end", type=_DAY, help="Day after the last one.")
@click.option("--resolution", help="15min, 1h, 1d … (default: as the readings are kept).")
@click.option("--format", "name", default="csv", show_default=True, help="A format; see --list.")
@click.option("--list", "list_formats", is_flag=True, help="List the formats.")
@click.option("--tz", help="Zone of a file that does not say (IANA name).")
@locale_option
@click.option(
    "--out", type=click.Path(path_type=Path, dir_okay=False), help="File to write (default: stdout)."
)
@click.pass_context
def command(
    click_ctx: click.Context, /, *, list_formats: bool, name: str, locale: str, out: Path | None, **given: Any
) -> None:
    """Write readings to a file or to stdout: unit, direction, quality and source too, where the format tells them."""
    from kanchay.bootstrap import export_formats
    from kanchay.cli.opening import open_context
    from kanchay.services.readings.export import format_named, open_export

    if list_formats:
        _list(list(export_formats().values()))
        return
    form = format_named(export_formats(), name)
    ctx, scope, site = open_context(click_ctx, given["input_path"], given["tz"], None, given["site_id"])
    if site is None:
        raise click.UsageError("Name a site with --site.")
    export = open_export(ctx, scope, site.id, form, _wish(site, given))
    if export.left_out:
        click.echo(f"Left out, '{form.name}' cannot tell them: {', '.join(export.left_out)}.", err=True)
    if out is None:
        _to_stdout(export, form, locale)
    else:
        _to_file(export, form, locale, out)


def _list(forms: list[ExportFormat]) -> None:
    from kanchay.domain.interval import format_resolution

    rows = [
        [f.name, f.suffix, format_resolution(f.only_s) if f.only_s else "", f"{f.most_rows:,}"] for f in forms
    ]
    table(["format", "file", "resolution", "rows at most"], rows)


def _wish(site: Site, given: dict[str, Any]) -> ExportWish:
    from kanchay.domain.interval import local_midnight, parse_duration
    from kanchay.services.readings.export import ExportWish

    def midnight(day: datetime | None) -> int | None:
        return None if day is None else local_midnight(day.date(), site.tz)

    step = parse_duration(given["resolution"]) if given["resolution"] else None
    return ExportWish(given["meters"], midnight(given["start"]), midnight(given["end"]), step)


def _watched(export: Export, advance: Callable[[float], None]) -> Export:
    """The same export, which tells how many readings have left."""
    from dataclasses import replace

    def read(series: ExportSeries) -> Iterator[Readings]:
        for piece in export.read(series):
            yield piece
            advance(len(piece))

    return replace(export, read=read)


def _write(export: Export, form: ExportFormat, locale: str, write: Callable[[bytes], object]) -> None:
    with progress("Exporting", sum(s.n_most for s in export.series)) as advance:
        for piece in form.write(_watched(export, advance), locale):
            write(piece)


def _to_stdout(export: Export, form: ExportFormat, locale: str) -> None:
    if form.suffix in (".xlsx", ".parquet") and sys.stdout.isatty():
        raise click.UsageError(f"'{form.name}' is no text: give --out FILE, or send it on with | or >.")
    _write(export, form, locale, sys.stdout.buffer.write)
    sys.stdout.buffer.flush()


def _to_file(export: Export, form: ExportFormat, locale: str, out: Path) -> None:
    with whole_file(out) as part, part.open("wb") as file:
        _write(export, form, locale, file.write)
    click.echo(f"{out}: {len(export.series)} meters, {form.name}", err=True)
