"""Texts that are no table and no format of `formats`: refused by their name, never half understood."""

from __future__ import annotations

import re
from typing import Final

from kanchay.adapters.files.refusal import refuse

__all__ = ["refuse_later_formats"]

_FORMATS: Final = (
    (re.compile(rb"\A\s*(?:UNA.{6}\s*)?UNB\+"), "an EDIFACT message (such as MSCONS)"),
    (re.compile(rb"\AProgram Version,EnergyPlus"), "the output of EnergyPlus (.eso)"),
    (
        re.compile(rb"(?im)\A(?:\s|--.*$|/\*.*\*/;?|SET .*;)*(?:INSERT INTO|CREATE TABLE|DROP TABLE)\b"),
        "a dump of a database",
    ),
)


def refuse_later_formats(text: bytes, name: str) -> None:
    """Raise `FileRefused` for formats known by their first characters."""
    head = text[:8192]
    for pattern, what in _FORMATS:
        if pattern.search(head):
            raise refuse("later_format", name, what=what)
