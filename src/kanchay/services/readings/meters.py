"""The meters of a file: a table may hold one home or a whole estate."""

from __future__ import annotations

from dataclasses import replace

from kanchay.domain.errors import InputError, NotFound
from kanchay.domain.importing import ImportPreview, ImportSeries
from kanchay.domain.point import Direction
from kanchay.domain.units import Quantity

__all__ = ["listed", "meters_of", "only_meter", "require_one_meter"]

_SHOWN = 12  # names in a message
_SAME = 1e-6


def meters_of(preview: ImportPreview) -> list[str]:
    """Names of the meters of use, in the order of the file; registers, phases and sub-meters are parts of one."""
    used = [s for s in preview.series if _counts_use(s) and not _derived(s, preview)]
    return [s.name for s in used if s.total is not None] or [s.name for s in used]


def _counts_use(series: ImportSeries) -> bool:
    flows = (Direction.EXPORT, Direction.PRODUCTION)
    electric = series.quantity in (Quantity.ELECTRIC_ENERGY, Quantity.POWER)
    return electric and series.direction not in flows and not series.is_submeter and not series.register


def _derived(series: ImportSeries, preview: ImportPreview) -> bool:
    """Whether a net flow only repeats an import and an export beside it."""
    if series.direction is not Direction.NET or series.total is None:
        return False
    ways = {way: [s.total for s in preview.series if s.direction is way and s.total] for way in Direction}
    return any(
        abs(i - e - series.total) <= _SAME * max(i, e)
        for i in ways[Direction.IMPORT]
        for e in ways[Direction.EXPORT]
    )


def only_meter(preview: ImportPreview, meter: str) -> ImportPreview:
    """The series of one meter: its use, what else the file has under its name (``NAME export_kwh``), temperatures.

    Raises
    ------
    NotFound
        No series has that name; the message lists those that are there.
    """
    wanted = meter.casefold()
    kept = tuple(
        s for s in preview.series if s.name.casefold() == wanted or s.name.casefold().startswith(f"{wanted} ")
    )
    if not kept:
        names = meters_of(preview) or [s.name for s in preview.series]
        raise NotFound(f"{preview.file_name} has no meter '{meter}'.", hint=f"It has {listed(names)}.")
    around = tuple(s for s in preview.series if s.quantity is Quantity.TEMPERATURE and s not in kept)
    return replace(preview, series=(*kept, *around))


def require_one_meter(preview: ImportPreview) -> None:
    """Refuse a file of several meters where an answer is about one.

    Raises
    ------
    InputError
        The file holds more than one meter of use; the message lists them.
    """
    names = meters_of(preview)
    if len(names) > 1:
        raise InputError(
            f"{preview.file_name} holds {len(names)} meters: {listed(names)}.", hint="Name one with --meter."
        )


def listed(names: list[str]) -> str:
    """Names in a message: the first dozen, and how many more."""
    more = len(names) - _SHOWN
    return ", ".join(names[:_SHOWN]) + (f" and {more} more" if more > 0 else "")
