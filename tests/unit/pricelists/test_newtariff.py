"""Tariffs of a distributor that we hold nothing of: the rules of an option that we know, the list's own prices."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from kanchay.adapters.tariff_folder import HomeLibrary
from kanchay.analysis.pricelists.newtariff import Distributor, models_for, propose_new
from kanchay.analysis.pricelists.places import price_at, price_places
from kanchay.analysis.pricelists.understand import KnownSystems, understand
from kanchay.analysis.tariff.evaluate import list_price
from kanchay.analysis.tariff.parse import parse_tariff
from kanchay.bootstrap import in_memory
from kanchay.domain.pricelist import ListWish, PriceList, Proposal
from kanchay.settings import read_settings
from tests.unit.pricelists.conftest import Run
from tests.unit.pricelists.current import current_lines, newest, printed
from tests.unit.pricelists.made_up import PUBLISHED, Bands, Line, bt5b, by_hand, regulator_page

Documents = dict[str, dict[str, Any]]
TODAY = date(2026, 11, 22)
TRUJILLO = Distributor("hidrandina", "Hidrandina", "Trujillo")
KNOWN = KnownSystems({"hidrandina": ["Hidrandina"]}, {"hidrandina": ["Trujillo"]})
INVENTED = Bands(
    "hidrandina", "Trujillo", "2026-11-04", "140", "3.10", "0.5600", "16.80", "0.8000", "3.20", "0.8180"
)


def offer(lines: list[Line]) -> PriceList:
    head = "HIDRANDINA TRUJILLO sin IGV, vigente desde 04 NOVIEMBRE 2026"
    return understand(printed(head, lines), ListWish(), KNOWN)


def all_new(documents: Documents, offered: PriceList) -> dict[str, Proposal]:
    made = [
        propose_new(model, offered, TRUJILLO, TODAY) for model in models_for(documents, offered, TRUJILLO)
    ]
    return {proposal.tariff_id: proposal for proposal in made}


def test_every_option_of_a_list_becomes_a_tariff_of_its_own(documents: Documents) -> None:
    held = [d for k, d in documents.items() if k.startswith(("pe.pluz", "pe.osinergmin"))]
    made = all_new(documents, offer(current_lines(held, Decimal("1.05"))))
    assert set(made) == {f"pe.hidrandina.trujillo.{d['id'].rsplit('.', 1)[-1]}" for d in held}
    for key, proposal in made.items():
        assert not proposal.refused, (key, proposal.refused)
        assert proposal.replaces is None
        tariff, version = parse_tariff(proposal.document), newest(proposal.document)
        assert {c.path: c.new for c in proposal.changes} == {
            p: Decimal(price_at(version, p) or "x") for p in price_places(version)
        }
        assert (tariff.provider, tariff.system, tariff.stale_after_days) == ("hidrandina", "Trujillo", 45)
        assert [str(v.valid_from) for v in tariff.versions] == ["2026-11-04"]
        assert tariff.versions[0].valid_to is None


def test_nothing_of_the_other_distributor_comes_along(documents: Documents) -> None:
    (shops, homes) = sorted(all_new(documents, offer(bt5b(INVENTED))).items(), reverse=True)
    assert homes[0] == "pe.hidrandina.trujillo.bt5b"
    for _, proposal in (shops, homes):
        for name in ("alicuota", "reposicion"):
            parameter = parse_tariff(proposal.document).parameter(name)
            assert parameter is not None
            assert (parameter.values, parameter.default, parameter.source) == ((), None, None)
        told = str({key: value for key, value in proposal.document.items() if key != "taxes"})
        assert "Pluz" not in told
        assert "pluz" not in told


@pytest.mark.parametrize("kwh", [1, 30, 31, 140, 141, 700])
def test_it_prices_as_the_list_does(documents: Documents, kwh: int) -> None:
    made = all_new(documents, offer(bt5b(INVENTED)))["pe.hidrandina.trujillo.bt5b"]
    assert list_price(parse_tariff(made.document), Decimal(kwh), date(2026, 11, 4)) == by_hand(INVENTED, kwh)


def test_only_options_that_it_has_no_tariff_of_are_made(documents: Documents) -> None:
    offered = offer(bt5b(INVENTED))
    held = {"pe.hidrandina.trujillo.bt5b": documents["pe.pluz.lima_norte.bt5b"]}
    made = [m["id"] for m in models_for({**documents, **held}, offered, TRUJILLO)]
    assert made == ["pe.pluz.lima_norte.bt5b_nores"]


def test_a_slip_of_units_and_a_discount_that_does_not_add_up_are_flagged_here_too(
    documents: Documents,
) -> None:
    slipped = Bands("", "", "", "140", "3.10", "56.00", "16.80", "80.00", "3.20", "81.80")
    odd = Bands("", "", "", "140", "3.10", "0.5600", "18.80", "0.8000", "3.20", "0.8180")
    homes = "pe.hidrandina.trujillo.bt5b"
    assert {f.code for f in all_new(documents, offer(bt5b(slipped)))[homes].flags} == {"unit"}
    assert {f.code for f in all_new(documents, offer(bt5b(odd)))[homes].flags} == {"fose"}
    assert all_new(documents, offer(bt5b(INVENTED)))[homes].flags == ()


def test_the_command_makes_them_and_takes_them_back(kanchay: Run, tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    page.write_bytes(regulator_page("TRUJILLO", "04/11/2026", bt5b(INVENTED)))
    words = ("--new", "--provider", "hidrandina", "--system", "Trujillo")
    assert kanchay("tariff", "update", page, *words, "--yes").exit_code == 2  # what is it called?
    told = kanchay("tariff", "update", page, *words, "--provider-name", "Hidrandina", "--yes").output
    assert "pe.hidrandina.trujillo.bt5b: 2026-11-04 new" in told
    folder = tmp_path / "home" / "tariffs"
    held = HomeLibrary(folder).tariff_documents()["pe.hidrandina.trujillo.bt5b"]
    assert held["provider"]["name"] == "Hidrandina"
    later = Bands("", "", "", "140", "3.10", "0.5670", "17.01", "0.8100", "3.20", "0.8282")
    page.write_bytes(regulator_page("TRUJILLO", "04/12/2026", bt5b(later)))
    assert "against 2026-11-04" in kanchay("tariff", "update", page, "--yes").output  # now it is known
    kanchay("tariff", "update", "--undo", held["id"], "--undo", held["id"])
    ctx = in_memory(settings=read_settings(home=str(tmp_path / "home")))
    assert held["id"] not in ctx.library.tariff_documents()


def test_a_published_list_of_luz_del_sur_is_no_new_tariff(documents: Documents) -> None:
    offered = understand(
        printed("LUZ DEL SUR LIMA SUR incluye IGV, vigente 04/11/2026", bt5b(PUBLISHED[1])),
        ListWish(),
        KnownSystems({"luz_del_sur": ["Luz del Sur"]}, {"luz_del_sur": ["Lima Sur"]}),
    )
    assert models_for(documents, offered, Distributor("luz_del_sur", "Luz del Sur", "Lima Sur")) == []
