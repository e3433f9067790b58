"""Storing is told as it goes, and what is stopped or fails leaves the site as it was."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from kanchay.bootstrap import in_memory, open_product
from kanchay.domain.importing import ImportPreview, ImportSeries
from kanchay.domain.interval import HOUR
from kanchay.domain.point import Direction, Kind, Site
from kanchay.domain.reading import Observations
from kanchay.domain.units import Quantity
from kanchay.services.context import Context
from kanchay.services.people.policy import operator_scope
from kanchay.services.people.sites import create_site
from kanchay.services.ports.files import ImportOptions
from kanchay.services.progress import Stopped, listening
from kanchay.services.readings.answers import Recalled
from kanchay.services.readings.import_file import store_import
from kanchay.services.readings.import_many import store_many
from kanchay.services.readings.undo import list_imports, undo_import
from kanchay.settings import read_settings

SCOPE = operator_scope()
N = 50_000  # a few slices of a write


def preview(value: float, *, name: str = "meter", n: int = N) -> ImportPreview:
    start = np.arange(n, dtype=np.int64) * HOUR
    seen = Observations(name, start, start + HOUR, np.full(n, value), np.zeros(n, dtype=np.int8))
    series = ImportSeries(
        name, Quantity.ELECTRIC_ENERGY, Direction.IMPORT, "kWh", Kind.INTERVAL, HOUR, "UTC", 0, n * HOUR, n, 0, 0,
        value * n, observations=seen,
    )  # fmt: skip
    return ImportPreview(f"{name}.csv", "csv.long", "utf-8", n, (series,), sha256=name)


@pytest.fixture(params=["memory", "sqlite"])
def ctx(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Context]:
    opened = in_memory() if request.param == "memory" else open_product(read_settings(home=str(tmp_path)))
    create_site(opened, SCOPE, Site("casa", "Casa", tz="UTC"))
    yield opened
    opened.readings.close()
    opened.records.close()


@contextmanager
def breaking_at(share: float, error: type[BaseException]) -> Iterator[list[float]]:
    told: list[float] = []

    def hear(_: str, done: float | None) -> None:
        told.append(done or 0.0)
        if told[-1] >= share:
            raise error

    with listening(hear):
        yield told


def held(ctx: Context) -> tuple[Any, ...]:
    """Everything of the site that an import can change."""
    with ctx.records.unit(SCOPE) as uow:
        points, imports = uow.points.find(site_id="casa"), uow.imports.find(site_id="casa")
    sums = [ctx.readings.read(SCOPE, p.id, 0, N * HOUR).value.sum() for p in points]
    changes = list(ctx.readings.changes(SCOPE, 0))
    return points, imports, sums, changes


def test_storing_is_told_from_nothing_to_all(tmp_path: Path) -> None:
    ctx = open_product(read_settings(home=str(tmp_path)))
    create_site(ctx, SCOPE, Site("casa", "Casa", tz="UTC"))
    told: list[float] = []
    with listening(lambda stage, share: told.append(share or 0.0) if stage == "store" else None):
        store_import(ctx, SCOPE, "casa", preview(1.0))
    assert told == sorted(told)
    assert len(told) > 5
    assert (told[0], told[-1]) == (0.0, 1.0)
    ctx.readings.close()
    ctx.records.close()


@pytest.mark.parametrize("error", [Stopped, KeyboardInterrupt, OSError])
@pytest.mark.parametrize("share", [0.0, 0.4, 1.0])
def test_what_breaks_off_leaves_no_trace(ctx: Context, share: float, error: type[BaseException]) -> None:
    if share and type(ctx.readings).__name__ == "MemoryReadingStore":
        pytest.skip("all at once there: it can only be stopped before")
    empty = held(ctx)
    with breaking_at(share, error), pytest.raises(error):
        store_import(ctx, SCOPE, "casa", preview(1.0))
    assert held(ctx) == empty
    store_import(ctx, SCOPE, "casa", preview(1.0))
    before = held(ctx)
    with breaking_at(share, error), pytest.raises(error):
        store_import(ctx, SCOPE, "casa", preview(2.0))
    assert held(ctx) == before, "the old values and the meter stand"


def test_stopped_behind_the_last_word_leaves_no_trace_either(
    ctx: Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    write: Callable[..., Any] = ctx.readings.append

    def then_stop(*given: Any, **more: Any) -> None:
        write(*given, **more)
        raise KeyboardInterrupt

    monkeypatch.setattr(ctx.readings, "append", then_stop)
    with pytest.raises(KeyboardInterrupt):
        store_import(ctx, SCOPE, "casa", preview(1.0))
    points, imports, _, _ = held(ctx)
    assert (points, imports) == ([], [])


def test_an_import_after_a_stopped_one_can_be_undone(ctx: Context) -> None:
    with breaking_at(0.0, Stopped), pytest.raises(Stopped):
        store_import(ctx, SCOPE, "casa", preview(1.0))
    done = store_import(ctx, SCOPE, "casa", preview(1.0, n=500))
    assert undo_import(ctx, SCOPE, done.id).n_gone == 500
    assert [r.state for r in list_imports(ctx, SCOPE, "casa")] == ["undone"]


def test_of_a_folder_every_file_is_stored_or_none(ctx: Context) -> None:
    files = [Recalled(preview(1.0, name=name, n=900), ImportOptions()) for name in ("a", "b", "c")]
    told: list[float] = []

    def until_the_last(_: str, share: float | None) -> None:
        told.append(share or 0.0)
        if told[-1] > 0.6:
            raise Stopped

    with listening(until_the_last), pytest.raises(Stopped):
        store_many(ctx, SCOPE, "casa", files)
    assert told == sorted(told)
    points, imports, _, _ = held(ctx)
    assert points == []
    assert {r.state for r in imports} == {"undone"}
    assert [r.n_new for r in store_many(ctx, SCOPE, "casa", files)] == [900, 900, 900]
