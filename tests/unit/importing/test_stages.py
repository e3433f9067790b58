"""Each stage alone: small inputs with the answer written beside them."""

from __future__ import annotations

import codecs

import numpy as np
import pyarrow as pa
import pytest

from kanchay.adapters.files.cells import cell_type, split_range
from kanchay.adapters.files.clock import localise
from kanchay.adapters.files.encoding import decode
from kanchay.adapters.files.header import find_table
from kanchay.adapters.files.kinds import rising
from kanchay.adapters.files.meaning import read_meaning
from kanchay.adapters.files.numbers import clean, parse_numbers, vote
from kanchay.adapters.files.times import parse_clock, parse_times
from kanchay.adapters.files.titles import unit_above
from kanchay.adapters.files.words import direction_words, find_unit, named_offset, normal, without_making


def seconds(text: str) -> int:
    return int(np.datetime64(text, "s").astype(np.int64))


@pytest.mark.parametrize(
    ("raw", "name"),
    [
        ("año".encode(), "utf-8"),
        (codecs.BOM_UTF8 + "año".encode(), "utf-8-sig"),
        ("año".encode("utf-16"), "utf-16"),
        ("time;año 2024".encode("utf-16-le"), "utf-16-le"),
        ("time;año 2024".encode("utf-16-be"), "utf-16-be"),
        ("año €".encode("cp1252"), "cp1252"),
        (b"a\xf1o \x81", "latin-1"),
    ],
)
def test_encodings(raw, name):
    text, found = decode(raw, "x")
    assert found == name
    assert "año".encode() in text


@pytest.mark.parametrize(
    ("text", "want"),
    [
        ("2024-01-02 00:15", "2024-01-02T00:15"), ("2/13/2024 1:05 PM", "2024-02-13T13:05"),
        ("13.02.2024 24:00", "2024-02-14T00:00"), ("31/12/23 23:45", "2023-12-31T23:45"),
        ("12 ene. 2024 3:15 p. m.", "2024-01-12T15:15"), ("12. März 2024 14:00", "2024-03-12T14:00"),
        ("1 août 2024 07:00", "2024-08-01T07:00"), ("5 de março de 2024 10:30", "2024-03-05T10:30"),
        ("mei 5, 2024 10:30", "2024-05-05T10:30"), ("20240102T0015", "2024-01-02T00:15"),
        ("202401020015", "2024-01-02T00:15"), ("Tue, 02 Jan 2024 00:15:00", "2024-01-02T00:15"),
        ("2024-01-02T00:15:00.250", "2024-01-02T00:15"), ("1704154500", "2024-01-02T00:15"),
        ("1704154500000", "2024-01-02T00:15"), ("12/31/2023 12:00 AM", "2023-12-31T00:00"),
    ],
)  # fmt: skip
def test_written_times(text, want):
    times = parse_times(pa.array([text, text]))
    assert times is not None
    assert times.wall.tolist() == [seconds(want)] * 2


@pytest.mark.parametrize(
    ("text", "offset"),
    [
        ("2024-07-01T00:00+02:00", 7200),
        ("2024-07-01T00:00Z", 0),
        ("2024-07-01 00:00 CEST", 7200),
        ("2024-07-01T00:00-0500", -18000),
    ],
)
def test_offsets(text, offset):
    times = parse_times(pa.array([text]))
    assert times is not None
    assert times.offset is not None
    assert times.offset.tolist() == [offset]


def test_day_and_month_are_decided_by_the_whole_column():
    day_first = parse_times(pa.array(["01/02/2024 23:00", "02/02/2024 00:00", "02/02/2024 01:00"]))
    month_first = parse_times(pa.array(["02/01/2024 23:00", "02/02/2024 00:00", "02/02/2024 01:00"]))
    assert day_first.order == "dmy"
    assert month_first.order == "mdy"
    assert not day_first.open_order
    assert parse_times(pa.array(["01/02/2024", "13/02/2024"])).order == "dmy"


def test_months_that_look_like_days_are_asked():
    times = parse_times(pa.array([f"01/{m:02d}/2024" for m in range(1, 13)]))
    assert (times.order, times.open_order) == ("dmy", "mdy")
    assert parse_times(pa.array(["01/02/2024", "01/03/2024"]), day_first=False).order == "mdy"


