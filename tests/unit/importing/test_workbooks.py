"""Workbooks that are no .xlsx: Excel 2003 XML, pages of tables, OpenDocument and old Excel, read as the CSV would be."""

from __future__ import annotations

import contextlib
import io
import struct
import time
import zipfile
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from kanchay.domain.errors import FileRefused
from kanchay.domain.importing import ImportPreview
from kanchay.simulate.exports.books import BOOKS, old_excel, opendocument, spreadsheetml, web_page

Read = Callable[..., ImportPreview]
N = 96
VALUES = [round(0.2 + i * 7 % 24 / 100, 3) for i in range(N)]
ROWS = [["Suministro 123"], [], ["Fecha y hora", "Consumo (kWh)"]] + [
    [datetime(2026, 3, 2) + timedelta(hours=i), v] for i, v in enumerate(VALUES)
]
SPACE = 'xmlns="urn:schemas-microsoft-com:office:spreadsheet" xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet"'
HEAD = f'<?xml version="1.0"?>\n<?mso-application progid="Excel.Sheet"?>\n<Workbook {SPACE}>'


def only(preview: ImportPreview) -> tuple[int, float, int]:
    (series,) = preview.series
    return series.n, round(series.total or 0.0, 6), series.start


@pytest.mark.parametrize("kind", BOOKS)
@pytest.mark.parametrize("name", ["lecturas.xls", "lecturas", "lecturas.csv"])
def test_read_as_the_csv_of_the_same_cells(kind, name, read):
    csv = "\n".join(["Fecha y hora,Consumo (kWh)", *(f"{t},{v}" for t, v in ROWS[3:]), ""])
    plain = read(csv, tz="America/Lima")
    found = read(BOOKS[kind]([("Lecturas", ROWS)]), name=name, tz="America/Lima")
    assert only(found) == only(plain) == (N, round(sum(VALUES), 6), plain.series[0].start)
    assert not found.questions


@pytest.mark.parametrize("kind", BOOKS)
def test_the_text_of_cells_has_its_decimal_sign_decided(kind, read):
    rows = [
        ["Data", "Energia (kWh)"],
        *([f"{t:%d/%m/%Y %H:%M}", f"1.{i * 37 % N:03d},25"] for i, (t, _) in enumerate(ROWS[3:])),
    ]
    assert only(read(BOOKS[kind]([("a", rows)]), name="a.xls", tz="UTC"))[1] == sum(
        1000 + i + 0.25 for i in range(N)
    )


@pytest.mark.parametrize("kind", BOOKS)
def test_two_sheets_are_two_meters(kind, read):
    other = [*ROWS[:3], *([t, 2 * v] for t, v in ROWS[3:])]
    found = read(BOOKS[kind]([("Norte", ROWS), ("Sur", other)]), name="a.xls", tz="UTC")
    assert sorted(round(s.total or 0, 3) for s in found.series) == [
        pytest.approx(sum(VALUES)), pytest.approx(2 * sum(VALUES))
    ]  # fmt: skip


def cell(value: object, kind: str = "String", more: str = "") -> str:
    return f'<Cell{more}><Data ss:Type="{kind}">{value}</Data></Cell>'


def test_excel_xml_with_spans_jumps_and_times_of_day(read):
    """A date merged over its hours, cells that say where they stand, times of day, and the last hour as a whole day."""
    rows, second, fourth = "", ' ss:Index="2"', ' ss:Index="4"'
    for i, value in enumerate(VALUES):
        clock = f"1899-12-31T{i % 24 + 1:02d}:00:00.000" if i % 24 < 23 else "1900-01-01T00:00:00.000"
        first = i % 24 == 0
        day = (
            cell(f"2026-03-{2 + i // 24:02d}T00:00:00.000", "DateTime", ' ss:MergeDown="23"') if first else ""
        )
        rows += f"<Row>{day}{cell(clock, 'DateTime', '' if first else second)}"
        rows += f"{cell(value, 'Number', fourth)}</Row>"
    top = f"<Row>{cell('Fecha')}{cell('Hasta')}{cell('Consumo &amp; total <B>(kWh)</B>', more=fourth)}</Row>"
    text = f'{HEAD}<Worksheet ss:Name="M"><Table>{top}{rows}</Table></Worksheet></Workbook>'
    found = read(text, name="a.xls", tz="UTC", label="end")
    n, total, start = only(found)
    assert (n, total) == (N, pytest.approx(sum(VALUES)))
    assert start == datetime.fromisoformat("2026-03-02T00:00+00:00").timestamp()


