"""Parts: several tables of one file, by sheet or below each other: which continue, stand beside, or repeat each other."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from functools import cache, partial
from typing import Any, Final

import numpy as np

from kanchay.adapters.files.addressed import Understand, each_its_own, with_own_questions
from kanchay.adapters.files.arrays import strings
from kanchay.adapters.files.cells import TIMES
from kanchay.adapters.files.meaning import FLOWS
from kanchay.adapters.files.once import told_once
from kanchay.adapters.files.refusal import refuse
from kanchay.adapters.files.table import Column, Table
from kanchay.adapters.files.words import normal
from kanchay.domain.errors import FileRefused
from kanchay.domain.importing import ImportPreview, ImportQuestion, ImportSeries
from kanchay.services.ports.files import ImportOptions

__all__ = ["combine", "read_side_by_side", "understand_all"]

FEW_ROWS: Final = 24  # beside a longer one, a table of fewer rows is a summary
_COMPARED: Final = 2000
_SHARED: Final = 0.05
_SAME: Final = 0.01
_ALIKE: Final = 0.9  # of the times that two months share, and that say something
_ANSWERS: Final = ("unit", "kind", "direction", "label", "decimal", "day_first", "clock", "factor")

_Moments = tuple[dict[str, str], set[str]]


def title_of(table: Table) -> str:
    """What stands over a table alone: its sheet and the line just above."""
    return " ".join(p for p in (table.sheet, table.preamble[-1] if table.preamble else "") if p).strip()


def _words_of(table: Table) -> str:
    """The words of a title without numbers, which count months and pages."""
    return re.sub(r"\d+", "", normal(title_of(table))).strip()


def _moments(table: Table) -> _Moments:
    """The written times of the first and last rows, each with what stands beside it, and where that is not nothing."""
    times = [c for c in table.columns if c.type in TIMES][:2]
    rows = np.unique(np.r_[: min(_COMPARED, table.n_rows), max(0, table.n_rows - _COMPARED) : table.n_rows])
    beside = [c for c in table.columns if c not in times and c.type == "number"]
    keys, cells = (
        [" ".join(parts) for parts in zip(*(_cells(c, rows) for c in columns), strict=True)]
        for columns in (times, beside)
    )
    found = dict(zip(keys, cells, strict=bool(keys and cells)))
    return found, {moment for moment, cell in found.items() if re.search("[1-9]", cell)}


def _cells(column: Column, rows: np.ndarray) -> list[str]:
    values = column.instants if column.instants is not None else column.numbers
    if column.texts is None:
        return ["" if values is None else str(values[i]) for i in rows.tolist()]
    texts = column.texts.to_pylist()
    return [str(texts[i] if values is None or texts[i] is not None else values[i]) for i in rows.tolist()]


def _beside(a: Table, b: Table, moments: Callable[[Table], _Moments]) -> bool:
    """Whether two tables of the same columns tell the same times under other titles: two meters, not two months.

    Months may overlap: what is told twice is then the same.
    """
    if title_of(a) == title_of(b):
        return False
    (first, a_tells), (second, b_tells) = moments(a), moments(b)
    shared = first.keys() & second.keys()
    if len(shared) <= _SHARED * min(len(first), len(second)):
        return False
    telling = shared & (a_tells | b_tells)
    same = sum(first[moment] == second[moment] for moment in telling)
    return not telling or same < _ALIKE * len(telling)


def _joined(parts: Sequence[Table]) -> Table:
    """Tables of the same columns as one."""
    import pyarrow as pa

    if len(parts) == 1:
        return parts[0]
    columns = []
    empty = [np.full(t.n_rows, np.nan) for t in parts]
    for i, column in enumerate(parts[0].columns):
        if any(t.columns[i].instants is not None for t in parts):
            columns.append(_joined_instants([t.columns[i] for t in parts], [t.n_rows for t in parts]))
            continue
        texts = pa.concat_arrays([_texts(t.columns[i], t.n_rows) for t in parts])
        found = [t.columns[i].numbers for t in parts]
        filled = [e if n is None else n for n, e in zip(found, empty, strict=True)]
        numbers = np.concatenate(filled) if any(n is not None for n in found) else None
        columns.append(Column(column.name, column.type, texts=texts, numbers=numbers))
    facts = parts[0].facts + tuple(("sheet", t.sheet) for t in parts[1:] if t.sheet)
    n_bad = sum(t.n_bad_rows for t in parts)
    return replace(
        parts[0], columns=columns, n_rows=sum(t.n_rows for t in parts), facts=facts, n_bad_rows=n_bad
    )


def _texts(column: Column, n_rows: int) -> Any:
    """The cells of a column as texts, also where its container keeps labels or numbers."""
    import pyarrow as pa

    if column.texts is not None:
        return column.texts
    if column.codes is None:
        return pa.nulls(n_rows, pa.string())
    return strings(None if code < 0 else column.words[code] for code in column.codes.tolist())


def _joined_instants(columns: Sequence[Column], lengths: Sequence[int]) -> Column:
    """Times that the containers typed, one after another."""
    pairs = list(zip(columns, lengths, strict=True))
    zeros = [np.zeros(n, dtype=np.int64) for n in lengths]
    known = [np.full(n, c.instants is not None) if c.known is None else c.known for c, n in pairs]
    instants = [z if c.instants is None else c.instants for c, z in zip(columns, zeros, strict=True)]
    first = columns[0]
    return Column(
        first.name,
        first.type,
        instants=np.concatenate(instants),
        known=np.concatenate(known),
        aware=first.aware,
    )


def combine(tables: Sequence[Table]) -> list[Table]:
    """The tables of a file, those that continue each other joined, summaries left out, the longest first."""
    shared = tables[0].preamble[:-1]
    tables = [tables[0], *(replace(t, preamble=(*shared, *t.preamble)) for t in tables[1:])]
    longest = max(tables, key=lambda t: t.score * (1 + np.log10(1 + t.n_rows)))
    kept: list[list[Table]] = []
    left_out: list[str] = []
    columns, moments = cache(_columns), cache(_moments)  # each table is seen beside many others
    for table in tables:
        same = [k for k in kept if columns(k[0]) == columns(table) and (table.has_header or k[0].has_header)]
        after = next((k for k in same if not any(_beside(t, table, moments) for t in k)), None)
        if after is not None:
            after.append(table)
        elif _describes(table, longest) and _names(table) != _names(longest):
            left_out.append(title_of(table))
        else:
            kept.append([table])
    said = tuple(line for t in tables if t.n_rows == 1 and t not in (k[0] for k in kept) for line in _row(t))
    joined = sorted((_joined(k) for k in kept), key=lambda t: t is not longest and -t.n_rows)
    joined = [replace(t, preamble=(*said, *t.preamble)) for t in joined] if said else joined
    facts = tuple(("table_left_out", title) for title in left_out if title)
    return [replace(joined[0], facts=joined[0].facts + facts), *joined[1:]]


def _describes(table: Table, longest: Table) -> bool:
    """Whether a table is a summary of a longer one, or the one row that tells whose it is."""
    return table.n_rows < FEW_ROWS <= longest.n_rows or table.n_rows == 1 < longest.n_rows


def _row(table: Table) -> list[str]:
    """A table of one row as lines of a name and what stands below it: it describes the table that follows."""
    cells = [_cells(c, np.zeros(1, dtype=np.int64))[0] for c in table.columns]
    return [f"{c.name}: {cell}" for c, cell in zip(table.columns, cells, strict=True) if c.name and cell]


def _columns(table: Table) -> list[tuple[str, bool]]:
    """The plain name of each column, and whether it holds times that the container typed."""
    return [(name, c.instants is not None) for name, c in zip(_names(table), table.columns, strict=True)]


def _names(table: Table) -> list[str]:
    """The names of columns, however their letters and blanks are written."""
    return [" ".join(c.name.split()).casefold() for c in table.columns]


def understand_all(
    tables: Sequence[Table], options: ImportOptions, name: str, understand: Understand
) -> ImportPreview:
    """One preview of several tables; what one of them settles counts for all."""
    if len(tables) == 1:
        return understand(tables[0], options)
    understand = each_its_own(tables, [title_of(t) for t in tables], options, understand)
    wishes = _wishes([partial(_tried, t, understand=understand) for t in tables], options)
    read = [
        (t, w, p)
        for t, w in zip(tables, wishes, strict=True)
        if (p := _tried(t, w, understand=understand)) is not None
    ]
    if not read:
        raise refuse("no_meter_data", name, what="no table has rows with both a time and a number")
    told, left_open = _told_of_all([p for _, _, p in read])
    found: list[tuple[Table, ImportPreview]] = []
    for table, wish, preview in read:
        settled = _settled(told, left_open, wish)
        found.append((table, preview if settled == wish else understand(table, settled)))
    again = _repeating([p for _, p in found])
    kept = [(t, p) for (t, p), r in zip(found, again, strict=True) if not r] or found[:1]
    titles = [title_of(t) for t, _ in kept]
    previews = with_own_questions([t for t, _ in kept], titles, [p for _, p in kept])
    facts = [("table", title) for title in titles[1:]]
    facts += [("table_left_out", title_of(t)) for (t, _), r in zip(found, again, strict=True) if r]
    return _merged(list(zip(titles, previews, strict=True)), (*previews[0].facts, *facts))


def _wishes(
    readers: Sequence[Callable[[ImportOptions], ImportPreview | None]], options: ImportOptions
) -> list[ImportOptions]:
    """Options for each of several parts: an answer goes to the parts that ask for it, or to all where none does.

    A unit that one table leaves open must not replace the one that another table writes.
    """
    given = [code for code in _ANSWERS if getattr(options, code) is not None]
    if not given:
        return [options] * len(readers)
    bare = replace(options, **dict.fromkeys(given))  # type: ignore[arg-type]
    asked = [{q.code for q in p.questions} if (p := read(bare)) else set(given) for read in readers]
    anywhere = {code for codes in asked for code in codes}
    return [
        replace(options, **{c: None for c in given if c in anywhere and c not in codes})  # type: ignore[arg-type]
        for codes in asked
    ]


def read_side_by_side(
    readers: Sequence[Callable[[ImportOptions], ImportPreview]], options: ImportOptions, name: str
) -> ImportPreview:
    """One preview of parts that different formats tell."""
    if not readers:
        raise refuse("no_meter_data", name, what="no file in it has rows with both a time and a number")
    if len(readers) == 1:
        return readers[0](options)
    wishes = _wishes(readers, options)
    found = [read(wish) for read, wish in zip(readers, wishes, strict=True)]
    facts = tuple(dict.fromkeys(f for p in found for f in p.facts))
    return replace(_merged([(p.format, p) for p in found], facts), format="archive")


def _tried(table: Table, options: ImportOptions, *, understand: Understand) -> ImportPreview | None:
    try:
        return understand(table, options)
    except FileRefused:
        return None


def _told_of_all(previews: Sequence[ImportPreview]) -> tuple[dict[str, str], set[str]]:
    """Order of dates, decimal sign and label as far as one of the tables tells them, and what any leaves open."""
    known: dict[str, str] = {}
    for preview in previews:
        asked = {q.code for q in preview.questions}
        facts = dict(preview.facts)
        for code, fact in (("day_first", "date_order"), ("decimal", "decimal"), ("label", "label")):
            value = facts.get(fact, "").split(":")[0]
            if code not in asked and value and (code != "day_first" or value in ("dmy", "mdy")):
                known.setdefault(code, value)
    return known, {q.code for p in previews for q in p.questions}


def _settled(known: Mapping[str, str], left_open: Collection[str], options: ImportOptions) -> ImportOptions:
    """Options with what one table tells and another leaves open."""
    if "day_first" in left_open and "day_first" in known:
        options = replace(options, day_first=known["day_first"] == "dmy")
    if "decimal" in left_open and "decimal" in known:
        options = replace(options, decimal=known["decimal"])
    if "label" in left_open and "label" in known:
        options = replace(options, label=known["label"])
    return options


def _questions(previews: Sequence[ImportPreview]) -> tuple[ImportQuestion, ...]:
    """What is asked of any of them, each question once."""
    asked: dict[str, ImportQuestion] = {}
    for preview in previews:
        for question in preview.questions:
            asked.setdefault(question.code, question)
    return tuple(asked.values())


def _flows(preview: ImportPreview) -> list[ImportSeries]:
    return [s for s in preview.series if s.quantity in FLOWS and s.total is not None]


def _repeating(previews: Sequence[ImportPreview]) -> list[bool]:
    """Which tables only sum up another one: longer intervals, the same energy."""
    flows = [_flows(p) for p in previews]
    return [bool(mine) and _repeats(mine, [o for o in flows if o and o is not mine]) for mine in flows]


def _repeats(mine: Sequence[ImportSeries], others: Sequence[Sequence[ImportSeries]]) -> bool:
    finer = [o for o in others if (o[0].resolution_s or 0) < (mine[0].resolution_s or 0)]
    wholes = [t for o in finer for t in [sum(s.total or 0.0 for s in o), *(s.total for s in o)]]
    return all(any(abs((s.total or 0.0) - (w or 0.0)) <= _SAME * abs(w or 0.0) for w in wholes) for s in mine)


def _merged(parts: Sequence[tuple[str, ImportPreview]], facts: tuple[tuple[str, str], ...]) -> ImportPreview:
    """Series of all parts, told apart by the titles of these where their names are the same."""
    previews = [p for _, p in parts]
    names = Counter(s.name for p in previews for s in p.series)
    series, twice = told_once(
        tuple(
            replace(s, name=f"{title} {s.name}".strip()) if names[s.name] > 1 else s
            for title, p in parts
            for s in p.series
        )
    )
    return replace(
        previews[0],
        series=series,
        questions=_questions(previews),
        facts=(*facts, *(("left_out", name) for name in twice)),
        n_rows=sum(p.n_rows for p in previews),
    )
