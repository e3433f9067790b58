"""Words, units, times and shapes of files that people have in other languages, from loggers and from interfaces."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime, timedelta

import pyarrow as pa
import pytest

from kanchay.adapters.files.grammar import pattern_of, read_pattern
from kanchay.adapters.files.times import parse_times
from kanchay.adapters.files.words import (
    direction_words,
    find_unit,
    is_composite,
    label_word,
    named_zone,
    normal,
    quantity_words,
)
from kanchay.domain.importing import ImportPreview
from kanchay.domain.point import Direction
from kanchay.domain.units import Quantity, unit

Read = Callable[..., ImportPreview]


@pytest.mark.parametrize(
    ("header", "quantity", "direction"),
    [("Zużycie energii", "electric_energy", "consumption"), ("Dodávka", "electric_energy", "export"),
     ("Потребление", "electric_energy", "consumption"), ("使用電力量", "electric_energy", "consumption"),
     ("Preuzeta energija", "electric_energy", "import"), ("Энергия, отдача", "electric_energy", "export"),
     ("Teho", "power", None), ("Tüketim", "electric_energy", "consumption"), ("צריכה", "electric_energy", "consumption")],
)  # fmt: skip
def test_words_of_many_languages(header: str, quantity: str, direction: str | None) -> None:
    words = normal(header)
    assert quantity in {q.value for q, _, _ in quantity_words(words)}
    assert direction in {d.value for d, _, _ in direction_words(words)} | {None}


@pytest.mark.parametrize(
    ("header", "symbol", "factor"),
    [("Value (kW-hr)", "kWh", 1.0), ("Energy kWhr", "kWh", 1.0), ("Потребление, кВт·ч", "kWh", 1.0),
     ("Wert in 0,01 kWh", "0.01 kWh", 0.01), ("Energy (10 Wh)", "10 Wh", 0.01), ("Facility [J](Hourly)", "J", 1 / 3.6e6),
     ("Blindleistung [Mvar]", "Mvar", 1000.0), ("Usage (therms)", "therm", 29.307107),
     ("Site Energy (kBtu)", "kBtu", 0.29307107)],
)  # fmt: skip
def test_units_as_they_are_spelt(header: str, symbol: str, factor: float) -> None:
    found = find_unit(header)
    assert found is not None
    assert (found.symbol, found.factor) == (symbol, pytest.approx(factor))
    assert unit(symbol) == found


def test_energy_per_hour_is_an_amount_and_yield_per_peak_power_is_none() -> None:
    assert not is_composite("Consumo por hora (kWh)")
    assert is_composite("Precio por kWh")
    assert is_composite("Spezifischer Ertrag [kWh/kWp]")


@pytest.mark.parametrize(
    ("text", "kind"),
    [("14.02.2025.", "date"), ("2025.04.01. 00:15", "datetime"), ("14.02.2025 klo 00.15", "datetime"),
     ("2024年5月1日 13時00分", "datetime"), ("113/05/01", "date"), ("gennaio 2024", "date"), ("2024-01", "date"),
     ("Jan-25", "date"), ("2024-06-01 00:00:00 CEST+0200", "datetime"), ("2026-08-31 01:00:00 DST", "datetime"),
     ("2024-03-01T00:00:00-05:00 New_York", "datetime"), ("1. 1. 2024 00:15:00", "datetime"), ("2024. 6. 1.", "date"),
     ("令和7年2月15日", "date"), ("R6/2/15 10:00", "datetime")],
)  # fmt: skip
def test_times_as_they_are_written(text: str, kind: str) -> None:
    form = read_pattern(pattern_of(text))
    assert form is not None
    assert form.kind == kind


@pytest.mark.parametrize(
    ("text", "day"),
    [("令和7年2月15日", "2025-02-15"), ("令和元年5月1日", "2019-05-01"), ("平成31年4月30日", "2019-04-30"),
     ("R6.12.31", "2024-12-31"), ("113/05/01", "2024-05-01")],
)  # fmt: skip
def test_years_of_other_calendars(text: str, day: str) -> None:
    times = parse_times(pa.array([text]))
    assert times is not None
    assert str(times.wall.astype("M8[s]").astype("M8[D]")[0]) == day


def test_dots_put_the_day_first() -> None:
    for form, order, open_order in (("{:%d.%m.%Y}", "dmy", ""), ("{:%d/%m/%Y}", "dmy", "mdy")):
        times = parse_times(pa.array([form.format(datetime(2024, m, 1)) for m in range(1, 7)]))
        assert times is not None
        assert (times.order, times.open_order) == (order, open_order)
    american = parse_times(pa.array(["12.30.2024", "12.31.2024"]))
    assert american is not None
    assert (american.order, american.ok.all()) == ("mdy", True)


def test_short_words_tell_an_end_only_alone() -> None:
    assert (label_word("til dato"), label_word("data do consumo")) == ("end", "")
    assert named_zone("Time Bucket (America/New_York)") == "America/New_York"
    assert named_zone("Import/Export") is None


def quarters(n: int = 96) -> list[datetime]:
    return [datetime(2025, 2, 14) + timedelta(minutes=15 * i) for i in range(n)]


def test_the_zone_in_the_name_of_the_time_wins_over_the_site(read: Read) -> None:
    rows = [f"{m:%Y-%m-%d %H:%M},{1 + m.hour % 3}" for m in quarters()]
    series = read("\n".join(["Time (America/New_York),Import kWh", *rows]), tz="America/Lima").series[0]
    assert series.start == int(datetime.fromisoformat("2025-02-14T00:00:00-05:00").timestamp())
    assert series.timezone == "America/New_York"


def test_units_above_the_names_belong_to_their_columns(read: Read) -> None:
    rows = [f"{m:%Y-%m-%d %H:%M};{5 + m.hour % 3};{1 + m.minute / 60}" for m in quarters()]
    power, volts = read(
        "\n".join([";kW;V", "Zeit;Leistung Bezug;Spannung", *rows]), tz="Europe/Berlin"
    ).series
    assert (power.quantity, power.source_unit, volts.quantity) == (Quantity.POWER, "kW", Quantity.VOLTAGE)


def test_names_that_stand_twice_are_told_apart_by_the_row_above(read: Read) -> None:
    rows = [f"{m:%Y-%m-%d %H:%M};{5 + m.hour % 3};{m.hour % 2}" for m in quarters()]
    series = read("\n".join([";Bezug;Einspeisung", "Zeit;kWh;kWh", *rows]), tz="Europe/Berlin").series
    assert [s.direction for s in series] == [Direction.IMPORT, Direction.EXPORT]


@pytest.mark.parametrize(
    ("head", "form"),
    [("Year,Month,Day,Hour,Minute,Import kWh", "%Y,%m,%d,%H,%M"), ("Date,Time,Import kWh", "%Y%m%d,%H%M%S"),
     ("Date,Hour,Quarter,Import kWh", "%Y-%m-%d,%H,{q}")],
)  # fmt: skip
def test_moments_in_parts(read: Read, head: str, form: str) -> None:
    rows = [f"{m:{form}}".format(q=m.minute // 15 + 1) + f",{1 + m.hour % 3}" for m in quarters()]
    series = read("\n".join([head, *rows, ""]), tz="UTC").series
    assert [(s.n, s.resolution_s, s.start) for s in series] == [
        (96, 900, int(datetime.fromisoformat("2025-02-14T00:00:00Z").timestamp()))
    ]


def test_a_tariff_register_of_the_day_is_no_day_of_the_month(read: Read) -> None:
    rows = [f"{m:%Y-%m-%d %H:%M},{m.hour},{1 + m.hour / 7:.3f},{m.hour / 9:.3f}" for m in quarters()]
    preview = read("\n".join(["time,hour,Day,EV", *rows, ""]), tz="UTC", unit="kWh")
    assert [s.name for s in preview.series] == ["Day", "EV"]


def test_months_alone(read: Read) -> None:
    names = ("enero", "febrero", "marzo", "abril", "mayo", "junio", "julio")
    rows = [f"{name} 2024;{100 + (i * 7) % 5}" for i, name in enumerate(names)]
    series = read("\n".join(["Mes;Consumo (kWh)", *rows]), tz="America/Lima").series[0]
    assert (series.n, series.total) == (7, pytest.approx(sum(100 + (i * 7) % 5 for i in range(7))))
    lengths = (series.observations.end - series.observations.start) // 86400
    assert lengths.tolist() == [31, 29, 31, 30, 31, 30, 31]


def test_labels_of_the_day_name_no_meter(read: Read) -> None:
    rows = [
        f"{m:%Y-%m-%d %H:%M},{1 + m.hour % 3},{m:%A},{'Light' if m.hour < 6 else 'Max'}"
        for m in quarters(192)
    ]
    preview = read("\n".join(["date,Usage_kWh,Day_of_week,Load_Type", *rows, rows[5]]), tz="UTC")
    assert [(s.name, s.n) for s in preview.series] == [("Usage_kWh", 192)]


def test_a_label_that_tells_the_medium_outlives_a_serial(read: Read) -> None:
    rows = [
        f"{m:%Y-%m-%d %H:%M},{s},{t},{1 + m.hour % 3}"
        for m in quarters()
        for s, t in (("77", "Usage"), ("78", "Solar"))
    ]
    series = read("\n".join(["time,serial,type,kWh", *rows]), tz="UTC").series
    assert [s.direction for s in series] == [Direction.CONSUMPTION, Direction.PRODUCTION]


def test_a_unit_column_wins_over_a_flag_of_one_letter(read: Read) -> None:
    rows = [f"A,{m:%Y-%m-%d %H:%M},{1 + m.hour % 3},KWH" for m in quarters()]
    series = read("\n".join(["Read Type,Time,Value,Unit of Measure", *rows]), tz="UTC").series
    assert [(s.quantity, s.source_unit) for s in series] == [(Quantity.ELECTRIC_ENERGY, "kWh")]


def test_names_parted_otherwise_than_rows(read: Read) -> None:
    rows = [f"{m:%Y-%m-%d %H:%M},{1 + m.hour % 3},{m.hour % 2}" for m in quarters()]
    series = read("\n".join(["timestamp;Netzbezug [kWh];Netzeinspeisung [kWh]", *rows]), tz="UTC").series
    assert [s.direction for s in series] == [Direction.IMPORT, Direction.EXPORT]


def test_epochs_as_keys_and_lists_with_a_step(read: Read) -> None:
    at = int(datetime.fromisoformat("2025-02-14T00:00:00Z").timestamp())
    dps = {str(at + 900 * i): 0.1 + i % 3 for i in range(96)}
    (keyed,) = read(json.dumps([{"metric": "import.kwh", "dps": dps}]), tz="UTC").series
    assert (keyed.n, keyed.total, keyed.start) == (96, pytest.approx(sum(dps.values())), at)
    made = {"un": "Watt", "tm": "2025-02-14T00:00:00", "dt": 60, "val": ["  436", "  417", *["  400"] * 58]}
    (power,) = read(json.dumps(made), tz="UTC").series
    assert (power.n, power.resolution_s, power.source_unit) == (60, 60, "W")
