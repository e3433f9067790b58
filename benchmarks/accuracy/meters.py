"""The measured meters that the benchmarks of accuracy run over."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from kanchay.adapters.datasets import Meter, load_meters
from kanchay.domain.interval import HOUR
from kanchay.domain.panel import Panel

__all__ = ["ROOT", "data_folder", "headline", "panel_of", "read_meters", "splits_file"]

ROOT = Path(__file__).resolve().parents[2]
_PERTURBED = "electro-dunas-peru"  # before its publication; never in a headline figure


def data_folder() -> Path:
    """Where the data sets lie: KANCHAY_DATA, or beside the repository."""
    return Path(os.environ.get("KANCHAY_DATA", ROOT.parent / "shared" / "data"))


def splits_file() -> Path:
    """Who trains, validates and tests."""
    return data_folder().parent / "benchmarks" / "splits.yaml"


def read_meters(datasets: Sequence[str] | None = None) -> list[Meter]:
    """The meters of the splits, of some data sets or of all."""
    return load_meters(splits_file(), data_folder(), datasets)


def headline(meter: Meter) -> bool:
    """Whether a meter counts in the figures of its kind: enough is known of it, and as it was measured."""
    return not meter.thin and meter.dataset != _PERTURBED


def panel_of(meter: Meter) -> Panel:
    return Panel.of((meter.id,), meter.values[None], start=meter.start, resolution_s=HOUR, tz=meter.tz)
