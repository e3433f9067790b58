"""What every place that keeps records promises."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import numpy as np
import pytest

from kanchay.domain.bill import Bill, BillLine, Source
from kanchay.domain.errors import AccessDenied, Conflict, InputError, NotFound
from kanchay.domain.finding import (
    Evidence,
    Finding,
    FindingKind,
    MoneyRange,
    Recommendation,
    RecommendationState,
)
from kanchay.domain.forecast import Forecast
from kanchay.domain.point import Direction, Organisation, Point, Site, Term, VirtualPoint
from kanchay.domain.run import Run
from kanchay.domain.scope import Actor, Purpose, Role
from kanchay.services.people.policy import operator_scope, worker_scope
from kanchay.services.ports.records import AuditEntry, ImportRecord, Records, User

OPERATOR = operator_scope()
MONEY = MoneyRange(Decimal("11.50"), Decimal("9.10"), Decimal("14.00"), "PEN")


def run_of(site, run_id, organisation="org"):
    return Run(run_id, "forecast", site, organisation, 5, 4, "0.1", seed=3)


def forecast_of(run_id, point="m", issued_at=0):
    mean = np.array([1.0, np.nan])
    return Forecast(
        point, issued_at, issued_at, 3600, "kWh", mean, np.full((2, 9), 0.5), "week", run_id, ("no_model",)
    )


def finding_of(site, name="f1", status="open"):
    evidence = Evidence(0, 7200, 3600, "kWh", (1.0, None), (0.5, 0.5), 3600, 7200)
    return Finding(
        name, FindingKind.BASELOAD_CREEP, site, "m", 0, 10, 11, True, 0.8, 120.0, 90.0, 150.0, None, MONEY,
        actions=("unplug",), numbers={"now": 131.0}, evidence=evidence, status=status,
    )  # fmt: skip


def recommendation_of(site, name="r1", made_at=1):
    return Recommendation(
        name,
        "water_heater_timer",
        site,
        "m",
        made_at,
        MONEY,
        20.0,
        15.0,
        25.0,
        30.5,
        Decimal("60"),
        5.2,
        "hour",
    )


def bill_of(run_id):
    source = Source("Pliego", "https://example.org", "2026-08-04", "high", "official")
    line = BillLine(
        "energy", Decimal("188.20"), True, "energy", "323.7 kWh × 0.5814", Decimal("323.7"), source=source
    )
    return Bill(
        "pe-bt5b", "2026-08", "PEN", date(2026, 8, 1), date(2026, 9, 1), Decimal("323.7"), (line,),
        Decimal("188.20"), Decimal("33.88"), Decimal("222.08"), run_id=run_id,
    )  # fmt: skip


def user_of(organisation, email="a@b.pe", name="u1"):
    actor = Actor(name, "Ana", Role.OWNER, organisation, frozenset({"s", "t"}))
    return User(name, email, actor, "$argon2id$…", 7)


ROWS = {
    "organisations": (Organisation("org", "Org"), "org"),
    "sites": (
        Site("s", "Casa", "America/Lima", "org", tariff_parameters=(("a", "1.40"),), latitude=-12.1),
        "s",
    ),
    "points": (Point("m", "s", "Meter", direction=Direction.IMPORT, tags=("elec", "meter")), "m"),
    "virtual_points": (VirtualPoint(Point("v", "s", "Sum"), (Term(1, "m"), Term(-1, "m"))), "v"),
    "users": (user_of("org"), "u1"),
    "runs": (run_of("s", "run-1"), "run-1"),
    "forecasts": (forecast_of("run-1"), "run-1/m"),
    "findings": (finding_of("s"), "f1"),
    "recommendations": (recommendation_of("s"), "r1"),
    "bills": (bill_of("run-1"), "run-1"),
    "imports": (ImportRecord("i1", "s", "a.csv", "ab" * 32, 9, "csv.long", 3, 0, 0, ("m",)), "i1"),
    "audit": (AuditEntry("a1", 9, "u1", "org", "s", "site.create", "s"), "a1"),
}


@pytest.fixture
def filled(records: Records) -> Records:
    """One row of every kind in organisation org, and another household's site."""
    with records.unit(OPERATOR) as uow:
        for name, (row, _) in ROWS.items():
            getattr(uow, name).put(row)
        uow.organisations.put(Organisation("other", "Other"))
        uow.sites.put(Site("t", "Otra", "America/Lima", "other"))
    return records


def same(a, b):
    """Equality that looks into arrays, NaN included."""
    if isinstance(a, Forecast):
        return (
            np.array_equal(a.mean, b.mean, equal_nan=True)
            and np.array_equal(a.quantiles, b.quantiles)
            and (a.point_id, a.issued_at, a.start, a.unit, a.model, a.run_id, a.notes)
            == (b.point_id, b.issued_at, b.start, b.unit, b.model, b.run_id, b.notes)
        )
    return a == b


@pytest.mark.parametrize("name", ROWS)
def test_every_kind_comes_back_as_it_was_put(filled, name):
    row, key = ROWS[name]
    with filled.unit(OPERATOR) as uow:
        assert same(getattr(uow, name).get(key), row)
        assert any(same(found, row) for found in getattr(uow, name).find())


