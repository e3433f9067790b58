"""This hub as a registry of models: list, download by range, push, promote, roll back.

Whoever is signed in may look and download; a hub does so with the token of ``models-read.token`` in this hub's home.
To push and to promote takes the owner of this hub's own organisation, or the token of ``models-write.token``. What is
pushed must be signed by a key that this hub trusts; it is verified and its example is run before it is kept.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from apiflask import Schema
from apiflask.fields import Float, Integer, String
from apiflask.validators import Length, OneOf, Range
from flask import Response, jsonify, request
from werkzeug.exceptions import PreconditionFailed

from kanchay.bootstrap import model_arrivals, model_registry, model_shelf
from kanchay.domain.errors import AccessDenied, Conflict
from kanchay.domain.model import AliasChange, ModelVersion
from kanchay.domain.scope import Actor, Permission, Purpose, Role, Scope
from kanchay.plain import plain
from kanchay.services.models.listing import RegisteredModel, list_registry, show_registered
from kanchay.services.models.receive import (
    Pushed,
    Received,
    keep_received,
    receive_piece,
    received_so_far,
)
from kanchay.services.people.policy import scope_for
from kanchay.services.ports.registry import Arrivals, Registry
from kanchay.web.api.schema import answer, page_of, schema_of
from kanchay.web.api.v1 import blueprint
from kanchay.web.sessions import bears_token, by_token, current_actor, for_machines
from kanchay.web.shell import product

__all__ = ["MODELS_READ", "MODELS_WRITE"]

MODELS_READ: Final = "models-read.token"
MODELS_WRITE: Final = "models-write.token"
_READER: Final = Actor("token:models-read", "the token to read models", Role.VIEWER, "default")
_WRITER: Final = Actor("token:models-write", "the token to write models", Role.OWNER, "default")
_CHUNK: Final = 256 * 1024
_BINARY: Final = {"type": "string", "format": "binary"}


class Change(Schema):
    """Where an alias is to point."""

    action = String(required=True, validate=OneOf(["promote", "rollback"]))
    version = String(load_default="", validate=Length(max=64))
    share = Float(load_default=1.0, validate=Range(0, 1), metadata={"description": "Part of all hubs."})
    why = String(required=True, validate=Length(1, 500))
    number = Integer(
        load_default=0,
        validate=Range(0),
        metadata={"description": "Of this change in the history, where the caller has seen the one before."},
    )


class Piece(Schema):
    """Where a piece of a pushed bundle belongs."""

    offset = Integer(
        required=True,
        data_key="Upload-Offset",
        validate=Range(0),
        metadata={"description": "Its first byte."},
    )


def _registry() -> Registry:
    """This hub's own, whatever registry it pulls from itself."""
    return model_registry(product().settings)


def _scope(purpose: Purpose = Purpose.VIEW) -> Scope:
    actor = (
        _WRITER if by_token() and bears_token(MODELS_WRITE) else _READER if by_token() else current_actor()
    )
    if actor is None:
        raise AccessDenied("Sign in first.")  # the door is shut before anybody comes here
    return scope_for(actor, purpose)


def _keeper() -> Scope:
    """Models serve every organisation: another one's owner must not choose them."""
    mine = _scope(Purpose.ADMINISTER)
    mine.require(Permission.ADMIN)
    if mine.organisation_id not in (None, "default"):
        raise AccessDenied("Only the owner of this hub's own organisation may change its models.")
    return mine


@blueprint.get("/models")
@for_machines(MODELS_READ, MODELS_WRITE)
@blueprint.doc(
    summary="Models of the registry",
    responses=answer(page_of(RegisteredModel), "By name.", also=(401, 403)),
)
def models() -> Response:
    return jsonify({"items": plain(list_registry(_registry(), _scope())), "next": None})


@blueprint.get("/models/<model>")
@for_machines(MODELS_READ, MODELS_WRITE)
@blueprint.doc(
    summary="A model of the registry",
    responses=answer(schema_of(RegisteredModel), "Versions, aliases, history.", also=(401, 403, 404, 422)),
)
def one_model(model: str) -> Response:
    return jsonify(plain(show_registered(_registry(), _scope(), model)))


