"""Another hub as a registry, over its HTTP API (`kanchay.web.api.models`)."""

from __future__ import annotations

import http.client
import json
import socket
import ssl
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote, urlsplit

from kanchay._version import __version__
from kanchay.adapters.arriving import keep_trying
from kanchay.adapters.registry.codec import MAX_TEXT, change_from, read_json, version_from
from kanchay.domain.errors import (
    AccessDenied,
    BundleError,
    BundleTampered,
    Conflict,
    InputError,
    KanchayError,
    NotFound,
    Unreachable,
)
from kanchay.domain.model import AliasChange, ModelVersion, check_label

__all__ = ["HubRegistry"]

_CHUNK: Final = 64 * 1024
_PIECE: Final = (
    1024 * 1024
)  # of a push: as much as is lost when the line breaks and a proxy had kept it to itself
_TIMEOUT_S: Final = 30
_LOCAL: Final = frozenset({"127.0.0.1", "localhost", "::1"})
_BROKEN: Final = (urllib.error.URLError, http.client.HTTPException, socket.timeout, ssl.SSLError, OSError)
_BY_STATUS: Final[dict[int, type[KanchayError]]] = {
    400: InputError, 401: AccessDenied, 403: AccessDenied, 404: NotFound, 409: Conflict, 413: InputError,
    422: BundleError,
}  # fmt: skip


class _NoRedirects(urllib.request.HTTPRedirectHandler):
    """The token is for this hub alone."""

    def redirect_request(self, *_: Any, **__: Any) -> None:
        return None


class HubRegistry:
    """Fills the port `kanchay.services.ports.registry.Registry` against a running `kanchay serve`.

    `token` is one of the hub's tokens for models. It is sent in clear over http, so that is refused beyond this
    machine unless `insecure`. `pause` waits between two tries of a push.
    """

    def __init__(
        self,
        address: str,
        *,
        token: str = "",
        insecure: bool = False,
        pause: Callable[[float], None] = time.sleep,
    ) -> None:
        parts = urlsplit(address)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise InputError(f"'{address}' is no address of a hub.", hint="Give https://HOST[:PORT].")
        if parts.scheme == "http" and parts.hostname not in _LOCAL and not insecure:
            raise InputError(
                f"The token would travel to {parts.hostname} in clear.",
                hint="Use https, or --insecure within a network you trust.",
                code="registry.clear",
            )
        self._base = f"{address.rstrip('/')}/api/v1/models"
        self._token = token
        self._pause = pause
        self._open = urllib.request.build_opener(_NoRedirects, urllib.request.ProxyHandler()).open

    def models(self) -> list[str]:
        listed = self._json("GET", "")
        items = listed.get("items") if isinstance(listed, dict) else None
        if not isinstance(items, list):
            raise BundleError("The hub's list of models cannot be read.", code="registry.broken")
        return sorted(check_label(str(i.get("name")) if isinstance(i, dict) else "", "name") for i in items)

    def versions(self, name: str) -> list[ModelVersion]:
        return [version_from(v, f"entry of '{name}'") for v in self._model(name).get("versions", [])]

    def add(self, version: ModelVersion, archive: Path) -> ModelVersion:
        """In pieces: a broken line is taken up again where the hub says, here or by the same command later."""
        data, place = archive.read_bytes(), f"{_bundle(version)}/{version.sha256}"
        left = _there(self._json("GET", place), 0, len(data))
        try:
            return self._push(version, data, place)
        except BundleError as error:
            if not left or error.code != "bundle.hash":
                raise
        return self._push(version, data, place)  # what an earlier push had left was wrong, and is gone now

    def _push(self, version: ModelVersion, data: bytes, place: str) -> ModelVersion:
        there = 0

        def send() -> ModelVersion:
            nonlocal there
            there = _there(self._json("GET", place), 0, len(data))
            while there < len(data):
                piece = data[there : there + _PIECE]
                headers = {"Content-Type": "application/octet-stream", "Upload-Offset": str(there)}
                there = _there(self._json("PATCH", place, piece, headers), there + 1, len(data))
            return version_from(self._json("POST", place, b""), f"entry of '{version.name}'")

        return keep_trying(send, lambda: there, len(data), "push", pause=self._pause)

    def fetch(self, version: ModelVersion, start: int) -> Iterator[bytes]:
        """From a byte on, only as long as the hub still holds the file of that sha256."""
        etag = f'"{version.sha256}"'
        headers = {"Range": f"bytes={start}-", "If-Match": etag} if start else {"If-Match": etag}
        with self._request("GET", _bundle(version), None, headers) as answer:
            if answer.headers.get("ETag") != etag or answer.status != (206 if start else 200):
                raise _changed(version)
            if start and not (answer.headers.get("Content-Range") or "").startswith(f"bytes {start}-"):
                raise _changed(version)
            yield from _chunks(answer)

    def changes(self, name: str) -> list[AliasChange]:
        return [change_from(c, f"history of '{name}'") for c in self._model(name).get("changes", [])]

    def record(self, name: str, change: AliasChange) -> AliasChange:
        """The hub checks everything again and writes down itself who did it and when."""
        body = {
            "action": change.action,
            "version": change.version,
            "share": change.share,
            "why": change.why,
            "number": change.number,
        }
        path = f"/{quote(name)}/aliases/{quote(change.alias)}"
        told = self._json("POST", path, json.dumps(body).encode(), {"Content-Type": "application/json"})
        return change_from(told, f"history of '{name}'")

    def _model(self, name: str) -> dict[str, Any]:
        try:
            told = self._json("GET", f"/{quote(check_label(name, 'name'))}")
        except NotFound:
            return {}
        if not isinstance(told, dict):
            raise BundleError(f"The hub's answer on '{name}' cannot be read.", code="registry.broken")
        return told

    def _json(
        self, method: str, path: str, data: bytes | None = None, headers: dict[str, str] | None = None
    ) -> Any:
        with self._request(method, path, data, headers or {}) as answer:
            text = b"".join(_chunks(answer, MAX_TEXT))
            ends = {"Content-Length", "Transfer-Encoding"} & set(answer.headers)
        try:
            return read_json(text, "answer")
        except BundleError as error:
            if ends:
                raise
            raise _unreachable(ConnectionError("its answer was cut off")) from error

    def _request(self, method: str, path: str, data: bytes | None, headers: dict[str, str]) -> Any:
        own = {"User-Agent": f"kanchay/{__version__}", "Accept-Encoding": "identity"}
        if self._token:
            own["Authorization"] = f"Bearer {self._token}"
        request = urllib.request.Request(  # noqa: S310 (http and https only, checked above)
            self._base + path, data=data, method=method, headers={**own, **headers}
        )
        try:
            return self._open(request, timeout=_TIMEOUT_S)
        except urllib.error.HTTPError as error:
            raise _refusal(error) from error
        except _BROKEN as error:
            raise _unreachable(error) from error


