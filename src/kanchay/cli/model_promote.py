"""`kanchay model promote` and `rollback`: which version hubs follow, in stages, with a reason."""

from __future__ import annotations

import time

import click

from kanchay.cli.common import emit_json, json_option
from kanchay.cli.model_common import keeper_scope, registry_of, registry_option
from kanchay.domain.model import AliasChange

__all__ = ["promote", "rollback"]

_ALIAS = click.option(
    "--alias", default="champion", show_default=True, help="champion, challenger or any other."
)
_WHY = click.option(
    "--why", required=True, metavar="TEXT", help="Kept in the history with your name and the time."
)


def _share(_: click.Context, __: click.Parameter, text: str) -> float:
    """``5%`` or ``5``: of all hubs."""
    try:
        percent = float(text.strip().removesuffix("%"))
    except ValueError as error:
        raise click.BadParameter(f"'{text}' is no share, for example 5%.") from error
    if not 0 < percent <= 100:
        raise click.BadParameter(f"{text} is not above 0 % and at most 100 %.")
    return percent / 100


@click.command("promote")
@click.argument("model")
@click.argument("version")
@_ALIAS
@click.option("--share", callback=_share, metavar="PERCENT", default="100%", show_default=True,
              help="Part of the hubs that follow; the rest keep what they have.")  # fmt: skip
@_WHY
@registry_option
@json_option
@click.pass_context
def promote(
    click_ctx: click.Context,
    model: str,
    version: str,
    *,
    alias: str,
    share: float,
    why: str,
    registry: str | None,
    insecure: bool,
    as_json: bool,
) -> None:
    """Let an alias stand for a version: on all hubs, or first on a share of them (5%, then 25%, then 100%)."""
    from kanchay.services.models.promote import promote_model

    change = promote_model(
        registry_of(click_ctx, registry, insecure=insecure), keeper_scope(), model, version,
        alias=alias, share=share, why=why, now=int(time.time()),
    )  # fmt: skip
    _tell(model, change, as_json=as_json)


@click.command("rollback")
@click.argument("model")
@_ALIAS
@_WHY
@registry_option
@json_option
@click.pass_context
def rollback(
    click_ctx: click.Context,
    model: str,
    *,
    alias: str,
    why: str,
    registry: str | None,
    insecure: bool,
    as_json: bool,
) -> None:
    """End a roll-out that is under way, or return to the version before."""
    from kanchay.services.models.promote import roll_back_model

    change = roll_back_model(
        registry_of(click_ctx, registry, insecure=insecure), keeper_scope(), model,
        alias=alias, why=why, now=int(time.time()),
    )  # fmt: skip
    _tell(model, change, as_json=as_json)


def _tell(model: str, change: AliasChange, *, as_json: bool) -> None:
    if as_json:
        emit_json(change)
        return
    reach = "every hub" if change.share == 1 else f"{change.share:.0%} of the hubs"
    click.echo(f"{model}: {change.alias} is {change.version} on {reach} (no. {change.number} of its history)")
