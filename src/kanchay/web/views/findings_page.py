"""The pages of findings, from what is known of the site."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from kanchay.domain.errors import NotFound
from kanchay.domain.finding import Finding, Recommendation
from kanchay.web.gather import Gathered
from kanchay.web.shell import Reader
from kanchay.web.views.findings import Advice, FindingView, advice_view, finding_view, stake, texts_for

__all__ = ["FindingsView", "finding_page", "findings_page"]

_MOST: Final = 20  # on one page; who has more open findings closes some first


@dataclass(frozen=True)
class FindingsView:
    head: str
    headline: str
    stake: str
    stake_range: str
    findings: tuple[FindingView, ...]
    advice: tuple[Advice, ...]
    answered: tuple[Advice, ...]
    closed: tuple[FindingView, ...]
    examined: bool


def _by_finding(known: Gathered) -> dict[str, Recommendation]:
    return {x.finding_id: x for x in reversed(known.recommendations) if x.finding_id}


def _view(known: Gathered, finding: Finding, r: Reader, *, chart: bool) -> FindingView:
    texts = texts_for(known, r)
    point = next((p for p in known.points if p.id == finding.point_id), None)
    return finding_view(finding, texts, point, _by_finding(known).get(finding.id), r, chart=chart)


def findings_page(known: Gathered, r: Reader) -> FindingsView:
    """Open findings by money, the advice that stands alone, and what was answered."""
    t = r.words
    texts = texts_for(known, r)
    opened = [x for x in known.findings if x.status == "open"][:_MOST]
    tied = {x.id for x in opened}
    advice = [advice_view(x, texts, r) for x in known.recommendations if x.finding_id not in tied]
    views = tuple(_view(known, x, r, chart=i == 0) for i, x in enumerate(opened))
    open_advice = tuple(a for a in advice if a.open)
    at_stake = stake(opened, r)
    return FindingsView(
        head=t.many("findings.head", len(opened)),
        headline=_headline(opened, views, known, r),
        stake=at_stake[0] if at_stake else "",
        stake_range=at_stake[1] if at_stake else "",
        findings=views,
        advice=open_advice,
        answered=tuple(a for a in advice if not a.open),
        closed=tuple(_view(known, x, r, chart=False) for x in known.findings if x.status != "open")[:5],
        examined=known.examined or bool(known.findings or known.recommendations),
    )


def _headline(opened: list[Finding], findings: tuple[FindingView, ...], known: Gathered, r: Reader) -> str:
    """The dearest finding, or the first thing to do where that is worth more."""
    texts = texts_for(known, r)
    proposed = [x for x in known.recommendations if x.state == "proposed"]
    dearest = float(opened[0].money.mean) if opened and opened[0].money else 0.0
    if proposed and (not opened or 12 * float(proposed[0].saving.mean) > dearest or findings[0].advice):
        title = advice_view(proposed[0], texts, r).title.rstrip(".")
        return r.words("findings.h1_start", title=title[:1].lower() + title[1:])
    if findings:
        return findings[0].title
    return r.words(
        "findings.h1_none"
        if known.examined or known.findings or known.recommendations
        else "findings.h1_unseen"
    )


def finding_page(known: Gathered, finding_id: str, r: Reader) -> FindingView:
    """One finding with its evidence."""
    for finding in known.findings:
        if finding.id == finding_id:
            return _view(known, finding, r, chart=True)
    raise NotFound(f"There is no finding '{finding_id}' at this site.")
