"""`kanchay tariff import` beside the how-to: refusals, JSON, what is written."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from kanchay.cli import cli, verbs
from tests.unit.tariff_import.made import DORF, rate, unit_rates

ENGLISH = [
    "# Imported from tariff.json.",
    "# ! The rate is for 'Delivery' only: a bill has more. (servicetype)",
]
SPANISH = [
    "# Importado de tariff.json.",
    "# ! La tarifa es solo para 'Delivery': un recibo tiene más. (servicetype)",
]


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("KANCHAY_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


def saved(folder: Path, document: Any, name: str = "tariff.json") -> str:
    path = folder / name
    path.write_text(json.dumps(document), "utf-8")
    return str(path)


def run(*words: str) -> Result:
    return CliRunner().invoke(cli, ["tariff", "import", *words])


def test_json_holds_document_and_left_out(home: Path, tmp_path: Path) -> None:
    told = json.loads(run(saved(tmp_path, DORF), "--json").stdout)
    (tariff,) = told["tariffs"]
    assert tariff["document"]["id"] == "ch.elektra_musterdorf.haushalt"
    assert {n["code"] for n in tariff["left_out"]} == {"vat.unsaid", "reactive.free"}
    assert told["written"] == [str(home / "tariffs" / "ch.elektra_musterdorf.haushalt.yaml")]


def test_a_dry_run_writes_nothing(home: Path, tmp_path: Path) -> None:
    assert run(saved(tmp_path, DORF), "--dry-run").exit_code == 0
    assert not home.exists() or not list(home.rglob("*.yaml"))


def test_the_file_tells_what_was_left_out(home: Path, tmp_path: Path) -> None:
    document = saved(tmp_path, rate(servicetype="Delivery"))
    for locale, words in (("en", ENGLISH), ("es", SPANISH)):
        run(document, "--timezone", "America/Chicago", "--id", "us.mine", "--locale", locale)
        assert (home / "tariffs" / "us.mine.yaml").read_text("utf-8").splitlines()[:2] == words


def test_a_second_import_replaces_the_first(home: Path, tmp_path: Path) -> None:
    for amount in (12.5, 13):
        run(
            saved(tmp_path, rate(fixedchargefirstmeter=amount)),
            "--timezone",
            "America/Chicago",
            "--id",
            "us.mine",
        )
    assert 'amount: "13"' in (home / "tariffs" / "us.mine.yaml").read_text("utf-8")
    assert list((home / "tariffs" / ".earlier" / "us.mine").glob("*.yaml"))


@pytest.mark.parametrize(
    ("document", "words", "told"),
    [
        (rate(), (), "--timezone"),
        (rate(), ("--timezone", "Mars/Olympus"), "is no time zone"),
        ({"hello": 1}, (), "--format"),
        (unit_rates("2025-01-06", [1.0, 2.0]), ("--id", "../../etc"), "is no id"),
        (
            {"items": [*rate()["items"], *rate(name="B")["items"]]},
            ("--timezone", "America/Chicago", "--id", "x"),
            "--pick",
        ),
    ],
)
def test_refusals_say_how_to_mend(
    home: Path,
    tmp_path: Path,
    document: Any,
    words: tuple[str, ...],
    told: str,
    capfd: pytest.CaptureFixture[str],
) -> None:
    with pytest.raises(SystemExit) as end:
        verbs.run(["tariff", "import", saved(tmp_path, document), *words])
    assert end.value.code in (1, 2)
    assert told in capfd.readouterr().err
    assert not list(home.rglob("*.yaml"))


def test_a_file_that_is_not_there(home: Path, capfd: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        verbs.run(["tariff", "import", "nowhere.json"])
    assert "There is no file" in capfd.readouterr().err


def test_imported_prices_price_a_site(home: Path, tmp_path: Path) -> None:
    """From the supplier's JSON to a bill: tariff, its prices and the meter, all through the command line."""
    pence = [float(5 + n % 97) for n in range(48 * 3)]
    rates = saved(tmp_path, unit_rates("2025-01-06", pence))
    meter = tmp_path / "meter.csv"
    rows = [
        f"2025-01-{6 + n // 48:02d}T{n // 2 % 24:02d}:{n % 2 * 30:02d}:00Z,0.4" for n in range(len(pence))
    ]
    meter.write_text("\n".join(["timestamp,energy_kwh", *rows, ""]), "utf-8")
    assert run(rates, "--id", "gb.octopus.agile_c").exit_code == 0
    prices = str(home / "prices" / "gb_octopus_agile_c_price.csv")
    for words in (
        ["import", str(meter), "--new-site", "My flat", "--tz", "Europe/London", "--take-guesses"],
        ["import", prices, "--site", "my-flat"],
    ):
        assert CliRunner().invoke(cli, words).exit_code == 0
    asked = "bill --site my-flat --tariff gb.octopus.agile_c --from 2025-01-06 --to 2025-01-09 --json"
    bill = CliRunner().invoke(cli, asked.split())
    lines = {line["id"]: line["amount"] for line in json.loads(bill.stdout)["lines"]}
    assert lines["energy"] == f"{sum(pence) / 100 * 0.4:.2f}"