@pytest.mark.parametrize(
    ("text", "want"),
    [("24:00", 86400), ("0:15", 900), ("23:59:59", 86399), ("12:30 PM", 45000), ("25:00", None), ("x", None)],
)
def test_clock_times(text, want):
    assert parse_clock(text) == want


@pytest.mark.parametrize(
    ("cells", "decimal", "values"),
    [
        (["1.5", "2", "1e3"], ".", [1.5, 2, 1000]),
        (["1,5", "2"], ",", [1.5, 2]),
        (["1.234,5", "0,25"], ",", [1234.5, 0.25]),
        (["1,234.5", "0.25"], ".", [1234.5, 0.25]),
        (["1 234,5", "12 345,6"], ",", [1234.5, 12345.6]),
        (["1'234.5"], ".", [1234.5]),
        (['="0,125"', ""], ",", [0.125, np.nan]),
        (["1.234.567", "2,5"], ",", [1234567, 2.5]),
        (["0.326", "243.150"], ".", [0.326, 243.15]),
        (["5 kWh", "−2.5"], ".", [5, -2.5]),
        (["n/a", "7", "#VALUE!"], ".", [np.nan, 7, np.nan]),
    ],
)
def test_numbers(cells, decimal, values):
    array = clean(pa.array(cells))
    assert vote(array).decimal == decimal
    np.testing.assert_array_equal(parse_numbers(array, decimal), values)


def test_thousands_that_could_be_decimals_are_open():
    assert vote(clean(pa.array(["1,234", "5,678"]))).is_open
    assert not vote(clean(pa.array(["1,234", "0,678"]))).is_open


@pytest.mark.parametrize(
    ("cell", "kind"),
    [("", "empty"), ("?", "empty"), ("1.5", "number"), ("1,234.5 kWh", "number"), ("1/2/2024", "date"), ("00:15", "time"),
     ("2024-01-01 00:15", "datetime"), ("1704154500", "epoch"), ("00:00-00:15", "range"), ("Wien", "text"),
     ('="123"', "number"), ('="0123"', "text"),
     ("20240131", "date"), ("31.12.23", "date"), ("12.34", "number"), ("1.8.0 100200300", "text")],
)  # fmt: skip
def test_cell_types(cell, kind):
    assert cell_type(cell) == kind


def test_ranges():
    assert split_range("00:00-00:15") == ("00:00", "00:15")
    assert split_range("01.01.2024 00:00 - 01.01.2024 00:15") == ("01.01.2024 00:00", "01.01.2024 00:15")
    assert split_range("2024-01-01") is None


def test_header_below_prose_with_a_row_of_units():
    rows = [
        ["Report"],
        ["Site", "7"],
        [],
        ["Time", "Load", "Temp"],
        ["", "kWh", "°C"],
        *[[f"2024-01-01 {h:02d}:00", "1.5", "20"] for h in range(5)],
    ]
    found = find_table(rows)
    assert found is not None
    assert found.names == ("Time", "Load [kWh]", "Temp [°C]")
    assert (found.header_row, found.first_row) == (3, 5)
    assert found.preamble == ("Report", "Site 7")


def test_no_header():
    found = find_table([["1735686000", "24020.5"], ["1735689600", "24031.9"]])
    assert found is not None
    assert (found.header_row, found.first_row) == (None, 0)


@pytest.mark.parametrize(
    ("header", "unit"),
    [("energy_kwh", "kWh"), ("Active energy Wh (A)", "Wh"), ("temp_f", "degF"), ("total_w", "W"),
     ("demand_mw", "MW"), ("Potencia [kW]", "kW"),
     ("Temperatura (°C)", "degC"), ("price_usd_per_kwh", None), ("ghi_w_m2", None), ("pv_w_per_kw", None),
     ("Volume", None), ("€/kWh", None)],
)  # fmt: skip
def test_units_of_headers(header, unit):
    found = find_unit(header)
    assert (found.symbol if found else None) == unit


