"""A printed list as typed prices of one electric system; what the list leaves open is asked, never guessed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from kanchay.analysis.pricelists.heading import column_of, day_of, igv_of, n_columns, provider_of, sections
from kanchay.analysis.pricelists.rows import read_rows
from kanchay.analysis.pricelists.words import bare
from kanchay.domain.errors import InputError
from kanchay.domain.pricelist import ListRow, ListWish, PriceList, PrintedLine, PrintedList

__all__ = ["KnownSystems", "understand"]


@dataclass(frozen=True, slots=True)
class KnownSystems:
    """The distributors whose tariffs we hold.

    Attributes
    ----------
    names : mapping of str to sequence of str
        Words for each by id, such as ``{"pluz": ["Pluz", "Enel Distribución"]}``.
    systems : mapping of str to sequence of str
        The electric systems of each by id.
    """

    names: Mapping[str, Sequence[str]]
    systems: Mapping[str, Sequence[str]]


def understand(printed: PrintedList, wish: ListWish, known: KnownSystems) -> PriceList:
    """The prices of a list for one electric system.

    Parameters
    ----------
    printed : PrintedList
    wish : ListWish
        What the user says; it goes before what the list says.
    known : KnownSystems
        The tariffs that could be updated.

    Returns
    -------
    PriceList

    Raises
    ------
    InputError
        The list is not one of a known distributor, holds no price, or leaves open what the wish could say.

    Examples
    --------
    >>> lines = (PrintedLine("1", "LUZ DEL SUR, Sin IGV, vigente desde 04/09/2026"), PrintedLine("2", "Sistema Lima Sur"),
    ...          PrintedLine("3", "TARIFA MT4"), PrintedLine("4", "Cargo por Energía ctm. S/./kW.h", ("24.64",)))
    >>> known = KnownSystems({"luz_del_sur": ["Luz del Sur"]}, {"luz_del_sur": ["Lima Sur"]})
    >>> understand(PrintedList("list.pdf", lines), ListWish(), known).system
    'Lima Sur'
    """
    provider = wish.provider or provider_of(printed, known.names)
    if provider and provider not in known.systems:
        raise _unknown(f"We hold no tariff of '{provider}'", known)
    if not provider and not printed.publisher:
        raise _unknown(f"{printed.name} names no distributor whose tariffs we hold", known)
    system = wish.system or _system(printed, provider, known)
    provider = provider or _owner(printed, system, known)
    lines = _lines_of(printed, system)
    rows, contested = read_rows(lines, _column(printed, lines, system, wish))
    _needs_rows(printed, rows, contested)
    return PriceList(
        printed.name,
        printed.fingerprint,
        printed.publisher,
        provider,
        system,
        wish.valid_from or day_of(printed),
        igv_of(printed) if wish.with_igv is None else wish.with_igv,
        rows,
        contested,
    )


def _unknown(what: str, known: KnownSystems) -> InputError:
    return InputError(
        f"{what}.",
        hint=f"Name it with --provider: {', '.join(sorted(known.systems))}.",
        code="pricelist.provider",
    )


def _system(printed: PrintedList, provider: str, known: KnownSystems) -> str:
    """The one known system that the list speaks of."""
    held = sorted({s for p, systems in known.systems.items() if provider in ("", p) for s in systems})
    text = " ".join(bare(line.words) for line in printed.lines)
    spoken = [s for s in held if bare(s) == bare(printed.system)] or [s for s in held if bare(s) in text]
    if len(spoken) == 1:
        return spoken[0]
    what = f"speaks of {', '.join(spoken)}" if spoken else "names no electric system whose prices we hold"
    raise InputError(
        f"{printed.name} {what}.", hint=f"Name it with --system: {', '.join(held)}.", code="pricelist.system"
    )


def _owner(printed: PrintedList, system: str, known: KnownSystems) -> str:
    """The one distributor of a system: the regulator's page names none."""
    owners = sorted(p for p, systems in known.systems.items() if bare(system) in {bare(s) for s in systems})
    if len(owners) == 1:
        return owners[0]
    who = f"we hold of {', '.join(owners)}" if owners else "we hold no tariff of"
    raise _unknown(f"{printed.name} is of {system}, which {who}", known)


def _lines_of(printed: PrintedList, system: str) -> list[PrintedLine]:
    parts = sections(printed.lines)
    named = [name for name in parts if name]
    if not named:
        return parts[""] if parts else []
    if bare(system) in parts:
        return parts[bare(system)]
    if len(named) == 1:
        return list(printed.lines)
    raise InputError(
        f"{printed.name} holds the systems {', '.join(named)}, not '{system}'.",
        hint="Name one of them with --system.",
        code="pricelist.system",
    )


def _column(printed: PrintedList, lines: list[PrintedLine], system: str, wish: ListWish) -> int:
    column = column_of(lines, system) if wish.column is None else wish.column - 1
    most = n_columns(lines)
    if column is None or not 0 <= column < max(most, 1):
        raise InputError(
            f"{printed.name} has {most} columns of prices, and which is {system}'s is not certain.",
            hint="Say which with --column: 1 is the leftmost.",
            code="pricelist.column",
        )
    return column


def _needs_rows(printed: PrintedList, rows: tuple[ListRow, ...], contested: tuple[ListRow, ...]) -> None:
    if rows:
        return
    if contested:
        one, other = contested[:2]
        raise InputError(
            f"{printed.name} prints every price more than once with another value, such as {one.label} of {one.option}:"
            f" {one.printed} ({one.where}) and {other.printed} ({other.where}).",
            hint="If it holds several electric systems, name yours with --system or --column.",
            code="pricelist.twice",
        )
    raise InputError(
        f"{printed.name} holds no price that we recognise.",
        hint="It must be a distributor's price list (pliego tarifario) as PDF, or OSINERGMIN's page saved as HTML.",
        code="pricelist.empty",
    )
