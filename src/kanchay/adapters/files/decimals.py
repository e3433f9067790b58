"""The decimal sign of a file: weighed over all its columns of values, with the unit where numbers alone leave it open."""

from __future__ import annotations

from collections.abc import Sequence

from kanchay.adapters.files.numbers import DecimalVotes
from kanchay.adapters.files.roles import Roles
from kanchay.adapters.files.table import Column, votes_together
from kanchay.adapters.files.words import find_unit

__all__ = ["decimal_of"]


def decimal_of(columns: Sequence[Column], roles: Roles, given: str | None) -> tuple[str, bool]:
    """The decimal sign of the file and whether nothing in it settles that."""
    if given:
        return given, False
    votes = (
        votes_together(list(columns)).settled()
        if roles.slots
        else sum((c.votes().settled() for c in columns), DecimalVotes())
    )
    if votes.is_open and not (votes.dot or votes.comma) and _in_small_units(columns, roles):
        return {",": ".", ".": ","}[votes.decimal], True
    return votes.decimal, votes.is_open


def _in_small_units(columns: Sequence[Column], roles: Roles) -> bool:
    """Whether values are W or Wh, of which thousands are usual and thousandths are not."""
    words = roles.unit.keys()[1] if roles.unit is not None else ()
    labels = [label for key in roles.keys for label in key.keys()[1][:3]]  # "Bezug (Wh) M-1001"
    said = [
        find_unit(n)
        for n in (*(c.name for c in columns), *labels, *(f"({w})" for w in (*words, roles.unit_above)))
    ]
    return any(u is not None and u.symbol in ("W", "Wh", "var", "varh") for u in said)
