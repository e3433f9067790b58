"""The user's tariff folder: laid over the package, wrong files named and skipped, saves with a way back."""

from __future__ import annotations

from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest

from kanchay.adapters.library import PackageLibrary
from kanchay.adapters.tariff_folder import HomeLibrary, TariffFolder
from kanchay.domain.errors import InputError, NotFound

PLUZ = "pe.pluz.lima_norte.bt5b"
Documents = dict[str, dict[str, Any]]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "tariffs"


def changed(documents: Documents, price: str) -> dict[str, Any]:
    document = deepcopy(documents[PLUZ])
    document["versions"][-1]["charges"][0]["bands"][-1]["fixed"] = price
    return document


def fixed(library: PackageLibrary) -> str:
    price: str = library.tariff_documents()[PLUZ]["versions"][-1]["charges"][0]["bands"][-1]["fixed"]
    return price


def test_without_a_folder_the_package_is_all(folder: Path, documents: Documents) -> None:
    library = HomeLibrary(folder)
    assert library.tariff_documents() == documents
    assert (library.own_tariffs(), library.tariff_problems()) == (frozenset(), ())


def test_a_users_file_of_the_same_id_goes_before_the_packages_and_others_stay(
    folder: Path, documents: Documents
) -> None:
    library = HomeLibrary(folder)
    mine = {**deepcopy(documents[PLUZ]), "id": "pe.mine"}
    library.folder.save(changed(documents, "9.99"), "")
    library.folder.save(mine, "")
    assert fixed(library) == "9.99"
    assert library.own_tariffs() == {PLUZ, "pe.mine"}
    assert set(library.tariff_documents()) == {*documents, "pe.mine"}
    assert fixed(PackageLibrary()) == "2.74"


@pytest.mark.parametrize(
    "key", ["pe.pluz.lima_norte.bt5b", "pe.pluz.lima_norte.bt3", "pe.pluz.lima_norte.bt5f"]
)
def test_what_is_saved_is_read_back_as_the_very_same(folder: Path, documents: Documents, key: str) -> None:
    store = TariffFolder(folder)
    path = store.save(documents[key], "Why it is here\nand how to undo it")
    assert store.documents() == {key: documents[key]}
    assert path.read_text("utf-8").startswith("# Why it is here\n# and how to undo it\n")


def test_every_shipped_tariff_can_be_saved(folder: Path, documents: Documents) -> None:
    store = TariffFolder(folder)
    for document in documents.values():
        store.save(document, "")
    assert store.documents() == documents


def test_wrong_files_are_named_and_skipped(folder: Path, documents: Documents) -> None:
    library = HomeLibrary(folder)
    library.folder.save(changed(documents, "9.99"), "")
    no_prices = "schema: tariff/1\nid: pe.short\n"
    wrong = {
        "broken.yaml": "id: [", "empty.yaml": "", "list.yaml": "- 1\n", "short.yaml": no_prices,
        "float.yaml": "id: pe.x\nrate: 0.5\n", "no_base.yaml": "id: pe.x\nbase: [nowhere]\n",
        "odd_base.yaml": "id: pe.x\nbase: [[1]]\n", "deep.yaml": "[" * 500, "large.yaml": "a" * 1_000_001,
        "no_id.yaml": "schema: tariff/1\n", "bytes.yaml": "\x00\x01", "odd_id.yaml": "id: {a: b}\n",
    }  # fmt: skip
    for name, text in wrong.items():
        (folder / name).write_text(text, "utf-8")
    (folder / "again.yaml").write_text((folder / f"{PLUZ}.yaml").read_text("utf-8"), "utf-8")
    (folder / "notes.txt").write_text("not a tariff", "utf-8")
    assert {p.file for p in library.tariff_problems()} == {*wrong, f"{PLUZ}.yaml"}
    assert all(p.reason for p in library.tariff_problems())
    assert set(library.tariff_documents()) == set(documents)
    assert fixed(library) == "9.99"


def test_a_file_that_changes_is_read_again(folder: Path, documents: Documents) -> None:
    library = HomeLibrary(folder)
    path = library.folder.save(changed(documents, "9.99"), "")
    assert fixed(library) == "9.99"
    path.write_text(path.read_text("utf-8").replace("9.99", "8.8888"), "utf-8")
    assert fixed(library) == "8.8888"
    path.unlink()
    assert fixed(library) == "2.74"


def test_undo_goes_back_save_by_save_to_the_package(folder: Path, documents: Documents) -> None:
    library = HomeLibrary(folder)
    for price in ("9.99", "8.88"):
        library.folder.save(changed(documents, price), "")
    assert fixed(library) == "8.88"
    assert library.folder.undo(PLUZ)
    assert fixed(library) == "9.99"
    assert not library.folder.undo(PLUZ)
    assert fixed(library) == "2.74"
    with pytest.raises(NotFound):
        library.folder.undo(PLUZ)


def test_undo_brings_a_file_back_byte_for_byte_that_people_wrote(folder: Path, documents: Documents) -> None:
    store = TariffFolder(folder)
    store.save(changed(documents, "9.99"), "")
    (folder / f"{PLUZ}.yaml").rename(folder / "my-own.yaml")
    mine = (folder / "my-own.yaml").read_text("utf-8") + "# by hand\n"
    (folder / "my-own.yaml").write_text(mine, "utf-8")
    store.save(changed(documents, "8.88"), "")
    assert sorted(p.name for p in folder.glob("*.yaml")) == ["my-own.yaml"]
    assert store.undo(PLUZ)
    assert (folder / "my-own.yaml").read_text("utf-8") == mine


@pytest.mark.parametrize("tariff_id", ["", "../x", "a/b", "A", ".hidden", "a..b", "x" * 200])
def test_an_id_never_leads_out_of_the_folder(folder: Path, documents: Documents, tariff_id: str) -> None:
    store = TariffFolder(folder)
    with pytest.raises(InputError):
        store.save({**documents[PLUZ], "id": tariff_id}, "")
    with pytest.raises(InputError):
        store.undo(tariff_id)
    assert not list(folder.glob("**/*"))


def test_a_file_that_hides_a_newer_list_of_the_package_is_told(folder: Path, documents: Documents) -> None:
    library = HomeLibrary(folder)
    old = deepcopy(documents[PLUZ])
    old["versions"] = old["versions"][:1]
    library.folder.save(old, "")
    (problem,) = library.tariff_problems()
    assert problem.used
    assert "2026-09-04" in problem.reason
