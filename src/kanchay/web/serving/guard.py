"""What both dialects share: who may ask, how large a body may be, how many run at once, and whose fault an error is."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from threading import BoundedSemaphore
from typing import Any, Final, TypeVar, cast

from flask import Response, current_app, request
from werkzeug.exceptions import BadRequest, ServiceUnavailable, UnsupportedMediaType

from kanchay.domain import errors as e
from kanchay.domain.scope import Permission
from kanchay.web.bodies import reads_itself
from kanchay.web.serving.shelf import Only, Served, ShelfServed, Together
from kanchay.web.serving.signatures import Signature
from kanchay.web.serving.tensors import Array
from kanchay.web.sessions import by_token, for_machines, scope
from kanchay.web.shell import product

__all__ = [
    "MAX_BODY",
    "TOKEN_FILE",
    "answer",
    "body",
    "check_right",
    "closed",
    "in_turn",
    "object_of",
    "plainly",
    "run",
    "served",
]

TOKEN_FILE: Final = "serving.token"  # noqa: S105
MAX_BODY: Final = 32 * 1024 * 1024
AT_ONCE: Final = 2  # requests that compute at the same time; the pages need threads too
PATIENCE_S: Final = 10.0

_turns = BoundedSemaphore(AT_ONCE)
View = TypeVar("View", bound=Callable[..., Any])


def closed(view: View) -> View:
    """A view of model serving: open to who is signed in and to the serving token, and it reads its body itself."""
    marked: View = for_machines(TOKEN_FILE)(reads_itself(view))
    return marked


def check_right() -> None:
    """A program with the token may ask; a person only whose role may read anything at all."""
    if not by_token():
        scope().require(Permission.READ)


def served() -> Served:
    """What ships, then this hub's registry with its versions, then what else is installed."""
    from kanchay.adapters.models import shipped_models
    from kanchay.web.serving.registered import RegistryServed

    shelf = ShelfServed(product().ctx.models)
    shipped = frozenset(path.stem for path in shipped_models().iterdir())
    return Together(Only(shelf, shipped), RegistryServed(product().settings), shelf)


def body() -> bytes:
    """The body, bounded; compressed ones are not taken, since what they unpack to is not."""
    if request.headers.get("Content-Encoding", "identity") != "identity":
        raise UnsupportedMediaType("Send the body without Content-Encoding.")
    request.max_content_length = MAX_BODY
    return request.get_data()


def object_of(data: bytes) -> dict[str, Any]:
    """The JSON object of a body."""
    try:
        found = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise BadRequest(f"JSON Parse error: {error}") from error
    if not isinstance(found, dict):
        raise BadRequest("The body is no JSON object.")
    return found


def answer(document: Any, status: int = 200) -> Response:
    """JSON in which NaN may stand, where the dialect allows it."""
    return current_app.response_class(json.dumps(document) + "\n", status=status, mimetype="application/json")


def in_turn(view: View) -> View:
    """Few requests at a time are read into memory and computed; the others wait, and not for long."""

    @wraps(view)
    def waiting(*args: Any, **more: Any) -> Any:
        if not _turns.acquire(timeout=PATIENCE_S):
            raise ServiceUnavailable("The server is busy with other requests.", retry_after=int(PATIENCE_S))
        try:
            return view(*args, **more)
        finally:
            _turns.release()

    return cast(View, waiting)


def run(
    signature: Signature, given: dict[str, Array], *, dialect: str, model: str, name: str
) -> dict[str, Array]:
    """Ask a signature, and count what it answered."""
    with plainly():
        found = signature.run(given)
    n = len(next(iter(found.values())))
    product().metrics.served.labels(dialect, model, name).inc(n)
    return found


@contextmanager
def plainly(*, but: type[e.KanchayError] | tuple[()] = ()) -> Iterator[None]:
    """Our errors under the codes that both protocols use: 400 for what was sent, 503 for a bundle that cannot be used."""
    try:
        yield
    except but:
        raise
    except e.BundleError as error:
        raise ServiceUnavailable(f"The model cannot be used: {error}") from error
    except (e.InputError, e.NotFound, e.NotEnoughData) as error:
        raise BadRequest(str(error)) from error
