"""Any meter file to a preview: container → encoding → table → header → time → quantity → layout → series."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from dataclasses import replace
from pathlib import Path

from kanchay.adapters.files.abreast import apart
from kanchay.adapters.files.carried import carried_down
from kanchay.adapters.files.container import MB, Content, Limits, open_content
from kanchay.adapters.files.directions import find_directions
from kanchay.adapters.files.doubled import without_passes
from kanchay.adapters.files.encoding import decode
from kanchay.adapters.files.factors import take_factors
from kanchay.adapters.files.formats.own import read_own
from kanchay.adapters.files.formats.preview import preview_of, told_by
from kanchay.adapters.files.formats.registry import find_format, find_profile
from kanchay.adapters.files.formats.statement import Statement
from kanchay.adapters.files.hourspans import on_the_clock
from kanchay.adapters.files.kinds import find_kinds
from kanchay.adapters.files.labels import Label, find_label
from kanchay.adapters.files.layout import Layout, RawSeries, lay_out
from kanchay.adapters.files.likely import as_powers, likely_units
from kanchay.adapters.files.meaning import Meaning, read_meaning
from kanchay.adapters.files.members import Found, read_members
from kanchay.adapters.files.moments import whole_moments
from kanchay.adapters.files.parts import combine, understand_all
from kanchay.adapters.files.pivot import unpivoted
from kanchay.adapters.files.prepared import prepare, with_usual_step
from kanchay.adapters.files.profiles import Profile
from kanchay.adapters.files.questions import ask
from kanchay.adapters.files.readers import held, tables_of
from kanchay.adapters.files.roles import Roles, find_roles
from kanchay.adapters.files.scaling import Scaling, scale
from kanchay.adapters.files.series import Decided, build_series
from kanchay.adapters.files.table import Table
from kanchay.adapters.files.together import see_together
from kanchay.adapters.files.told import check_columns, only_sheet, tell
from kanchay.adapters.files.words import label_word, matches, named_zone, normal, zone_words
from kanchay.domain.importing import ImportPreview
from kanchay.domain.interval import zone
from kanchay.domain.units import Quantity
from kanchay.services.ports.files import ImportOptions
from kanchay.services.progress import report, stepped
from kanchay.services.readings.points import told_apart

__all__ = ["SniffingReader"]

# The name of a series that has none in the file: the same in every file, so that the next month finds its point.
_PLAIN = {Quantity.ELECTRIC_ENERGY: "electricity", Quantity.POWER: "electricity"}


class SniffingReader:
    """Reads meter files of every dialect; fills the port `FileReader`.

    Parameters
    ----------
    max_upload_mb : int, default 64
        Largest file that is taken; what it unpacks to is bounded too. [MB]
    """

    def __init__(self, max_upload_mb: int = 64) -> None:
        self.limits = replace(
            Limits(),
            max_bytes=max_upload_mb * MB,
            max_unpacked=max(8 * max_upload_mb, 64) * MB,
            max_whole=max(4 * max_upload_mb, 64) * MB,
        )

    def read(self, path: Path, options: ImportOptions) -> ImportPreview:
        """What the file holds, as understood; raises `FileRefused` for what is not meter data or not safe."""
        report("open")
        preview, packed = self._preview(path, options)
        facts = (("packed", packed),) if packed else ()
        return replace(
            preview, sha256=_digest(path), facts=facts + preview.facts, series=told_apart(preview.series)
        )

    def _preview(self, path: Path, options: ImportOptions) -> tuple[ImportPreview, str]:
        """An archive of files, or one file; and how it was packed."""
        content = open_content(path, self.limits)
        kind, packed = content.kind, content.packed
        if kind == "archive":
            preview = read_members(
                content,
                path.name,
                options,
                self._found,
                lambda tables, given, encoding: _of_tables(tables, path, given, kind, encoding),
            )
            return preview, packed
        found = self._found(content, path.name)
        del content  # its text stands in the tables now, and would fill the memory a second time
        return self._understood(found, path, options, kind), packed

    def _understood(self, found: Found, path: Path, options: ImportOptions, kind: str) -> ImportPreview:
        if isinstance(found.inside, Statement) and found.named is not None:
            return preview_of(found.inside, found.named, path.name, options, found.encoding)
        tables = found.inside if isinstance(found.inside, list) else []
        preview = _of_tables(tables, path, options, kind, found.encoding)
        if found.named is None:
            return preview
        return replace(preview, format=found.named.name, facts=(*told_by(found.named), *preview.facts))

    def _found(self, content: Content, name: str) -> Found:
        """What one file holds: the series that a named format states, or tables."""
        named = find_format(content.data) if content.kind == "text" else None
        if named is not None:
            text, encoding = decode(content.data, name)
            return Found(named.read(held(text, name, self.limits), name, self.limits), named, encoding)
        tables, encoding_ = tables_of(content, name, self.limits)
        return Found(tables, None, encoding_)


def _digest(path: Path) -> str:
    """SHA-256 of a file; of a folder that of its files' digests, whatever their names."""
    if path.is_dir():
        inside = sorted(_digest(p) for p in path.iterdir() if p.is_file())
        return hashlib.sha256("".join(inside).encode()).hexdigest()
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _of_tables(
    tables: list[Table], path: Path, options: ImportOptions, container: str, encoding: str | None
) -> ImportPreview:
    """One preview of the tables of a file."""
    own = read_own(tables, path.name, encoding)
    if own is not None:
        return own

    def read(table: Table, given: ImportOptions) -> ImportPreview:
        return understand(table, path, given, container, encoding)

    each = [unpivoted(part, path.stem) for table in only_sheet(tables, options) for part in apart(table)]
    return understand_all(combine(each), options, path.name, read)


