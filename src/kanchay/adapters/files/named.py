"""Texts that are no table and no format of `formats`: refused by their name, never half understood."""

from __future__ import annotations

import re
from typing import Final

from kanchay.adapters.files.refusal import refuse

__all__ = ["refuse_later_formats"]

_FORMATS: Final = ((re.compile(rb"\A\s*(mime-version:|from: <saved by)", re.I), "a web archive (MHTML)"),)


def refuse_later_formats(text: bytes, name: str) -> None:
    """Raise `FileRefused` for web archives, by their first characters."""
    head = text[:8192]
    for pattern, what in _FORMATS:
        if pattern.search(head):
            raise refuse("later_format", name, what=what)
