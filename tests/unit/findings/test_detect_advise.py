"""Findings and advice of whole simulated homes, through the use cases."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from kanchay.domain.errors import AccessDenied, Conflict, NotEnoughData
from kanchay.domain.finding import FindingKind, RecommendationState
from kanchay.domain.interval import DAY
from kanchay.domain.scope import Actor, Purpose, Role
from kanchay.services.findings.advise import advise_site, match_recommendations
from kanchay.services.findings.answer import answer_recommendation, dismiss_finding, reopen_finding
from kanchay.services.findings.detect import detect_site, match_stored
from kanchay.services.findings.price import month_price
from kanchay.services.people.policy import scope_for
from kanchay.simulate.home import clean_home, simulate_home

from .helpers import BT5B, product


@pytest.fixture(scope="module")
def wasteful():
    return simulate_home(seed=117, start="2026-06-01", days=75, faults=["baseload_creep"])


def test_a_clean_home_gets_nothing():
    ctx, scope, site = product(clean_home(seed=109, start="2026-06-01", days=90), tariff_id=BT5B)
    assert detect_site(ctx, scope, site.id) == []
    assert advise_site(ctx, scope, site.id) == []


def test_findings_have_money_carbon_run_and_evidence(wasteful):
    ctx, scope, site = product(wasteful, tariff_id=BT5B)
    found = detect_site(ctx, scope, site.id)
    kinds = {f.kind for f in found}
    assert {FindingKind.BASELOAD_CREEP, FindingKind.WATER_HEATER_STANDING} <= kinds
    for f in found:
        assert f.money.low <= f.money.mean <= f.money.high
        assert f.money.currency == "PEN"
        # S/ 0.7386 to 0.7556 a kWh in the list of August 2026, and more where the line of 140 is crossed
        assert float(f.money.mean) > 0.7 * f.kwh_per_year
        assert f.co2_kg_per_year > 0
        assert f.evidence is not None
        assert f.run_id
    assert [f.rank_score for f in found] == sorted((f.rank_score for f in found), reverse=True)
    with ctx.records.unit(scope) as uow:
        assert {uow.runs.get(f.run_id).kind for f in found} == {"findings"}


def test_looking_again_updates_and_never_doubles(wasteful):
    ctx, scope, site = product(wasteful, tariff_id=BT5B)
    first = detect_site(ctx, scope, site.id)
    later = replace(ctx, clock=lambda: wasteful.end - 5 * DAY)  # five days earlier: other ends, other numbers
    again = detect_site(later, scope, site.id)
    assert {f.kind: f.id for f in again} == {f.kind: f.id for f in first}
    with ctx.records.unit(scope) as uow:
        assert len(uow.findings.find(site_id=site.id)) == len(first)


def test_store_false_writes_nothing(wasteful):
    ctx, scope, site = product(wasteful, tariff_id=BT5B)
    assert detect_site(ctx, scope, site.id, store=False)
    assert advise_site(ctx, scope, site.id, store=False)
    with ctx.records.unit(scope) as uow:
        assert uow.findings.find(site_id=site.id) == []
        assert uow.recommendations.find(site_id=site.id) == []


def test_gone_is_closed_and_dismissed_stays_silent(wasteful):
    ctx, scope, site = product(wasteful, tariff_id=BT5B)
    first = detect_site(ctx, scope, site.id)
    creep = next(f for f in first if f.kind is FindingKind.BASELOAD_CREEP)
    dismiss_finding(ctx, scope, creep.id, "es mi acuario")
    assert creep.id not in {f.id for f in detect_site(ctx, scope, site.id)}
    with ctx.records.unit(scope) as uow:
        assert uow.findings.get(creep.id).status == "dismissed"
        noted = [e.action for e in uow.audit.find(subject=creep.id)]
    assert noted == ["finding.dismissed:es mi acuario"]
    reopen_finding(ctx, scope, creep.id)
    before = replace(ctx, clock=lambda: wasteful.end - 40 * DAY)  # as if the creep had never begun
    assert creep.id not in {f.id for f in detect_site(before, scope, site.id)}
    with ctx.records.unit(scope) as uow:
        assert uow.findings.get(creep.id).status == "closed"


def test_without_tariff_uncosted_and_no_advice(wasteful):
    ctx, scope, site = product(wasteful)
    found = detect_site(ctx, scope, site.id)
    assert found
    assert all(f.money is None and f.uncosted_because == "no_tariff" for f in found)
    assert advise_site(ctx, scope, site.id) == []


def test_advice_keeps_its_promise_once_accepted(wasteful):
    ctx, scope, site = product(wasteful, tariff_id=BT5B)
    advice = advise_site(ctx, scope, site.id)
    timer = next(a for a in advice if a.code == "water_heater_timer")
    assert timer.saving.low <= timer.saving.mean <= timer.saving.high
    assert timer.payback_months == pytest.approx(float(timer.price / timer.saving.mean))
    assert timer.finding_id is not None
    answer_recommendation(ctx, scope, timer.id, RecommendationState.ACCEPTED)
    cheaper = replace(ctx, clock=lambda: wasteful.end - 10 * DAY)
    kept = next(a for a in advise_site(cheaper, scope, site.id) if a.id == timer.id)
    assert kept.state is RecommendationState.ACCEPTED
    assert kept.saving == timer.saving


def test_nothing_ever_advises_to_shift_load(wasteful):
    ctx, scope, site = product(wasteful, tariff_id=BT5B)
    codes = {a.code for a in advise_site(ctx, scope, site.id)}
    assert codes <= {"water_heater_timer", "standby", "stay_below_140", "stay_below_line"}


def test_declined_is_not_repeated_for_half_a_year(wasteful):
    ctx, scope, site = product(wasteful, tariff_id=BT5B)
    timer = next(a for a in advise_site(ctx, scope, site.id) if a.code == "water_heater_timer")
    answer_recommendation(ctx, scope, timer.id, "declined", "too_dear")
    assert timer.id not in {a.id for a in advise_site(ctx, scope, site.id)}
    with ctx.records.unit(scope) as uow:
        old = uow.recommendations.get(timer.id)
    assert old.state_reason == "too_dear"
    standing, _ = match_recommendations([timer], [old], timer.made_at + 181 * DAY)
    assert [a.state for a in standing] == [RecommendationState.PROPOSED]


def test_a_verdict_is_not_a_click(wasteful):
    ctx, scope, site = product(wasteful, tariff_id=BT5B)
    advice = advise_site(ctx, scope, site.id)[0]
    with pytest.raises(Conflict):
        answer_recommendation(ctx, scope, advice.id, RecommendationState.VERIFIED)


def test_who_may_not_write_may_not_detect(wasteful):
    ctx, _, site = product(wasteful, tariff_id=BT5B)
    viewer = scope_for(Actor("v", "v", Role.VIEWER, site.organisation_id), Purpose.VIEW)
    with pytest.raises(AccessDenied):
        detect_site(ctx, viewer, site.id)
    assert detect_site(ctx, viewer, site.id, store=False)


def test_less_than_a_week_is_said():
    ctx, scope, site = product(simulate_home(seed=1, days=4))
    with pytest.raises(NotEnoughData, match="week"):
        detect_site(ctx, scope, site.id)


def test_the_step_of_140_is_in_the_price(wasteful):
    ctx, scope, site = product(wasteful, tariff_id=BT5B)
    price = month_price(ctx, scope, site)
    step = price.price(141.0) - price.price(140.0)
    assert Decimal("9") < step < Decimal("12")
    assert Decimal(140) in [at for at, _ in price.steps]
    assert price.tariff_version.startswith(BT5B)


def test_a_home_that_pays_by_the_hour_has_a_price_too(wasteful):
    ctx, scope, site = product(wasteful, tariff_id="pe.pluz.lima_norte.bt5i")
    price = month_price(ctx, scope, site)
    assert price.why_not == ""
    assert price.price(200.0) > price.price(150.0) > price.price(145.0)


def test_matching_of_events_and_lasting_findings(wasteful):
    ctx, scope, site = product(wasteful, tariff_id=BT5B)
    found = detect_site(ctx, scope, site.id, store=False)
    lasting = found[0]
    event = replace(lasting, kind=FindingKind.LEFT_ON, id="event", start=0, end=2 * DAY)
    other = replace(event, id="other", start=20 * DAY, end=21 * DAY)
    matched, gone = match_stored([replace(event, id="new", end=3 * DAY)], [event, other])
    assert [m.id for m in matched] == ["event"]
    assert [(g.id, g.status) for g in gone] == [("other", "closed")]
    older = replace(lasting, id="old", start=lasting.start - 30 * DAY)
    matched, _ = match_stored([lasting], [older])
    assert (matched[0].id, matched[0].start) == ("old", older.start)
