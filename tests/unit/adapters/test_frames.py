from __future__ import annotations

import subprocess
import sys
from datetime import UTC, datetime, timedelta

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from kanchay.adapters.energytable import is_energy_table, read_energy_table, stream_panels
from kanchay.adapters.frames import FrameWriter
from kanchay.domain.errors import FileRefused, TimeError
from kanchay.domain.forecast import QUANTILE_NAMES

T0 = datetime(2026, 3, 27, tzinfo=UTC)


def save(path, rows, *, local=False, meter_type=None, value_type=None, unit="ms"):
    """Rows of (meter, time, value)."""
    times = [None if t is None else (t.replace(tzinfo=None) if local else t) for _, t, _ in rows]
    columns = {
        "meter_id": pa.array([m for m, _, _ in rows], meter_type or pa.string()),
        "timestamp_local" if local else "timestamp": pa.array(
            times, pa.timestamp(unit, None if local else "UTC")
        ),
        "energy_kwh": pa.array([v for _, _, v in rows], value_type or pa.float64()),
    }
    pq.write_table(pa.table(columns), path)
    return path


def hourly(meter, values, start=T0, step=timedelta(hours=1)):
    return [(meter, start + k * step, v) for k, v in enumerate(values)]


def test_meters_gaps_and_nulls(tmp_path):
    rows = [*hourly("b", [1.0, None, 3.0, float("nan"), 5.0]), *hourly("a", [7.0, 8.0, 9.0])]
    del rows[6]  # the second hour of a
    panels = list(read_energy_table(save(tmp_path / "x.parquet", rows), None).panels())
    assert [p.points for p in panels] == [("a",), ("b",)]
    np.testing.assert_array_equal(panels[1].values[0], [1, np.nan, 3, np.nan, 5])
    assert panels[1].start == int(T0.timestamp())
    # Two rows two hours apart show no finer distance.
    assert panels[0].resolution_s == 7200


@pytest.mark.parametrize(
    "meter_type", [pa.string(), pa.large_string(), pa.dictionary(pa.int8(), pa.string())]
)
@pytest.mark.parametrize("value_type", [pa.float32(), pa.float64(), pa.int32()])
@pytest.mark.parametrize("unit", ["s", "ms", "us", "ns"])
def test_every_type_of_column(tmp_path, meter_type, value_type, unit):
    path = save(
        tmp_path / "x.parquet",
        hourly("m", [1, 2, 3]),
        meter_type=meter_type,
        value_type=value_type,
        unit=unit,
    )
    (panel,) = read_energy_table(path, "Europe/Madrid").panels()
    assert panel.points == ("m",)
    assert panel.tz == "Europe/Madrid"
    np.testing.assert_array_equal(panel.values[0], [1, 2, 3])


def test_row_groups_with_their_own_dictionaries(tmp_path):
    path = tmp_path / "x.parquet"
    parts = [save(tmp_path / f"{m}.parquet", hourly(m, [1.0, 2.0, 3.0])) for m in ("zeta", "alpha", "zeta2")]
    tables = [pq.read_table(p, read_dictionary=["meter_id"]) for p in parts]
    with pq.ParquetWriter(path, tables[0].schema) as writer:
        for table in tables:
            writer.write_table(table)
    table = read_energy_table(path, None)
    assert table.meters == ("alpha", "zeta", "zeta2")
    assert [len(table.start[a:b]) for a, b in zip(table.bounds[:-1], table.bounds[1:], strict=True)] == [
        3,
        3,
        3,
    ]


def test_the_later_row_wins_and_order_does_not_matter(tmp_path):
    rows = hourly("m", [1.0, 2.0, 3.0, 4.0])
    rows = [rows[3], rows[0], rows[2], rows[1], ("m", T0, 9.0)]
    (panel,) = read_energy_table(save(tmp_path / "x.parquet", rows), None).panels()
    np.testing.assert_array_equal(panel.values[0], [9, 2, 3, 4])


def test_without_meter_id_the_file_names_the_meter(tmp_path):
    path = tmp_path / "kitchen.parquet"
    table = pa.table({"timestamp": pa.array([T0, T0 + timedelta(hours=1)]), "energy_kwh": [1.0, 2.0]})
    pq.write_table(table, path)
    assert read_energy_table(path, None).meters == ("kitchen",)


def test_the_hour_that_comes_twice_and_the_one_that_never_comes(tmp_path):
    autumn = [datetime(2026, 10, 25, h) for h in (0, 1, 2, 2, 3)]
    spring = [datetime(2026, 3, 29, h) for h in (0, 1, 3, 4)]
    rows = [("a", t, float(k)) for k, t in enumerate(autumn)] + [
        ("s", t, float(k)) for k, t in enumerate(spring)
    ]
    path = save(tmp_path / "x.parquet", rows, local=True)
    a, s = read_energy_table(path, "Europe/Madrid").panels()
    np.testing.assert_array_equal(a.values[0], [0, 1, 2, 3, 4])
    np.testing.assert_array_equal(s.values[0], [0, 1, 2, 3])
    assert datetime.fromtimestamp(a.start, UTC).hour == 22
    with pytest.raises(TimeError, match="--tz"):
        read_energy_table(path, None)


