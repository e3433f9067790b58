"""Periods of days, as bills have them: in one cell or two, the last day inside or the first one after."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import numpy as np
import pytest

from kanchay.domain.importing import ImportPreview

Read = Callable[..., ImportPreview]
DAYS = [date(2024, 1, 1), date(2024, 2, 1), date(2024, 3, 1), date(2024, 4, 1), date(2024, 5, 1)]
KWH = [310, 280, 305, 290]


def rows(join: str, inside: int) -> str:
    """Lines of periods whose last day is named where `inside` is 1, else the day after it."""
    spans = zip(DAYS[:-1], (d - timedelta(days=inside) for d in DAYS[1:]), KWH, strict=True)
    return "".join(f"{a:%d/%m/%Y}{join}{b:%d/%m/%Y};{v}\n" for a, b, v in spans)


def instant(text: str) -> int:
    return int(np.datetime64(text).astype("M8[s]").astype(int))


@pytest.mark.parametrize("inside", [0, 1])
@pytest.mark.parametrize(
    ("names", "join"),
    [
        ("Desde;Hasta", ";"),
        *(("Periodo", j) for j in (" a ", " al ", " - ", " bis zum ", " au ", " t/m ", " through ")),
    ],
)
def test_periods_follow_each_other_without_a_gap(read: Read, names: str, join: str, inside: int) -> None:
    preview = read(f"{names};Consumo kWh\n{rows(join, inside)}", tz="America/Lima", day_first=True)
    (series,) = preview.series
    assert (series.n, series.total) == (4, pytest.approx(sum(KWH)))
    assert (series.start, series.end) == (instant("2024-01-01T05:00"), instant("2024-05-01T05:00"))
    assert series.resolution_s == 31 * 86400
    assert not series.issues
    assert not preview.questions


def test_ends_settle_the_order_of_starts(read: Read) -> None:
    preview = read("Desde;Hasta;Consumo kWh\n" + rows(";", 1), tz="America/Lima")
    assert not preview.questions
    assert preview.series[0].end == instant("2024-05-01T05:00")


def test_ends_that_tell_no_order_leave_it_open(read: Read) -> None:
    text = "Desde;Hasta;Consumo kWh\n01/02/2024;01/03/2024;310\n01/03/2024;01/04/2024;280\n01/04/2024;01/05/2024;290\n"
    assert "day_first" in {q.code for q in read(text, tz="America/Lima").questions}


def test_months_by_name_in_one_cell(read: Read) -> None:
    text = "Periodo,kWh\n05 ENE 24 a 06 MAR 24,310\n06 MAR 24 a 07 MAY 24,545\n07 MAY 24 a 08 JUL 24,451\n"
    (series,) = read(text, tz="America/Mexico_City").series
    assert (series.start, series.total) == (instant("2024-01-05T06:00"), 1306)


@pytest.mark.parametrize(
    "months",
    ["gen feb mar apr mag giu lug ago set ott nov dic", "ene feb mar abr may jun jul ago sep oct nov dic",
     "sty lut mar kwi maj cze lip sie wrz paź lis gru", "led úno bře dub kvě čvn čvc srp zář říj lis pro",
     "janv. févr. mars avr. mai juin juil. août sept. oct. nov. déc.", "jan feb mrt apr mei jun jul aug sep okt nov dec",
     "jan fev mar abr mai jun jul ago set out nov dez", "Jän Feb März Apr Mai Juni Juli Aug Sept Okt Nov Dez",
     "oca şub mar nis may haz tem ağu eyl eki kas ara",
     "tammi helmi maalis huhti touko kesä heinä elo syys loka marras joulu"],
)  # fmt: skip
def test_every_month_of_a_year_by_its_short_name(read: Read, months: str) -> None:
    kwh = [300 + i * 7 % 11 for i in range(12)]
    text = "".join(f"{m} 2023;{v}\n" for m, v in zip(months.split(), kwh, strict=True))
    (series,) = read("Mes;Consumo kWh\n" + text, tz="UTC").series
    assert (series.n, series.total) == (12, sum(kwh))
    assert (series.start, series.end) == (instant("2023-01-01"), instant("2024-01-01"))
