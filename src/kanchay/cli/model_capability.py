"""`kanchay model capability`: what this machine can run."""

from __future__ import annotations

import click

from kanchay.cli.common import emit_json, json_option

__all__ = ["capability"]


@click.command("capability")
@json_option
@click.pass_context
def capability(click_ctx: click.Context, *, as_json: bool) -> None:
    """Runtimes, bundle formats, ONNX operators and free memory of this machine, found out by trying."""
    from kanchay.bootstrap import model_shelf
    from kanchay.cli.opening import settings_of

    hub = model_shelf(settings_of(click_ctx)).capability()
    if as_json:
        emit_json(hub)
        return
    click.echo(f"hub: {hub.hub_id}")
    click.echo(f"kanchay: {hub.code_version}")
    click.echo(f"runtimes: {', '.join(f'{r} {hub.packages[r]}' for r in hub.runtimes)}")
    click.echo(f"formats: {', '.join(map(str, hub.formats))}; kinds: {', '.join(hub.kinds)}")
    click.echo(f"ONNX opset: up to {hub.opset}")
    click.echo(f"free memory: {hub.memory_mb:.0f} MB")
