"""Answers that somebody gave about a file are taken for the next file of the same kind, and can be forgotten."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Final

from kanchay.domain.importing import ImportPreview, ImportQuestion
from kanchay.domain.point import Site
from kanchay.domain.scope import Permission, Scope
from kanchay.services.context import Context
from kanchay.services.people.audit import note
from kanchay.services.ports.files import ColumnTold, ImportOptions
from kanchay.services.ports.records import ImportRecord
from kanchay.services.progress import part_of
from kanchay.services.readings.likeness import are_alike

__all__ = [
    "Recalled",
    "answers_of",
    "forget_answers",
    "layout_of",
    "of_columns",
    "on_site",
    "recall",
    "remembered",
    "with_answers",
]

# Facts of a file's make; those that an answer changes are left out.
_MAKE: Final = frozenset({"container", "packed", "delimiter", "time", "end", "profile", "layout", "format"})
_PLAIN: Final = ("tz", "unit", "label", "kind", "direction", "decimal", "clock", "sheet", "factor", "rows")
_OF_THIS_FILE: Final = ("rows",)  # answers that say nothing of the next file
_COLUMN: Final = "column:"  # before the name of a column that somebody told of
_PARTS: Final = {
    _COLUMN: "",
    "direction:": ":",
    "unit:": "::",
}  # what is told of a column, and what stands before it
_NUMBERS: Final = ("unit", "kind", "direction", "decimal", "factor")
_LOOK: Final = 0.6  # of the time; what is known of its kind or its site is often read with then
_NO_ZONE: Final = "nothing in the file suggests one"


@dataclass(frozen=True, slots=True)
class Recalled:
    """A file as understood with what was said about its kind before.

    `answers` are those taken from `source`, an earlier import; `options` holds all that were used.
    """

    preview: ImportPreview
    options: ImportOptions
    answers: tuple[tuple[str, str], ...] = ()
    source: ImportRecord | None = None


def layout_of(preview: ImportPreview) -> str:
    """The same for two files of one kind: format, make and columns, whatever their months and values."""
    columns = sorted({s.column for s in preview.series if s.column})
    facts = sorted(f"{code}={value}" for code, value in preview.facts if code in _MAKE)
    told = json.dumps([preview.format, facts, columns], ensure_ascii=False)
    return hashlib.sha256(told.encode()).hexdigest()[:24]


def answers_of(options: ImportOptions) -> tuple[tuple[str, str], ...]:
    """What options say, as pairs of a question's code and its answer."""
    pairs = [(code, getattr(options, code)) for code in _PLAIN]
    if options.day_first is not None:
        pairs.append(("day_first", "day_first" if options.day_first else "month_first"))
    if "key" in options.columns:
        pairs.append(("key", options.columns["key"]))
    pairs += [
        (_COLUMN + name, ":".join((t.quantity, t.direction, t.unit))) for name, t in options.told.items()
    ]
    return tuple((code, str(value)) for code, value in pairs if value)


def answer_to(options: ImportOptions, code: str) -> str:
    """What options say to a question of that code; "" for nothing."""
    prefix = next((p for p in _PARTS if code.startswith(p)), None)
    if prefix is None:
        return dict(answers_of(options)).get(code, "")
    told = options.told.get(code.removeprefix(prefix))
    return getattr(told, {_COLUMN: "quantity"}.get(prefix, prefix.removesuffix(":"))) if told else ""


def with_answers(options: ImportOptions, answers: Mapping[str, str]) -> ImportOptions:
    """Options with answers added; those that are given already win."""
    new = {code: answers[code] for code in _PLAIN if code in answers and getattr(options, code) is None}
    if "day_first" in answers and options.day_first is None:
        new_first = answers["day_first"] in ("true", "day_first")
        options = replace(options, day_first=new_first)
    if "key" in answers and "key" not in options.columns:
        options = replace(options, columns=options.columns | {"key": answers["key"]})
    told = dict(options.told)
    for code, text in answers.items():
        prefix = next((p for p in _PARTS if code.startswith(p)), None)
        if prefix is not None:
            name = code.removeprefix(prefix)
            told[name] = _completed(told.get(name), ColumnTold(*f"{_PARTS[prefix]}{text}".split(":")[:3]))
    return replace(options, told=told, **new)  # type: ignore[arg-type]


def of_columns(given: Mapping[str, object]) -> dict[str, str]:
    """Of what was typed, the answers to questions about single columns."""
    return {code: str(text) for code, text in given.items() if text and code.startswith(tuple(_PARTS))}


