"""`kanchay imports`: what was imported, take it back, forget answers."""

from __future__ import annotations

import click

from kanchay.cli.common import emit_json, json_option, table
from kanchay.cli.opening import open_context

__all__ = ["command"]


@click.group("imports")
def command() -> None:
    """List imports, undo one, or forget the answers that were remembered for files of a kind."""


@command.command("list")
@click.option("--site", "site_id", help="Of this site only.")
@json_option
@click.pass_context
def _list(click_ctx: click.Context, site_id: str | None, as_json: bool) -> None:
    """Imports, newest first."""
    from kanchay.domain.interval import to_datetime
    from kanchay.services.readings.undo import list_imports

    ctx, scope, _ = open_context(click_ctx, site_id=site_id, needs_site=False)
    found = list_imports(ctx, scope, site_id)
    if as_json:
        emit_json({"imports": found})
        return
    rows = [
        (r.id, r.site_id, to_datetime(r.at).strftime("%Y-%m-%d %H:%M"), r.file_name, r.n_new, r.n_revised, r.n_unchanged,
         r.state if r.undoable or r.state == "undone" else "stored, cannot be undone")
        for r in found
    ]  # fmt: skip
    table(["id", "site", "at (UTC)", "file", "new", "revised", "unchanged", "state"], rows)


@command.command("undo")
@click.argument("import_id", metavar="ID")
@json_option
@click.pass_context
def _undo(click_ctx: click.Context, import_id: str, as_json: bool) -> None:
    """Take an import back: its readings are withdrawn, what they had replaced stands again.

    The first letters of an id are enough where they name just one.
    """
    from kanchay.services.readings.undo import find_import, undo_import

    ctx, scope, _ = open_context(click_ctx, needs_site=False)
    record = find_import(ctx, scope, import_id)
    if record.state != "undone":
        click.echo(
            f"{record.file_name} brought {record.n_new} readings, which go, and replaced {record.n_revised},"
            " which stand again; what another import brought too stays.",
            err=True,
        )
    done = undo_import(ctx, scope, record.id)
    if as_json:
        emit_json(done)
        return
    click.echo(
        f"{done.file_name} is undone: {done.n_gone} readings withdrawn, {done.n_restored} stand again."
    )


@command.command("remembered")
@click.argument("site_id", metavar="SITE")
@json_option
@click.pass_context
def _remembered(click_ctx: click.Context, site_id: str, as_json: bool) -> None:
    """What was answered about files of a site and counts for the next one of its kind."""
    from kanchay.services.readings.answers import remembered

    ctx, scope, _ = open_context(click_ctx, site_id=site_id)
    found = remembered(ctx, scope, site_id)
    if as_json:
        emit_json({"remembered": [{"file": r.file_name, "answers": dict(r.answers)} for r in found]})
        return
    rows = [(r.file_name, ", ".join(f"{code} {answer}" for code, answer in r.answers)) for r in found]
    table(["file", "answers"], rows)
    if found:
        click.echo(f"Ask again with: kanchay imports forget {site_id}", err=True)


@command.command("forget")
@click.argument("site_id", metavar="SITE")
@click.pass_context
def _forget(click_ctx: click.Context, site_id: str) -> None:
    """Ask again about every kind of file of a site."""
    from kanchay.services.readings.answers import forget_answers

    ctx, scope, site = open_context(click_ctx, site_id=site_id)
    n = forget_answers(ctx, scope, site.id if site else site_id)
    click.echo(f"Forgotten: the answers of {n} imports. The next file is asked about again.")
