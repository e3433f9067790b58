"""What named formats do with files that contradict them, repeat themselves, or were made to do harm."""

from __future__ import annotations

import io
import random
import time
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from kanchay.adapters.files.profiles import Profile, Says
from kanchay.domain.errors import FileRefused
from kanchay.domain.importing import ImportPreview
from kanchay.domain.point import Kind
from kanchay.services.readings.meters import meters_of

SAMPLES = Path(__file__).parents[2] / "data" / "import" / "formats"
Read = Callable[..., ImportPreview]


def sample(name: str) -> str:
    return (SAMPLES / name).read_bytes().decode("latin-1" if name == "ubl.xml" else "utf-8")


def changed(name: str, old: str, new: str, times: int = -1) -> str:
    text = sample(name)
    assert old in text
    return text.replace(old, new, times)


CONTRADICTED = {
    "a day with a value too few": (changed("nem12.csv", ",0.1,0.2,", ",0.1,", 1), "48 values of a day"),
    "an interval of seven minutes": (changed("nem12.csv", "KWH,30", "KWH,7"), "'7' minutes"),
    "values before their register": ("100,NEM12,202601150900,A,B\n300,20260101,1\n", "come before their register"),
    "a date that is none": (changed("nem12.csv", "300,20260101", "300,20261301", 1), "'20261301' is no date"),
    "one register in two units": (changed("nem12.csv", "2,B1,N1,123456,WH", "2,E1,N1,123456,WH"), "in KWH and in WH"),
    "a register against its way": (changed("nem13.csv", "11,1,11,11,654321,E", "B1,1,B1,11,654321,E"), "different ways"),
    "a period that ends before it begins": (changed("nem13.csv", "20260301000000,A", "20251101000000,A"), "ends before"),
    "no reading a number": (changed("espi.xml", "<value>1</value>", "<value>one</value>"), "whole number"),
    "a power of ten beyond all": (changed("espi.xml", "Multiplier>3<", "Multiplier>99<"), "power of ten 99"),
    "no telegram whole": (sample("p1.txt").replace("230.1", "231.1"), "matches its checksum"),
    "telegrams without a time": ("/KAN5X\n\n1-0:1.8.1(000100.000*kWh)\n!\n" * 3, "when it was sent"),
    "a column without a time": (changed("ha_energy.csv", "2026-03-01T06:00:00.000Z", "six"), "not named by a time"),
    "no number": (changed("ha_energy.csv", "0.25", "much"), "'much' is no number"),
    "a bill without days": (changed("ubl.xml", "InvoicePeriod", "Other"), "which days"),
    "a bill that ends before it begins": (changed("ubl.xml", "2026-04-01", "2026-01-01"), "ends before"),
    "two lines of energy": (changed("ubl.xml", "Aporte Ley 28749 electrificación rural", "Energía adicional"), "add up"),
    "a block without values": (changed("influx.csv", "_value,_field", "_count,_field"), "_time and _value"),
    "a row with a channel too few": (changed("loadprofile.txt", "(12.52)(0.40)", "(12.52)"), "1 values under 2"),
    "channels that are not named": (changed("loadprofile.txt", "(2)(1.5)", "(3)(1.5)"), "says 3 channels and names 2"),
    "a month that is none": (changed("loadprofile.txt", "(1260501001500)", "(1261301001500)"), "no time, interval"),
    "channels that change": (changed("loadprofile.txt", "00080)(15)(2)(1.5)", "00080)(15)(2)(3.5)"), "different chan"),
    "units that do not fit the names": (changed("toa5.dat", '"Volts","kWh"', '"Volts"'), "other numbers of names"),
    "times of two kinds": (changed("tasmota.log", 'T10:00:00",', 'T10:00:00Z",'), "their zone"),
}  # fmt: skip


@pytest.mark.parametrize("case", CONTRADICTED)
def test_a_file_that_contradicts_its_format_is_refused_with_the_reason(case: str, read: Read) -> None:
    text, why = CONTRADICTED[case]
    with pytest.raises(FileRefused) as refused:
        read(text, name="upload.bin")
    assert refused.value.code == "file.contradicts"
    assert why in refused.value.message
    assert refused.value.message.startswith("upload.bin begins as ")


