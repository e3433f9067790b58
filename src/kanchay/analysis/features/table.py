"""Features of many windows in one table, by name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from kanchay.analysis.features.inputs import FeatureInputs
from kanchay.analysis.features.registry import Feature, Form, parse_name
from kanchay.analysis.features.scaling import Scaler
from kanchay.analysis.features.sight import Sight
from kanchay.analysis.forecast.protocol import Windows
from kanchay.domain.errors import InputError
from kanchay.domain.reading import FloatArray

__all__ = ["FeatureTable", "build_features", "needed_inputs"]


@dataclass(frozen=True, slots=True, eq=False)
class FeatureTable:
    """Features by window and target.

    Attributes
    ----------
    names : tuple of str, length n_features
        As they were asked for.
    values : ndarray of float64, shape (n_windows, horizon, n_features)
        NaN where it is not known. [`units`]
    units : tuple of str, length n_features
        ``"1"`` for scaled forms.

    Examples
    --------
    >>> table = FeatureTable(("a",), np.array([[[1.0], [np.nan]]]), ("1",))
    >>> table.known[0, :, 0].tolist(), table.column("a")[0, 0]
    ([True, False], np.float64(1.0))
    """

    names: tuple[str, ...]
    values: FloatArray
    units: tuple[str, ...]

    @property
    def known(self) -> NDArray[np.bool_]:
        """Mask of the same shape: True where the value is known."""
        known: NDArray[np.bool_] = ~np.isnan(self.values)
        return known

    @property
    def rows(self) -> FloatArray:
        """One row a target hour, shape (n_windows * horizon, n_features)."""
        return self.values.reshape(-1, len(self.names))

    def column(self, name: str) -> FloatArray:
        """One feature, shape (n_windows, horizon)."""
        column: FloatArray = self.values[..., self.names.index(name)]
        return column


def needed_inputs(names: Sequence[str]) -> frozenset[str]:
    """Everything that these features are computed from.

    Parameters
    ----------
    names : sequence of str

    Returns
    -------
    frozenset of str

    Raises
    ------
    NotFound
        A name is unknown.

    Examples
    --------
    >>> sorted(needed_inputs(["hour_of_day", "normalized_temperature"]))
    ['clock', 'temperature']
    """
    return frozenset(need for name in names for need in _needs(*parse_name(name)))


def _needs(form: Form, feature: Feature) -> tuple[str, ...]:
    return (*feature.needs, "load") if form == "relative" else feature.needs


def build_features(
    names: Sequence[str],
    inputs: FeatureInputs | Windows,
    *,
    scalers: Mapping[str, Scaler] | None = None,
    missing: Literal["refuse", "nan"] = "refuse",
) -> FeatureTable:
    """Compute features of windows. Nothing at or after `issued_at` is read but what was planned or forecast.

    Parameters
    ----------
    names : sequence of str
        Names of the registry, each with a prefix or without (`parse_name`).
    inputs : FeatureInputs or Windows
        Windows alone bring load, clock and perhaps a temperature.
    scalers : mapping of str to Scaler, optional
        By plain feature name, as fitted on training data; needed for ``standardized_`` and ``normalized_``.
    missing : str, default "refuse"
        What to do where an input was not given at all: ``refuse``, or answer ``nan``.

    Returns
    -------
    FeatureTable

    Raises
    ------
    NotFound
        A name is unknown.
    InputError
        A feature needs an input that was not given (code ``feature.input``) or a scaler (``feature.scaler``).

    Examples
    --------
    >>> week = Windows(np.tile(np.arange(24.0), 7)[None], np.array([7 * 86400]), 3600, 2, "UTC")
    >>> build_features(["hour_of_day", "lagged_energy", "relative_lagged_energy"], week).values[0].round(3).tolist()
    [[0.0, 0.0, -1.749], [1.0, 1.0, -1.597]]
    """
    given = FeatureInputs(inputs) if isinstance(inputs, Windows) else inputs
    parsed = [parse_name(name) for name in names]
    if missing == "refuse":
        for form, feature in parsed:
            _refuse(feature, _needs(form, feature), given.known)
    sight = Sight(given)
    plain = {feature.name: feature.compute(sight) for _, feature in parsed}
    columns = [_formed(form, feature, plain[feature.name], sight, scalers or {}) for form, feature in parsed]
    shape = (*sight.targets.shape, len(parsed))
    values = np.stack(columns, axis=-1) if columns else np.empty(shape)
    return FeatureTable(tuple(names), values, tuple("1" if form else f.unit for form, f in parsed))


def _refuse(feature: Feature, needs: Sequence[str], known: frozenset[str]) -> None:
    if absent := [need for need in needs if need not in known]:
        raise InputError(
            f"The feature '{feature.name}' needs {' and '.join(absent)}, which was not given.",
            hint="Give it, or leave the feature out.",
            code="feature.input",
        )


def _formed(
    form: Form, feature: Feature, values: FloatArray, sight: Sight, scalers: Mapping[str, Scaler]
) -> FloatArray:
    if form == "":
        return values
    if form == "relative":
        centre = sight.level[:, None] if feature.relative == "level" else 0.0
        relative: FloatArray = (values - centre) / sight.scale[:, None]
        return relative
    if feature.name not in scalers:
        raise InputError(
            f"'{form}_{feature.name}' needs the scaler of the training data.",
            hint="Fit one with fit_scalers, or take it from the model's manifest.",
            code="feature.scaler",
        )
    scaler = scalers[feature.name]
    return scaler.standardize(values) if form == "standardized" else scaler.normalize(values)
