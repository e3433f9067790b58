"""The shelf of models: the shipped bundle, the classic forecasters by name, any other bundle by its path."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Final, Protocol

from kanchay.analysis.forecast.protocol import Forecaster
from kanchay.domain.errors import BundleError, NotFound

__all__ = [
    "PRETRAINED",
    "SUFFIX",
    "HasHome",
    "ModelShelf",
    "is_own_name",
    "shipped_models",
    "trust_key",
    "trusted_keys",
]

PRETRAINED: Final = "pretrained"
ADAPTED: Final = "adapted"  # the pre-trained model, adapted to each meter's own weeks
_MOST_THREADS: Final = 4  # a server has other work too
SUFFIX: Final = ".kanchay"


class HasHome(Protocol):
    """Settings, as far as the shelf needs them."""

    @property
    def home(self) -> Path: ...


def shipped_models() -> Path:
    """Folder of the bundles that ride in the package."""
    import kanchay

    return Path(kanchay.__file__).parent / "library" / "models"


def trusted_keys(home: Path) -> tuple[str, ...]:
    """Public keys that are trusted here: the project's, and those in ``trusted_keys`` of the home, one a line."""
    from kanchay.bundle.sign import PROJECT_KEYS

    own = home / "trusted_keys"
    lines = own.read_text("utf-8").splitlines() if own.is_file() else []
    return (*PROJECT_KEYS, *(line.split()[0] for line in lines if line.strip() and not line.startswith("#")))


def trust_key(home: Path, key: str) -> None:
    """Add a public key to ``trusted_keys`` of the home."""
    if key in trusted_keys(home):
        return
    home.mkdir(parents=True, exist_ok=True, mode=0o700)
    path = home / "trusted_keys"
    before = path.read_text("utf-8") if path.is_file() else ""
    path.write_text(before + ("" if not before or before.endswith("\n") else "\n") + f"{key}\n", "utf-8")


class ModelShelf:
    """Fills the port `kanchay.services.ports.models.Models`. Each forecaster is loaded once, then kept."""

    def __init__(self, settings: HasHome, *, runtime: str = "auto") -> None:
        self._home = settings.home
        self._runtime = runtime
        self._kept: dict[str, Forecaster] = {}

    def names(self) -> list[str]:
        """Shipped bundles, those in ``models`` of the home, then the classic forecasters."""
        from kanchay.analysis.forecast.registry import FORECASTERS

        bundles = self._bundles()
        return [*sorted(bundles), *([ADAPTED] if PRETRAINED in bundles else []), *FORECASTERS]

    def load(self, name: str) -> Forecaster:
        """The forecaster of that name, or the bundle at that path.

        A bundle by name must be signed by a trusted key; one by path is taken unsigned too, since whoever typed the
        path chose it, but a signature that is there must fit.
        """
        if name not in self._kept:
            self._kept[name] = self._load(name)
        return self._kept[name]

    def bundles(self) -> list[str]:
        """Those of the names that are saved models."""
        return sorted(self._bundles())

    def path_of(self, name: str) -> Path:
        """Where the bundle of that name or path lies; `NotFound` for the classic forecasters."""
        bundles = self._bundles()
        if name in bundles:
            return bundles[name]
        path = Path(name).expanduser()
        if path.exists():
            return path
        raise NotFound(
            f"No saved model is called '{name}'.",
            hint=f"Known: {', '.join(sorted(bundles))}, or a path to a bundle.",
        )

    def _load(self, name: str) -> Forecaster:
        bundles = self._bundles()
        if name in bundles:
            return self._bundle(bundles[name], trusted=trusted_keys(self._home), name=name)
        if name == ADAPTED:
            from kanchay.analysis.forecast.adapt import AdaptedForecaster

            return AdaptedForecaster(self.load(PRETRAINED))
        classic = _classic(name)
        if classic is not None:
            return classic()
        path = Path(name).expanduser()
        if not path.exists():
            raise NotFound(
                f"No model is called '{name}'.",
                hint=f"Known: {', '.join(self.names())}, or a path to a bundle.",
            )
        if not path.is_dir() and path.suffix != SUFFIX:
            raise BundleError(f"'{path.name}' is no bundle.", hint=f"Give a folder or a {SUFFIX} file.")
        return self._bundle(path)

    def _bundle(self, path: Path, *, trusted: tuple[str, ...] | None = None, name: str = "") -> Forecaster:
        """The network of a bundle, held to what each week shows outright; trees learned that from more features."""
        from kanchay.bundle.load import grounded, load_bundle

        return grounded(
            load_bundle(path, runtime=self._runtime, trusted=trusted, name=name, threads=_threads())
        )

    def _bundles(self) -> dict[str, Path]:
        found: dict[str, Path] = {}
        for shelf in (self._home / "models", shipped_models()):  # what is shipped wins over a like name
            if shelf.is_dir():
                found |= {p.name: p for p in shelf.iterdir() if (p / "manifest.json").is_file()}
                found |= {p.stem: p for p in shelf.glob(f"*{SUFFIX}")}
        # A naive is what models are held against: none may take its name.
        return {name: path for name, path in found.items() if not is_own_name(name)}


def is_own_name(name: str) -> bool:
    """Whether a forecaster of the code itself answers to that name."""
    return name == ADAPTED or _classic(name) is not None


def _classic(name: str) -> Callable[[], Forecaster] | None:
    from kanchay.analysis.forecast.registry import FORECASTERS

    return FORECASTERS.get(name)


def _threads() -> int:
    """Cores for a batch of many meters; one forecast stays on one."""
    return max(1, min(_MOST_THREADS, os.cpu_count() or 1))
