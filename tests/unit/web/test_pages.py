"""What the pages say and do, without JavaScript."""

from __future__ import annotations

import io
import re

import pytest


def h1(client, path: str) -> str:
    found = re.findall(r"<h1>(.*?)</h1>", client.get(path).text)
    assert len(found) == 1, path
    return found[0]


def test_the_house_has_a_front_door(client) -> None:
    assert client.get("/").location == "/sites/casa/"


def test_who_has_no_site_is_told_how_to_begin(world) -> None:
    from kanchay.services.people.policy import operator_scope

    with world.ctx.records.unit(operator_scope()) as unit:
        for site in ("casa", "oficina", "vacia"):
            unit.sites.remove(site)
    assert "Empieza con tu casa" in h1(world.client(), "/")


@pytest.mark.parametrize("room", ["", "forecast", "findings", "bill"])
def test_a_site_without_readings_says_what_will_be_here(client, room: str) -> None:
    assert h1(client, f"/sites/vacia/{room}") == "Todavía no hay lecturas"


def test_the_home_says_where_the_period_will_close(client) -> None:
    page = client.get("/sites/casa/").text
    assert re.search(r"<h1>.*línea de 140.*</h1>", page)
    assert "Al 4 de setiembre" in page
    assert "Pon un timer a la terma" in page
    assert "S/\u00a09.39 al mes" in page
    assert "Simulado" in page
    assert "Sábado 22 de agosto, 6:40" in page


def test_names_are_escaped_everywhere(client) -> None:
    for path in ("/sites/casa/", "/sites", "/sites/casa/edit", "/sites/casa/bill"):
        text = client.get(path).text
        assert "<Co>" not in text
        assert "Casa Ñ &amp; &lt;Co&gt;" in text


def test_what_is_not_simulated_does_not_say_so(client) -> None:
    assert "Simulado" not in client.get("/sites/oficina/").text


def test_the_building_shows_sun_grid_and_what_was_sent(client) -> None:
    page = client.get("/sites/oficina/").text
    for said in ("Del sol", "De la red", "se enviaron a la red", "Próxima punta", "Ayer, hora por hora"):
        assert said in page


def test_now_is_a_fragment_of_its_own(client) -> None:
    part = client.get("/sites/casa/now").text
    assert part.lstrip().startswith("<section")
    assert "Terma" in part
    assert "<html" not in part
    assert "hace 40 min" in part


def test_a_chart_has_its_table_behind_it(client) -> None:
    for path in ("/sites/casa/", "/sites/casa/forecast", "/sites/casa/findings", "/sites/oficina/"):
        page = client.get(path).text
        figures = re.findall(r'<figure class="chart".*?</figure>', page, flags=re.S)
        assert figures, path
        for figure in figures:
            assert figure.count("<tr>") > 3, path
            assert 'aria-label="' in figure


def test_the_forecast_page_shows_period_hours_and_skill(client) -> None:
    page = client.get("/sites/casa/forecast").text
    for said in (
        "Lo que va del periodo",
        "Próximas horas",
        "¿Qué tanto acierta?",
        "Probabilidad de pasar la línea",
    ):
        assert said in page


def test_the_bill_stands_line_by_line_and_adds_up(client) -> None:
    page = client.get("/sites/casa/bill").text
    amounts = [
        float(x.replace(",", "").replace("−", "-"))
        for x in re.findall(r'<tr><td>.*?<td class="r">([\d.,−]+)</td>', page)
    ]
    total = float(re.search(r'class="total".*?S/\u00a0([\d.,]+)', page, flags=re.S)[1].replace(",", ""))
    assert len(amounts) >= 6
    assert sum(amounts) == pytest.approx(total, abs=0.005)
    for said in (
        "Cargo fijo",
        "Alumbrado público",
        "IGV",
        "El escalón de 140",
        "Hasta ahora",
        "¿Por qué estos precios?",
    ):
        assert said in page


def test_without_a_tariff_there_is_a_reason_and_a_way(client) -> None:
    page = client.get("/sites/oficina/bill").text
    assert "falta la tarifa" in page
    assert 'href="/sites/oficina/edit"' in page


