"""Any list of prices becomes exactly its own version; damaged files are refused with a reason, never a crash."""

from __future__ import annotations

import random
from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from kanchay.adapters.library import PackageLibrary
from kanchay.adapters.pricelists.lines import printed_line
from kanchay.adapters.pricelists.page import read_page
from kanchay.adapters.pricelists.reader import FileListReader
from kanchay.analysis.pricelists.places import price_at, price_places
from kanchay.analysis.pricelists.propose import propose
from kanchay.analysis.pricelists.understand import KnownSystems, understand
from kanchay.analysis.tariff.parse import parse_tariff
from kanchay.domain.errors import InputError, KanchayError
from kanchay.domain.pricelist import ListWish, PriceList, PrintedList
from tests.unit.pricelists.current import current_lines, newest, printed
from tests.unit.pricelists.made_up import DEMAND, PUBLISHED, bt5b, distributor_pdf, regulator_page, wide_pdf

KNOWN = KnownSystems({"pluz": ["Pluz"]}, {"pluz": ["Lima Norte"]})
PLUZ = [d for d in PackageLibrary().tariff_documents().values() if d["provider"]["id"] == "pluz"]
BY_ID = {d["id"]: d for d in PLUZ}
HEAD = "PLUZ LIMA NORTE (Incluye IGV) PLIEGO TARIFARIO : 04 OCTUBRE 2026"
few = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def told(refused: KanchayError) -> None:
    """A refusal says what it is and how to mend it."""
    assert refused.hint
    assert refused.code.startswith(("pricelist.", "pdf."))


def proposed(read: PriceList) -> None:
    """A tariff refuses the list with a reason, or has a valid version of nothing but prices of the list."""
    listed = {row.value for row in read.rows}
    listed |= {(30 * price).quantize(Decimal("0.01")) for price in listed}  # a kWh of the first thirty
    for document in PLUZ:
        made = propose(document, read, date(2026, 11, 22))
        if made.refused:
            assert made.why
            continue
        assert parse_tariff(made.document)
        assert {change.new for change in made.changes} <= listed


def offered(lines: list[Any], day: date = date(2026, 10, 4)) -> PriceList:
    return understand(printed(HEAD, lines), ListWish(valid_from=day), KNOWN)


@few
@given(
    tariff_id=st.sampled_from(sorted(BY_ID)),
    factor=st.decimals("0.5", "2", places=3),
    days=st.integers(-200, 400),
)
def test_the_new_version_holds_the_listed_prices_and_the_others_keep_theirs(
    tariff_id: str, factor: Decimal, days: int
) -> None:
    document = BY_ID[tariff_id]
    day = date(2026, 9, 4) + timedelta(days=days)
    listed = offered(current_lines([document], factor), day)
    made = propose(document, listed, date(2026, 11, 22))
    if made.refused:
        assert made.refused == "we hold this list already"
        return
    tariff, before = parse_tariff(made.document), parse_tariff(document)
    spans = [(v.valid_from, v.valid_to) for v in tariff.versions]
    assert spans == sorted(spans, key=lambda span: span[0])
    assert all(end is None or end <= start for (_, end), (start, _) in pairwise(spans))
    (new,) = [v for v in made.document["versions"] if v["valid_from"] == day.isoformat()]
    assert {c.path: c.new for c in made.changes} == {
        p: Decimal(price_at(new, p) or "x") for p in price_places(new)
    }
    kept = {v.valid_from: v.charges for v in before.versions if v.valid_from != day}
    assert {v.valid_from: v.charges for v in tariff.versions if v.valid_from != day} == kept


@few
@given(data=st.data())
def test_a_line_left_out_is_a_price_left_out(data: st.DataObject) -> None:
    document = BY_ID[data.draw(st.sampled_from(sorted(BY_ID)))]
    lines = current_lines([document])
    priced = [n for n, line in enumerate(lines) if line[2]]
    gone = data.draw(st.sampled_from(priced))
    rest = [line for n, line in enumerate(lines) if n != gone]
    if not any(line[2] for line in rest):
        return
    made = propose(document, offered(rest), date(2026, 11, 22))
    same_elsewhere = sum(line == lines[gone] for line in lines) > 1
    assert made.refused or same_elsewhere, made.changes


