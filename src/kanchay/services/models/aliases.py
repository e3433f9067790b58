"""What an alias stands for, worked out of its history; which hubs a staged roll-out has reached."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace

from kanchay.domain.model import AliasChange

__all__ = ["AliasState", "aliases_of", "place_of", "version_for"]


@dataclass(frozen=True, slots=True)
class AliasState:
    """An alias now: `settled` for all, `incoming` for the hubs within `share`, `earlier` for rolling back."""

    alias: str
    settled: str = ""
    incoming: str = ""
    share: float = 1.0
    earlier: tuple[str, ...] = ()


def aliases_of(changes: Sequence[AliasChange]) -> dict[str, AliasState]:
    """Every alias of a model, by name."""
    states: dict[str, AliasState] = {}
    for change in sorted(changes, key=lambda c: c.number):
        state = states.get(change.alias, AliasState(change.alias))
        states[change.alias] = (
            _rolled_back(state) if change.action == "rollback" else _promoted(state, change)
        )
    return states


def _promoted(state: AliasState, change: AliasChange) -> AliasState:
    if change.share < 1:
        return replace(state, incoming=change.version, share=change.share)
    same = change.version == state.settled
    earlier = state.earlier if same or not state.settled else (*state.earlier, state.settled)
    return AliasState(state.alias, change.version, earlier=earlier)


def _rolled_back(state: AliasState) -> AliasState:
    """What is being rolled out goes first, then the settled version."""
    if state.incoming:
        return replace(state, incoming="", share=1.0)
    settled = state.earlier[-1] if state.earlier else ""
    return AliasState(state.alias, settled, earlier=state.earlier[:-1])


def place_of(hub_id: str, name: str, version: str) -> float:
    """Where a hub stands in the line for a version: from 0 to 1, always the same, another for each version.

    A roll-out to 5 % reaches those below 0.05; at 25 % they are still among those reached.
    """
    digest = hashlib.sha256(f"{name}\0{version}\0{hub_id}".encode()).digest()
    return int.from_bytes(digest[:8], "big") / 2**64


def version_for(state: AliasState, name: str, hub_id: str) -> str:
    """The version that this hub gets under the alias; empty where it gets none yet."""
    if state.incoming and place_of(hub_id, name, state.incoming) < state.share:
        return state.incoming
    return state.settled
