"""The calendar of one country out of the package `holidays`, without its other 250.

Asked the usual way, the package imports every country it knows: half a second and 40 MiB on the way to each forecast.
"""

from __future__ import annotations

from datetime import date
from functools import lru_cache, partial
from importlib.machinery import PathFinder
from importlib.util import module_from_spec
from typing import Any

__all__ = ["holidays_of_year"]


@lru_cache(maxsize=1024)
def holidays_of_year(country: str, subdivision: str | None, year: int) -> frozenset[date]:
    """Public holidays of a country in one year.

    Parameters
    ----------
    country : str
        ISO 3166-1, for example ``"PE"``.
    subdivision : str or None
        ISO 3166-2 part after the dash. A country without regional holidays (Peru) lists no regions: one that is not
        listed has the national calendar.
    year : int

    Returns
    -------
    frozenset of date
        As `holidays.country_holidays` gives them, kept.

    Raises
    ------
    NotImplementedError
        The package knows no such country.

    Examples
    --------
    >>> date(2026, 7, 28) in holidays_of_year("PE", None, 2026)
    True
    """
    make = _calendar_of(country)
    try:
        return frozenset(make(subdiv=subdivision, years=year))
    except NotImplementedError:
        if subdivision is None:
            raise
        return holidays_of_year(country, None, year)


@lru_cache(maxsize=64)
def _calendar_of(country: str) -> Any:
    """What makes that country's holidays; the package's own door where this version of it is built otherwise."""
    import holidays

    return _one_module(country) or partial(holidays.country_holidays, country)


def _one_module(country: str) -> Any:
    """The class, from the country's file alone: importing it by name would run its package, which imports all."""
    import holidays
    from holidays import registry

    codes = getattr(registry, "COUNTRIES", {})
    named = [(module, names[0]) for module, names in codes.items() if country in names[1:]]
    folders = [f"{folder}/countries" for folder in holidays.__path__]
    for module, name in named:
        spec = PathFinder.find_spec(f"holidays.countries.{module}", folders)
        if spec is not None and spec.loader is not None:
            own = module_from_spec(spec)
            spec.loader.exec_module(own)
            return getattr(own, name, None)
    return None
