"""`kanchay import`: what a meter file holds, then, when a site is named, its readings in the store."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from kanchay.cli.common import emit_json, json_option, table, watching
from kanchay.cli.import_asking import can_ask, column_told
from kanchay.cli.import_bills import bill_option, bills_of, matches_of, print_matches, settled_by_bills
from kanchay.cli.import_folder import FilesNamed, print_together, require_agreement, together_of
from kanchay.cli.import_options import answer_options, options_of
from kanchay.cli.import_reading import FileByFile
from kanchay.cli.opening import close, settings_of
from kanchay.domain.errors import InputError, KanchayError

if TYPE_CHECKING:
    from kanchay.domain.importing import ImportPreview, ImportSeries
    from kanchay.domain.point import Site
    from kanchay.domain.scope import Scope
    from kanchay.services.context import Context
    from kanchay.services.ports.files import ImportOptions
    from kanchay.services.ports.records import ImportRecord
    from kanchay.services.readings.answers import Recalled
    from kanchay.services.readings.match_bill import PaperBill

__all__ = ["command", "series_dict"]


@click.command("import")
@click.argument("paths", metavar="FILE|FOLDER...", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--site", "site_id", help="Store into this site. Without it nothing is stored.")
@click.option("--new-site", metavar="NAME", help="Make a site of that name and store into it.")
@answer_options
@click.option("--dry-run", is_flag=True, help="Show what was understood and store nothing, even with a site.")
@click.option("--take-guesses", is_flag=True, help="Take our guess for every question that is left.")
@click.option("--ask-again", is_flag=True, help="Do not take the answers of earlier files of the same kind.")
@click.option("--yes", is_flag=True, help="Do not ask before values that are held are replaced.")
@bill_option
@json_option
@click.pass_context
def command(click_ctx: click.Context, /, *, paths: tuple[Path, ...], as_json: bool, **given: Any) -> None:
    """Read meter files of any dialect: show what was understood, then store it in a site.

    Of a folder every file inside is read, one preview each, and told together at the end.

    What a file leaves open is asked at a terminal, and remembered for the next file of its kind; elsewhere the command
    ends and names it. Take an import back with: kanchay imports undo ID.
    """
    if given["site_id"] and given["new_site"]:
        raise click.UsageError("Give --site or --new-site, not both.")
    options, files = options_of(given), FilesNamed(paths)
    given["bills"] = bills_of(given["bills"])
    storing = bool(given["site_id"] or given["new_site"]) and not given["dry_run"]
    if storing:
        results = _store(click_ctx, files, options, given)
    else:
        most = settings_of(click_ctx).max_upload_mb
        results = files.without_others(
            [_try(path, options, most, given["bills"]) for path in _with_progress(files.found)]
        )
    _print(results, files, as_json, given)
    if any(isinstance(r, KanchayError) for _, r, _ in results):
        click_ctx.exit(1)


Result = tuple[Path, "ImportPreview | KanchayError", "ImportRecord | None"]


def _with_progress(paths: Sequence[Path]) -> Iterator[Path]:
    """The paths one by one, with how far the reading of each is."""
    for number, path in enumerate(paths, 1):
        many = f" {number} of {len(paths)}" if len(paths) > 1 else ""
        with watching(f"Reading {path.name}{many}", None):
            yield path


def _try(path: Path, options: ImportOptions, max_upload_mb: int, bills: Sequence[PaperBill]) -> Result:
    from kanchay.adapters.files.reader import SniffingReader

    read = partial(SniffingReader(max_upload_mb).read, path)
    try:
        preview, _ = settled_by_bills(read(options), options, bills, read)
        return path, preview, None
    except KanchayError as error:
        return path, error, None


def _store(
    click_ctx: click.Context, files: FilesNamed, options: ImportOptions, given: dict[str, Any]
) -> list[Result]:
    """Read everything first: a refused file or an open question stops the import before anything is stored."""
    from kanchay.bootstrap import open_product
    from kanchay.services.people.policy import operator_scope
    from kanchay.services.people.sites import create_site, get_site

    ctx, scope = open_product(settings_of(click_ctx)), operator_scope()
    try:
        site = get_site(ctx, scope, given["site_id"]) if given["site_id"] else None
        reader = FileByFile(ctx, scope, site, options, given)
        results: list[Result] = []
        found: list[tuple[Path, Recalled]] = []
        for path in _with_progress(files.found):
            try:
                found.append((path, reader.read(path)))
                results.append((path, found[-1][1].preview, None))
            except KanchayError as error:
                results.append((path, error, None))
        results = files.without_others(results)
        if len(found) < len(results):
            click.echo("Nothing was stored.", err=True)
            return results
        told = [(path, reader.settle(path, each)) for path, each in found]
        require_agreement([each.preview for _, each in told], yes=given["yes"])
        site = site or create_site(ctx, scope, _new_site(given["new_site"], told))
        return _store_all(ctx, scope, site, told, yes=given["yes"])
    finally:
        close(ctx)


def _store_all(
    ctx: Context, scope: Scope, site: Site, told: Sequence[tuple[Path, Recalled]], *, yes: bool
) -> list[Result]:
    """Tell what would change, then store every file or none."""
    from kanchay.services.readings.import_file import compare_import
    from kanchay.services.readings.import_many import store_many
    from kanchay.services.readings.import_summary import as_one

    change = compare_import(ctx, scope, site.id, as_one([each.preview for _, each in told]))
    counts = f"{change.new} new, {change.revised} changed, {change.unchanged} the same"
    what = told[0][0].name if len(told) == 1 else f"{len(told)} files"
    click.echo(f"{what} against what {site.id} holds: {counts}.", err=True)
    if change.revised and not yes and can_ask():
        click.confirm(
            "Replace the values that differ? The old ones are kept as revisions.", abort=True, err=True
        )
    try:
        with watching("Storing", sum(each.preview.n for _, each in told)):
            records = store_many(ctx, scope, site.id, [each for _, each in told])
    except KeyboardInterrupt:
        click.echo(f"Stopped. Nothing was stored in {site.id}.", err=True)
        raise
    return [(path, each.preview, record) for (path, each), record in zip(told, records, strict=True)]


def _new_site(name: str, found: list[tuple[Path, Recalled]]) -> Site:
    from kanchay.domain.names import slug
    from kanchay.domain.point import Site

    zones = [series.timezone for _, each in found for series in each.preview.series]
    told = [each.options.tz for _, each in found if each.options.tz]
    if not told and any(q.code == "tz" for _, each in found for q in each.preview.questions):
        raise InputError("The times of the file carry no zone.", hint="Name the site's zone with --tz.")
    return Site(slug(name), name, tz=[*told, *zones][0])


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


def _print(results: list[Result], files: FilesNamed, as_json: bool, given: dict[str, Any]) -> None:
    named = bool(given["site_id"] or given["new_site"])
    read = [(path, r) for path, r, _ in results if not isinstance(r, KanchayError)]
    together = together_of([r for _, r in read])
    matches = matches_of([r for _, r in read], given["bills"], given["tz"])
    if as_json:
        series = [{"file": path.name} | series_dict(s) for path, r in read for s in r.series]
        told: dict[str, Any] = {"series": series, "files": [_file_dict(r) for r in results]}
        told |= {"together": together, "passed_over": [p.name for p in files.passed_over]}
        emit_json(told | {"bills": matches})
    for path, preview, record in results:
        if isinstance(preview, KanchayError):
            click.echo(f"{type(preview).__name__}: {preview}", err=True)
        elif not as_json:
            _print_file(path, preview)
            _print_stored(record)
    if not as_json:
        print_together(together, files)
        print_matches(matches)
        if read and not any(record for _, _, record in results):
            how = "leave --dry-run out" if named else "name a site: --site ID or --new-site NAME"
            click.echo(f"Nothing was stored: this is a preview. To keep it, {how}.")


def _print_stored(record: ImportRecord | None) -> None:
    if record is not None:
        counts = f"{record.n_new} new, {record.n_revised} revised, {record.n_unchanged} unchanged"
        click.echo(
            f"Stored in {record.site_id}: {counts}. Take it back with: kanchay imports undo {record.id}"
        )


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
        about = column_told(preview, question)
        click.echo(f"? {question.with_guess}: {question.because}{f' ({about})' if about else ''}")
    for series in preview.series:
        for issue in series.issues:
            numbers = ", ".join(f"{k} {v:g}" for k, v in issue.numbers.items())
            click.echo(f"! {series.name}: {issue.kind.value} ({numbers})")
