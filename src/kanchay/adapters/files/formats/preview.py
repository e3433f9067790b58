"""A statement of a named format to a preview: the same units, intervals, totals and issues as for any other file."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from kanchay.adapters.files.clock import Localised
from kanchay.adapters.files.factors import given_number
from kanchay.adapters.files.formats.statement import Stated, Statement, TextFormat
from kanchay.adapters.files.kinds import rising
from kanchay.adapters.files.layout import RawSeries
from kanchay.adapters.files.meaning import ENERGY, FLOWS, Meaning
from kanchay.adapters.files.prepared import Prepared, prepare
from kanchay.adapters.files.questions import BECAUSE
from kanchay.adapters.files.refusal import refuse
from kanchay.adapters.files.scaling import MEASURED
from kanchay.adapters.files.series import Decided, build_series
from kanchay.domain.importing import ImportPreview, ImportQuestion, ImportSeries
from kanchay.domain.interval import zone
from kanchay.domain.point import Direction, Kind
from kanchay.domain.units import Quantity, unit
from kanchay.services.ports.files import ImportOptions
from kanchay.services.progress import stepped
from kanchay.services.readings.examples import as_cell

__all__ = ["preview_of", "told_by"]

_CELLS = 3


def preview_of(
    found: Statement, named: TextFormat, name: str, options: ImportOptions, encoding: str | None
) -> ImportPreview:
    """The preview of a file whose format says what its series are; answers of the user win."""
    if options.tz:
        zone(options.tz)  # a wrong name is told at once
    tz = options.tz or found.tz or "UTC"
    told = [_multiplied(s, options) for s in map(_filled, found.series) if len(s.start)]
    if not told:
        raise refuse("no_meter_data", name, what=f"it is {named.title} without a single value")
    decided = [_decided(s, named, options, tz) for s in stepped("series", told, until=0.5)]
    pairs = list(zip(told, decided, strict=True))
    series = tuple(_built(s, d, tz) for s, d in stepped("series", pairs, since=0.5))
    return ImportPreview(
        file_name=name,
        format=named.name,
        encoding=encoding,
        n_rows=found.n_rows,
        series=series,
        questions=_questions(found, told, decided, options),
        facts=(*told_by(named), *found.facts),
    )


def told_by(named: TextFormat) -> tuple[tuple[str, str], ...]:
    """The facts that name a format and who documents it."""
    return (("named_format", named.title), ("documented_by", named.source))


def _filled(s: Stated) -> Stated:
    known = np.isfinite(s.values)
    return s if known.all() else replace(
        s, start=s.start[known], values=s.values[known], end=None if s.end is None else s.end[known],
        estimated=None if s.estimated is None else s.estimated[known],
    )  # fmt: skip


def _multiplied(s: Stated, options: ImportOptions) -> Stated:
    """A series times the factor that somebody named for the whole file."""
    factor = given_number(options)
    return s if factor is None or s.quantity not in MEASURED else replace(s, values=s.values * factor)


def _answered(s: Stated, options: ImportOptions) -> Stated:
    """A series whose unit the format leaves open, in the unit that was answered: energy where power was guessed."""
    given = unit(options.unit) if options.unit and s.open_unit else None
    both = (Quantity.ELECTRIC_ENERGY, Quantity.POWER)
    if given is None or s.quantity not in both or given.quantity not in both:
        return s
    return replace(s, quantity=given.quantity, unit=given.symbol)


def _decided(s: Stated, named: TextFormat, options: ImportOptions, tz: str) -> Decided:
    s = _answered(s, options)
    stated = unit(s.unit)
    given = unit(options.unit) if options.unit else stated
    used = given if given.quantity is stated.quantity else stated
    kind = Kind(options.kind) if options.kind and s.quantity in ENERGY else s.kind
    direction, by = _direction(s, named, options)
    meaning = Meaning(
        s.quantity, used, "given" if used is not stated else named.name, direction, by,
        Kind.INSTANTANEOUS if s.unsummed else None, s.submeter,
        s.evidence or (f"quantity: {named.name}", f"unit: {named.name}"),
    )  # fmt: skip
    return Decided(_prepared(s, options, tz), meaning, used, kind, "start", s.name)


def _direction(s: Stated, named: TextFormat, options: ImportOptions) -> tuple[Direction | None, str]:
    if s.quantity not in FLOWS:
        return None, ""
    if s.direction is not None:
        return s.direction, named.name
    return (Direction(options.direction), "given") if options.direction else (Direction.IMPORT, "")


def _prepared(s: Stated, options: ImportOptions, tz: str) -> Prepared:
    raw = RawSeries(
        s.name, s.column, s.start, s.end, s.values, s.estimated, absolute=not s.clock, unit_cell=s.unit
    )
    if s.end is None or s.clock:
        return prepare(raw, tz, options.clock)
    return _as_stated(raw, s.end)


def _as_stated(raw: RawSeries, end: np.ndarray) -> Prepared:
    """Intervals whose ends are instants of the file's own: nothing is inferred, months keep their length."""
    flags = np.zeros(len(end), bool) if raw.estimated is None else raw.estimated
    start, ends, values, conflicts = raw.wall, end, raw.values, 0
    if not (start[1:] > start[:-1]).all():  # what is in order already is not held once more
        order = np.argsort(start, kind="stable")
        start, ends, values, flags = start[order], ends[order], values[order], flags[order]
        last = np.r_[start[1:] != start[:-1], True]
        conflicts = int((~last[:-1] & (values[:-1] != values[1:])).sum())
        start, ends, values, flags = start[last], ends[last], values[last], flags[last]
    lengths = ends - start
    step = int(np.median(lengths)) or None
    regular = step is not None and bool((lengths == step).all() and (np.diff(start) % step == 0).all())
    return Prepared(
        raw, start, ends, values, flags, step, regular, len(end) - len(start), conflicts, Localised(start)
    )


