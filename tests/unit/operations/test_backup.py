"""Back-up and restoration of the embedded product."""

from __future__ import annotations

import json
import zipfile

import numpy as np
import pytest

from kanchay.adapters.backup import verify
from kanchay.bootstrap import back_up, open_product, restore, secret_key
from kanchay.domain.errors import Conflict, FileRefused
from kanchay.domain.point import Point, Site
from kanchay.domain.reading import Readings
from kanchay.services.people.policy import operator_scope
from kanchay.services.people.sites import add_points, create_site, list_sites
from kanchay.settings import read_settings

OPERATOR = operator_scope()


def close(ctx):
    ctx.readings.close()
    ctx.records.close()


def settings_in(folder):
    return read_settings(home=str(folder))


@pytest.fixture
def home(tmp_path):
    settings = settings_in(tmp_path / "home")
    ctx = open_product(settings)
    create_site(ctx, OPERATOR, Site("s", "S", "America/Lima"))
    add_points(ctx, OPERATOR, "s", [Point("m", "s", "M")])
    ctx.readings.append(OPERATOR, [Readings.regular("m", 0, 900, np.arange(1.0, 501.0))], recorded_at=1)
    close(ctx)
    (settings.home / "models").mkdir()
    (settings.home / "models" / "mine.kanchay").write_bytes(b"model")
    return settings


def held(settings):
    ctx = open_product(settings)
    try:
        sites = [site.id for site in list_sites(ctx, OPERATOR)]
        return sites, float(ctx.readings.read(OPERATOR, "m", 0, 1 << 40).value.sum()), secret_key(settings)
    finally:
        close(ctx)


def test_everything_comes_back_in_another_place(home, tmp_path):
    manifest = back_up(home, tmp_path / "b.zip")
    assert set(manifest.files) == {"records.sqlite", "readings.sqlite", "secret.key", "models/mine.kanchay"}
    assert verify(tmp_path / "b.zip") == manifest
    other = settings_in(tmp_path / "other")
    assert restore(other, tmp_path / "b.zip") == manifest
    assert held(other) == held(home)
    assert (other.home / "models" / "mine.kanchay").read_bytes() == b"model"


def test_a_back_up_is_for_its_owners_eyes_only(home, tmp_path):
    back_up(home, tmp_path / "b.zip")
    assert (tmp_path / "b.zip").stat().st_mode & 0o077 == 0


def test_a_back_up_while_the_product_runs_is_whole(home, tmp_path):
    ctx = open_product(home)
    ctx.readings.append(OPERATOR, [Readings.regular("m", 10**6 * 900, 900, np.ones(7))], recorded_at=2)
    back_up(home, tmp_path / "b.zip")
    close(ctx)
    other = settings_in(tmp_path / "other")
    restore(other, tmp_path / "b.zip")
    assert held(other)[1] == held(home)[1]


def test_what_was_there_is_kept_aside(home, tmp_path):
    back_up(home, tmp_path / "b.zip")
    ctx = open_product(home)
    create_site(ctx, OPERATOR, Site("later", "Later"))
    close(ctx)
    restore(home, tmp_path / "b.zip")
    assert held(home)[0] == ["s"]
    aside = next(home.home.glob("before-restore-*"))
    assert {"records.sqlite", "readings.sqlite", "secret.key", "models"} <= {p.name for p in aside.iterdir()}


def test_nothing_is_restored_while_somebody_has_the_product_open(home, tmp_path):
    back_up(home, tmp_path / "b.zip")
    ctx = open_product(home)
    with pytest.raises(Conflict, match="in use"):
        restore(home, tmp_path / "b.zip")
    close(ctx)
    restore(home, tmp_path / "b.zip")


def test_an_existing_file_is_not_overwritten(home, tmp_path):
    back_up(home, tmp_path / "b.zip")
    with pytest.raises(Conflict):
        back_up(home, tmp_path / "b.zip")


def rewritten(source, target, change):
    """The same zip with one file's bytes changed by `change(name, bytes)`; None leaves the file out."""
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            content = change(name, old.read(name))
            if content is not None:
                new.writestr(name, content)
    return target


def flip(victim):
    return lambda name, data: data[:-1] + bytes([data[-1] ^ 1]) if name == victim else data


def manifest_with(**change):
    def apply(name, data):
        return json.dumps({**json.loads(data), **change}).encode() if name == "manifest.json" else data

    return apply


