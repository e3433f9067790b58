"""From a receipt to a site: the tariff it is of, what it teaches, and the way back."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from click.testing import CliRunner, Result

from kanchay.adapters.receipts.pdf import read_lines
from kanchay.adapters.receipts.text import lines_of
from kanchay.bootstrap import in_memory, receipt_reader
from kanchay.cli import cli
from kanchay.domain.errors import AccessDenied, BillRefused, Conflict, InputError
from kanchay.domain.point import Site
from kanchay.domain.receipt import Confidence, Receipt
from kanchay.domain.scope import Actor, Purpose, Role
from kanchay.services.context import Context
from kanchay.services.money.receipt import match_tariffs, read_receipt, study_receipt
from kanchay.services.money.receipt_apply import applied_last, apply_receipt, undo_receipt
from kanchay.services.people.policy import operator_scope, scope_for
from kanchay.services.people.sites import create_site, get_site, update_site
from kanchay.simulate.receipts import draw_receipt, receipt_xml, with_values

LDS = "pe.luz_del_sur.lima_sur.bt5b"
AUGUST = (  # the real receipt of August 2026, its numbers in the words of its paper
    "LUZ DEL SUR S.A.A. RUC 20331898008", "Tarifa BT5B Residencial", "Sistema Eléctrico: Lima Sur", "Suministro: 1234567",
    "Lectura anterior (16/07/2026)", "Última lectura (17/08/2026)",
    "1706.80 - 1000.00 = 706.80 X 1.0000 = 706.80 X 0.6234", "Cargo Fijo 2.24", "Mant. y Reposición de Conexión 1.40",
    "Consumo de Energía 440.62", "Alumbrado Público 35.20", "Interés Compensatorio 0.94", "SUBTOTAL 480.40", "IGV 86.47",
    "Electrificación Rural (Ley N° 28749) 7.77", "Redondeo Mes Anterior 0.09", "Redondeo Mes Actual -0.03",
    "TOTAL A PAGAR S/ 574.70",
)  # fmt: skip


def receipt(*lines: str) -> Receipt:
    return read_lines(lines_of([(1, lines)]), "recibo.pdf")


@pytest.fixture
def ctx() -> Context:
    made = in_memory(clock=lambda: 1_787_000_000)
    create_site(made, operator_scope(), Site("casa", "Casa", tz="America/Lima", country="PE", billing_day=5))
    return made


def test_the_likeliest_tariff_agrees_in_everything_that_is_printed(ctx: Context) -> None:
    (match,) = match_tariffs(ctx, receipt(*AUGUST))
    assert match.tariff_id == LDS
    assert match.because == ("distributor", "option", "segment", "system", "price")
    assert match.confidence is Confidence.HIGH


def test_without_the_kind_of_use_both_are_candidates(ctx: Context) -> None:
    lines = [line.replace(" Residencial", "") for line in AUGUST]
    study = study_receipt(ctx, receipt(*lines))
    assert {m.tariff_id: m.confidence.value for m in study.matches} == {
        LDS: "medium",
        f"{LDS}_nores": "medium",
    }
    assert study.is_open
    with pytest.raises(InputError) as asked:  # shown, but never chosen for somebody
        apply_receipt(ctx, operator_scope(), "casa", study)
    assert asked.value.code == "receipt.open"
    assert (
        apply_receipt(ctx, operator_scope(), "casa", study_receipt(ctx, receipt(*lines), LDS)).tariff_id
        == LDS
    )


def test_another_system_is_no_match(ctx: Context) -> None:
    assert match_tariffs(ctx, receipt(*(line.replace("Lima Sur", "Cañete") for line in AUGUST))) == ()


def test_what_lasts_and_what_was_of_that_month(ctx: Context) -> None:
    learned = {x.parameter: (x.value, x.lasting) for x in study_receipt(ctx, receipt(*AUGUST)).learned}
    assert learned["reposicion"] == (Decimal("1.40"), True)
    assert learned["alumbrado"] == (Decimal("35.20"), True)
    assert learned["alicuota"] == (Decimal("1.2571"), False)  # 35.20 / 28, the factor of 500 to 750 kWh
    assert learned["interes"] == (Decimal("0.94"), False)
    assert learned["carry_in"] == (Decimal("0.09"), False)


def test_paper_against_the_list_and_against_itself(ctx: Context) -> None:
    study = study_receipt(ctx, receipt(*AUGUST))
    assert study.by_list is not None
    assert study.by_printed is not None
    ours = {x.id: (x.verdict, x.difference) for x in study.by_list.lines}
    assert ours["energy"] == (
        "differs",
        Decimal("-0.64"),
    )  # lists blended by days: within 0.2 % of the printed price
    assert ours["public_lighting"] == ("taken", Decimal("0.00"))
    assert ours["aporte_28749"][0] == "agrees"
    assert study.by_printed.agrees
    assert study.by_printed.total is not None
    assert study.by_printed.total.computed == Decimal("574.70")


def test_a_printed_rate_of_street_lighting_is_a_witness(ctx: Context) -> None:
    lines = [
        line.replace("Alumbrado Público 35.20", "AlumbradoPublico (Alicuota: S/ 1.2571) 35.20")
        for line in AUGUST
    ]
    study = study_receipt(ctx, receipt(*lines))
    assert study.by_list is not None
    lighting = next(x for x in study.by_list.lines if x.id == "public_lighting")
    assert (lighting.verdict, lighting.formula) == ("agrees", "28 × 1.2571")


def test_without_kwh_or_days_there_is_no_comparison_and_the_reason(ctx: Context) -> None:
    none = study_receipt(
        ctx, receipt("LUZ DEL SUR", "Tarifa BT5B Residencial", "Cargo Fijo 2.24", "IGV 1.00")
    )
    assert none.by_printed is not None
    assert (none.by_printed.refusal_code, none.by_printed.lines) == ("receipt.no_kwh", ())
    lines = [line for line in AUGUST if "ectura" not in line]
    days = study_receipt(ctx, receipt(*lines))
    assert days.by_list is not None
    assert days.by_list.refusal_code == "receipt.no_dates"


def test_an_unknown_tariff_is_refused_with_the_known_ones(ctx: Context) -> None:
    with pytest.raises(BillRefused, match=r"Known: .*bt5b"):
        study_receipt(ctx, receipt(*AUGUST), "pe.nobody")


def test_apply_and_take_back(ctx: Context) -> None:
    scope, study = operator_scope(), study_receipt(ctx, receipt(*AUGUST))
    before = get_site(ctx, scope, "casa")
    after = apply_receipt(ctx, scope, "casa", study)
    assert (after.tariff_id, after.billing_day) == (LDS, 17)
    assert dict(after.tariff_parameters) == {"alumbrado": "35.20", "reposicion": "1.40"}
    assert get_site(ctx, scope, "casa") == after
    assert undo_receipt(ctx, scope, "casa") == before
    assert get_site(ctx, scope, "casa") == before
    with pytest.raises(Conflict):
        undo_receipt(ctx, scope, "casa")


def test_the_audit_log_tells_both_and_no_supply_number(ctx: Context) -> None:
    scope = operator_scope()
    apply_receipt(ctx, scope, "casa", study_receipt(ctx, receipt(*AUGUST)))
    undo_receipt(ctx, scope, "casa")
    with ctx.records.unit(scope) as uow:
        notes = {n.action: n for n in uow.audit.find(site_id="casa")}
    assert notes["receipt.undo"].subject == notes["receipt.apply"].id
    assert json.loads(notes["receipt.apply"].subject)["after"]["tariff_id"] == LDS
    assert "1234567" not in notes["receipt.apply"].subject


def test_a_later_change_of_the_site_is_never_undone_with_it(ctx: Context) -> None:
    scope = operator_scope()
    after = apply_receipt(ctx, scope, "casa", study_receipt(ctx, receipt(*AUGUST)))
    update_site(ctx, scope, replace(after, billing_day=9))
    assert applied_last(ctx, scope, "casa") is None
    with pytest.raises(Conflict):
        undo_receipt(ctx, scope, "casa")
    assert get_site(ctx, scope, "casa").billing_day == 9


def test_two_receipts_are_taken_back_one_by_one(ctx: Context) -> None:
    scope, study = operator_scope(), study_receipt(ctx, receipt(*AUGUST))
    first = apply_receipt(ctx, scope, "casa", study, {"alumbrado": "30.00"})
    apply_receipt(ctx, scope, "casa", study)
    assert undo_receipt(ctx, scope, "casa") == first
    assert undo_receipt(ctx, scope, "casa").tariff_id is None


def test_values_may_be_overruled_or_left_out(ctx: Context) -> None:
    scope, study = operator_scope(), study_receipt(ctx, receipt(*AUGUST))
    site = apply_receipt(ctx, scope, "casa", study, {"alumbrado": "", "reposicion": "1.68"})
    assert site.tariff_parameters == (("reposicion", "1.68"),)
    for wrong in ({"nonsense": "1"}, {"alumbrado": "dear"}):
        with pytest.raises(InputError):
            apply_receipt(ctx, scope, "casa", study, wrong)


def test_who_may_only_look_applies_nothing(ctx: Context) -> None:
    viewer = scope_for(Actor("v", "Vic", Role.VIEWER, "default"), Purpose.OPERATE)
    with pytest.raises(AccessDenied):
        apply_receipt(ctx, viewer, "casa", study_receipt(ctx, receipt(*AUGUST)))
    apply_receipt(ctx, operator_scope(), "casa", study_receipt(ctx, receipt(*AUGUST)))
    with pytest.raises(AccessDenied):
        undo_receipt(ctx, viewer, "casa")


def test_a_resident_takes_back_without_reading_the_log(ctx: Context) -> None:
    resident = scope_for(Actor("r", "Rosa", Role.RESIDENT, "default"), Purpose.OPERATE)
    apply_receipt(ctx, resident, "casa", study_receipt(ctx, receipt(*AUGUST)))
    assert undo_receipt(ctx, resident, "casa").tariff_id is None


def test_a_made_up_receipt_changes_no_real_site(ctx: Context) -> None:
    made = with_values(
        draw_receipt(1, "luz_del_sur"), {"kwh": "143.4", "price": "0.6403", "end": "2026-09-04"}
    )
    study = study_receipt(ctx, read_receipt(receipt_reader(), receipt_xml(made), "r.xml"))
    assert study.receipt.made_up
    with pytest.raises(InputError) as refused:
        apply_receipt(ctx, operator_scope(), "casa", study)
    assert refused.value.code == "receipt.made_up"


def run(*args: str) -> Result:
    return CliRunner().invoke(cli, [str(a) for a in args])


@pytest.fixture
def home(tmp_path) -> list[str]:
    home = ["--home", str(tmp_path / "home")]
    assert run(*home, "site", "add", "Casa", "--tz", "America/Lima", "--country", "PE").exit_code == 0
    return home


def test_the_verb_makes_and_reads_one(tmp_path) -> None:
    file = tmp_path / "recibo.xml"
    values = ["kwh=143.4", "price=0.6403", "fixed=2.25", "end=2026-09-04", "balance=0"]
    options = [x for v in values for x in ("--set", v)]
    made = run("simulate", "receipt", "--layout", "luz_del_sur", "--seed", "4", *options, "--out", file)
    assert made.exit_code == 0, made.output
    told = run("receipt", file)
    assert told.exit_code == 0, told.output
    assert "MADE UP" in told.stdout
    assert f"* {LDS}" in told.stdout
    document = json.loads(run("receipt", file, "--json").stdout)
    assert document["receipt"]["kwh"] == "143.4"
    assert "history" in document["missing"]
    assert document["by_printed"]["total"]["verdict"] == "agrees"


def test_the_verb_names_what_is_missing(tmp_path, home: list[str]) -> None:
    file = tmp_path / "recibo.xml"
    file.write_bytes(receipt_xml(draw_receipt(4, "luz_del_sur")))
    assert run("receipt", file, "--apply").exit_code == 2
    assert run("receipt").exit_code == 2
    assert run("simulate", "receipt", "--out", tmp_path / "r.doc").exit_code == 2
    assert run("simulate", "receipt", "--out", tmp_path / "r.xml", "--set", "nonsense=1").exit_code == 1
    gone = run(*home, "receipt", tmp_path / "gone.pdf")
    assert (gone.exit_code, "is not there" in str(gone.exception)) == (1, True)
    refused = run(*home, "receipt", file, "--site", "casa", "--apply")
    assert refused.exit_code == 1
    assert "made-up" in str(refused.exception)


def test_the_verb_applies_and_takes_back(tmp_path, home: list[str]) -> None:
    file = tmp_path / "recibo.xml"
    made = with_values(
        draw_receipt(4, "luz_del_sur"), {"kwh": "143.4", "price": "0.6403", "end": "2026-09-04"}
    )
    text = receipt_xml(made).replace(b"RECIBO INVENTADO PARA PRUEBAS (made up, no such customer)", b"-")
    file.write_bytes(text)
    done = run(
        *home, "receipt", file, "--site", "casa", "--apply", "--tariff", LDS, "--param", "alumbrado=8.82"
    )
    assert done.exit_code == 0, done.output
    assert f"casa now has {LDS}, read on day 4; alumbrado=8.82" in done.stdout
    back = run(*home, "receipt", "--undo", "--site", "casa")
    assert back.stdout.startswith("casa has no tariff again")
    assert run(*home, "receipt", "--undo", "--site", "casa").exit_code == 1


def test_the_day_of_reading_is_in_every_month(ctx: Context) -> None:
    lines = [line.replace("17/08/2026", "31/08/2026") for line in AUGUST]
    site = apply_receipt(ctx, operator_scope(), "casa", study_receipt(ctx, receipt(*lines)))
    assert site.billing_day == 28
    assert study_receipt(ctx, receipt(*lines)).receipt.end == date(2026, 8, 31)
