"""Several processes at one product: first starts, writers, claims and workers at the same moment."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from kanchay.bootstrap import open_product, secret_key
from kanchay.domain.scope import Role
from kanchay.services.people.policy import operator_scope
from kanchay.services.people.sign_in import one_time_link
from kanchay.services.people.sites import list_sites
from kanchay.settings import read_settings

OPERATOR = operator_scope()
HEAD = """
import json, os, sys, time
import numpy as np
from kanchay.bootstrap import open_product, secret_key
from kanchay.domain.point import Point, Site
from kanchay.domain.reading import Readings
from kanchay.services.people.policy import operator_scope, worker_scope
from kanchay.services.people.sites import add_points, create_site
from kanchay.settings import read_settings
settings, o, me = read_settings(home=sys.argv[1]), operator_scope(), f"s{os.getpid()}"
while time.time() < float(sys.argv[2]):
    pass
ctx = open_product(settings)
"""


def side_by_side(home: Path, n: int, work: str) -> list[object]:
    """The answers of `n` processes that begin at the same moment; none may fail."""
    at = str(time.time() + 2.5)
    command = [sys.executable, "-c", HEAD + work, str(home), at]
    pipe = subprocess.PIPE
    running = [subprocess.Popen([*command, str(i)], stdout=pipe, stderr=pipe, text=True) for i in range(n)]
    ended = [process.communicate(timeout=90) for process in running]
    for process, (_, said) in zip(running, ended, strict=True):
        assert process.returncode == 0, said
    return [json.loads(out) for out, _ in ended]


WRITE = """
create_site(ctx, o, Site(me, me, "UTC"))
add_points(ctx, o, me, [Point(f"{me}:m", me, "m")])
for k in range(40):
    ctx.readings.append(o, [Readings.regular(f"{me}:m", k * 900, 900, np.ones(1))], recorded_at=k)
print(json.dumps(secret_key(settings).hex()))
"""


def test_first_starts_and_writers_at_once_lose_nothing(tmp_path: Path) -> None:
    home = tmp_path / "home"
    keys = side_by_side(home, 3, WRITE)
    settings = read_settings(home=str(home))
    assert set(keys) == {secret_key(settings).hex()}
    ctx = open_product(settings)
    sites = list_sites(ctx, OPERATOR)
    assert len(sites) == 3
    spans = ctx.readings.spans(OPERATOR, [f"{site.id}:m" for site in sites])
    assert [span.n for span in spans.values()] == [40, 40, 40]
    assert len(ctx.readings.changes(OPERATOR, 0)) == 120
    for name in ("records.sqlite", "readings.sqlite", "secret.key"):
        assert (home / name).stat().st_mode & 0o077 == 0
    assert home.stat().st_mode & 0o077 == 0
    ctx.readings.close()
    ctx.records.close()


CLAIM = """
from kanchay.domain.errors import AccessDenied
from kanchay.services.people.sign_in import claim_owner
try:
    claim_owner(ctx, open(settings.home / "token").read(), f"{me}@example.org", me, "una frase larga y facil")
    print("true")
except AccessDenied:
    print("false")
"""


def test_of_several_claims_at_once_one_is_taken(tmp_path: Path) -> None:
    settings = read_settings(home=str(tmp_path / "home"))
    ctx = open_product(settings)
    (settings.home / "token").write_text(one_time_link(ctx))
    assert sorted(side_by_side(settings.home, 3, CLAIM)) == [False, False, True]
    with ctx.records.unit(OPERATOR) as unit:
        assert [user.actor.role for user in unit.users.find()] == [Role.OWNER]
    ctx.readings.close()
    ctx.records.close()


ROLL = """
from kanchay.services.readings.rollups import roll_up
if sys.argv[3] == "0":  # one writes on while the others roll up
    create_site(ctx, o, Site("s", "S", "UTC"))
    add_points(ctx, o, "s", [Point("m", "s", "M")])
    for k in range(60):
        ctx.readings.append(o, [Readings.regular("m", k * 3600, 3600, np.ones(1))], recorded_at=k)
else:
    for _ in range(40):
        roll_up(ctx, worker_scope())
        time.sleep(0.01)
print("1")
"""


def test_workers_beside_a_writer_end_at_what_was_written(tmp_path: Path) -> None:
    from kanchay.services.readings.rollups import roll_up

    home = tmp_path / "home"
    side_by_side(home, 3, ROLL)
    ctx = open_product(read_settings(home=str(home)))
    roll_up(ctx, OPERATOR)
    assert ctx.readings.rollups(OPERATOR, "m", "hour", 0, 1 << 40).total.tolist() == pytest.approx([1.0] * 60)
    assert ctx.readings.rollups(OPERATOR, "m", "day", 0, 1 << 40).total.sum() == pytest.approx(60.0)
    ctx.readings.close()
    ctx.records.close()


def test_a_database_left_open_to_others_is_closed_to_them(tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir(mode=0o755)
    (home / "records.sqlite").touch(mode=0o644)
    ctx = open_product(read_settings(home=str(home)))
    one_time_link(ctx)
    assert [p.name for p in home.glob("*.sqlite*") if p.stat().st_mode & 0o077] == []
    ctx.readings.close()
    ctx.records.close()


def test_a_dismissal_while_findings_are_matched_is_not_lost(tmp_path: Path, monkeypatch) -> None:
    """Whoever detects holds the write lock from the look at the stored findings on."""
    import sqlite3

    from kanchay.domain.point import Point, Site
    from kanchay.domain.reading import Readings
    from kanchay.services.findings import detect
    from kanchay.services.people.sites import add_points, create_site

    settings = read_settings(home=str(tmp_path / "home"))
    ctx = open_product(settings)
    create_site(ctx, OPERATOR, Site("s", "S", "UTC"))
    add_points(ctx, OPERATOR, "s", [Point("m", "s", "M", resolution_s=3600)])
    values = 0.1 + 0.2 * (np.arange(30 * 24) % 24 > 17)
    ctx.readings.append(OPERATOR, [Readings.regular("m", 0, 3600, values)], recorded_at=1)
    tried: list[str] = []

    def meanwhile(found, known):
        with sqlite3.connect(settings.home / "records.sqlite", timeout=0) as other:
            try:
                other.execute("BEGIN IMMEDIATE")
                tried.append("taken")
            except sqlite3.OperationalError as error:
                tried.append(str(error))
        return list(found), []

    monkeypatch.setattr(detect, "match_stored", meanwhile)
    detect.detect_site(ctx, OPERATOR, "s")
    assert tried == ["database is locked"]
    ctx.readings.close()
    ctx.records.close()
