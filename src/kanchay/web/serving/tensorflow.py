"""TensorFlow Serving's REST API: status, metadata and predict, by version or label."""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping
from typing import Any, Final, TypeVar

from apiflask import APIBlueprint
from flask import Response, request
from werkzeug.exceptions import BadRequest, NotFound

from kanchay.domain import errors as e
from kanchay.web.serving import guard
from kanchay.web.serving.shelf import Version, chosen
from kanchay.web.serving.signatures import DEFAULT, Signature, signatures_of
from kanchay.web.serving.tensors import Array, Tensor, array_of

__all__ = ["blueprint"]

blueprint = APIBlueprint("tensorflow_serving", __name__, url_prefix="/v1", enable_openapi=False)
blueprint.before_request(guard.check_right)

_MODEL: Final = "/models/<model>"
_ASKED: Final = (_MODEL, _MODEL + "/versions/<int(max=999999999):version>", _MODEL + "/labels/<label>")
View = TypeVar("View", bound=Callable[..., Any])


def _routes(suffix: str, method: str) -> Callable[[View], View]:
    """The same view without a version, for a version, for a label."""

    def add(view: View) -> View:
        for path in _ASKED:
            blueprint.route(path + suffix, methods=[method])(view)
        return view

    return add


def _known(model: str) -> list[Version]:
    try:
        with guard.plainly(but=e.NotFound):
            return guard.served().versions(model)
    except e.NotFound as error:
        raise NotFound(f"Could not find any versions of model {model}. {error.hint}") from error


def _pick(model: str, version: int | None, label: str | None) -> Version:
    versions = _known(model)
    if label is not None:
        found = [v for v in versions if label in v.labels]
        if not found:
            raise BadRequest(f"Unrecognized servable version label: {label}")
        return found[0]
    if version is None:
        return chosen(versions)
    found = [v for v in versions if v.number == version]
    if not found:
        raise NotFound(f"Could not find version {version} of model {model}")
    return found[0]


@_routes("", "GET")
@guard.closed
def status(model: str, version: int | None = None, label: str | None = None) -> Response:
    if ":" in model:
        raise malformed()
    versions = _known(model) if version is None and label is None else [_pick(model, version, label)]
    return guard.answer({"model_version_status": [_status(v) for v in versions]})


def _status(version: Version) -> dict[str, Any]:
    """AVAILABLE once it was verified and its example came out right here; else END with the reason."""
    state, code, message = "AVAILABLE", "OK", ""
    try:
        version.load()
    except e.BundleError as error:
        state, code, message = "END", "FAILED_PRECONDITION", str(error)
    reason = {"error_code": code, "error_message": message}
    return {"version": str(version.number), "state": state, "status": reason}


@_routes("/metadata", "GET")
@guard.closed
def metadata(model: str, version: int | None = None, label: str | None = None) -> Response:
    found = _pick(model, version, label)
    with guard.plainly():
        signatures = signatures_of(found.load())
    defined = {"signature_def": {name: _defined(s) for name, s in signatures.items()}}
    spec = {"name": model, "signature_name": "", "version": str(found.number)}
    return guard.answer({"model_spec": spec, "metadata": {"signature_def": defined}})


def _defined(signature: Signature) -> dict[str, Any]:
    return {
        "inputs": {t.name: _info(t) for t in signature.inputs},
        "outputs": {t.name: _info(t) for t in signature.outputs},
        "method_name": "tensorflow/serving/predict",
        "defaults": {t.name: _text(t.default) for t in signature.inputs if t.default is not None},
    }


def _shape(sizes: tuple[int, ...]) -> dict[str, Any]:
    return {"dim": [{"size": str(size), "name": ""} for size in sizes], "unknown_rank": False}


def _info(tensor: Tensor) -> dict[str, Any]:
    return {"name": tensor.name, "dtype": tensor.tensorflow, "tensor_shape": _shape(tensor.shape)}


def _text(value: str) -> dict[str, Any]:
    """A text as the JSON of a TensorProto."""
    held = base64.b64encode(value.encode()).decode()
    return {"dtype": "DT_STRING", "tensor_shape": _shape((1,)), "string_val": [held]}