@pytest.mark.parametrize("minutes", [5, 10, 15, 30, 60])
def test_the_resolution_is_the_common_distance(tmp_path, minutes):
    rows = hourly("m", np.arange(50.0), step=timedelta(minutes=minutes))
    del rows[7:9]
    (panel,) = read_energy_table(save(tmp_path / "x.parquet", rows), None).panels()
    assert panel.resolution_s == minutes * 60
    assert panel.n_intervals == 50
    assert np.isnan(panel.values[0, 7:9]).all()


def test_minutes_are_summed_to_five_and_odd_distances_refused(tmp_path):
    (panel,) = read_energy_table(
        save(
            tmp_path / "x.parquet", hourly("m", np.ones(32), T0 + timedelta(minutes=3), timedelta(minutes=1))
        ),
        None,
    ).panels()
    assert panel.resolution_s == 300
    np.testing.assert_array_equal(panel.values[0], 5.0)
    path = save(tmp_path / "y.parquet", hourly("m", np.ones(32), step=timedelta(minutes=7)))
    with pytest.raises(TimeError, match="420 s apart"):
        list(read_energy_table(path, None).panels())


@pytest.mark.parametrize(
    "stamp", ["2026-01-01T{:02d}:00:00Z", "2026-01-01 {:02d}:00:00+00:00", "2026-01-01 {:02d}:00:00"]
)
def test_times_as_text_in_csv_and_parquet(tmp_path, stamp):
    texts = [stamp.format(h) for h in range(4)]
    lines = [f"007,{t},{'' if k == 2 else k}" for k, t in enumerate(texts)]
    (tmp_path / "x.csv").write_text("meter_id,timestamp,energy_kwh\n" + "\n".join(lines) + "\n")
    values = [0.0, 1.0, None, 3.0]
    pq.write_table(
        pa.table({"meter_id": ["007"] * 4, "timestamp": texts, "energy_kwh": values}), tmp_path / "x.parquet"
    )
    for name in ("x.csv", "x.parquet"):
        assert is_energy_table(tmp_path / name)
        (panel,) = read_energy_table(tmp_path / name, None).panels()
        assert panel.points == ("007",)
        assert panel.start == 1767225600
        np.testing.assert_array_equal(panel.values[0], [0, 1, np.nan, 3])


def test_a_text_that_is_no_time_is_refused(tmp_path):
    (tmp_path / "x.csv").write_text("meter_id,timestamp,energy_kwh\na,yesterday,1\n")
    with pytest.raises(FileRefused, match=r"x\.csv"):
        read_energy_table(tmp_path / "x.csv", None)


def test_half_hour_zones_keep_their_phase(tmp_path):
    rows = hourly("m", np.ones(30), T0 + timedelta(minutes=30))
    (panel,) = read_energy_table(save(tmp_path / "x.parquet", rows), "Asia/Kolkata").panels()
    assert panel.start % 3600 == 1800
    assert panel.n_intervals == 30


def test_what_is_an_energy_table(tmp_path):
    assert is_energy_table(save(tmp_path / "x.parquet", hourly("m", [1.0])))
    pq.write_table(pa.table({"timestamp": [1.5], "energy_kwh": [1.0]}), tmp_path / "numbers.parquet")
    assert not is_energy_table(tmp_path / "numbers.parquet")
    (tmp_path / "x.csv").write_text("a,b\n")
    (tmp_path / "y.csv").write_text("time;energy_kwh\n")
    assert not is_energy_table(tmp_path / "y.csv")
    assert not is_energy_table(tmp_path / "x.csv")
    (tmp_path / "broken.parquet").write_bytes(b"PAR1 but not really")
    with pytest.raises(FileRefused, match="broken"):
        is_energy_table(tmp_path / "broken.parquet")


def test_the_frame_comes_back_as_written(tmp_path):
    out = tmp_path / "deep" / "frame.parquet"
    mean = np.arange(6.0).reshape(2, 3)
    quantiles = mean[..., None] + np.arange(9)
    with FrameWriter(out) as writer:
        writer.write(
            "año", np.array([0, 86400]), resolution_s=900, unit="kWh", mean=mean, quantiles=quantiles
        )
        writer.write(
            "b", np.array([0]), resolution_s=3600, unit="kWh", mean=mean[:1], quantiles=quantiles[:1]
        )
        assert not out.exists()  # only a whole file has its name
    table = pq.read_table(out)
    assert table.column_names == [
        "meter_id",
        "issued_at",
        "timestamp",
        "resolution",
        "unit",
        "mean",
        *QUANTILE_NAMES,
    ]
    assert table.schema.field("timestamp").type == pa.timestamp("us", "UTC")
    assert table["meter_id"].to_pylist() == ["año"] * 6 + ["b"] * 3
    assert table["resolution"].to_pylist() == ["PT15M"] * 6 + ["PT1H"] * 3
    assert table["timestamp"].to_pylist()[4] == datetime(1970, 1, 2, 0, 15, tzinfo=UTC)
    assert table["issued_at"].to_pylist()[3] == datetime(1970, 1, 2, tzinfo=UTC)
    np.testing.assert_array_equal(table["q95"].to_numpy()[:6], np.arange(6.0) + 7)


