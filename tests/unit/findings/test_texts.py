"""Texts: every code in both languages, every place filled by the numbers that the code gives."""

from __future__ import annotations

import re
from string import Formatter as Fields

import pytest

from kanchay.adapters.library import PackageLibrary
from kanchay.domain.finding import FindingKind
from kanchay.domain.issue import Issue, IssueKind
from kanchay.domain.point import SiteKind
from kanchay.services.findings import words
from kanchay.services.findings.advise import advise_site
from kanchay.services.findings.detect import detect_site
from kanchay.simulate.home import simulate_home
from kanchay.simulate.office import simulate_office
from kanchay.web.formats import Formats

from .helpers import BT5B, product

LOCALES = ("es", "en")
# What codes with no detector on these homes are filled with, by whoever makes them.
ELSEWHERE = {"after_hours", "over_band", "standby"}


def places(text: str) -> set[str]:
    return {name for _, name, _, _ in Fields().parse(text) if name}


@pytest.fixture(scope="module")
def texts():
    return {locale: PackageLibrary().texts(locale) for locale in LOCALES}


def test_same_codes_and_places_in_both_languages(texts):
    assert texts["es"].keys() == texts["en"].keys()
    for code, text in texts["es"].items():
        assert places(text) == places(texts["en"][code]), code


@pytest.mark.parametrize("locale", LOCALES)
def test_a_building_is_spoken_of_without_you(texts, locale):
    """The same codes and places as for a home, and nobody's home is named."""
    home = words.texts_of_site(texts[locale], SiteKind.HOME)
    building = words.texts_of_site(texts[locale], SiteKind.BUILDING)
    assert home.keys() == building.keys()
    assert not any(code.startswith("building.") for code in home)
    for code, text in building.items():
        assert places(text) <= places(home[code]), code
    kinds = ("baseload_creep", "left_on", "unusual_days", "after_hours")
    causes = ("always_on", "left_on", "odd_day", "closing_time", "rest_day_schedule")
    actions = ("unplug_one_by_one", "check_what_ran", "remember_that_day", "fix_schedule")
    told = [
        *(f"finding.{kind}.{part}" for kind in kinds for part in ("title", "body")),
        *(f"cause.{c}" for c in causes),
        *(f"action.{a}" for a in actions),
        *(code for code in building if code.startswith(("uncosted.", "issue.", "money."))),
    ]
    personal = (
        r"\b(tú|tu|tus|te|usas|revisa|recuerda|desenchufa|ajusta)\b"
        if locale == "es"
        else r"\b(you|your|home)\b"
    )
    for code in told:
        assert not re.search(personal, building[code].lower()), (code, building[code])


@pytest.mark.parametrize("locale", LOCALES)
def test_an_office_that_runs_on_is_told_whole(texts, locale):
    office = simulate_office(seed=3, start="2026-03-01", days=120, faults=["after_hours", "baseload_creep"])
    ctx, scope, site = product(office, tariff_id=BT5B)
    found = detect_site(ctx, scope, site.id, store=False)
    assert {FindingKind.AFTER_HOURS, FindingKind.BASELOAD_CREEP} <= {f.kind for f in found}
    assert advise_site(ctx, scope, site.id, store=False, findings=found) == []
    said = words.texts_of_site(texts[locale], site.kind)
    f = Formats(locale, site.tz)
    for one in found:
        lines = [words.headline(one, said, f), words.summary(one, said, f), words.cause(one, said, f)]
        lines += words.what_to_do(one, said, f)
        assert all(line and "–" not in line and "{" not in line for line in lines), lines


@pytest.mark.parametrize("locale", LOCALES)
def test_every_kind_has_its_words(texts, locale):
    for kind in FindingKind:
        assert texts[locale][f"finding.{kind}.title"]
        assert texts[locale][f"finding.{kind}.body"]
    for issue in IssueKind:
        assert texts[locale][f"issue.{issue}"]


