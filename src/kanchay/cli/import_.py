"""`kanchay import`: what a meter file holds, then, when a site is named, its readings in the store."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from kanchay.cli.common import emit_json, json_option, progress, table
from kanchay.cli.opening import close, settings_of
from kanchay.domain.errors import FileRefused, InputError, KanchayError

if TYPE_CHECKING:
    from kanchay.domain.importing import ImportPreview, ImportSeries
    from kanchay.domain.point import Site
    from kanchay.services.ports.files import ImportOptions
    from kanchay.services.ports.records import ImportRecord

__all__ = ["command", "series_dict"]

_SUFFIXES = (".csv", ".txt", ".tsv", ".xlsx", ".xlsm", ".parquet", ".gz", ".zip", ".dat")


@click.command("import")
@click.argument("paths", metavar="FILE...", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--site", "site_id", help="Store into this site. Without it nothing is stored.")
@click.option("--new-site", metavar="NAME", help="Make a site of that name and store into it.")
@click.option("--tz", help="Zone of times that carry none (IANA name); the site's zone where one is named.")
@click.option("--unit", help="Unit of values that carry none: kWh, Wh, MWh, kW, W, MW, degC, degF …")
@click.option("--day-first/--month-first", default=None, help="Order of 01/02/2024.")
@click.option("--label", type=click.Choice(["start", "end"]), help="Which end of the interval a time marks.")
@click.option(
    "--kind", type=click.Choice(["interval", "cumulative", "instantaneous"]), help="Kind of energy values."
)
@click.option(
    "--direction",
    type=click.Choice(["import", "export", "net", "production", "consumption"]),
    help="Where no word tells.",
)
@click.option("--decimal", type=click.Choice([".", ","]), help="Decimal sign where 1,234 could be either.")
@click.option(
    "--clock", type=click.Choice(["local", "standard"]), help="Whether the file's clock keeps summer time."
)
@click.option(
    "--map", "mapping", multiple=True, metavar="MEANING=COLUMN",
    help="Name a column: time, date, end, value, key, unit or status. May be repeated.",
)  # fmt: skip
@click.option("--dry-run", is_flag=True, help="Show what was understood and store nothing, even with a site.")
@json_option
@click.pass_context
def command(click_ctx: click.Context, /, *, paths: tuple[Path, ...], as_json: bool, **given: Any) -> None:
    """Read meter files of any dialect: show what was understood, then store it in a site."""
    if given["site_id"] and given["new_site"]:
        raise click.UsageError("Give --site or --new-site, not both.")
    options = _options(given)
    storing = bool(given["site_id"] or given["new_site"]) and not given["dry_run"]
    if storing:
        results = _store(click_ctx, paths, options, given)
    else:
        results = [
            _try(path, options, settings_of(click_ctx).max_upload_mb) for path in _with_progress(paths)
        ]
    _print(results, as_json, named=bool(given["site_id"] or given["new_site"]))
    if any(isinstance(r, KanchayError) for _, r, _ in results):
        click_ctx.exit(1)


Result = tuple[Path, "ImportPreview | KanchayError", "ImportRecord | None"]


def _options(given: dict[str, Any]) -> ImportOptions:
    from kanchay.services.ports.files import ImportOptions

    columns: dict[str, str] = {}
    for pair in given["mapping"]:
        meaning, sign, column = pair.partition("=")
        if not sign or not column:
            raise click.UsageError(f"--map takes MEANING=COLUMN, not '{pair}'.")
        name = meaning.strip().lower()
        columns[name] = f"{columns[name]},{column}" if name in columns else column
    return ImportOptions(
        tz=given["tz"], unit=given["unit"], day_first=given["day_first"], label=given["label"], kind=given["kind"],
        direction=given["direction"], decimal=given["decimal"], clock=given["clock"], columns=columns,
    )  # fmt: skip


def _files(paths: tuple[Path, ...]) -> list[Path]:
    """Files as named, and of a folder those that could be tables."""
    found: list[Path] = []
    for path in paths:
        if path.is_dir():
            inside = sorted(p for p in path.iterdir() if p.is_file() and p.suffix.lower() in _SUFFIXES)
            if not inside:
                raise FileRefused(
                    f"No file in {path.name}/ could be a table of readings.", hint="Name the files."
                )
            found += inside
        else:
            found.append(path)
    return found


def _with_progress(paths: tuple[Path, ...]) -> Iterator[Path]:
    files = _files(paths)
    with progress("Reading", len(files)) as advance:
        for path in files:
            yield path
            advance(1)


def _try(path: Path, options: ImportOptions, max_upload_mb: int) -> Result:
    from kanchay.adapters.files.reader import SniffingReader

    try:
        return path, SniffingReader(max_upload_mb).read(path, options), None
    except KanchayError as error:
        return path, error, None


def _store(
    click_ctx: click.Context, paths: tuple[Path, ...], options: ImportOptions, given: dict[str, Any]
) -> list[Result]:
    """Read everything first: a refused file stops the import before anything is stored."""
    from kanchay.bootstrap import open_product
    from kanchay.services.people.policy import operator_scope
    from kanchay.services.people.sites import create_site, get_site
    from kanchay.services.readings.import_file import store_import

    settings = settings_of(click_ctx)
    ctx, scope = open_product(settings), operator_scope()
    try:
        site = get_site(ctx, scope, given["site_id"]) if given["site_id"] else None
        known = options if options.tz or site is None else replace(options, tz=site.tz)
        results = [_try(path, known, settings.max_upload_mb) for path in _with_progress(paths)]
        read = [(path, r) for path, r, _ in results if not isinstance(r, KanchayError)]
        if len(read) < len(results):
            click.echo("Nothing was stored.", err=True)
            return results
        site = site or create_site(ctx, scope, _new_site(given["new_site"], options, results))
        return [(path, preview, store_import(ctx, scope, site.id, preview)) for path, preview in read]
    finally:
        close(ctx)


def _new_site(name: str, options: ImportOptions, results: list[Result]) -> Site:

    from kanchay.domain.names import slug
    from kanchay.domain.point import Site

    zones = [s.timezone for _, r, _ in results if not isinstance(r, KanchayError) for s in r.series]
    if not options.tz and any(
        q.code == "tz" for _, r, _ in results if not isinstance(r, KanchayError) for q in r.questions
    ):
        raise InputError("The times of the file carry no zone.", hint="Name the site's zone with --tz.")
    return Site(slug(name), name, tz=options.tz or zones[0])


def series_dict(series: ImportSeries) -> dict[str, Any]:
    """A series as the API and ``--json`` show it: times in UTC, resolution as an ISO duration."""
    from kanchay.domain.interval import format_resolution, to_datetime

    def stamp(t: int) -> str:
        return to_datetime(t).strftime("%Y-%m-%dT%H:%M:%SZ")

    return {
        "name": series.name, "quantity": series.quantity.value,
        "direction": series.direction.value if series.direction else None, "unit": series.unit,
        "kind": series.kind.value, "resolution": format_resolution(series.resolution_s) if series.resolution_s else None,
        "timezone": series.timezone, "start": stamp(series.start), "end": stamp(series.end), "n": series.n,
        "missing": series.missing, "duplicates": series.duplicates, "total": series.total,
    }  # fmt: skip


def _file_dict(result: Result) -> dict[str, Any]:
    path, preview, record = result
    if isinstance(preview, KanchayError):
        error = {"code": preview.code, "message": preview.message, "hint": preview.hint}
        return {"file": path.name, "error": error}
    out: dict[str, Any] = {
        "file": path.name, "format": preview.format, "encoding": preview.encoding, "rows": preview.n_rows,
        "sha256": preview.sha256, "facts": [{"code": c, "value": v} for c, v in preview.facts],
        "questions": list(preview.questions),
        "issues": [{"series": s.name, "issue": i} for s in preview.series for i in s.issues],
    }  # fmt: skip
    if record is not None:
        out["stored"] = record
    return out


def _print(results: list[Result], as_json: bool, *, named: bool) -> None:
    if as_json:
        read = [(path, r) for path, r, _ in results if not isinstance(r, KanchayError)]
        series = [{"file": path.name} | series_dict(s) for path, r in read for s in r.series]
        emit_json({"series": series, "files": [_file_dict(r) for r in results]})
    for path, preview, record in results:
        if isinstance(preview, KanchayError):
            click.echo(f"{type(preview).__name__}: {preview}", err=True)
        elif not as_json:
            _print_file(path, preview)
            _print_stored(record, named=named)


def _print_stored(record: ImportRecord | None, *, named: bool) -> None:
    if record is None:
        how = "leave --dry-run out" if named else "name a site: --site ID or --new-site NAME"
        click.echo(f"Nothing was stored: this is a preview. To keep it, {how}.")
        return
    counts = f"{record.n_new} new, {record.n_revised} revised, {record.n_unchanged} unchanged"
    click.echo(f"Stored in {record.site_id}: {counts}.")


def _print_file(path: Path, preview: ImportPreview) -> None:
    encoding = f", {preview.encoding}" if preview.encoding else ""
    click.echo(f"{path.name}: {preview.format}{encoding}, {preview.n_rows} rows")
    rows = [series_dict(s) for s in preview.series]
    head = [
        "name",
        "quantity",
        "direction",
        "kind",
        "resolution",
        "start",
        "end",
        "n",
        "missing",
        "total",
        "unit",
    ]
    cells = [["" if r[h] is None else f"{r[h]:.3f}" if h == "total" else r[h] for h in head] for r in rows]
    table(head, cells)
    for question in preview.questions:
        click.echo(f"? {question.option} {question.guess}: {question.because}")
    for series in preview.series:
        for issue in series.issues:
            numbers = ", ".join(f"{k} {v:g}" for k, v in issue.numbers.items())
            click.echo(f"! {series.name}: {issue.kind.value} ({numbers})")
