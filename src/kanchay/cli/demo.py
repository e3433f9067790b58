"""`kanchay demo`: fill the store with a simulated home and building."""

from __future__ import annotations

import click

from kanchay.cli.common import emit_json, json_option, progress, table


@click.command()
@click.option("--serve", "and_serve", is_flag=True, help="Go on to serve pages, API and worker.")
@json_option
@click.pass_context
def command(click_ctx: click.Context, and_serve: bool, as_json: bool) -> None:
    """Fill the store with a simulated home and building up to now; again, it brings them up to date."""
    from kanchay.cli.opening import open_context
    from kanchay.simulate.demo import DEMO_SITES, load_demo

    ctx, scope, _ = open_context(click_ctx, needs_site=False)
    with progress("simulating", len(DEMO_SITES)) as advance:
        sites = load_demo(ctx, scope, now=ctx.clock(), progress=lambda _: advance(1))
    if as_json:
        emit_json(sites)
    elif not and_serve:
        table(("site", "name", "kind", "simulated"), ((s.id, s.name, s.kind.value, "yes") for s in sites))
    click.echo("Both are simulated: nothing in them was measured, and every page says so.", err=True)
    if and_serve:
        import importlib

        click_ctx.invoke(importlib.import_module("kanchay.cli.serve").command)
