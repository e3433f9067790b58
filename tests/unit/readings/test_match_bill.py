"""A file beside paper bills: agreement, what explains a difference, and what a bill settles."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from kanchay.adapters.files.reader import SniffingReader
from kanchay.domain.errors import InputError
from kanchay.domain.importing import ImportPreview
from kanchay.services.ports.files import ImportOptions
from kanchay.services.readings.match_bill import (
    BILL_SAYS,
    PaperBill,
    answers_of_bills,
    match_bill,
    with_bills,
)

TZ = "America/Lima"
FIRST = datetime(2026, 5, 1)
N = 90 * 96
KWH = [0.02 + (i * 7 % 96) / 960 for i in range(N)]
JUNE = (date(2026, 6, 5), date(2026, 7, 6))
Read = Callable[..., ImportPreview]


def billed(start: date, end: date) -> Decimal:
    """What a paper bill would say: whole kWh."""
    first, last = ((d - FIRST.date()).days * 96 for d in (start, end))
    return Decimal(round(sum(KWH[max(first, 0) : last])))


@pytest.fixture
def read(tmp_path: Path) -> Read:
    def it(
        head: str = "Start,Import kWh",
        *,
        scale: float = 1.0,
        gap: range = range(0),
        more: float | None = None,
        **told: str,
    ):
        rows = []
        for i, v in enumerate(KWH):
            if i not in gap:
                extra = "" if more is None else f",{v * more:.6f}"
                rows.append(f"{FIRST + timedelta(minutes=15 * i):%Y-%m-%d %H:%M},{v * scale:.6f}{extra}")
        (tmp_path / "a.csv").write_text("\n".join([head, *rows, ""]))
        return SniffingReader().read(tmp_path / "a.csv", ImportOptions(tz=TZ, **told))

    return it


def test_a_bill_that_agrees(read: Read) -> None:
    found = match_bill(read(), PaperBill(*JUNE, billed(*JUNE)), TZ)
    assert (found.verdict, found.reasons, found.covered) == ("match", (), 1.0)
    assert abs(found.difference) < 0.01


@pytest.mark.parametrize(
    ("head", "scale", "code", "about"),
    [
        ("Start,Import kWh", 1000, "unit", "Wh → kWh"),
        ("Start,Import kWh", 4, "power", "kWh → kW"),
        ("Start,Import kWh", 0.025, "factor", "× 40"),
        ("Start,Import kWh", 1 / 30, "factor", "× 30"),
    ],
)
def test_what_explains_a_difference(head: str, scale: float, code: str, about: str, read: Read) -> None:
    found = match_bill(read(head, scale=scale), PaperBill(*JUNE, billed(*JUNE)), TZ)
    assert found.verdict == "differs"
    assert (found.reasons[0].code, found.reasons[0].about) == (code, about)
    assert found.reasons[0].kwh == pytest.approx(float(billed(*JUNE)), rel=0.01)


def test_days_without_readings(read: Read) -> None:
    away = range(45 * 96, 52 * 96)
    found = match_bill(read(gap=away), PaperBill(*JUNE, billed(*JUNE)), TZ)
    assert (1 - found.covered) * (JUNE[1] - JUNE[0]).days == pytest.approx(7)
    assert [(r.code, r.about) for r in found.reasons][:1] == [("missing", "7")]


def test_another_register_of_the_file(read: Read) -> None:
    found = match_bill(
        read("Start,Import kWh,Export kWh", scale=0.3, more=1.0), PaperBill(*JUNE, billed(*JUNE)), TZ
    )
    assert ("series", "Export kWh") in [(r.code, r.about) for r in found.reasons]


def test_the_last_day_counted_too(read: Read) -> None:
    week = (date(2026, 6, 5), date(2026, 6, 12))
    found = match_bill(read(), PaperBill(*week, billed(week[0], date(2026, 6, 13))), TZ)
    assert ("dates", "2026-06-05 2026-06-13") in [(r.code, r.about) for r in found.reasons]


def test_a_difference_that_nothing_explains(read: Read) -> None:
    found = match_bill(read(), PaperBill(*JUNE, billed(*JUNE) * Decimal("1.37")), TZ)
    assert (found.verdict, found.reasons) == ("differs", ())


def test_days_the_file_does_not_tell(read: Read) -> None:
    found = match_bill(read(), PaperBill(date(2025, 1, 1), date(2025, 2, 1), Decimal(100)), TZ)
    assert (found.verdict, found.covered) == ("none", 0.0)


@pytest.mark.parametrize(("unit", "scale"), [("kWh", 1.0), ("Wh", 1000.0), ("kW", 4.0), ("W", 4000.0)])
def test_a_bill_settles_the_unit(unit: str, scale: float, read: Read) -> None:
    bill = PaperBill(*JUNE, billed(*JUNE))
    asked = read("Start,Import", scale=scale)
    assert "unit" in [q.code for q in asked.questions]
    assert answers_of_bills(asked, [bill], TZ) == {"unit": unit}
    guess = {q.code: q for q in with_bills(asked, [bill], TZ).questions}["unit"]
    assert (guess.guess, guess.because) == (unit, BILL_SAYS)
    answered = read("Start,Import", scale=scale, unit=unit)
    assert match_bill(answered, bill, TZ).verdict == "match"


def test_a_bill_settles_the_factor(read: Read) -> None:
    bill = PaperBill(*JUNE, billed(*JUNE))
    asked = read("Start,Import kWh,Factor", scale=0.025, more=0.0)
    assert answers_of_bills(asked, [bill], TZ) == {}  # zeros are no factor
    assert match_bill(asked, bill, TZ).verdict == "differs"


def test_bills_that_contradict_each_other_settle_nothing(read: Read) -> None:
    bills = [PaperBill(*JUNE, billed(*JUNE)), PaperBill(date(2026, 5, 5), JUNE[0], Decimal(999_999))]
    assert answers_of_bills(read("Start,Import", scale=1000), bills, TZ) == {}


@pytest.mark.parametrize(
    ("start", "end", "kwh"),
    [("2026-06-05", "2026-06-05", "10"), ("2026-06-05", "2026-05-05", "10"), ("2026-06-05", "2026-07-05", "0"),
     ("2026-06-05", "2026-07-05", "NaN"), ("2020-01-01", "2026-07-05", "10")],
)  # fmt: skip
def test_what_is_no_bill(start: str, end: str, kwh: str) -> None:
    with pytest.raises(InputError):
        PaperBill(date.fromisoformat(start), date.fromisoformat(end), Decimal(kwh))


def test_at_the_command_line(tmp_path: Path, read: Read) -> None:
    import json

    from click.testing import CliRunner

    from kanchay.cli import cli

    read("Start,Import", scale=1000)
    words = ["--home", str(tmp_path / "home"), "import", str(tmp_path / "a.csv"), "--tz", TZ]
    words += ["--bill", "2026-06-05", "2026-07-06", str(billed(*JUNE))]
    ended = CliRunner().invoke(cli, words)
    assert "unit Wh, since the file then agrees with the bill" in ended.stderr
    assert ": agrees." in ended.stdout
    (match,) = json.loads(CliRunner().invoke(cli, [*words, "--json"]).stdout)["bills"]
    assert match["verdict"] == "match"
    wrong = CliRunner().invoke(cli, [*words, "--bill", "june", "july", "10"])
    assert wrong.exit_code == 2
