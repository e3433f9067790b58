"""XML, safely: no document type, so no entities and nothing from outside; depth and what is held at a time are bounded.

A file is walked, not held: the elements a reader asks for are handed over one by one and forgotten.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import partial
from typing import Final, Protocol
from xml.parsers.expat import ExpatError, ParserCreate

from kanchay.adapters.files.refusal import refuse
from kanchay.services.progress import report

__all__ = ["DEEPEST", "Element", "Handler", "elements", "local", "walk"]

DEEPEST: Final = 64
_MOST: Final = 500_000  # elements held at a time
_CHUNK: Final = 64 * 1024


def local(tag: str) -> str:
    """A name without its namespace."""
    return tag.rpartition("}")[2]


@dataclass(slots=True)
class Element:
    """An element without its namespace: ``tag``, attributes, text and children."""

    tag: str
    attributes: dict[str, str] = field(default_factory=dict)
    children: list[Element] = field(default_factory=list)
    text: str = ""

    def all(self, *path: str) -> list[Element]:
        """Every element at the end of a path of tags."""
        found = [self]
        for tag in path:
            found = [c for e in found for c in e.children if c.tag == tag]
        return found

    def said(self, *path: str) -> str:
        """The text at the end of a path; "" where there is none."""
        return next((e.text.strip() for e in self.all(*path) if e.text.strip()), "")

    def number(self, *path: str) -> int | None:
        """The whole number at the end of a path; None where there is none."""
        text = self.said(*path)
        return int(text) if text.lstrip("+-").isdecimal() and len(text) < 20 else None


class Handler(Protocol):
    """What is told of each element as it begins, holds text and ends."""

    def start(self, tag: str, attributes: dict[str, str], /) -> None: ...
    def text(self, data: str, /) -> None: ...
    def end(self, tag: str, /) -> None: ...


class _Builder:
    """Callbacks of the parser: keeps the open elements and those that are done."""

    def __init__(self, name: str, wanted: frozenset[str]) -> None:
        self.name, self.wanted = name, wanted
        self.open: list[Element] = []
        self.done: list[Element] = []
        self.texts: list[list[str]] = []  # of each open element, joined when it ends
        self.held = 0

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        self.held += 1
        if len(self.open) >= DEEPEST or self.held > _MOST:
            raise refuse("unsafe", self.name)
        self.open.append(Element(local(tag), attributes))
        self.texts.append([])

    def text(self, data: str) -> None:
        if self.open and not data.isspace():
            self.texts[-1].append(data)

    def end(self, _: str) -> None:
        closed = self.open.pop()
        closed.text = "".join(self.texts.pop())
        if closed.tag in self.wanted:
            self.done.append(closed)
            self.held = 0
        elif self.open:
            self.open[-1].children.append(closed)


def elements(text: bytes, name: str, *wanted: str) -> Iterator[Element]:
    """Every element of one of the tags, in file order, without its namespace; raises `FileRefused`."""
    builder = _Builder(name, frozenset(wanted))
    for _ in walk(text, name, builder):
        yield from builder.done
        builder.done.clear()


def walk(text: bytes, name: str, handler: Handler) -> Iterator[None]:
    """Hand a text over to a handler piece by piece; raises `FileRefused` for a document type and for damage."""
    parser = ParserCreate(encoding="utf-8", namespace_separator="}")
    parser.buffer_text = True
    parser.StartDoctypeDeclHandler = parser.EntityDeclHandler = partial(_refuse_doctype, name)
    parser.StartElementHandler, parser.EndElementHandler = handler.start, handler.end
    parser.CharacterDataHandler = handler.text
    try:
        for at in range(0, len(text), _CHUNK):
            report("rows", at / len(text))
            parser.Parse(text[at : at + _CHUNK], at + _CHUNK >= len(text))
            yield
    except (ExpatError, ValueError) as error:
        raise refuse("truncated", name) from error


def _refuse_doctype(name: str, *_: object) -> None:
    raise refuse("unsafe", name)
