"""A table of days over hours that are held: nothing is hidden, nothing counted twice, and a contradiction counts."""

from __future__ import annotations

import pytest

from kanchay.bootstrap import in_memory
from kanchay.domain.point import Site
from kanchay.services.people.policy import operator_scope
from kanchay.services.people.sites import create_site, list_points
from kanchay.services.ports.files import ImportOptions
from kanchay.services.readings.import_file import compare_import, preview_file, store_import
from kanchay.services.readings.undo import undo_import

TZ = "America/Lima"
HOURS = [(d, h, round(0.1 + (d * h) % 7 / 10, 3)) for d in range(13, 23) for h in range(24)]


@pytest.fixture
def home(tmp_path):
    ctx, scope = in_memory(clock=lambda: 1_800_000_000), operator_scope()
    create_site(ctx, scope, Site("casa", "Casa", tz=TZ))

    def bring(text: str):
        path = tmp_path / "a.csv"
        path.write_text(text)
        preview = preview_file(ctx, path, ImportOptions(tz=TZ, label="start"))
        compared = compare_import(ctx, scope, "casa", preview)
        record = store_import(ctx, scope, "casa", preview)
        assert (record.n_new, record.n_revised, record.n_unchanged) == (
            compared.new,
            compared.revised,
            compared.unchanged,
        )
        return record

    def held():
        return [ctx.readings.read(scope, p.id, 0, 1 << 40) for p in list_points(ctx, scope, "casa")]

    yield bring, held, lambda record: undo_import(ctx, scope, record.id)
    ctx.readings.close()


def hours() -> str:
    return "time,Import kWh\n" + "".join(f"2024-05-{d} {h:02d}:00,{v}\n" for d, h, v in HOURS)


def days(more: float = 0.0) -> str:
    total = {d: sum(v for e, _, v in HOURS if e == d) for d, _, _ in HOURS}
    return "time,Import kWh\n" + "".join(f"2024-05-{d},{v + more:.2f}\n" for d, v in total.items())


def counts(record) -> tuple[int, int, int]:
    return record.n_new, record.n_revised, record.n_unchanged


def test_days_after_hours_change_nothing(home):
    bring, held, _ = home
    bring(hours())
    (before,) = held()
    assert counts(bring(days())) == (0, 0, 10)
    (after,) = held()
    assert after.value.tolist() == before.value.tolist()
    assert len(after) == 240


def test_hours_after_days_take_their_place(home):
    bring, held, undo = home
    first = bring(days())
    assert counts(first) == (10, 0, 0)
    second = bring(hours())
    assert counts(second) == (230, 10, 0)
    undo(second)
    (left,) = held()
    assert len(left) == 10


def test_days_that_contradict_the_hours_are_revisions(home):
    bring, _, _ = home
    bring(hours())
    assert counts(bring(days(more=3.0))) == (0, 10, 0)


def test_registers_read_once_a_day_repeat_those_of_every_hour(home):
    bring, held, _ = home
    level, rows = 1000.0, []
    for d, h, v in HOURS:
        rows.append((d, h, level))
        level = round(level + v, 3)
    head = "time,Lectura kWh\n"
    bring(head + "".join(f"2024-05-{d} {h:02d}:00,{r}\n" for d, h, r in rows))
    again = bring(head + "".join(f"2024-05-{d} {h:02d}:00,{r}\n" for d, h, r in rows if h == 0))
    assert counts(again) == (0, 0, 9)
    (after,) = held()
    assert len(after) == 239
