"""What `kanchay model train` makes of its options, before anything is trained."""

from __future__ import annotations

from dataclasses import replace

import pytest

from kanchay.cli.model_train import LOOKBACK_H, _options, _train_member
from kanchay.domain.errors import InputError
from kanchay.learning.corpus import LOOKBACK, CorpusOptions
from kanchay.learning.make import MakeOptions
from kanchay.learning.network import NetworkShape
from kanchay.learning.recipes import TrainingRecipe, write_recipe
from kanchay.learning.train import Recipe


def test_without_options_the_recipe_of_the_shipped_model_is_taken():
    options = _options(None, None, None, simulated=None, left_out=())
    assert options == MakeOptions(recipe=Recipe(), corpus=CorpusOptions())
    assert options.shape.members == 2


def test_a_recipe_file_decides_and_the_command_line_has_the_last_word(tmp_path):
    found = TrainingRecipe(replace(Recipe(), batch=64, steps=900), replace(NetworkShape(), units=96))
    write_recipe(tmp_path / "best.yaml", found)
    options = _options(tmp_path / "best.yaml", 30, 5, simulated=(2, 1), left_out=("homes",))
    assert (options.recipe.batch, options.shape.units) == (64, 96)
    assert (options.recipe.steps, options.recipe.seed) == (30, 5)
    assert (options.simulated_homes, options.simulated_offices, options.left_out) == (2, 1, ("homes",))


def test_a_recipe_with_less_than_the_whole_week_is_refused(tmp_path):
    write_recipe(tmp_path / "short.yaml", TrainingRecipe(context_h=72))
    with pytest.raises(InputError, match="72 h"):
        _options(tmp_path / "short.yaml", None, None, simulated=None, left_out=())


def test_a_member_beyond_the_last_is_refused(tmp_path):
    options = _options(None, 2, None, simulated=None, left_out=())
    with pytest.raises(InputError, match="has 2 members; there is no member 3"):
        _train_member((tmp_path, tmp_path), 3, options=options, checkpoint=tmp_path / "c.npz")


def test_the_week_is_the_corpus_week():
    assert LOOKBACK_H == LOOKBACK