def test_a_failed_write_leaves_nothing(tmp_path):
    out = tmp_path / "frame.parquet"
    with pytest.raises(RuntimeError), FrameWriter(out):
        raise RuntimeError
    assert list(tmp_path.iterdir()) == []


def test_neither_reading_nor_writing_imports_pandas(tmp_path):
    path = save(tmp_path / "x.parquet", hourly("m", np.ones(48)))
    code = f"""
import sys, numpy as np
from pathlib import Path
from kanchay.adapters.energytable import read_energy_table
from kanchay.adapters.frames import FrameWriter
panel = next(read_energy_table(Path({str(path)!r}), None).panels())
with FrameWriter(Path({str(tmp_path / "o.parquet")!r})) as w:
    w.write("m", np.array([0]), resolution_s=3600, unit="kWh", mean=np.ones((1, 24)), quantiles=np.ones((1, 24, 9)))
print([m for m in ("pandas", "scipy", "sklearn", "tensorflow") if m in sys.modules])
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def fleet(tmp_path, order, group_rows):
    """Three meters of different length, written in that order, so many rows a group."""
    rows = [*hourly("a", np.arange(30.0)), *hourly("b", 100 + np.arange(50.0)), *hourly("c", np.arange(7.0))]
    rows.sort(
        key={"meter": lambda r: r[0], "time": lambda r: (r[1], r[0]), "back": lambda r: r[0] == "a"}[order]
    )
    table = pq.read_table(save(tmp_path / "whole.parquet", rows))
    pq.write_table(table, tmp_path / "x.parquet", row_group_size=group_rows)
    return tmp_path / "x.parquet"


@pytest.mark.parametrize("order", ["meter", "time", "back"])
@pytest.mark.parametrize("group_rows", [1, 8, 30, 1000])
def test_a_streamed_table_tells_what_the_whole_one_does(tmp_path, order, group_rows):
    path = fleet(tmp_path, order, group_rows)
    whole = {p.points: p for p in read_energy_table(path, "America/Lima").panels()}
    streamed = list(stream_panels(path, "America/Lima"))
    assert sorted(p.points for p in streamed) == sorted(whole)
    for panel in streamed:
        other = whole[panel.points]
        assert (panel.start, panel.resolution_s, panel.tz) == (other.start, other.resolution_s, other.tz)
        np.testing.assert_array_equal(panel.values, other.values)


def test_a_file_sorted_by_meter_is_held_a_group_at_a_time(tmp_path, monkeypatch):
    from kanchay.adapters import energytable

    sizes = []
    table = energytable._table
    monkeypatch.setattr(
        energytable, "_table", lambda given, *rest: sizes.append(len(given.value)) or table(given, *rest)
    )
    rows = [row for k in range(20) for row in hourly(f"m{k:02d}", np.arange(10.0))]
    pq.write_table(
        pq.read_table(save(tmp_path / "whole.parquet", rows)), tmp_path / "x.parquet", row_group_size=25
    )
    assert len(list(stream_panels(tmp_path / "x.parquet", None))) == 20
    assert max(sizes) <= 25 + 10
    assert sum(sizes) == 200


def test_a_csv_and_one_meter_stream_as_well(tmp_path):
    (tmp_path / "x.csv").write_text("timestamp,energy_kwh\n2026-01-01T00:00:00Z,1\n2026-01-01T01:00:00Z,2\n")
    assert [p.values.tolist() for p in stream_panels(tmp_path / "x.csv", None)] == [[[1.0, 2.0]]]


def test_a_fleet_is_written_meter_by_meter(tmp_path):
    out = tmp_path / "frame.parquet"
    mean = np.arange(6.0).reshape(3, 2)
    with FrameWriter(out) as writer:
        writer.write_many(
            ["a", "año", "c"], np.array([0, 3600, 7200]),
            resolution_s=3600, unit="kWh", mean=mean, quantiles=mean[..., None] + np.arange(9),
        )  # fmt: skip
    table = pq.read_table(out)
    assert table["meter_id"].to_pylist() == ["a", "a", "año", "año", "c", "c"]
    assert [t.hour for t in table["timestamp"].to_pylist()] == [0, 1, 1, 2, 2, 3]
    assert table["mean"].to_pylist() == [0, 1, 2, 3, 4, 5]
