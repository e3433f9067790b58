"""Seventy and more meter files that the importer was not built on: right in every field, or asked.

A wrong total that nobody was asked about is the one result that must not happen.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from kanchay.adapters.files.reader import SniffingReader
from kanchay.domain.errors import FileRefused
from kanchay.domain.importing import ImportPreview, ImportSeries
from kanchay.services.ports.files import ImportOptions
from tests.integration.strangers import long_files, parquets, registers, wide_files, workbooks
from tests.integration.strangers.world import STRANGERS, Stranger, Want

FAMILIES = (long_files, parquets, registers, wide_files, workbooks)  # importing them registers their files
# Which questions make a field the user's own to settle.
SETTLES = {
    "quantity": {"unit", "kind"},
    "direction": {"direction"},
    "unit": {"unit"},
    "kind": {"kind"},
    "resolution": {"day_first", "kind", "tz"},
    "n": {"day_first", "kind", "tz"},
    "start": {"label", "tz", "day_first", "clock"},
    "end": {"label", "tz", "day_first", "clock"},
    "total": {"unit", "decimal", "kind", "day_first"},
}
FLOWS = ("electric_energy", "power", "reactive_energy", "reactive_power", "gas", "heat", "water")
REFUSAL_WILL_DO = {"transposed_days_across"}


def wrong(got: ImportSeries, want: Want) -> dict[str, tuple[object, object]]:
    """Fields of a series that are not the truth: what was said and what is."""
    said = {
        "quantity": got.quantity.value, "direction": got.direction and got.direction.value, "unit": got.unit,
        "kind": got.kind.value, "resolution": got.resolution_s, "n": got.n, "start": got.start, "end": got.end,
        "total": got.total,
    }  # fmt: skip
    true = {name: getattr(want, name) for name in said}
    same = {n: said[n] == true[n] for n in said if n != "total"}
    same["total"] = want.total is None or (
        got.total is not None and got.total == pytest.approx(want.total, rel=1e-6)
    )
    return {n: (said[n], true[n]) for n in said if not same[n]}


def is_peak(series: ImportSeries) -> bool:
    """The highest power within an interval: no energy, and none is shown."""
    return series.quantity.value == "power" and series.total is None


def matched(preview: ImportPreview, want: tuple[Want, ...]) -> list[dict[str, tuple[object, object]]]:
    """Each wanted series against the energy series of the preview that fits it best."""
    flows = [s for s in preview.series if s.quantity.value in FLOWS and not is_peak(s)]
    assert len(flows) == len(want), [(s.name, s.quantity.value, s.total) for s in preview.series]
    out = []
    for w in want:
        best = min(flows, key=lambda s: (w.name not in s.name, len(wrong(s, w))))
        flows.remove(best)
        out.append(wrong(best, w))
    return out


def read(case: Stranger, folder: Path, options: ImportOptions) -> ImportPreview:
    file = folder / case.name
    file.write_bytes(case.data)
    return SniffingReader().read(file, options)


@pytest.mark.parametrize(("name", "make"), STRANGERS, ids=[n for n, _ in STRANGERS])
def test_right_or_asked(name: str, make: Callable[[], Stranger], tmp_path: Path) -> None:
    case = make()
    try:
        preview = read(case, tmp_path, ImportOptions(tz=case.tz))
    except FileRefused:
        assert name in REFUSAL_WILL_DO
        return
    asked = {q.code for q in preview.questions}
    for differences in matched(preview, case.want):
        silent = {n: d for n, d in differences.items() if not SETTLES[n] & asked}
        assert not silent, f"silently {silent}, asked {sorted(asked)}"
    told = read(case, tmp_path, replace(case.answers, tz=case.tz))
    assert all(not d for d in matched(told, case.want)), matched(told, case.want)
    assert len(told.series) - len(case.want) == case.others


def test_there_are_sixty_files_at_least() -> None:
    assert len({n for n, _ in STRANGERS}) == len(STRANGERS) >= 60
