"""Readings as a download: written while they are sent, packed where the browser asks for it, never held whole."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from typing import Final

from flask import Response, request, stream_with_context

from kanchay.bootstrap import export_formats
from kanchay.domain.interval import local_midnight, parse_duration
from kanchay.domain.point import Site
from kanchay.services.ports.exports import ExportFormat
from kanchay.services.readings.export import ExportWish, export_name, format_named, open_export
from kanchay.web.gather import Gathered

__all__ = ["Asked", "download", "offered"]

_MOST_ROWS: Final = 3_000_000  # a thread is busy with them for a minute or two
_PACKED: Final = ("text/", "application/atom+xml")


@dataclass(frozen=True, slots=True)
class Asked:
    """What somebody asked for: `end` is the day after the last one, no points are all of them."""

    format: str
    points: tuple[str, ...] = ()
    start: date | None = None
    end: date | None = None
    resolution: str = ""


def offered() -> list[ExportFormat]:
    """The formats, each with what a page may ask of it at once."""
    return [replace(f, most_rows=min(f.most_rows, _MOST_ROWS)) for f in export_formats().values()]


def download(known: Gathered, asked: Asked, language: str) -> Response:
    """The file, from its first bytes on; what is wrong with the question is raised before any of them."""
    form = format_named({f.name: f for f in offered()}, asked.format)
    export = open_export(known.ctx, known.scope, known.site.id, form, _wish(known.site, asked))
    response = Response(_sent(form.write(export, language), form), content_type=form.media_type)
    response.headers["Content-Disposition"] = f'attachment; filename="{export_name(export, form)}"'
    response.headers["Content-Encoding"] = "gzip" if _packs(form) else "identity"  # never packed as a whole
    response.headers["X-Accel-Buffering"] = "no"
    return response


def _wish(site: Site, asked: Asked) -> ExportWish:
    start, end = (None if day is None else local_midnight(day, site.tz) for day in (asked.start, asked.end))
    return ExportWish(
        asked.points, start, end, parse_duration(asked.resolution) if asked.resolution else None
    )


def _packs(form: ExportFormat) -> bool:
    return form.media_type.startswith(_PACKED) and request.accept_encodings["gzip"] > 0


def _sent(pieces: Iterator[bytes], form: ExportFormat) -> Iterator[bytes]:
    return stream_with_context(_gzipped(pieces) if _packs(form) else pieces)


def _gzipped(pieces: Iterator[bytes]) -> Iterator[bytes]:
    packer = zlib.compressobj(6, wbits=31)
    for piece in pieces:
        if packed := packer.compress(piece):
            yield packed
    yield packer.flush()