@_routes(":predict", "POST")
@guard.closed
@guard.in_turn
def predict(model: str, version: int | None = None, label: str | None = None) -> Response:
    found = _pick(model, version, label)
    asked = guard.object_of(guard.body())
    name = asked.get("signature_name", "") or DEFAULT
    with guard.plainly():
        signatures = signatures_of(found.load())
    if not isinstance(name, str) or name not in signatures:
        raise BadRequest(f'Serving signature name: "{name}" not found in signature def')
    signature = signatures[name]
    given, by_row = _given(signature, asked)
    outputs = guard.run(signature, given, dialect="tensorflow", model=model, name=name)
    return guard.answer(_rows(outputs) if by_row else _columns(outputs))


def _given(signature: Signature, asked: Mapping[str, Any]) -> tuple[dict[str, Array], bool]:
    """The inputs as arrays, and whether they came row by row."""
    if ("instances" in asked) == ("inputs" in asked):
        raise BadRequest("Send either 'instances' (rows) or 'inputs' (columns), one of them and not both.")
    by_row = "instances" in asked
    columns = _of_rows(signature, asked["instances"]) if by_row else _of_columns(signature, asked["inputs"])
    known = {t.name: t for t in signature.inputs}
    return {name: array_of(known[name], values) for name, values in columns.items()}, by_row


def _of_columns(signature: Signature, inputs: Any) -> dict[str, Any]:
    if not isinstance(inputs, dict):
        raise BadRequest("'inputs' is no object, but this signature takes several named inputs.")
    _check_names(signature, set(inputs), "of 'inputs'")
    return inputs


def _of_rows(signature: Signature, instances: Any) -> dict[str, Any]:
    """Columns of rows that all name the same inputs."""
    if not isinstance(instances, list) or not instances:
        raise BadRequest("'instances' must be a list with a value in it.")
    if not all(isinstance(row, dict) for row in instances):
        raise BadRequest(
            "'instances' is a plain list, but this signature takes several named inputs: send objects."
        )
    for at, row in enumerate(instances):
        _check_names(signature, set(row), f"of element {at} of 'instances'")
        if set(row) != set(instances[0]):
            raise BadRequest(f"Element {at} of 'instances' names other inputs than the first.")
    return {name: [row[name] for row in instances] for name in instances[0]}


def _check_names(signature: Signature, given: set[str], where: str) -> None:
    known = {t.name for t in signature.inputs}
    needed = {t.name for t in signature.inputs if not t.may_lack}
    if missing := sorted(needed - given):
        raise BadRequest(f"Missing named input {where}: {', '.join(missing)}.")
    if unknown := sorted(given - known):
        raise BadRequest(
            f"Unknown named input {where}: {', '.join(unknown)[:200]}. Known: {', '.join(sorted(known))}."
        )


def _rows(outputs: Mapping[str, Array]) -> dict[str, Any]:
    """By row; the name is left out where there is one output, as TensorFlow Serving does."""
    lists = {name: values.tolist() for name, values in outputs.items()}
    if len(lists) == 1:
        return {"predictions": next(iter(lists.values()))}
    n = len(next(iter(lists.values())))
    return {"predictions": [{name: rows[at] for name, rows in lists.items()} for at in range(n)]}


def _columns(outputs: Mapping[str, Array]) -> dict[str, Any]:
    lists = {name: values.tolist() for name, values in outputs.items()}
    return {"outputs": next(iter(lists.values())) if len(lists) == 1 else lists}


def malformed() -> BadRequest:
    return BadRequest(f"Malformed request: {request.method} {request.path}")


@blueprint.route("/", defaults={"rest": ""}, methods=["GET", "POST", "PUT", "PATCH", "DELETE"])
@blueprint.route("/<path:rest>", methods=["GET", "POST", "PUT", "PATCH", "DELETE"])
@guard.closed
def anything_else(rest: str) -> Response:
    """TensorFlow Serving answers 400 to every other address below /v1."""
    if request.method == "GET" and rest.rstrip("/") == "models":
        raise BadRequest("Missing model name in request.")
    raise malformed()
