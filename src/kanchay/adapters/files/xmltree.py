"""XML of any nesting to the same records and lists as JSON: elements that repeat are lists, the rest is said of them.

Attributes and children without children of their own are plain values alike; the text of an element that also has
attributes stands under its own name. Namespaces are left out.
"""

from __future__ import annotations

import re
from typing import Any, Final

from kanchay.adapters.files.markup import DEEPEST, local, walk
from kanchay.adapters.files.refusal import refuse
from kanchay.adapters.files.unpacking import MB, refuse_larger

__all__ = ["looks_like_xml", "parse_xml"]

_XML: Final = re.compile(rb"\A\s*(?:<\?xml|<!--|<[A-Za-z][\w:.-]*[\s/>])")
_MOST_BYTES: Final = 64 * MB  # what it becomes in memory is several times as much
_MOST: Final = 4_000_000  # elements and attributes of a file

Record = dict[str, Any]


def looks_like_xml(text: bytes) -> bool:
    """Whether a text begins as XML does."""
    return _XML.match(text[:8192]) is not None


class _Records:
    """Callbacks of the parser: every open element as a record, and its text so far."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.open: list[Record] = [{}]
        self.texts: list[list[str]] = [[]]
        self.n = 0

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        self.n += 1 + len(attributes)
        if len(self.open) > DEEPEST or self.n > _MOST:
            raise refuse("unsafe", self.name)
        self.open.append({local(key): value for key, value in attributes.items()})
        self.texts.append([])

    def text(self, data: str) -> None:
        if not data.isspace():
            self.texts[-1].append(data)

    def end(self, tag: str) -> None:
        name, record, said = local(tag), self.open.pop(), "".join(self.texts.pop()).strip()
        if record and said:
            record.setdefault(name, said)
        _add(self.open[-1], name, record or said)


def _add(parent: Record, name: str, value: Record | str) -> None:
    """A value under a name; the second of that name makes a list."""
    before = parent.get(name)
    if before is None:
        parent[name] = value
    elif isinstance(before, list):
        before.append(value)
    else:
        parent[name] = [before, value]


def parse_xml(text: bytes, name: str) -> Record:
    """The records of an XML text; raises `FileRefused` for what is damaged, too large or not safe."""
    refuse_larger(len(text), name, _MOST_BYTES)
    records = _Records(name)
    for _ in walk(text, name, records):
        pass
    return records.open[0]
