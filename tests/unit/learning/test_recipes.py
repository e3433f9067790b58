"""Recipes as files: they come back as they went, and say what is wrong with them."""

from __future__ import annotations

from dataclasses import replace

import pytest

from kanchay.domain.errors import FileRefused, InputError
from kanchay.learning.network import NetworkShape
from kanchay.learning.recipes import FORMAT, TrainingRecipe, read_recipe, write_recipe
from kanchay.learning.train import Recipe

OWN = TrainingRecipe(
    recipe=Recipe(learning_rate=1e-3, batch=64), shape=NetworkShape(units=32, patch=4), about={"trial": 3}
)


@pytest.mark.parametrize("name", ["best.yaml", "deep/best.json"])
def test_a_recipe_comes_back_as_it_went(tmp_path, name):
    write_recipe(tmp_path / name, OWN)
    assert read_recipe(tmp_path / name) == OWN
    assert [p.name for p in (tmp_path / name).parent.iterdir()] == [(tmp_path / name).name]


def test_what_is_left_out_keeps_its_default(tmp_path):
    path = tmp_path / "short.yaml"
    path.write_text(f"format: {FORMAT}\nrecipe:\n  learning_rate: 1\n")
    found = read_recipe(path)
    assert found == replace(TrainingRecipe(), recipe=Recipe(learning_rate=1.0))
    assert isinstance(found.recipe.learning_rate, float)


@pytest.mark.parametrize(
    ("text", "error", "words"),
    [
        ("", FileRefused, "no recipe"),
        ("format: other/1", FileRefused, "kanchay-recipe/1"),
        ("[1, 2", FileRefused, "neither YAML nor JSON"),
        ("!!python/object/apply:os.getcwd []", FileRefused, "neither YAML nor JSON"),
        (f"format: {FORMAT}\nsize: 3", InputError, "no part 'size'"),
        (f"format: {FORMAT}\nshape: 3", InputError, "shape: this must be a mapping"),
        (f"format: {FORMAT}\nshape:\n  unit: 3", InputError, "there is no 'unit'"),
        (f"format: {FORMAT}\nshape:\n  units: wide", InputError, "units must be like 128"),
        (f"format: {FORMAT}\nshape:\n  units: true", InputError, "units must be like 128"),
        (f"format: {FORMAT}\nrecipe:\n  batch: 3.5", InputError, "batch must be like 256"),
        (f"format: {FORMAT}\ncontext_h: 9", InputError, "context_h"),
    ],
)
def test_what_is_wrong_is_said(tmp_path, text, error, words):
    path = tmp_path / "own.yaml"
    path.write_text(text)
    with pytest.raises(error, match=words):
        read_recipe(path)


def test_a_recipe_that_is_not_there(tmp_path):
    with pytest.raises(FileRefused, match="no recipe file"):
        read_recipe(tmp_path / "none.yaml")
