"""A plain CSV read without Arrow says what Arrow says of it; whatever is not plain is left to Arrow."""

from __future__ import annotations

import subprocess
import sys
from datetime import datetime

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kanchay.adapters.energycsv import read_plain_csv
from kanchay.adapters.energytable import read_energy_table
from kanchay.adapters.frames import read_columns

WANTED = ["meter_id", "timestamp", "energy_kwh"]
HEAD = ",".join(WANTED)
times = st.datetimes(min_value=datetime(1971, 1, 1)).filter(lambda t: t.year < 2200)
numbers = st.one_of(
    st.just(""),
    st.floats(-1e6, 1e6, allow_nan=False).map(repr),
    st.integers(-999, 999).map(str),
    st.sampled_from(["1e400", "-0", "1E-3", ".5", "5.", "nan", "NA", "1 ", "١"]),
)
names = st.sampled_from(["a", "007", "medidor 1", "año", "", "NA", "null", " x"])
forms = st.sampled_from(["%Y-%m-%dT%H:%M:%SZ", "%Y-%m-%d %H:%M", "%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M:%S"])


@settings(max_examples=120, deadline=None)
@given(rows=st.lists(st.tuples(names, times, numbers), min_size=1, max_size=12), form=forms)
def test_both_ways_of_reading_agree(tmp_path_factory, rows, form):
    path = tmp_path_factory.mktemp("csv") / "x.csv"
    lines = [f"{name},{when.strftime(form)},{number}" for name, when, number in rows]
    path.write_text("\n".join([HEAD, *lines]) + "\n", encoding="utf-8")
    plain = read_plain_csv(path, WANTED)
    if plain is None:
        return
    arrow = read_columns(path, WANTED)
    assert plain.aware == arrow.aware
    np.testing.assert_array_equal(plain.seconds, arrow.seconds)
    np.testing.assert_array_equal(plain.known, arrow.known)
    np.testing.assert_array_equal(plain.value, arrow.value)
    assert [plain.meters[c] for c in plain.codes] == [arrow.meters[c] for c in arrow.codes]


def test_columns_in_any_order_and_line_ends_of_windows(tmp_path):
    path = tmp_path / "x.csv"
    path.write_bytes(
        "﻿energy_kwh,note,timestamp\r\n1.5,x,2026-03-01T00:00:00Z\r\n,y,2026-03-01T01:00:00Z\r\n\r\n".encode()
    )
    plain = read_plain_csv(path, WANTED[1:])
    np.testing.assert_array_equal(plain.value, [1.5, np.nan])
    assert np.diff(plain.seconds).tolist() == [3600]
    assert plain.meters is None


@pytest.mark.parametrize(
    "row",
    [
        "a,2026-02-31T00:00:00Z,1", "a,yesterday,1", "a,2026-03-01T00:00:00+01:00,1", "a,,1", "NA,2026-03-01T00:00:00Z,1",
        'a,"2026-03-01T00:00:00Z",1', "a,2026-03-01T00:00:00Z,1,2", "a,2026-03-01T00:00:00Z,uno", "a,2026-03-01,1",
        "a,2026-03-01T00:00:00Z, 1", "a,2026-03-01T00:00:00.5Z,1", "a,2026-03-01T24:00:00Z,1",
    ],
)  # fmt: skip
def test_what_is_not_plain_is_left_to_arrow(tmp_path, row):
    path = tmp_path / "x.csv"
    path.write_text(f"{HEAD}\nb,2026-03-01T00:00:00Z,1\n{row}\n")
    assert read_plain_csv(path, WANTED) is None


def test_a_large_file_is_left_to_arrow(tmp_path, monkeypatch):
    monkeypatch.setattr("kanchay.adapters.energycsv._LARGEST", 20)
    path = tmp_path / "x.csv"
    path.write_text(f"{HEAD}\nb,2026-03-01T00:00:00Z,1\nb,2026-03-01T01:00:00Z,2\n")
    assert read_plain_csv(path, WANTED) is None
    (panel,) = read_energy_table(path, None).panels()
    assert panel.values.tolist() == [[1.0, 2.0]]


def test_a_plain_csv_is_read_without_arrow(tmp_path):
    path = tmp_path / "x.csv"
    path.write_text(f"{HEAD}\nb,2026-03-01T00:00:00Z,1\nb,2026-03-01T01:00:00Z,2\n")
    code = (
        "import sys; from pathlib import Path; from kanchay.adapters.energytable import read_energy_table;"
        f"print(next(read_energy_table(Path({str(path)!r}), None).panels()).n_intervals, 'pyarrow' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["2", "False"]