def _built(s: Stated, d: Decided, tz: str) -> ImportSeries:
    series = build_series(d, tz)
    return replace(series, issues=(*s.issues, *series.issues))


def _questions(
    found: Statement, told: list[Stated], decided: list[Decided], options: ImportOptions
) -> tuple[ImportQuestion, ...]:
    asked = [q for q in found.questions if getattr(options, q.code, None) is None]
    if any(s.clock for s in told) and not (options.tz or found.tz):
        asked.append(ImportQuestion("tz", "--tz", "UTC", BECAUSE["tz.none"]))
    pairs = list(zip(told, decided, strict=True))
    if not options.kind and (wrong := [d for s, d in pairs if _contradicts(s, d)]):
        kinds = (Kind.INTERVAL.value, Kind.CUMULATIVE.value)
        asked.append(ImportQuestion("kind", "--kind", wrong[0].kind.value, BECAUSE["kind.stated"], kinds))
    unsaid = [s for s in told if s.direction is None and s.quantity in FLOWS]
    if unsaid and not options.direction:
        choices, about = tuple(d.value for d in Direction), _about(unsaid[0])
        asked.append(
            ImportQuestion("direction", "--direction", "import", BECAUSE["direction.stated"], choices, about)
        )
    return tuple(dict.fromkeys(asked))


def _about(s: Stated) -> tuple[str, ...]:
    """The series that a question is about, and a few of its values."""
    return (s.column or s.name, *map(as_cell, s.values[:_CELLS].tolist()))


def _contradicts(s: Stated, d: Decided) -> bool:
    """Whether the values are not what the format calls them: registers that fall, amounts that only ever rise."""
    if s.quantity not in ENERGY:
        return False
    looks = rising(d.prepared.values)
    return looks < -3 if s.kind is Kind.CUMULATIVE else looks >= 48
