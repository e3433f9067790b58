"""A small measured home, a building with sun, and a home of another organisation, in memory, at a fixed present."""

from __future__ import annotations

import re
import secrets
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from kanchay.bootstrap import in_memory
from kanchay.domain.finding import Evidence, Finding, FindingKind, MoneyRange, Recommendation
from kanchay.domain.interval import DAY, HOUR, local_midnight, parse_instant
from kanchay.domain.point import Direction, Point, Role, Site, SiteKind
from kanchay.domain.reading import Readings
from kanchay.domain.scope import Role as UserRole
from kanchay.services.context import Context
from kanchay.services.people.policy import operator_scope
from kanchay.services.people.sign_in import create_owner, create_user
from kanchay.services.people.sites import add_points, create_site
from kanchay.settings import Settings, read_settings
from kanchay.web import create_app
from kanchay.web.sessions import seal_of

LIMA = "America/Lima"
NOW = parse_instant("2026-08-22T18:40", LIMA)
PASSWORD = "una frase larga y facil"
DAYS = 60


@dataclass
class World:
    """The ports, the settings, and who can sign in."""

    ctx: Context
    settings: Settings

    def app(self, **more: Any) -> Any:
        return create_app(self.ctx, self.settings, **more)

    def client(self, email: str | None = "ana@example.org", **more: Any) -> Client:
        """A browser, with that person already signed in (the form itself is tested in test_sign_in)."""
        client = Client(self.app(**more))
        if email:
            with (
                self.ctx.records.unit(operator_scope()) as unit,
                client.http.session_transaction() as session,
            ):
                user = unit.users.find(email=email)[0]
                session.update(user=user.id, seal=seal_of(user), csrf=secrets.token_hex(24))
        return client


class Client:
    """A browser without JavaScript: it keeps cookies and sends the token of the page it has seen."""

    def __init__(self, app: Any) -> None:
        self.app = app
        self.http = app.test_client()

    def get(self, path: str, **more: Any) -> Any:
        return self.http.get(path, base_url="http://localhost", **more)

    def token(self, path: str) -> str:
        found = re.search(r'name="_csrf" value="([^"]+)"', self.get(path).text)
        assert found, path
        return found[1]

    def post(self, path: str, page: str, data: dict[str, Any] | None = None, **more: Any) -> Any:
        """Send a form of the page `page` to `path`."""
        sent = {"_csrf": self.token(page), **(data or {})}
        return self.http.post(path, base_url="http://localhost", data=sent, **more)

    def api(self, path: str, body: Any, **more: Any) -> Any:
        headers = {"X-CSRF-Token": self.token("/settings")}
        return self.http.post(path, base_url="http://localhost", json=body, headers=headers, **more)

    def sign_in(self, email: str, password: str = PASSWORD) -> Any:
        return self.post("/sign-in", "/sign-in", {"email": email, "password": password})


@pytest.fixture(autouse=True)
def _read_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """However slow the machine is: a file's preview is awaited, not the page that tells how far it is."""
    monkeypatch.setattr("kanchay.web.tasks._QUICK_S", 60.0)


def _shape(seed: int, scale: float) -> np.ndarray:
    """An evening peak, a smaller one in the morning, some noise: kWh by the hour."""
    hours = np.arange(24)
    day = 0.12 + 0.25 * np.exp(-((hours - 20) ** 2) / 6) + 0.12 * np.exp(-((hours - 7) ** 2) / 3)
    noise = np.random.default_rng(seed).gamma(20, 1 / 20, size=(DAYS, 24))
    return scale * (day * noise).ravel()


def _readings(point_id: str, values: np.ndarray) -> Readings:
    start = local_midnight(date(2026, 8, 22), LIMA) - (DAYS - 1) * DAY
    n = (NOW - start) // HOUR
    return Readings.regular(point_id, start, HOUR, values[:n])


def _point(site: str, name: str, role: Role, direction: Direction, label: str) -> Point:
    return Point(f"{site}:{name}", site, label, resolution_s=HOUR, role=role, direction=direction)


HOME = Site(
    "casa",
    "Casa Ñ & <Co>",
    tz=LIMA,
    country="PE",
    tariff_id="pe.luz_del_sur.lima_sur.bt5b",
    billing_day=5,
    tariff_parameters=(("alumbrado", "8.82"), ("reposicion", "1.40")),
    simulated=True,
)
OFFICE = Site("oficina", "Oficina", tz=LIMA, country="PE", kind=SiteKind.BUILDING)
EMPTY = Site("vacia", "Casa vacía", tz=LIMA, country="PE")
FOREIGN = Site("ajena", "Casa secreta", tz=LIMA, country="PE", organisation_id="otra")


def _fill(ctx: Context, site: Site, seed: int, scale: float, *, sun: bool = False) -> None:
    scope = operator_scope()
    grid = _shape(seed, scale)
    grid[100:103] = np.nan  # a gap of three hours
    points = [(_point(site.id, "grid", Role.GRID, Direction.IMPORT, "Medidor"), grid)]
    points.append(
        (_point(site.id, "heater", Role.SUBMETER, Direction.CONSUMPTION, "Terma"), 0.4 * _shape(seed, scale))
    )
    if sun:
        hours = np.arange(DAYS * 24) % 24
        pv = 2.0 * np.clip(np.sin((hours - 6) / 12 * np.pi), 0, None)
        points.append((_point(site.id, "pv", Role.PV, Direction.PRODUCTION, "Paneles"), pv))
        points.append((_point(site.id, "export", Role.GRID, Direction.EXPORT, "Enviado"), 0.2 * pv))
    add_points(ctx, scope, site.id, [p for p, _ in points])
    ctx.readings.append(scope, [_readings(p.id, v) for p, v in points], recorded_at=NOW)


