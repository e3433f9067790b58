"""XML of no known format: any nesting with a time and a value, and what is made to do harm."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from kanchay.domain.errors import FileRefused
from kanchay.domain.importing import ImportPreview

Read = Callable[..., ImportPreview]
KWH = [0.2 + i * 7 % 24 / 100 for i in range(72)]
TIMES = [datetime(2026, 3, 2) + timedelta(hours=i) for i in range(72)]
PAIRS = [(f"{t:%Y-%m-%dT%H:%M:%S}-05:00", v) for t, v in zip(TIMES, KWH, strict=True)]
PLACES = "".join(f"<Point><position>{i + 1}</position><qty>{v}</qty></Point>" for i, v in enumerate(KWH))
SEQUENCE = "".join(
    f"<m:Obs><m:Position><m:Sequence>{i + 1}</m:Sequence></m:Position><m:Volume>{v}</m:Volume></m:Obs>"
    for i, v in enumerate(KWH)
)


def hours(day: int) -> str:
    return "".join(f'<hour n="{h + 1}"><kwh>{KWH[24 * day + h]}</kwh></hour>' for h in range(24))


SHAPES = {
    "attributes": "<a version='1.2' made='2026-03-09T10:00:00-05:00'>"
    + "".join(f'<r start="{t}" import_kwh="{v}"/>' for t, v in PAIRS)
    + "</a>",
    "children": '<a xmlns="urn:x"><head><serial>00123</serial><unit>kWh</unit></head><rows>'
    + "".join(f"<r><start>{t}</start><value>{v}</value><state>A</state></r>" for t, v in PAIRS)
    + "</rows></a>",
    "text": '<m:a xmlns:m="urn:x"><m:import_kwh>'
    + "".join(f'<m:v time="{t}">{v}</m:v>' for t, v in PAIRS)
    + "</m:import_kwh></m:a>",
    "unit beside": "<a>"
    + "".join(f'<r><start>{t}</start><energy unit="Wh">{1000 * v:.1f}</energy></r>' for t, v in PAIRS)
    + "</a>",
    "decimal comma": "<a>"
    + "".join(
        f"<r><fecha>{t + timedelta(days=20):%d/%m/%Y %H:%M}</fecha><kwh>{v!s:.5}</kwh></r>".replace(".", ",")
        for t, v in zip(TIMES, KWH, strict=True)
    )
    + "</a>",
    "hours of days": "<a>"
    + "".join(f'<day date="2026-03-0{2 + d}">{hours(d)}</day>' for d in range(3))
    + "</a>",
    "places in a block": "<a><made>2026-03-08T10:00:00Z</made><unit>KWH</unit><block><span>"
    f"<start>2026-03-02T05:00Z</start><end>2026-03-05T05:00Z</end></span><resolution>PT60M</resolution>{PLACES}</block></a>",
    "places in a span": '<m:a xmlns:m="urn:x"><m:Interval><m:StartDateTime>2026-03-02T05:00:00Z</m:StartDateTime>'
    "<m:EndDateTime>2026-03-05T05:00:00Z</m:EndDateTime></m:Interval><m:Resolution><m:Resolution>60</m:Resolution>"
    f"<m:Unit>MIN</m:Unit></m:Resolution><m:MeasureUnit>KWH</m:MeasureUnit>{SEQUENCE}</m:a>",
}


@pytest.mark.parametrize("shape", SHAPES)
def test_any_nesting_with_a_time_and_a_value(shape: str, read: Read) -> None:
    found = read(f'<?xml version="1.0"?>\n{SHAPES[shape]}', name="a.xml", tz="America/Lima")
    (series,) = [s for s in found.series if s.total is not None]
    assert (series.n, series.resolution_s) == (72, 3600)
    assert series.total == pytest.approx(sum(KWH), abs=0.01)
    assert ("container", "xml") in found.facts


def test_each_meter_of_a_file_is_a_series(read: Read) -> None:
    def meter(number: int) -> str:
        rows = "".join(
            f"<r><start>{t}</start><consumption_kwh>{number * v}</consumption_kwh></r>" for t, v in PAIRS
        )
        return f'<meter id="{number}">{rows}</meter>'

    found = read(f"<a>{meter(1)}{meter(2)}</a>", name="a.xml", tz="America/Lima")
    assert [(s.name, round(s.total or 0, 6)) for s in found.series] == [
        ("1", pytest.approx(sum(KWH))),
        ("2", pytest.approx(2 * sum(KWH))),
    ]


def test_blocks_that_count_anew_keep_their_own_starts(read: Read) -> None:
    def block(day: int) -> str:
        points = "".join(
            f"<p><position>{h + 1}</position><kwh>{KWH[24 * day + h]}</kwh></p>" for h in range(24)
        )
        return f"<b><start>2026-03-0{2 + day}T05:00:00Z</start><resolution>PT1H</resolution>{points}</b>"

    (series,) = read(f"<a>{block(0)}{block(2)}</a>", name="a.xml", tz="America/Lima").series
    assert (series.n, series.missing) == (48, 24)
    assert series.total == pytest.approx(sum(KWH[:24]) + sum(KWH[48:]))


HARM = {
    "entities": '<!DOCTYPE a [<!ENTITY x "y">]><a><r t="2026-01-01T00:00:00Z" v="1"/><r t="&x;" v="2"/></a>',
    "outside": '<!DOCTYPE a SYSTEM "file:///etc/passwd"><a/>',
    "deep": "<a>" * 500 + "</a>" * 500,
    "cut": SHAPES["attributes"][:-40],
    "no readings": "<a><b>1</b><b>2</b></a>",
    "times only": "<a>" + "".join(f"<r>{t}</r>" for t, _ in PAIRS) + "</a>",
}


@pytest.mark.parametrize("harm", HARM)
def test_harm_is_refused_at_once(harm: str, read: Read) -> None:
    began = time.monotonic()
    with pytest.raises(FileRefused):
        read(HARM[harm], name="a.xml", tz="UTC")
    assert time.monotonic() - began < 5
