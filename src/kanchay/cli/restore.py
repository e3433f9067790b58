"""`kanchay restore`: bring a back-up back."""

from __future__ import annotations

from pathlib import Path

import click

from kanchay.cli.common import emit_json, json_option
from kanchay.cli.opening import settings_of

__all__ = ["command"]


@click.command("restore")
@click.argument("archive", type=click.Path(path_type=Path))
@click.option("--check", is_flag=True, help="Verify the file only; change nothing.")
@json_option
@click.pass_context
def command(click_ctx: click.Context, archive: Path, check: bool, as_json: bool) -> None:
    """Put the product of ARCHIVE in the place of the present one, which is kept beside it.

    Everything is verified before anything is replaced. Stop the product first.
    """
    if check:
        from kanchay.adapters.backup import verify

        manifest = verify(archive)
    else:
        from kanchay.bootstrap import restore

        manifest = restore(settings_of(click_ctx), archive)
    if as_json:
        emit_json({"file": str(archive), "restored": not check, "manifest": manifest})
        return
    click.echo(f"{archive}: {len(manifest.files)} files {'verified' if check else 'restored'}")
