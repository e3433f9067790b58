"""`kanchay user`: people, and the one-time link that makes the owner."""

from __future__ import annotations

from typing import Any

import click

from kanchay.cli.common import emit_json, json_option, table
from kanchay.cli.opening import open_context, settings_of
from kanchay.domain.scope import Role
from kanchay.services.people.policy import MACHINE_ROLES
from kanchay.services.ports.records import User

__all__ = ["command"]

_ROLES = [role.value for role in Role if role not in MACHINE_ROLES]


@click.group("user")
def command() -> None:
    """People who sign in."""


@command.command("add")
@click.argument("email")
@click.option("--name", default="", help="How they are greeted.")
@click.option("--role", type=click.Choice(_ROLES), default=Role.RESIDENT.value, show_default=True)
@click.option("--organisation", default="default", show_default=True)
@click.option("--site", "sites", multiple=True, help="Only this site; may be given several times.")
@click.option("--locale", type=click.Choice(["es", "en"]), default="es", show_default=True)
@click.password_option("--password", envvar="KANCHAY_PASSWORD", help="Asked for where it is not given.")
@json_option
@click.pass_context
def add(click_ctx: click.Context, /, email: str, as_json: bool, **given: Any) -> None:
    """Add a person."""
    from kanchay.services.people.sign_in import create_user

    ctx, scope, _ = open_context(click_ctx, needs_site=False)
    user = create_user(
        ctx,
        scope,
        email,
        given["name"],
        given["password"],
        role=Role(given["role"]),
        organisation_id=given["organisation"],
        site_ids=frozenset(given["sites"]),
        locale=given["locale"],
    )
    emit_json(_public(user)) if as_json else click.echo(f"{user.email} is {user.actor.role}")


@command.command("list")
@json_option
@click.pass_context
def list_(click_ctx: click.Context, as_json: bool) -> None:
    """List everybody."""
    from kanchay.services.people.sign_in import list_users

    ctx, scope, _ = open_context(click_ctx, needs_site=False)
    users = [_public(user) for user in list_users(ctx, scope)]
    if as_json:
        emit_json(users)
        return
    head = ("email", "name", "role", "organisation_id", "sites")
    table(head, [[", ".join(u[k]) if k == "sites" else u[k] for k in head] for u in users])


@command.command("owner-link")
@json_option
@click.pass_context
def owner_link(click_ctx: click.Context, as_json: bool) -> None:
    """Print a link that makes an owner: once, within a day."""
    from kanchay.services.people.sign_in import one_time_link

    settings = settings_of(click_ctx)
    ctx, _, _ = open_context(click_ctx, needs_site=False)
    link = f"http://{settings.host}:{settings.port}/claim/{one_time_link(ctx)}"
    emit_json({"link": link}) if as_json else click.echo(link)


def _public(user: User) -> dict[str, Any]:
    """What may be shown of a person: never the hash of the password."""
    actor = user.actor
    return {
        "id": user.id,
        "email": user.email,
        "name": actor.name,
        "role": actor.role.value,
        "organisation_id": actor.organisation_id,
        "sites": sorted(actor.site_ids),
    }