@pytest.fixture(scope="module")
def told():
    """Findings and advice of homes with each fault, by the code that makes them."""
    found, advice = [], []
    for fault in ("baseload_creep", "left_on", "unusual_days", "fridge_seal"):
        ctx, scope, site = product(
            simulate_home(seed=110, start="2026-06-01", days=90, faults=[fault]), tariff_id=BT5B
        )
        new = detect_site(ctx, scope, site.id, store=False)
        found += new
        advice += advise_site(ctx, scope, site.id, store=False, findings=new)
    return found, advice


def test_detectors_fill_every_place(texts, told):
    found, advice = told
    assert {f.kind for f in found} >= {FindingKind(k) for k in FindingKind} - {
        FindingKind(k) for k in ELSEWHERE
    }
    for f in found:
        codes = [
            f"finding.{f.kind}.title",
            f"finding.{f.kind}.body",
            f"cause.{f.cause}",
            *(f"action.{a}" for a in f.actions),
        ]
        for code in codes:
            assert places(texts["es"][code]) <= f.numbers.keys(), code
    assert advice
    for a in advice:
        for code in [f"advice.{a.code}.title", f"advice.{a.code}.body", *(f"why.{w}" for w in a.why)]:
            assert places(texts["es"][code]) <= a.numbers.keys(), code


@pytest.mark.parametrize("locale", LOCALES)
def test_sentences_are_whole(texts, told, locale):
    f = Formats(locale, "America/Lima")
    found, advice = told
    for one in found:
        lines = [
            words.headline(one, texts[locale], f),
            words.summary(one, texts[locale], f),
            words.cause(one, texts[locale], f),
        ]
        lines += [*words.what_to_do(one, texts[locale], f), words.since(one, texts[locale], f)]
        assert all(line and "–" not in line and "{" not in line for line in lines), lines
    for each in advice:
        lines = [
            words.recommendation_title(each, texts[locale], f),
            words.recommendation_body(each, texts[locale], f),
        ]
        lines += words.why_lines(each, texts[locale], f)
        assert all(line and "–" not in line and "{" not in line for line in lines), lines


def test_voice(texts):
    """Tú, no "podrías", no cheering, short sentences."""
    for code, text in texts["es"].items():
        assert not re.search(r"podrías|¡|optimiza|usted|vos ", text.lower()), code
        for sentence in re.split(r"[.:;] ", text):
            assert len(sentence.split()) <= 24, (code, sentence)


def test_numbers_by_their_unit():
    f = Formats("es", "America/Lima")
    said = {
        name: words.written(name, value, f)
        for name, value in {
            "rise_w": 14.2, "extra_kwh": 12.34, "share_pct": 29.0, "x_share": 0.29, "lasted_h": 60.0, "a_clock": 17.5,
            "gain_money": 9.85, "price_money": 18.0, "n_days": 3.0, "worst_day": 1787374800.0,
        }.items()
    }  # fmt: skip
    nbsp = "\u00a0"
    assert said == {
        "rise_w": f"14{nbsp}W", "extra_kwh": f"12.3{nbsp}kWh", "share_pct": f"29{nbsp}%", "x_share": f"29{nbsp}%",
        "lasted_h": f"60{nbsp}h", "a_clock": "17:30", "gain_money": f"S/{nbsp}9.85", "price_money": f"S/{nbsp}18",
        "n_days": "3", "worst_day": "sábado 22 de agosto",
    }  # fmt: skip
    assert words.say({"t": "{unknown}"}, "t", {}, f) == "–"
    assert words.say({}, "t", {}, f) == ""


def test_issues_and_money_have_words(texts):
    f = Formats("en", "America/Lima")
    issue = Issue(IssueKind.GAP, "m", 0, 7200)
    assert words.issue_line(issue, texts["en"], f) == "No readings for 2 h"
    assert words.money_words(None, texts["es"], f) == ("sin costo", "")
