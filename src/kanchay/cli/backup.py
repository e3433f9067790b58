"""`kanchay backup`: the whole embedded product in one file."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import click

from kanchay.cli.common import emit_json, json_option
from kanchay.cli.opening import settings_of

__all__ = ["command"]


@click.command("backup")
@click.argument("target", required=False, type=click.Path(path_type=Path))
@json_option
@click.pass_context
def command(click_ctx: click.Context, target: Path | None, as_json: bool) -> None:
    """Copy the whole product into TARGET, also while it runs (default: kanchay-DATE.zip here).

    The file holds readings, people and the secret key: keep it safe.
    """
    from kanchay.bootstrap import back_up

    path = target or Path(f"kanchay-{datetime.now(UTC):%Y%m%dT%H%M%SZ}.zip")
    manifest = back_up(settings_of(click_ctx), path)
    if as_json:
        emit_json({"file": str(path), **{"manifest": manifest}})
        return
    total = sum(size for size, _ in manifest.files.values())
    click.echo(f"{path}: {len(manifest.files)} files, {total / 1e6:.1f} MB before packing")