@pytest.mark.parametrize("name", ROWS)
def test_what_is_not_there_is_not_found(filled, name):
    with filled.unit(OPERATOR) as uow:
        with pytest.raises(NotFound, match="nope"):
            getattr(uow, name).get("nope")
        assert getattr(uow, name).find(id="nope") == []


@pytest.mark.parametrize("name", [name for name in ROWS if name != "audit"])
def test_a_removed_row_is_gone(filled, name):
    key = ROWS[name][1]
    with filled.unit(OPERATOR) as uow:
        getattr(uow, name).remove(key)
    with filled.unit(OPERATOR) as uow, pytest.raises(NotFound):
        getattr(uow, name).get(key)


def test_putting_again_replaces(filled):
    with filled.unit(OPERATOR) as uow:
        done = replace(uow.recommendations.get("r1"), state=RecommendationState.DONE)
        uow.recommendations.put(done)
    with filled.unit(OPERATOR) as uow:
        assert uow.recommendations.get("r1").state is RecommendationState.DONE
        assert len(uow.recommendations.find()) == 1


def test_rows_are_found_by_columns_and_by_any_other_field(filled):
    with filled.unit(OPERATOR) as uow:
        for i in range(5):
            uow.recommendations.put(recommendation_of("s", f"x{i}", made_at=10 + i))
        newest = uow.recommendations.find(site_id="s", order="-made_at", limit=2)
        assert [r.id for r in newest] == ["x4", "x3"]
        assert [r.id for r in uow.recommendations.find(effort="hour", order="made_at", limit=1)] == ["r1"]
        assert [r.id for r in uow.recommendations.find(effort="minutes")] == []
        assert len(uow.recommendations.find(limit=3)) == 3
        assert [r.id for r in uow.recommendations.find()][:2] == ["r1", "x0"]  # as first put
        assert uow.findings.find(kind=FindingKind.BASELOAD_CREEP)[0].id == "f1"
        assert uow.bills.find(site_id="s") == [ROWS["bills"][0]]
        assert len(uow.forecasts.find(point_id="m", site_id="s", order="-issued_at", limit=1)) == 1


def test_an_unknown_field_is_an_error_not_an_empty_answer(filled):
    with filled.unit(OPERATOR) as uow, pytest.raises(InputError, match="colour"):
        uow.sites.find(colour="red")


def test_rows_of_another_type_are_refused(filled):
    with filled.unit(OPERATOR) as uow, pytest.raises(TypeError):
        uow.sites.put(Organisation("x", "X"))


# The unit of work


def test_an_error_takes_everything_back(records):
    def fail():
        with records.unit(OPERATOR) as uow:
            uow.organisations.put(Organisation("org", "Org"))
            uow.set_setting("name", "value")
            raise RuntimeError("on the way")

    with pytest.raises(RuntimeError, match="on the way"):
        fail()
    with records.unit(OPERATOR) as uow:
        assert uow.organisations.find() == []
        assert uow.setting("name", "none") == "none"


def test_a_unit_sees_its_own_writes(records):
    with records.unit(OPERATOR) as uow:
        uow.organisations.put(Organisation("org", "Org"))
        uow.sites.put(Site("s", "Casa", organisation_id="org"))
        uow.runs.put(run_of("s", "run-9"))
        uow.bills.put(bill_of("run-9"))
        assert uow.bills.get("run-9").total == Decimal("222.08")


def test_what_was_read_does_not_change_what_is_kept(filled):
    with filled.unit(OPERATOR) as uow:
        uow.findings.get("f1").numbers["now"] = 0.0
    with filled.unit(OPERATOR) as uow:
        assert uow.findings.get("f1").numbers == {"now": 131.0}


def test_settings_are_kept(records):
    with records.unit(OPERATOR) as uow:
        assert uow.setting("cursor", "0") == "0"
        uow.set_setting("cursor", "7")
        uow.set_setting("cursor", "8")
    with records.unit(worker_scope()) as uow:
        assert uow.setting("cursor") == "8"


def test_a_lease_is_held_by_one_until_it_runs_out_or_is_given_back(records):
    def take(holder, now, seconds=10):
        with records.unit(worker_scope()) as uow:
            return uow.lease("job", holder, now, seconds)

    assert take("a", 0)
    assert not take("b", 9)
    assert take("a", 9)  # renewed until 19
    assert not take("b", 18)
    assert take("b", 19)
    assert take("b", 20, 0)  # given back
    assert take("a", 20)


# What hangs on what


def test_a_row_needs_the_site_or_run_it_hangs_on(records):
    with records.unit(OPERATOR) as uow:
        for put, row in (
            (uow.points.put, Point("m", "nowhere", "M")),
            (uow.findings.put, finding_of("nowhere")),
            (uow.bills.put, bill_of("run-0")),
            (uow.forecasts.put, forecast_of("run-0")),
        ):
            with pytest.raises(NotFound):
                put(row)
        with pytest.raises(InputError):
            uow.bills.put(bill_of(""))


