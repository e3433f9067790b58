"""Find what is odd or wasted in a site, price it, and keep it: a finding seen again stays the same finding."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import replace

from kanchay.analysis.advice.costing import cost_of_extra
from kanchay.analysis.anomaly.detect import detect_load
from kanchay.analysis.anomaly.detection import Detection
from kanchay.domain.finding import Finding, FindingKind
from kanchay.domain.interval import DAY
from kanchay.domain.point import SiteKind
from kanchay.domain.scope import Permission, Scope
from kanchay.services.context import Context
from kanchay.services.findings.load import SiteLoad, site_load
from kanchay.services.findings.price import MonthPrice, month_price
from kanchay.services.money.carbon import carbon_of
from kanchay.services.operations.runs import fingerprint, new_run

__all__ = ["detect_site", "match_stored", "ranked"]

# Of one meter there is at most one of these at a time; events may be several.
_LASTING = (
    FindingKind.BASELOAD_CREEP,
    FindingKind.STANDBY,
    FindingKind.WATER_HEATER_STANDING,
    FindingKind.FRIDGE,
    FindingKind.AFTER_HOURS,
)
_SAME_EVENT = 1 * DAY  # events that begin within a day of each other are one


def detect_site(ctx: Context, scope: Scope, site_id: str, *, store: bool = True) -> list[Finding]:
    """Open findings of a site, most money times confidence first.

    With `store` they are kept with their run: a finding seen before keeps its id, `found_at` and status (a dismissed
    one stays dismissed and is not told again), and an open one that is gone is closed.

    Raises
    ------
    NotEnoughData
        Less than a week of readings.
    """
    scope.require(Permission.WRITE if store else Permission.READ, site_id)
    load = site_load(ctx, scope, site_id)
    price = month_price(ctx, scope, load.site)
    detections = detect_load(load.days, home=load.site.kind is SiteKind.HOME)
    findings = [_priced(ctx, load, price, d) for d in detections]
    with ctx.records.unit(scope) as uow:
        if store:
            run = new_run(
                ctx, load.site, "findings", as_of=ctx.clock(), input_fingerprint=fingerprint(load.panel),
                tariff_version=price.tariff_version,
            )  # fmt: skip
            uow.runs.put(run)  # written first: nobody dismisses a finding between the look and the write
        findings, gone = match_stored(findings, uow.findings.find(site_id=site_id))
        if store:
            findings = [replace(f, run_id=run.id) for f in findings]
            for row in (*findings, *gone):
                uow.findings.put(row)
    return ranked([f for f in findings if f.status == "open"])


def ranked(findings: Sequence[Finding]) -> list[Finding]:
    """Most money times confidence first; what has no price after what has one."""
    return sorted(findings, key=lambda f: -f.rank_score)


def _priced(ctx: Context, load: SiteLoad, price: MonthPrice, d: Detection) -> Finding:
    """A detection with its money, carbon and id."""
    money = None
    if price.price is not None:
        money = cost_of_extra(
            price.price,
            load.monthly_kwh,
            d.kwh_per_year,
            d.kwh_per_year_low,
            d.kwh_per_year_high,
            currency=price.currency,
        )
    co2 = carbon_of(ctx, load.site, d.kwh_per_year)
    return Finding(
        id=_new_id(load, d), kind=d.kind, site_id=load.site.id, point_id=load.point.id, start=d.start, end=d.end,
        found_at=ctx.clock(), ongoing=d.ongoing, confidence=d.confidence, kwh_per_year=d.kwh_per_year,
        kwh_per_year_low=d.kwh_per_year_low, kwh_per_year_high=d.kwh_per_year_high,
        co2_kg_per_year=None if co2 is None else float(co2), money=money,
        uncosted_because="" if money is not None else price.why_not, cause=d.cause, actions=d.actions,
        numbers=dict(d.numbers), evidence=d.evidence,
    )  # fmt: skip


def _new_id(load: SiteLoad, d: Detection) -> str:
    """The same on every machine for the same finding of the same data."""
    seed = f"{load.site.id}|{load.point.id}|{d.kind}|{d.start // DAY}"
    return f"finding-{hashlib.sha256(seed.encode()).hexdigest()[:20]}"


def match_stored(found: Sequence[Finding], known: Sequence[Finding]) -> tuple[list[Finding], list[Finding]]:
    """Findings with the ids of their earlier selves, and the open ones that are gone (closed now).

    A finding that was closed and is seen again is a new one, unless its id says that it is the same.
    """
    left = sorted((k for k in known if k.status in ("open", "dismissed")), key=lambda k: k.status != "open")
    matched: list[Finding] = []
    for new in found:
        same = next((k for k in left if _is_same(new, k)), None)
        if same is None:
            matched.append(new)
            continue
        left.remove(same)
        # What began before the days we look back on is remembered.
        start = min(new.start, same.start) if new.kind in _LASTING else new.start
        matched.append(replace(new, id=same.id, found_at=same.found_at, status=same.status, start=start))
    return matched, [replace(k, status="closed", ongoing=False) for k in left if k.status == "open"]


def _is_same(a: Finding, b: Finding) -> bool:
    if a.kind is not b.kind or a.point_id != b.point_id:
        return False
    if a.kind in _LASTING:
        # A creep that begins weeks after a dismissed one is news; other lasting findings stay dismissed.
        return (
            b.status == "open"
            or a.kind is not FindingKind.BASELOAD_CREEP
            or abs(a.start - b.start) <= 21 * DAY
        )
    return a.start < b.end + _SAME_EVENT and b.start < a.end + _SAME_EVENT
