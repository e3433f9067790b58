"""The forecast card of a meter: what it says in each case, and that it never says more than the data."""

from __future__ import annotations

from dataclasses import replace

import pytest

from kanchay.domain.errors import TimeError
from kanchay.domain.interval import HOUR
from kanchay.services.forecasting.card import ForecastCard, forecast_card
from kanchay.services.people.policy import operator_scope
from kanchay.web.formats import Formats
from kanchay.web.i18n import LOCALES, Words, catalogue
from kanchay.web.shell import Reader
from kanchay.web.views.forecast import _skill
from kanchay.web.views.forecast_card import card_view

CARD = "/sites/casa/forecast/card"


@pytest.fixture
def made(world) -> ForecastCard:
    return forecast_card(world.ctx, operator_scope(), "casa:grid")


def reader(made: ForecastCard, language: str = "es") -> Reader:
    return Reader(Words(language), Formats(language, "America/Lima"), made.end)


def view_name(made: ForecastCard) -> str:
    """The one beside, within a sentence."""
    return catalogue("es")[f"card.who.{made.record.beside}"]


def seen(made: ForecastCard, language: str = "es", **record):
    card = replace(made.skill, answers=made.skill.model, because="model_better")
    changed = replace(made, skill=card, record=replace(made.record, **record))
    return card_view(changed, "Medidor", reader(made, language))


def test_the_page_shows_every_part(client) -> None:
    page = client.get(CARD).text
    for key in ("hero", "coverage", "by_hour", "worst", "by_lead"):
        assert catalogue("es")[f"card.{key}"] in page
    assert page.count('<figure class="chart"') == 1 + 3  # errors by hour, three days
    assert page.count('details class="day"') == 3
    assert page.count(" open>") == 1
    assert "{" not in page.split("<main", 1)[1].split("<script", 1)[0].replace("{{", "")


@pytest.mark.parametrize("page", ["/sites/casa/", "/sites/oficina/", "/sites/casa/forecast"])
def test_it_is_linked_where_a_forecast_is_shown(client, page: str) -> None:
    assert f'href="/sites/{page.split("/")[2]}/forecast/card"' in client.get(page).text


def test_another_meter_has_its_own_card(client, world) -> None:
    from kanchay.services.forecasting.fleet import points_to_forecast

    points = points_to_forecast(world.ctx, operator_scope(), "oficina")
    spans = world.ctx.readings.spans(operator_scope(), [p.id for p in points])
    other = next(p for p in points if p.id in spans and p.id != "oficina:grid")
    page = client.get(f"/sites/oficina/forecast/card?point={other.id}")
    assert page.status_code == 200
    assert other.name in page.text
    assert f"point={other.id}" in client.get("/sites/oficina/forecast/card").text.replace("%3A", ":")


@pytest.mark.parametrize("point", ["nope", "oficina:grid", "ajena:grid", "../x", ""])
def test_no_meter_of_another_site(client, point: str) -> None:
    assert client.get(f"{CARD}?point={point}").status_code == 404


def test_a_site_without_readings_says_so(client) -> None:
    page = client.get("/sites/vacia/forecast/card")
    assert page.status_code == 200
    assert "<figure" not in page.text


def test_a_stranger_sees_nothing(client) -> None:
    assert client.get("/sites/ajena/forecast/card").status_code == 404


def test_too_little_history_is_an_empty_page(client, world, monkeypatch) -> None:
    from kanchay.services.readings import series

    whole = series.span(world.ctx, operator_scope(), "casa:grid")
    short = replace(whole, end=whole.start + 20 * HOUR)
    monkeypatch.setattr("kanchay.services.forecasting.card.held", lambda *_: short)
    monkeypatch.setattr(series, "span", lambda *_: short)
    page = world.client().get(CARD).text  # another app, with nothing kept
    assert "20 horas" in page
    assert catalogue("es")["card.empty"] in page
    assert "<figure" not in page


