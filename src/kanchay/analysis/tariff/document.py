"""Reading a nested document and naming every mistake by its path, such as ``versions[0].charges[1].rate``."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from difflib import get_close_matches
from enum import StrEnum
from typing import Any, Final, TypeVar

from kanchay.domain.errors import InputError

__all__ = ["Mistake", "Node", "TariffInvalid"]

E = TypeVar("E", bound=StrEnum)
_NUMBER: Final = re.compile(r"[-+]?[0-9]{1,15}(\.[0-9]{1,15})?")  # as in tariff-1.schema.json
_DAY: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


@dataclass(frozen=True, slots=True)
class Mistake:
    """One thing that is wrong in a document: English texts with places, so that others may say it in their language.

    Attributes
    ----------
    path : str
        Where, such as ``versions[0].charges[1].rate``.
    said : str
        What is wrong, with places such as ``{name}``.
    mend : str
        How to mend it, where that does not follow from what is wrong.
    places : tuple of (str, str)
        What fills them.

    Examples
    --------
    >>> Mistake("taxes[0].rate", "'{value}' is not a number", places=(("value", "0,18"),)).what
    "'0,18' is not a number"
    """

    path: str
    said: str
    mend: str = ""
    places: tuple[tuple[str, str], ...] = ()

    @property
    def what(self) -> str:
        """What is wrong, in English."""
        return self.said.format(**dict(self.places))

    @property
    def cure(self) -> str:
        """How to mend it, in English."""
        return self.mend.format(**dict(self.places))


class TariffInvalid(InputError):
    """A tariff or factor document with mistakes.

    `mistakes` holds each once, in the order found; `problems` only ``(path, what is wrong)``.
    """

    default_code = "tariff.invalid"

    def __init__(self, name: str, mistakes: Iterable[Mistake]) -> None:
        self.mistakes = tuple(dict.fromkeys(mistakes))
        self.problems = tuple((m.path, m.what) for m in self.mistakes)
        listed = "; ".join(f"{m.path}: {m.what}{f' ({m.cure})' if m.cure else ''}" for m in self.mistakes)
        super().__init__(
            f"{name} has {len(self.mistakes)} mistake(s). {listed}.", hint="Mend each and try again."
        )


def _near(word: str, words: Sequence[str]) -> str:
    """The known word that a mistyped one is most like; empty where none is."""
    return next(iter(get_close_matches(word, words, 1)), "")


class Node:
    """A value within a document, its path, and the list of mistakes shared by the whole document.

    Examples
    --------
    >>> node = Node({"rate": "0.58x"})
    >>> node["rate"].exact(), node.problems[0].what
    (Decimal('0'), "'0.58x' is not a number")
    """

    def __init__(self, value: Any, path: str = "", problems: list[Mistake] | None = None) -> None:
        self.value = value
        self.path = path
        self.problems: list[Mistake] = [] if problems is None else problems

    def __bool__(self) -> bool:
        return self.value is not None

    def wrong(self, said: str, mend: str = "", **places: object) -> None:
        """Note a mistake here, with its cure where that does not follow; both with their places, as `Mistake`."""
        filled = tuple((name, str(value)) for name, value in places.items())
        self.problems.append(Mistake(self.path or "document", said, mend, filled))

    def __getitem__(self, key: str) -> Node:
        value = self.value.get(key) if isinstance(self.value, Mapping) else None
        return Node(value, f"{self.path}.{key}" if self.path else key, self.problems)

    def items(self) -> Iterator[Node]:
        """Members of a list; anything else is a mistake, nothing at all is empty."""
        if self.value is None:
            return
        if not isinstance(self.value, list):
            self.wrong("must be a list")
            return
        for index, value in enumerate(self.value):
            yield Node(value, f"{self.path}[{index}]", self.problems)

    @property
    def key(self) -> str:
        """The last part of the path."""
        return self.path.rpartition(".")[2]

    def members(self) -> Iterator[Node]:
        """Members of a mapping, each with its key; anything else is a mistake, nothing at all is empty."""
        if self.value is None:
            return
        if not isinstance(self.value, Mapping):
            self.wrong("must be a mapping")
            return
        for name in self.value:
            yield self[str(name)]

    def known(self, *keys: str) -> None:
        """Note keys that nobody reads: most are typing mistakes."""
        if self.value is None:
            self.wrong("is missing")
            return
        if not isinstance(self.value, Mapping):
            self.wrong("must be a mapping")
            return
        for key in self.value:
            if key not in keys:
                near, known = _near(str(key), keys), ", ".join(keys)
                mend = "did you mean '{near}'? known: {known}" if near else "known: {known}"
                self[str(key)].wrong("is not known here", mend, near=near, known=known)

    def _or(self, read: Callable[[Any], Any], needed: bool, default: Any) -> Any:
        if self.value is None:
            if needed:
                self.wrong("is missing")
            return default
        return read(self.value)

    def text(self, *, needed: bool = True, default: str = "") -> str:
        """A text; a number must be in quotes, for ``010`` is not what YAML reads."""
        return str(self._or(self._text, needed, default))

    def _text(self, value: Any) -> str:
        if isinstance(value, date):
            return value.isoformat()
        if not isinstance(value, str):
            self.wrong("must be a text", "write it in quotes" if isinstance(value, int | float) else "")
            return ""
        return value

    def flag(self, default: bool) -> bool:
        """True or false."""
        if self.value is None:
            return default
        if not isinstance(self.value, bool):
            self.wrong("must be true or false", "without quotes")
        return bool(self.value)

    def whole(self, default: int) -> int:
        """A whole number from 0."""
        if self.value is None:
            return default
        if not isinstance(self.value, int) or isinstance(self.value, bool) or self.value < 0:
            self.wrong("must be a whole number from 0", "without quotes")
            return default
        return self.value

    def number(self, *, needed: bool = True) -> Decimal | None:
        """An exact number: a quoted text or a whole number, never a binary float."""
        return self._or(self._decimal, needed, None)  # type: ignore[no-any-return]

    def exact(self) -> Decimal:
        """A number that must be there; 0 after a mistake, which is noted."""
        number = self.number()
        return Decimal(0) if number is None else number

    def _decimal(self, value: Any) -> Decimal | None:
        if isinstance(value, bool) or not isinstance(value, (str, int)):
            mend = 'write "{value}"' if isinstance(value, float) else ""
            self.wrong("must be a number in quotes, not {value}", mend, value=value)
            return None
        if not _NUMBER.fullmatch(str(value)):
            self.wrong("'{value}' is not a number", 'write it as "0.5826": digits and one point', value=value)
            return None
        return Decimal(value)

    def day(self, *, needed: bool = True) -> date | None:
        """A calendar day, ``2026-08-04``."""
        return self._or(self._day, needed, None)  # type: ignore[no-any-return]

    def _day(self, value: Any) -> date | None:
        if isinstance(value, date):
            return value
        try:
            if _DAY.fullmatch(str(value)):
                return date.fromisoformat(str(value))
        except ValueError:
            pass
        self.wrong("'{value}' is not a day such as 2026-08-04", value=value)
        return None

    def choice(self, kind: type[E], default: E) -> E:
        """One word of a closed list."""
        if self.value is None:
            return default
        return kind(self.value) if self.one_of(list(kind)) else default

    def one_of(self, words: Sequence[str]) -> bool:
        """Whether the value is one of these words; a mistake where it is not."""
        if isinstance(self.value, str) and self.value in words:
            return True
        near = _near(str(self.value), words)
        mend = "did you mean '{near}'?" if near else ""
        self.wrong(
            "'{value}' is not one of {words}", mend, value=self.value, words=", ".join(words), near=near
        )
        return False

    def words(self) -> dict[str, str]:
        """Words by language."""
        if self.value is None:
            return {}
        if not isinstance(self.value, Mapping):
            self.wrong("must map languages to words", 'write {{es: "Energía", en: "Energy"}}')
            return {}
        return {n.key: n.text() for n in self.members()}

    def names(self, *, default: tuple[str, ...] = ()) -> tuple[str, ...]:
        """A list of words."""
        return default if self.value is None else tuple(n.text() for n in self.items())
