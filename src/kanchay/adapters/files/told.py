"""What somebody told of single columns and sheets; it counts before every word of the file."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from kanchay.adapters.files.layout import RawSeries
from kanchay.adapters.files.meaning import FLOWS, Meaning
from kanchay.adapters.files.table import Table
from kanchay.domain.errors import InputError
from kanchay.domain.point import Direction
from kanchay.domain.units import CANONICAL, Quantity, unit
from kanchay.services.ports.files import ColumnTold, ImportOptions

__all__ = ["check_columns", "only_sheet", "tell"]


def _names(raw: RawSeries) -> dict[str, str]:
    """What a series may be called: its column, its key, or both."""
    names = (raw.column, raw.key, f"{raw.key} {raw.column}")
    return {name.strip().casefold(): name.strip() for name in names if name.strip()}


def _of(raw: RawSeries, options: ImportOptions) -> ColumnTold | None:
    names = _names(raw)
    return next((t for name, t in options.told.items() if name.strip().casefold() in names), None)


def tell(meaning: Meaning, raw: RawSeries, options: ImportOptions) -> Meaning:
    """A meaning with the quantity, unit and direction that were told of its column."""
    told = _of(raw, options)
    if told is None:
        return meaning
    if told.quantity not in ("", *Quantity) or told.direction not in ("", *Direction):
        raise InputError(
            f"'{told.quantity}:{told.direction}' is no quantity and direction of a column.",
            hint="Such as electric_energy:import:kWh; any of the three may be left out.",
            code="answer.told",
        )
    quantity = Quantity(told.quantity) if told.quantity else meaning.quantity
    if told.unit:
        meaning = replace(meaning, unit=unit(told.unit), unit_from="given")
    elif quantity is not meaning.quantity:
        meaning = replace(meaning, unit=unit(CANONICAL[quantity]), unit_from="")
    if told.direction and quantity in FLOWS:
        meaning = replace(
            meaning, direction=Direction(told.direction), direction_from="given", submeter=False
        )
    return replace(meaning, quantity=quantity, evidence=(*meaning.evidence, "told"))


def check_columns(series: Sequence[RawSeries], options: ImportOptions) -> None:
    """Raise where a column that was told of is none of the file's columns of values."""
    known = {name: shown for s in series for name, shown in _names(s).items()}
    for name in options.told:
        if name.strip().casefold() not in known:
            columns = ", ".join(f"'{c}'" for c in list(known.values())[:12] if c)
            raise InputError(
                f"The file has no column of values '{name}'.",
                hint=f"It has {columns}." if columns else "",
                code="answer.column",
            )


def only_sheet(tables: list[Table], options: ImportOptions) -> list[Table]:
    """The tables of the sheet that was named, by its name or its number from 1."""
    if not options.sheet:
        return tables
    names = list(dict.fromkeys(t.sheet for t in tables))
    wanted = options.sheet.strip().casefold()
    if wanted.isdigit() and 0 < int(wanted) <= len(names):
        wanted = names[int(wanted) - 1].casefold()
    found = [t for t in tables if t.sheet.casefold() == wanted]
    if not found:
        shown = ", ".join(f"'{n}'" for n in names if n)
        raise InputError(
            f"No sheet '{options.sheet}' has readings.",
            hint=f"Sheets with readings: {shown}." if shown else "The file has no sheets.",
            code="answer.sheet",
        )
    return found