def test_a_failure_is_told_and_the_rest_is_safe(world, monkeypatch) -> None:
    from kanchay.services.forecasting import card as service

    def fail(*_: object, **__: object) -> None:
        raise TimeError("A horizon of 7 days is too far for this model.", hint="Ask for a day.")

    monkeypatch.setattr(service, "forecast_card", fail)
    page = world.client().get(CARD)
    assert page.status_code == 200
    assert catalogue("es")["card.failed"] in page.text
    assert "too far for this model" in page.text


def test_a_winner_is_named_only_where_the_range_says_so(made) -> None:
    won = seen(made, skill=0.2, skill_low=0.1, skill_high=0.3)
    assert (won.verdict, won.change) == ("better", "−20")
    assert "20" in won.headline
    assert "−30 y −10" in won.interval
    draw = seen(made, skill=0.2, skill_low=-0.1, skill_high=0.4)
    assert draw.verdict == "equal"
    assert draw.headline == catalogue("es")["card.h1.equal"].format(beside=view_name(made))
    lost = seen(made, skill=-0.2, skill_low=-0.3, skill_high=-0.1)
    assert (lost.verdict, lost.change) == ("worse", "+20")


def test_below_a_week_no_range_and_no_winner(made) -> None:
    nan = float("nan")
    short = seen(made, skill=0.5, skill_low=nan, skill_high=nan)
    assert short.verdict == "untold"
    assert short.bar is None
    assert short.interval == catalogue("es")["card.no_interval"]


def answered(made: ForecastCard, answers: str, because: str, beside: str, **more) -> ForecastCard:
    skill = replace(made.skill, answers=answers, because=because, beside=beside)
    record = replace(made.record, model=answers, beside=beside)
    return replace(made, skill=skill, record=record, **more)


@pytest.mark.parametrize(
    ("because", "headline", "told"),
    [
        ("naive_better", "Aquí acertó más el promedio de 7 días, y por eso responde", "acertó más que el modelo"),
        ("nothing_clearly_better", "Nadie acierta claramente más: sigue el promedio de 7 días", "sigue quien"),
        ("no_model", "Sin un modelo instalado, responde el promedio de 7 días", "No hay un modelo instalado"),
    ],
)  # fmt: skip
def test_something_simple_that_answers_is_judged_beside_the_model(made, because, headline, told) -> None:
    view = card_view(answered(made, "ensemble", because, "pretrained"), "m", reader(made))
    assert view.headline == headline
    assert (view.facts[0][1], view.model, view.beside) == (
        "Promedio de 7 días",
        "Promedio de 7 días",
        "Kanchay",
    )
    assert told in view.facts[0][2]
    assert view.hero == "Error frente a la otra opción"
    assert "de error frente a Kanchay" in view.sentence
    kept = round(100 * made.skill.scores["ensemble"].coverage80)
    assert view.coverage[1].said == f"{kept} de cada 100"


@pytest.mark.parametrize(
    ("within", "told"),
    [("adapted", ""), ("base", "habla el modelo sin adaptar"), ("ensemble", "toma el promedio de 7 días"),
     ("weekday", "toma el promedio de 4 semanas")],
)  # fmt: skip
def test_who_speaks_within_the_adapted_model_is_told(made, within: str, told: str) -> None:
    made = answered(made, "adapted", "adapted_better", "ensemble", within=within)
    view = card_view(made, "m", reader(made))
    assert view.facts[0][1] == "Kanchay, adaptado a este medidor"
    assert view.facts[0][2].startswith("Aprendió de las últimas semanas")
    assert told in view.facts[0][2]
    assert view.facts[0][2].endswith("sin aprender.") == (within == "adapted")
    assert view.hero == "Error frente a lo más simple"


@pytest.mark.parametrize(
    ("answers", "because", "chip"),
    [("ensemble", "naive_better", "simple"), ("ensemble", "no_model", "simple"), ("adapted", "adapted_better", "better"),
     ("pretrained", "model_better", "better"), ("pretrained", "too_short_to_tell", "untold")],
)  # fmt: skip
def test_the_forecast_page_judges_whoever_answers(made, answers: str, because: str, chip: str) -> None:
    card = replace(made.skill, answers=answers, because=because, beside="week", skill=0.1)
    skill = _skill(card, reader(made))
    assert (skill.verdict, skill.change) == (chip, "−10")
    assert [row[0] for row in skill.rows if row[2]] == [catalogue("es")[f"model.{answers}"]]
    assert f"acertó {round(100 * card.scores[answers].coverage80)} de cada 100" in skill.coverage
    assert "{" not in skill.why


