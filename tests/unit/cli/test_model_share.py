"""`kanchay model` push, pull, promote, rollback, sign, export, capability, token: as a person types them."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner

from kanchay.cli import cli
from kanchay.domain.errors import BundleError, Conflict, InputError, NotFound

GOLDEN = Path(__file__).parents[2] / "golden" / "bundle"


@pytest.fixture
def run(tmp_path):
    def invoke(*argv, code=0, home="home"):
        result = CliRunner().invoke(cli, ["--home", str(tmp_path / home), "model", *map(str, argv)])
        if result.exception and not isinstance(result.exception, SystemExit):
            raise result.exception
        assert result.exit_code == code, result.output
        return result.output

    return invoke


@pytest.fixture
def own(tmp_path) -> Path:
    """A bundle of one's own."""
    return Path(shutil.copy(GOLDEN / "format1.kanchay", tmp_path / "own.kanchay"))


@pytest.fixture
def second(tmp_path) -> Path:
    """Its next version, not signed yet."""
    from kanchay.bundle.files import read_contents
    from kanchay.bundle.save import pack, write_bundle

    contents = read_contents(GOLDEN / "format1.kanchay", trusted=None)
    write_bundle(tmp_path / "second", replace(contents.manifest, version="2"), contents.files)
    pack(tmp_path / "second", tmp_path / "second.kanchay")
    return tmp_path / "second.kanchay"


def test_from_a_bundle_of_ones_own_to_another_hub(run, own, tmp_path) -> None:
    shelf = tmp_path / "shared"
    with pytest.raises(BundleError, match="not trusted here"):
        run("push", own, "--registry", shelf)
    assert "trusts that key now" in run("sign", own, "--trust")
    signer = json.loads(run("verify", own, "--json"))["signer"]
    assert "sha256" in run("push", own, "--registry", shelf)
    assert "golden: champion is 1 on every hub (no. 1" in run(
        "promote", "golden", "1", "--why", "the first", "--registry", shelf
    )
    assert "champion 1" in run("list", "--registry", shelf)

    with pytest.raises(BundleError, match="not trusted here"):
        run("pull", "golden", "--registry", shelf, home="other")
    assert "golden" not in run("list", home="other")
    (tmp_path / "other").mkdir(exist_ok=True)
    (tmp_path / "other" / "trusted_keys").write_text(signer + "\n")
    out = run("pull", "golden", "--registry", shelf, home="other")
    assert "version 1 installed" in out
    assert "example in onnx: off by" in out
    assert "golden" in run("list", home="other").split()
    assert "here already" in run("pull", "golden", "--registry", shelf, home="other")
    assert json.loads(run("leak-test", "golden", "--json", home="other"))["passed"] is True


def test_a_roll_out_in_stages_and_back(run, own, second) -> None:
    run("sign", own, "--trust")
    run("push", own)
    with pytest.raises(BundleError, match="not signed"):
        run("push", second)
    run("sign", second)
    run("push", second)
    run("promote", "golden", "1", "--why", "the first")
    assert "on 5% of the hubs" in run("promote", "golden", "2", "--share", "5%", "--why", "try it")
    assert "on 25% of the hubs" in run("promote", "golden", "2", "--share", "25", "--why", "no complaints")
    assert "champion 1 (25% of hubs: 2)" in run("list", "--registered")
    assert "champion is 1 on every hub" in run("rollback", "golden", "--why", "bands too narrow")
    told = json.loads(run("show", "golden", "--registered", "--json"))
    assert [c["why"] for c in told["changes"]] == ["the first", "try it", "no complaints", "bands too narrow"]
    assert [v["version"] for v in told["versions"]] == ["1", "2"]
    assert [v["needs"]["format"] for v in told["versions"]] == [1, 1]
    shown = run("show", "golden", "--registered")
    assert "bands too narrow" in shown
    assert json.loads(run("pull", "golden", "--json"))["version"]["version"] == "1"
    assert json.loads(run("pull", "golden", "--version", "2", "--as", "next", "--json"))["fresh"] is True
    assert {"golden", "next"} <= set(run("list").split())


@pytest.mark.parametrize("share", ["0%", "-5", "101%", "some"])
def test_a_share_that_cannot_be_is_a_typing_error(run, share) -> None:
    assert "--share" in run("promote", "golden", "1", "--share", share, "--why", "x", code=2)


def test_a_change_without_a_reason_is_a_typing_error(run) -> None:
    assert "--why" in run("promote", "golden", "1", code=2)
    assert "--why" in run("rollback", "golden", code=2)


def test_what_is_not_there_is_told(run) -> None:
    with pytest.raises(NotFound, match="has no model 'golden'"):
        run("pull", "golden")
    with pytest.raises(NotFound):
        run("promote", "golden", "1", "--why", "x")
    assert run("list", "--registered").split() == ["model", "versions", "aliases"]
    with pytest.raises(InputError, match="in clear"):
        run("list", "--registry", "http://192.0.2.7:8000")


def test_a_shipped_model_can_be_pushed_but_not_replaced(run) -> None:
    name = json.loads(run("show", "--json"))["name"]
    version = json.loads(run("push", "pretrained", "--json"))["version"]
    with pytest.raises(Conflict, match="ships with Kanchay"):
        run("pull", name, "--version", version, "--as", "pretrained")


def test_what_this_machine_can_run(run) -> None:
    told = json.loads(run("capability", "--json"))
    assert told["formats"] == [1, 2, 3]
    assert told["hub_id"] in run("capability")


def test_tokens_are_made_once_and_differ(run, tmp_path) -> None:
    read, write = run("token", "read").strip(), run("token", "write").strip()
    assert len(read) == len(write) == 64
    assert read != write
    assert run("token", "read").strip() == read
    assert (tmp_path / "home" / "models-write.token").stat().st_mode & 0o077 == 0


def test_exports_tell_what_they_wrote(run, tmp_path) -> None:
    out = run("export", "pretrained", "--format", "onnx", "--out", tmp_path / "out")
    assert "model.onnx" in out
    assert "off by" in out
    told = json.loads(
        run("export", GOLDEN / "format1.kanchay", "--format", "numpy", "--out", tmp_path / "np", "--json")
    )
    assert told["difference"] <= told["tolerance"]
    assert "Invalid value" in run("export", "--format", "pmml", "--out", tmp_path / "no", code=2)
    assert "--batch" in run("export", "--format", "litert", "--batch", "1", "--out", tmp_path / "no", code=2)


def test_a_private_key_never_lies_in_a_repository(run, own, tmp_path) -> None:
    (tmp_path / "repo" / ".git").mkdir(parents=True)
    with pytest.raises(InputError, match="git repository"):
        run("sign", own, "--key", tmp_path / "repo" / "key.pem")
    assert not (tmp_path / "repo" / "key.pem").exists()
