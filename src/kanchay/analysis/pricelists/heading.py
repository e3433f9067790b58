"""What the head of a list says about all of it: whose it is, which system, since when, with or without IGV."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Final

from kanchay.analysis.pricelists.words import bare, unit_of
from kanchay.domain.errors import InputError
from kanchay.domain.pricelist import PrintedLine, PrintedList

__all__ = ["column_of", "day_of", "days_in", "igv_of", "n_columns", "provider_of", "sections"]

_MONTHS: Final = {
    name: number
    for number, names in enumerate(
        ("ene", "feb", "mar", "abr", "may", "jun", "jul", "ago", "set sep", "oct", "nov", "dic"), start=1
    )
    for name in names.split()
}
_DAY: Final = re.compile(
    r"(?<!\d)(\d{1,2})\s*(?:[/.-]|de\s|\s)\s*(\d{1,2}|[a-z]{3,10})\.?\s*(?:[/.-]|del?\s|\s)\s*(20\d\d)(?!\d)"
)
_SINCE: Final = re.compile(r"partir|vigen|pliego|tarifas? al")
_SYSTEM: Final = re.compile(r"^sistemas?(?:\s+electricos?)?\s*:?\s+(\S.{2,58})$")


def day_of(printed: PrintedList) -> date:
    """The first day on which the prices hold.

    Parameters
    ----------
    printed : PrintedList

    Returns
    -------
    date

    Raises
    ------
    InputError
        None is printed, or more than one.

    Examples
    --------
    >>> day_of(PrintedList("list.pdf", (PrintedLine("line 1", "PLIEGO TARIFARIO : 04 MAYO 2015 (1)"),)))
    datetime.date(2015, 5, 4)
    """
    if printed.day is not None:
        return printed.day
    spoken = [bare(" ".join((line.words, *line.numbers))) for line in printed.lines]
    near = [words for n, words in enumerate(spoken) if _SINCE.search(" ".join(spoken[max(n - 1, 0) : n + 1]))]
    found = {day for words in near if "publicacion :" not in words for day in days_in(words)}
    if len(found) == 1:
        return found.pop()
    seen = ", ".join(str(day) for day in sorted(found))
    what = f"speaks of {seen}" if found else "does not say since when its prices hold"
    raise InputError(
        f"{printed.name} {what}.",
        hint="Give the first day with --valid-from YYYY-MM-DD.",
        code="pricelist.day",
    )


def days_in(words: str) -> list[date]:
    """Every day that a text names, in figures or in Spanish.

    Parameters
    ----------
    words : str
        In bare words.

    Returns
    -------
    list of date

    Examples
    --------
    >>> days_in("vigencia : 04/set/2017, antes 4 de agosto de 2017")
    [datetime.date(2017, 9, 4), datetime.date(2017, 8, 4)]
    """
    days = []
    for day, month, year in _DAY.findall(words):
        number = int(month) if month.isdigit() else _MONTHS.get(month[:3], 0)
        try:
            days.append(date(int(year), number, int(day)))
        except ValueError:
            continue
    return days


def igv_of(printed: PrintedList) -> bool:
    """Whether the prices have IGV inside.

    Parameters
    ----------
    printed : PrintedList

    Returns
    -------
    bool

    Raises
    ------
    InputError
        The list does not say, or says both.

    Examples
    --------
    >>> igv_of(PrintedList("list.pdf", (PrintedLine("line 1", "PRECIOS (Incluye IGV)"),)))
    True
    """
    text = re.sub(r"i\.?\s?g\.?\s?v\.?", "igv", " ".join(bare(line.words) for line in printed.lines))
    without = bool(re.search(r"sin (?:el )?igv|no inclu\w+ (?:el )?igv|exclu\w+ (?:el )?igv|mas igv", text))
    inside = bool(re.search(r"(?<!no )inclu\w+ (?:el )?igv|con (?:el )?igv|igv inclu", text))
    if without != inside:
        return inside
    what = (
        "speaks of prices with and without IGV" if without else "does not say whether its prices include IGV"
    )
    raise InputError(
        f"{printed.name} {what}.", hint="Say which with --igv with or --igv without.", code="pricelist.igv"
    )


def provider_of(printed: PrintedList, names: Mapping[str, Sequence[str]]) -> str:
    """The distributor that the list names first; empty where it names none of those known.

    Parameters
    ----------
    printed : PrintedList
    names : mapping of str to sequence of str
        Words for each distributor by id.

    Returns
    -------
    str

    Examples
    --------
    >>> head = PrintedList("list.pdf", (PrintedLine("line 1", "EMPRESA LUZ DEL SUR S.A.A."),))
    >>> provider_of(head, {"luz_del_sur": ["Luz del Sur"]})
    'luz_del_sur'
    """
    text = " ".join(bare(line.words) for line in printed.lines)
    places = {
        provider: min((text.find(bare(name)) for name in words if bare(name) in text), default=-1)
        for provider, words in names.items()
    }
    found = {provider: place for provider, place in places.items() if place >= 0}
    return min(found, key=found.__getitem__) if found else ""


def sections(lines: Sequence[PrintedLine]) -> dict[str, list[PrintedLine]]:
    """Lines by the electric system whose heading they stand under, in bare words; the key of the head is empty.

    Parameters
    ----------
    lines : sequence of PrintedLine

    Returns
    -------
    dict of str to list of PrintedLine

    Examples
    --------
    >>> list(sections([PrintedLine("line 1", "Sistema Eléctrico: Lima Sur"), PrintedLine("line 2", "TARIFA MT2")]))
    ['lima sur']
    """
    found: dict[str, list[PrintedLine]] = {}
    name = ""
    for line in lines:
        heading = None if line.numbers else _SYSTEM.match(bare(line.words))
        name = heading[1].strip(" :-") if heading else name
        found.setdefault(name, []).append(line)
    return found


def column_of(lines: Sequence[PrintedLine], system: str) -> int | None:
    """Which price of a line is the system's, from 0; None where the page does not make it certain.

    Parameters
    ----------
    lines : sequence of PrintedLine
    system : str

    Returns
    -------
    int or None

    Examples
    --------
    >>> head = PrintedLine("line 1", "LIMA NORTE HUACHO", (), ("LIMA NORTE", "HUACHO"))
    >>> column_of([head, PrintedLine("line 2", "Cargo Fijo S/./mes", ("5.24", "5.05"))], "Huacho")
    1
    """
    most = n_columns(lines)
    if most <= 1:
        return 0
    for line in lines:
        names = [bare(gap) for gap in line.gaps]
        if bare(system) in names and len(names) - most in (
            0,
            1,
        ):  # one more: the title of the column of units
            return names.index(bare(system)) - (len(names) - most)
    return None


def n_columns(lines: Sequence[PrintedLine]) -> int:
    """How many prices a line of this list has: what most of its lines with a unit have.

    Parameters
    ----------
    lines : sequence of PrintedLine

    Returns
    -------
    int
        0 where no line has a price.

    Examples
    --------
    >>> n_columns([PrintedLine("line 1", "Cargo Fijo S/./mes", ("5.24", "5.05"))])
    2
    """
    counts = Counter(len(line.numbers) for line in lines if line.numbers and unit_of(bare(line.words))[1])
    return max(counts, key=lambda n: (counts[n], n), default=0)
