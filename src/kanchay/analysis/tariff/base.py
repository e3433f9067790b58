"""What many tariffs of a country have in common, written once: a document names its bases and says only the rest."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from kanchay.analysis.tariff.document import Mistake, TariffInvalid

__all__ = ["with_bases"]


def with_bases(document: Mapping[str, Any], bases: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """The whole of a document that names ``base: [pe, pe.pluz]``: its bases by turn, then its own words on top.

    Mappings are joined key by key, lists whose members have an `id` member by member; of anything else the
    later one holds, and ``null`` takes a value away.

    Parameters
    ----------
    document : mapping
        As written in a file; without `base` it is whole already.
    bases : mapping of str to mapping
        Known bases by name.

    Returns
    -------
    dict
        Without the key `base`, for `kanchay.analysis.tariff.parse.parse_tariff`.

    Raises
    ------
    TariffInvalid
        A base that nobody has.

    Examples
    --------
    >>> bases = {"pe": {"country": "PE", "parameters": [{"id": "UIT", "unit": "S/"}]}}
    >>> own = {"id": "x", "base": ["pe"], "parameters": [{"id": "UIT", "default": "5500"}, {"id": "watts"}]}
    >>> with_bases(own, bases)["parameters"]
    [{'id': 'UIT', 'unit': 'S/', 'default': '5500'}, {'id': 'watts'}]
    """
    own = dict(document)
    named = own.pop("base", None) or []
    names = named if isinstance(named, list) else [named]
    unknown = [name for name in names if not isinstance(name, str) or name not in bases]
    if unknown:
        listed = ", ".join(sorted(bases))
        raise TariffInvalid(
            f"Tariff '{own.get('id', '')}'",
            [
                Mistake(
                    "base",
                    "there is no base '{name}'",
                    "there are: {known}",
                    (("name", str(name)), ("known", listed)),
                )
                for name in unknown
            ],
        )
    whole: dict[str, Any] = {}
    for part in (*(bases[name] for name in names), own):
        whole = _laid(whole, part)
    return whole


def _laid(below: Any, above: Any) -> Any:
    """`above` laid over `below`."""
    if isinstance(below, Mapping) and isinstance(above, Mapping):
        return {**below, **{key: _laid(below.get(key), value) for key, value in above.items()}}
    if _has_ids(below) and _has_ids(above):
        return list(_laid(_by_id(below), _by_id(above)).values())
    return above


def _has_ids(value: Any) -> bool:
    if not isinstance(value, list) or not all(isinstance(member, Mapping) for member in value):
        return False
    ids = [member.get("id") for member in value]
    return all(isinstance(i, str) for i in ids) and len(set(ids)) == len(
        ids
    )  # twice is for the reader to tell


def _by_id(members: list[Any]) -> dict[str, Any]:
    return {member["id"]: member for member in members}
