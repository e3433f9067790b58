"""Tariffs of other people's formats, each read by one module: one table says which.

A reader takes a JSON document and what the user answered, and gives tariff documents of ours, each with the list
of what it could not carry over. A new format is one module and one line here.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from kanchay.adapters.tariffs import octopus, swiss, swiss_prices, urdb
from kanchay.adapters.tariffs.draft import Answers, ForeignTariff, LeftOut
from kanchay.adapters.tariffs.values import load
from kanchay.analysis.tariff.parse import parse_tariff
from kanchay.domain.errors import FileRefused

__all__ = ["FORMATS", "Answers", "ForeignTariff", "LeftOut", "read_tariffs"]


@dataclass(frozen=True, slots=True)
class Format:
    """A format: how to know it, and how to read it."""

    looks_like: Callable[[Any], bool]
    read: Callable[[Any, Answers], list[ForeignTariff]]


FORMATS: Final = {
    "urdb": Format(urdb.looks_like, urdb.read),
    "octopus": Format(octopus.looks_like, octopus.read),
    "swiss": Format(swiss.looks_like, swiss.read),
    "swiss-prices": Format(swiss_prices.looks_like, swiss_prices.read),
}


def read_tariffs(
    data: bytes, name: str, *, form: str = "", answers: Answers | None = None
) -> list[ForeignTariff]:
    """Tariffs of a file, each checked as `kanchay tariff check` does.

    Parameters
    ----------
    data : bytes
        JSON.
    name : str
        Of the file, for messages.
    form : str, optional
        A key of `FORMATS`; without it the document tells.
    answers : Answers, optional
        What the file does not say.

    Returns
    -------
    list of ForeignTariff

    Raises
    ------
    FileRefused
        The file is damaged or of no known format.
    InputError
        Something has to be answered first.
    TariffInvalid
        What was made of it is no tariff: the file contradicts itself.
    """
    root = load(data, name)
    form = form or next((key for key, f in FORMATS.items() if f.looks_like(root)), "")
    if form not in FORMATS:
        raise FileRefused(
            f"'{name}' is of no format that we know.",
            hint=f"Known: {', '.join(FORMATS)}. Name one with --format.",
            code="file.format",
        )
    found = FORMATS[form].read(root, answers or Answers())
    for tariff in found:
        parse_tariff(tariff.document)
    return found
