"""JSON from outside: no larger and no deeper than any request of ours, told before a view reads it."""

from __future__ import annotations

import json
from typing import Final

from flask import request
from werkzeug.exceptions import BadRequest, RequestEntityTooLarge

__all__ = ["MAX_JSON", "check_json"]

MAX_JSON: Final = 1024 * 1024


def check_json() -> None:
    """Refuse a JSON body beyond a megabyte, one that nests without end, and numbers of thousands of digits."""
    if not request.is_json or request.routing_exception is not None:
        return
    if (request.content_length or 0) > MAX_JSON:
        raise RequestEntityTooLarge("The JSON is larger than a megabyte.")
    try:
        json.loads(request.get_data())
    except json.JSONDecodeError:
        return  # the view says which field it wanted
    except (RecursionError, ValueError) as error:
        raise BadRequest("The body is no JSON that can be read.") from error
