"""Zips of several files: months that overlap, formats beside each other, and what is passed over."""

from __future__ import annotations

import gzip
import io
import zipfile
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from kanchay.domain.errors import FileRefused
from kanchay.domain.importing import ImportPreview

Read = Callable[..., ImportPreview]
FIRST = datetime(2026, 3, 2, 5)


def kwh(i: int) -> float:
    return 0.2 + i * 7 % 24 / 100


def total(*hours: range) -> float:
    return sum(kwh(i) for i in {i for r in hours for i in r})


def csv(hours: range, head: str = "Time (UTC),Import kWh", scale: float = 1.0) -> str:
    rows = (f"{FIRST + timedelta(hours=i):%Y-%m-%d %H:%M},{scale * kwh(i):.6g}" for i in hours)
    return "\n".join([head, *rows, ""])


def lines(hours: range) -> str:
    """Line protocol of a register."""
    at = int(FIRST.replace(tzinfo=None).timestamp())
    return "".join(
        f"kWh,entity_id=grid_import value={1000 + total(range(i + 1)):.3f} {(at + 3600 * i) * 10**9}\n"
        for i in hours
    )


def workbook(hours: range) -> bytes:
    import openpyxl

    book, out = openpyxl.Workbook(), io.BytesIO()
    for line in csv(hours).splitlines():
        book.active.append([float(c) if c[0] == "0" else c for c in line.split(",")])
    book.save(out)
    return out.getvalue()


def parquet(hours: range) -> bytes:
    import pyarrow as pa
    import pyarrow.parquet as pq

    times = pa.array([FIRST + timedelta(hours=i) for i in hours], pa.timestamp("s", tz="UTC"))
    out = io.BytesIO()
    pq.write_table(pa.table({"time": times, "import_kwh": [kwh(i) for i in hours]}), out)
    return out.getvalue()


def zipped(**files: str | bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, content in files.items():
            archive.writestr(name.replace("__", "."), content)
    return out.getvalue()


def test_months_that_overlap_are_counted_once(read: Read) -> None:
    """Ten hours of thirty stand in both files: two months of one meter, not two meters."""
    months = zipped(march__csv=csv(range(30)), april__csv=csv(range(20, 60)))
    (series,) = read(months, name="a.zip").series
    assert (series.n, series.total) == (60, pytest.approx(total(range(60)), rel=1e-5))


def test_two_meters_with_the_same_columns_stay_two(read: Read) -> None:
    found = read(zipped(house__csv=csv(range(48)), shop__csv=csv(range(48), scale=2)), name="a.zip")
    assert [s.n for s in found.series] == [48, 48]
    assert sum(s.total or 0 for s in found.series) == pytest.approx(3 * total(range(48)), rel=1e-5)


@pytest.mark.parametrize("make", [workbook, parquet, lambda hours: gzip.compress(csv(hours).encode())])
def test_members_of_every_container(make: Callable[[range], bytes], read: Read) -> None:
    ending = {workbook: "xlsx", parquet: "parquet"}.get(make, "csv.gz")
    files = {f"march__{ending}": make(range(30)), f"april__{ending}": make(range(30, 60))}
    (series,) = read(zipped(**files), name="a.zip").series
    assert (series.n, series.total) == (60, pytest.approx(total(range(60)), rel=1e-5))


def test_line_protocol_among_several_files(read: Read) -> None:
    found = read(zipped(one__lp=lines(range(30)), two__lp=lines(range(30, 60))), name="a.zip")
    (series,) = found.series
    assert (series.kind.value, series.n) == ("cumulative", 60)
    assert series.total == pytest.approx(total(range(1, 60)), abs=0.01)


def test_formats_beside_each_other_all_count(read: Read) -> None:
    nem = "100,NEM12,202603010000,MDP,R\n200,NMI1,E1,1,E1,N1,M1,kWh,30,\n"
    nem += f"300,20260302,{','.join(['0.5'] * 48)},A,,,20260303000000,\n900\n"
    found = read(
        zipped(
            nem__csv=nem, meter__csv=csv(range(48)), readme__txt="Nothing.", photo__png=b"\x89PNG" + bytes(50)
        ),
        name="a.zip",
    )
    assert sorted(round(s.total or 0, 3) for s in found.series) == [round(total(range(48)), 3), 24.0]
    assert {value for code, value in found.facts if code == "left_out"} == {"readme.txt", "photo.png"}


def test_an_answer_goes_to_the_file_that_asks(read: Read) -> None:
    """One file writes its unit, the other leaves it open: what is said of the second must not change the first."""
    files = zipped(
        house__csv=csv(range(48)), shop__csv=csv(range(48), head="Time (UTC),Import,Meter", scale=2000)
    )
    asked = read(files, name="a.zip")
    assert "unit" in [q.code for q in asked.questions]
    found = read(files, name="a.zip", unit="Wh", label="start")
    assert not found.questions
    assert sorted(s.total or 0 for s in found.series) == [
        pytest.approx(total(range(48)), rel=1e-4),
        pytest.approx(2 * total(range(48)), rel=1e-4),
    ]


def test_a_damaged_file_among_good_ones_is_no_readme(read: Read) -> None:
    with pytest.raises(FileRefused) as refused:
        read(zipped(good__csv=csv(range(48)), bad__json='[{"time": "2026-'), name="a.zip")
    assert refused.value.code == "file.truncated"


def test_a_bomb_inside_a_zip_is_refused(read: Read) -> None:
    bomb = gzip.compress(bytes(300 << 20), 9)
    with pytest.raises(FileRefused) as refused:
        read(zipped(good__csv=csv(range(48)), bad__gz=bomb), name="a.zip")
    assert refused.value.code == "file.bomb"


def test_one_meter_under_two_names_is_counted_once(read: Read) -> None:
    """The portal renamed its column in between; two days stand in both files."""
    found = read(
        zipped(march__csv=csv(range(96)), april__csv=csv(range(48, 200), head="Start (UTC),Grid import kWh")),
        name="a.zip",
        label="start",
    )
    (series,) = found.series
    assert (series.n, series.missing) == (200, 0)
    assert series.total == pytest.approx(total(range(200)), rel=1e-5)
    assert ("left_out", "Grid import kWh") in found.facts or ("left_out", "Import kWh") in found.facts
