"""The verbs of the data core, as typed."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner

from kanchay.cli import cli
from kanchay.domain.errors import InputError, NotFound


@pytest.fixture
def kanchay(tmp_path):
    def run(*words, home=tmp_path / "home", env=None):
        done = CliRunner().invoke(
            cli, ["--home", str(home), *map(str, words)], env=env, catch_exceptions=True
        )
        if done.exception and not isinstance(done.exception, SystemExit):
            raise done.exception
        return done

    return run


def test_a_site_is_added_listed_changed_and_shown(kanchay):
    made = json.loads(
        kanchay("site", "add", "Casa Ñaña", "--tz", "America/Lima", "--country", "PE", "--json").output
    )
    assert (made["id"], made["tz"], made["country"]) == ("casa-nana", "America/Lima", "PE")
    kanchay(
        "site",
        "set",
        "casa-nana",
        "billing_day=22",
        "floor_area_m2=80.5",
    )
    shown = json.loads(kanchay("site", "show", "--json").output)
    assert (shown["billing_day"], shown["floor_area_m2"]) == (22, 80.5)
    assert "casa-nana" in kanchay("site", "list").output
    assert kanchay("site", "points").exit_code == 0


@pytest.mark.parametrize("change", ["id=x", "organisation_id=x", "nothing", "billing_day=soon", "colour=red"])
def test_a_change_that_cannot_be_is_refused(kanchay, change):
    kanchay("site", "add", "Casa", "--tz", "America/Lima")
    with pytest.raises(InputError):
        kanchay("site", "set", "casa", change)


def test_an_unknown_site_is_named(kanchay):
    with pytest.raises(NotFound, match="nope"):
        kanchay("site", "show", "nope")


def test_people_are_added_and_listed_without_their_hash(kanchay):
    kanchay("user", "add", "a@b.pe", "--role", "owner", env={"KANCHAY_PASSWORD": "una frase larga"})
    listed = kanchay("user", "list", "--json").output
    assert [(u["email"], u["role"]) for u in json.loads(listed)] == [("a@b.pe", "owner")]
    assert "argon2" not in listed
    assert "/claim/" in kanchay("user", "owner-link").output


def test_the_worker_looks_once(kanchay):
    assert kanchay("worker", "--once").output.strip() == "0 done"


def test_a_back_up_is_made_checked_and_restored_elsewhere(kanchay, tmp_path):
    kanchay("site", "add", "Casa", "--tz", "America/Lima")
    file = tmp_path / "b.zip"
    assert json.loads(kanchay("backup", file, "--json").output)["manifest"]["product"] == "kanchay"
    assert "verified" in kanchay("restore", file, "--check").output
    other = tmp_path / "other"
    assert "restored" in kanchay("restore", file, home=other).output
    assert "casa" in kanchay("site", "list", home=other).output