WORDS = st.sampled_from(
    ["TARIFA BT5B", "Residencial", "No Residencial", "Consumo de 0 - 30 kW.h", "Cargo Fijo Mensual S/./mes",
     "Cargo por Energía Activa ctm. S/./kW.h", "Presentes en Punta", "49.48", "1,2345", "-", "4 de mayo de 2026",
     "Sistema Eléctrico: Huacho", "sin IGV", "incluye IGV", "99/99/2026", "Pluz", "Lima Norte", "MT2", "demanda 20 kW"]
)  # fmt: skip


@few
@given(
    st.lists(
        st.one_of(st.lists(WORDS, min_size=1, max_size=5).map("  ".join), st.text(max_size=60)), max_size=25
    )
)
@example(["PLUZ Lima Norte sin IGV vigente 04/10/2026", "TARIFA MT2", "Cargo Fijo S/./mes  1.00  2.00  -"])
def test_any_lines_are_understood_or_refused(texts: list[str]) -> None:
    lines = tuple(printed_line(f"line {n}", text) for n, text in enumerate(texts))
    try:
        read = understand(PrintedList("x.pdf", lines), ListWish(), KNOWN)
    except InputError as refused:
        told(refused)
        return
    assert {row.printed for row in read.rows} <= {part for text in texts for part in text.split()}
    proposed(read)


def damaged(whole: bytes, seed: int) -> bytes:
    """The file with bytes changed, cut out, repeated or cut off."""
    pick = random.Random(seed)
    data = bytearray(whole)
    for _ in range(pick.randint(1, 12)):
        at = pick.randrange(len(data) or 1)
        kind = pick.randrange(4)
        if kind == 0:
            data[at : at + 1] = bytes([pick.randrange(256)])
        elif kind == 1:
            del data[at : at + pick.randint(1, 40)]
        elif kind == 2:
            data[at:at] = data[at : at + pick.randint(1, 200)]
        else:
            del data[pick.randint(at, len(data)) :]
    return bytes(data)


def test_damaged_pages_are_read_or_refused() -> None:
    whole = regulator_page("LIMA NORTE", "04/10/2026", [*bt5b(PUBLISHED[3]), *DEMAND], nested=True)
    right = 0
    for seed in range(200):
        try:
            read = understand(read_page(damaged(whole, seed), "x.html", ""), ListWish(), KNOWN)
        except KanchayError as refused:
            told(refused)
            continue
        right += 1
        proposed(read)
    assert right > 25  # most small damage leaves a list that can still be read


def check_damaged_pdfs(tmp_path: Path, seeds: range) -> None:
    wholes = (
        distributor_pdf("pluz", "Lima Norte", "2026-10-04", [*bt5b(PUBLISHED[3]), *DEMAND], packed=False),
        wide_pdf("pluz", ["Lima Norte", "Huacho"], "2026-10-04", bt5b(PUBLISHED[3])),
    )
    for seed in seeds:
        path = tmp_path / "x.pdf"
        path.write_bytes(damaged(wholes[seed % 2], seed))
        try:
            read = understand(FileListReader().read(path), ListWish(), KNOWN)
        except KanchayError as refused:
            told(refused)
        else:
            proposed(read)


def test_damaged_pdfs_are_read_or_refused(tmp_path: Path) -> None:
    check_damaged_pdfs(tmp_path, range(10))


@pytest.mark.slow
def test_many_damaged_pdfs_are_read_or_refused(tmp_path: Path) -> None:
    check_damaged_pdfs(tmp_path, range(10, 200))


def test_a_page_of_nothing_but_cells_takes_no_time() -> None:
    many = b"<table id='TbPliego'>" + b"<tr><td>Cargo Fijo</td><td>1.00</td></tr>" * 30_000
    assert len(read_page(many, "x.html", "").lines) <= 3000


def test_the_newest_version_is_by_date_not_by_place() -> None:
    document = BY_ID["pe.pluz.lima_norte.bt5b"]
    turned = {**document, "versions": list(reversed(document["versions"]))}
    made = propose(turned, offered(current_lines([document])), date(2026, 11, 22))
    assert newest(made.document)["valid_from"] == "2026-10-04"
    assert not made.flags