def test_a_page_with_spans_hidden_parts_and_kept_numbers(read):
    rows = ""
    for i, value in enumerate(VALUES):
        day = f'<td rowspan="24">{2 + i // 24:02d}/03/2026</td>' if i % 24 == 0 else ""
        rows += f"<TR>{day}<td>{i % 24:02d}:00</TD><td x:num='{value}'>{value:.1f}<td>&nbsp;"
    page = f"""<!DOCTYPE html PUBLIC "-//W3C//DTD HTML 4.01//EN" "http://www.w3.org/TR/html4/strict.dtd">
        <!-- <table><tr><td>01/01/2020 00:00</td><td>99</td></tr></table> -->
        <html><head><title>Perfil de carga</title><style>td > a {{color: red}}</style>
        <script>document.write("<table><tr><td>1</td></tr></table>")</script></head><body>
        <table><tr><td>Cliente<td>Ana <b>P&eacute;rez</b></tr></table>
        <table border=1><thead><tr><th rowspan=2>Fecha</th><th rowspan=2>Hora</th><th colspan=2>Energ&iacute;a</th></tr>
        <tr><th>Activa (kWh)</th><th>Obs.</th></tr></thead>{rows}</table></body></html>"""
    n, total, start = only(read(page, name="a.xls", tz="America/Lima"))
    assert (n, total) == (N, pytest.approx(sum(VALUES)))
    assert start == datetime.fromisoformat("2026-03-02T05:00+00:00").timestamp()


def test_what_a_page_shows_with_a_unit_or_percent_is_not_its_kept_number(read):
    cells = "".join(f"<tr><td>{t:%Y-%m-%d %H:%M}<td x:num=0.012>{v} kWh" for t, v in ROWS[3:])
    page = f"<html><body><table><tr><td>Hora<td>Consumo{cells}</table>"
    assert only(read(page, name="a.xls", tz="UTC"))[1] == pytest.approx(sum(VALUES))


def test_an_opendocument_repeats_cells_and_rows(read):
    content = opendocument([("a", [["t", "kWh"], *([t, 0.5] for t, _ in ROWS[3:])])])
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        text = archive.read("content.xml").decode()
    cells = '<table:table-cell office:value-type="float" office:value="0.5"><text:p>0.5</text:p></table:table-cell>'
    noted = cells.replace("<text:p>", "<office:annotation><text:p>7</text:p></office:annotation><text:p>")
    text = text.replace(cells, noted).replace(
        "<text:p>kWh", "<office:annotation><text:p>Wh</text:p></office:annotation><text:p>kWh"
    )
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("content.xml", text)
    assert only(read(out.getvalue(), name="a.ods", tz="UTC"))[:2] == (N, 0.5 * N)


def test_old_excel_tells_times_of_day(read):
    rows = [["Fecha", "Hora", "kWh"], *([t.replace(hour=0), t.strftime("%H:%M"), v] for t, v in ROWS[3:])]
    data = old_excel([("a", rows)])
    assert only(read(data, name="a.xls", tz="UTC"))[:2] == (N, pytest.approx(sum(VALUES)))


LAUGH = "".join(f'<!ENTITY {chr(98 + i)} "{f"&{chr(97 + i)};" * 10}">' for i in range(12))
SHEET = f"{HEAD}<Worksheet><Table>"
WIDE = '<Row><Cell ss:MergeAcross="9999999"/></Row>'
HIGH = '<Cell ss:MergeDown="9999999"/>'
FAR = '<Worksheet><Table><Row ss:Index="1048570"><Cell/></Row></Table></Worksheet>'
HOSTILE = {
    "entities": (
        HEAD.replace("<Workbook", f'<!DOCTYPE l [<!ENTITY a "a">{LAUGH}]><Workbook') + "&m;",
        "file.unsafe",
    ),
    "wide cells": (SHEET + WIDE * 900, "file.cells"),
    "high cells": (f"{SHEET}<Row>{HIGH * 900}</Row>{'<Row/>' * 20_000}", "file.cells"),
    "far rows": (HEAD + FAR * 9, "file.cells"),
    "deep": (HEAD + "<a>" * 1000, "file.unsafe"),
    "cut": (f"{SHEET}<Row><Cell>", "file.truncated"),
    "wide page": ("<html><table>" + "<tr><td colspan=99999>1" * 5000, "file.cells"),
    "tables in tables": ("<html>" + "<table><tr><td>" * 1000, "file.unsafe"),
    "high page": ("<html><table><tr>" + "<td rowspan=65000>1" * 1000 + "<tr>" * 50_000, "file.cells"),
}
LONG = {
    "tags that never end": "<a" * 400_000,
    "comments that never end": "<!--" * 200_000,
    "scripts that never end": "<script>" * 100_000,
    "a letter of many digits": f"<table><tr><td>&#{'9' * 300_000};" * 2,
    "attributes": "<td " + "a='" * 300_000 + ">",
    "ampersands": "<table><tr><td>" + "&" * 400_000,
    "lines": "<p>1\n" * 200_000,
}