def test_a_reason_without_words_is_left_out(made) -> None:
    unknown = replace(made, skill=replace(made.skill, because="some_new_reason"))
    assert card_view(unknown, "m", reader(made)).facts[0][2] == ""


def test_bands_are_judged_by_what_they_promise(made) -> None:
    scores = dict(made.skill.scores)
    scores[made.record.model] = replace(
        scores[made.record.model], coverage50=0.52, coverage80=0.6, coverage95=0.995
    )
    view = card_view(replace(made, skill=replace(made.skill, scores=scores)), "m", reader(made))
    assert [(c.verdict, round(c.kept), c.promised) for c in view.coverage] == [
        ("kept", 52, 50), ("narrow", 60, 80), ("kept", 100, 95),
    ]  # fmt: skip


def test_missing_readings_and_days_are_told(made) -> None:
    view = seen(made, missing_h=26.0, omitted=2)
    assert view.facts[3][1] == "faltan 26 h"
    assert view.facts[3][2].startswith("2 días")
    assert seen(made, missing_h=0.0, omitted=0).facts[3][1:] == ("completas", "")


def test_days_ahead_name_the_smaller_error_only_where_it_shows(made) -> None:
    view = seen(made, error_by_lead=(0.1, 0.2, float("nan")), beside_error_by_lead=(0.1, 0.3, 0.3))
    assert [row[1:] for row in view.by_lead] == [("0.100", "0.100", ""), ("0.200", "0.300", "model")]
    assert seen(made, error_by_lead=(0.1,), beside_error_by_lead=(0.2,)).by_lead == ()


def test_the_worst_days_show_what_came_true(made) -> None:
    view = card_view(made, "m", reader(made))
    curve, day = made.record.worst[0], view.worst[0]
    assert list(day.chart.lines[0].values) == list(curve.actual)
    assert list(day.chart.bands[0].low) == list(curve.low)
    assert len(view.worst) == 3


@pytest.mark.parametrize("language", LOCALES)
def test_words_are_found_in_both_languages(made, language: str) -> None:
    nan = float("nan")
    for record in (
        {},
        {"skill": -0.3, "skill_low": -0.4, "skill_high": -0.2},
        {"skill_low": nan, "skill_high": nan},
    ):
        view = seen(made, language, **record)
        said = [view.headline, view.sentence, view.interval, view.why, view.when, *sum(view.facts, ())]
        assert not [text for text in said if "card." in text or "{" in text]


def test_the_chart_of_hours_tells_no_date(made) -> None:
    chart = card_view(made, "m", reader(made)).by_hour
    assert '"clock":1' in chart.spec
    assert [row[0] for row in chart.table(reader(made).formats)[1]] == [f"{h:02d}:00" for h in range(24)]


def test_the_api_gives_the_same_card(client, made) -> None:
    given = client.get("/api/v1/points/casa:grid/forecast-card").json
    assert given["record"]["skill"] == pytest.approx(made.record.skill)
    assert given["skill"]["answers"] == made.skill.answers
    assert len(given["record"]["worst"]) == 3
    assert len(given["record"]["error_by_hour"]) == 24


@pytest.mark.parametrize(
    ("path", "status"),
    [("nope/forecast-card", 404), ("ajena:grid/forecast-card", 404), ("casa:grid/forecast-card?days=1", 422),
     ("casa:grid/forecast-card?days=many", 422)],
)  # fmt: skip
def test_the_api_refuses_in_its_one_form(client, path: str, status: int) -> None:
    answer = client.get(f"/api/v1/points/{path}")
    assert answer.status_code == status
    assert set(answer.json["error"]) >= {"code", "message", "hint"}
