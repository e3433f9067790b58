"""A bundle that another machine pushes here in pieces: how much has come, one more piece, and the end.

Nothing of it can be seen in the registry before all of it is here, its sha256 is right, a trusted key has signed it and
its example has been run.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from kanchay.domain.model import ModelVersion
from kanchay.domain.scope import Permission, Scope
from kanchay.services.models.find import same_version
from kanchay.services.models.push import push_model
from kanchay.services.ports.registry import Arrivals, Installed, Registry

__all__ = ["Pushed", "Received", "keep_received", "receive_piece", "received_so_far"]


@dataclass(frozen=True, slots=True)
class Pushed:
    """What is being pushed, as whoever pushes it says; believed only once it was verified."""

    name: str
    version: str
    sha256: str


@dataclass(frozen=True, slots=True)
class Received:
    """How many bytes of the bundle are here; the next piece begins there."""

    received: int


def received_so_far(registry: Registry, arrivals: Arrivals, scope: Scope, pushed: Pushed) -> Received:
    """Where to go on; `Conflict` where that version holds other bytes, before any are sent in vain."""
    scope.require(Permission.ADMIN)
    known = same_version(registry, pushed.name, pushed.version, pushed.sha256)
    return Received(known.n_bytes if known else arrivals.size(pushed.sha256))


def receive_piece(
    arrivals: Arrivals, scope: Scope, pushed: Pushed, start: int, pieces: Iterable[bytes]
) -> Received:
    """Keep a piece that begins at that byte; the same piece again changes nothing."""
    scope.require(Permission.ADMIN)
    return Received(arrivals.write(pushed.sha256, start, pieces))


def keep_received(
    registry: Registry, shelf: Installed, arrivals: Arrivals, scope: Scope, pushed: Pushed, *, now: int
) -> ModelVersion:
    """Verify what has arrived and put it into the registry; asked again, it answers the same."""
    scope.require(Permission.ADMIN)
    known = same_version(registry, pushed.name, pushed.version, pushed.sha256)
    if known:  # the answer to an earlier call was lost on its way
        return known
    try:
        with arrivals.taken(pushed.sha256) as archive:
            return push_model(registry, shelf, scope, archive, now=now, only=(pushed.name, pushed.version))
    finally:
        arrivals.discard(pushed.sha256)