def _there(told: Any, least: int, most: int) -> int:
    """How many bytes the hub says it has, which must be possible: a push never runs in a circle."""
    received = told.get("received") if isinstance(told, dict) else None
    if type(received) is not int or not least <= received <= most:
        raise BundleError("The hub's answer on what it has received cannot be read.", code="registry.broken")
    return received


def _bundle(version: ModelVersion) -> str:
    return f"/{quote(version.name)}/versions/{quote(version.version)}/bundle"


def _chunks(answer: Any, limit: int | None = None) -> Iterator[bytes]:
    seen = 0
    try:
        while chunk := answer.read(_CHUNK):
            seen += len(chunk)
            if limit is not None and seen > limit:
                raise BundleError("The hub's answer is too large.", code="registry.broken")
            yield chunk
    except http.client.IncompleteRead as error:
        if error.partial and limit is None:
            yield error.partial
        raise _unreachable(error) from error
    except _BROKEN as error:
        raise _unreachable(error) from error


def _refusal(error: urllib.error.HTTPError) -> KanchayError:
    """The hub's own sentence where it gave one."""
    if error.code == http.HTTPStatus.PRECONDITION_FAILED:
        return BundleTampered(
            "The hub holds another file under that version than it listed.",
            hint="Ask its keeper; a version never changes.",
            code="registry.changed",
        )
    try:
        told = json.loads(error.read(MAX_TEXT))["error"]
        message, hint, code = str(told["message"]), str(told.get("hint", "")), str(told.get("code", ""))
    except (ValueError, KeyError, TypeError, AttributeError, *_BROKEN):
        message, hint, code = f"It answers {error.code} {error.reason}.", "", ""
    kind = _BY_STATUS.get(error.code, Unreachable)
    if error.code == http.HTTPStatus.UNAUTHORIZED:
        hint = "Give the hub's token in KANCHAY_REGISTRY_TOKEN; on the hub: kanchay model token."
    return kind(f"The hub says: {message}", hint=hint, code=code)


def _unreachable(error: BaseException) -> Unreachable:
    reason = getattr(error, "reason", None) or error
    said = " ".join(str(reason).split())[:200] or type(error).__name__
    return Unreachable(f"The hub does not answer: {said}.", hint="Check the address and the network.")


def _changed(version: ModelVersion) -> BundleTampered:
    return BundleTampered(
        f"The hub changed '{version.name}' {version.version} in the middle of the download.",
        hint="Ask its keeper; a version never changes.",
        code="registry.changed",
    )
