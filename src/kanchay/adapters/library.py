"""What the package ships as data, read by importlib.resources."""

from __future__ import annotations

from functools import cached_property
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any

from kanchay.domain.errors import NotFound

__all__ = ["PackageLibrary"]


class PackageLibrary:
    """`Library` over `kanchay/library`: tariffs/*.yaml, factors/CC.yaml, texts/*.LOCALE.yaml."""

    def __init__(self, root: Traversable | None = None) -> None:
        self._root = root or files("kanchay") / "library"

    @cached_property
    def _tariffs(self) -> dict[str, dict[str, Any]]:
        documents = [_read(path) for path in _yaml_files(self._root / "tariffs")]
        return {document["id"]: document for document in documents}

    def tariff_documents(self) -> dict[str, dict[str, Any]]:
        return self._tariffs

    def factor_document(self, country: str) -> dict[str, Any]:
        known = {path.name.rsplit(".", 1)[0].upper(): path for path in _yaml_files(self._root / "factors")}
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


def _yaml_files(folder: Traversable) -> list[Traversable]:
    if not folder.is_dir():
        return []
    found = [path for path in folder.iterdir() if path.name.endswith((".yaml", ".yml"))]
    return sorted(found, key=lambda path: path.name)


def _read(path: Traversable) -> dict[str, Any]:
    """A YAML document in which numbers with a fraction stay text: money is never a float."""
    import yaml

    document: dict[str, Any] = yaml.load(path.read_text("utf-8"), Loader=_loader(yaml))  # noqa: S506
    return document


def _loader(yaml: Any) -> Any:
    class TextNumbers(yaml.SafeLoader):  # type: ignore[misc]
        """SafeLoader without floats and timestamps."""

    keep = {"tag:yaml.org,2002:float", "tag:yaml.org,2002:timestamp"}
    TextNumbers.yaml_implicit_resolvers = {
        first: [(tag, pattern) for tag, pattern in resolvers if tag not in keep]
        for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
    }
    return TextNumbers


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
