"""Which models are served, in which versions and under which labels."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from kanchay.analysis.forecast.grounded import GroundedForecaster
from kanchay.bundle.forecaster import BundleForecaster
from kanchay.domain.errors import BundleError, NotFound
from kanchay.domain.model import CHAMPION
from kanchay.services.ports.models import Models

__all__ = ["Only", "Served", "ShelfServed", "Together", "Version", "chosen"]


@dataclass(frozen=True, slots=True)
class Version:
    """One version of a model: its number and its own name, the labels that point at it, and the way to open it.

    TensorFlow Serving knows versions by whole numbers alone; Open Inference takes any of the three.
    """

    number: int
    name: str
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
        return self._models.bundles()

    def versions(self, name: str) -> list[Version]:
        if name not in self.names():
            raise NotFound(f"No model '{name}' is served.", hint=f"Known: {', '.join(self.names())}.")
        said = self._said(name)
        number = re.match(r"\d{1,9}", said)
        return [Version(int(number[0]) if number else 1, said, (), lambda: self._open(name))]

    def _said(self, name: str) -> str:
        try:
            return self._open(name).manifest.version
        except BundleError:  # told by whoever loads it
            return "1"

    def _open(self, name: str) -> BundleForecaster:
        loaded = self._models.load(name)
        forecaster = loaded.base if isinstance(loaded, GroundedForecaster) else loaded
        if not isinstance(forecaster, BundleForecaster):
            raise NotFound(f"'{name}' is no saved model.")
        return forecaster


class Only:
    """Some of the names of a place: what ships is not to be put aside by a like name in a registry."""

    def __init__(self, place: Served, names: frozenset[str]) -> None:
        self._place = place
        self._names = names

    def names(self) -> list[str]:
        return [name for name in self._place.names() if name in self._names]

    def versions(self, name: str) -> list[Version]:
        return self._place.versions(name)


class Together:
    """Several places at once; a name that lies in two is served from the first."""

    def __init__(self, *places: Served) -> None:
        self._places = places

    def names(self) -> list[str]:
        return list(dict.fromkeys(name for place in self._places for name in place.names()))

    def versions(self, name: str) -> list[Version]:
        for place in self._places:
            if name in place.names():
                return place.versions(name)
        raise NotFound(f"No model '{name}' is served.", hint=f"Known: {', '.join(self.names())}.")
