"""A tariff on the command line: the id of one that we hold, or a file."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from kanchay.domain.tariff import Tariff
    from kanchay.services.context import Context

__all__ = ["library_of", "tariff_named"]


def library_of(click_ctx: click.Context) -> Context:
    """A product that holds nothing but tariffs: the package's, and the user's on top."""
    from kanchay.bootstrap import in_memory
    from kanchay.cli.opening import settings_of

    return in_memory(settings=settings_of(click_ctx))


def tariff_named(ctx: Context, name: str) -> Tariff:
    """The tariff of that id, or in the file of that name; a file with a mistake is refused with the first."""
    from kanchay.services.money.tariffs import tariff_by_id

    if not name.endswith((".yaml", ".yml")):
        return tariff_by_id(ctx, name)
    from kanchay.domain.errors import InputError
    from kanchay.services.money.tariff_check import check_tariff

    check = check_tariff(ctx, Path(name).read_bytes())
    if check.tariff is None:
        first = check.problems[0]
        raise InputError(
            f"{name}, line {first.line}: {first.path} {first.what}.",
            hint=f"{first.cure} See all with: kanchay tariff check {name}".strip(),
            code="tariff.invalid",
        )
    return check.tariff
