"""Texts from before Unicode: their words tell the encoding."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from kanchay.adapters.files.encoding import decode
from kanchay.domain.importing import ImportPreview

Read = Callable[..., ImportPreview]


@pytest.mark.parametrize(
    ("text", "codec"),
    [
        ("Zähler;Datum;Größe (m²);Küche\n", "cp1252"), ("Medição;Período;Água m³\n", "cp1252"),
        ("Datum;Spotřeba [kWh];Výroba\n", "cp1250"), ("Data;Zużycie;Godzina\n", "cp1250"),
        ("Дата;Время начала;Активная энергия А+, кВтч\n", "cp1251"), ("Ημερομηνία;Ώρα;Κατανάλωση (kWh)\n", "cp1253"),
        ("Tarih;Saat;Çekiş;Şebeke\n", "cp1254"), ("計量日,時間帯,使用電力量(kWh)\n", "cp932"),
        ("일자,시간,사용량 (단위: kWh)\n", "cp949"), ("日期,时间,用电量(kWh)\n", "gb18030"),
        ("日期,時間,用電量\n", "cp950"), ("Zähler;Größe;Verbrauch\n", "cp850"),
    ],
)  # fmt: skip
def test_words_tell_the_encoding(text: str, codec: str) -> None:
    found, name = decode(text.encode(codec), "x")
    assert (found[:].decode(), name) == (text, codec)


def test_words_that_nobody_knows_are_told_by_what_nobody_writes() -> None:
    assert decode("Ветряк;Насос\n".encode("cp1251"), "x")[1] == "cp1251"
    assert decode("Fön;Wäsche;Gürtel 3\n".encode("cp1252"), "x")[1] == "cp1252"


def test_hours_across_under_korean_signs(read: Read) -> None:
    hours = ",".join(f"{h:02d}시" for h in range(1, 25))
    days = [
        f"2025-06-{d:02d}," + ",".join(f"{(d + h) % 7 / 10:.1f}" for h in range(24)) + ",99"
        for d in (1, 2, 3)
    ]
    text = "\n".join(["시간대별 사용량 (단위: kWh)", f"일자,{hours},합계", *days])
    preview = read(text.encode("cp949"), tz="Asia/Seoul")
    found = preview.series
    assert not preview.questions
    assert [(s.n, s.unit, s.resolution_s) for s in found] == [(72, "kWh", 3600)]
    assert found[0].total == pytest.approx(sum((d + h) % 7 / 10 for d in (1, 2, 3) for h in range(24)))


def test_half_hours_of_reiwa(read: Read) -> None:
    rows = [
        f"令和7年2月15日,{h:02d}:{m:02d}-{h:02d}:{m + 29:02d},0.{h + 10}" for h in range(24) for m in (0, 30)
    ]
    found = read("\n".join(["計量日,時間帯,使用電力量(kWh)", *rows]).encode("cp932"), tz="Asia/Tokyo")
    assert [(s.n, s.resolution_s, s.start) for s in found.series] == [(48, 1800, 1739545200)]