@pytest.mark.parametrize(
    ("header", "quantity", "direction"),
    [
        ("Energía activa consumida kWh", "electric_energy", "consumption"),
        ("Einspeisung (kWh)", "electric_energy", "export"),
        ("Teruglevering T1 kWh", "electric_energy", "export"), ("PV Ertrag kWh", "electric_energy", "production"),
        ("Netzbezug kWh", "electric_energy", "import"), ("Potencia activa (kW)", "power", None),
        ("Reactiva kvarh", "reactive_energy", None),
        ("voltage_a", "voltage", None), ("rh_pct", "humidity", None), ("Cooling Valve Signal", "signal", None),
        ("price_usd_per_kwh", "price", None), ("carbon_kg_per_kwh", "carbon_intensity", None), ("gas_kwh", "gas", None),
    ],
)  # fmt: skip
def test_meanings(header, quantity, direction):
    meaning = read_meaning(header)
    assert meaning.quantity.value == quantity
    assert (meaning.direction.value if meaning.direction else None) == direction


def test_what_is_consumed_at_a_grid_meter_is_imported():
    assert read_meaning("Consumo (kWh)").direction.value == "consumption"
    assert read_meaning("Consumo (kWh)", context=normal("CUPS ES0021")).direction.value == "import"


@pytest.mark.parametrize("order", [[0, 1, 2, 3], [0, 2, 1, 3]])
def test_doubled_labels_as_block_or_pairs(order):
    """01:00 01:30 01:00 01:30 and 01:00 01:00 01:30 01:30 are the same four half hours."""
    labels = np.array([seconds(f"2024-10-27T02:{m}") for m in ("00", "30", "00", "30")])
    utc = localise(labels[order], "Europe/Madrid").utc
    assert sorted(utc.tolist()) == [
        seconds(t) for t in ("2024-10-27T00:00", "2024-10-27T00:30", "2024-10-27T01:00", "2024-10-27T01:30")
    ]


def test_newest_first_files_double_their_labels_backwards():
    labels = np.array([seconds(f"2024-10-27T{t}") for t in ("03:00", "02:00", "02:00", "01:00")])
    assert (np.diff(localise(labels, "Europe/Madrid").utc) == -3600).all()


def test_labels_in_a_hole_mean_standard_time():
    labels = np.arange(seconds("2024-03-30T00:00"), seconds("2024-04-02T00:00"), 3600)
    found = localise(labels, "Europe/Madrid")
    assert (found.fixed, found.holes) == (True, 1)
    assert (np.diff(found.utc) == 3600).all()


def test_registers_rise_and_amounts_do_not():
    rng = np.random.default_rng(1)
    use = rng.gamma(2, 0.2, 200)
    register = 5000 + np.cumsum(use)
    register[50] -= 0.01
    assert rising(register) > 0
    assert rising(np.r_[register[:100], np.cumsum(use[:50])]) > 0  # with a reset
    assert rising(use) < 0
    assert rising(np.zeros(20)) == 0
    assert rising(np.where(rng.random(200) < 0.1, 5.0, 0.0)) < 0  # an appliance, mostly off


@pytest.mark.parametrize(
    ("lines", "symbol"),
    [(["Unit: kWh", "March"], "kWh"), (["Einheit;Wh"], "Wh"), (["Unidad {kWh"], "kWh"), (["Lastgang (kW)"], "kW"),
     (["Unit: bottles"], ""), ([], "")],
)  # fmt: skip
def test_a_unit_above_the_table(lines, symbol):
    assert unit_above(lines) == symbol


@pytest.mark.parametrize(
    ("name", "seconds"), [("Time (UTC)", 0), ("Hora UTC-5", -18000), ("Zeit GMT+01:00", 3600), ("Hora", None)]
)  # fmt: skip
def test_the_clock_that_a_column_names(name, seconds):
    assert named_offset(name) == seconds


@pytest.mark.parametrize(
    ("line", "direction"),
    [("exported by the portal", None), ("export aus dem portal", None), ("energy exported", "export"),
     ("van net", "import"), ("naar het net", "export"), ("netto verbruik", "net")],
)  # fmt: skip
def test_directions_of_titles(line, direction):
    found = direction_words(without_making(line))
    assert (max(found, key=lambda f: f[1])[0].value if found else None) == direction
