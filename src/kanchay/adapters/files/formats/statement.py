"""What a named format says of a file: its series outright, as evidence that the file itself may contradict."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from kanchay.adapters.files.container import Limits
from kanchay.adapters.files.table import Table
from kanchay.domain.importing import ImportQuestion
from kanchay.domain.interval import IntArray
from kanchay.domain.issue import Issue
from kanchay.domain.point import Direction, Kind
from kanchay.domain.units import Quantity

if TYPE_CHECKING:
    from kanchay.domain.reading import FloatArray

__all__ = ["Stated", "Statement", "TextFormat"]


@dataclass(frozen=True, slots=True, eq=False)
class Stated:
    """One series as the format states it, in file order; of rows with the same start the last one counts.

    `start` and `end` are instants (UTC seconds), or clock times of the file's zone where `clock` says so. `direction`
    None is asked where the quantity flows. `unsummed` marks a power that makes no energy: a peak, or beside its energy.
    `open_unit` says that the unit is only what the format usually holds: another one may be answered, of energy or power.
    """

    name: str
    quantity: Quantity
    unit: str
    direction: Direction | None
    kind: Kind
    start: IntArray
    values: FloatArray
    end: IntArray | None = None
    estimated: NDArray[np.bool_] | None = None
    column: str = ""
    clock: bool = False
    submeter: bool = False
    unsummed: bool = False
    open_unit: bool = False
    evidence: tuple[str, ...] = ()
    issues: tuple[Issue, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Statement:
    """All series of a file. `tz` is the zone that the file or its format names; "" where it is asked."""

    series: tuple[Stated, ...]
    n_rows: int
    tz: str = ""
    facts: tuple[tuple[str, str], ...] = ()
    questions: tuple[ImportQuestion, ...] = ()


@dataclass(frozen=True, slots=True)
class TextFormat:
    """A format told by the first bytes of a file.

    `read` gives the series outright, or plain tables where the words of the file still have to be weighed.
    """

    name: str
    title: str
    begins: Callable[[bytes], bool]
    read: Callable[[bytes, str, Limits], Statement | list[Table]]
    source: str  # who documents it
