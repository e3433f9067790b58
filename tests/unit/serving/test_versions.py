"""Versions and labels come from this hub's registry."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from kanchay.adapters.installed import BundleShelf
from kanchay.adapters.models import trust_key
from kanchay.bootstrap import in_memory, model_registry
from kanchay.bundle.files import read_contents
from kanchay.bundle.load import load_bundle
from kanchay.bundle.save import pack, write_bundle
from kanchay.bundle.sign import public_key
from kanchay.services.models.promote import promote_model
from kanchay.services.models.push import push_model
from kanchay.services.people.policy import operator_scope
from kanchay.settings import read_settings
from kanchay.web import create_app

from .conftest import Program, network_inputs

GOLDEN = Path(__file__).parents[2] / "golden" / "bundle" / "format1.kanchay"
KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))  # of these tests alone
MODEL = "/v1/models/golden"


def bundle(folder: Path, version: str, name: str = "golden") -> Path:
    contents = read_contents(GOLDEN, trusted=None)
    made = folder / f"{name}-{version}"
    write_bundle(made, replace(contents.manifest, name=name, version=version), contents.files, key=KEY)
    archive = folder / f"{name}-{version}.kanchay"
    pack(made, archive)
    return archive


@pytest.fixture(scope="module")
def pushed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home whose registry holds 1.0 (champion), 1.1 and 2.0-rc (challenger), pushed in this order."""
    folder = tmp_path_factory.mktemp("pushed")
    home = folder / "home"
    trust_key(home, public_key(KEY))
    registry, scope = model_registry(read_settings(home=str(home))), operator_scope()
    for at, version in enumerate(("1.0", "1.1", "2.0-rc"), 1):
        push_model(registry, BundleShelf(home), scope, bundle(folder, version), now=at)
    for alias, version in (("champion", "1.0"), ("challenger", "2.0-rc")):
        promote_model(registry, scope, "golden", version, alias=alias, share=1.0, why="a test", now=9)
    return home


@pytest.fixture
def hub(pushed: Path, tmp_path: Path) -> tuple[Program, Callable[..., Any], Path]:
    """A hub with a copy of that home."""
    home = tmp_path / "home"
    shutil.copytree(pushed, home)
    settings = read_settings(home=str(home))
    ctx = in_memory(settings=settings)
    return Program(create_app(ctx, settings), home), lambda: model_registry(settings), home


def numbers(answer: Any) -> list[str]:
    return [v["version"] for v in answer.json["model_version_status"]]


def test_versions_labels_and_the_champion(hub) -> None:
    program, _, _ = hub
    assert numbers(program.get(MODEL)) == ["3", "2", "1"]
    assert numbers(program.get(f"{MODEL}/labels/champion")) == ["1"]
    assert numbers(program.get(f"{MODEL}/labels/challenger")) == ["3"]
    assert numbers(program.get(f"{MODEL}/versions/2")) == ["2"]
    # Without a version the champion answers, not what was pushed last.
    assert program.get(f"{MODEL}/metadata").json["model_spec"]["version"] == "1"


def test_open_inference_takes_number_name_or_label(hub) -> None:
    program, _, _ = hub
    assert program.get("/v2/models/golden").json["versions"] == ["3", "2", "1"]
    for version in ("3", "2.0-rc", "challenger"):
        assert program.get(f"/v2/models/golden/versions/{version}/ready").json["ready"] is True
    assert program.get("/v2/models/golden/versions/2.0/ready").status_code == 404


def test_each_version_answers_like_its_bundle(hub) -> None:
    program, _, home = hub
    model = load_bundle(home / "registry" / "golden" / "versions" / "1.1.kanchay")
    inputs = network_inputs(model, 2)
    body = {"inputs": {name: a.tolist() for name, a in inputs.items()}}
    want = model.runtime.run(inputs)
    for path in (f"{MODEL}:predict", f"{MODEL}/versions/2:predict", f"{MODEL}/labels/challenger:predict"):
        got = program.post(path, body).json["outputs"]
        assert np.array_equal(np.asarray(got, np.float32), want)


def test_a_promotion_is_followed_at_once(hub) -> None:
    program, registry, _ = hub
    promote_model(
        registry(), operator_scope(), "golden", "1.1", alias="champion", share=1.0, why="better", now=10
    )
    assert program.get(f"{MODEL}/metadata").json["model_spec"]["version"] == "2"


def test_a_version_that_is_not_what_was_pushed_is_told_and_not_served(hub) -> None:
    program, _, home = hub
    file = home / "registry" / "golden" / "versions" / "1.1.kanchay"
    before = hashlib.sha256(file.read_bytes()).hexdigest()
    file.chmod(0o644)
    file.write_bytes(file.read_bytes()[:-1] + b"x")
    assert hashlib.sha256(file.read_bytes()).hexdigest() != before
    (state,) = program.get(f"{MODEL}/versions/2").json["model_version_status"]
    assert state["state"] == "END"
    assert state["status"]["error_code"] == "FAILED_PRECONDITION"
    answer = program.post(f"{MODEL}/versions/2:predict", {"inputs": {}})
    assert (answer.status_code, set(answer.json)) == (503, {"error"})
    assert program.get("/v2/models/golden/versions/1.1/ready").status_code == 503
    assert program.get("/v2/health/ready").status_code == 200  # the champion is whole


def test_a_registry_cannot_put_aside_what_ships(hub, tmp_path: Path) -> None:
    program, registry, home = hub
    shipped = numbers(program.get("/v1/models/pretrained"))
    archive = bundle(tmp_path, "9", name="pretrained")
    push_model(registry(), BundleShelf(home), operator_scope(), archive, now=20)
    assert numbers(program.get("/v1/models/pretrained")) == shipped


def test_a_key_that_is_trusted_no_more_closes_its_models(hub) -> None:
    program, _, home = hub
    assert program.get("/v2/health/ready").status_code == 200
    (home / "trusted_keys").write_text("")
    (state,) = program.get(f"{MODEL}/labels/champion").json["model_version_status"]
    assert state["state"] == "END"
    assert program.get("/v2/health/ready").status_code == 503
