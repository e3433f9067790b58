"""Names of meters: those that we gave follow the page's language, those that people and files gave stay."""

from __future__ import annotations

import io
from dataclasses import replace

import pytest

from kanchay.bootstrap import in_memory
from kanchay.domain.interval import parse_instant
from kanchay.domain.point import OUR_NAME, Point
from kanchay.services.people.policy import operator_scope
from kanchay.services.people.sites import list_points
from kanchay.simulate.demo import DEMO_SITES, load_demo
from kanchay.web.formats import Formats
from kanchay.web.i18n import LOCALES, Words, catalogue
from kanchay.web.shell import Reader
from kanchay.web.views.common import point_name

NOW = parse_instant("2026-08-20T18:40", "America/Lima")


def reader(language: str) -> Reader:
    return Reader(Words(language), Formats(language, "America/Lima"), NOW)


@pytest.mark.parametrize(
    ("name", "tags", "es", "en"),
    [
        ("Medidor", ("simulated", f"{OUR_NAME}grid"), "Medidor", "Meter"),
        ("Fridge", (f"{OUR_NAME}fridge",), "Refrigeradora", "Fridge"),
        ("electricity", (f"{OUR_NAME}electricity",), "Electricidad", "Electricity"),
        ("water", (f"{OUR_NAME}water",), "Agua", "Water"),
        ("Medidor", (), "Medidor", "Medidor"),  # typed, or the header of a file
        ("Medidor del garaje", (f"{OUR_NAME}grid",), "Medidor del garaje", "Medidor del garaje"),  # renamed
        ("zeppelin", (f"{OUR_NAME}zeppelin",), "zeppelin", "zeppelin"),  # no word for it
    ],
)
def test_a_name_follows_the_language_only_where_we_gave_it(name, tags, es, en) -> None:
    point = Point("p", "casa", name, tags=tags)
    assert (point_name(point, reader("es")), point_name(point, reader("en"))) == (es, en)


def test_every_meter_of_the_demo_has_its_word_in_both_languages(monkeypatch) -> None:
    monkeypatch.setattr("kanchay.simulate.demo.HISTORY_DAYS", 2)
    ctx = in_memory(clock=lambda: NOW)
    load_demo(ctx, operator_scope(), now=NOW)
    for site in DEMO_SITES:
        for point in list_points(ctx, operator_scope(), site):
            assert point.name == point_name(point, reader("es"))
            assert point_name(point, reader("en")) == catalogue("en")[f"meter.{point.our_name}"]
            assert point_name(point, reader("en")) != point.name


def ours(world) -> None:
    """The home's meters as the demo names them; the heater's name was changed."""
    points = {p.id: p for p in list_points(world.ctx, operator_scope(), "casa")}
    grid = replace(points["casa:grid"], tags=(f"{OUR_NAME}grid",))
    heater = replace(points["casa:heater"], name="La Terma <1>", tags=(f"{OUR_NAME}water_heater",))
    with world.ctx.records.unit(operator_scope()) as unit:
        unit.points.put(grid)
        unit.points.put(heater)


@pytest.mark.parametrize(("language", "meter"), [("es", "Medidor"), ("en", "Meter")])
def test_pages_call_our_meters_in_their_language(world, language: str, meter: str) -> None:
    ours(world)
    client = world.client()
    client.get(f"/language/{language}")
    text = client.get("/sites/casa/forecast/card").text
    assert f"{meter} ·" in text
    assert f"· {meter}</p>" in client.get("/sites/casa/findings/casa-f1").text
    other = {"Medidor": "Meter", "Meter": "Medidor"}[meter]
    assert f"{other} ·" not in text


@pytest.mark.parametrize("language", LOCALES)
def test_a_changed_name_stays_on_every_page(world, language: str) -> None:
    ours(world)
    client = world.client()
    client.get(f"/language/{language}")
    for page in ("forecast/card", "now"):
        assert "La Terma &lt;1&gt;" in client.get(f"/sites/casa/{page}").text


NAMELESS = "2026-07-20;" + ";".join(f"0,{10 + h}" for h in range(24))


@pytest.mark.parametrize(("language", "said"), [("es", "Electricidad"), ("en", "Electricity")])
def test_a_series_without_a_name_gets_a_word_of_the_page(world, language: str, said: str) -> None:
    """A row a day, hours as columns: the file names no meter."""
    client = world.client()
    client.get(f"/language/{language}")
    hours = ";".join(f"{h:02}:00" for h in range(24))
    rows = "\n".join(NAMELESS.replace("07-20", f"07-{d}") for d in range(10, 30))
    data = {
        "_csrf": client.token("/sites/vacia/import"),
        "file": (io.BytesIO(f"fecha;{hours}\n{rows}\n".encode()), "x.csv"),
    }
    answer = client.http.post(
        "/sites/vacia/import", base_url="http://localhost", data=data, follow_redirects=True
    )
    assert said in answer.text
