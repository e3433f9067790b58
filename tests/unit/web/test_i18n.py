"""Two catalogues with the same keys and places; no key on a page is missing."""

from __future__ import annotations

import re
from pathlib import Path
from string import Formatter

import pytest

from kanchay.web.i18n import LOCALES, Words, catalogue, pick_locale

WEB = Path(__file__).resolve().parents[3] / "src" / "kanchay" / "web"


def places(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name}


def test_both_languages_have_the_same_keys() -> None:
    es, en = (set(catalogue(locale)) for locale in LOCALES)
    assert es == en


def test_both_languages_fill_the_same_places() -> None:
    es, en = (catalogue(locale) for locale in LOCALES)
    assert {k for k in es if places(es[k]) != places(en[k])} == set()


def test_no_text_is_empty_or_shouts() -> None:
    for locale in LOCALES:
        for key, text in catalogue(locale).items():
            assert text.strip(), key
            assert "!" not in text, key  # the voice: no exclamation marks
            assert not re.search(r"\b(podrías|genial|optimiza)", text.lower()), key


def used_keys() -> set[str]:
    """Keys named in templates and modules; those put together at run time are tested where they are."""
    found: set[str] = set()
    for path in [*WEB.glob("templates/*.html"), *WEB.rglob("*.py")]:
        if path.name.startswith("report"):
            continue
        text = path.read_text("utf-8")
        found |= set(re.findall(r"""\bt(?:\.html)?\(\s*["']([a-z0-9_.]+[a-z0-9])["']\s*[,)]""", text))
        found |= {f"{key}.other" for key in re.findall(r"""\.many\(\s*["']([a-z0-9_.]+)["']""", text)}
        found |= set(re.findall(r"""\.words\(\s*["']([a-z0-9_.]+[a-z0-9])["']\s*[,)]""", text))
    return found


def test_every_key_that_is_used_exists() -> None:
    keys = used_keys()
    assert len(keys) > 200
    assert keys - set(catalogue("es")) == set()


@pytest.mark.parametrize("locale", LOCALES)
def test_keys_put_together_from_codes_exist(locale: str) -> None:
    from kanchay.adapters.files.refusal import _SENTENCES
    from kanchay.domain.finding import RecommendationState
    from kanchay.domain.point import Direction, Kind, SiteKind
    from kanchay.domain.scope import Role
    from kanchay.domain.units import Quantity
    from kanchay.settings import SETTINGS
    from kanchay.web.pages.findings import ANSWERS, REASONS

    t = Words(locale)
    wanted = [f"state.{s.value}" for s in RecommendationState] + [f"role.{r.value}" for r in Role]
    wanted += [f"kind_of_site.{k.value}" for k in SiteKind] + [f"quantity.{q.value}" for q in Quantity]
    wanted += [f"direction.{d.value}" for d in Direction] + [f"kind.{k.value}" for k in Kind]
    wanted += [f"reason.{r}" for r in REASONS] + [f"advice.said_{a}" for a in ANSWERS]
    wanted += [f"setting.{s.name}" for s in SETTINGS] + [f"error.file.{reason}" for reason in _SENTENCES]
    wanted += [
        f"error.{wrong}"
        for wrong in ("answer.column", "answer.told", "answer.factor", "answer.sheet", "unit")
    ]
    assert [key for key in wanted if not t.has(key)] == []


def test_the_importers_reasons_are_known_word_for_word() -> None:
    from kanchay.adapters.files.questions import BECAUSE
    from kanchay.services.readings.match_bill import BILL_SAYS

    english = {
        key.removeprefix("because."): text
        for key, text in catalogue("en").items()
        if key.startswith("because.")
    }
    assert english == BECAUSE | {"bill": BILL_SAYS}


def test_an_unknown_language_is_spanish() -> None:
    assert pick_locale(None, "fr", "") == "es"
    assert pick_locale("fr", "en") == "en"


def test_markup_in_a_text_is_ours_and_values_are_escaped() -> None:
    said = Words("es").html("bill.step_why", cost="<script>")
    assert "<b>&lt;script&gt;</b>" in said


def test_one_and_many() -> None:
    t = Words("es")
    assert t.many("period.left", 1) == "queda 1 día"
    assert t.many("period.left", 12) == "quedan 12 días"


def test_a_reader_can_change_the_language(client) -> None:
    assert 'lang="es-PE"' in client.get("/sites").text
    answer = client.get("/language/en?next=/sites")
    assert answer.location == "/sites"
    page = client.get("/sites").text
    assert 'lang="en"' in page
    assert "1 of 3 sites without readings" in page
    assert client.get("/language/en?next=https://evil.example").location == "/"


@pytest.mark.parametrize(
    ("header", "language"),
    [
        ("en-GB,en;q=0.9,es;q=0.8", "en"),
        ("es-MX,es;q=0.9,en;q=0.8", "es-PE"),
        ("qu,fr;q=0.5", "es-PE"),
        ("", "es-PE"),
    ],
)
def test_the_browser_says_the_language_until_somebody_chooses(client, header: str, language: str) -> None:
    asked = {"headers": {"Accept-Language": header}}
    assert f'lang="{language}"' in client.get("/sites", **asked).text
    other = "es" if language == "en" else "en"
    client.get(f"/language/{other}?next=/sites")
    assert f'lang="{"es-PE" if other == "es" else "en"}"' in client.get("/sites", **asked).text


def test_a_building_is_spoken_of_without_you() -> None:
    for locale in LOCALES:
        own = {k.removeprefix("impersonal.") for k in catalogue(locale) if k.startswith("impersonal.")}
        assert own <= set(catalogue(locale))
        for key in own:
            said = Words(locale, impersonal=True)(key).lower()
            assert not re.search(r"\b(tú|tu|tus|te|you|your)\b", said), key


@pytest.mark.parametrize("page", ["", "forecast", "forecast/card", "findings", "bill"])
def test_the_pages_of_a_building_never_say_you(client, page: str) -> None:
    for language, you in (("es", r"\b(tú|tus?)\b|\b(?!atrás)\w+rás\b"), ("en", r"\byours?\b|\byou\b")):
        client.get(f"/language/{language}")
        main = re.search(r"<main.*</main>", client.get(f"/sites/oficina/{page}").text, re.S)
        assert main
        words = re.sub(r"<script.*?</script>|<[^>]+>", " ", main[0], flags=re.S).lower()
        assert not re.search(you, words), re.search(f".{{30}}({you}).{{30}}", words)
