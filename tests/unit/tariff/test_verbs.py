"""`kanchay tariff list, show, explain, bill`: said plainly, in two languages, and what is unverified never as a fact."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from kanchay.analysis.tariff.evaluate import evaluate
from kanchay.bootstrap import in_memory
from kanchay.cli import cli
from kanchay.domain.errors import BillRefused, InputError
from kanchay.services.money.explain import explain_bill
from kanchay.services.money.tariff_check import check_tariff
from kanchay.services.money.typed import typed_usage

DATA = Path(__file__).resolve().parents[2] / "data" / "tariff"
TWO, EVERY = str(DATA / "two_blocks.yaml"), str(DATA / "every_kind.yaml")
BT5B = "pe.luz_del_sur.lima_sur.bt5b"
USED = (
    "--quantity", "energy_kwh.hp=30", "--quantity", "energy_kwh.hfp=70", "--quantity", "demand_kw.hp=12",
    "--quantity", "reactive_kvarh=50", "--from", "2026-08-01", "--to", "2026-09-01", "--param", "contracted_kw=10",
)  # fmt: skip


def run(*args: str) -> Result:
    return CliRunner().invoke(cli, ["tariff", *args])


def told(*args: str) -> Any:
    result = run(*args, "--json")
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


# list


def test_filters_take_only_what_is_asked() -> None:
    everything = told("list")
    peru = told("list", "--country", "pe")
    assert {t["country"] for t in peru} == {"PE"}
    assert len(peru) < len(everything)
    bt5 = told("list", "--country", "PE", "--option", "bt5b", "--provider", "luz del sur")
    assert {t["id"] for t in bt5} == {BT5B, f"{BT5B}_nores"}
    assert {t["segment"] for t in told("list", "--segment", "residential")} <= {"residential", "any"}
    assert all(t["state"] == "stale" for t in told("list", "--state", "stale"))


def test_the_table_tells_age_and_confidence() -> None:
    line = next(x for x in run("list").stdout.splitlines() if x.startswith(f"{BT5B} "))
    assert "2026-08-04" in line
    assert "crosscheck" in line
    assert " d" in line


# show


def test_prices_are_told_without_and_with_tax() -> None:
    rows = told("show", BT5B, "--on", "2026-08-10")["prices"]
    above = next(r for r in rows if r["charge"] == "energy" and r["applies"].endswith("> 140 kWh"))
    assert (above["without_tax"], above["with_tax"], above["unverified"]) == ("0.6403", "0.7556", False)
    energy = next(r for r in told("show", TWO)["prices"] if r["charge"] == "energy")
    assert (energy["without_tax"], energy["with_tax"]) == ("0.52", "0.6136")


def test_a_tax_on_a_tax_is_in_the_price_with_tax() -> None:
    peak = next(r for r in told("show", EVERY)["prices"] if r["charge"] == "energy")
    assert peak["with_tax"] == "0.5204"  # 0.42 × (1 + 0.05 + 0.18 × 1.05)


def test_limits_and_credits_are_told_as_what_they_are() -> None:
    rows = told("show", EVERY, "--locale", "en")["prices"]
    baseline = [r["applies"] for r in rows if r["charge"] == "baseline"]
    assert baseline[0] == "≤ 200 kWh for each kW, Peak"
    assert next(r for r in rows if r["charge"] == "sent")["applies"].endswith("paid to you")


def test_what_is_not_verified_is_marked() -> None:
    page = told("show", BT5B, "--on", "2026-08-10")
    lighting = {r["applies"]: r for r in page["prices"] if r["charge"] == "public_lighting"}
    unknown = next(r for applies, r in lighting.items() if "30–100" in applies)
    assert unknown["unverified"]
    assert unknown["with_tax"] is None
    assert page["n_unverified"] == sum(r["unverified"] for r in page["prices"]) > 0
    spanish, english = (run("show", BT5B, "--locale", locale).stdout for locale in ("es", "en"))
    assert "SIN VERIFICAR" in spanish
    assert "están sin verificar" in spanish
    assert "NOT VERIFIED" in english


def test_hours_are_told_by_season_and_days() -> None:
    hours = told("show", EVERY, "--locale", "en")["hours"]
    night = [h for h in hours if h["block"] == "night"]
    assert {h["season"] for h in night} == {"summer"}
    assert night[0]["hours"] == "00:00–06:00, 23:00–24:00"
    peak = [h for h in hours if h["block"] == "hp"]
    assert {h["days"] for h in peak} == {"Mon–Sat"}
    assert {h["hours"] for h in peak} == {"18:00–23:00"}


@pytest.mark.parametrize("locale", ["es", "en"])
def test_every_shipped_tariff_can_be_shown(locale: str) -> None:
    for tariff in told("list"):
        result = run("show", tariff["id"], "--locale", locale)
        assert result.exit_code == 0, f"{tariff['id']}: {result.exception}"
        assert "{" not in result.stdout


def test_a_day_without_a_list_names_those_there_are() -> None:
    result = run("show", BT5B, "--on", "2020-01-01")
    assert isinstance(result.exception, BillRefused)
    assert "2026-08-04" in str(result.exception)


# bill


def test_a_file_is_priced_by_its_quantities() -> None:
    bill = told("bill", TWO, *USED)
    # 30 × 0.52 + 30 × 0.3 + 40 × 0.35, 2 kW above the contract, 10 kW, 20 kvarh, 18 %, 31 days untaxed
    assert bill["subtotal"] == "131.60"
    assert bill["total"] == "164.59"


def test_the_same_kwh_cost_the_same_by_both_verbs() -> None:
    args = ("--kwh", "143.4", "--prices-of", "2026-08-10", "--param", "alumbrado=8.82", "--json")
    by_bill = CliRunner().invoke(cli, ["bill", "--tariff", BT5B, *args])
    assert json.loads(by_bill.stdout) == told("bill", BT5B, *args[:-1])


def test_hours_of_blocks_come_from_the_calendar() -> None:
    tariff = check_tariff(in_memory(), Path(TWO).read_bytes()).tariff
    assert tariff is not None
    from datetime import date

    usage = typed_usage(tariff, date(2026, 8, 3), date(2026, 8, 10), {"energy_kwh": "1"})
    assert usage.quantities["hours.hp"] == 25  # five weekdays of five hours
    assert usage.quantities["hours.hfp"] == 7 * 24 - 25


@pytest.mark.parametrize(
    ("args", "kind", "what"),
    [
        (("bill", TWO, "--kwh", "1", "--from", "2026-08-01", "--to", "2026-09-01"), BillRefused, "energy_kwh.hfp"),
        (("bill", TWO, "--quantity", "energy_kwh.noon=1"), InputError, "This tariff reads"),
        (("bill", TWO, "--quantity", "gas=1"), InputError, "'gas'"),
        (("bill", TWO, "--kwh", "much"), InputError, "energy_kwh"),
        (("bill", "pe.none", "--kwh", "1"), BillRefused, "Known"),
        (("bill", "none.yaml", "--kwh", "1"), FileNotFoundError, "none.yaml"),
    ],
)  # fmt: skip
def test_what_cannot_be_priced_says_what_is_needed(args: tuple[str, ...], kind: type, what: str) -> None:
    result = run(*args)
    assert result.exit_code == 1
    assert isinstance(result.exception, kind)
    assert what in str(result.exception)


def test_a_file_with_a_mistake_is_refused_by_its_line(tmp_path: Path) -> None:
    file = tmp_path / "slip.yaml"
    file.write_text(Path(TWO).read_text("utf-8").replace('rate: "31"', "rate: 31.5"), "utf-8")
    result = run("bill", str(file), *USED)
    assert isinstance(result.exception, InputError)
    assert "line 2" in str(result.exception)
    assert "kanchay tariff check" in str(result.exception)


@pytest.mark.parametrize(
    "args", [("bill", TWO), ("bill", TWO, "--kwh", "1", "--to", "2026-01-01"), ("explain",), ("bill",),
             ("explain", "--site", "x", "--kwh", "1"), ("bill", TWO, "--quantity", "energy_kwh")]
)  # fmt: skip
def test_mistyped_commands(args: tuple[str, ...]) -> None:
    assert run(*args).exit_code == 2


# explain


def test_each_line_has_words_sum_inputs_and_source() -> None:
    lines = {line["id"]: line for line in told("explain", TWO, *USED, "--locale", "en")["lines"]}
    peak = lines["energy.hp"]
    assert peak["formula"] == "30 kWh × 0.52"
    assert ["price", "0.52 PEN/kWh"] in peak["inputs"]
    assert peak["source"]["title"] == "A"
    assert "Contracted power (contracted_kw)" in lines["kw"]["what"]
    assert lines["igv"]["what"] == "Igv: 18 % of the lines it applies to."
    assert "30 %" in lines["kvarh"]["what"]


@pytest.mark.parametrize("locale", ["es", "en"])
def test_every_line_of_every_kind_has_words(locale: str) -> None:
    from datetime import date
    from decimal import Decimal

    ctx = in_memory()
    tariff = check_tariff(ctx, Path(EVERY).read_bytes()).tariff
    assert tariff is not None
    typed = {
        "energy_kwh.hp": "30", "energy_kwh.hfp": "50", "energy_kwh.night": "0", "demand_kw": "12", "demand_kw.hp": "10",
        "reactive_kvarh": "90", "export_kwh": "10", "value.spot": "8", "value.sent": "0.5",
    }  # fmt: skip
    from dataclasses import replace

    usage = typed_usage(tariff, date(2026, 8, 1), date(2026, 9, 1), typed)
    usage = replace(usage, before=(usage.quantities,) * 11)
    bill = evaluate(tariff, usage, parameters={"contracted_kw": Decimal(5)})
    stories = explain_bill(tariff, bill, ctx.library.texts(locale), locale)
    assert [s.id for s in stories] == [line.id for line in bill.lines]
    assert len(stories) >= 15
    for story in stories:
        assert story.what.endswith("."), story
        assert "{" not in story.what
        assert story.name


def test_a_story_says_what_is_unverified() -> None:
    args = ("pe.pluz.lima_norte.bt5b", "--kwh", "100", "--prices-of", "2026-09-10", "--param", "alumbrado=5")
    assert "SIN VERIFICAR" in run("explain", *args, "--locale", "es").stdout
    energy = told("explain", *args)["lines"][0]
    assert energy["unverified"]


# A site of the store.


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A store with one home of 0.2 kWh an hour, 1 July to 22 August."""
    from datetime import datetime, timedelta

    folder = tmp_path_factory.mktemp("store")
    start = datetime(2026, 7, 1)
    rows = [f"{(start + timedelta(hours=h)).isoformat()}-05:00,0.2" for h in range(24 * 52)]
    (folder / "meter.csv").write_text("\n".join(["timestamp,energy_kwh", *rows]), "utf-8")
    site = ("site", "add", "casa", "--tz", "America/Lima", "--country", "PE", "--tariff", BT5B)
    read = ("import", str(folder / "meter.csv"), "--site", "casa", "--yes", "--take-guesses")
    for words in ((*site, "--param", "alumbrado=8.82"), read):
        done = CliRunner().invoke(cli, ["--home", str(folder / "home"), *words])
        assert done.exit_code == 0, done.output
    return str(folder / "home")


