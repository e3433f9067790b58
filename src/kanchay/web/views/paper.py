"""Paper bills that were applied to a site, beside what we compute."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Final

from kanchay.services.money.receipt_kept import KeptReceipt, kept_receipts
from kanchay.web.gather import Gathered
from kanchay.web.shell import Reader

__all__ = ["PaperCard", "paper_cards"]

_MOST: Final = 3
_CENT: Final = Decimal("0.01")


@dataclass(frozen=True)
class PaperCard:
    """One paper bill: its total, ours for the same kWh, and what the meter counted in its days."""

    title: str
    days: str
    sums: str
    verdict: str
    tone: str
    metered: str
    made_up: bool


def paper_cards(known: Gathered, r: Reader, period: tuple[date, date] | None = None) -> tuple[PaperCard, ...]:
    """The newest receipts, or those of a period: more than half of their days lie in it."""
    kept = kept_receipts(known.ctx, known.scope, known.site.id)
    chosen: Sequence[KeptReceipt] = [x for x in kept if _lies_in(x, period)] if period else kept[:_MOST]
    return tuple(_card(x, known, r) for x in chosen)


def _lies_in(paper: KeptReceipt, period: tuple[date, date]) -> bool:
    shared = (min(paper.end, period[1]) - max(paper.start, period[0])).days
    return 2 * shared > (paper.end - paper.start).days


def _card(paper: KeptReceipt, known: Gathered, r: Reader) -> PaperCard:
    t, f = r.words, r.formats
    verdict, tone = _verdict(paper, r)
    total = f.money(paper.total, paper.currency)
    computed = "" if paper.computed is None else f.money(paper.computed, paper.currency)
    return PaperCard(
        title=t("bill.paper_title", month=f.month_and_year(paper.end - timedelta(days=1))),
        days=f"{f.day_short(paper.start)} – {f.day_short(paper.end)} · {f.energy(paper.kwh, 1)}",
        sums=t("bill.paper_sums", computed=computed, paper=total)
        if computed
        else t("bill.paper_alone", paper=total),
        verdict=verdict,
        tone=tone,
        metered=_metered(paper, known, r),
        made_up=paper.made_up,
    )


def _verdict(paper: KeptReceipt, r: Reader) -> tuple[str, str]:
    difference = paper.difference
    if difference is None:
        return "", ""
    if abs(difference) <= _CENT:
        return r.words("receipt.matches"), "good"
    return r.words("receipt.off", money=r.formats.money(abs(difference), paper.currency)), "warn"


def _metered(paper: KeptReceipt, known: Gathered, r: Reader) -> str:
    """What the site's own meter counted in the days of the paper."""
    from kanchay.services.money.receipt import metered_between

    counted = known.daily_answer(
        f"metered-{paper.start}-{paper.end}",
        known.today,
        lambda: metered_between(known.ctx, known.scope, known.site, paper.start, paper.end),
    )
    return "" if counted is None else r.words("bill.paper_metered", kwh=r.formats.energy(counted, 1))