def test_a_site_never_changes_its_organisation(filled):
    with filled.unit(OPERATOR) as uow, pytest.raises(Conflict):
        uow.sites.put(replace(uow.sites.get("s"), organisation_id="other"))


def test_an_e_mail_is_of_one_person_only(filled):
    with pytest.raises(Conflict), filled.unit(OPERATOR) as uow:
        uow.users.put(user_of("other", name="u2"))


# Scope


def test_nothing_is_shown_without_a_scope(filled):
    for nothing in (None, "operator", object()):
        with pytest.raises(AccessDenied), filled.unit(nothing):
            pass


@pytest.mark.parametrize("where", [("other",), ("other", "t"), ("other", "s")])
@pytest.mark.parametrize("name", ROWS)
def test_a_foreign_organisation_finds_nothing_and_writes_nothing(filled, person, name, where):
    row, key = ROWS[name]
    with filled.unit(person(*where)) as uow:
        repository = getattr(uow, name)
        with pytest.raises(NotFound):
            repository.get(key)
        assert not any(same(found, row) for found in repository.find())
        assert not any(same(found, row) for found in repository.find(id=key))
        with pytest.raises((NotFound, AccessDenied)):
            repository.remove(key)
        with pytest.raises((NotFound, AccessDenied, Conflict)):
            repository.put(row)
    with filled.unit(OPERATOR) as uow:
        assert same(getattr(uow, name).get(key), row)


@pytest.mark.parametrize("name", [n for n in ROWS if n not in ("organisations", "users", "audit")])
def test_who_may_see_one_site_does_not_see_the_next(filled, person, name):
    row, key = ROWS[name]
    with filled.unit(person("org", "another")) as uow:
        with pytest.raises(NotFound):
            getattr(uow, name).get(key)
        assert getattr(uow, name).find() == []
        with pytest.raises((NotFound, AccessDenied, Conflict)):
            getattr(uow, name).put(row)


@pytest.mark.parametrize("name", ROWS)
def test_the_own_organisation_sees_its_rows_only(filled, person, name):
    row, key = ROWS[name]
    with filled.unit(person("org")) as uow:
        assert same(getattr(uow, name).get(key), row)
        assert [same(found, row) for found in getattr(uow, name).find()] == [True]


def test_a_foreign_id_cannot_be_taken_over(filled, person):
    with filled.unit(person("other")) as uow:
        with pytest.raises(Conflict):
            uow.sites.put(Site("s", "Mine now", organisation_id="other"))
        with pytest.raises(Conflict):
            uow.points.put(Point("m", "t", "Mine now"))
        with pytest.raises(Conflict):
            uow.recommendations.put(recommendation_of("t", "r1"))


@pytest.mark.parametrize("name", [n for n in ROWS if n != "audit"])
def test_who_may_only_read_writes_nothing(filled, person, name):
    row, key = ROWS[name]
    for scope in (person("org", role=Role.VIEWER), person("org", purpose=Purpose.VIEW)):
        with filled.unit(scope) as uow:
            with pytest.raises(AccessDenied):
                getattr(uow, name).put(row)
            with pytest.raises(AccessDenied):
                getattr(uow, name).remove(key)


@pytest.mark.parametrize("name", ROWS)
def test_who_may_nothing_reads_nothing(filled, person, name):
    with filled.unit(person("org", role=Role.PROVIDER)) as uow:
        with pytest.raises(AccessDenied):
            getattr(uow, name).get(ROWS[name][1])
        with pytest.raises(AccessDenied):
            getattr(uow, name).find()


def test_people_and_the_audit_log_are_for_administrators(filled, person):
    for scope in (person("org", role=Role.RESIDENT), person("org", purpose=Purpose.OPERATE)):
        with filled.unit(scope) as uow:
            for repository in (uow.users, uow.audit):
                with pytest.raises(AccessDenied):
                    repository.find()


def test_the_audit_log_only_grows(filled, person):
    with filled.unit(person("org", "s", role=Role.VIEWER, purpose=Purpose.VIEW)) as uow:
        uow.audit.put(AuditEntry("a2", 10, "p", "org", "s", "site.view", "s"))
        uow.audit.put(AuditEntry("a3", 10, "p", "org", "", "user.sign_in", "p"))
        with pytest.raises(AccessDenied):
            uow.audit.put(AuditEntry("a4", 10, "p", "other", "", "user.sign_in", "p"))
    with filled.unit(OPERATOR) as uow:
        with pytest.raises(Conflict):
            uow.audit.put(AuditEntry("a2", 99, "q", "org", "s", "nothing", "s"))
        with pytest.raises(AccessDenied):
            uow.audit.remove("a2")
        assert [entry.id for entry in uow.audit.find(order="at")] == ["a1", "a2", "a3"]


def test_settings_and_leases_belong_to_the_machine(filled, person):
    for scope in (person("org"), person("org", "s")):
        with filled.unit(scope) as uow:
            for call in (
                lambda uow=uow: uow.setting("owner_link"),
                lambda uow=uow: uow.set_setting("owner_link", "x"),
                lambda uow=uow: uow.lease("job", "me", 0, 1),
            ):
                with pytest.raises(AccessDenied):
                    call()
