"""YAML as data and nothing else, with the line of every value: what a person wrote is named where it stands.

Only what JSON can say is read, and money stays text: no floats, no dates, no tags, no merged keys. What other YAML
readers would turn into something else (``18:00`` into 1080, ``NO`` into false) is a mistake until it is in quotes.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import Any, Final

from kanchay.analysis.tariff.document import Mistake
from kanchay.services.ports.library import Place, Slip, Written

__all__ = ["loader_of", "read_written"]

_MOST_BYTES: Final = 1_000_000  # a tariff of ten years has some 30,000
_MOST_NODES: Final = 100_000  # counted with what aliases repeat
_MOST_DEPTH: Final = 40

_WORDS: Final = {"null": None, "~": None, "": None, "true": True, "false": False}
_INT: Final = re.compile(r"[-+]?(0|[1-9][0-9]*)")
_TAG: Final = "tag:yaml.org,2002:"
_BOOLEAN_ELSEWHERE: Final = re.compile(r"(?i:y|n|yes|no|on|off)|True|TRUE|False|FALSE")
_SEXAGESIMAL: Final = re.compile(r"[-+]?\d+(:[0-5]?\d)+(\.\d*)?")
_FRACTION: Final = re.compile(r"[-+]?(\d[\d_]*\.[\d_]*|\.\d[\d_]*|\d+(?=[eE]))([eE][-+]?\d+)?")
_OTHER_INT: Final = re.compile(r"[-+]?(0[0-7_]+|0x[\da-fA-F_]+|0o[0-7]+|0b[01_]+|[1-9]\d*_[\d_]*)")

_MANY: Final = "holds more than {most} values, aliases counted"
_DEEP: Final = "is nested deeper than {most} levels"
_CURES: Final = (
    ("mapping values are not allowed", "Put a text that holds ': ' in quotes, and check the indentation above."),
    ("expected ':'", "Write KEY: VALUE, and end a text in quotes on its line."),
    ("expected key", "Give the lines of one list or mapping the same indentation."),
    ("expected '-' indicator", "Give the lines of one list or mapping the same indentation."),
    ("expected ','", "Put a comma between entries, and close each bracket."),
    ("unexpected end of stream", "Close what was opened: a quote or a bracket."),
    ("control characters", "Remove the character that cannot be seen."),
    ("undefined alias", "Write the value itself."),
    ("another document", "Keep one tariff a file: remove the second '---'."),
    ("cannot start any token", "Put the text in quotes."),
)  # fmt: skip


@cache
def loader_of(name: str) -> Any:
    """PyYAML's loader of that name, narrowed to null, true, false, whole numbers and texts."""
    import yaml

    base = getattr(yaml, name, yaml.SafeLoader)
    kinds = {"null": r"~|null|", "bool": r"true|false", "int": _INT.pattern}
    firsts = {"null": ["~", "n", ""], "bool": ["t", "f"], "int": list("-+0123456789")}
    narrowed: Any = type("PlainData", (base,), {"yaml_implicit_resolvers": {}})
    for kind, pattern in kinds.items():
        narrowed.add_implicit_resolver(_TAG + kind, re.compile(rf"(?:{pattern})\Z"), firsts[kind])
    return narrowed


def read_written(raw: bytes | str) -> Written:
    """The document that somebody wrote, where each of its values stands, and what is wrong with it as YAML.

    Examples
    --------
    >>> written = read_written('rounding:\\n  total_step: 0.10\\n')
    >>> written.document, written.places["rounding.total_step"].line, written.slips[0].cure
    ({'rounding': {'total_step': '0.10'}}, 2, 'Write "0.10".')
    """
    text, slip = _decoded(raw)
    if slip is not None:
        return Written(None, {}, (slip,))
    reader = _Reader()
    document = reader.document(text)
    return Written(document, reader.places, tuple(reader.slips))


def _decoded(raw: bytes | str) -> tuple[str, Slip | None]:
    if len(raw) > _MOST_BYTES:
        return "", _slip(
            Place(1, 1),
            "is larger than {most} bytes",
            "Split it: one option of one provider a file.",
            most=f"{_MOST_BYTES:,}",
        )
    if isinstance(raw, str):
        return raw.removeprefix("\ufeff"), None
    try:
        return raw.decode("utf-8-sig"), None
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        return "", _slip(Place(line, 1), "is not UTF-8 text", "Save the file as UTF-8.")


def _slip(place: Place, said: str, mend: str, path: str = "", **places: object) -> Slip:
    filled = tuple((name, str(value)) for name, value in places.items())
    return Slip(place, Mistake(path or "document", said, mend, filled))


class _TooMuch(Exception):
    """Nested too deep or repeated too often."""