def nested(depth: int) -> str:
    return '<feed xmlns="http://naesb.org/espi">' + "<a>" * depth + "</a>" * depth + "</feed>"


LAUGHS = "".join(f'<!ENTITY l{i} "{f"&l{i - 1};" * 10}">' for i in range(1, 10))
HARMFUL = {
    "billion laughs": f'<?xml version="1.0"?><!DOCTYPE f [<!ENTITY l0 "ha">{LAUGHS}]><feed xmlns="http://naesb.org/espi">&l9;</feed>',
    "a file of ours": '<!DOCTYPE f [<!ENTITY x SYSTEM "file:///etc/hostname">]><feed xmlns="http://naesb.org/espi"><entry>&x;</entry></feed>',
    "a page elsewhere": '<!DOCTYPE f SYSTEM "http://example.org/f.dtd"><feed xmlns="http://naesb.org/espi"/>',
    "too deep": nested(200_000),
    "a million empty elements": '<feed xmlns="http://naesb.org/espi">' + "<a/>" * 1_000_000 + "</feed>",
}  # fmt: skip


@pytest.mark.parametrize("case", HARMFUL)
def test_xml_made_to_do_harm_is_refused_at_once(case: str, read: Read) -> None:
    began = time.process_time()
    with pytest.raises(FileRefused) as refused:
        read(HARMFUL[case], name="feed.xml")
    assert refused.value.code == "file.unsafe"
    assert time.process_time() - began < 5  # no file may hold the reader longer


def test_entities_without_a_document_type_are_no_more_than_damage(read: Read) -> None:
    with pytest.raises(FileRefused) as refused:
        read('<feed xmlns="http://naesb.org/espi"><entry>&x;</entry></feed>', name="feed.xml")
    assert refused.value.code == "file.truncated"


def test_estimates_and_gaps_keep_their_marks(read: Read) -> None:
    day = read(sample("nem12.csv")).series[0].observations
    assert day is not None
    assert (
        day.quality.tolist() == [0] * 88 + [1] * 6
    )  # A, then of the variable day 41 to 46; 47 and 48 are null
    delivered = read(sample("espi.xml")).series[0].observations
    assert delivered is not None
    assert delivered.quality.tolist() == [0, 0, 1, 0]


def test_an_answer_counts_before_what_the_file_states(read: Read) -> None:
    stated = read(sample("espi.xml"), unit="kWh", tz="America/New_York").series[0]
    assert (stated.total, stated.timezone, stated.source_unit) == (10_000.0, "America/New_York", "kWh")


def test_a_register_called_amounts_is_asked(read: Read) -> None:
    rising = [f"300,202601{d:02d}," + ",".join(f"{d * 48 + i}" for i in range(48)) + ",A,,,," for d in (1, 2)]
    head = ["100,NEM12,202601150900,A,B", "200,6999999999,E1,1,E1,N1,1,KWH,30,"]
    preview = read("\n".join([*head, *rising, "900"]))
    assert {q.code for q in preview.questions} == {"kind"}
    assert not read("\n".join([*head, *rising, "900"]), kind="interval").questions


MADE_UP = Profile(
    "made-up",
    "made up",
    ("when", "total.*"),
    (
        Says("total.*", "kWh", kind=Kind.CUMULATIVE),
        Says("step", kind=Kind.INTERVAL),
        Says("copy", left_out=True),
    ),
)


def test_a_header_of_another_unit_sets_a_format_aside() -> None:
    assert MADE_UP.fits(["when", "total wh"], "meter")
    assert not MADE_UP.contradiction(["When", "Total (Wh)"])
    assert MADE_UP.contradiction(["When", "Total (kW)"]) == "'Total (kW)' is in kW, not in kWh"


