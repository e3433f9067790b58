"""Bad data is a result, not an exception: an issue with its numbers."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

__all__ = ["Issue", "IssueKind", "Severity"]


class IssueKind(StrEnum):
    """What is wrong; the words for it are in `library/texts`, the same everywhere."""

    GAP = "gap"
    SPIKE = "spike"
    FLAT_LINE = "flat_line"
    RESET = "reset"
    UNIT_SLIP = "unit_slip"
    CLOCK_SLIP = "clock_slip"
    NEGATIVE = "negative"
    DUPLICATE = "duplicate"
    SUM_MISMATCH = "sum_mismatch"
    UNREADABLE = "unreadable"
    IMPOSSIBLE = "impossible"


class Severity(StrEnum):
    """How much it matters."""

    INFO = "info"
    WARNING = "warning"
    ERROR = "error"


@dataclass(frozen=True, slots=True)
class Issue:
    """Something wrong with the readings of one point within ``[start, end)``.

    `numbers` holds the evidence, for example ``{"n_intervals": 7, "hours": 7.0}``; texts are filled from it.
    """

    kind: IssueKind
    point_id: str
    start: int
    end: int
    severity: Severity = Severity.WARNING
    numbers: dict[str, float] = field(default_factory=dict)
