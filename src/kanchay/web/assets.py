"""Our own static files: addressed with a content hash, so that a browser keeps them for a year."""

from __future__ import annotations

from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from typing import Final

from flask import url_for

__all__ = ["HTMX", "STATIC", "UPLOT", "UPLOT_CSS", "asset", "content_hash"]

STATIC: Final = Path(__file__).parent / "static"
UPLOT: Final = "vendor/uplot-1.6.32.min.js"
UPLOT_CSS: Final = "vendor/uplot-1.6.32.min.css"
HTMX: Final = "vendor/htmx-2.0.11.min.js"


@lru_cache(maxsize=64)
def _hash(name: str, modified_ns: int) -> str:
    return sha256((STATIC / name).read_bytes()).hexdigest()[:10]


def content_hash(name: str) -> str:
    """First ten hex digits of the file's sha256; read again when the file changes."""
    return _hash(name, (STATIC / name).stat().st_mtime_ns)


def asset(name: str) -> str:
    """Address of a static file with its hash."""
    return url_for("static", filename=name, v=content_hash(name))