def test_a_missing_line_of_the_bill_is_named(world) -> None:
    client = world.client()
    form = {
        "name": "Casa",
        "tz": "America/Lima",
        "billing_day": "5",
        "country": "PE",
        "currency": "PEN",
        "tariff_id": "pe.luz_del_sur.lima_sur.bt5b",
        "with_parameters": "1",
        "p-reposicion": "1.40",
    }
    assert client.post("/sites/casa/edit", "/sites/casa/edit", form).status_code == 303
    page = client.get("/sites/casa/bill").text
    assert "no incluye el alumbrado" in page
    assert "Alumbrado público<small>" not in page


def test_findings_are_ranked_costed_and_explained(client) -> None:
    page = client.get("/sites/casa/findings").text
    for said in (
        "De madrugada tu casa usa 36\u00a0W más",
        "S/\u00a0246 al año",
        "entre 223 y 270",
        "Qué hacer",
        "Desenchufa uno por uno",
    ):
        assert said in page
    assert h1(client, "/sites/casa/findings/casa-f1") == "De madrugada tu casa usa 36\u00a0W más"


def test_accept_done_undo_decline(client) -> None:
    page, path = "/sites/casa/findings", "/sites/casa/recommendations/casa-a1"
    assert client.post(path, page, {"answer": "accepted"}).location == page
    assert "aceptado" in client.get(page).text
    client.post(path, page, {"answer": "proposed"})
    assert "Lo voy a hacer" in client.get(page).text
    client.post(path, page, {"answer": "declined", "reason": "too_dear"})
    text = client.get(page).text
    assert "descartado" in text
    assert "Entendido. No lo repetiremos." not in client.get(page).text  # said once


def test_an_unknown_answer_is_refused(client) -> None:
    path = "/sites/casa/recommendations/casa-a1"
    assert client.post(path, "/sites/casa/findings", {"answer": "verified"}).status_code == 422
    assert (
        client.post(path, "/sites/casa/findings", {"answer": "declined", "reason": "<b>"}).status_code == 422
    )


def test_a_dismissed_finding_leaves_the_list_and_the_count(client) -> None:
    assert "pendientes:" in client.get("/sites/casa/").text
    client.post("/sites/casa/findings/casa-f1/dismiss", "/sites/casa/findings", {"reason": "fue una visita"})
    assert "pendientes:" not in client.get("/sites/casa/").text
    assert "Terminados y quitados" in client.get("/sites/casa/findings").text


def test_adding_and_changing_a_site(client) -> None:
    form = {
        "name": "Casa de Ñaña",
        "kind": "home",
        "tz": "America/Lima",
        "billing_day": "12",
        "country": "pe",
        "currency": "pen",
        "tariff_id": "",
    }
    assert client.post("/sites/new", "/sites/new", form).location == "/sites/casa-de-nana/import"
    assert client.post("/sites/new", "/sites/new", form).status_code == 422  # that id is taken
    form |= {"name": "Casa de la abuela", "billing_day": "3", "floor_area_m2": "82,5"}
    assert client.post("/sites/casa-de-nana/edit", "/sites/casa-de-nana/edit", form).status_code == 303
    page = client.get("/sites/casa-de-nana/edit").text
    assert 'value="Casa de la abuela"' in page
    assert 'value="82.5"' in page


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"name": " "}, "necesita un nombre"),
        ({"billing_day": "31"}, "va de 1 a 28"),
        ({"tz": "Lima"}, "zona u hora no se entiende"),
        ({"floor_area_m2": "mucho"}, "no se entiende"),
        ({"tariff_id": "nope"}, "No conocemos esa tarifa"),
        ({"kind": "castle"}, "castle"),
    ],
)
def test_a_wrong_field_is_told(client, change: dict[str, str], said: str) -> None:
    form = {"name": "Otra", "kind": "home", "tz": "America/Lima", "billing_day": "1", "currency": "PEN"}
    answer = client.post("/sites/new", "/sites/new", form | change)
    assert answer.status_code == 422
    assert said in answer.text


