"""Rivals by name, those that must be fitted kept in a folder: made once, then the same in every run."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np

from kanchay.adapters.datasets import Meter
from kanchay.analysis.forecast.protocol import Forecaster, Prediction, Windows
from kanchay.bundle.load import load_bundle
from kanchay.bundle.save import save_bundle
from kanchay.domain.errors import NotFound
from kanchay.learning.boosted import BoostedOptions
from kanchay.learning.boosted_make import boosted_of
from kanchay.learning.rivals.ets import ets_rival

__all__ = ["FITTED", "Kept", "boosted_rival", "rival"]

BOOSTED_RIVAL: Final = "lightgbm"
FITTED: Final = (BOOSTED_RIVAL, "ets")
"""Rivals that are not forecasters of the product: they need LightGBM and statsforecast."""


def rival(
    name: str,
    training: Sequence[Meter],
    held_out: Sequence[Meter],
    folder: Path,
    *,
    fit: bool = False,
    progress: Callable[[str], None] = lambda text: None,
) -> tuple[Forecaster, tuple[str, ...]]:
    """The rival and the meters it learned from; `NotFound` says why it cannot take part.

    The boosted trees are trained only where `fit` allows the minutes that it takes; `MissingExtra` where their
    package is not there.
    """
    if name == "ets":
        return Kept(ets_rival(), folder / "ets"), ()
    if name != BOOSTED_RIVAL:
        raise NotFound(f"There is no rival '{name}'.", hint=f"Known: {', '.join(FITTED)}.")
    return boosted_rival(training, held_out, folder, fit=fit, progress=progress)


def boosted_rival(
    training: Sequence[Meter],
    held_out: Sequence[Meter],
    folder: Path,
    *,
    fit: bool,
    options: BoostedOptions | None = None,
    progress: Callable[[str], None] = lambda text: None,
) -> tuple[Forecaster, tuple[str, ...]]:
    """The model that ``kanchay model train --kind boosted`` makes of these meters, from the folder or trained now."""
    use = options or BoostedOptions()
    place = folder / f"{BOOSTED_RIVAL}-{_key(training, held_out, use)}"
    if not place.is_dir():
        if not fit:
            raise NotFound(
                "not fitted yet on these meters.", hint="Give --fit-rivals once (some ten minutes)."
            )
        progress(f"training on {len(training)} meters")
        boosted = boosted_of(training, held_out, use, name=BOOSTED_RIVAL)
        save_bundle(place, boosted.manifest, boosted.files)
        progress(f"trained on {boosted.manifest.training['rows']} hours")
    found = load_bundle(place)
    return found, tuple(found.manifest.training["meters"])


def _key(training: Sequence[Meter], held_out: Sequence[Meter], options: BoostedOptions) -> str:
    """Of the meters with the end of their training hours, and the recipe."""
    told = [f"{m.dataset}/{m.id}:{m.start}:{m.n_history}" for m in (*training, *held_out)]
    text = "\n".join([*told, *(f"{k}={v}" for k, v in options.as_dict().items())])
    return hashlib.sha256(text.encode()).hexdigest()[:12]


@dataclass(frozen=True, slots=True)
class Kept:
    """Answers of a slow forecaster that depend on the window alone, kept on disk by what was asked."""

    inner: Forecaster
    folder: Path

    @property
    def name(self) -> str:
        return self.inner.name

    @property
    def lookback_s(self) -> int:
        return self.inner.lookback_s

    def predict(self, windows: Windows) -> Prediction:
        """Forecast, or read what was forecast before for the same windows."""
        place = self.folder / f"{_asked(windows)}.npz"
        if place.is_file():
            with np.load(place) as kept:
                return Prediction(kept["mean"], kept["quantiles"])
        answer = self.inner.predict(windows)
        self.folder.mkdir(parents=True, exist_ok=True)
        np.savez_compressed(place, mean=answer.mean, quantiles=answer.quantiles)
        return answer


def _asked(windows: Windows) -> str:
    digest = hashlib.sha256(np.ascontiguousarray(windows.load).tobytes())
    digest.update(windows.issued_at.tobytes())
    digest.update(f"{windows.resolution_s} {windows.horizon} {windows.tz}".encode())
    return digest.hexdigest()[:24]
