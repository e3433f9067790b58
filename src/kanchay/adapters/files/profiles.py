"""Tables whose publisher documents what the file itself leaves out.

A profile is evidence like any other: it fills what headers leave open, and it is set aside, with the reason, where a
header contradicts it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from kanchay.adapters.files.words import find_unit, normal
from kanchay.domain.point import Direction, Kind
from kanchay.domain.units import Quantity, unit

if TYPE_CHECKING:
    from kanchay.adapters.files.meaning import Meaning
    from kanchay.adapters.files.table import Table
    from kanchay.domain.reading import FloatArray

__all__ = ["Profile", "Says"]


@dataclass(frozen=True, slots=True)
class Says:
    """What is documented of the columns whose whole normalised header matches, under keys that match.

    `part` marks what is part of another column (a sub-meter), `left_out` what only repeats others. `name` names the
    series where its header is no name; groups of the header's pattern may stand in it.
    """

    header: str
    unit: str = ""
    quantity: Quantity | None = None
    direction: Direction | None = None
    kind: Kind | None = None
    part: bool = False
    left_out: bool = False
    name: str = ""
    key: str = ".*"


@dataclass(frozen=True, slots=True)
class Profile:
    """Headers that must all be there, and what is known about columns.

    `every` is a pattern for all headers but those of `headers`; `file` one for the name of the file. `label` is "start"
    or "end", `zone` the clock of the times, `roles` the columns that play a role, `shape` what brings a table into the
    form the rest reads. `source` says who documents it.
    """

    name: str
    title: str
    headers: tuple[str, ...]
    says: tuple[Says, ...] = ()
    label: str = ""
    zone: str = ""
    every: str = ""
    file: str = ""
    roles: tuple[tuple[str, str], ...] = ()
    shape: Callable[[Table], Table] | None = None
    source: str = ""

    @property
    def units(self) -> dict[str, str]:
        """Units by pattern of the header."""
        return {s.header: s.unit for s in self.says if s.unit}

    @property
    def told(self) -> tuple[tuple[str, str], ...]:
        """The facts that name it and who documents it."""
        return (("named_format", self.title), ("documented_by", self.source), ("profile", self.name))

    def fits(self, headers: Sequence[str], file: str) -> bool:
        """Whether normalised headers, and the name of the file, are those of this layout."""
        needed = [any(re.fullmatch(p, h) for h in headers) for p in self.headers]
        rest = [h for h in headers if h and not any(re.fullmatch(p, h) for p in self.headers)]
        every = not self.every or all(re.fullmatch(self.every, h) for h in rest)
        return all(needed) and every and (not self.file or bool(re.search(self.file, file)))

    def said(self, header: str, key: str = "") -> Says | None:
        """What is documented of a column."""
        plain, of = normal(header), normal(key)
        return next((s for s in self.says if re.fullmatch(s.header, plain) and re.fullmatch(s.key, of)), None)

    def contradiction(self, headers: Sequence[str]) -> str:
        """A header that names a unit which cannot be the documented one; "" where none does."""
        for header in headers:
            said, own = self.said(header), find_unit(header)
            if said is not None and said.unit and own is not None and not said.left_out:
                stated = unit(said.unit)
                if own.quantity is not stated.quantity:
                    return f"'{header}' is in {own.symbol}, not in {stated.symbol}"
        return ""

    def shaped(self, table: Table) -> Table:
        """The table without what only repeats other columns, in the form the rest reads."""
        table = self.shape(table) if self.shape is not None else table
        out = [c for c in table.columns if (s := self.said(c.name)) is not None and s.left_out]
        facts = tuple(("left_out", c.name) for c in out)
        return replace(table, columns=[c for c in table.columns if c not in out], facts=table.facts + facts)

    def completed(self, meaning: Meaning, header: str, key: str) -> Meaning:
        """A meaning with what is documented of its column."""
        said = self.said(header, key)
        if said is None:
            return meaning
        if said.quantity is not None:
            fitting = meaning.unit if meaning.unit_from not in ("", "name") else None
            found = fitting or (unit(said.unit) if said.unit else None)
            meaning = replace(
                meaning, quantity=said.quantity, unit=found,
                unit_from=meaning.unit_from if fitting else self.name if found else "",
            )  # fmt: skip
        if said.kind is not None:
            meaning = replace(meaning, kind=said.kind)
        if said.direction is not None:
            meaning = replace(meaning, direction=said.direction, direction_from=self.name)
        evidence = tuple(e for e in meaning.evidence if said.direction is None or "direction" not in e)
        return replace(meaning, submeter=said.part, evidence=(*evidence, f"format: {self.name}"))

    def kind(self, header: str, key: str, values: FloatArray) -> Kind | None:
        """The documented kind of a column, unless its values are plainly of another."""
        said = self.said(header, key)
        if said is None or said.kind is None:
            return None
        steps = np.diff(values)
        if said.kind is Kind.INTERVAL and len(steps) >= 48 and (steps >= 0).all() and (steps > 0).any():
            return None
        falls = said.kind is Kind.CUMULATIVE and (steps < 0).sum() > 0.1 * max(len(steps), 1)
        return None if falls else said.kind

    def named(self, name: str, header: str, key: str) -> str:
        """The name of a series: the documented one, behind its key."""
        said = self.said(header, key)
        if said is None or not said.name:
            return name
        return f"{key} {re.sub(said.header, said.name, normal(header))}".strip()
