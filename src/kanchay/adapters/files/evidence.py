"""Alternatives with scores: each stage proposes readings of the file and the best supported one wins."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

__all__ = ["Alternative", "best", "rank"]

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Alternative(Generic[T]):
    """One way to read something, how well the file supports it, and by what."""

    value: T
    score: float
    because: str = ""


def rank(alternatives: Iterable[Alternative[T]]) -> list[Alternative[T]]:
    """Best supported first; equals keep their order, so the order of proposals is the last word."""
    return sorted(alternatives, key=lambda a: -a.score)


def best(alternatives: Sequence[Alternative[T]], *, at_least: float = 0.0) -> Alternative[T] | None:
    """The best supported alternative, or None where nothing is supported well enough."""
    ranked = rank(a for a in alternatives if a.score > at_least)
    return ranked[0] if ranked else None
