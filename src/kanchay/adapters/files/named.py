"""Texts that are no table and no format of `formats`: refused by their name, never half understood."""

from __future__ import annotations

import re
from typing import Final

from kanchay.adapters.files.refusal import refuse

__all__ = ["refuse_later_formats"]

_FORMATS: Final = ((re.compile(rb"\A\s*<(!doctype\s+)?html", re.I), "a web page (HTML)"),)


def refuse_later_formats(text: bytes, name: str) -> None:
    """Raise `FileRefused` for web pages, by their first characters."""
    head = text[:8192]
    for pattern, what in _FORMATS:
        if pattern.search(head):
            raise refuse("later_format", name, what=what)