def test_values_of_another_kind_keep_theirs() -> None:
    up, down = np.arange(60.0), np.array([3.0, 1.0] * 30)
    assert MADE_UP.kind("Total", "", up) is Kind.CUMULATIVE
    assert MADE_UP.kind("Total", "", down) is None
    assert MADE_UP.kind("Step", "", down) is Kind.INTERVAL
    assert MADE_UP.kind("Step", "", up) is None


def test_power_beside_energy_and_net_beside_both_are_no_meters(read: Read) -> None:
    net = sample("espi.xml").replace("<flowDirection>19<", "<flowDirection>4<")
    assert meters_of(read(sample("espi.xml"))) == ["Home Delivered", "Barn Register"]
    assert meters_of(read(net)) == [
        "Home Delivered",
        "Home Received",
        "Barn Register",
    ]  # net of nothing known


def test_the_question_about_a_direction_names_the_meters_that_leave_it_open(read: Read) -> None:
    from kanchay.services.readings.examples import about_of

    text = changed("espi.xml", "<flowDirection>19</flowDirection>", "")
    found = read(text)
    (question,) = found.questions
    assert (question.code, *about_of(found, question)) == (
        "direction", found.series[1].column, ("-250", "-500", "0"),
    )  # fmt: skip
    assert [any(e.startswith("direction:") for e in s.evidence) for s in found.series[:3]] == [
        True,
        False,
        True,
    ]
    told = read(text, direction="export")
    assert [s.direction for s in told.series[:3]] == ["import", "export", "import"]


@pytest.mark.parametrize(
    "name", sorted(p.name for p in SAMPLES.iterdir() if p.suffix not in (".json", ".md"))
)
def test_damaged_samples_are_read_or_refused(name: str, read: Read) -> None:
    whole = (SAMPLES / name).read_bytes()[:6000]
    for seed in range(12):
        rng = random.Random(f"{name}{seed}")
        data = bytearray(whole[: rng.randint(1, len(whole))] if seed % 2 else whole)
        for _ in range(rng.randint(1, 20)):
            data[rng.randrange(len(data))] = rng.randrange(256)
        try:
            assert read(bytes(data), name=name, tz="UTC").series
        except FileRefused:
            continue


def packed(**files: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, text in files.items():
            archive.writestr(name.replace("_", "."), text)
    return out.getvalue()


def test_an_archive_of_months_is_one_file(read: Read) -> None:
    later = sample("nem12.csv").replace("300,202601", "300,202602")
    data = packed(january_csv=sample("nem12.csv"), february_csv=later, readme_txt="Hello")
    preview = read(data, name="2026.zip")
    bought, sold = preview.series
    assert (preview.format, bought.name, bought.n) == ("nem", "6999999999 E1", 188)
    assert (bought.total, sold.n, sold.total) == (pytest.approx(55.8), 96, pytest.approx(8.0))
    assert ("left_out", "readme.txt") in preview.facts


def test_an_archive_with_a_file_that_contradicts_itself_is_refused_by_its_name(read: Read) -> None:
    wrong = sample("nem12.csv").replace("KWH,30", "KWH,7")
    with pytest.raises(FileRefused, match=r"february\.csv begins as NEM12"):
        read(packed(january_csv=sample("nem12.csv"), february_csv=wrong), name="2026.zip")


ENDLESS = {
    "slashes that end nowhere": "/KAN5X\n1-0:1.8.1(1*kWh)\n" + "/" * 2_000_000,
    "a message of one letter": '{"Time":"2026-03-01T10:00:00","ENERGY":{}}\n' + "a" * 2_000_000,
    "text between a thousand crumbs": '<feed xmlns="http://naesb.org/espi">'
    + "<a/>word" * 300_000
    + "</feed>",
    "fields without end": "m,t=v " + "a=1," * 500_000 + " 1700000000\n",
}


@pytest.mark.parametrize("case", ENDLESS)
def test_endless_files_end_soon(case: str, read: Read) -> None:
    began = time.process_time()
    with pytest.raises(FileRefused):
        read(ENDLESS[case], name="endless.txt")
    assert time.process_time() - began < 5
