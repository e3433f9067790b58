"""Where forecasters come from."""

from __future__ import annotations

from typing import Protocol

from kanchay.analysis.forecast.protocol import Forecaster

__all__ = ["Models"]


class Models(Protocol):
    """Gives forecasters by name ("pretrained", "day", "week", "ensemble", "weekday", "ridge") or by path of a bundle."""

    def load(self, name: str) -> Forecaster:
        """The forecaster; `NotFound` names the known ones. Loaded once, then kept."""

    def names(self) -> list[str]: ...

    def bundles(self) -> list[str]:
        """Those of the names that are saved models: what can be served as it is."""
