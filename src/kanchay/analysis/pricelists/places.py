"""Places inside a version of a tariff document, named by a path such as ``energy/bands/30/tiers/rest/rate``."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from copy import deepcopy
from typing import Any, Final

__all__ = ["price_at", "price_places", "put_price", "with_fixed_in_bands", "with_reactive_rate"]

_PRICES: Final = ("fixed", "rate", "amount")
_NAMES: Final = ("id", "block", "up_to")


def price_at(version: Mapping[str, Any], path: str) -> str | None:
    """The price at a path of a version, None where there is none.

    Parameters
    ----------
    version : mapping
        One of a document's ``versions``.
    path : str
        First the charge's id, then keys; a member of a list is named by its ``id``, ``block`` or ``up_to``, and
        ``rest`` where it has none of them.

    Returns
    -------
    str or None

    Examples
    --------
    >>> version = {"charges": [{"id": "energy", "bands": [{"up_to": None, "fixed": "2.66"}]}]}
    >>> price_at(version, "energy/bands/rest/fixed")
    '2.66'
    """
    holder, key = _holder(version, path)
    value = holder.get(key) if isinstance(holder, Mapping) else None
    return str(value) if isinstance(value, str | int) else None


def put_price(version: dict[str, Any], path: str, price: str) -> None:
    """Write a price where `price_at` finds one.

    Parameters
    ----------
    version : dict
        Changed in place.
    path : str
    price : str

    Examples
    --------
    >>> version = {"charges": [{"id": "energy", "rate": "0.58"}]}
    >>> put_price(version, "energy/rate", "0.60")
    >>> version["charges"][0]["rate"]
    '0.60'
    """
    holder, key = _holder(version, path)
    holder[key] = price


def _holder(version: Mapping[str, Any], path: str) -> tuple[Any, str]:
    """The mapping that holds the last step, and that step."""
    *steps, key = path.split("/")
    place: Any = version.get("charges")
    for step in steps:
        place = _into(place, step)
    return place, key


def _into(place: Any, step: str) -> Any:
    if isinstance(place, Mapping):
        return place.get(step)
    if isinstance(place, list):
        return next((member for member in place if _name(member) == step), None)
    return None


def _name(member: Any) -> str:
    """What a member of a list is called in a path."""
    if not isinstance(member, Mapping):
        return ""
    named = next((member[name] for name in _NAMES if member.get(name) is not None), None)
    return "rest" if named is None else str(named)


def price_places(version: Mapping[str, Any]) -> Iterator[str]:
    """The path of every price that the version itself holds.

    Parameters
    ----------
    version : mapping

    Yields
    ------
    str

    Examples
    --------
    >>> list(price_places({"charges": [{"id": "energy", "rates": {"hp": "0.83", "hfp": "0.57"}}]}))
    ['energy/rates/hp', 'energy/rates/hfp']
    """
    for charge in version.get("charges") or []:
        yield from _under(charge, _name(charge))


def _under(part: Any, path: str) -> Iterator[str]:
    if isinstance(part, list):
        for member in part:
            yield from _under(member, f"{path}/{_name(member)}")
    elif isinstance(part, Mapping):
        for key, value in part.items():
            if key in _PRICES and isinstance(value, str | int):
                yield f"{path}/{key}"
            elif (
                key == "rates"
                and isinstance(value, Mapping)
                and not isinstance(next(iter(value.values()), {}), Mapping)
            ):
                yield from (f"{path}/{key}/{block}" for block in value)
            elif key not in ("name", "fixed_name", "source"):
                yield from _under(value, f"{path}/{key}")


def with_fixed_in_bands(version: Mapping[str, Any]) -> Mapping[str, Any]:
    """The version with a fixed charge in each band of its energy, and without the charge that stood in for it.

    Parameters
    ----------
    version : mapping
        Of an option of which we held no list with every fixed charge, as BT5F.

    Returns
    -------
    mapping
        The new places hold ``"0"``; a version that has them is returned as it is.

    Examples
    --------
    >>> energy = {"id": "energy", "bands": [{"up_to": None}]}
    >>> with_fixed_in_bands({"charges": [energy, {"id": "fixed", "name": {"en": "Fixed"}}]})["charges"]
    [{'id': 'energy', 'bands': [{'up_to': None, 'fixed': '0'}], 'fixed_id': 'fixed', 'fixed_name': {'en': 'Fixed'}}]
    """
    old = next((c for c in version["charges"] if c["id"] == "fixed"), None)
    if old is None:
        return version
    made = deepcopy(dict(version))
    made["charges"] = [c for c in made["charges"] if c["id"] != "fixed"]
    energy = next(c for c in made["charges"] if c["id"] == "energy")
    energy |= {"fixed_id": "fixed", "fixed_name": old.get("name", {})}
    for band in energy["bands"]:
        band.setdefault("fixed", "0")
    return made


def with_reactive_rate(version: Mapping[str, Any]) -> Mapping[str, Any]:
    """The version with a price of reactive energy where its amount was typed from a receipt.

    Parameters
    ----------
    version : mapping
        Of an option of which we held no list with that price, as MT4.

    Returns
    -------
    mapping
        The price is ``"0"``, above 30 % of the active energy as every list says.

    Examples
    --------
    >>> typed = {"id": "reactive", "kind": "fixed", "parameter": "energia_reactiva", "taxes": ["igv"]}
    >>> with_reactive_rate({"charges": [typed]})["charges"]
    [{'id': 'reactive', 'taxes': ['igv'], 'kind': 'reactive', 'above_share': '0.30', 'rate': '0'}]
    """
    made = deepcopy(dict(version))
    for charge in made["charges"]:
        if charge["id"] == "reactive" and charge.get("kind") == "fixed":
            del charge["kind"], charge["parameter"]
            charge |= {"kind": "reactive", "above_share": "0.30", "rate": "0"}
    return made