def _completed(known: ColumnTold | None, new: ColumnTold) -> ColumnTold:
    """What is told of a column with what is told besides."""
    if known is None:
        return new
    parts = ("quantity", "direction", "unit")
    return ColumnTold(*(getattr(known, part) or getattr(new, part) for part in parts))


def recall(
    ctx: Context,
    scope: Scope,
    site: Site,
    options: ImportOptions,
    read: Callable[[ImportOptions], ImportPreview],
    *,
    ask_again: bool = False,
) -> Recalled:
    """Read a file for a site: what was said about its kind counts, and the site's zone where none is suggested."""
    with part_of(0.0, _LOOK):
        found = read(options)
    before = None if ask_again else _before(ctx, scope, site.id, found)
    taken, bare = _taken(found, before), found
    zone = {"tz": site.tz} if any(_settled(q, site) for q in found.questions) else {}
    told = with_answers(options, taken)
    if told != options or zone:
        with part_of(_LOOK, 1.0):
            found = read(with_answers(told, zone))
    if before is not None and not are_alike(found, before.sizes) and any(map(_is_of_numbers, taken)):
        taken = {code: text for code, text in taken.items() if not _is_of_numbers(code)}
        told = with_answers(options, taken)
        found = read(with_answers(told, zone)) if told != options or zone else bare
    return Recalled(found, told, tuple(taken.items()), before if taken else None)


def on_site(
    site: Site | None, read: Callable[[ImportOptions], ImportPreview]
) -> Callable[[ImportOptions], ImportPreview]:
    """The same reading, in the zone of the site where nothing in the file suggests another one."""

    def zoned(options: ImportOptions) -> ImportPreview:
        found = read(options)
        if site is None or options.tz is not None or not any(_settled(q, site) for q in found.questions):
            return found
        return read(replace(options, tz=site.tz))

    return zoned


def _settled(question: ImportQuestion, site: Site) -> bool:
    """Whether the site's own zone answers: nothing suggests another one."""
    return question.code == "tz" and (_NO_ZONE in question.because or question.guess == site.tz)


def _before(ctx: Context, scope: Scope, site_id: str, found: ImportPreview) -> ImportRecord | None:
    """The newest import of the same kind about which something was said."""
    layout = layout_of(found)
    with ctx.records.unit(scope) as uow:
        past = uow.imports.find(site_id=site_id, order="-at")
    return next((r for r in past if r.layout == layout and r.answers and r.state != "storing"), None)


def _taken(found: ImportPreview, before: ImportRecord | None) -> dict[str, str]:
    """Answers from before that this file asks for, and allows."""
    said = dict(before.answers) if before else {}
    asked = {q.code: q for q in found.questions if q.code in said and q.code not in _OF_THIS_FILE}
    told = {code: text for code, text in said.items() if code.startswith(_COLUMN)}
    return told | {code: said[code] for code, q in asked.items() if _allowed(q, said[code])}


def _is_of_numbers(code: str) -> bool:
    """Whether an answer is about what the numbers are, which another meter or sensor may have otherwise."""
    return code in _NUMBERS or code.startswith(tuple(_PARTS))


def _allowed(question: ImportQuestion, answer: str) -> bool:
    return not question.choices or answer in question.choices


def remembered(ctx: Context, scope: Scope, site_id: str) -> list[ImportRecord]:
    """The newest import of each kind of file about which something was said, newest first."""
    with ctx.records.unit(scope) as uow:
        uow.sites.get(site_id)
        past = uow.imports.find(site_id=site_id, order="-at")
    kinds: dict[str, ImportRecord] = {}
    for record in past:
        if record.answers and record.state != "storing":
            kinds.setdefault(record.layout, record)
    return list(kinds.values())


def forget_answers(ctx: Context, scope: Scope, site_id: str, layout: str = "") -> int:
    """Ask again about files of that kind, or of every kind; returns how many imports told something."""
    scope.require(Permission.WRITE, site_id)
    with ctx.records.unit(scope) as uow:
        site = uow.sites.get(site_id)
        told = [
            r for r in uow.imports.find(site_id=site_id) if r.answers and (not layout or r.layout == layout)
        ]
        for record in told:
            uow.imports.put(replace(record, answers=()))
        if told:
            organisation = site.organisation_id
            subject = layout or site_id
            note(
                uow,
                scope,
                ctx.clock(),
                "import.forget",
                subject,
                organisation_id=organisation,
                site_id=site_id,
            )
    return len(told)