def _money(mean: str, low: str, high: str, per: str) -> MoneyRange:
    return MoneyRange(Decimal(mean), Decimal(low), Decimal(high), "PEN", per)


def finding(site: str, name: str = "f1", **changes: Any) -> Finding:
    """A baseload that rose by 36 W on the first of August."""
    start = parse_instant("2026-08-01", LIMA)
    evidence = Evidence(
        start - 20 * DAY, NOW, DAY, "W", tuple([60.0] * 20 + [96.0] * 21), tuple([60.0] * 41), start, NOW
    )
    given: dict[str, Any] = {
        "id": f"{site}-{name}",
        "kind": FindingKind.BASELOAD_CREEP,
        "site_id": site,
        "point_id": f"{site}:grid",
        "start": start,
        "end": NOW,
        "found_at": NOW,
        "ongoing": True,
        "confidence": 0.9,
        "kwh_per_year": 315.0,
        "kwh_per_year_low": 280.0,
        "kwh_per_year_high": 350.0,
        "co2_kg_per_year": 54.0,
        "money": _money("246.16", "222.51", "269.85", "year"),
        "cause": "always_on",
        "actions": ("unplug_one_by_one",),
        "numbers": {"rise_w": 36.0, "before_w": 60.0, "now_w": 96.0, "n_nights_now": 21.0},
        "evidence": evidence,
    }
    return Finding(**(given | changes))


def advice(site: str, name: str = "a1", **changes: Any) -> Recommendation:
    """The timer on the water heater."""
    given: dict[str, Any] = {
        "id": f"{site}-{name}",
        "code": "water_heater_timer",
        "site_id": site,
        "point_id": f"{site}:grid",
        "made_at": NOW,
        "saving": _money("9.39", "5.80", "13.75", "month"),
        "kwh_per_month": 12.0,
        "kwh_per_month_low": 8.0,
        "kwh_per_month_high": 16.0,
        "co2_kg_per_year": 25.0,
        "price": Decimal("45.00"),
        "payback_months": 4.8,
        "effort": "hour",
        "numbers": {"window_1_from_clock": 5.5, "window_1_to_clock": 7.5, "saved_month_kwh": 12.0},
        "why": ("timer_hours",),
    }
    return Recommendation(**(given | changes))


KINDS = ("organisations", "sites", "points", "users", "findings", "recommendations")


def _people(ctx: Context) -> None:
    scope = operator_scope()
    create_owner(ctx, "ana@example.org", "Ana", PASSWORD)
    create_owner(ctx, "eva@example.org", "Eva", PASSWORD, organisation_id="otra")
    for email, role in (("vic@example.org", UserRole.VIEWER), ("gob@example.org", UserRole.AGENCY)):
        create_user(ctx, scope, email, email[:3].title(), PASSWORD, role=role, organisation_id="default")


def build() -> Context:
    """The whole small world, from nothing."""
    ctx, scope = in_memory(clock=lambda: NOW), operator_scope()
    for site, seed, scale in ((HOME, 1, 0.75), (OFFICE, 2, 4.0), (FOREIGN, 3, 0.5)):
        create_site(ctx, scope, site)
        _fill(ctx, site, seed, scale, sun=site is OFFICE)
    create_site(ctx, scope, EMPTY)
    _people(ctx)
    with ctx.records.unit(scope) as unit:
        for site_id in ("casa", "ajena"):
            unit.findings.put(finding(site_id))
            unit.recommendations.put(advice(site_id))
    return ctx


@pytest.fixture(scope="session")
def seed() -> Context:
    """Built once: readings are only read, records are copied for each test."""
    return build()


@pytest.fixture
def world(seed: Context, tmp_path: Path) -> Iterator[World]:
    settings = read_settings(home=str(tmp_path / "home"), locale="es")
    ctx = replace(in_memory(settings=settings, clock=lambda: NOW), readings=seed.readings)
    scope = operator_scope()
    with seed.records.unit(scope) as old, ctx.records.unit(scope) as new:
        for kind in KINDS:
            for row in getattr(old, kind).find():
                getattr(new, kind).put(row)
    yield World(ctx, settings)
    # The limits on passwords are a process wide; each test begins with clean ones.
    pages = sys.modules.get("kanchay.web.pages.auth")  # not there where a test made no app
    for limit in pages.LIMITS.values() if pages else ():
        limit.clear()


@pytest.fixture
def fresh(world: World) -> World:
    """The same world with readings of its own, for tests that store some."""
    return World(replace(world.ctx, readings=build().readings), world.settings)


@pytest.fixture
def make_finding() -> Callable[..., Finding]:
    return finding


@pytest.fixture
def make_advice() -> Callable[..., Recommendation]:
    return advice


@pytest.fixture
def client(world: World) -> Client:
    """Ana, who owns the default organisation."""
    return world.client()
