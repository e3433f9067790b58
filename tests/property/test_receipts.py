"""What holds for any made-up receipt, and for any damage done to one."""

from __future__ import annotations

import re
import time
from contextlib import suppress
from decimal import Decimal
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kanchay.adapters.pdf import _pages
from kanchay.adapters.receipts.pdf import PDF_LIMITS, read_lines
from kanchay.adapters.receipts.reader import FileReceiptReader
from kanchay.adapters.receipts.text import lines_of
from kanchay.adapters.receipts.ubl import read_ubl_receipt
from kanchay.bootstrap import in_memory
from kanchay.domain.errors import FileRefused
from kanchay.domain.receipt import Confidence, Receipt
from kanchay.services.money.receipt import study_receipt
from kanchay.simulate.receipts import LAYOUTS, MadeReceipt, draw_receipt, receipt_pdf, receipt_xml

SECONDS = 5.0
tenths = st.integers(0, 60_000).map(lambda n: Decimal(n) / 10)


def read_here(data: bytes, name: str = "r.pdf") -> Receipt:
    """As the reader reads a PDF, without the process of its own that costs most of the time."""
    limits = (PDF_LIMITS.max_pages, PDF_LIMITS.max_chars)
    pages = _pages(data, "layout", *limits)["pages"]
    return read_lines(lines_of(enumerate(pages, start=1)), name)


def differences(made: MadeReceipt, read: Receipt, *, paper: bool) -> dict[str, tuple[Any, Any]]:
    """Every number that was not read back as it was printed."""
    c = made.customer
    wanted: dict[str, Any] = {
        "distributor": c.distributor, "option": c.option, "kwh": made.kwh, "start": made.start, "end": made.end,
        "subtotal": made.subtotal, "total_month": made.total_month, "total_due": made.total_due,
        "contracted_kw": c.contracted_kw, "made_up": True,
    }  # fmt: skip
    if paper:
        wanted |= {
            "segment": c.segment, "system": c.system, "register_before": made.register_before,
            "register_now": made.register_now, "factor": made.factor, "alicuota": made.alicuota, "issued_on": made.end,
        }  # fmt: skip
    amounts = {
        "fixed": made.fixed, "maintenance": made.maintenance, "public_lighting": made.lighting,
        "interest": made.interest, "energy": sum(made.energies), "igv": made.igv, "aporte_28749": made.aporte,
        "late_interest": made.late_interest, "balance": made.balance, "rounding_before": made.rounding_before,
        "rounding": made.rounding,
    }  # fmt: skip
    wrong = {key: (value, getattr(read, key)) for key, value in wanted.items() if getattr(read, key) != value}
    wrong |= {k: (v, read.amount(k)) for k, v in amounts.items() if (read.amount(k) or Decimal(0)) != v}
    parts = tuple((x.quantity, x.unit_price) for x in read.all_of("energy"))
    if parts != made.parts:
        wrong["parts"] = (made.parts, parts)
    if paper and tuple((m.month, m.kwh) for m in read.history) != made.history:
        wrong["history"] = (made.history, read.history)
    return wrong


def check(made: MadeReceipt) -> None:
    for read, paper in (
        (read_here(receipt_pdf(made)), True),
        (read_ubl_receipt(receipt_xml(made), "r.xml"), False),
    ):
        assert differences(made, read, paper=paper) == {}
        assert not [c for c in read.checks if not c.holds]
        assert made.customer.supply not in str(read)  # never whole, wherever it is kept


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 10**6), layout=st.sampled_from(LAYOUTS), kwh=tenths)
def test_a_receipt_is_read_back_exactly(seed: int, layout: str, kwh: Decimal) -> None:
    check(draw_receipt(seed, layout, kwh=kwh if layout == "luz_del_sur" else round(kwh)))


@pytest.mark.slow
def test_a_thousand_receipts_are_read_back_exactly() -> None:
    for seed in range(1000):
        check(draw_receipt(seed))


@settings(max_examples=15, deadline=None)
@given(seed=st.integers(0, 10**6))
def test_its_own_prices_always_make_the_receipt(seed: int) -> None:
    """Whatever was drawn, the prices that the paper prints lead to its energy, its tax and what is to be paid."""
    made = draw_receipt(seed)
    printed = study_receipt(in_memory(), read_here(receipt_pdf(made))).by_printed
    assert printed is not None
    assert {
        x.id: (x.printed, x.computed) for x in printed.lines if x.verdict not in ("agrees", "taken")
    } == {}
    assert printed.total is not None
    assert printed.total.difference == 0


AMOUNTS = ("fixed", "maintenance", "lighting", "interest", "late_interest", "balance", "rounding_before")