def test_settings_show_every_setting_and_keep_language_and_theme(client) -> None:
    from kanchay.settings import SETTINGS

    page = client.get("/settings").text
    assert all(s.variable in page for s in SETTINGS)
    assert client.post("/settings", "/settings", {"language": "en", "theme": "dark"}).status_code == 303
    page = client.get("/settings").text
    assert '<html lang="en" data-theme="dark">' in page
    client.post("/settings", "/settings", {"language": "es", "theme": ""})
    assert '<html lang="es-PE">' in client.get("/settings").text


CSV = "Fecha;Energia (Wh)\n" + "".join(
    f"{d:02}/07/2026 {h:02}:00;{100 + h},5\n"
    for d in range(13, 28)
    for h in range(24)
    if not (d == 15 and h in (3, 4))
)


def send(client, text: str = CSV, name: str = "lectura julio.csv", site: str = "vacia"):
    data = {"file": (io.BytesIO(text.encode()), name)}
    path = f"/sites/{site}/import"
    return client.post(path, path, data, content_type="multipart/form-data")


def test_import_previews_asks_and_saves(fresh) -> None:
    client = fresh.client()
    sent = send(client, CSV.replace("Energia (Wh)", "Energia"))
    assert sent.status_code == 303
    asked = client.get(sent.location).text
    assert "¿En qué unidad están los valores?" in asked
    assert "Guardar 358 lecturas" not in asked  # nothing is guessed silently
    unanswered = client.post(sent.location, sent.location)
    assert unanswered.location.startswith(sent.location)
    page = client.get(sent.location + "?unit=Wh").text
    assert "Esto entendimos de tu archivo" in page
    assert "Guardar 358 lecturas" in page
    assert "punto y coma" in page
    assert "Wh a kWh" in page
    assert "America/Lima" in page
    assert client.get("/api/v1/sites/vacia/points").json["items"] == []
    saved = client.post(sent.location.split("?")[0], sent.location, {"unit": "Wh"})
    assert (saved.status_code, saved.location) == (303, "/sites/vacia/")
    assert "Guardadas 358 lecturas" in client.get("/sites/vacia/").text
    assert client.get(sent.location).status_code == 404
    assert "lectura_julio.csv" in client.get("/sites/vacia/import").text


def test_what_storing_brought_is_told_as_it_was(fresh) -> None:
    client = fresh.client()
    told = []
    for text in (CSV, CSV, CSV.replace("27/07/2026 00:00;1", "27/07/2026 00:00;2")):
        sent = send(client, text)
        client.post(sent.location, sent.location)
        told.append(client.get("/sites/vacia/").text)
    assert "Guardadas 358 lecturas nuevas." in told[0]
    assert "Nada cambió: todo estaba guardado ya." in told[1]
    assert "lecturas nuevas" not in told[2]
    assert "1 lectura cambió de valor; lo anterior queda anotado." in told[2]


def test_one_question_at_a_time_with_the_guess_and_why(fresh) -> None:
    client = fresh.client()
    text = CSV.replace("Energia (Wh)", "valor")
    sent = send(client, text)
    page = client.get(sent.location).text
    assert page.count("<fieldset") == 1
    assert "lo más probable" in page
    answered = client.get(sent.location + "?unit=Wh").text
    assert "¿En qué unidad están los valores?" not in answered
    assert 'name="unit" value="Wh"' in answered  # kept for saving


def test_a_kind_of_file_is_asked_once_and_the_import_undone_in_one_click(fresh) -> None:
    client = fresh.client()
    text = CSV.replace("Energia (Wh)", "valor")
    sent = send(client, text)
    client.post(sent.location, sent.location, {"direction": "import", "unit": "Wh"})
    later = send(client, text.replace("/07/2026", "/08/2026"), name="lectura agosto.csv")
    page = client.get(later.location).text
    assert "Igual que en lectura_julio.csv: " in page
    assert "Guardar 358 lecturas" in page
    assert "En qué unidad" in client.get(later.location + "?again=1").text
    same = client.get(send(client, text).location).text
    assert "ya están guardadas" in same
    start = client.get("/sites/vacia/import").text
    (undo,) = re.findall(r'action="(/sites/vacia/imports/[^"]+/undo)"', start)
    assert client.post(undo, "/sites/vacia/import").location == "/sites/vacia/import"
    after = client.get("/sites/vacia/import").text
    assert "Deshecha la importación de lectura_julio.csv: 358 retiradas." in after
    assert "/undo" not in after
    assert client.get("/api/v1/sites/vacia/points").json["items"] == []
    assert client.get("/api/v1/sites/vacia/imports").json["items"][0]["state"] == "undone"
    asked = send(client, text.replace("/07/2026", "/08/2026"))
    assert "En qué unidad" in client.get(asked.location).text  # an undone answer is not taken again


