"""Reading untrusted JSON: exact numbers, bounded, and never a surprise."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any, Final

from kanchay.domain.errors import FileRefused

__all__ = ["exact", "grid", "load", "member", "members", "money", "seconds", "text", "told_day", "word"]

_MOST_BYTES: Final = 16 * 1024 * 1024  # the largest answer of these services is a tenth of it
_MOST_DIGITS: Final = 30
_MOST_PLACES: Final = 12  # before or behind the point
_MOST_WORDS: Final = 200


def load(data: bytes, name: str) -> Any:
    """A JSON document with its numbers exact; anything else is refused."""
    if len(data) > _MOST_BYTES:
        raise FileRefused(
            f"'{name}' is larger than {_MOST_BYTES // 1024**2} MB.",
            hint="Ask the service for one tariff, not for all.",
        )
    try:
        return json.loads(data, parse_float=Decimal, parse_constant=_refuse)
    except (ValueError, InvalidOperation, RecursionError) as error:
        raise FileRefused(
            f"'{name}' is not JSON: {str(error)[:_MOST_WORDS]}.",
            hint="Save the answer of the service as it came.",
            code="file.damaged",
        ) from error


def _refuse(constant: str) -> Any:
    raise ValueError(f"{constant} is not a number")


def member(node: Any, key: str) -> Any:
    """A member of a mapping; None of anything else."""
    return node.get(key) if isinstance(node, dict) else None


def members(node: Any) -> list[Any]:
    """The members of a list; none of anything else."""
    return node if isinstance(node, list) else []


def text(node: Any) -> str:
    """A short text; empty where there is none."""
    return node.strip()[:_MOST_WORDS] if isinstance(node, str) else ""


def word(node: Any) -> str:
    """A text as one word in small letters, such as a unit."""
    return text(node).lower()


def exact(node: Any) -> Decimal | None:
    """A number of a size that prices have; None of anything else. Numbers written as text count too."""
    if isinstance(node, bool) or not isinstance(node, int | Decimal | str):
        return None
    try:
        number = Decimal(node)
    except InvalidOperation:
        return None
    if not number.is_finite() or len(number.as_tuple().digits) > _MOST_DIGITS:
        return None
    return number if not number or abs(number.adjusted()) <= _MOST_PLACES else None


def money(number: Decimal) -> str:
    """A number as our files write it."""
    plain = f"{number:f}"
    return plain.rstrip("0").rstrip(".") if "." in plain else plain


def seconds(node: Any) -> int | None:
    """A UTC instant: seconds since 1970, or an ISO text with its offset. [s]"""
    if isinstance(node, str) and not node.isdigit():
        try:
            moment = datetime.fromisoformat(node)
            return None if moment.tzinfo is None else int(moment.timestamp())
        except (ValueError, OverflowError):
            return None
    number = exact(node)
    return None if number is None or not 0 <= number < 10**11 else int(number)


def told_day(node: Any) -> date | None:
    """A calendar day: an ISO or a Swiss text, or seconds since 1970."""
    words = text(node)[:10]
    try:
        return date.fromisoformat("-".join(reversed(words.split("."))))
    except ValueError:
        pass
    found = seconds(node)
    try:
        return None if found is None else datetime.fromtimestamp(found, UTC).date()
    except (ValueError, OverflowError, OSError):
        return None


def grid(node: Any, rows: int, columns: int) -> list[list[int]] | None:
    """A table of small whole numbers of exactly that shape; None where it is not."""
    table = [[_small(v) for v in members(row)] for row in members(node)]
    if len(table) != rows or any(len(row) != columns or None in row for row in table):
        return None
    return [[v for v in row if v is not None] for row in table]


def _small(node: Any) -> int | None:
    number = exact(node)
    return (
        int(number)
        if number is not None and number == number.to_integral_value() and 0 <= number < 100
        else None
    )
