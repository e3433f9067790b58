"""The table of who may do what, cell by cell."""

from __future__ import annotations

import pytest

from kanchay.domain.errors import AccessDenied
from kanchay.domain.scope import Actor, Permission, Purpose, Role
from kanchay.services.people.policy import operator_scope, scope_for, worker_scope

# Rows: roles; columns: purposes; r read, w write, a administer. Written out here on purpose, not taken from the code.
MATRIX = """
           view operate ingest administer
owner      r    rw      rw     rwa
resident   r    rw      rw     rw
manager    r    rw      rw     rw
analyst    r    r       r      r
viewer     r    r       r      r
provider   -    -       -      -
agency     -    -       -      -
operator   r    rw      rw     rwa
worker     r    rw      rw     rw
"""
HEAD, *LINES = [line.split() for line in MATRIX.strip().splitlines()]
CELLS = [(line[0], purpose, cell) for line in LINES for purpose, cell in zip(HEAD, line[1:], strict=True)]
LETTERS = {"r": Permission.READ, "w": Permission.WRITE, "a": Permission.ADMIN}


def test_the_matrix_is_whole():
    assert {line[0] for line in LINES} == {role.value for role in Role}
    assert set(HEAD) == {purpose.value for purpose in Purpose}


@pytest.mark.parametrize(("role", "purpose", "cell"), CELLS)
def test_a_role_may_for_a_purpose_what_the_table_says(role, purpose, cell):
    scope = scope_for(Actor("p", "P", Role(role), "org"), Purpose(purpose))
    assert scope.permissions == {LETTERS[letter] for letter in cell.strip("-")}
    for permission in Permission:
        if permission in scope.permissions:
            scope.require(permission)
        else:
            with pytest.raises(AccessDenied):
                scope.require(permission)


@pytest.mark.parametrize("role", [role for role in Role if role not in (Role.OPERATOR, Role.WORKER)])
def test_nobody_but_the_machine_is_without_an_organisation(role):
    with pytest.raises(AccessDenied):
        scope_for(Actor("p", "P", role, None), Purpose.VIEW)


def test_no_sites_named_means_all_of_the_organisation():
    everywhere = scope_for(Actor("p", "P", Role.OWNER, "org"), Purpose.VIEW)
    assert everywhere.site_ids is None
    assert everywhere.organisation_id == "org"
    some = scope_for(Actor("p", "P", Role.OWNER, "org", frozenset({"s"})), Purpose.VIEW)
    assert some.allows_site("s")
    assert not some.allows_site("t")
    with pytest.raises(AccessDenied, match="'t'"):
        some.require(Permission.READ, "t")


def test_the_machine_reaches_everything_and_the_worker_administers_nothing():
    assert operator_scope().organisation_id is None
    assert Permission.ADMIN in operator_scope().permissions
    assert Permission.ADMIN not in worker_scope().permissions
