"""A list of current prices changes nothing; a list of others becomes exactly its own version; what is odd is flagged."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from kanchay.analysis.pricelists.places import price_at, price_places
from kanchay.analysis.pricelists.propose import propose
from kanchay.analysis.pricelists.understand import understand
from kanchay.analysis.tariff.evaluate import list_price
from kanchay.analysis.tariff.parse import parse_tariff
from kanchay.domain.pricelist import ListWish, PriceList, Proposal
from tests.unit.pricelists.conftest import KNOWN
from tests.unit.pricelists.current import current_lines, newest, printed
from tests.unit.pricelists.made_up import PUBLISHED, Bands, Line, bt5b, by_hand

Documents = dict[str, dict[str, Any]]
TODAY = date(2026, 11, 22)
PLUZ = "pe.pluz.lima_norte.bt5b"
SEPTEMBER = PUBLISHED[3]


def held_by(documents: Documents, provider: str) -> Documents:
    return {k: d for k, d in documents.items() if d["provider"]["id"] == provider}


def offer(
    lines: list[Line], day: str = "04 OCTUBRE 2026", tax: str = "Incluye IGV", name: str = "PLUZ"
) -> PriceList:
    system = "LIMA SUR" if name == "LUZ DEL SUR" else "LIMA NORTE"
    head = f"{name} {system} ({tax}) PLIEGO TARIFARIO : {day}"
    return understand(printed(head, lines), ListWish(), KNOWN)


def proposals(documents: Documents, offered: PriceList) -> dict[str, Proposal]:
    return {key: propose(document, offered, TODAY) for key, document in documents.items()}


@pytest.mark.parametrize(("provider", "name"), [("pluz", "PLUZ"), ("luz_del_sur", "LUZ DEL SUR")])
def test_a_list_of_the_prices_we_hold_changes_none(documents: Documents, provider: str, name: str) -> None:
    held = held_by(documents, provider)
    for key, made in proposals(held, offer(current_lines(list(held.values())), name=name)).items():
        assert not made.refused, (key, made.refused)
        assert not made.flags, (key, made.flags)
        before, after = newest(held[key]), newest(made.document)
        assert {p: price_at(after, p) for p in price_places(before)} == {
            p: price_at(before, p) for p in price_places(before)
        }
        assert after["valid_from"] == "2026-10-04"
        assert parse_tariff(made.document).versions[-2].valid_to == date(2026, 10, 4)


@pytest.mark.parametrize("factor", ["0.93", "0.984", "1.021", "1.07"])
def test_every_price_of_every_option_becomes_the_listed_one(documents: Documents, factor: str) -> None:
    held = held_by(documents, "pluz")
    lines = current_lines(list(held.values()), Decimal(factor))
    offered = offer(lines)
    for key, made in proposals(held, offered).items():
        assert {flag.code for flag in made.flags} <= {"fose"}, (
            key,
            made.flags,
        )  # rounding moves the discount's share
        version = newest(made.document)
        assert {c.path: c.new for c in made.changes} == {
            p: Decimal(price_at(version, p) or 0) for p in price_places(version)
        }
        assert {c.new for c in made.changes} <= {row.value for row in offered.rows}


def test_the_new_version_prices_as_the_list_does(documents: Documents) -> None:
    october = replace(
        SEPTEMBER, low="0.5390", first30="16.17", excess="0.7700", high="0.7877", high_fixed="2.80"
    )
    made = propose(documents[PLUZ], offer(bt5b(october)), TODAY)
    assert not made.flags
    tariff = parse_tariff(made.document)
    day = date(2026, 10, 4)
    for kwh in (1, 30, 31, 140, 141, 500):
        assert list_price(tariff, Decimal(kwh), day) == by_hand(october, kwh)
        assert list_price(tariff, Decimal(kwh), date(2026, 10, 3)) == by_hand(SEPTEMBER, kwh)


def test_the_source_says_file_fingerprint_and_day(documents: Documents) -> None:
    source = newest(propose(documents[PLUZ], offer(bt5b(SEPTEMBER)), TODAY).document)["source"]
    assert "list.pdf" in source["title"]
    assert source["note"].endswith("ab12")
    assert (source["date"], source["checked"]) == ("2026-10-04", "2026-11-22")


def test_a_list_without_igv_is_compared_and_stored_as_such(documents: Documents) -> None:
    bare = Bands("pluz", "Lima Norte", "", "140", "2.27", "0.4479", "13.44", "0.6398", "2.32", "0.6545")
    made = propose(documents[PLUZ], offer(bt5b(bare), tax="sin IGV"), TODAY)
    assert not made.flags
    assert max(abs(c.percent or 0) for c in made.changes) < Decimal("0.1")
    assert newest(made.document)["prices_include"] == []
    mixed = propose(documents[PLUZ], offer(bt5b(bare)), TODAY)
    assert [flag.code for flag in mixed.flags] == ["igv"]


def flagged(documents: Documents, day: str = "04 OCTUBRE 2026", **change: str) -> list[str]:
    made = propose(documents[PLUZ], offer(bt5b(replace(SEPTEMBER, **change)), day), TODAY)
    return sorted({flag.code for flag in made.flags})


def test_what_is_odd_is_flagged(documents: Documents) -> None:
    assert flagged(documents) == []
    assert flagged(documents, high="0.8600") == ["fose", "jump"]
    assert flagged(documents, high="77.2300") == ["unit"]
    assert flagged(documents, first30="15.76") == ["fose"]
    assert flagged(documents, low="0.5485", first30="16.46") == ["fose"]
    assert flagged(documents, low_fixed="3.10") == ["jump"]
    assert flagged(documents, day="04 AGOSTO 2026") == ["date"]
    assert flagged(documents, day="04 SETIEMBRE 2026", high="0.7725") == ["date"]


def test_the_list_we_hold_is_nothing_new(documents: Documents) -> None:
    made = propose(documents[PLUZ], offer(bt5b(SEPTEMBER), "04 SETIEMBRE 2026"), TODAY)
    assert made.refused == "we hold this list already"


def test_an_older_list_goes_between_those_we_hold(documents: Documents) -> None:
    made = propose(documents[PLUZ], offer(bt5b(SEPTEMBER), "04 JULIO 2026"), TODAY)
    assert [flag.code for flag in made.flags] == ["date"]
    spans = [(str(v.valid_from), str(v.valid_to)) for v in parse_tariff(made.document).versions]
    assert spans == [("2026-05-04", "2026-07-04"), ("2026-07-04", "2026-09-04"), ("2026-09-04", "None")]


def test_prices_of_two_lists_are_never_mixed(documents: Documents) -> None:
    lines = [line for line in bt5b(SEPTEMBER) if "Exceso" not in line[0]]
    made = propose(documents[PLUZ], offer(lines), TODAY)
    assert made.refused == "the list lacks energy.excess 140"
    assert not made.document
    more = deepcopy(documents[PLUZ])
    more["versions"][-1]["charges"].append(
        {"id": "extra", "kind": "fixed", "amount": "1.00", "taxes": ["igv"]}
    )
    assert "extra/amount" in propose(more, offer(bt5b(SEPTEMBER)), TODAY).refused


def test_a_list_without_a_price_for_shops_takes_the_one_above_the_limit_and_says_so(
    documents: Documents,
) -> None:
    made = propose(documents[f"{PLUZ}_nores"], offer(bt5b(SEPTEMBER, non_residential=False)), TODAY)
    assert [c.new for c in made.changes] == [Decimal("2.74"), Decimal("0.7723")]
    assert len(made.notes) == 2


def test_the_limit_of_the_bands_is_part_of_the_tariff(documents: Documents) -> None:
    made = propose(documents[PLUZ], offer(bt5b(replace(SEPTEMBER, limit="100"))), TODAY)
    assert "lacks" in made.refused


def test_a_known_review_ends_with_the_list_that_brings_it(documents: Documents) -> None:
    before = propose(documents[PLUZ], offer(bt5b(SEPTEMBER)), TODAY)
    after = propose(documents[PLUZ], offer(bt5b(SEPTEMBER), "04 NOVIEMBRE 2026"), TODAY)
    assert newest(before.document)["review_from"] == "2026-11-01"
    assert "review_from" not in newest(after.document)


def test_a_contested_price_refuses_its_option_alone(documents: Documents) -> None:
    again = [
        ("TARIFA BT5B", "", ""),
        ("Tarifa BT5B No Residencial", "", ""),
        ("Cargo Fijo Mensual", "S/./mes", "9.99"),
    ]
    offered = offer([*bt5b(SEPTEMBER), *again])
    assert propose(documents[f"{PLUZ}_nores"], offered, TODAY).refused == (
        "the list prints two prices for Cargo Fijo Mensual: 2.74 (line 16) and 9.99 (line 20)"
    )
    assert not propose(documents[PLUZ], offered, TODAY).refused
