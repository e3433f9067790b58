"""From a factor document to dated emission factors, and the carbon of an energy."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from kanchay.analysis.tariff.document import Node, TariffInvalid
from kanchay.analysis.tariff.parse_source import read_source
from kanchay.analysis.tariff.rounding import round_to
from kanchay.domain.carbon import EmissionFactor, FactorSet

__all__ = ["carbon_kg", "factor_on", "parse_factors"]


def parse_factors(document: Mapping[str, Any]) -> tuple[FactorSet, ...]:
    """Read a factor document; the default set comes first.

    Parameters
    ----------
    document : mapping
        Of schema ``factors/1``, in kgCO2e/kWh.

    Returns
    -------
    tuple of FactorSet

    Raises
    ------
    TariffInvalid
        With the path and nature of each mistake.
    """
    root = Node(dict(document))
    root.known("schema", "country", "unit", "default", "gwp", "sets")
    if root["schema"].text() != "factors/1":
        root["schema"].wrong("must be 'factors/1'")
    if root["unit"].text() != "kgCO2e/kWh":
        root["unit"].wrong("must be 'kgCO2e/kWh'")
    default = root["default"].text()
    sets = [_set(n) for n in root["sets"].items()]
    if default not in [s.id for s in sets]:
        root["default"].wrong("'{value}' is not one of the sets", value=default)
    if root.problems:
        raise TariffInvalid(f"Factors of '{root['country'].text()}'", root.problems)
    return tuple(sorted(sets, key=lambda s: s.id != default))


def _set(node: Node) -> FactorSet:
    node.known("id", "name", "method", "excludes_losses", "factors")
    factors = tuple(sorted((_factor(n) for n in node["factors"].items()), key=lambda f: f.valid_from))
    if not factors:
        node["factors"].wrong("is empty")
    return FactorSet(
        node["id"].text(),
        node["method"].text(),
        factors,
        node["name"].words(),
        node["excludes_losses"].flag(True),
    )


def _factor(node: Node) -> EmissionFactor:
    node.known(
        "year", "value", "valid_from", "valid_to", "co2_t_per_mwh", "ch4_t_per_mwh", "n2o_t_per_mwh", "source"
    )
    return EmissionFactor(
        node["year"].whole(0),
        node["value"].exact(),
        node["valid_from"].day() or date.min,
        node["valid_to"].day(needed=False),
        read_source(node["source"]),
    )


def factor_on(factors: FactorSet, day: date) -> EmissionFactor | None:
    """The factor that holds on a day; None where the set does not reach.

    An open last factor (``valid_to`` None) also serves the years whose own figure is not out yet: its `year`
    tells.

    Parameters
    ----------
    factors : FactorSet
        Of one grid and method.
    day : date

    Returns
    -------
    EmissionFactor or None
    """
    return next(
        (f for f in factors.factors if f.valid_from <= day and (f.valid_to is None or day < f.valid_to)), None
    )


def carbon_kg(factor: EmissionFactor, kwh: Decimal) -> Decimal:
    """Carbon of an energy, to 10 grams.

    Parameters
    ----------
    factor : EmissionFactor
        Of the grid and year. [kgCO2e/kWh]
    kwh : Decimal
        Energy. [kWh]

    Returns
    -------
    Decimal
        [kgCO2e]

    Examples
    --------
    >>> from kanchay.domain.bill import Source
    >>> source = Source("", None, "", "", "")
    >>> carbon_kg(EmissionFactor(2024, Decimal("0.171"), date(2024, 1, 1), None, source), Decimal(140))
    Decimal('23.94')
    """
    return round_to(kwh * factor.kg_per_kwh, 2)
