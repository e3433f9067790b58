"""Titles: what the lines above a table say about all of its values."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from kanchay.adapters.files.words import ROLE_WORDS, find_unit, has_brackets, normal

__all__ = ["unit_above", "unit_of_all"]

_SAYS_UNIT: Final = re.compile(rf"^(?:{ROLE_WORDS['unit']}) (.+)$")
_IN_BRACKETS: Final = re.compile(r"[(\[（](\w[^()\[\]（）]*)[:：=]\s*([^()\[\]（）:]+)[)\]）]")


def unit_above(preamble: Sequence[str]) -> str:
    """The unit that a line above names for the whole table ("Unit: kWh"), or that its title carries; else nothing."""
    for line in (said for title in preamble for said in (title, *_bracketed(title))):
        if _SAYS_UNIT.match(normal(line)):
            last = re.split(r"[\s:=;]+", line.strip().strip("\"'.:;"))[-1].strip("()[]")
            named = find_unit(f"({last})")
            if named is not None:
                return named.symbol
    found = find_unit(preamble[-1]) if preamble else None
    return found.symbol if found is not None else ""


def _bracketed(title: str) -> list[str]:
    """What a title says in brackets: "Usage by hours (unit: kWh)"."""
    return [f"{word}: {said}" for word, said in _IN_BRACKETS.findall(title)]


def unit_of_all(labels: Sequence[tuple[str, str]]) -> str:
    """The unit in a label that stands beside every row ("Active Import Interval (kW)"); nothing where none does.

    A number before it ("Contracted power (5.5 kW)") tells a size, not what the values are in.
    """
    said = [
        label for _, label in labels if has_brackets(label) and not re.search(r"\d\s?[a-zA-Z³]+[)\]}]", label)
    ]
    found = {unit.symbol for unit in map(find_unit, said) if unit is not None}
    return found.pop() if len(found) == 1 else ""
