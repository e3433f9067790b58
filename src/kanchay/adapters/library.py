"""What the package ships as data, read by importlib.resources."""

from __future__ import annotations

import json
from functools import cached_property
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any

from kanchay.adapters.yaml_marks import loader_of, read_written
from kanchay.analysis.tariff.base import with_bases
from kanchay.domain.errors import NotFound
from kanchay.services.ports.library import Written
from kanchay.services.ports.tariffs import TariffProblem

__all__ = ["PackageLibrary"]


class PackageLibrary:
    """`Library` over `kanchay/library`: tariffs/*.yaml on tariffs/base/*.yaml, factors/CC.yaml, texts/*.LOCALE.yaml."""

    def __init__(self, root: Traversable | None = None) -> None:
        self._root = root or files("kanchay") / "library"

    @cached_property
    def _tariffs(self) -> dict[str, dict[str, Any]]:
        documents = [with_bases(_read(p), self._bases) for p in _yaml_files(self._root / "tariffs")]
        return {document["id"]: document for document in documents}

    @cached_property
    def _bases(self) -> dict[str, dict[str, Any]]:
        return {_stem(path): _read(path) for path in _yaml_files(self._root / "tariffs" / "base")}

    def tariff_documents(self) -> dict[str, dict[str, Any]]:
        return self._tariffs

    def tariff_bases(self) -> dict[str, dict[str, Any]]:
        return self._bases

    def tariff_text(self, tariff_id: str) -> str:
        for path in _yaml_files(self._root / "tariffs"):
            if _read(path)["id"] == tariff_id:
                return path.read_text("utf-8")
        raise NotFound(f"There is no tariff '{tariff_id}'.", hint="List them: kanchay tariff list.")

    def own_tariffs(self) -> frozenset[str]:
        return frozenset()

    def tariff_problems(self) -> tuple[TariffProblem, ...]:
        return ()

    def factor_document(self, country: str) -> dict[str, Any]:
        known = {_stem(path).upper(): path for path in _yaml_files(self._root / "factors")}
        path = known.get(country.upper())
        if path is None:
            raise NotFound(
                f"We ship no emission factors for '{country}'.",
                hint=f"There are: {', '.join(sorted(known))}.",
            )
        return _read(path)

    def texts(self, locale: str) -> dict[str, str]:
        parts = [p for p in _yaml_files(self._root / "texts") if p.name.rsplit(".", 2)[-2] == locale]
        if not parts:
            raise NotFound(f"There are no texts in '{locale}'.", hint="Use es or en.")
        merged: dict[str, str] = {}
        for part in parts:
            merged |= _flat(_read(part))
        return merged

    def read_text(self, raw: bytes | str) -> Written:
        return read_written(raw)

    def schema(self, name: str) -> dict[str, Any]:
        document: dict[str, Any] = json.loads(
            (self._root / "schemas" / f"{name}.schema.json").read_text("utf-8")
        )
        return document


def _yaml_files(folder: Traversable) -> list[Traversable]:
    if not folder.is_dir():
        return []
    found = [path for path in folder.iterdir() if path.name.endswith((".yaml", ".yml"))]
    return sorted(found, key=lambda path: path.name)


def _stem(path: Traversable) -> str:
    return path.name.rsplit(".", 1)[0]


def _read(path: Traversable) -> dict[str, Any]:
    """A YAML document in which numbers with a fraction stay text: money is never a float."""
    import yaml

    document: dict[str, Any] = yaml.load(path.read_text("utf-8"), Loader=loader_of("CSafeLoader"))  # noqa: S506
    return document


def _flat(document: dict[str, Any], prefix: str = "") -> dict[str, str]:
    """Nested keys joined by dots."""
    texts: dict[str, str] = {}
    for key, value in document.items():
        name = f"{prefix}{key}"
        if isinstance(value, dict):
            texts |= _flat(value, f"{name}.")
        else:
            texts[name] = str(value)
    return texts