def understand(
    table: Table, path: Path, options: ImportOptions, container: str, encoding: str | None
) -> ImportPreview:
    """The preview of a table."""
    profile, told = find_profile([c.name for c in table.columns], path.name)
    table = table if profile is None else profile.shaped(table)
    table = take_factors(whole_moments(carried_down(without_passes(on_the_clock(table)))), options)
    wish = replace(options, columns={**dict(profile.roles), **options.columns}) if profile else options
    roles = find_roles(table, path.name, wish)
    layout = lay_out(table, roles, path.name, options)
    tz, tz_reason = _zone(table, roles, layout, profile, options)
    raws, scaling = _raws(table, roles, layout, profile, options)
    words = normal(f"{path.stem} {table.sheet}")
    hints = _label_hints(roles, layout, profile, options)
    decided, label = _decide(raws, hints, profile, options, tz=tz, words=words)
    series = tuple(build_series(d, tz) for d in stepped("series", decided, since=0.5))
    shape = "csv.wide" if layout.wide else "csv.long"
    return ImportPreview(
        file_name=path.name,
        format=shape if container == "text" else container,
        encoding=encoding,
        n_rows=table.n_rows,
        series=series,
        questions=ask(
            layout, roles, decided, options, tz=tz, tz_reason=tz_reason, label=label, scaling=scaling
        ),
        facts=(*told, *_facts(table, roles, layout, decided, label_why=label.why), *scaling.facts),
    )


def _zone(
    table: Table, roles: Roles, layout: Layout, profile: Profile | None, options: ImportOptions
) -> tuple[str, str]:
    """The zone of the file, and why it has to be asked ("" where it need not)."""
    if options.tz:
        zone(options.tz)  # a wrong name is told at once
    named = named_zone(" ".join(c.name for c in roles.start))
    if named is not None or options.tz:
        return named or options.tz or "", ""  # the clock that the file itself names, wherever the site is
    headers = normal(" ".join(c.name for c in roles.start))
    if all(s.absolute for s in layout.series) or matches("utc|gmt|zulu", headers):
        return "UTC", ""
    if profile is not None and profile.zone:
        return profile.zone, ""
    words = normal(
        " ".join([*(c.name for c in table.columns), roles.context, *(s.key for s in layout.series[:50])])
    )
    guess = zone_words(words)
    return (guess, "tz.words") if guess else ("UTC", "tz.none")


def _meaning(raw: RawSeries, roles: Roles, profile: Profile | None, options: ImportOptions) -> Meaning:
    context = roles.context
    if not raw.column and roles.slots:
        context = " ".join([context, *(normal(s.column.name) for s in roles.slots[:1])])
    found = read_meaning(
        raw.column,
        key=raw.key,
        unit_cell=raw.unit_cell,
        context=context,
        unit_above=roles.unit_above,
        profile=profile,
        given=options.unit,
    )
    documented = found if profile is None else profile.completed(found, raw.column, raw.key)
    return tell(documented, raw, options)


def _raws(
    table: Table, roles: Roles, layout: Layout, profile: Profile | None, options: ImportOptions
) -> tuple[list[tuple[RawSeries, Meaning]], Scaling]:
    """Every raw series with what it means, multiplied by the factor of its meter where that is still to be done."""
    check_columns(layout.series, options)
    meanings = see_together(layout.series, [_meaning(raw, roles, profile, options) for raw in layout.series])
    pairs = list(zip(layout.series, meanings, strict=True))
    return scale(pairs, options, table.factor_source, "The file")


