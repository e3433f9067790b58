"""Values that come one by one under names, gathered to series in the order of the file."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np

from kanchay.adapters.files.formats.statement import Stated
from kanchay.adapters.files.refusal import refuse
from kanchay.domain.point import Direction, Kind
from kanchay.domain.units import Quantity

__all__ = ["Gathered", "Means", "number_of"]


def number_of(cell: str, name: str, title: str, *, comma: bool = False) -> float:
    """The number of a cell, with a decimal comma too where `comma` says so; a file without one there is refused."""
    try:
        return float(cell.replace(",", ".") if comma else cell)
    except ValueError as error:
        raise refuse("contradicts", name, title=title, what=f"'{cell[:20]}' is no number") from error


@dataclass(frozen=True, slots=True)
class Means:
    """What the values under one name are."""

    quantity: Quantity
    unit: str
    direction: Direction | None
    kind: Kind
    submeter: bool = False
    unsummed: bool = False


@dataclass(slots=True)
class _Rows:
    column: str
    means: Means
    start: list[int] = field(default_factory=list)
    end: list[int] = field(default_factory=list)
    value: list[float] = field(default_factory=list)


@dataclass(slots=True)
class Gathered:
    """Series by name. `clock` says that times are clock times of a zone still to be told."""

    clock: bool = False
    rows: dict[str, _Rows] = field(default_factory=dict)

    def add(
        self, name: str, means: Means, start: int, value: float, *, column: str, end: int | None = None
    ) -> None:
        """One value; with an end it is that of an interval."""
        found = self.rows.setdefault(name, _Rows(column, means))
        found.start.append(start)
        found.value.append(value)
        if end is not None:
            found.end.append(end)

    def last(self, name: str) -> int | None:
        """When the last value under a name was."""
        found = self.rows.get(name)
        return found.start[-1] if found else None

    def series(self) -> Iterator[Stated]:
        """The series gathered so far."""
        for name, rows in self.rows.items():
            m = rows.means
            yield Stated(
                name, m.quantity, m.unit, m.direction, m.kind, np.array(rows.start, dtype=np.int64),
                np.array(rows.value, dtype=np.float64), np.array(rows.end, dtype=np.int64) if rows.end else None,
                column=rows.column, clock=self.clock, submeter=m.submeter, unsummed=m.unsummed,
            )  # fmt: skip