class _Reader:
    """Builds plain data from composed nodes; keeps places and slips on the way."""

    def __init__(self) -> None:
        self.places: dict[str, Place] = {}
        self.slips: list[Slip] = []
        self._count = 0

    def document(self, text: str) -> Any:
        import yaml

        try:
            _refuse_depth(text)
            root = yaml.compose(text, Loader=loader_of("CSafeLoader"))
            return None if root is None else self._value(root, "", 0)
        except yaml.YAMLError as error:
            self.slips.append(_slip_of(error, text))
        except (_TooMuch, RecursionError) as error:
            said, most = error.args if isinstance(error, _TooMuch) else (_DEEP, _MOST_DEPTH)
            mend = "Write the values out, without aliases (*)."
            self.slips.append(_slip(Place(1, 1), said, mend, most=f"{most:,}"))
        return None

    def _value(self, node: Any, path: str, depth: int) -> Any:
        self._count += 1
        if self._count > _MOST_NODES:
            raise _TooMuch(_MANY, _MOST_NODES)
        if depth > _MOST_DEPTH:
            raise _TooMuch(_DEEP, _MOST_DEPTH)
        if node.id == "mapping":
            return self._mapping(node, path, depth)
        if node.id == "sequence":
            return [self._item(n, f"{path}[{i}]", depth) for i, n in enumerate(node.value)]
        return self._scalar(node, path)

    def _item(self, node: Any, path: str, depth: int) -> Any:
        self.places.setdefault(path, _place(node))
        return self._value(node, path, depth + 1)

    def _mapping(self, node: Any, path: str, depth: int) -> dict[str, Any]:
        if node.tag != _TAG + "map":
            self._wrong(node, path, "has the tag {tag}", "Remove it: a tariff is plain data.", tag=node.tag)
        found: dict[str, Any] = {}
        for key_node, value_node in node.value:
            if key_node.id != "scalar":
                self._wrong(key_node, path, "has a key that is no word", "Write KEY: VALUE.")
                continue
            key = key_node.value
            inner = f"{path}.{key}" if path else key
            if key in found:
                first = self.places[inner].line
                self._wrong(
                    key_node,
                    inner,
                    "is written twice (first in line {line})",
                    "Keep one of them.",
                    line=first,
                )
                continue
            self.places[inner] = _place(key_node)
            found[key] = self._value(value_node, inner, depth + 1)
        return found

    def _scalar(self, node: Any, path: str) -> Any:
        if node.tag not in (_TAG + kind for kind in ("str", "int", "bool", "null")):
            self._wrong(node, path, "has the tag {tag}", "Remove it: a tariff is plain data.", tag=node.tag)
        if node.style:
            return node.value
        if node.value in _WORDS:
            return _WORDS[node.value]
        if node.tag == _TAG + "int":
            return int(node.value[:20])
        elsewhere = _elsewhere(node.value)
        if elsewhere:
            number = f"{_sexagesimal(node.value):g}"
            self._wrong(node, path, elsewhere, 'Write "{value}".', value=node.value, number=number)
        return node.value

    def _wrong(self, node: Any, path: str, said: str, mend: str, **places: object) -> None:
        self.slips.append(_slip(_place(node), said, mend, path, **places))


def _place(node: Any) -> Place:
    return Place(node.start_mark.line + 1, node.start_mark.column + 1)


def _elsewhere(text: str) -> str:
    """What another YAML reader makes of a text without quotes; empty where it is the same text."""
    if _SEXAGESIMAL.fullmatch(text):
        return "{value} without quotes is the number {number} to YAML"
    if _FRACTION.fullmatch(text):
        return "{value} without quotes is a rounded binary number to YAML"
    if _OTHER_INT.fullmatch(text):
        return "{value} without quotes is another number to YAML"
    if _BOOLEAN_ELSEWHERE.fullmatch(text):
        return "{value} without quotes is true or false to YAML"
    return ""


def _sexagesimal(text: str) -> float:
    """``18:00`` as YAML 1.1 counts it; 0 for anything else."""
    if not _SEXAGESIMAL.fullmatch(text):
        return 0.0
    parts = [float(part) for part in text.lstrip("+-").split(":")]
    return sum(part * 60.0**i for i, part in enumerate(reversed(parts)))


def _refuse_depth(text: str) -> None:
    """Deep nesting ends the process in PyYAML's recursion on some systems: refused before."""
    import yaml

    depth = 0
    for event in _events(text):
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
        if depth > _MOST_DEPTH:
            raise _TooMuch(_DEEP, _MOST_DEPTH)


def _events(text: str) -> Iterator[Any]:
    import yaml

    return iter(yaml.parse(text, Loader=loader_of("CSafeLoader")))


def _slip_of(error: Any, text: str) -> Slip:
    mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    told = str(getattr(error, "problem", None) or getattr(error, "reason", None) or error)
    told = ": ".join(part for part in (getattr(error, "context", None) or "", told) if part)
    place = Place(mark.line + 1, mark.column + 1) if mark is not None else Place(1, 1)
    lines = text.splitlines()
    line = lines[place.line - 1] if place.line <= len(lines) else ""
    if "\t" in line[: len(line) - len(line.lstrip())]:
        return _slip(
            place, "is not YAML: the line begins with a tab", "Indent with spaces, never with a tab."
        )
    cure = next((cure for part, cure in _CURES if part in told), "Look at that line and the one above it.")
    return _slip(place, "is not YAML: {told}", cure, told=told)
