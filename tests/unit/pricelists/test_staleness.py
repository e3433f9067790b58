"""How old the lists are: 45 days in Peru, a review that is due, lists that ended; on the page and in the API."""

from __future__ import annotations

from copy import deepcopy
from datetime import date
from pathlib import Path

import pytest

from kanchay.adapters.tariff_folder import TariffFolder
from kanchay.bootstrap import in_memory
from kanchay.services.context import Context
from kanchay.services.money.staleness import TariffAge, stale_tariffs, tariff_ages
from kanchay.settings import read_settings

LDS, PLUZ = "pe.luz_del_sur.lima_sur.bt5b", "pe.pluz.lima_norte.bt5b"


@pytest.fixture
def ctx(tmp_path: Path) -> Context:
    return in_memory(settings=read_settings(home=str(tmp_path)))


def age_of(ctx: Context, tariff_id: str, today: date) -> TariffAge:
    return next(a for a in tariff_ages(ctx, today) if a.tariff_id == tariff_id)


@pytest.mark.parametrize(
    ("today", "state"),
    [
        (date(2026, 9, 4), "fresh"),
        (date(2026, 10, 19), "fresh"),  # 45 days
        (date(2026, 10, 20), "stale"),  # 46 days
    ],
)
def test_a_list_of_lima_is_stale_after_45_days(ctx: Context, today: date, state: str) -> None:
    assert age_of(ctx, PLUZ, today).state == state


def test_a_list_of_october_is_stale_from_the_first_of_november(ctx: Context, tmp_path: Path) -> None:
    document = deepcopy(ctx.library.tariff_documents()[PLUZ])
    document["versions"][-1]["valid_from"] = "2026-10-04"
    TariffFolder(tmp_path / "tariffs").save(document, "")
    assert age_of(ctx, PLUZ, date(2026, 10, 31)).state == "fresh"
    november = age_of(ctx, PLUZ, date(2026, 11, 1))
    assert (november.state, november.age_days, november.own) == ("stale", 28, True)


@pytest.mark.parametrize(
    ("valid_from", "expected"),
    [
        ("2026-09-04", date(2026, 10, 4)),
        ("2026-12-04", date(2027, 1, 4)),
        ("2026-11-01", date(2026, 11, 4)),
        ("2026-11-30", date(2026, 12, 4)),
    ],
)
def test_the_next_list_is_expected_on_the_fourth(
    ctx: Context, tmp_path: Path, valid_from: str, expected: date
) -> None:
    document = deepcopy(ctx.library.tariff_documents()[PLUZ])
    document["versions"][-1]["valid_from"] = valid_from
    document["versions"][0]["valid_to"] = None
    document["versions"][0]["valid_to"] = valid_from
    TariffFolder(tmp_path / "tariffs").save(document, "")
    assert age_of(ctx, PLUZ, date(2026, 11, 22)).next_change == expected


def test_stale_ones_are_first_and_ended_ones_last(ctx: Context) -> None:
    today = date(2026, 11, 22)
    ages = tariff_ages(ctx, today)
    states = [a.state for a in ages]
    assert states == sorted(states, key=["stale", "fresh", "undated", "ended"].index)
    assert [a.tariff_id for a in ages if a.state == "stale"] == [
        a.tariff_id for a in stale_tariffs(ctx, today)
    ]
    assert {LDS, PLUZ} <= {a.tariff_id for a in stale_tariffs(ctx, today)}
    assert len(ages) == len(ctx.library.tariff_documents())
    ended = next(a for a in ages if a.tariff_id == "pe.enel.lima.mt2")
    assert (ended.state, ended.next_change) == ("ended", None)


def test_every_list_of_lima_says_when_a_new_cost_period_is_due(ctx: Context) -> None:
    lima = [a for a in tariff_ages(ctx, date(2026, 11, 22)) if a.tariff_id.startswith(("pe.luz", "pe.pluz"))]
    assert {a.review_from for a in lima} == {date(2026, 11, 1)}