@blueprint.get("/models/<model>/versions/<version>/bundle")
@for_machines(MODELS_READ, MODELS_WRITE)
@blueprint.doc(
    summary="Download a bundle, or the rest of one",
    responses={
        **answer(_BINARY, "The packed bundle; its ETag is its sha256.", also=(401, 403, 404, 422)),
        206: {"description": "From the byte that the header Range names."},
        412: {"description": "If-Match names another sha256."},
    },
)
def download(model: str, version: str) -> Response:
    from kanchay.services.models.find import find_version

    _scope().require(Permission.READ)
    registry = _registry()
    found = find_version(registry, model, version)
    if request.if_match and not request.if_match.contains(found.sha256):
        raise PreconditionFailed("This version has another sha256 here.")
    body = b"".join(registry.fetch(found, 0))  # a bundle is 64 MiB at most
    response = Response(body, mimetype="application/zip")
    response.set_etag(found.sha256)
    response.headers["Cache-Control"] = "private, no-transform"
    response.make_conditional(request, accept_ranges=True, complete_length=len(body))
    return response


@blueprint.get("/models/<model>/versions/<version>/bundle/<sha256>")
@for_machines(MODELS_WRITE)
@blueprint.doc(
    summary="How much of a pushed bundle is here",
    description="The next piece begins at that byte. What nobody goes on with is forgotten after a week.",
    responses=answer(schema_of(Received), "So many bytes.", also=(401, 403, 409, 422)),
)
def received(model: str, version: str, sha256: str) -> Response:
    mine, pushed = _keeper(), Pushed(model, version, sha256)
    return jsonify(plain(received_so_far(_registry(), _arrivals(), mine, pushed)))


@blueprint.patch("/models/<model>/versions/<version>/bundle/<sha256>")
@for_machines(MODELS_WRITE)
@blueprint.input(Piece, location="headers", arg_name="given")
@blueprint.doc(
    summary="Push a piece of a bundle",
    description="The body is the packed bundle from the byte of the header Upload-Offset on, as much as suits.",
    responses=answer(schema_of(Received), "So many bytes are here now.", also=(401, 403, 409, 413, 422)),
)
def push_piece(model: str, version: str, sha256: str, given: dict[str, Any]) -> Response:
    mine, pushed = _keeper(), Pushed(model, version, sha256)
    return jsonify(plain(receive_piece(_arrivals(), mine, pushed, given["offset"], _body())))


@blueprint.post("/models/<model>/versions/<version>/bundle/<sha256>")
@for_machines(MODELS_WRITE)
@blueprint.doc(
    summary="Keep a pushed bundle",
    description="It is verified and its example is run; only then it is there for others.",
    responses=answer(schema_of(ModelVersion), "As this hub holds it.", also=(401, 403, 404, 409, 422)),
)
def keep_pushed(model: str, version: str, sha256: str) -> Response:
    mine, pushed, settings = _keeper(), Pushed(model, version, sha256), product().settings
    now = product().ctx.clock()
    return jsonify(
        plain(keep_received(_registry(), model_shelf(settings), _arrivals(), mine, pushed, now=now))
    )


def _arrivals() -> Arrivals:
    return model_arrivals(product().settings)


def _body() -> Iterator[bytes]:
    while chunk := request.stream.read(_CHUNK):
        yield chunk


@blueprint.post("/models/<model>/aliases/<alias>")
@for_machines(MODELS_WRITE)
@blueprint.input(Change, arg_name="given")
@blueprint.doc(
    summary="Promote a version, or roll back",
    responses=answer(schema_of(AliasChange), "As written into the history.", also=(401, 403, 404, 409, 422)),
)
def change_alias(model: str, alias: str, given: dict[str, Any]) -> Response:
    from kanchay.services.models.promote import promote_model, roll_back_model

    mine, registry, now = _keeper(), _registry(), product().ctx.clock()
    _check_number(registry, model, given["number"])
    if given["action"] == "rollback":
        made = roll_back_model(registry, mine, model, alias=alias, why=given["why"], now=now)
    else:
        made = promote_model(
            registry, mine, model, given["version"],
            alias=alias, share=given["share"], why=given["why"], now=now,
        )  # fmt: skip
    return jsonify(plain(made))


def _check_number(registry: Registry, name: str, number: int) -> None:
    """The caller decided on what it saw: nothing may have happened since."""
    if number and number != len(registry.changes(name)) + 1:
        raise Conflict(f"Somebody changed '{name}' at the same moment.", hint="Look at it and try again.")