def _decide(
    raws: list[tuple[RawSeries, Meaning]],
    label_hints: list[tuple[str, str]],
    profile: Profile | None,
    options: ImportOptions,
    *,
    tz: str,
    words: str,
) -> tuple[list[Decided], Label]:
    each = (prepare(raw, tz, options.clock) for raw, _ in stepped("series", raws, until=0.5))
    prepared = with_usual_step(list(each))
    meanings = [meaning for _, meaning in raws]
    kinds = find_kinds(prepared, meanings, options.kind)
    if profile is not None and not options.kind:
        stated = [profile.kind(p.raw.column, p.raw.key, p.values) for p in prepared]
        kinds = [s or k for s, k in zip(stated, kinds, strict=True)]
    meanings = find_directions(prepared, meanings, kinds, tz, options.direction)
    label = find_label(prepared, meanings, kinds, tz, label_hints)
    units = likely_units(prepared, meanings, kinds, words)
    moved = as_powers(meanings, units)
    if moved is not None:
        again = find_kinds(prepared, moved, options.kind)
        kinds = [a if m is not n else k for a, k, m, n in zip(again, kinds, moved, meanings, strict=True)]
        meanings = moved
    names = _names([p.raw for p in prepared], meanings)
    if profile is not None:
        names = [profile.named(n, p.raw.column, p.raw.key) for n, p in zip(names, prepared, strict=True)]
    decided = [
        Decided(p, m, u.unit, k, label.end, n, u.chance)
        for p, m, u, k, n in zip(prepared, meanings, units, kinds, names, strict=True)
    ]
    return decided, label


def _label_hints(
    roles: Roles, layout: Layout, profile: Profile | None, options: ImportOptions
) -> list[tuple[str, str]]:
    """What says outright which end of an interval the times mark."""
    names = [normal(c.name) for c in roles.start]
    by_name = next((label for label in map(label_word, names) if label), "")
    return [
        ("" if layout.label_is_fixed else options.label or "", "given"),
        (layout.label, "layout"),
        (by_name, "name of the time column"),
        (profile.label if profile else "", profile.name if profile else ""),
    ]


def _names(raws: list[RawSeries], meanings: list[Meaning]) -> list[str]:
    """Series names: the column, the key, or both; the main series of a key carries the key alone."""
    columns = Counter(r.column for r in raws)
    main: dict[str, str] = {}
    for r, m in zip(raws, meanings, strict=True):
        if r.key and m.quantity in (Quantity.ELECTRIC_ENERGY, Quantity.POWER) and not m.submeter:
            main.setdefault(r.key, r.column)
    names: list[str] = []
    times: Counter[str] = Counter()
    for r, m in zip(raws, meanings, strict=True):
        alone = len(columns) == 1 or main.get(r.key) == r.column
        name = r.key if r.key and alone else " ".join(p for p in (r.key, r.column.strip()) if p)
        name = re.sub(r"\s+", " ", name) or _PLAIN.get(m.quantity, m.quantity.value)
        times[name] += 1
        names.append(name if times[name] == 1 else f"{name} ({times[name]})")
    return names


def _facts(
    table: Table,
    roles: Roles,
    layout: Layout,
    decided: list[Decided],
    *,
    label_why: str,
) -> tuple[tuple[str, str], ...]:
    """What was understood, in codes; the words for them are the page's."""
    facts = [*table.facts, ("layout", "wide" if layout.wide else "long"), ("decimal", layout.decimal)]
    facts.append(("time", " + ".join(c.name for c in roles.start if c.name)))
    if roles.end:
        facts.append(("end", " + ".join(c.name for c in roles.end if c.name)))
    facts += [("date_order", layout.order), ("time_style", layout.time_style)]
    facts += [("key", c.name) for c in roles.keys]
    facts += [(code, c.name) for code, c in (("unit", roles.unit), ("status", roles.status)) if c is not None]
    facts.append(("label", f"{decided[0].label}: {label_why}" if label_why else decided[0].label))
    if any(d.prepared.clock.fixed for d in decided):
        facts.append(("clock", "standard_time"))
    folds = max((d.prepared.clock.folds for d in decided), default=0)
    counts = (
        ("rows_skipped", table.n_bad_rows),
        ("times_unreadable", layout.n_bad_times),
        ("dst_doubles", folds),
    )
    return tuple(facts + [(code, str(n)) for code, n in counts if n])
