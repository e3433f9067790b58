"""Reading a nested document and naming every mistake by its path, such as ``versions[0].charges[1].rate``."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import Any, TypeVar

from kanchay.domain.errors import InputError

__all__ = ["Node", "TariffInvalid"]

E = TypeVar("E", bound=StrEnum)


class TariffInvalid(InputError):
    """A tariff or factor document with mistakes; `problems` holds ``(path, what is wrong)`` for each."""

    default_code = "tariff.invalid"

    def __init__(self, name: str, problems: list[tuple[str, str]]) -> None:
        self.problems = tuple(problems)
        listed = "; ".join(f"{path}: {what}" for path, what in problems)
        super().__init__(f"{name} has {len(problems)} mistake(s). {listed}.", hint="Mend each and try again.")


class Node:
    """A value within a document, its path, and the list of problems shared by the whole document.

    Examples
    --------
    >>> node = Node({"rate": "0.58x"})
    >>> node["rate"].exact(), node.problems
    (Decimal('0'), [('rate', "'0.58x' is not a number")])
    """

    def __init__(self, value: Any, path: str = "", problems: list[tuple[str, str]] | None = None) -> None:
        self.value = value
        self.path = path
        self.problems = [] if problems is None else problems

    def __bool__(self) -> bool:
        return self.value is not None

    def wrong(self, what: str) -> None:
        """Note a mistake here."""
        self.problems.append((self.path or "document", what))

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
        if not isinstance(self.value, Mapping):
            self.wrong("must be a mapping")
            return
        for key in self.value:
            if key not in keys:
                self[str(key)].wrong(f"is not known here (known: {', '.join(keys)})")

    def _or(self, read: Callable[[Any], Any], needed: bool, default: Any) -> Any:
        if self.value is None:
            if needed:
                self.wrong("is missing")
            return default
        return read(self.value)

    def text(self, *, needed: bool = True, default: str = "") -> str:
        """A text."""
        return str(self._or(str, needed, default))

    def flag(self, default: bool) -> bool:
        """True or false."""
        if self.value is None:
            return default
        if not isinstance(self.value, bool):
            self.wrong("must be true or false")
        return bool(self.value)

    def whole(self, default: int) -> int:
        """A whole number from 0."""
        if self.value is None:
            return default
        if not isinstance(self.value, int) or isinstance(self.value, bool) or self.value < 0:
            self.wrong("must be a whole number from 0")
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
            self.wrong(f"must be a number in quotes, not {value!r}")
            return None
        try:
            number = Decimal(value)
        except InvalidOperation:
            number = Decimal("NaN")
        if not number.is_finite():
            self.wrong(f"'{value}' is not a number")
            return None
        return number

    def day(self, *, needed: bool = True) -> date | None:
        """A calendar day, ``2026-08-04``."""
        return self._or(self._day, needed, None)  # type: ignore[no-any-return]

    def _day(self, value: Any) -> date | None:
        if isinstance(value, date):
            return value
        try:
            return date.fromisoformat(str(value))
        except ValueError:
            self.wrong(f"'{value}' is not a day such as 2026-08-04")
            return None

    def choice(self, kind: type[E], default: E) -> E:
        """One word of a closed list."""
        if self.value is None:
            return default
        try:
            return kind(str(self.value))
        except ValueError:
            self.wrong(f"'{self.value}' is not one of {', '.join(kind)}")
            return default

    def words(self) -> dict[str, str]:
        """Words by language."""
        if self.value is None:
            return {}
        if not isinstance(self.value, Mapping):
            self.wrong("must map languages to words")
            return {}
        return {str(k): str(v) for k, v in self.value.items()}

    def names(self, *, default: tuple[str, ...] = ()) -> tuple[str, ...]:
        """A list of words."""
        return default if self.value is None else tuple(str(n.value) for n in self.items())
