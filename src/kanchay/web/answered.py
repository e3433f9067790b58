"""What was answered about files, as it rides in an address or a form: by question, of a folder also by kind of file."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from typing import Any, Final

from kanchay.domain.errors import InputError
from kanchay.domain.importing import ImportQuestion
from kanchay.domain.interval import parse_duration
from kanchay.domain.point import Direction, Kind
from kanchay.services.ports.files import ImportOptions
from kanchay.services.readings.answers import of_columns, with_answers

__all__ = ["ANSWERS", "answered", "field_of", "options_from", "without_last"]

ANSWERS: Final = (
    "tz",
    "unit",
    "day_first",
    "label",
    "kind",
    "direction",
    "resolution",
    "decimal",
    "clock",
    "key",
    "factor",
    "rows",
)
_BESIDES: Final = ("again", "differ")  # ask again; files that differ
_OF_KIND: Final = re.compile(r"(.+)@([0-9a-f]{8})")
_MOST: Final = 200  # letters of an answer


def options_from(form: Mapping[str, Any]) -> ImportOptions:
    """The answers about one file; what is not answered stays open."""
    given = {name: (form.get(name) or "").strip() or None for name in ANSWERS}
    for name, known in (("kind", Kind), ("direction", Direction)):
        if given[name] is not None and given[name] not in [k.value for k in known]:
            raise InputError(
                f"'{str(given[name])[:40]}' is no {name}.", hint=f"One of {', '.join(known)}.", code="form"
            )
    day_first = given["day_first"]
    plain = ImportOptions(
        tz=given["tz"],
        unit=given["unit"],
        day_first=None if day_first is None else day_first in ("true", "day_first"),
        label=given["label"],
        resolution_s=parse_duration(given["resolution"]) if given["resolution"] else None,
        kind=given["kind"],
        direction=given["direction"],
        decimal=given["decimal"],
        clock=given["clock"],
        factor=given["factor"],
        rows=given["rows"],
        columns={"key": given["key"]} if given["key"] else {},
    )
    return with_answers(plain, of_columns(form))


def field_of(question: ImportQuestion, layout: str) -> str:
    """The name under which an answer rides: of a file alone its question, of a folder that of a kind of file.

    Files of one kind that lead to another guess, or allow other answers, are asked by themselves.
    """
    if not layout:
        return question.code
    told = json.dumps([layout, question.guess, question.choices], ensure_ascii=False)
    return f"{question.code}@{hashlib.sha256(told.encode()).hexdigest()[:8]}"


def _is_answer(name: str) -> bool:
    of_kind = _OF_KIND.fullmatch(name)
    code = of_kind[1] if of_kind else name
    return code in (*ANSWERS, *_BESIDES) or bool(of_columns({code: "x"}))


def answered(form: Mapping[str, Any]) -> dict[str, str]:
    """All that was answered, in the order in which it was, to be sent along."""
    given = {name: str(form.get(name) or "").strip()[:_MOST] for name in form if _is_answer(name)}
    return {name: text for name, text in given.items() if text}


def without_last(answers: Mapping[str, str]) -> dict[str, str]:
    """The answers before the last one: a step back."""
    asked = [name for name in answers if name not in ("again",)]
    return {name: text for name, text in answers.items() if not asked or name != asked[-1]}
