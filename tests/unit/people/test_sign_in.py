"""The owner's link, further people, and signing in."""

from __future__ import annotations

import pytest

from kanchay.bootstrap import in_memory
from kanchay.domain.errors import AccessDenied, Conflict, InputError, NotFound
from kanchay.domain.point import Site
from kanchay.domain.scope import Purpose, Role
from kanchay.services.people.policy import operator_scope, scope_for
from kanchay.services.people.sign_in import (
    claim_owner,
    create_owner,
    create_user,
    has_owner,
    list_users,
    one_time_link,
    sign_in,
)
from kanchay.services.people.sites import create_site

PASSWORD = "una frase bastante larga"


@pytest.fixture
def clock():
    return [1000]


@pytest.fixture
def ctx(clock):
    return in_memory(clock=lambda: clock[0])


def test_the_link_makes_one_owner_and_is_spent(ctx):
    token = one_time_link(ctx)
    assert not has_owner(ctx)
    user = claim_owner(ctx, token, " Ana@Casa.PE ", "Ana", PASSWORD)
    assert (user.email, user.actor.role, user.actor.organisation_id) == ("ana@casa.pe", Role.OWNER, "default")
    assert has_owner(ctx)
    with pytest.raises(AccessDenied, match="used up"):
        claim_owner(ctx, token, "otra@casa.pe", "Otra", PASSWORD)


def test_a_link_ends_after_a_day_and_with_the_next(ctx, clock):
    first, second = one_time_link(ctx), one_time_link(ctx)
    with pytest.raises(AccessDenied):
        claim_owner(ctx, first, "a@b.pe", "A", PASSWORD)
    clock[0] += 24 * 3600 + 1
    with pytest.raises(AccessDenied):
        claim_owner(ctx, second, "a@b.pe", "A", PASSWORD)


def test_a_claim_that_fails_does_not_spend_the_link(ctx):
    token = one_time_link(ctx)
    with pytest.raises(InputError):
        claim_owner(ctx, token, "a@b.pe", "A", "short")
    assert claim_owner(ctx, token, "a@b.pe", "A", PASSWORD).email == "a@b.pe"


def test_no_link_no_claim(ctx):
    for token in ("", " ", "guess"):
        with pytest.raises(AccessDenied):
            claim_owner(ctx, token, "a@b.pe", "A", PASSWORD)


def test_neither_token_nor_password_is_kept_as_it_is(ctx):
    token = one_time_link(ctx)
    with ctx.records.unit(operator_scope()) as uow:
        assert token not in uow.setting("owner_link")
    user = claim_owner(ctx, token, "a@b.pe", "A", PASSWORD)
    assert user.password_hash.startswith("$argon2id$")
    assert PASSWORD not in user.password_hash


def test_signing_in(ctx):
    made = create_owner(ctx, "a@b.pe", "A", PASSWORD)
    assert sign_in(ctx, "A@B.pe", PASSWORD) == made
    with ctx.records.unit(operator_scope()) as uow:
        assert [e.action for e in uow.audit.find(order="at")] == ["user.create", "user.sign_in"]


def test_a_wrong_password_and_an_unknown_person_get_the_same_answer(ctx):
    create_owner(ctx, "a@b.pe", "A", PASSWORD)
    errors = []
    for email, password in (("a@b.pe", "wrong"), ("nobody@b.pe", PASSWORD), ("a@b.pe", "")):
        with pytest.raises(AccessDenied) as error:
            sign_in(ctx, email, password)
        errors.append(str(error.value))
    assert len(set(errors)) == 1


def test_an_old_hash_is_renewed_at_sign_in(ctx):
    from dataclasses import replace

    from argon2 import PasswordHasher

    user = create_owner(ctx, "a@b.pe", "A", PASSWORD)
    weak = PasswordHasher(time_cost=1, memory_cost=1024, parallelism=1).hash(PASSWORD)
    with ctx.records.unit(operator_scope()) as uow:
        uow.users.put(replace(user, password_hash=weak))
    assert sign_in(ctx, "a@b.pe", PASSWORD).password_hash != weak


def test_people_of_an_organisation_are_added_by_its_owner_only(ctx):
    owner = create_owner(ctx, "a@b.pe", "A", PASSWORD, organisation_id="org")
    scope = scope_for(owner.actor, Purpose.ADMINISTER)
    create_site(ctx, operator_scope(), Site("s", "S", "America/Lima", "org"))
    create_site(ctx, operator_scope(), Site("t", "T", "America/Lima", "other"))
    made = create_user(
        ctx, scope, "r@b.pe", "R", PASSWORD, role=Role.RESIDENT, site_ids=frozenset({"s"}), locale="en"
    )
    assert (made.actor.organisation_id, made.actor.site_ids) == ("org", frozenset({"s"}))
    assert [user.email for user in list_users(ctx, scope)] == ["a@b.pe", "r@b.pe"]
    with pytest.raises(NotFound):  # a site of others
        create_user(ctx, scope, "x@b.pe", "X", PASSWORD, role=Role.VIEWER, site_ids=frozenset({"t"}))
    with pytest.raises(AccessDenied):  # another organisation
        create_user(ctx, scope, "x@b.pe", "X", PASSWORD, role=Role.VIEWER, organisation_id="other")
    resident = scope_for(made.actor, Purpose.ADMINISTER)
    with pytest.raises(AccessDenied):
        create_user(ctx, resident, "x@b.pe", "X", PASSWORD, role=Role.VIEWER)
    for role in (Role.OPERATOR, Role.WORKER):
        with pytest.raises(InputError):
            create_user(ctx, scope, "x@b.pe", "X", PASSWORD, role=role)


def test_an_e_mail_is_taken_once_over_all_organisations(ctx):
    create_owner(ctx, "a@b.pe", "A", PASSWORD, organisation_id="one")
    with pytest.raises(Conflict):
        create_owner(ctx, "A@b.pe", "A", PASSWORD, organisation_id="two")


@pytest.mark.parametrize("email", ["", "a", "@b.pe", "a@", "a b@c.pe", "x" * 250 + "@b.pe"])
def test_what_is_no_e_mail_is_refused(ctx, email):
    with pytest.raises(InputError):
        create_owner(ctx, email, "A", PASSWORD)
