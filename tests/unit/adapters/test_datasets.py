"""Measured meters, read by the rules of the splits."""

from __future__ import annotations

import numpy as np
import pytest

from kanchay.adapters.datasets import load_meters, training_fingerprints
from kanchay.domain.errors import InputError, NotFound
from kanchay.domain.interval import DAY, HOUR

SPLITS = """
version: 1
datasets:
  homes:
    kind: residential
    file: homes/a.parquet and b.parquet
    value_column: {value}
    time_column: {time}
    tz: Europe/London
    country: GB
    weights_may_ship: true
    zero_runs_are_gaps: true
    train: [m1]
    validation: []
    test: [m2]
    short_meters: [m2]
    thin_meters: [m2]
    subdivision_per_meter: {{m2: SCT}}
    per_meter: {{m2: {{weights_may_ship: false}}}}
"""


def write(folder, name, meter, start, step_s, values, zone):
    import pyarrow as pa
    import pyarrow.parquet as pq

    at = (start + step_s * np.arange(len(values))) * 1000
    column = "timestamp" if zone else "timestamp_local"
    table = pa.table(
        {
            "meter_id": pa.array([meter] * len(values)).dictionary_encode(),
            column: pa.array(at, pa.int64()).cast(pa.timestamp("ms", tz=zone)),
            "energy_kwh": pa.array(values, pa.float32()),
            "total_w": pa.array(values, pa.float32()),
        }
    )
    folder.mkdir(exist_ok=True)
    pq.write_table(table, folder / name)


@pytest.fixture
def made(tmp_path):
    def make(*, value="energy_kwh", time="timestamp (UTC)", zone="UTC", step_s=1800, days=500):
        n = days * DAY // step_s
        varied = np.arange(n) % 7 + 1.0
        write(tmp_path / "homes", "a.parquet", "m1", 0, step_s, varied, zone)
        write(tmp_path / "homes", "b.parquet", "m2", 0, step_s, varied, zone)
        path = tmp_path / "splits.yaml"
        path.write_text(SPLITS.format(value=value, time=time))
        return path, tmp_path

    return make


def test_roles_places_and_splits(made):
    one, two = load_meters(*made())
    assert (one.role, two.role) == ("train", "test")
    assert (one.tz, one.country, one.subdivision, two.subdivision) == ("Europe/London", "GB", None, "SCT")
    assert (one.may_ship, two.may_ship, one.thin, two.thin) == (True, False, False, True)
    assert one.split_at == one.end - 400 * DAY
    assert one.n_history == 100 * 24
    assert two.split_at == two.start + 60 * DAY  # short: scored after its first 60 days
    assert one.values[0] == 1.0 + 2.0


def test_a_local_clock_stays_as_it_is(made):
    one, _ = load_meters(*made(time="timestamp_local (no zone)", zone=None))
    assert (one.tz, one.start) == ("UTC", 0)


def test_watts_become_kilowatt_hours(made):
    one, _ = load_meters(*made(value="total_w", step_s=60, days=3))
    assert one.values[0] == pytest.approx(np.mean(np.arange(60) % 7 + 1) / 1000)


def test_unknown_sets_and_missing_files_are_told(made, tmp_path):
    path, data = made()
    with pytest.raises(NotFound, match="Known: homes"):
        load_meters(path, data, ["offices"])
    (data / "homes" / "b.parquet").unlink()
    with pytest.raises(NotFound, match=r"homes/b\.parquet"):
        load_meters(path, data)
    path.write_text("version: 2\n")
    with pytest.raises(InputError, match="version 2"):
        load_meters(path, data)


def test_fingerprints(made):
    path, data = made()
    found = training_fingerprints(path, data, ["homes"])
    assert [f["file"] for f in found] == ["homes/a.parquet", "homes/b.parquet"]
    assert found[0]["sha256"] != found[1]["sha256"]


def test_the_development_splits(splits, data_dir):
    """Every listed meter is read; thin meters are those with fewer than 4,000 hours, short those under 460 days."""
    path = data_dir.parent / "benchmarks" / "splits.yaml"
    meters = load_meters(path, data_dir)
    listed = {
        (d, m)
        for d, spec in splits["datasets"].items()
        for r in ("train", "validation", "test")
        for m in spec[r]
    }
    assert {(m.dataset, m.id) for m in meters} == listed
    for m in meters:
        spec = splits["datasets"][m.dataset]
        known = int(np.count_nonzero(~np.isnan(m.values)))
        assert m.thin == (known < 4000), (m.dataset, m.id, known)
        assert (m.id in spec["short_meters"]) == (len(m.values) < 460 * 24), (m.dataset, m.id)
        assert not np.isnan(m.values[-1])
        assert m.start % HOUR == 0
