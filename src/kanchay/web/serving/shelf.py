"""Which models are served, in which versions and under which labels."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Protocol

from kanchay.bundle.forecaster import BundleForecaster
from kanchay.domain.errors import BundleError, NotFound
from kanchay.services.ports.models import Models

__all__ = ["CHAMPION", "Served", "ShelfServed", "Version", "chosen"]

CHAMPION: Final = "champion"


@dataclass(frozen=True, slots=True)
class Version:
    """One version of a model: a whole number, the labels that point at it, and the way to open it (verified, once)."""

    number: int
    labels: tuple[str, ...]
    load: Callable[[], BundleForecaster]


class Served(Protocol):
    """The models that may be asked over the network: by name only, never by path."""

    def names(self) -> list[str]: ...

    def versions(self, name: str) -> list[Version]:
        """Newest first; `NotFound` for any other name."""


def chosen(versions: list[Version]) -> Version:
    """The version that answers unless one is named: the champion, or the newest where nothing was promoted."""
    return next((v for v in versions if CHAMPION in v.labels), versions[0])


class ShelfServed:
    """The bundles of the shelf, each in the one version that lies there: the first number of its manifest's version."""

    def __init__(self, models: Models) -> None:
        self._models = models

    def names(self) -> list[str]:
        from kanchay.analysis.forecast.registry import FORECASTERS

        return [name for name in self._models.names() if name not in FORECASTERS]

    def versions(self, name: str) -> list[Version]:
        if name not in self.names():
            raise NotFound(f"No model '{name}' is served.", hint=f"Known: {', '.join(self.names())}.")
        return [Version(self._number(name), (), lambda: self._open(name))]

    def _number(self, name: str) -> int:
        try:
            found = re.match(r"\d{1,9}", self._open(name).manifest.version)
        except BundleError:  # told by whoever loads it
            return 1
        return int(found[0]) if found else 1

    def _open(self, name: str) -> BundleForecaster:
        forecaster = self._models.load(name)
        if not isinstance(forecaster, BundleForecaster):
            raise NotFound(f"'{name}' is no saved model.")
        return forecaster
