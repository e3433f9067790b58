"""JSON from outside: no larger and no deeper than any request of ours, told before a view reads it."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any, Final, TypeVar

from flask import current_app, request
from werkzeug.exceptions import BadRequest, RequestEntityTooLarge

__all__ = ["MAX_JSON", "check_json", "reads_itself"]

MAX_JSON: Final = 1024 * 1024
_READS_ITSELF: Final = "_kanchay_reads_itself"

View = TypeVar("View", bound=Callable[..., Any])


def reads_itself(view: View) -> View:
    """Mark a view that bounds and reads its body by itself."""
    setattr(view, _READS_ITSELF, True)
    return view


def check_json() -> None:
    """Refuse a JSON body beyond a megabyte, one that nests without end, and numbers of thousands of digits."""
    if not request.is_json or request.routing_exception is not None:
        return
    if getattr(current_app.view_functions.get(request.endpoint or ""), _READS_ITSELF, False):
        return
    if (request.content_length or 0) > MAX_JSON:
        raise RequestEntityTooLarge("The JSON is larger than a megabyte.")
    try:
        json.loads(request.get_data())
    except json.JSONDecodeError:
        return  # the view says which field it wanted
    except (RecursionError, ValueError) as error:
        raise BadRequest("The body is no JSON that can be read.") from error
