"""Alternatives with scores: each stage proposes readings of the file and the best supported one wins."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import exp
from typing import Final, Generic, TypeVar

__all__ = ["SURE", "SURE_OF_TOTAL", "Alternative", "best", "chances", "rank"]

T = TypeVar("T")
SURE: Final = 0.98  # odds of fifty to one: what is likelier need not be asked
SURE_OF_TOTAL: Final = 0.9995  # the same where an error would make the total wrong


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


def chances(alternatives: Iterable[Alternative[T]]) -> list[tuple[Alternative[T], float]]:
    """How likely each is where scores are logarithms of odds, the likeliest first.

    Examples
    --------
    >>> [(a.value, round(p, 2)) for a, p in chances([Alternative("W", 0.0), Alternative("kW", 1.0986)])]
    [('kW', 0.75), ('W', 0.25)]
    """
    ranked = rank(alternatives)
    weights = [exp(a.score - ranked[0].score) for a in ranked]
    return [(a, w / sum(weights)) for a, w in zip(ranked, weights, strict=True)]
