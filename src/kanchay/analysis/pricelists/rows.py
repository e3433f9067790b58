"""From printed lines to rows: a heading opens an option, a segment or a band; a charge below it is a row of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from kanchay.analysis.pricelists.heading import n_columns
from kanchay.analysis.pricelists.words import (
    bare,
    concept_of,
    demand_class,
    group_of,
    label_of,
    option_of,
    segment_of,
    unit_of,
)
from kanchay.domain.pricelist import ListRow, PrintedLine

__all__ = ["price_of", "read_rows"]


@dataclass(frozen=True, slots=True)
class _State:
    """Under which headings the next charge stands, and the label that waits for its price."""

    option: str = ""
    segment: str = ""
    group: str = ""
    waiting: str = ""


def read_rows(lines: Sequence[PrintedLine], column: int) -> tuple[tuple[ListRow, ...], tuple[ListRow, ...]]:
    """The prices of one electric system, and those that contest each other.

    Parameters
    ----------
    lines : sequence of PrintedLine
        In the order of the page.
    column : int
        Which of a line's prices is the system's, from 0. A line with more or fewer prices than the list has columns is
        left out: which of them is the system's is not certain.

    Returns
    -------
    tuple of (tuple of ListRow, tuple of ListRow)
        In the order of the list; in the second every row of a key that is printed with more than one price.

    Examples
    --------
    >>> energy = PrintedLine("line 2", "Cargo por Energía ctm. S/./kW.h", ("24.64",))
    >>> rows, contested = read_rows([PrintedLine("line 1", "TARIFA MT4"), energy], 0)
    >>> rows[0].value
    Decimal('0.2464')
    """
    state, rows, width = _State(), [], n_columns(lines)
    for line in lines:
        state, row = _step(state, line, column)
        if row is not None and len(line.numbers) == width:
            rows.append(row)
    return _once(rows)


def _step(state: _State, line: PrintedLine, column: int) -> tuple[_State, ListRow | None]:
    words = bare(line.words)
    state = _opened(state, words.partition("cargo")[0] if line.numbers else words)
    if not line.numbers:
        return replace(state, waiting=_label(line.words) if "cargo" in words else ""), None
    label = _label(line.words)
    if "cargo" not in bare(label):
        label = f"{state.waiting} {label}".strip()
    else:
        state = replace(state, waiting="")
    return state, _row(state, line, label, column)


def _label(printed: str) -> str:
    """A charge's words as printed, without what stands before it and without its unit."""
    words = bare(printed)
    first, length = max(words.find("cargo"), 0), len(label_of(words))
    return printed[first:length] if len(words) == len(printed) else words[first:length]


def _opened(state: _State, heading: str) -> _State:
    """The state after the headings in these words."""
    if option := option_of(heading):
        state = _State(option)
    if segment := segment_of(heading):
        state = replace(state, segment=segment, group="")
    if "cargo" not in heading and (group := group_of(heading)):
        state = replace(state, group=group)
    return state


def _row(state: _State, line: PrintedLine, label: str, column: int) -> ListRow | None:
    concept = concept_of(bare(label))
    printed = line.numbers[column] if column < len(line.numbers) else ""
    if not (state.option and concept and printed):
        return None
    group = demand_class(bare(label)) or state.group
    in_cents, per = unit_of(bare(line.words))
    segment = state.segment or ("residential" if group in ("30", "over") or group.isdigit() else "")
    value = price_of(printed).scaleb(-2) if in_cents else price_of(printed)
    return ListRow(state.option, segment, group, concept, value, per, label, printed, line.where)


def price_of(printed: str) -> Decimal:
    """A price as printed, with a decimal comma or a decimal point.

    Parameters
    ----------
    printed : str

    Returns
    -------
    Decimal

    Examples
    --------
    >>> price_of("2,50")
    Decimal('2.50')
    """
    return Decimal(printed.replace(",", "."))


def _once(rows: list[ListRow]) -> tuple[tuple[ListRow, ...], tuple[ListRow, ...]]:
    """Each key once: the same price printed again says nothing new, another price puts both in doubt."""
    by_key: dict[tuple[str, str, str, str], list[ListRow]] = {}
    for row in rows:
        same = by_key.setdefault(row.key, [])
        if all(row.value != other.value for other in same):
            same.append(row)
    sure = tuple(found[0] for found in by_key.values() if len(found) == 1)
    return sure, tuple(row for found in by_key.values() if len(found) > 1 for row in found)
