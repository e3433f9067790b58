"""People: the one-time link that makes the owner, further users, and signing in (Argon2id)."""

from __future__ import annotations

import hashlib
import hmac
import secrets
import uuid
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import TYPE_CHECKING

from kanchay.domain.errors import AccessDenied, Conflict, InputError
from kanchay.domain.point import Organisation
from kanchay.domain.scope import Actor, Permission, Role, Scope
from kanchay.services.context import Context
from kanchay.services.people.audit import note
from kanchay.services.people.policy import MACHINE_ROLES, operator_scope
from kanchay.services.ports.records import UnitOfWork, User

if TYPE_CHECKING:
    from argon2 import PasswordHasher

__all__ = [
    "claim_owner",
    "create_owner",
    "create_user",
    "has_owner",
    "list_users",
    "one_time_link",
    "sign_in",
]

_LINK = "owner_link"
_LINK_LIFE_S = 24 * 3600
_MIN_PASSWORD = 10  # NIST SP 800-63B asks for 8 at least; length is what counts
_MAX_PASSWORD = 1000  # nobody types more, and hashing takes longer with each
_MAX_NAME = 120


def one_time_link(ctx: Context) -> str:
    """A new token that makes an owner, once, within a day; an earlier one ends. Only its hash is kept."""
    token = secrets.token_urlsafe(32)
    with ctx.records.unit(operator_scope()) as uow:
        uow.set_setting(_LINK, f"{_hash(token)} {ctx.clock() + _LINK_LIFE_S}")
    return token


def claim_owner(
    ctx: Context,
    token: str,
    email: str,
    name: str,
    password: str,
    *,
    organisation_id: str = "default",
    locale: str = "es",
) -> User:
    """The owner, made by whoever holds the token; the token ends with it."""
    scope = operator_scope()
    with ctx.records.unit(scope) as uow:
        # The lease takes the write lock before the token is read: of two claims at once, one sees it spent.
        uow.lease("claim_owner", uuid.uuid4().hex, ctx.clock(), 0)
        digest, _, until = uow.setting(_LINK).partition(" ")
        if not digest or not hmac.compare_digest(digest, _hash(token)) or int(until) < ctx.clock():
            raise AccessDenied("This link is used up or too old.", hint="Make one: kanchay user owner-link.")
        uow.set_setting(_LINK, "")
        who = _Person(email, name, password, Role.OWNER, organisation_id, locale=locale)
        return _add(ctx, uow, scope, who)


def create_owner(
    ctx: Context,
    email: str,
    name: str,
    password: str,
    *,
    organisation_id: str = "default",
    locale: str = "es",
) -> User:
    """An owner without a link: for the command line on the machine itself."""
    scope = operator_scope()
    with ctx.records.unit(scope) as uow:
        who = _Person(email, name, password, Role.OWNER, organisation_id, locale=locale)
        user = _add(ctx, uow, scope, who)
        uow.set_setting(_LINK, "")  # a link still open would make one more owner
        return user


def create_user(
    ctx: Context,
    scope: Scope,
    email: str,
    name: str,
    password: str,
    *,
    role: Role,
    organisation_id: str = "",
    site_ids: frozenset[str] = frozenset(),
    locale: str = "es",
) -> User:
    """A further person of an organisation, for all its sites or for some."""
    scope.require(Permission.ADMIN)
    organisation = organisation_id or scope.organisation_id or "default"
    with ctx.records.unit(scope) as uow:
        for site_id in site_ids:
            if uow.sites.get(site_id).organisation_id != organisation:
                raise InputError(f"Site '{site_id}' is not one of '{organisation}'.")
        who = _Person(email, name, password, role, organisation, site_ids, locale)
        return _add(ctx, uow, scope, who)


def sign_in(ctx: Context, email: str, password: str) -> User:
    """The person with that e-mail and password; the same answer, in the same time, whichever is wrong."""
    scope = operator_scope()
    if len(password) > _MAX_PASSWORD:
        password = ""  # nobody has one
    with ctx.records.unit(scope) as uow:
        found = uow.users.find(email=_email(email))
        known = found[0].password_hash if found else _decoy()
        if not _verify(known, password) or not found:
            raise AccessDenied("E-mail or password is wrong.", hint="Try again.", code="sign_in")
        user = found[0]
        if _hasher().check_needs_rehash(user.password_hash):
            user = replace(user, password_hash=_hasher().hash(password))
            uow.users.put(user)
        note(
            uow, scope, ctx.clock(), "user.sign_in", user.id, organisation_id=user.actor.organisation_id or ""
        )
        return user


def list_users(ctx: Context, scope: Scope) -> list[User]:
    """Everybody within the scope who can sign in."""
    with ctx.records.unit(scope) as uow:
        return uow.users.find(order="email")


def has_owner(ctx: Context) -> bool:
    """Whether somebody owns this product already; until then it shows nothing but the first step."""
    with ctx.records.unit(operator_scope()) as uow:
        return any(user.actor.role is Role.OWNER for user in uow.users.find())


@dataclass(frozen=True, slots=True)
class _Person:
    """What is known of somebody before they are one of us."""

    email: str
    name: str
    password: str = field(repr=False)
    role: Role
    organisation_id: str
    site_ids: frozenset[str] = frozenset()
    locale: str = "es"


def _add(ctx: Context, uow: UnitOfWork, scope: Scope, who: _Person) -> User:
    if who.role in MACHINE_ROLES:
        raise InputError(f"No person is '{who.role}'.", hint="That role belongs to the machine itself.")
    address = _email(who.email)
    if len(who.password) < _MIN_PASSWORD:
        short = f"The password is shorter than {_MIN_PASSWORD} characters."
        raise InputError(short, hint="Use a sentence.", code="password.short")
    if len(who.password) > _MAX_PASSWORD:
        raise InputError(f"The password is longer than {_MAX_PASSWORD} characters.", hint="Use a sentence.")
    # The operator looks: an e-mail of another organisation is taken as well.
    with ctx.records.unit(operator_scope()) as everywhere:
        if everywhere.users.find(email=address):
            raise Conflict(f"Somebody has the e-mail {address} already.", hint="Sign in, or use another.")
    if not uow.organisations.find(id=who.organisation_id):
        uow.organisations.put(Organisation(who.organisation_id, who.organisation_id))
    user_id = f"user-{uuid.uuid4().hex}"
    name = who.name.strip()[:_MAX_NAME] or address
    actor = Actor(user_id, name, who.role, who.organisation_id, who.site_ids, who.locale)
    user = User(user_id, address, actor, _hasher().hash(who.password), ctx.clock())
    uow.users.put(user)
    note(uow, scope, ctx.clock(), "user.create", user_id, organisation_id=who.organisation_id)
    return user


def _email(text: str) -> str:
    address = text.strip().lower()
    name, at, host = address.rpartition("@")
    if not (name and at and host) or len(address) > 254 or any(c.isspace() for c in address):
        raise InputError(f"'{text[:80]}' is no e-mail address.", code="email")
    return address


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


@lru_cache(maxsize=1)
def _hasher() -> PasswordHasher:
    from argon2 import PasswordHasher

    return PasswordHasher()  # Argon2id with the parameters of RFC 9106, low memory (argon2-cffi's default)


@lru_cache(maxsize=1)
def _decoy() -> str:
    """A hash that nobody's password has: an unknown e-mail costs as much time as a known one."""
    return _hasher().hash(secrets.token_urlsafe(16))


def _verify(known: str, password: str) -> bool:
    from argon2.exceptions import InvalidHashError, VerificationError

    try:
        return _hasher().verify(known, password)
    except (VerificationError, InvalidHashError):
        return False
