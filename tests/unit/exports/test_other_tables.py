"""Green Button, Home Assistant and EMHASS: what each of them can tell comes back, and the rest is asked."""

from __future__ import annotations

import io
import xml.etree.ElementTree as ET
from dataclasses import replace

import numpy as np
import pytest

from kanchay.adapters.exports.espi_clock import local_time
from kanchay.analysis.quality.derive import derive_readings
from kanchay.domain.interval import DAY, HOUR, parse_instant
from kanchay.domain.point import Direction, Kind
from kanchay.domain.reading import Quality, Readings
from kanchay.domain.units import Quantity
from kanchay.services.people.policy import operator_scope
from kanchay.services.people.sites import create_site
from kanchay.services.readings.import_file import store_import
from kanchay.services.readings.series import daily_totals
from tests.unit.exports.world import NOW, fill, home

ESPI = "{http://naesb.org/espi}"


def test_green_button_comes_back(ctx, leave, read_back):
    stored = fill(ctx, home())
    path, export = leave("casa", "green-button")
    assert set(export.left_out) == {"Temperatura exterior"}
    found = read_back(path)
    assert found.format == "green-button"
    by_title = dict(zip([s.point.id for s in export.series], found.series, strict=True))
    ways = {
        "casa.medidor.import": Direction.IMPORT,
        "casa.medidor.export": Direction.EXPORT,
        "casa.potencia": Direction.NET,
    }
    for point_id, way in ways.items():
        series, kept = by_title[point_id], stored[point_id]
        assert series.direction is way
        np.testing.assert_array_equal(series.observations.start, kept.start)
        np.testing.assert_array_equal(series.observations.end, kept.end)
        np.testing.assert_allclose(series.observations.value, kept.value, atol=1.1e-6)  # a milliwatt-hour
        guessed = np.isin(kept.quality, (Quality.ESTIMATED, Quality.IMPUTED))
        np.testing.assert_array_equal(series.observations.quality == Quality.ESTIMATED, guessed)
    total = stored["casa.medidor.import"].value.sum()
    assert by_title["casa.medidor.import"].total == pytest.approx(total, abs=1e-6)
    assert by_title["casa.gas"].quantity is Quantity.GAS
    assert by_title["casa.reactiva"].unit == "kvarh"


def test_green_button_of_two_meters_is_not_counted_twice_in_its_own_site(ctx, leave, read_back, tmp_path):
    fill(ctx, home())
    rows = [f"{m},2026-05-01T{h:02d}:00:00Z,{9 + h * 7 % 5}\n" for h in range(24) for m in ("Uno", "Dos")]
    file = tmp_path / "two.csv"
    file.write_text("meter,time,Import (Wh)\n" + "".join(rows))
    ids = store_import(ctx, operator_scope(), "casa", read_back(file)).point_ids
    path, _ = leave("casa", "green-button", point_ids=ids)
    again = store_import(ctx, operator_scope(), "casa", read_back(path))
    assert (again.n_new, again.n_revised, again.n_unchanged) == (0, 0, 48)


def test_green_button_asks_where_it_knows_no_direction(ctx, leave, read_back):
    fill(ctx, home())
    path, _ = leave("casa", "green-button", point_ids=("casa.sol",))
    assert "direction" in {q.code for q in read_back(path).questions}
    assert read_back(path, direction="production").series[0].direction is Direction.PRODUCTION


def test_green_button_running_sums_never_drift(ctx, leave):
    """Ten thousand values below a milliwatt-hour: rounded one by one they would all be zero."""
    from kanchay.domain.point import Point
    from kanchay.services.people.sites import add_points

    scope = operator_scope()
    create_site(ctx, scope, home("UTC"))
    add_points(
        ctx, scope, "casa", [Point("casa.m", "casa", "M", direction=Direction.IMPORT, resolution_s=60)]
    )
    ctx.readings.append(scope, [Readings.regular("casa.m", 0, 60, np.full(10_000, 3e-7))], recorded_at=NOW)
    path, _ = leave("casa", "green-button")
    values = [int(v.text or "") for v in ET.parse(path).iter(f"{ESPI}value")]
    assert len(values) == 10_000
    assert sum(values) == pytest.approx(10_000 * 0.3, abs=1)


def test_green_button_codes_are_those_of_the_schema(ctx, leave):
    fill(ctx, replace(home(), simulated=True))
    path, _ = leave("casa", "green-button", point_ids=("casa.medidor.export",))
    root = ET.parse(path).getroot()
    assert root.findtext("{http://www.w3.org/2005/Atom}title") == "Casa Ñandú (simulated)"
    told = {e.tag.removeprefix(ESPI): e.text for e in root.iter(f"{ESPI}ReadingType") for e in e}
    assert told == {
        "accumulationBehaviour": "4", "commodity": "1", "dataQualifier": "12", "flowDirection": "19",
        "intervalLength": "900", "powerOfTenMultiplier": "-3", "uom": "72",
    }  # fmt: skip
    assert {e.text for e in root.iter(f"{ESPI}quality")} == {"0", "8", "9", "10"}


@pytest.mark.parametrize(
    ("tz", "day", "start", "end", "offset"),
    [
        ("America/Denver", "2025-10-21", "360E2000", "B40E2000", -25200),  # as a feed of Colorado says it
        ("Europe/Madrid", "2026-08-01", "3E0E2000", "AE0E3000", 3600),
        ("America/Lima", "2026-08-01", "FFFFFFFF", "FFFFFFFF", -18000),
    ],
)
def test_the_local_clock_of_green_button(tz, day, start, end, offset):
    said = local_time(tz, parse_instant(day, tz))
    assert f"<dstStartRule>{start}</dstStartRule>" in said
    assert f"<dstEndRule>{end}</dstEndRule>" in said
    assert f"<tzOffset>{offset}</tzOffset>" in said


