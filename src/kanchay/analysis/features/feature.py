"""What a feature tells about itself."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from kanchay.analysis.features.sight import Sight
from kanchay.domain.reading import FloatArray

__all__ = ["Feature", "Scaling"]

Scaling = Literal["standard", "minmax", "none"]


@dataclass(frozen=True, slots=True)
class Feature:
    """One feature.

    Attributes
    ----------
    name : str
        As in manifests, the command line and the reference page.
    unit : str
        ``"1"`` for a plain number.
    en, es : str
        What it is, one sentence, in English and Spanish.
    formula : str
        In symbols of the reference page.
    source : str
        Where the formula comes from.
    needs : tuple of str
        Inputs: ``load``, ``clock``, ``temperature``, ``humidity``, ``occupancy``, ``area``, ``hemisphere``.
    compute : callable
        From a `Sight` to an array (n_windows, horizon).
    scaling : str
        Which scaled form suits it: ``standard``, ``minmax`` or ``none`` (indicators and cyclic values).
    relative : str
        ``level``: an amount of load; ``spread``: a difference or width of load; ``""``: it has no relative form.

    Examples
    --------
    >>> from kanchay.analysis.features.registry import FEATURES
    >>> FEATURES["lagged_energy"].unit, FEATURES["lagged_energy"].needs
    ('kWh', ('load', 'clock'))
    """

    name: str
    unit: str
    en: str
    es: str
    formula: str
    source: str
    needs: tuple[str, ...]
    compute: Callable[[Sight], FloatArray]
    scaling: Scaling = "standard"
    relative: Literal["", "level", "spread"] = ""
