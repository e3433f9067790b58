"""Sites and their points."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from kanchay.bootstrap import in_memory
from kanchay.domain.errors import AccessDenied, Conflict, InputError, NotFound, TimeError
from kanchay.domain.point import Point, Site, Term, VirtualPoint
from kanchay.domain.reading import Readings
from kanchay.domain.scope import Actor, Purpose, Role
from kanchay.services.people.policy import operator_scope, scope_for, worker_scope
from kanchay.services.people.sites import (
    add_points,
    add_virtual_points,
    create_site,
    get_site,
    list_points,
    list_sites,
    list_virtual_points,
    only_site,
    update_site,
)

OPERATOR = operator_scope()
SITE = Site("s", "Casa", "America/Lima", "org")


@pytest.fixture
def ctx():
    made = in_memory(clock=lambda: 5)
    create_site(made, OPERATOR, SITE)
    return made


def owner(organisation="org", *sites):
    return scope_for(Actor("p", "P", Role.OWNER, organisation, frozenset(sites)), Purpose.ADMINISTER)


def test_a_site_is_made_once_and_noted(ctx):
    assert get_site(ctx, OPERATOR, "s") == SITE
    with pytest.raises(Conflict):
        create_site(ctx, OPERATOR, SITE)
    with ctx.records.unit(OPERATOR) as uow:
        assert [(e.action, e.subject, e.organisation_id) for e in uow.audit.find()] == [
            ("site.create", "s", "org")
        ]


@pytest.mark.parametrize(
    ("bad", "error"),
    [
        ({"tz": "Mars/Olympus"}, TimeError),
        ({"id": ""}, InputError),
        ({"id": "a/b"}, InputError),
        ({"billing_day": 31}, InputError),
    ],
)
def test_a_site_that_cannot_be_is_refused(ctx, bad, error):
    with pytest.raises(error):
        create_site(ctx, OPERATOR, replace(SITE, **{"id": "new", **bad}))


def test_the_only_site_is_found_and_several_are_named(ctx):
    assert only_site(ctx, OPERATOR) == SITE
    create_site(ctx, OPERATOR, replace(SITE, id="t", name="Atico"))
    assert [site.id for site in list_sites(ctx, OPERATOR)] == ["t", "s"]
    with pytest.raises(InputError, match="t, s"):
        only_site(ctx, OPERATOR)
    with pytest.raises(NotFound, match="no site yet"):
        only_site(in_memory(), OPERATOR)


def test_owners_see_their_own(ctx):
    create_site(ctx, OPERATOR, replace(SITE, id="t", organisation_id="other"))
    assert [site.id for site in list_sites(ctx, owner())] == ["s"]
    assert [site.id for site in list_sites(ctx, owner("org", "none"))] == []
    with pytest.raises(NotFound):
        get_site(ctx, owner(), "t")
    with pytest.raises(AccessDenied):
        create_site(ctx, owner(), replace(SITE, id="u", organisation_id="other"))
    assert create_site(ctx, owner(), replace(SITE, id="u")).id == "u"


def test_points_are_known_to_both_stores(ctx):
    add_points(ctx, owner(), "s", [Point("m", "s", "Meter")])
    readings = Readings.regular("m", 0, 900, np.ones(4))
    assert ctx.readings.append(owner(), [readings], recorded_at=1).new == 4
    assert [p.id for p in list_points(ctx, owner(), "s")] == ["m"]
    with pytest.raises(InputError):
        add_points(ctx, owner(), "s", [Point("n", "elsewhere", "N")])
    with pytest.raises(NotFound):
        list_points(ctx, owner("other"), "s")


def test_virtual_points_sum_points_of_their_site(ctx):
    add_points(ctx, OPERATOR, "s", [Point("a", "s", "A"), Point("b", "s", "B")])
    total = VirtualPoint(Point("v", "s", "V"), (Term(1, "a"), Term(-1, "b")))
    add_virtual_points(ctx, OPERATOR, "s", [total])
    assert list_virtual_points(ctx, owner(), "s") == [total]
    create_site(ctx, OPERATOR, replace(SITE, id="t"))
    with pytest.raises(InputError):
        add_virtual_points(ctx, OPERATOR, "t", [VirtualPoint(Point("w", "t", "W"), (Term(1, "a"),))])


def test_changing_a_site(ctx):
    assert update_site(ctx, owner(), replace(SITE, billing_day=22)).billing_day == 22
    assert get_site(ctx, OPERATOR, "s").billing_day == 22
    with pytest.raises(Conflict, match="organisation"):
        update_site(ctx, OPERATOR, replace(SITE, organisation_id="other"))
    with pytest.raises(AccessDenied):
        update_site(ctx, scope_for(Actor("p", "P", Role.VIEWER, "org"), Purpose.ADMINISTER), SITE)


def test_a_zone_is_fixed_once_days_were_cut_in_it(ctx):
    add_points(ctx, OPERATOR, "s", [Point("m", "s", "Meter")])
    ctx.readings.append(worker_scope(), [Readings.regular("m", 0, 900, np.ones(4))], recorded_at=1)
    with pytest.raises(Conflict, match="America/Lima"):
        update_site(ctx, OPERATOR, replace(SITE, tz="Europe/Madrid"))
