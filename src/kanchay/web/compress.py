"""Gzip for what a browser asks compressed. Static files are compressed once and kept."""

from __future__ import annotations

import gzip
from functools import lru_cache
from typing import Final

from flask import Flask, Response, request

from kanchay.web.assets import STATIC, content_hash

__all__ = ["init_compression"]

_TYPES: Final = ("text/", "application/json", "application/javascript", "image/svg+xml")
_SMALLEST: Final = 500  # bytes; below it the header costs more than it saves


@lru_cache(maxsize=64)
def _static(name: str, version: str) -> bytes:
    return gzip.compress((STATIC / name).read_bytes(), 9, mtime=0)


def _body(response: Response) -> bytes:
    name = (request.view_args or {}).get("filename")
    if request.endpoint == "static" and name:
        return _static(name, content_hash(name))
    return gzip.compress(response.get_data(), 6, mtime=0)


def _compress(response: Response) -> Response:
    response.vary.add("Accept-Encoding")
    wanted = request.accept_encodings["gzip"] > 0 and response.status_code == 200
    typed = (response.mimetype or "").startswith(_TYPES)
    if (
        not (wanted and typed)
        or "Content-Encoding" in response.headers
        or (response.content_length or _SMALLEST) < _SMALLEST
    ):
        return response
    response.direct_passthrough = False
    response.set_data(_body(response))
    response.headers["Content-Encoding"] = "gzip"
    response.headers.pop("Accept-Ranges", None)
    return response


def init_compression(app: Flask) -> None:
    app.after_request(_compress)
