"""`kanchay tariff update` as typed: looks first, stores what is agreed, takes it back; bills then use the new prices."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from kanchay.bootstrap import in_memory
from kanchay.domain.errors import InputError, NotFound
from kanchay.services.money.tariffs import tariff_by_id
from kanchay.settings import read_settings
from tests.unit.pricelists.conftest import Run
from tests.unit.pricelists.made_up import DEMAND, PUBLISHED, bt5b, distributor_pdf, regulator_page

PLUZ = "pe.pluz.lima_norte.bt5b"
OCTOBER = replace(PUBLISHED[3], low="0.5390", first30="16.17", excess="0.7700", high="0.7877")


@pytest.fixture
def october(tmp_path: Path) -> Path:
    path = tmp_path / "pliego.pdf"
    path.write_bytes(distributor_pdf("pluz", "Lima Norte", "2026-10-04", [*bt5b(OCTOBER), *DEMAND]))
    return path


def versions(tmp_path: Path, tariff_id: str = PLUZ) -> list[str]:
    ctx = in_memory(settings=read_settings(home=str(tmp_path / "home")))
    return [str(v.valid_from) for v in tariff_by_id(ctx, tariff_id).versions]


def test_a_dry_run_shows_every_price_and_stores_nothing(kanchay: Run, october: Path, tmp_path: Path) -> None:
    told = kanchay("tariff", "update", october, "--dry-run").output
    assert "energy/bands/rest/tiers/rest/rate  0.7723  0.7877  +2.0  page 1, line 18" in told
    assert "pe.pluz.lima_norte.bt4" in told.split("Not updated:")[1]
    assert not (tmp_path / "home").exists()


def test_what_is_stored_is_what_bills_use_until_it_is_taken_back(
    kanchay: Run, october: Path, tmp_path: Path
) -> None:
    assert "Written: " in kanchay("tariff", "update", october, "--yes").output
    assert versions(tmp_path) == ["2026-05-04", "2026-09-04", "2026-10-04"]
    assert versions(tmp_path, "pe.pluz.lima_norte.bt5i")[-1] == "2026-10-04"
    kanchay("tariff", "update", "--undo", PLUZ)
    assert versions(tmp_path) == ["2026-05-04", "2026-09-04"]
    assert versions(tmp_path, "pe.pluz.lima_norte.bt5i")[-1] == "2026-10-04"
    with pytest.raises(NotFound):
        kanchay("tariff", "update", "--undo", PLUZ)


def test_only_the_options_asked_for_are_stored(kanchay: Run, october: Path, tmp_path: Path) -> None:
    kanchay("tariff", "update", october, "--option", "bt6", "--yes")
    assert [p.name for p in (tmp_path / "home/tariffs").glob("*.yaml")] == ["pe.pluz.lima_norte.bt6.yaml"]


def test_a_raised_flag_stops_yes_until_it_is_accepted(kanchay: Run, tmp_path: Path) -> None:
    path = tmp_path / "page.html"
    path.write_bytes(
        regulator_page("LIMA NORTE", "04/10/2026", bt5b(OCTOBER))
    )  # prices with IGV, said to be without
    with pytest.raises(InputError) as stopped:
        kanchay("tariff", "update", path, "--yes")
    assert stopped.value.code == "pricelist.flags"
    assert "--accept igv" in stopped.value.hint
    assert versions(tmp_path)[-1] == "2026-09-04"
    assert not kanchay("tariff", "update", path, "--igv", "with", "--yes").exit_code
    assert versions(tmp_path)[-1] == "2026-10-04"
    kanchay("tariff", "update", "--undo", PLUZ, "--undo", f"{PLUZ}_nores")
    kanchay("tariff", "update", path, "--yes", "--accept", "igv")
    assert "raised: igv" in (tmp_path / f"home/tariffs/{PLUZ}.yaml").read_text("utf-8")


def test_nobody_there_to_ask_stores_nothing(kanchay: Run, october: Path, tmp_path: Path) -> None:
    assert kanchay("tariff", "update", october).exit_code == 2
    assert not (tmp_path / "home/tariffs").exists()


@pytest.mark.parametrize(("answer", "stored"), [("y\n", True), ("n\n", False), ("\n", False)])
def test_at_a_terminal_a_yes_stores(
    kanchay: Run, october: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, answer: str, stored: bool
) -> None:
    monkeypatch.setattr("kanchay.cli.tariff.update.can_ask", lambda: True)
    kanchay("tariff", "update", october, typed=answer)
    assert (versions(tmp_path)[-1] == "2026-10-04") is stored


def test_json_tells_the_same(kanchay: Run, october: Path) -> None:
    told = json.loads(kanchay("tariff", "update", october, "--dry-run", "--json").stdout)
    (one,) = [p for p in told["proposals"] if p["tariff_id"] == PLUZ]
    assert one["changes"][-1] == {
        "path": "energy/bands/rest/tiers/rest/rate",
        "label": "Cargo por Energía Activa",
        "held": "0.7723",
        "listed": "0.7877",
        "percent": one["changes"][-1]["percent"],
        "where": "page 1, line 18",
    }
    assert (told["list"]["with_igv"], told["saved"]) == (True, [])


def test_the_same_list_again_is_nothing_new(kanchay: Run, october: Path) -> None:
    kanchay("tariff", "update", october, "--yes")
    again = kanchay("tariff", "update", october, "--yes")
    assert again.exit_code == 1
    assert again.output.count("we hold this list already") == 8


def test_file_and_undo_do_not_go_together(kanchay: Run, october: Path) -> None:
    assert kanchay("tariff", "update").exit_code == 2
    assert kanchay("tariff", "update", october, "--undo", PLUZ).exit_code == 2


def test_a_backup_takes_the_prices_and_the_way_back_along(
    kanchay: Run, october: Path, tmp_path: Path
) -> None:
    kanchay("tariff", "update", october, "--option", "BT5B", "--yes")
    kanchay("backup", tmp_path / "all.zip")
    (tmp_path / "home").rename(tmp_path / "lost")
    kanchay("restore", tmp_path / "all.zip")
    assert versions(tmp_path)[-1] == "2026-10-04"
    kanchay("tariff", "update", "--undo", PLUZ)
    assert versions(tmp_path)[-1] == "2026-09-04"
