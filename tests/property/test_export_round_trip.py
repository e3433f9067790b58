"""Whatever the readings and whatever the meter is called: our table reads back as it was written."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from hypothesis import example, given, settings
from hypothesis import strategies as st

from kanchay.adapters.exports.green_button import _whole
from kanchay.adapters.exports.numbers import exact
from kanchay.adapters.exports.ourtable import guarded, unguarded
from kanchay.adapters.files.reader import SniffingReader
from kanchay.bootstrap import export_formats
from kanchay.domain.point import Direction, Kind, Point, Role, Site
from kanchay.domain.reading import Readings
from kanchay.domain.units import Quantity
from kanchay.services.ports.exports import Export, ExportSeries
from kanchay.services.ports.files import ImportOptions

VALUES = st.floats(allow_nan=False, allow_infinity=False, width=64, min_value=-1e15, max_value=1e15)
NAMES = st.text(st.characters(blacklist_categories=("Cc", "Cs", "Zl", "Zp")), min_size=1, max_size=30)


@given(VALUES)
@example(5e-324)
@example(1e-7)
@example(123456789012345.6)
def test_a_number_is_the_same_number(value: float) -> None:
    assert float(exact(value)) == value
    assert float(exact(value, ",").replace(",", ".")) == value
    assert "e" not in exact(value)


@given(st.text())
@example("'")
@example("=1+1")
@example("''=")
def test_a_guarded_text_is_no_formula_and_comes_back(text: str) -> None:
    assert not guarded(text).startswith(("=", "+", "-", "@", "\t", "\r"))
    assert unguarded(guarded(text)) == text


@given(st.lists(st.floats(0, 1e6), min_size=1, max_size=50), st.floats(-0.5, 0.5))
def test_rounding_keeps_the_running_sum(values: list[float], left: float) -> None:
    whole, rest = _whole(np.array(values), left)
    assert abs(whole.sum() + rest - sum(values) - left) < 1e-6
    assert abs(rest) <= 0.5


@st.composite
def series(draw: st.DrawFn) -> tuple[Point, Readings]:
    n = draw(st.integers(3, 12))
    start = np.cumsum(
        [
            draw(st.integers(1_600_000_000, 1_700_000_000)),
            *draw(st.lists(st.integers(60, 90_000), min_size=n - 1, max_size=n - 1)),
        ]
    )
    gaps = np.diff(start, append=start[-1] + 60)
    values = np.array(draw(st.lists(VALUES, min_size=n, max_size=n)))
    quality = np.array(draw(st.lists(st.integers(0, 3), min_size=n, max_size=n)), dtype=np.int8)
    point = Point(
        "casa.m",
        "casa",
        draw(NAMES),
        quantity=draw(st.sampled_from(list(Quantity))),
        kind=draw(st.sampled_from(list(Kind))),
        resolution_s=draw(st.sampled_from([None, 900, 86_400])),
        direction=draw(st.sampled_from([None, *Direction])),
        role=draw(st.sampled_from(list(Role))),
        register=draw(st.sampled_from(["", "t1", "null"])),
        parent_id=draw(st.sampled_from([None, "casa.p"])),
        tags=tuple(draw(st.lists(st.sampled_from(["a b", "ñ:1"]), max_size=2))),
    )
    return point, Readings(point.id, start, start + np.minimum(gaps, 900), values, quality)


@given(
    series(),
    st.sampled_from(["csv", "csv-es", "parquet"]),
    st.sampled_from(["Europe/Madrid", "America/Lima"]),
)
@settings(max_examples=60, deadline=None)
def test_our_table_reads_back(made: tuple[Point, Readings], name: str, tz: str) -> None:
    point, readings = made

    def pieces(_: ExportSeries) -> Iterator[Readings]:
        for part in (slice(0, 2), slice(2, None)):
            columns = (getattr(readings, c)[part] for c in ("start", "end", "value", "quality"))
            yield Readings(point.id, *columns)

    whole = ExportSeries(
        point.id,
        point,
        point.resolution_s,
        int(readings.start[0]),
        int(readings.end[-1]),
        len(readings),
        "a; b",
    )
    export = Export(Site("casa", "Casa", tz=tz), whole.start, whole.end, 0, "1", (whole,), pieces)
    form = export_formats()[name]
    with TemporaryDirectory() as folder:
        path = Path(folder) / f"x{form.suffix}"
        path.write_bytes(b"".join(form.write(export, "es")))
        found = SniffingReader().read(path, ImportOptions())
    assert found.format == "kanchay"
    (back,) = found.series
    assert back.own == point
    assert back.timezone == tz
    for column in ("start", "end", "value", "quality"):
        np.testing.assert_array_equal(getattr(back.observations, column), getattr(readings, column))
