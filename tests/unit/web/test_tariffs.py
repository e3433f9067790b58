"""The page of price lists: stale ones first and marked, wrong files named, in both languages; the API says the same."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from kanchay.bootstrap import TARIFFS_FOLDER, in_memory
from kanchay.domain.interval import parse_instant
from kanchay.services.money.staleness import tariff_ages
from kanchay.web.formats import Formats
from kanchay.web.i18n import LOCALES, Words
from kanchay.web.shell import Reader
from kanchay.web.views.tariffs import tariffs_page

NOW = parse_instant("2026-11-22T12:00", "America/Lima")


@pytest.fixture
def ctx(tmp_path):
    from kanchay.settings import read_settings

    return in_memory(settings=read_settings(home=str(tmp_path)), clock=lambda: NOW)


def reader(locale: str) -> Reader:
    return Reader(Words(locale), Formats(locale, "America/Lima"), NOW)


@pytest.mark.parametrize("locale", LOCALES)
def test_stale_lists_come_first_with_their_age_and_what_is_due(ctx, locale) -> None:
    view = tariffs_page(ctx, reader(locale))
    lima = next(c for c in view.cards if c.title == "Luz del Sur, Lima Sur")
    assert lima.kind == "warn"
    assert "110" in lima.sentence
    assert ("4 de setiembre de 2026" if locale == "es" else "4 September 2026") in lima.sentence
    assert ("costos de distribución" if locale == "es" else "distribution costs") in lima.sentence
    assert [row.option for row in lima.rows] == ["BT5B", "BT5B"]
    kinds = [card.kind for card in view.cards]
    assert kinds == sorted(kinds, key=["warn", "good", ""].index)
    assert sum(len(card.rows) for card in view.cards) == len(tariff_ages(ctx, date_of(NOW)))
    assert not any(
        "tariffs." in text for card in view.cards for text in (card.state, card.sentence, card.title)
    )


def test_lists_of_the_readers_own_country_come_before_those_of_others(ctx) -> None:
    titles = [card.title for card in tariffs_page(ctx, reader("es"), {"PE"}).cards]
    assert {t.split(",")[0] for t in titles[:2]} == {"Luz del Sur", "Pluz Energía Perú"}
    assert sorted(titles) == sorted(card.title for card in tariffs_page(ctx, reader("es")).cards)


def date_of(now: int):
    from kanchay.domain.interval import to_datetime

    return to_datetime(now, "America/Lima").date()


def test_a_list_that_begins_later_is_not_so_many_days_old(ctx) -> None:
    august = replace(reader("es"), now=parse_instant("2026-08-20T12:00", "America/Lima"))
    pluz = next(c for c in tariffs_page(ctx, august).cards if c.title.startswith("Pluz"))
    assert pluz.sentence.startswith("Rige desde el 4 de setiembre de 2026. ")
    assert not re.search(r"[-−]\d", pluz.sentence)


def test_fresh_lists_say_when_the_next_is_expected(ctx) -> None:
    september = replace(reader("es"), now=parse_instant("2026-09-10T12:00", "America/Lima"))
    pluz = next(c for c in tariffs_page(ctx, september).cards if c.title.startswith("Pluz"))
    assert (pluz.kind, pluz.state) == ("good", "al día")
    assert "La siguiente se espera el 4 de octubre de 2026." in pluz.sentence


def test_a_wrong_file_is_named(ctx, tmp_path) -> None:
    (tmp_path / TARIFFS_FOLDER).mkdir()
    (tmp_path / TARIFFS_FOLDER / "mine.yaml").write_text("id: [", "utf-8")
    (problem,) = tariffs_page(ctx, reader("es")).problems
    assert problem.file == "mine.yaml"


def test_the_page_and_the_api_tell_the_same(client, world) -> None:
    page = client.get("/tariffs")
    assert page.status_code == 200
    told = client.get("/api/v1/tariffs?stale=true&limit=200").json["items"]
    listed = client.get("/api/v1/tariffs?limit=200").json["items"]
    assert [t["state"] for t in told] == ["stale"] * len(told)
    assert len(listed) == len(world.ctx.library.tariff_documents())
    shown = re.search(r"<h1>(\d+) de (\d+) listas", page.text)
    assert not told if shown is None else (int(shown[1]), int(shown[2])) == (len(told), len(listed))


def test_nobody_sees_it_without_signing_in(world) -> None:
    stranger = world.client(None)
    assert stranger.get("/tariffs").status_code in (302, 303, 401)
    assert stranger.get("/api/v1/tariffs").status_code == 401