TAMPERED = {
    "a reading changed": flip("readings.sqlite"),
    "a record changed": flip("records.sqlite"),
    "the key changed": flip("secret.key"),
    "a file cut off": lambda name, data: data[:100] if name == "readings.sqlite" else data,
    "a file left out": lambda name, data: None if name == "records.sqlite" else data,
    "no manifest": lambda name, data: None if name == "manifest.json" else data,
    "a manifest of nonsense": lambda name, data: b"[1, 2" if name == "manifest.json" else data,
    "a manifest of a list": lambda name, data: b"[1, 2]" if name == "manifest.json" else data,
    "a later format": manifest_with(format=99),
    "another product": manifest_with(product="other"),
    "a path outside": manifest_with(files={"../evil": [1, "0" * 64]}),
    "an absolute path": manifest_with(files={"/etc/evil": [1, "0" * 64]}),
    "a database left out of the manifest": manifest_with(files={}),
}


@pytest.mark.parametrize("how", TAMPERED)
def test_what_was_tampered_with_is_refused_and_nothing_changes(home, tmp_path, how):
    back_up(home, tmp_path / "b.zip")
    bad = rewritten(tmp_path / "b.zip", tmp_path / "bad.zip", TAMPERED[how])
    before = held(home)
    with pytest.raises(FileRefused):
        restore(home, bad)
    assert held(home) == before
    assert not list(home.home.glob("before-restore-*"))
    assert not list(home.home.glob(".restore-*"))


@pytest.mark.parametrize("part", [0.0, 0.3, 0.9, 0.999])
def test_a_truncated_file_is_refused(home, tmp_path, part):
    back_up(home, tmp_path / "b.zip")
    whole = (tmp_path / "b.zip").read_bytes()
    (tmp_path / "cut.zip").write_bytes(whole[: int(len(whole) * part)])
    before = held(home)
    with pytest.raises(FileRefused):
        restore(home, tmp_path / "cut.zip")
    assert held(home) == before


def test_bytes_changed_inside_the_zip_are_found(home, tmp_path):
    back_up(home, tmp_path / "b.zip")
    content = bytearray((tmp_path / "b.zip").read_bytes())
    content[len(content) // 2] ^= 0xFF
    (tmp_path / "bad.zip").write_bytes(content)
    with pytest.raises(FileRefused):
        verify(tmp_path / "bad.zip")


def test_a_database_of_a_newer_version_is_refused(home, tmp_path, monkeypatch):
    back_up(home, tmp_path / "b.zip")
    monkeypatch.setattr("kanchay.adapters.readings.schema.SCHEMA_VERSION", 0)
    with pytest.raises(FileRefused, match="newer"):
        restore(home, tmp_path / "b.zip")


def test_a_file_that_is_not_there(tmp_path):
    with pytest.raises(FileRefused):
        verify(tmp_path / "none.zip")


PACKED = {"bzip2": zipfile.ZIP_BZIP2, "lzma": zipfile.ZIP_LZMA}


@pytest.mark.parametrize("how", PACKED)
@pytest.mark.parametrize("victim", ["manifest.json", "secret.key"])
def test_a_back_up_packed_without_a_bound_is_refused(home, tmp_path, how, victim):
    """Those methods hand out at once whatever they hold: a kilobyte may be gigabytes."""
    back_up(home, tmp_path / "b.zip")
    with zipfile.ZipFile(tmp_path / "b.zip") as old, zipfile.ZipFile(tmp_path / "bad.zip", "w") as new:
        for name in old.namelist():
            new.writestr(name, old.read(name), PACKED[how] if name == victim else zipfile.ZIP_DEFLATED)
    with pytest.raises(FileRefused):
        restore(home, tmp_path / "bad.zip")


@pytest.mark.parametrize(
    "text", [b"[" * 200_000, b'{"files": {"a": [1e999, "0"]}}', b'{"files": 3}', b"null"]
)
def test_a_hostile_manifest_is_refused_in_a_sentence(home, tmp_path, text):
    back_up(home, tmp_path / "b.zip")
    bad = rewritten(
        tmp_path / "b.zip", tmp_path / "bad.zip", lambda name, data: text if name == "manifest.json" else data
    )
    with pytest.raises(FileRefused, match="manifest"):
        restore(home, bad)
