"""Titles: what the lines above a table say about all of its values."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from kanchay.adapters.files.words import ROLE_WORDS, find_unit, normal

__all__ = ["unit_above"]

_SAYS_UNIT: Final = re.compile(rf"^(?:{ROLE_WORDS['unit']}) (.+)$")


def unit_above(preamble: Sequence[str]) -> str:
    """The unit that a line above names for the whole table ("Unit: kWh"), or that its title carries; else nothing."""
    for line in preamble:
        if _SAYS_UNIT.match(normal(line)):
            last = re.split(r"[\s:=;]+", line.strip().strip("\"'.:;"))[-1].strip("()[]")
            named = find_unit(f"({last})")
            if named is not None:
                return named.symbol
    found = find_unit(preamble[-1]) if preamble else None
    return found.symbol if found is not None else ""
