"""Opening the product for a verb: the store of ``--home``, or a file of ``--input`` in memory."""

from __future__ import annotations

from pathlib import Path

import click

from kanchay.cli.common import meter_of
from kanchay.domain.errors import InputError
from kanchay.domain.point import Site
from kanchay.domain.scope import Scope
from kanchay.services.context import Context
from kanchay.services.people.policy import operator_scope
from kanchay.services.people.sites import get_site, only_site
from kanchay.services.ports.files import ImportOptions
from kanchay.settings import Settings, read_settings

__all__ = ["open_context", "settings_of"]


def settings_of(click_ctx: click.Context) -> Settings:
    """Settings with what was given on the command line."""
    given = (click_ctx.find_root().obj or {}).get("home")
    return read_settings(home=given)


def open_context(
    click_ctx: click.Context,
    input_path: Path | None = None,
    tz: str | None = None,
    country: str | None = None,
    site_id: str | None = None,
    *,
    needs_site: bool = True,
    one_meter: bool = False,
) -> tuple[Context, Scope, Site | None]:
    """The ports, the operator's scope and the site: of the file, the named one, or the only one.

    With ``needs_site=False`` the site is None unless it is named or comes from a file. With `one_meter` a file of several
    meters is refused until one is named: a bill or a finding of whichever comes first would be a guess.
    """
    from kanchay.bootstrap import for_file, open_product

    settings = settings_of(click_ctx)
    if input_path is not None:
        if site_id:
            raise InputError("--input and --site do not go together.", hint="Give one of them.")
        return for_file(
            input_path,
            ImportOptions(tz=tz),
            country=country,
            settings=settings,
            meter=meter_of(click_ctx),
            one_meter=one_meter,
        )
    if meter_of(click_ctx):
        raise InputError("--meter is for files.", hint="Give the file with --input, or leave --meter out.")
    ctx, scope = open_product(settings), operator_scope()
    click_ctx.call_on_close(lambda: close(ctx))
    if site_id:
        return ctx, scope, get_site(ctx, scope, site_id)
    return ctx, scope, only_site(ctx, scope) if needs_site else None


def close(ctx: Context) -> None:
    """Release the files of a product."""
    ctx.readings.close()
    ctx.records.close()
