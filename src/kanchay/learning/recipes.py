"""A recipe as a file: what `kanchay model tune` found, what `kanchay model train` takes, readable and refusable."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import Any, Final, TypeVar

from kanchay.domain.errors import FileRefused, InputError
from kanchay.learning.corpus import LOOKBACK, CorpusOptions
from kanchay.learning.network import NetworkShape
from kanchay.learning.train import Recipe

__all__ = ["FORMAT", "TrainingRecipe", "read_recipe", "write_recipe"]

FORMAT: Final = "kanchay-recipe/1"
_PARTS: Final = {"recipe": Recipe, "shape": NetworkShape, "corpus": CorpusOptions}

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class TrainingRecipe:
    """Everything that a file may say about a training run.

    `context_h` is how much of the history the network was shown; only the whole week can be shipped, because a
    bundle is always asked with a week. `about` tells how the recipe was found: it changes nothing.
    """

    recipe: Recipe = field(default_factory=Recipe)
    shape: NetworkShape = field(default_factory=NetworkShape)
    corpus: CorpusOptions = field(default_factory=CorpusOptions)
    context_h: int = LOOKBACK
    about: Mapping[str, Any] = field(default_factory=dict)

    def as_dict(self) -> dict[str, Any]:
        from dataclasses import asdict

        return {
            "format": FORMAT,
            "context_h": self.context_h,
            **{name: asdict(getattr(self, name)) for name in _PARTS},
            "about": dict(self.about),
        }


def write_recipe(path: Path, recipe: TrainingRecipe) -> None:
    """Write it as YAML, or as JSON where the name ends so; the file is whole or not there."""
    document = recipe.as_dict()
    if path.suffix == ".json":
        text = json.dumps(document, indent=1) + "\n"
    else:
        import yaml

        text = yaml.safe_dump(document, sort_keys=False, allow_unicode=True)
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".{path.name}.part")
    part.write_text(text, "utf-8")
    part.replace(path)


def read_recipe(path: Path) -> TrainingRecipe:
    """Read a recipe; what it leaves out keeps its default, what it misspells is refused by name.

    Raises `FileRefused` where the file is no recipe, `InputError` where a value cannot be.
    """
    document = _document(path)
    if unknown := sorted(set(document) - {"format", "context_h", "about", *_PARTS}):
        raise InputError(
            f"{path.name}: a recipe has no part '{unknown[0]}'.",
            hint=f"Known: {', '.join(_PARTS)}, context_h.",
        )
    parts = {
        name: _changed(kind(), document.get(name) or {}, f"{path.name}, {name}")
        for name, kind in _PARTS.items()
    }
    context = document.get("context_h", LOOKBACK)
    if type(context) is not int or not 24 <= context <= LOOKBACK:
        raise InputError(f"{path.name}: context_h must be a whole number from 24 to {LOOKBACK}.")
    return TrainingRecipe(**parts, context_h=context, about=document.get("about") or {})


def _document(path: Path) -> dict[str, Any]:
    import yaml

    if not path.is_file():
        raise FileRefused(f"There is no recipe file {path}.", hint="kanchay model tune writes one.")
    try:
        document = yaml.safe_load(path.read_text("utf-8"))  # JSON is YAML too
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise FileRefused(f"{path.name} is neither YAML nor JSON.") from error
    if not isinstance(document, dict) or document.get("format") != FORMAT:
        raise FileRefused(f"{path.name} is no recipe of Kanchay.", hint=f"It must say 'format: {FORMAT}'.")
    return document


def _changed(default: T, values: Any, where: str) -> T:
    """The dataclass with the given values, each of the type that it replaces."""
    if not isinstance(values, dict):
        raise InputError(f"{where}: this must be a mapping of names to values.")
    known = {f.name: getattr(default, f.name) for f in fields(default)}  # type: ignore[arg-type]
    for name, value in values.items():
        if name not in known:
            raise InputError(f"{where}: there is no '{name}'.", hint=f"Known: {', '.join(known)}.")
        if not _fits(value, known[name]):
            raise InputError(f"{where}: {name} must be like {known[name]!r}, not {value!r}.")
    made: T = replace(default, **{n: type(known[n])(v) for n, v in values.items()})  # type: ignore[type-var]
    return made


def _fits(value: Any, default: Any) -> bool:
    if isinstance(default, float):
        return isinstance(value, int | float) and not isinstance(value, bool)
    return type(value) is type(default)