def test_home_assistant_counters_come_back_by_the_hour(ctx, leave, read_back):
    stored = fill(ctx, home())
    path, export = leave("casa", "home-assistant")
    assert set(export.left_out) == {"Potencia", "Temperatura exterior"}
    found = {s.name: s for s in read_back(path).series}
    series = found["kanchay:casa_medidor_import"]
    assert (series.direction, series.unit, series.kind, series.timezone) == (
        Direction.IMPORT,
        "kWh",
        Kind.INTERVAL,
        "UTC",
    )
    hours, _ = derive_readings(series.observations, series.kind)
    assert set((hours.end - hours.start).tolist()) == {HOUR}  # a gap stays one, it is no long reading
    kept = stored["casa.medidor.import"]
    for first, last, value in zip(hours.start[:12], hours.end[:12], hours.value[:12], strict=True):
        assert last - first == HOUR
        assert value == pytest.approx(kept.value[(kept.start >= first) & (kept.start < last)].sum(), abs=2e-6)
    assert found["kanchay:casa_gas_import"].quantity is Quantity.GAS


def test_home_assistant_days_around_a_change_of_the_clock(ctx, leave, read_back):
    """From 29 to 30 March and on 25 October, 23 and 25 hours, every hour is where it was."""
    fill(ctx, home())
    scope = operator_scope()
    path, _ = leave("casa", "home-assistant", point_ids=("casa.medidor.export",))
    other = replace(home(), id="otra")
    create_site(ctx, scope, other)
    record = store_import(ctx, scope, "otra", read_back(path))
    for day in ("2026-03-29", "2026-10-25"):
        start = parse_instant(day, "Europe/Madrid")
        before = daily_totals(ctx, scope, "casa.medidor.export", start, start + HOUR)
        after = daily_totals(ctx, scope, record.point_ids[0], start, start + HOUR)
        assert (before.end - before.start).tolist() in ([23 * HOUR], [25 * HOUR])
        assert after.total[0] == pytest.approx(before.total[0], abs=1e-5)
        assert after.covered_s.tolist() == before.covered_s.tolist()


def test_home_assistant_columns_are_the_ones_it_takes(ctx, leave):
    fill(ctx, replace(home(), simulated=True))
    path, _ = leave("casa", "home-assistant", point_ids=("casa.sol",))
    lines = path.read_text("utf-8").splitlines()
    assert lines[0] == "statistic_id,start,unit,state,sum"
    assert lines[1] == "kanchay:simulated_casa_sol_production,2026-03-27T22:00Z,kWh,0,0"
    sums = [float(line.rsplit(",", 1)[1]) for line in lines[1:]]
    assert sums == sorted(sums)


def test_home_assistant_own_export_is_read_with_its_local_times(read_back, tmp_path):
    """What the integration writes by itself: tabs, days first, no zone; the zone is asked."""
    path = tmp_path / "exported_statistics.tsv"
    rows = [
        f"sensor.consumo\t{d:02d}.03.2026 {h:02d}:00\tkWh\t{100 + 24 * d + h}\t{24 * d + h}"
        for d in (13, 14)
        for h in range(24)
    ]
    path.write_text("statistic_id\tstart\tunit\tstate\tsum\n" + "\n".join(rows) + "\n")
    found = read_back(path)
    assert {"tz"} <= {q.code for q in found.questions}
    (series,) = read_back(path, tz="America/Lima").series
    assert series.start == parse_instant("2026-03-13T01:00", "America/Lima")
    assert series.total == 47.0
    assert series.direction is Direction.CONSUMPTION


def test_emhass_comes_back_when_its_unit_is_told(ctx, leave, read_back):
    stored = fill(ctx, home())["casa.medidor.import"]
    path, export = leave("casa", "emhass")
    assert [s.point.id for s in export.series] == ["casa.medidor.import"]
    asked = {q.code for q in read_back(path).questions}
    assert {"unit", "direction"} <= asked  # the file has no room to say them: never guessed in silence
    (series,) = read_back(path, unit="W", direction="import", label="start").series
    assert (series.unit, series.resolution_s, series.direction) == ("kW", 1800, Direction.IMPORT)
    halves = np.unique(stored.start // 1800 * 1800)
    whole = [h for h in halves.tolist() if ((stored.start == h) | (stored.start == h + 900)).sum() == 2]
    assert series.observations.start.tolist() == whole
    total = stored.value[np.isin(stored.start // 1800 * 1800, whole)].sum()
    assert series.total == pytest.approx(total, rel=1e-9)


def test_emhass_reads_what_we_write(ctx, leave):
    """As its forecast method does: two columns without a head, times with an offset, one even grid."""
    import pandas as pd

    fill(ctx, home())
    end = parse_instant("2026-03-31", "Europe/Madrid")
    path, _ = leave("casa", "emhass", end=end, resolution_s=HOUR)
    frame = pd.read_csv(io.BytesIO(path.read_bytes()), header=None, names=["ts", "yhat"])
    index = pd.DatetimeIndex(pd.to_datetime(frame["ts"], utc=True))
    assert pd.infer_freq(index) == "h"
    assert len(frame) == 71  # three days, one of them short
    assert int(frame["yhat"].isna().sum()) == 3  # hours that the hole touches


def test_emhass_takes_one_meter(ctx, leave):
    from kanchay.domain.errors import InputError

    fill(ctx, home())
    with pytest.raises(InputError, match="one meter"):
        leave("casa", "emhass", point_ids=("casa.sol", "casa.terma"))
    with pytest.raises(InputError, match="PT1H at most"):
        leave("casa", "emhass", resolution_s=DAY)
