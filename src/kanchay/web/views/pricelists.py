"""A published list as a page shows it before it is stored: each price beside ours, what is odd, what is left out."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from kanchay.domain.pricelist import PriceChange, PriceList, Proposal
from kanchay.services.money.pricelist import open_flags
from kanchay.web.shell import Reader
from kanchay.web.views.bill import tariff_title

__all__ = ["ListPage", "PriceRow", "TariffPart", "list_page"]

_FAR: Final = Decimal(10)  # percent


@dataclass(frozen=True)
class PriceRow:
    """One price: what for, where it holds, before, now, and the change."""

    label: str
    where: str
    held: str
    listed: str
    percent: str
    far: bool
    read_at: str


@dataclass(frozen=True)
class TariffPart:
    """One tariff that the list would change."""

    title: str
    sentence: str
    rows: tuple[PriceRow, ...]
    flags: tuple[str, ...]


@dataclass(frozen=True)
class ListPage:
    """The page."""

    headline: str
    sentence: str
    parts: tuple[TariffPart, ...]
    left: tuple[tuple[str, str], ...]
    flags: tuple[tuple[str, str], ...]  # code, and the question that accepts it
    n: int


def list_page(
    offered: PriceList, proposals: Sequence[Proposal], documents: Mapping[str, dict[str, Any]], r: Reader
) -> ListPage:
    """What the list would change."""
    t = r.words
    ready = sorted((p for p in proposals if not p.refused), key=_calm)
    igv = t("pricelist.with_igv" if offered.with_igv else "pricelist.without_igv")
    day = r.formats.day_year(offered.valid_from)
    return ListPage(
        t.many("pricelist.h1", len(ready), system=offered.system) if ready else t("pricelist.h1_none"),
        t("pricelist.told", day=day, igv=igv, n=len(offered.rows)),
        tuple(_part(p, documents, r) for p in ready),
        tuple((_title(p, documents, r), t(f"pricelist.why.{p.why}")) for p in proposals if p.refused),
        tuple((code, t(f"pricelist.flag.{code}")) for code in open_flags(proposals)),
        len(ready),
    )


def _calm(proposal: Proposal) -> tuple[bool, Decimal]:
    """What is odd comes first, then what changes most."""
    return not proposal.flags, -max(
        (abs(c.percent or Decimal(0)) for c in proposal.changes), default=Decimal(0)
    )


def _title(proposal: Proposal, documents: Mapping[str, dict[str, Any]], r: Reader) -> str:
    return tariff_title(documents.get(proposal.tariff_id), r.language) or proposal.tariff_id


def _part(proposal: Proposal, documents: Mapping[str, dict[str, Any]], r: Reader) -> TariffPart:
    t, f = r.words, r.formats
    before = f.day_year(proposal.replaces) if proposal.replaces else ""
    codes = list(dict.fromkeys(flag.code for flag in proposal.flags))
    limits = {band for change in proposal.changes if (band := _band_of(change.path)).isdecimal()}
    return TariffPart(
        _title(proposal, documents, r),
        t("pricelist.replaces", day=before) if before else "",
        tuple(_row(change, limits, r) for change in proposal.changes),
        tuple(t(f"pricelist.flag.{code}") for code in codes),
    )


def _row(change: PriceChange, limits: Collection[str], r: Reader) -> PriceRow:
    places = max(-int(change.new.as_tuple().exponent), 2)
    percent = change.percent
    return PriceRow(
        change.label,
        _band(change.path, limits, r),
        r.formats.number(change.old, places) if change.old else "–",
        r.formats.number(change.new, places),
        "" if percent is None else r.formats.signed(percent, 1),
        percent is not None and abs(percent) > _FAR,
        _place(change.where, r),
    )


def _band_of(path: str) -> str:
    """``140`` of ``energy/bands/140/fixed``, empty where a price is of no band."""
    return path.partition("/bands/")[2].partition("/")[0]


def _band(path: str, limits: Collection[str], r: Reader) -> str:
    """``hasta 140 kWh``; the band without a limit begins where the last other one ends."""
    band = _band_of(path)
    if not band or not limits:
        return ""
    last = max(limits, key=int)
    return r.words("pricelist.band_over", kwh=last) if band == "rest" else r.words("pricelist.band", kwh=band)


def _place(where: str, r: Reader) -> str:
    """``page 1, line 24`` in the reader's language."""
    return " ".join(
        r.words(f"pricelist.at.{word}") if word in ("page", "line", "row") else word for word in where.split()
    )
