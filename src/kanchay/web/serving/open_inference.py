"""Open Inference v2 (KServe, Triton): health, metadata and infer, with binary tensors."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from contextlib import suppress
from math import prod
from typing import Any, Final, TypeVar

import numpy as np
from apiflask import APIBlueprint
from flask import Response, current_app, request
from werkzeug.exceptions import BadRequest, NotFound

from kanchay._version import __version__
from kanchay.domain import errors as e
from kanchay.web.serving import guard
from kanchay.web.serving.binary import EXTENSION, HEADER, SIZE, Tail, packed, split
from kanchay.web.serving.shelf import Version, chosen
from kanchay.web.serving.signatures import DEFAULT, FORECAST, Signature, signatures_of
from kanchay.web.serving.tensors import Array, Tensor, array_of
from kanchay.web.sessions import public

__all__ = ["SUFFIX", "blueprint"]

SUFFIX: Final = "." + FORECAST  # this dialect has no signatures: the second one is a model of its own
_MODEL: Final = "/models/<model>"
_STATEFUL: Final = ("sequence_id", "sequence_start", "sequence_end")
View = TypeVar("View", bound=Callable[..., Any])

blueprint = APIBlueprint("open_inference", __name__, url_prefix="/v2", enable_openapi=False)


@blueprint.before_request
def _check_right() -> None:
    if not (request.endpoint or "").endswith((".live", ".ready")):
        guard.check_right()


def _routes(suffix: str, method: str) -> Callable[[View], View]:
    """The same view without and with a version."""

    def add(view: View) -> View:
        for path in (_MODEL, _MODEL + "/versions/<version>"):
            blueprint.route(path + suffix, methods=[method])(view)
        return view

    return add


@blueprint.get("/health/live")
@public
def live() -> Response:
    return guard.answer({"live": True})


@blueprint.get("/health/ready")
@public
def ready() -> Response:
    """Whether every model that is served could be loaded; says nothing else."""
    shelf = guard.served()
    try:
        ok = all(_loads(chosen(shelf.versions(name))) for name in shelf.names())
    except e.KanchayError:  # a registry that cannot be read
        ok = False
    return guard.answer({"ready": ok}, 200 if ok else 503)


def _loads(version: Version) -> bool:
    try:
        version.load()
    except e.BundleError:
        return False
    return True


@blueprint.get("")
@guard.closed
def server() -> Response:
    return guard.answer({"name": "kanchay", "version": __version__, "extensions": [EXTENSION]})


def _known(model: str) -> tuple[list[Version], str]:
    """Versions of a model, and the signature that its name stands for."""
    shelf = guard.served()
    for name, signature in ((model, DEFAULT), (model.removesuffix(SUFFIX), FORECAST)):
        if signature == DEFAULT or model.endswith(SUFFIX):
            with suppress(e.NotFound), guard.plainly(but=e.NotFound):
                return shelf.versions(name), signature
    known = ", ".join(f"{name}, {name}{SUFFIX}" for name in shelf.names())
    raise NotFound(f"Request for unknown model: '{model}' is not found. Known: {known}.")


def _pick(model: str, version: str | None) -> tuple[Version, str]:
    versions, name = _known(model)
    if version is None:
        return chosen(versions), name
    for found in versions:
        if version in (str(found.number), found.name, *found.labels):
            return found, name
    raise NotFound(f"Request for unknown model: '{model}' version {version} is not found.")


def _signature(version: Version, name: str) -> Signature:
    with guard.plainly():
        return signatures_of(version.load())[name]


@_routes("", "GET")
@guard.closed
def metadata(model: str, version: str | None = None) -> Response:
    found, name = _pick(model, version)
    signature = _signature(found, name)
    return guard.answer(
        {
            "name": model,
            "versions": [str(v.number) for v in _known(model)[0]],
            "platform": "kanchay",
            "inputs": [_described(t) for t in signature.inputs],
            "outputs": [_described(t) for t in signature.outputs],
        }
    )


def _described(tensor: Tensor) -> dict[str, Any]:
    return {"name": tensor.name, "datatype": tensor.open_inference, "shape": list(tensor.shape)}


@_routes("/ready", "GET")
@guard.closed
def model_ready(model: str, version: str | None = None) -> Response:
    ok = _loads(_pick(model, version)[0])
    return guard.answer({"name": model, "ready": ok}, 200 if ok else 503)


@_routes("/infer", "POST")
@guard.closed
@guard.in_turn
def infer(model: str, version: str | None = None) -> Response:
    found, name = _pick(model, version)
    signature = _signature(found, name)
    head, tail = split(guard.body(), request.headers.get(HEADER))
    asked = guard.object_of(head)
    _check_parameters(asked)
    wanted = _wanted(signature, asked)
    given = _given(signature, asked.get("inputs"), tail)
    outputs = guard.run(
        signature, given, dialect="open_inference", model=model.removesuffix(SUFFIX), name=name
    )
    document: dict[str, Any] = {"model_name": model, "model_version": str(found.number)}
    document |= {"id": asked["id"]} if "id" in asked else {}
    return _answer(document, signature, outputs, wanted)


def _check_parameters(asked: Mapping[str, Any]) -> None:
    if not isinstance(asked.get("id", ""), str):
        raise BadRequest("'id' is no text.")
    given = asked.get("parameters", {})
    if not isinstance(given, dict):
        raise BadRequest("'parameters' is no object.")
    if used := [name for name in _STATEFUL if given.get(name)]:
        raise BadRequest(f"This model keeps no state between requests: leave out {', '.join(used)}.")


def _wanted(signature: Signature, asked: Mapping[str, Any]) -> dict[str, bool]:
    """Name of each output that is asked for, and whether as bytes."""
    as_bytes = asked.get("parameters", {}).get("binary_data_output") is True
    entries = asked.get("outputs") or [{"name": t.name} for t in signature.outputs]
    if not isinstance(entries, list) or not all(isinstance(x, dict) for x in entries):
        raise BadRequest("'outputs' is no list of objects.")
    known = [t.name for t in signature.outputs]
    wanted: dict[str, bool] = {}
    for entry in entries:
        name, more = entry.get("name"), entry.get("parameters", {})
        if name not in known:
            raise BadRequest(f"Unexpected inference output '{name}'. Known: {', '.join(known)}.")
        if not isinstance(more, dict) or more.get("classification") or more.get("shared_memory_region"):
            raise BadRequest(f"Output '{name}' asks for something that this server does not do.")
        wanted[str(name)] = bool(more.get("binary_data", as_bytes))
    return wanted


def _given(signature: Signature, entries: Any, tail: Tail) -> dict[str, Array]:
    if not isinstance(entries, list) or not all(isinstance(x, dict) for x in entries):
        raise BadRequest("'inputs' is no list of objects.")
    known = {t.name: t for t in signature.inputs}
    given: dict[str, Array] = {}
    for entry in entries:
        name = entry.get("name")
        if not isinstance(name, str) or name not in known:
            raise BadRequest(f"Unexpected inference input '{name!s:.80}'. Known: {', '.join(known)}.")
        if name in given:
            raise BadRequest(f"Input '{name}' comes twice.")
        given[name] = _tensor(known[name], entry, tail)
    tail.check_empty()
    if missing := [t.name for t in signature.inputs if not t.may_lack and t.name not in given]:
        raise BadRequest(f"Missing inference input: {', '.join(missing)}.")
    return given


def _tensor(tensor: Tensor, entry: Mapping[str, Any], tail: Tail) -> Array:
    if entry.get("datatype") != tensor.open_inference:
        raise BadRequest(
            f"Input '{tensor.name}' has datatype {entry.get('datatype')!s:.20}; it is {tensor.open_inference}."
        )
    shape, more = entry.get("shape"), entry.get("parameters", {})
    if not isinstance(shape, list) or not all(type(x) is int and 0 <= x < 2**31 for x in shape):
        raise BadRequest(f"Input '{tensor.name}' has no shape of whole numbers.")
    if not isinstance(more, dict) or "shared_memory_region" in more:
        raise BadRequest(f"Input '{tensor.name}' asks for shared memory, which this server does not use.")
    behind = SIZE in more
    found = tail.take(tensor, more[SIZE], prod(shape)) if behind else array_of(tensor, entry.get("data"))
    flat = found.ndim == 1 and found.size == prod(shape)
    if not flat and list(found.shape) != shape:
        raise BadRequest(
            f"Input '{tensor.name}' has data of shape {list(found.shape)}, not {shape} as it says."
        )
    return found.reshape(shape)


def _answer(
    document: dict[str, Any], signature: Signature, outputs: Mapping[str, Array], wanted: Mapping[str, bool]
) -> Response:
    """JSON, with the outputs that were asked for as bytes behind it."""
    kinds = {t.name: t for t in signature.outputs}
    listed, tail = [], []
    for name, as_bytes in wanted.items():
        entry: dict[str, Any] = {
            "name": name,
            "datatype": kinds[name].open_inference,
            "shape": list(outputs[name].shape),
        }
        if as_bytes:
            tail.append(packed(kinds[name], outputs[name]))
            entry["parameters"] = {SIZE: len(tail[-1])}
        else:
            entry["data"] = _plain(outputs[name])
        listed.append(entry)
    if not tail:
        return guard.answer(document | {"outputs": listed})
    head = json.dumps(document | {"outputs": listed}).encode()
    response = current_app.response_class(b"".join([head, *tail]), mimetype="application/octet-stream")
    response.headers[HEADER] = str(len(head))
    return response


def _plain(values: Array) -> list[Any]:
    """One flat list; NaN is null, since this dialect's JSON knows no NaN."""
    flat = values.ravel()
    if flat.dtype.kind == "f" and np.isnan(flat).any():
        flat = np.where(np.isnan(flat), None, flat.astype(object))  # type: ignore[call-overload]
    found: list[Any] = flat.tolist()
    return found


@blueprint.route("/<path:rest>", methods=["GET", "POST", "PUT", "PATCH", "DELETE"])
@guard.closed
def anything_else(rest: str) -> Response:
    """Repositories, statistics, traces and shared memory are Triton's own; they are not here."""
    raise NotFound(f"Not there: {request.method} {request.path}")
