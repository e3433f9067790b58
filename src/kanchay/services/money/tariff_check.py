"""Checking a tariff that somebody wrote: every problem with its line, its place, and how to mend it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from kanchay.analysis.tariff.base import with_bases
from kanchay.analysis.tariff.document import Mistake, TariffInvalid
from kanchay.analysis.tariff.parse import parse_tariff
from kanchay.analysis.tariff.review import review_tariff
from kanchay.domain.tariff import Tariff
from kanchay.services.context import Context
from kanchay.services.money.mistake_words import say
from kanchay.services.ports.library import Place, Written

__all__ = ["Problem", "TariffCheck", "check_tariff"]

_STEP: Final = re.compile(r"([^.\[\]]+)|\[(\d+)\]")
_NOTHING: Final = Mistake("document", "holds no tariff", "Begin with: schema: tariff/1")
_IN_BASE: Final = Mistake("", "in a base of this tariff")
_PARENT: Final = ("is missing", "must be a mapping", "must be a list")


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing to mend, or with `severity` "remark" to look at again; line and column count from 1."""

    line: int
    column: int
    path: str
    what: str
    cure: str
    severity: str = "mistake"


@dataclass(frozen=True, slots=True)
class TariffCheck:
    """What came out of reading a tariff as text; `tariff` is None where it has a mistake."""

    problems: tuple[Problem, ...]
    tariff: Tariff | None = None

    @property
    def ok(self) -> bool:
        """Whether it can be used: remarks do not hinder it."""
        return all(p.severity != "mistake" for p in self.problems)


def check_tariff(ctx: Context, raw: bytes | str, locale: str = "en") -> TariffCheck:
    """Read the YAML of a tariff and name every mistake and every oddity by its line, in a language; never fails.

    A tariff that names a `base` is checked with what the base holds.
    """
    written = ctx.library.read_text(raw)
    slips = [_problem(s.mistake, s.place, locale) for s in written.slips]
    if written.document is None and slips:
        return TariffCheck(tuple(slips))
    if not isinstance(written.document, Mapping):
        return TariffCheck((_problem(_NOTHING, Place(1, 1), locale),))
    tariff, whole, found = _read(written.document, ctx.library.tariff_bases())
    placed = [_located(m, written, whole, locale) for m in _plainly(found)]
    if tariff is not None:
        remarks = (_located(m, written, whole, locale) for m in review_tariff(tariff, whole))
        placed += [replace(p, severity="remark") for p in remarks]
    problems = sorted(
        dict.fromkeys([*slips, *placed]), key=lambda p: (p.severity != "mistake", p.line, p.column)
    )
    check = TariffCheck(tuple(problems))
    return TariffCheck(check.problems, tariff) if check.ok else check


def _read(
    document: Mapping[str, Any], bases: Mapping[str, Mapping[str, Any]]
) -> tuple[Tariff | None, Mapping[str, Any], tuple[Mistake, ...]]:
    whole: Mapping[str, Any] = document
    try:
        whole = with_bases(document, bases)
        return parse_tariff(whole), whole, ()
    except TariffInvalid as error:
        return None, whole, error.mistakes


def _plainly(mistakes: Iterable[Mistake]) -> list[Mistake]:
    """Without what only follows from a part that is missing as a whole."""
    found = list(mistakes)
    gone = [m.path for m in found if m.said.startswith(_PARENT)]
    return [m for m in found if not any(m.path.startswith((f"{path}.", f"{path}[")) for path in gone)]


def _located(mistake: Mistake, written: Written, whole: Mapping[str, Any], locale: str) -> Problem:
    path, in_base = _own_path(mistake.path, written.document, whole)
    return _problem(mistake, _nearest(path, written.places), locale, in_base=in_base)


def _problem(mistake: Mistake, place: Place, locale: str, *, in_base: bool = False) -> Problem:
    """A mistake in words; what is missing has a cure of its own."""
    if not mistake.mend and mistake.said.startswith("is missing"):
        key = mistake.path.rpartition(".")[2]
        mistake = replace(mistake, mend="Add '{key}: …'.", places=(*mistake.places, ("key", key)))
    what, cure = say(mistake, locale)
    also = f" ({say(_IN_BASE, locale)[0]})" if in_base else ""
    return Problem(place.line, place.column, mistake.path, what + also, cure)


def _nearest(path: str, places: Mapping[str, Place]) -> Place:
    """Where a path stands; where it is not there, the part around it."""
    while path and path not in places:
        path = path[: max(path.rfind("."), path.rfind("["), 0)]
    return places.get(path, Place(1, 1))


def _own_path(path: str, own: Any, whole: Any) -> tuple[str, bool]:
    """The path of a value in the file, given its path in the document laid over its bases."""
    told, here, full = "", own, whole
    for key, index in _STEP.findall(path):
        if key:
            here = here.get(key) if isinstance(here, Mapping) else None
            full = full.get(key) if isinstance(full, Mapping) else None
            step = f".{key}" if told else key
        else:
            member = full[int(index)] if isinstance(full, list) and int(index) < len(full) else None
            place = _index_in(here, member, int(index))
            here, full, step = (None if place is None else here[place]), member, f"[{place}]"
        if here is None and full is not None:
            return told or "base", True
        told += step
    return told, False


def _index_in(members: Any, member: Any, index: int) -> int | None:
    """Where a member of the whole list stands in the file's own list; None where it comes from a base."""
    if not isinstance(members, list):
        return None
    if index < len(members) and members[index] == member:
        return index
    name = member.get("id") if isinstance(member, Mapping) else None
    named = [i for i, m in enumerate(members) if isinstance(m, Mapping) and name and m.get("id") == name]
    if named:
        return named[0]
    return index if index < len(members) and name is None else None