@settings(max_examples=20, deadline=None)
@given(seed=st.integers(0, 10**6), key=st.sampled_from(AMOUNTS))
def test_an_amount_that_the_sums_deny_is_never_called_sure(seed: int, key: str) -> None:
    """One amount of the paper is changed, as a slip of the pen or of a reader would: its field is doubted."""
    made = draw_receipt(seed)
    pages = _pages(receipt_pdf(made), "layout", PDF_LIMITS.max_pages, PDF_LIMITS.max_chars)["pages"]
    names = {"lighting": "public_lighting"}
    field = f"line.{names.get(key, key)}"
    read = read_lines(lines_of(enumerate(pages, start=1)), "r.pdf")
    told, amount = read.read_of(field), getattr(made, key)
    if told is None:
        return
    assert (
        told.confidence is Confidence.HIGH or read.layout == "words"
    )  # one sum is not enough on an unknown layout
    line = pages[0][told.line - 1]
    wrong = amount + Decimal(100)
    printed = rf"(?<!\d){re.escape(f'{amount:,.2f}'.replace(',', ' '))}(?!\d)"
    pages[0][told.line - 1], n = re.subn(printed, f"{wrong:.2f}", line, count=1)
    assert n == 1
    doubted = read_lines(lines_of(enumerate(pages, start=1)), "r.pdf")
    assert doubted.amount(names.get(key, key)) == wrong
    told = doubted.read_of(field)
    assert told is not None
    assert told.confidence is not Confidence.HIGH
    assert [c for c in doubted.checks if not c.holds]


def damaged(data: bytes, dice: Random) -> bytes:
    """Bytes changed, cut off, left out or repeated."""
    out = bytearray(data)
    for _ in range(dice.randrange(1, 12)):
        at = dice.randrange(len(out)) if out else 0
        match dice.randrange(5):
            case 0:
                out[at : at + 1] = bytes([dice.randrange(256)])
            case 1:
                del out[at:]
            case 2:
                del out[at : at + dice.randrange(1, 200)]
            case 3:
                out[at:at] = out[at : at + dice.randrange(1, 400)]
            case _:
                out[at:at] = dice.choice(
                    (b"<<", b">>", b"stream\n", b"0 R", b"<Invoice>", b"</a>", b"999999999")
                )
    return bytes(out)


def honest(pages: list[list[str]]) -> None:
    """Whatever the pages hold, what is read of them stands in them, and is sure only where something confirms it."""
    lines = lines_of(enumerate(pages, start=1))
    read = read_lines(lines, "r.pdf")
    printed = re.sub("[ ,]", "", "".join(line.raw for line in lines))
    assert all(f"{abs(line.amount):f}" in printed for line in read.lines)
    places = {(line.page, line.line) for line in lines}
    for told in read.evidence:
        assert (told.page, told.line) in places, told
        confirmed = any(why == "ruc" or why.startswith("sum.") for why in told.because)
        assert confirmed or told.confidence is not Confidence.HIGH, told


def survive(n: int, first: int) -> None:
    """No damage crashes the reader, keeps it busy, or makes it raise anything but a refusal."""
    for seed in range(first, first + n):
        dice = Random(seed)
        made = draw_receipt(seed)
        pdf, xml = damaged(receipt_pdf(made), dice), damaged(receipt_xml(made), dice)
        began = time.process_time()
        try:
            pages = _pages(pdf, "layout", PDF_LIMITS.max_pages, PDF_LIMITS.max_chars).get("pages", [])
        except Exception:  # the child answers "damaged" to whatever its library raises
            pages = []
        honest(pages)
        with suppress(FileRefused):
            digits = re.sub(rb"\D", b"", xml).decode()
            read = read_ubl_receipt(xml, "r.xml")
            assert all(re.sub(r"\D", "", f"{line.amount:f}") in digits for line in read.lines)
        assert time.process_time() - began < SECONDS, seed


def test_damaged_files_are_refused_or_read() -> None:
    survive(120, 0)


@pytest.mark.slow
def test_three_thousand_damaged_files() -> None:
    survive(3000, 1000)


@settings(max_examples=150, deadline=None)
@given(st.text(max_size=2000))
def test_nothing_is_made_up_of_any_text(text: str) -> None:
    honest([text.splitlines()])


SOUP = [
    *"0123456789 ,.-x=/()kWhS",
    "TOTAL A PAGAR",
    "lectura actual",
    "consumo",
    "cargo fijo",
    "igv",
    "alicuota",
    "s/",
]


@settings(max_examples=60, deadline=None)
@given(st.lists(st.sampled_from(SOUP), max_size=400))
def test_words_of_receipts_in_any_order_take_no_time(words: list[str]) -> None:
    began = time.process_time()
    honest([[" ".join(words)] * 50])
    assert time.process_time() - began < SECONDS


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=3000))
def test_any_bytes_are_refused(data: bytes) -> None:
    with pytest.raises(FileRefused):
        read_ubl_receipt(data, "r.xml")


def test_damaged_files_through_the_very_reader() -> None:
    reader = FileReceiptReader()
    for seed in range(4):
        data = damaged(receipt_pdf(draw_receipt(seed)), Random(seed))
        began = time.monotonic()
        with suppress(FileRefused):
            reader.read(b"%PDF-1.4\n" + data, "r.pdf")
        assert time.monotonic() - began < 6 * SECONDS  # of the wall: a busy machine may make it wait
