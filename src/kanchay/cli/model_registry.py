"""`kanchay model push` and `pull`: bundles into and out of a registry."""

from __future__ import annotations

import time

import click

from kanchay.cli.common import emit_json, json_option
from kanchay.cli.model_common import keeper_scope, registry_of, registry_option, shelf_of

__all__ = ["pull", "push"]


@click.command("push")
@click.argument("model")
@registry_option
@json_option
@click.pass_context
def push(
    click_ctx: click.Context, model: str, *, registry: str | None, insecure: bool, as_json: bool
) -> None:
    """Verify a signed bundle (a name or a path) and put it into a registry under its own name and version.

    A push to a hub that broke off goes on when the same command is given again.
    """
    from kanchay.bootstrap import model_shelf
    from kanchay.cli.opening import settings_of
    from kanchay.services.models.push import push_model

    target = registry_of(click_ctx, registry, insecure=insecure)
    path, shelf = shelf_of(click_ctx).path_of(model), model_shelf(settings_of(click_ctx))
    kept = push_model(target, shelf, keeper_scope(), path, now=int(time.time()))
    if as_json:
        emit_json(kept)
        return
    click.echo(f"{kept.name} {kept.version}: {kept.n_bytes} bytes, sha256 {kept.sha256}")
    click.echo(f"Let hubs follow it: kanchay model promote {kept.name} {kept.version} --why TEXT")


@click.command("pull")
@click.argument("model")
@click.option("--version", "version", default="", help="This version, whatever the alias says.")
@click.option(
    "--alias", default="champion", show_default=True, help="The version that this alias stands for here."
)
@click.option("--as", "install_as", default="", help="Install it under another name.")
@registry_option
@json_option
@click.pass_context
def pull(
    click_ctx: click.Context,
    model: str,
    *,
    version: str,
    alias: str,
    install_as: str,
    registry: str | None,
    insecure: bool,
    as_json: bool,
) -> None:
    """Install a model from a registry: refused where it cannot run here, verified before it is used.

    A download that broke off goes on when the same command is given again.
    """
    from kanchay.bootstrap import model_shelf
    from kanchay.cli.opening import settings_of
    from kanchay.services.models.pull import pull_model

    source = registry_of(click_ctx, registry, insecure=insecure)
    shelf = model_shelf(settings_of(click_ctx))
    done = pull_model(
        source, shelf, keeper_scope(), model, version=version, alias=alias, install_as=install_as
    )
    if as_json:
        emit_json(done)
        return
    name, known = install_as or model, done.version
    if not done.fresh:
        click.echo(f"{name}: version {known.version} is here already.")
        return
    click.echo(f"{name}: version {known.version} installed, signed by {known.signer}")
    for runtime, off in done.differences.items():
        click.echo(f"example in {runtime}: off by {off:.1e} of the context's scale")
    click.echo(f"Use it: kanchay forecast --model {name}, or the setting model.")
