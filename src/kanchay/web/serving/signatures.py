"""What a saved model can be asked: its network's own tensors, or a forecast from readings with gaps."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import Any, Final, Protocol

import numpy as np
from werkzeug.exceptions import BadRequest, RequestEntityTooLarge

from kanchay.analysis.forecast.protocol import Windows
from kanchay.analysis.forecast.windows import MIN_KNOWN_S, known_seconds, notes, steps
from kanchay.bundle.forecaster import BundleForecaster
from kanchay.bundle.load import grounded
from kanchay.domain.forecast import LEVELS
from kanchay.domain.interval import DAY, parse_duration, parse_instant
from kanchay.web.serving.tensors import Array, Tensor, check_shape

__all__ = ["DEFAULT", "FORECAST", "MAX_NUMBERS", "MAX_WINDOWS", "Signature", "signatures_of"]

DEFAULT: Final = "serving_default"
FORECAST: Final = "forecast"
MAX_WINDOWS: Final = 1024  # of one request: a fifth of a second on one core
MAX_NUMBERS: Final = 2_000_000  # of one answer: about 40 MB of JSON
_LAST: Final = 7_258_118_400  # the year 2200: no calendar is meant to reach further
_LONGEST: Final = 7 * DAY
_LARGEST: Final = 1e30  # the network computes in single precision, which ends at 3.4e38


class Signature(Protocol):
    """Named tensors in, named tensors out; the first axis of each counts the windows."""

    @property
    def inputs(self) -> tuple[Tensor, ...]: ...

    @property
    def outputs(self) -> tuple[Tensor, ...]: ...

    def run(self, given: Mapping[str, Array]) -> dict[str, Array]: ...


def signatures_of(forecaster: BundleForecaster) -> dict[str, Signature]:
    """Both signatures of a bundle, by name."""
    return {DEFAULT: NetworkSignature(forecaster), FORECAST: ForecastSignature(forecaster)}


class NetworkSignature:
    """The tensors of the graph, exactly as the manifest names them; nothing is added and nothing is clipped."""

    def __init__(self, forecaster: BundleForecaster) -> None:
        self._runtime = forecaster.runtime
        masked = any("mask" in entry["name"] for entry in forecaster.manifest.inputs)
        # A graph without masks (the boosted trees) knows NaN for what is missing.
        self.inputs = tuple(_declared(entry, not masked) for entry in forecaster.manifest.inputs)
        self.outputs = tuple(_declared(entry, False) for entry in forecaster.manifest.outputs)

    def run(self, given: Mapping[str, Array]) -> dict[str, Array]:
        _count(self.inputs, given)
        (output,) = self.outputs  # every layout known today has one
        return {output.name: self._runtime.run(given)}


def _declared(entry: Mapping[str, Any], nullable: bool) -> Tensor:
    shape = tuple(size if isinstance(size, int) else -1 for size in entry["shape"])
    return Tensor(str(entry["name"]), "float", shape, nullable)


class ForecastSignature:
    """Readings with gaps and a time of issue in; mean and quantiles of each interval out.

    The forecaster of the command line and the pages answers, so the numbers are the same. A window with less than a
    day of known readings is not answered (NaN), as everywhere in the product.
    """

    def __init__(self, forecaster: BundleForecaster) -> None:
        self._forecaster = grounded(forecaster)
        self._warm = forecaster.reads_temperature
        self.outputs = (
            Tensor("start", "int64", (-1, -1)),
            Tensor("mean", "double", (-1, -1)),
            Tensor("quantiles", "double", (-1, -1, len(LEVELS))),
            Tensor("notes", "string", (-1,)),
        )

    @cached_property
    def inputs(self) -> tuple[Tensor, ...]:
        warm = (Tensor("temperature", "double", (-1, -1), nullable=True, optional=True),)
        return (
            Tensor("load", "double", (-1, -1), nullable=True),
            Tensor("issued_at", "string", (-1,)),
            Tensor("resolution", "string", (-1,), default="1h"),
            Tensor("horizon", "string", (-1,), default="24h"),
            Tensor("tz", "string", (-1,), default="UTC"),
            Tensor("country", "string", (-1,), default=""),
            *(warm if self._warm else ()),
        )

    def run(self, given: Mapping[str, Array]) -> dict[str, Array]:
        n = _count(self.inputs, given)
        texts = {t.name: _spread(t, given, n) for t in self.inputs if t.kind == "string"}
        resolution, horizon = (_only(name, texts[name]) for name in ("resolution", "horizon"))
        n_ahead = _bounded(n, resolution, horizon)
        answer = {
            "start": np.zeros((n, n_ahead), np.int64),
            "mean": np.full((n, n_ahead), np.nan),
            "quantiles": np.full((n, n_ahead, len(LEVELS)), np.nan),
            "notes": np.full(n, "", object),
        }
        places = np.array([f"{tz}\n{land}" for tz, land in zip(texts["tz"], texts["country"], strict=True)])
        for place in np.unique(places):
            rows = np.flatnonzero(places == place)
            mine = {name: given[name][rows] for name in ("load", "temperature") if name in given}
            windows = _windows(mine, texts["issued_at"][rows], str(place), resolution, n_ahead)
            self._fill(answer, rows, windows)
        return answer

    def _fill(self, answer: dict[str, Array], rows: Array, windows: Windows) -> None:
        prediction = self._forecaster.predict(windows)
        enough = (known_seconds(windows) >= MIN_KNOWN_S)[:, None]
        answer["start"][rows] = windows.target_starts
        answer["mean"][rows] = np.where(enough, prediction.mean, np.nan)
        answer["quantiles"][rows] = np.where(enough[:, :, None], prediction.quantiles, np.nan)
        answer["notes"][rows] = [",".join(codes) for codes in notes(windows)]


def _count(tensors: tuple[Tensor, ...], given: Mapping[str, Array]) -> int:
    """Number of windows, the same in every tensor that has one entry a window."""
    for tensor in (t for t in tensors if t.name in given):
        check_shape(tensor, given[tensor.name].shape)
    full = {t.name: len(given[t.name]) for t in tensors if t.default is None and t.name in given}
    if len(set(full.values())) != 1:
        raise BadRequest(f"The inputs differ in the number of windows: {full}.")
    n = next(iter(full.values()))
    if n == 0:
        raise BadRequest("There is no window in the request.")
    if n > MAX_WINDOWS:
        raise RequestEntityTooLarge(f"{n} windows in one request; {MAX_WINDOWS} are allowed. Send several.")
    return n


def _spread(tensor: Tensor, given: Mapping[str, Array], n: int) -> Array:
    """One text a window: as given, the one that stands for all, or the default."""
    found = given.get(tensor.name)
    if found is None:
        return np.full(n, tensor.default, dtype=object)
    if found.size == 1:
        return np.full(n, found.reshape(-1)[0], dtype=object)
    if len(found) != n:
        raise BadRequest(f"Input '{tensor.name}' has {len(found)} entries for {n} windows.")
    return found


def _only(name: str, texts: Array) -> int:
    """The duration that all windows of a request share, since they answer in one tensor. [s]"""
    if len(set(texts)) != 1:
        raise BadRequest(f"All windows of a request share one '{name}'. Send one request for each.")
    return parse_duration(str(texts[0]))


def _bounded(n: int, resolution: int, horizon: int) -> int:
    """Intervals ahead, where the answer stays within bounds."""
    if horizon > _LONGEST:
        raise BadRequest("A horizon is 7 days at most.")
    n_ahead = steps(horizon, resolution)
    if n * n_ahead * (1 + len(LEVELS)) > MAX_NUMBERS:
        raise RequestEntityTooLarge(
            f"The answer would hold more than {MAX_NUMBERS:,} numbers. Send several requests."
        )
    return n_ahead


def _windows(
    given: Mapping[str, Array], issued_at: Array, place: str, resolution: int, n_ahead: int
) -> Windows:
    if (np.abs(given["load"]) > _LARGEST).any():
        raise BadRequest(f"Input 'load' holds a value that no meter shows: beyond {_LARGEST:g}.")
    tz, _, land = place.partition("\n")
    country, _, part = land.upper().partition("-")
    return Windows(
        load=given["load"],
        issued_at=np.array([_instant(str(text), tz) for text in issued_at], dtype=np.int64),
        resolution_s=resolution,
        horizon=n_ahead,
        tz=tz,
        country=country or None,
        subdivision=part or None,
        temperature=given.get("temperature"),
    )


def _instant(text: str, tz: str) -> int:
    """UTC seconds, or ISO 8601 on the clock of `tz` where it has no offset."""
    at = int(text) if text.isascii() and text.isdigit() and len(text) < 12 else parse_instant(text, tz)
    if not 0 <= at < _LAST:
        raise BadRequest(f"issued_at '{text}' does not lie between the years 1970 and 2200.")
    return at
