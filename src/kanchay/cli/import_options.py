"""The options of `kanchay import` that answer what a file leaves open, and what they mean for the reader."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final, TypeVar

import click

if TYPE_CHECKING:
    from kanchay.services.ports.files import ColumnTold, ImportOptions

__all__ = ["answer_options", "options_of"]

F = TypeVar("F", bound=Callable[..., Any])

_ROLES: Final = ("time", "date", "end", "value", "key", "unit", "status", "factor")
_DIRECTIONS: Final = ("import", "export", "net", "production", "consumption")
_SHORT: Final = {"energy": "electric_energy", "reactive": "reactive_energy"}


def answer_options(function: F) -> F:
    """Everything that can be told of a file beforehand."""
    for option in reversed(
        (
            click.option("--tz", help="Zone of times that carry none (IANA name); else the site's zone."),
            click.option("--unit", help="Unit of values that carry none: kWh, Wh, MWh, kW, W, degC, degF …"),
            click.option("--day-first/--month-first", default=None, help="Order of 01/02/2024."),
            click.option(
                "--label", type=click.Choice(["start", "end"]), help="Which end of the interval a time marks."
            ),
            click.option(
                "--kind",
                type=click.Choice(["interval", "cumulative", "instantaneous"]),
                help="Kind of energy values.",
            ),
            click.option("--direction", type=click.Choice(_DIRECTIONS), help="Where no word tells."),
            click.option(
                "--decimal", type=click.Choice([".", ","]), help="Decimal sign where 1,234 could be either."
            ),
            click.option(
                "--clock",
                type=click.Choice(["local", "standard"]),
                help="Whether the file's clock keeps summer time.",
            ),
            click.option(
                "--factor",
                metavar="apply|applied|NUMBER",
                help="The meter's factor: still to be multiplied by, in the values already, or one for the whole file.",
            ),
            click.option(
                "--map",
                "mapping",
                multiple=True,
                metavar="COLUMN=QUANTITY[:DIRECTION[:UNIT]]",
                help="What a column of values is, for example 'A14=energy:export:Wh'. Or which column has a part:"
                f" {', '.join(_ROLES)}, as in 'time=Fecha'. May be repeated.",
            ),
            click.option(
                "--rows",
                type=click.Choice(["left_out"]),
                help="Go on without the rows that hold values but a time that cannot be read.",
            ),
            click.option("--sheet", help="The only sheet of a workbook to read, by name or number."),
        )
    ):
        function = option(function)
    return function


def options_of(given: dict[str, Any]) -> ImportOptions:
    """Options for the reader from what was typed."""
    from dataclasses import fields

    from kanchay.services.ports.files import ImportOptions

    columns: dict[str, str] = {}
    told: dict[str, ColumnTold] = {}
    for pair in given["mapping"]:
        left, sign, right = pair.rpartition("=")
        if not sign or not left or not right:
            raise click.UsageError(f"--map takes COLUMN=QUANTITY or PART=COLUMN, not '{pair}'.")
        name = left.strip().lower()
        meaning = _told(right)
        if meaning is not None and (name not in _ROLES or ":" in right):
            told[left.strip()] = meaning
        elif name in _ROLES:
            columns[name] = f"{columns[name]},{right}" if name in columns else right
        else:
            raise click.UsageError(
                f"--map {pair}: '{right}' is no quantity and '{left}' no part of a table ({', '.join(_ROLES)})."
            )
    plain = [f.name for f in fields(ImportOptions) if f.name in given]
    return ImportOptions(columns=columns, told=told, **{name: given[name] for name in plain})


def _told(text: str) -> ColumnTold | None:
    """``quantity[:direction[:unit]]``, any of them empty; None where the first word is no quantity."""
    from kanchay.domain.units import CANONICAL, Quantity, unit
    from kanchay.services.ports.files import ColumnTold

    first, *rest = (part.strip() for part in text.split(":"))
    word = _SHORT.get(first.lower(), first.lower())
    if word not in ["" if rest else None, *(q.value for q in Quantity)]:
        return None
    direction, symbol = [*rest, "", ""][:2]
    if len(rest) > 2 or direction not in ("", *_DIRECTIONS):
        raise click.UsageError(f"--map …={text}: the direction is one of {', '.join(_DIRECTIONS)}, or empty.")
    if symbol and word and CANONICAL[unit(symbol).quantity] != CANONICAL[Quantity(word)]:
        raise click.UsageError(f"--map …={text}: {symbol} does not measure {first}.")
    return ColumnTold(word, direction, unit(symbol).symbol if symbol else "")
