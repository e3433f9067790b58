"""The API: readings of a site as a file."""

from __future__ import annotations

from typing import Any, Final

from apiflask import Schema
from apiflask.fields import Date, List, String
from apiflask.validators import Length, OneOf
from flask import Response

from kanchay.bootstrap import export_formats
from kanchay.web.api.schema import answer
from kanchay.web.api.v1 import blueprint, known_site
from kanchay.web.downloads import Asked, download
from kanchay.web.i18n import LOCALES

__all__ = ["export"]

_FILE: Final[dict[str, Any]] = {"type": "string", "format": "binary"}


class ExportQuery(Schema):
    format = String(
        load_default="csv",
        validate=OneOf(list(export_formats())),
        metadata={"description": "A kind of file."},
    )
    point = List(
        String(validate=Length(max=200)),
        load_default=list,
        validate=Length(max=200),
        metadata={"description": "A meter by id or name; may be repeated. All of the site by default."},
    )
    start = Date(load_default=None, metadata={"description": "First day, on the site's clock."})
    end = Date(load_default=None, metadata={"description": "Day after the last one."})
    resolution = String(
        load_default="",
        validate=Length(max=40),
        metadata={"description": "15min, 1h, 1d …; as the readings are kept by default."},
    )
    language = String(
        load_default="en", validate=OneOf(LOCALES), metadata={"description": "Of the words in a workbook."}
    )


def _documented() -> dict[int | str, dict[str, Any]]:
    """The answers: one kind of content for each format."""
    told = answer(_FILE, "The file, sent while it is written.", also=(401, 403, 404, 409, 422))
    kinds = {f.media_type.partition(";")[0] for f in export_formats().values()}
    told[200]["content"] = {kind: {"schema": _FILE} for kind in sorted(kinds)}
    return told


@blueprint.get("/sites/<site_id>/export")
@blueprint.input(ExportQuery, location="query", arg_name="query")
@blueprint.doc(summary="Readings as a file", responses=_documented())
def export(site_id: str, query: dict[str, Any]) -> Response:
    """Units, directions, qualities and sources go along where the format tells them; who took what is written down."""
    given = Asked(query["format"], tuple(query["point"]), query["start"], query["end"], query["resolution"])
    return download(known_site(site_id), given, query["language"])