def test_the_script_of_the_page_gets_an_address_or_a_sentence(fresh) -> None:
    client = fresh.client()
    path, json = "/sites/vacia/import", {"Accept": "application/json"}
    data = {"file": (io.BytesIO(CSV.encode()), "a.csv")}
    sent = client.post(path, path, data, content_type="multipart/form-data", headers=json)
    assert sent.status_code == 201
    assert client.get(sent.json["preview"]).status_code == 200
    nothing = client.post(path, path, {}, content_type="multipart/form-data", headers=json)
    assert (nothing.status_code, nothing.json) == (
        422,
        {"wrong": "No llegó ningún archivo. Elige uno primero."},
    )


def test_nobody_undoes_the_import_of_another_site(fresh) -> None:
    client = fresh.client()
    sent = send(client)
    client.post(sent.location, sent.location, {"direction": "import"})
    (item,) = client.get("/api/v1/sites/vacia/imports").json["items"]
    assert client.post(f"/sites/casa/imports/{item['id']}/undo", "/sites/vacia/import").status_code == 404
    with pytest.raises(AssertionError):  # a stranger has no page to send the form from
        fresh.client("eva@example.org").post(f"/sites/vacia/imports/{item['id']}/undo", "/sites/vacia/import")


def test_cancelling_stores_nothing(fresh) -> None:
    client = fresh.client()
    sent = send(client)
    assert client.post(f"{sent.location}/cancel", sent.location).status_code == 303
    assert client.get(sent.location).status_code == 404
    assert client.get("/api/v1/sites/vacia/points").json["items"] == []


@pytest.mark.parametrize(
    ("text", "said"),
    [("", "está vacío"), ("hola\nmundo\n", "No encontramos lecturas"), ("%PDF-1.4 x", "no es")],
)
def test_a_file_of_something_else_is_refused_in_one_sentence(client, text: str, said: str) -> None:
    sent = send(client, text)
    page = client.get(sent.location)
    assert page.status_code == 422
    assert said in page.text


def test_sending_no_file_is_told(client) -> None:
    answer = client.post("/sites/vacia/import", "/sites/vacia/import", {}, content_type="multipart/form-data")
    assert answer.status_code == 422
    assert "Elige uno primero" in answer.text


def test_a_file_name_cannot_leave_its_folder(world) -> None:
    client = world.client()
    sent = send(client, name="../../../../etc/owner")
    kept = list((world.settings.home / "uploads").rglob("*"))
    assert sent.status_code == 303
    assert all(world.settings.home in path.resolve().parents for path in kept)


def test_old_uploads_are_forgotten(world) -> None:
    import os

    client = world.client()
    send(client)
    folder = next((world.settings.home / "uploads").iterdir())
    os.utime(folder, (0, 0))
    send(client)
    assert not folder.exists()


def test_pages_are_put_together_for_eyes_and_ears(client) -> None:
    for path in (
        "/sites/casa/",
        "/sites/casa/forecast",
        "/sites/casa/findings",
        "/sites/casa/bill",
        "/sites/casa/import",
        "/sites",
        "/settings",
    ):
        page = client.get(path).text
        assert page.count("<h1>") == 1
        assert page.count('aria-current="page"') == 1
        for part in (
            '<main id="main"',
            '<nav class="nav" aria-label=',
            'class="skip" href="#main"',
            "<footer>",
            'lang="es-PE"',
        ):
            assert part in page, (path, part)
        ids = re.findall(r'\sid="([^"]+)"', page)
        assert len(ids) == len(set(ids)), path
        for field in re.findall(r"<(?:input|select)(?![^>]*hidden)[^>]*>", page):
            named = "aria-label" in field or re.search(
                r"<label[^>]*>(?:(?!</label>).)*" + re.escape(field), page, flags=re.S
            )
            assert named or re.search(r'id="([^"]+)"', field), (path, field)


