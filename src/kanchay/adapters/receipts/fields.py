"""Everything of a receipt that is not an amount of money in a row: who, which option, when, how much, at what price."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any, Final

from kanchay.adapters.receipts.layout import Layout
from kanchay.adapters.receipts.text import TextLine, number, shown, to_date
from kanchay.domain.receipt import Confidence, FieldRead, mask

__all__ = ["Found", "Part", "read_fields"]

_DATES: Final = frozenset({"start", "end", "issued_on"})
_WORDS: Final = {"no residencial": "non_residential", "residencial": "residential"}
_PARTS: Final = 6  # prices of a receipt at most


@dataclass(frozen=True, slots=True)
class Part:
    """A part of the energy: kWh and price as printed; None where the paper leaves one to the reader."""

    kwh: Decimal | None
    price: Decimal | None
    line: TextLine


@dataclass(slots=True)
class Found:
    """What was found so far: values by field, where each was read, parts of the energy.

    `known` is true where the layout is one of ours: then even general words stand where we expect them.
    """

    known: bool = True
    values: dict[str, Any] = field(default_factory=dict)
    evidence: dict[str, FieldRead] = field(default_factory=dict)
    parts: list[Part] = field(default_factory=list)

    def put(self, name: str, value: Any, line: TextLine, text: str, by: str) -> None:
        """Keep the first value of a field."""
        if value is None or name in self.values:
            return
        self.values[name] = value
        sure = Confidence.LOW if by == "words" and not self.known else Confidence.MEDIUM
        sure = Confidence.HIGH if by == "ruc" else sure
        said = mask(text) if name == "supply" else shown(text)
        self.evidence[name] = FieldRead(name, sure, line.page, line.line, said, (by,))


def read_fields(lines: Sequence[TextLine], layout: Layout, words: Layout) -> Found:
    """Fields by the patterns of the layout, then by the usual words."""
    found = Found(layout is not words)
    for each in (layout, words) if layout is not words else (words,):
        by = "layout" if each is not words else "words"
        for pattern in each.fields:
            _apply(re.compile(pattern), lines, found, by)
    _system(lines, layout, found)
    return found


def _apply(pattern: re.Pattern[str], lines: Sequence[TextLine], found: Found, by: str) -> None:
    for line in lines:
        for hit in pattern.finditer(line.folded):
            told = {name: text for name, text in hit.groupdict().items() if text}
            _part(told, line, found)
            for name, text in told.items():
                if name not in ("q", "p"):
                    raw = line.raw[hit.start(name) : hit.end(name)]
                    said = raw if name == "supply" else hit[0] and line.raw[hit.start() : hit.end()]
                    found.put(name, _value(name, text, raw), line, said, by)


def _part(told: dict[str, str], line: TextLine, found: Found) -> None:
    """A price, with the kWh that it is for where the same words say so; the same part is told only once."""
    if "p" not in told:
        return
    part = Part(number(told.get("q") or told.get("kwh") or ""), number(told["p"]), line)
    known = [(p.kwh, p.price) for p in found.parts]
    priced = [p.price for p in found.parts]
    if (part.kwh, part.price) in known or (part.kwh is None and part.price in priced) or len(known) >= _PARTS:
        return
    found.parts.append(part)


def _value(name: str, text: str, raw: str) -> str | date | Decimal | None:
    """The value of a field from its words."""
    if name in _DATES:
        return to_date(text)
    if name == "supply":
        return mask(text)
    if name == "option":
        return _option(text)
    if name == "segment":
        return _WORDS[text]
    return " ".join(raw.split()).title() if name == "system" else number(text)


def _option(text: str) -> str:
    """``bt5b``, ``bt5-b`` and ``bt5br`` are BT5B; ``bt5c-ap`` is BT5C-AP."""
    bare = re.sub(r"[ -]", "", text).upper()
    if bare == "BT5CAP":
        return "BT5C-AP"
    return bare[:4] if bare.startswith("BT5") else bare


def _system(lines: Sequence[TextLine], layout: Layout, found: Found) -> None:
    """The electric system by its name, where the layout knows which there are."""
    for words, name in layout.systems:
        for line in lines:
            hit = re.search(words, line.folded)
            if hit and "system" not in found.values:
                found.put("system", name, line, line.raw[hit.start() : hit.end()], "layout")