@pytest.mark.parametrize("case", HOSTILE)
def test_hostile_workbooks_are_refused_soon(case, read):
    text, code = HOSTILE[case]
    began = time.monotonic()
    with pytest.raises(FileRefused) as refused:
        read(text, name="a.xls")
    assert refused.value.code == code
    assert time.monotonic() - began < 5


@pytest.mark.parametrize("case", LONG)
def test_a_page_beyond_measure_keeps_nobody_waiting(case, read):
    began = time.monotonic()
    page = web_page([("a", ROWS)]).decode().replace("<body>", f"<body>{LONG[case]}")
    with contextlib.suppress(FileRefused):
        assert only(read(page, name="a.xls", tz="UTC"))[1] == pytest.approx(sum(VALUES))
    assert time.monotonic() - began < 5


def test_an_opendocument_that_repeats_for_ever_is_refused(read):
    data = opendocument([("a", [["t", "kWh"]])])
    for what in ("number-rows-repeated", "number-columns-repeated"):
        cells = f'<table:table-row table:{what}="9999999"><table:table-cell table:{what}="9999999" '
        cells += 'office:value-type="float" office:value="1"/></table:table-row>'
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            text = (
                archive.read("content.xml")
                .decode()
                .replace("<table:table-row>", cells + "<table:table-row>", 1)
            )
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
            archive.writestr("content.xml", text)
        with pytest.raises(FileRefused) as refused:
            read(out.getvalue(), name="a.ods")
        assert refused.value.code in ("file.cells", "file.no_meter_data")


def test_old_excel_under_the_same_name_forty_times_is_refused(read):
    data = bytearray(old_excel([(f"s{i:02d}", ROWS) for i in range(40)]))
    head = b"\x85\x00" + struct.pack("<H", 8 + 2 * 3)
    first = data.index(head) + 4
    at = first
    while (at := data.find(head, at)) >= 0:
        data[at + 4 : at + 8] = data[first : first + 4]
        at += 4
    with pytest.raises(FileRefused) as refused:
        read(bytes(data), name="a.xls")
    assert refused.value.code == "file.truncated"


def test_locked_workbooks_are_named(read):
    locked = old_excel([("a", ROWS)]) + "EncryptedPackage".encode("utf-16-le")
    with pytest.raises(FileRefused, match="password"):
        read(locked, name="a.xlsx")
    filepass = old_excel([("a", ROWS)])
    at = filepass.index(b"\x42\x00\x02\x00")  # the record of the code page becomes that of a password
    with pytest.raises(FileRefused, match="password"):
        read(filepass[:at] + b"\x2f\x00" + filepass[at + 2 :], name="a.xls")


@pytest.mark.parametrize("kind", ["xml2003", "html"])
def test_packed_and_in_another_encoding(kind, read):
    data = BOOKS[kind]([("Año", ROWS)]).decode().encode("utf-16")
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.xls", data)
    assert only(read(out.getvalue(), name="a.zip", tz="UTC"))[:2] == (N, pytest.approx(sum(VALUES)))


def test_spreadsheets_of_cells_without_readings_are_refused(read):
    for make in (spreadsheetml, web_page, opendocument, old_excel):
        with pytest.raises(FileRefused) as refused:
            read(make([("a", [["Nombre", "Calle"], ["Ana", "Lima"]])]), name="a.xls")
        assert refused.value.code == "file.no_meter_data"
