"""Web archives (.mht): the page that a browser or Excel saved in one file with its pictures; its first page is read."""

from __future__ import annotations

import re
from typing import Final

from kanchay.adapters.files.encoding import decode
from kanchay.adapters.files.refusal import refuse
from kanchay.adapters.files.unpacking import Data

__all__ = ["looks_like_a_web_archive", "page_of"]

_ARCHIVE: Final = re.compile(rb"\A\s*(?:mime-version:|from: <saved by)", re.I)
_MOST: Final = 2_000  # parts


def looks_like_a_web_archive(text: bytes) -> bool:
    """Whether a text begins as a web archive does."""
    return _ARCHIVE.match(text[:8192]) is not None


def page_of(text: bytes, name: str) -> Data:
    """The first page of an archive as UTF-8; raises `FileRefused` where it holds none."""
    from email import message_from_bytes, policy

    if text.count(b"\n--") > _MOST:
        raise refuse("unsafe", name)
    try:
        parts = message_from_bytes(text.lstrip(), policy=policy.compat32).walk()
        pages = [p.get_payload(decode=True) for p in parts if p.get_content_type() == "text/html"]
    except (RecursionError, ValueError, LookupError) as error:
        raise refuse("truncated", name) from error
    page = next((p for p in pages if isinstance(p, bytes) and b"<td" in p.lower()), None)
    if page is None:
        raise refuse("no_meter_data", name, what="it is a web archive without a table")
    return decode(page, name)[0]
