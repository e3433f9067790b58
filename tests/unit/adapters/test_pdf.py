"""The text layer of made-up PDF files: read in columns, or refused with the reason."""

from __future__ import annotations

import pytest

from kanchay.adapters.pdf import PdfLimits, pdf_pages
from kanchay.domain.errors import FileRefused
from tests.made_pdf import pdf_of, pdf_of_lines

TABLE = [
    (40, 700, "Cargo fijo"),
    (300, 700, "S/mes"),
    (400, 700, "2.60"),
    (40, 688, "Cargo por Energía"),
    (300, 688, "ctm. S/kW.h"),
    (400, 688, "5.17"),
]
LIMITS = PdfLimits()


def code_of(data: bytes, limits: PdfLimits = LIMITS) -> str:
    with pytest.raises(FileRefused) as refused:
        pdf_pages(data, "list.pdf", limits=limits)
    assert "list.pdf" in str(refused.value)
    return refused.value.code


@pytest.mark.parametrize("packed", [False, True])
def test_layout_keeps_columns_apart(packed: bool) -> None:
    (page,) = pdf_pages(pdf_of([TABLE], packed=packed), "list.pdf")
    assert [[cell.strip() for cell in line.split("   ") if cell.strip()] for line in page.lines] == [
        ["Cargo fijo", "S/mes", "2.60"],
        ["Cargo por Energía", "ctm. S/kW.h", "5.17"],
    ]


def test_plain_gives_the_text_of_every_page_in_order() -> None:
    pages = pdf_pages(pdf_of_lines([["one", "two"], ["three"]]), "list.pdf", "plain")
    assert [(p.number, p.lines) for p in pages] == [(1, ("one", "two")), (2, ("three",))]


def test_what_cannot_be_read_is_refused_with_its_reason() -> None:
    whole = pdf_of([TABLE])
    assert code_of(b"Fecha,kWh\n") == "pdf.not_pdf"
    assert code_of(whole[:300]) == "pdf.damaged"
    assert code_of(pdf_of([[]])) == "pdf.scan"
    assert code_of(whole, PdfLimits(max_bytes=100)) == "pdf.too_large"
    assert code_of(whole, PdfLimits(max_chars=10)) == "pdf.too_large"
    assert code_of(pdf_of_lines([["a"], ["b"]]), PdfLimits(max_pages=1)) == "pdf.pages"


def test_a_stream_that_unpacks_without_end_is_refused() -> None:
    bomb = pdf_of([[(10, 10, " " * 60_000_000)]], packed=True)
    assert len(bomb) < 100_000
    assert code_of(bomb) in ("pdf.damaged", "pdf.slow", "pdf.scan")


def test_a_reader_that_is_kept_busy_is_stopped() -> None:
    busy = pdf_of_lines([[f"line {n} " * 40 for n in range(900)] for _ in range(30)], packed=True)
    assert code_of(busy, PdfLimits(seconds=1)) == "pdf.slow"