def at_home(home: str, *args: str) -> Any:
    result = CliRunner().invoke(cli, ["--home", home, "tariff", *args])
    assert result.exit_code == 0, f"{result.output}{result.exception}"
    return result.stdout


def test_a_site_s_bill_is_told_by_its_readings(home: str) -> None:
    span = ("--from", "2026-08-04", "--to", "2026-08-22")
    lines = json.loads(at_home(home, "explain", "--site", "casa", *span, "--json"))["lines"]
    assert lines[0]["inputs"][0][1] == "86.4 kWh"  # 18 days
    assert next(line for line in lines if line["id"] == "public_lighting")["amount"] == "8.82"


def test_a_site_s_prices_begin_where_its_readings_end(home: str) -> None:
    rates = json.loads(at_home(home, "prices", "--site", "casa", "--format", "evcc"))
    assert len(rates) == 48
    assert rates[0]["start"] == "2026-08-22T05:00:00Z"
    assert len({rate["value"] for rate in rates}) == 1  # one price at every hour


@pytest.mark.parametrize("verb", ["check", "list", "show", "explain", "bill", "prices", "schema"])
def test_the_help_of_a_verb_loads_nothing_heavy(verb: str) -> None:
    import subprocess
    import sys

    code = (
        f"import sys, importlib; importlib.import_module('kanchay.cli.tariff.{verb}').command;"
        "print(*(m for m in ('numpy', 'pandas', 'yaml', 'sqlalchemy', 'flask') if m in sys.modules))"
    )
    run_ = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run_.stdout.strip() == ""
