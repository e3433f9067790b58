"""Which forecaster answers unless another is named, and at which resolution."""

from __future__ import annotations

from typing import Final

from kanchay.analysis.forecast.adapt import AdaptedForecaster
from kanchay.analysis.forecast.protocol import Forecaster
from kanchay.analysis.forecast.registry import FORECASTERS
from kanchay.domain.errors import NotFound
from kanchay.domain.interval import HOUR
from kanchay.domain.point import Point
from kanchay.services.context import Context

__all__ = ["DEFAULT_MODEL", "adapted_to_meter", "load_default", "resolution_of"]

DEFAULT_MODEL: Final = "pretrained"
_FINEST_S: Final = 300


def resolution_of(point: Point) -> int:
    """Resolution at which a point is forecast: its own, between 5 min and 1 h."""
    return min(max(point.resolution_s or HOUR, _FINEST_S), HOUR)


def load_default(ctx: Context) -> tuple[Forecaster, tuple[str, ...]]:
    """The pre-trained model, or the ensemble with a note where none is installed."""
    try:
        return ctx.models.load(DEFAULT_MODEL), ()
    except NotFound:
        return ctx.models.load("ensemble"), ("no_model",)


def adapted_to_meter(model: Forecaster) -> AdaptedForecaster | None:
    """The model adapted to a meter's own weeks; None where it is a classic forecaster, or adapted already.

    It keeps no state of its own: its history decides what it learns, so the store alone can make it again.
    """
    if isinstance(model, AdaptedForecaster) or model.name in FORECASTERS:
        return None
    return AdaptedForecaster(model)