def test_just_after_midnight_the_building_tells_of_yesterday(world) -> None:
    from dataclasses import replace

    from kanchay.domain.interval import parse_instant

    midnight = parse_instant("2026-08-23T00:20", "America/Lima")
    world.ctx = replace(world.ctx, clock=lambda: midnight)
    page = world.client().get("/sites/oficina/").text
    assert re.search(r"<h1>Ayer ", page)
    assert "usados en todo el día" in page
    assert "<h2>Ayer</h2>" in page
    assert "0.00" not in re.sub(r"<(table|script).*?</\1>", "", page, flags=re.S)


def test_readings_that_ended_long_ago_are_told_as_of_then(world) -> None:
    from dataclasses import replace

    from kanchay.domain.interval import parse_instant

    world.ctx = replace(world.ctx, clock=lambda: parse_instant("2027-03-01T10:00", "America/Lima"))
    client = world.client()
    page = client.get("/sites/casa/").text
    assert "Como estaba con el último dato: 22 de agosto de 2026" in page
    assert "Al 4 de setiembre" in page
    assert "quedan 13 días" in page
    assert "Último dato" in page  # not "now"
    assert client.get("/sites/oficina/").status_code == 200
    assert "El escalón de 140" in client.get("/sites/casa/bill").text


def test_what_nobody_examined_is_not_called_fine(client) -> None:
    assert h1(client, "/sites/oficina/findings") == "Todavía no lo revisamos"
    assert client.post("/sites/oficina/findings/check", "/sites/oficina/findings").status_code == 302
    assert h1(client, "/sites/oficina/findings") != "Todavía no lo revisamos"


def test_a_long_file_makes_a_light_preview(fresh) -> None:
    from datetime import datetime, timedelta

    start = datetime(2023, 1, 1)
    rows = [
        f"{start + timedelta(hours=i):%d/%m/%Y %H:%M};{0.1 + i % 24 / 100:.3f}\n" for i in range(3 * 8760)
    ]
    client = fresh.client()
    page = client.get(send(client, "Fecha;kWh\n" + "".join(rows)).location).text
    assert "kWh por semana" in page
    assert len(page) < 40_000


def test_a_finding_taken_away_can_come_back(client) -> None:
    client.post("/sites/casa/findings/casa-f1/dismiss", "/sites/casa/findings/casa-f1")
    page = "/sites/casa/findings/casa-f1"
    assert "Deshacer: volver a mostrarlo" in client.get(page).text
    assert client.post(f"{page}/reopen", page).status_code == 303
    assert "Deshacer: volver a mostrarlo" not in client.get(page).text


def test_a_file_is_compared_with_a_paper_bill(fresh) -> None:
    client = fresh.client()
    sent = send(client, CSV.replace("Energia (Wh)", "Energia"))
    asked = client.get(sent.location + "?bill_from=2026-07-16&bill_to=2026-07-26&bill_kwh=26,9").text
    assert "Con esta respuesta el archivo cuadra con tu recibo." in asked
    assert re.search(r'name="unit" value="Wh" checked', asked)
    agrees = client.get(sent.location + "?unit=Wh&bill_from=2026-07-16&bill_to=2026-07-26&bill_kwh=27").text
    assert "Cuadra: tu recibo del 16" in agrees
    wrong = client.get(sent.location + "?unit=kWh&bill_from=2026-07-16&bill_to=2026-07-26&bill_kwh=27").text
    assert "Quizá la unidad es otra (Wh → kWh)" in wrong
    assert 'name="bill_kwh" value="27"' in wrong  # the next one is compared beside it
    typed = client.get(sent.location + "?unit=Wh&bill_from=x&bill_to=2026-07-26&bill_kwh=27")
    assert (typed.status_code, "Un recibo lleva dos fechas" in typed.text) == (200, True)
