"""The shelf: shipped, installed and classic models, and bundles by path."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

import pytest

from kanchay.adapters.models import ModelShelf, shipped_models, trusted_keys
from kanchay.analysis.forecast.registry import FORECASTERS
from kanchay.bundle.save import pack
from kanchay.bundle.sign import PROJECT_KEYS
from kanchay.domain.errors import BundleError, BundleTampered, NotFound


@dataclass
class Home:
    home: Path


@pytest.fixture
def shelf(tmp_path):
    return ModelShelf(Home(tmp_path))


def test_names_and_loading(shelf):
    assert shelf.names() == ["pretrained", "adapted", *FORECASTERS]
    assert shelf.load("pretrained").name == "pretrained"
    assert shelf.load("pretrained") is shelf.load("pretrained")
    assert shelf.load("ensemble").name == "ensemble"


def test_an_unknown_name_lists_the_known_ones(shelf):
    with pytest.raises(NotFound, match="pretrained, adapted, day, week"):
        shelf.load("prophet")
    with pytest.raises(NotFound):
        shelf.path_of("day")


def test_bundles_by_path_and_in_the_home(shelf, tmp_path):
    archive = tmp_path / "own.kanchay"
    pack(shipped_models() / "pretrained", archive)
    assert shelf.load(str(archive)).name == "kanchay-lstm"
    (tmp_path / "models").mkdir()
    shutil.move(archive, tmp_path / "models" / "own.kanchay")
    assert "own" in shelf.names()
    assert shelf.load("own").name == "own"


def test_a_bundle_called_like_a_naive_does_not_take_its_place(shelf, tmp_path):
    for name in ("ensemble", "adapted", "mine"):
        shutil.copytree(shipped_models() / "pretrained", tmp_path / "models" / name)
    assert shelf.bundles() == ["mine", "pretrained"]
    assert isinstance(shelf.load("ensemble"), FORECASTERS["ensemble"])
    assert shelf.load("adapted").base is shelf.load("pretrained")


def test_a_bundle_by_name_must_be_signed(shelf, tmp_path):
    own = tmp_path / "models" / "own"
    shutil.copytree(shipped_models() / "pretrained", own)
    (own / "manifest.sig").unlink()
    with pytest.raises(BundleError, match="not signed"):
        shelf.load("own")
    assert shelf.load(str(own)).name == "kanchay-lstm"  # whoever types a path chose it


def test_what_is_shipped_wins_over_a_like_name(shelf, tmp_path):
    fake = tmp_path / "models" / "pretrained"
    fake.mkdir(parents=True)
    (fake / "manifest.json").write_text("{}")
    assert shelf.path_of("pretrained") == shipped_models() / "pretrained"


def test_a_tampered_bundle_is_refused(shelf, tmp_path):
    own = tmp_path / "own"
    shutil.copytree(shipped_models() / "pretrained", own)
    (own / "weights.npz").write_bytes(b"other")
    with pytest.raises(BundleTampered):
        shelf.load(str(own))


def test_a_file_that_is_no_bundle(shelf, tmp_path):
    (tmp_path / "x.csv").write_text("a,b")
    with pytest.raises(BundleError, match="is no bundle"):
        shelf.load(str(tmp_path / "x.csv"))


def test_trusted_keys_of_the_home(tmp_path):
    assert trusted_keys(tmp_path) == PROJECT_KEYS
    (tmp_path / "trusted_keys").write_text("# ours\nAAAA the office\n\n")
    assert trusted_keys(tmp_path) == (*PROJECT_KEYS, "AAAA")
