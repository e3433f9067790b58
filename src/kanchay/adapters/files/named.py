"""Named formats that are recognised but not read yet: refused by their name, never half understood."""

from __future__ import annotations

import re
from typing import Final

from kanchay.adapters.files.refusal import refuse

__all__ = ["refuse_later_formats"]

_FORMATS: Final = (
    (re.compile(rb"\A\s*100,NEM1[23]\b"), "NEM12 (Australian interval data)"),
    (re.compile(rb"\A\s*<[^>]{0,4000}(espi|naesb)", re.S | re.I), "Green Button (ESPI)"),
    (re.compile(rb"\A\s*<\?xml.{0,2000}http://naesb.org/espi", re.S), "Green Button (ESPI)"),
    (re.compile(rb"\A\s*<(!doctype\s+)?html", re.I), "a web page (HTML)"),
    (re.compile(rb"\A\s*<\?xml|\A\s*<[A-Za-z][\w:.-]*[\s>]"), "XML"),
)


def refuse_later_formats(text: bytes, name: str) -> None:
    """Raise `FileRefused` for XML and NEM12, by their first characters."""
    head = text[:8192]
    for pattern, what in _FORMATS:
        if pattern.search(head):
            raise refuse("later_format", name, what=what)
