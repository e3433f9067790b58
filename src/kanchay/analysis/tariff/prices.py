"""One walk over the prices inside any kind of charge: to take a tax out of them, or to take the mean of two
lists."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import Field, fields, is_dataclass, replace
from decimal import Decimal
from typing import Any, TypeVar

__all__ = ["Unlike", "map_prices", "merge_prices"]

T = TypeVar("T")
_PRICE = ("rate", "amount")
_SKIPPED = ("label", "metered")


class Unlike(ValueError):
    """Two charges differ in more than their prices, so no mean of them exists."""


def map_prices(part: T, change: Callable[[str, Decimal], Decimal]) -> T:
    """The same charge with each of its prices changed.

    Parameters
    ----------
    part : dataclass
        A charge, or a part of one.
    change : callable
        From ``("rate" or "amount", price)`` to the new price.

    Returns
    -------
    dataclass
        Of the same kind.

    Examples
    --------
    >>> from kanchay.domain.charges import Tier
    >>> map_prices(Tier(None, rate=Decimal("0.59")), lambda role, price: price / 2).rate
    Decimal('0.295')
    """
    changed = {f.name: _mapped(f, getattr(part, f.name), change) for f in fields(part)}  # type: ignore[arg-type]
    return replace(part, **changed)  # type: ignore[type-var]


def _mapped(field: Field[Any], value: Any, change: Callable[[str, Decimal], Decimal]) -> Any:
    role = field.metadata.get("role", "")
    if role in _PRICE and value is not None:
        if isinstance(value, Mapping):
            return {key: change(role, price) for key, price in value.items()}
        return change(role, value)
    if is_dataclass(value):
        return map_prices(value, change)
    if isinstance(value, tuple) and value and is_dataclass(value[0]):
        return tuple(map_prices(item, change) for item in value)
    return value


def merge_prices(parts: Sequence[T], mean: Callable[[str, Sequence[Decimal]], Decimal]) -> T:
    """One charge out of several that differ in nothing but prices and words.

    Parameters
    ----------
    parts : sequence of dataclass
        The same charge in each list, oldest first. Words and sources are the last one's.
    mean : callable
        From ``("rate" or "amount", the prices)`` to one price.

    Returns
    -------
    dataclass

    Raises
    ------
    Unlike
        They differ in a limit, a tax, a rule or in which prices exist.

    Examples
    --------
    >>> from kanchay.domain.charges import Tier
    >>> lists = [Tier(None, rate=Decimal("0.50")), Tier(None, rate=Decimal("0.60"))]
    >>> merge_prices(lists, lambda role, prices: sum(prices) / len(prices)).rate
    Decimal('0.55')
    """
    last = parts[-1]
    if any(type(p) is not type(last) for p in parts):
        raise Unlike(f"{type(parts[0]).__name__} became {type(last).__name__}")
    merged = {f.name: _merged(f, [getattr(p, f.name) for p in parts], mean) for f in fields(last)}  # type: ignore[arg-type]
    return replace(last, **merged)  # type: ignore[type-var]


def _merged(field: Field[Any], values: list[Any], mean: Callable[[str, Sequence[Decimal]], Decimal]) -> Any:
    role, last = field.metadata.get("role", ""), values[-1]
    if role in _SKIPPED:
        return last
    if role in _PRICE:
        return _merged_price(field.name, role, values, mean)
    if is_dataclass(last) and all(is_dataclass(v) for v in values):
        return merge_prices(values, mean)
    if isinstance(last, tuple) and last and is_dataclass(last[0]):
        if len({len(v) for v in values}) > 1:
            raise Unlike(f"the number of {field.name} changed")
        return tuple(merge_prices(same, mean) for same in zip(*values, strict=True))
    if any(v != last for v in values):
        raise Unlike(f"{field.name} changed")
    return last


def _merged_price(
    name: str, role: str, values: list[Any], mean: Callable[[str, Sequence[Decimal]], Decimal]
) -> Any:
    if isinstance(values[-1], Mapping):
        if any(v.keys() != values[-1].keys() for v in values):
            raise Unlike(f"{name} changed")
        return {key: mean(role, [v[key] for v in values]) for key in values[-1]}
    known = [v for v in values if v is not None]
    if not known:
        return None
    if len(known) < len(values):
        raise Unlike(f"{name} is not in every list")
    return mean(role, known)
