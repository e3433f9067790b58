"""Leave-one-data-set-out folds of a splits file: who is scored, and who may train."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from kanchay.adapters.datasets import HISTORY_DAYS, SCORED_DAYS, Meter, load_meters
from kanchay.domain.interval import DAY

__all__ = ["Fold", "load_folds", "scored_meters", "training_part"]


@dataclass(frozen=True, slots=True)
class Fold:
    """One data set left out, and those that a model of the fold may learn from."""

    kind: str
    left_out: str
    train_on: tuple[str, ...]
    short_meters: frozenset[str]


def load_folds(splits_path: Path) -> list[Fold]:
    """The folds in the order of the file."""
    import yaml

    document = yaml.safe_load(Path(splits_path).read_text("utf-8"))
    short = frozenset(
        f"{name}/{meter}" for name, spec in document["datasets"].items() for meter in spec["short_meters"]
    )
    return [
        Fold(kind, entry["left_out"], tuple(entry["train_on"]), short)
        for kind, entries in document["leave_out_folds"].items()
        for entry in entries
    ]


def scored_meters(fold: Fold, splits_path: Path, data_dir: Path) -> list[Meter]:
    """Every meter of the left-out set, of whatever role; a short one is scored after its first 60 days."""
    return [
        replace(m, split_at=m.start + HISTORY_DAYS * DAY if _short(fold, m) else m.end - SCORED_DAYS * DAY)
        for m in load_meters(splits_path, data_dir, [fold.left_out])
    ]


def training_part(fold: Fold, meters: Sequence[Meter]) -> list[Meter]:
    """Meters of the sets to learn from, of whatever role, cut before their last 400 days; short ones whole."""
    chosen = [m for m in meters if m.dataset in fold.train_on]
    cut = [replace(m, split_at=m.end if _short(fold, m) else m.end - SCORED_DAYS * DAY) for m in chosen]
    return [m for m in cut if m.n_history > 0]


def _short(fold: Fold, meter: Meter) -> bool:
    return f"{meter.dataset}/{meter.id}" in fold.short_meters
