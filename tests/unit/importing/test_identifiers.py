"""Numbers of meters, prices and units beside the rows: what is no amount is never counted as one."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

DAYS = [date(2025, 2, 15) + timedelta(d) for d in range(3)]
USED = [round(0.2 + (h * 7 % 11) / 20, 3) for h in range(24)]
DAY = sum(USED)


def headless(before: str, behind: str = "") -> str:
    cells = ",".join(f"{v}" for v in USED)
    return "\n".join(f"{before}{d:%Y%m%d},{cells}{behind}" for d in DAYS)


@pytest.mark.parametrize("before", ["100234567,KWH,", "100234567,", "7,", ""])
@pytest.mark.parametrize("behind", ["", ",100234567", f",{DAY:.3f}"])
def test_a_row_a_day_without_names(read, before, behind):
    (series,) = read(headless(before, behind), tz="America/Chicago").series
    assert (series.n, series.total) == (72, pytest.approx(3 * DAY))


def test_two_meters_without_names(read):
    preview = read(headless("100234567,KWH,") + "\n" + headless("100234999,KWH,"), tz="America/Chicago")
    assert [(s.name, s.n) for s in preview.series] == [("100234567", 72), ("100234999", 72)]


def test_an_account_beside_amounts_in_one_column(read):
    rows = [f"{d},{h:02d}:00,30070374,{v}" for d in DAYS for h, v in enumerate(USED)]
    (series,) = read("\n".join(rows), tz="America/Lima").series
    assert series.total == pytest.approx(3 * DAY)


def test_a_slow_register_of_many_digits_stays_one(read):
    rows = [
        f"{d} {h:02d}:00,{1234567 + (i + h) // 9},{v}" for i, d in enumerate(DAYS) for h, v in enumerate(USED)
    ]
    preview = read("\n".join(["time,main,Verbrauch (kWh)", *rows]), tz="America/Lima")
    assert [s.n for s in preview.series if s.column == "Verbrauch (kWh)"] == [72]


HALVES = [f"{h % 12 or 12}:00 {'AM' if h < 12 else 'PM'}" for h in range(25)]


@pytest.mark.parametrize("shape", ["{}", "{}|:00 ", "{}|:00", "kWh {}"])
@pytest.mark.parametrize("ends", [False, True])
def test_mornings_and_afternoons_in_the_names_of_columns(read, shape, ends):
    shape, _, away = shape.partition("|")
    names = [shape.format(n.replace(away, "") if away else n) for n in (HALVES[1:] if ends else HALVES[:24])]
    if ends:
        names[-1] = names[-1].replace("PM", "AM")
    rows = [f"98765432,kWh Delivered,{d:%m/%d/%Y}," + ",".join(map(str, USED)) for d in DAYS]
    (series,) = read(
        "\n".join([",".join(["Meter,Channel,Date", *names]), *rows]), tz="America/Chicago"
    ).series
    assert (series.n, series.total) == (72, pytest.approx(3 * DAY))
    assert series.start == 1_739_599_200  # midnight in Chicago


@pytest.mark.parametrize(
    "name", ["perKwh", "spotPerKwh", "price_per_kwh", "c/kWh", "ct/kWh", "€/kWh", "EUR/MWh"]
)
def test_prices_are_no_energy(read, name):
    rows = [f"{d} {h:02d}:00,{v},{20 + h}" for d in DAYS for h, v in enumerate(USED)]
    preview = read("\n".join([f"time,kwh,{name}", *rows]), tz="Australia/Brisbane")
    assert [s.column for s in preview.series if s.total is not None] == ["kwh"]


def test_the_unit_in_a_label_that_every_row_bears(read):
    rows = [
        f"10012345678,{v},Active Import Interval (kW),{d:%d-%m-%Y} {h:02d}:00"
        for d in DAYS
        for h, v in enumerate(USED)
    ]
    (series,) = read("\n".join(["MPRN,Read Value,Read Type,Read Date", *rows]), tz="Europe/Dublin").series
    assert (series.quantity.value, series.source_unit) == ("power", "kW")


def test_a_contracted_power_is_no_unit(read):
    rows = [f"Tarifa 2.0 (5.5 kW),{v},{d:%d/%m/%Y} {h:02d}:00" for d in DAYS for h, v in enumerate(USED)]
    (series,) = read("\n".join(["Contrato,Consumo,Fecha", *rows]), tz="Europe/Madrid").series
    assert series.quantity.value == "electric_energy"


def test_intervals_from_their_first_second(read):
    rows = [f"{d}T{h:02d}:00:01Z,{d}T{h:02d}:30:00Z,{v}" for d in DAYS for h, v in enumerate(USED)]
    (series,) = read("\n".join(["startTime,endTime,kwh", *rows])).series
    assert (series.start % 1800, series.end % 1800, series.resolution_s) == (0, 0, 1800)


def test_received_in_the_channel_is_what_was_sent(read):
    rows = [
        f"9876,kWh {way},{d:%m/%d/%Y}," + ",".join(map(str, USED))
        for d in DAYS
        for way in ("Delivered", "Received")
    ]
    head = ",".join(["Meter,Channel,Date", *(f"{h:02d}:00" for h in range(24))])
    preview = read("\n".join([head, *rows]), tz="America/Chicago")
    assert {s.name: s.direction.value for s in preview.series} == {
        "kWh Delivered": "import", "kWh Received": "export",
    }  # fmt: skip


@pytest.mark.parametrize("step", [1, 7642])
def test_numbers_that_change_once_a_meter_or_a_day(read, step):
    blocks = [
        f"{55001234 + step * i},{d} {h:02d}:00,{v}" for i in (0, 1) for d in DAYS for h, v in enumerate(USED)
    ]
    preview = read("\n".join(["Anlage,time,kWh", *blocks]), tz="Europe/Berlin")
    assert [(s.name, s.total) for s in preview.series] == [
        ("55001234", pytest.approx(3 * DAY)), (f"{55001234 + step}", pytest.approx(3 * DAY)),
    ]  # fmt: skip
    batches = [
        f"{d} {h:02d}:00,{700100 + step * i},{v}" for i, d in enumerate(DAYS) for h, v in enumerate(USED)
    ]
    (series,) = read("\n".join(batches), tz="Europe/Berlin").series
    assert series.total == pytest.approx(3 * DAY)


def test_the_number_of_a_device_above_every_column_is_no_time_and_no_amount(read):
    rows = "".join(f"{day:02d}.06.2026 01:00:00,{5000 * day},{40 * day}\n" for day in range(1, 15))
    head = ",3.0-1 77,3.0-1 77\n,1888777666,1888777666\n,Metering.Out,Metering.In\nDD.MM.YYYY hh:mm:ss,[Wh],[Wh]\n"
    preview = read(head + rows, tz="America/Lima")
    assert sorted(s.total for s in preview.series) == [0.52, 65.0]


def test_the_first_hours_of_a_single_day_are_hours(read):
    used = (275, 255, 284, 230)
    rows = "".join(f"ES00AB;02/06/2026;{h};0,{wh};R\n" for h, wh in enumerate(used, start=1))
    (series,) = read(f"CUPS;Fecha;Hora;Consumo_kWh;Metodo\n{rows}", tz="Europe/Madrid", day_first=True).series
    assert (series.n, series.resolution_s) == (4, 3600)
    assert series.total == pytest.approx(sum(used) / 1000)


def test_what_was_read_off_two_meters_is_no_number_of_a_meter(read):
    rows = [
        ("13/02/19", 2207, 1),
        ("20/02/19", 2527, 10.5),
        ("26/03/19", 2809, 79),
        ("27/04/19", 3193, 123.4),
    ]
    text = "Date,Outside Meter,Inside Meter\n" + "".join(f"{d},{a},{b}\n" for d, a, b in rows)
    preview = read(text, tz="Europe/London")
    assert {s.name: s.total for s in preview.series} == {"Outside Meter": 986, "Inside Meter": 122.4}
    numbered = "".join(
        f"{d} {h:02d}:00,{4000 + i},{v}\n" for i, d in enumerate(DAYS) for h, v in enumerate(USED)
    )
    (series,) = read("time,Meter ID,kWh\n" + numbered, tz="Europe/London").series[:1]
    assert series.total == pytest.approx(DAY)


def test_buildings_that_add_up_to_the_total_are_parts_of_it(read):
    rows = "".join(
        f"{month:02d}/2026;{a};{a + 40};{2 * a + 40}\n" for month, a in enumerate((310, 280, 333, 305), 1)
    )
    preview = read(f"Consumo por edificio (kWh)\nMes;Sede;Taller;Total\n{rows}", tz="America/Lima")
    assert {s.name: s.is_submeter for s in preview.series} == {"Sede": True, "Taller": True, "Total": False}
