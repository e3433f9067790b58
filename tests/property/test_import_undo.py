"""Imports and undos in any order leave a site as if the undone ones had never been: readings, meters, sums by day."""

from __future__ import annotations

from contextlib import closing

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kanchay.bootstrap import in_memory
from kanchay.domain.errors import Conflict
from kanchay.domain.importing import ImportPreview, ImportSeries
from kanchay.domain.interval import DAY, HOUR
from kanchay.domain.point import Direction, Kind, Site
from kanchay.domain.reading import Observations
from kanchay.domain.units import Quantity
from kanchay.services.people.policy import operator_scope, worker_scope
from kanchay.services.people.sites import create_site, list_points
from kanchay.services.readings.import_file import compare_import, store_import
from kanchay.services.readings.rollups import roll_up
from kanchay.services.readings.undo import undo_import

T0 = 1_767_243_600  # midnight in Lima
OPERATOR = operator_scope()

# A file: (register or intervals, first hour, hours, scale: another one is a wrong unit, which meter)
a_file = st.tuples(
    st.booleans(), st.integers(0, 60), st.integers(2, 30), st.sampled_from([1.0, 1.0, 2.0]), st.integers(0, 1)
)
# A step: a file to import, or which of the imports so far to take back
history = st.lists(st.one_of(a_file, a_file, st.integers(0, 6)), min_size=2, max_size=9)


def preview_of(file: tuple[bool, int, int, float, int]) -> ImportPreview:
    register, first, hours, scale, meter = file
    hour = np.arange(first, first + hours)
    start = T0 + HOUR * hour.astype(np.int64)
    end = start if register else start + HOUR
    value = scale * (100.0 + 0.5 * hour if register else 0.25 + hour % 5)
    seen = Observations("", start, end, value, np.zeros(hours, np.int8))
    kind = Kind.CUMULATIVE if register else Kind.INTERVAL
    series = ImportSeries(
        f"{'register' if register else 'meter'} {meter}", Quantity.ELECTRIC_ENERGY, Direction.IMPORT, "kWh", kind,
        HOUR, "America/Lima", T0, int(end[-1]), hours, 0, 0, float(value.sum()), observations=seen,
    )  # fmt: skip
    return ImportPreview("a.csv", "csv.long", "utf-8", hours, (series,), sha256=str(file))


class Shop:
    """A site in memory whose clock ticks with every step."""

    def __init__(self) -> None:
        self.now = 1_800_000_000
        self.ctx = in_memory(clock=lambda: self.now)
        create_site(self.ctx, OPERATOR, Site("casa", "Casa", tz="America/Lima"))

    def bring(self, file):
        self.now += 60
        return store_import(self.ctx, OPERATOR, "casa", preview_of(file))

    def undo(self, record):
        self.now += 60
        return undo_import(self.ctx, OPERATOR, record.id)

    def state(self) -> dict:
        roll_up(self.ctx, worker_scope())
        held = {}
        for point in list_points(self.ctx, OPERATOR, "casa"):
            r = self.ctx.readings.read(OPERATOR, point.id, 0, 1 << 40)
            days = self.ctx.readings.rollups(OPERATOR, point.id, "day", T0 - 9 * DAY, T0 + 90 * DAY)
            rows = zip(
                r.start.tolist(), r.end.tolist(), r.value.round(9).tolist(), r.quality.tolist(), strict=True
            )
            held[point.id] = (list(rows), days.start.tolist(), days.total.round(9).tolist())
        return held

    def close(self) -> None:
        self.ctx.readings.close()
        self.ctx.records.close()


@given(history=history)
@settings(max_examples=60, deadline=None)
def test_an_undone_import_was_never_there(history):
    with closing(Shop()) as shop, closing(Shop()) as fresh:
        live: list = []
        for step in history:
            if not isinstance(step, int):
                told = compare_import(shop.ctx, OPERATOR, "casa", preview_of(step))
                live.append((shop.bring(step), step))
                record = live[-1][0]
                assert (told.new, told.revised, told.unchanged) == (
                    record.n_new,
                    record.n_revised,
                    record.n_unchanged,
                )
            elif step < len(live):
                shop.undo(live.pop(step)[0])
        for _, file in live:
            fresh.bring(file)
        assert shop.state() == fresh.state()


def test_an_import_is_undone_once():
    with closing(Shop()) as shop:
        record = shop.bring((False, 0, 24, 1.0, 0))
        done = shop.undo(record)
        assert (done.state, done.n_gone, done.n_restored) == ("undone", 24, 0)
        with pytest.raises(Conflict, match="undone already"):
            shop.undo(record)
        with shop.ctx.records.unit(OPERATOR) as uow:
            assert [e.subject for e in uow.audit.find(action="import.undo")] == [record.id]
        assert shop.state() == {}


def test_the_step_between_two_files_of_a_register_goes_with_either():
    with closing(Shop()) as shop:
        first, later = shop.bring((True, 0, 10, 1.0, 0)), shop.bring((True, 12, 10, 1.0, 0))
        name = later.point_ids[0]
        assert shop.ctx.readings.read(OPERATOR, name, 0, 1 << 40).value.sum() == pytest.approx(0.5 * 21)
        shop.undo(first)
        held = shop.ctx.readings.read(OPERATOR, name, 0, 1 << 40)
        assert (held.value.sum(), held.start[0]) == (pytest.approx(0.5 * 9), T0 + 12 * HOUR)
