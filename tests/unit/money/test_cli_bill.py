"""`kanchay bill` without any file: the price of a number of kWh."""

from __future__ import annotations

import json
import re

import pytest
from click.testing import CliRunner, Result

from kanchay.adapters.library import PackageLibrary
from kanchay.cli import cli
from kanchay.domain.errors import BillRefused

LDS = ("--tariff", "pe.luz_del_sur.lima_sur.bt5b", "--prices-of", "2026-08-10")


def run(*args: str) -> Result:
    return CliRunner().invoke(cli, ["bill", *args])


def test_the_bill_of_the_how_to() -> None:
    result = run("--kwh", "143.4", *LDS, "--param", "alumbrado=8.82")
    assert result.exit_code == 0, result.output
    lines = [" ".join(line.split()) for line in result.stdout.splitlines()]
    assert "Energy 143.4 kWh × 0.6403 91.82 2026-08-04, crosscheck" in lines
    assert "Street lighting 8.82 typed" in lines
    assert "TOTAL TO PAY 124.60" in lines


def test_json_keeps_money_as_text() -> None:
    bill = json.loads(run("--kwh", "143.4", *LDS, "--param", "alumbrado=8.82", "--json").stdout)
    assert bill["total"] == "124.60"
    assert bill["lines"][0]["source"]["basis"] == "crosscheck"


def test_the_list_price_and_the_line_at_140() -> None:
    prices = [
        json.loads(run("--kwh", kwh, "--list-price", *LDS, "--json").stdout)["list_price"]
        for kwh in ("140", "141")
    ]
    assert prices == ["99.36", "109.20"]


def test_lighting_is_asked_for() -> None:
    result = run("--kwh", "141", *LDS)
    assert result.exit_code == 1
    assert isinstance(result.exception, BillRefused)
    assert "--without-lighting" in str(result.exception)
    assert "lighting.unknown" in run("--kwh", "141", *LDS, "--without-lighting").stdout


def test_the_list_of_tariffs() -> None:
    listed = json.loads(run("--list", "--country", "pe", "--json").stdout)
    assert "pe.pluz.lima_norte.bt5b" in [tariff["id"] for tariff in listed]
    assert run("--list", "--country", "fr", "--json").stdout == "[]\n"


@pytest.mark.parametrize(
    "args", [("--param", "alumbrado", "--kwh", "1"), ("--list-price",), ("--kwh", "1", "--site", "x")]
)
def test_mistyped_commands(args: tuple[str, ...]) -> None:
    assert run(*args).exit_code == 2


def test_the_bill_in_spanish_whatever_the_setting(monkeypatch: pytest.MonkeyPatch) -> None:
    args = ("--kwh", "143.4", *LDS, "--without-lighting")
    monkeypatch.setenv("KANCHAY_LOCALE", "es")
    english, spanish = run(*args).stdout, run(*args, "--locale", "es").stdout
    assert "TOTAL TO PAY" in english
    assert "TOTAL A PAGAR" in spanish
    assert "! SIN alumbrado público: no es el monto a pagar (lighting.unknown)" in spanish
    assert not {"Rounding", "Energy", "Sum", "Source", "prices"} & set(spanish.split())


def test_the_list_of_tariffs_in_spanish() -> None:
    told = CliRunner().invoke(cli, ["tariff", "list", "--country", "pe", "--locale", "es"]).stdout
    assert told.split()[:3] == ["Tarifa", "Para", "Precios"]
    assert "terminó" in told


def test_what_the_commands_print_stands_in_both_languages() -> None:
    library = PackageLibrary()
    spanish, english = (library.texts(locale) for locale in ("es", "en"))
    places = re.compile(r"\{\w+\}")
    parts = ("tariff.bill.", "tariff.list.", "tariff.compare.", "tariff.warning.")
    keys = {key for key in {*spanish, *english} if key.startswith(parts)}
    assert len(keys) > 50
    for key in keys:
        assert set(places.findall(spanish[key])) == set(places.findall(english[key])), key
