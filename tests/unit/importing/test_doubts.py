"""Doubts: what is assumed of a single column, or told by a word that its numbers speak against, is asked of it."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest

from kanchay.domain.errors import InputError
from kanchay.domain.importing import ImportPreview, ImportQuestion
from kanchay.domain.point import Direction, Kind
from kanchay.domain.units import Quantity
from kanchay.services.ports.files import ColumnTold, ImportOptions
from kanchay.services.readings.answers import of_columns, with_answers

Read = Callable[..., ImportPreview]
HOME = [0.3 + 0.1 * (i % 24 in (7, 19, 20, 21)) + 0.01 * (i % 5) for i in range(96)]
SUN = [max(0.0, 2.0 - 0.4 * abs(i % 24 - 12)) for i in range(96)]


def table(head: str, *columns: Sequence[float], form: str = "2024-05-{d:02d} {h:02d}:00") -> str:
    times = [form.format(d=6 + i // 24, h=i % 24) for i in range(96)]
    rows = (",".join([t, *(f"{c[i]:.3f}" for c in columns)]) for i, t in enumerate(times))
    return "\n".join([head, *rows, ""])


def asked(preview: ImportPreview) -> dict[str, str]:
    return {q.code: q.guess for q in preview.questions}


def test_a_column_of_unknown_words_is_asked_beside_known_ones(read: Read) -> None:
    text = table("time,Import kWh,Xyzzy", HOME, [v * 1.7 for v in HOME])
    assert asked(read(text, tz="America/Lima")) == {"column:Xyzzy": "signal"}
    told = with_answers(ImportOptions(tz="America/Lima"), {"column:Xyzzy": "electric_energy"})
    answered = read(text, tz="America/Lima", told=told.told)
    assert [s.quantity for s in answered.series] == [Quantity.ELECTRIC_ENERGY] * 2
    assert "unit:Xyzzy" in asked(answered)  # one answer raises the next question


def test_flags_and_numbers_of_rows_are_not_asked(read: Read) -> None:
    text = table(
        "time,Import kWh,Xyzzy,#", HOME, [float(i % 2) for i in range(96)], [float(i) for i in range(96)]
    )
    assert asked(read(text, tz="America/Lima")) == {}


def test_a_file_that_seems_to_hold_no_energy_is_asked_about(read: Read) -> None:
    counter = [1000.0 + 3 * i + i % 2 for i in range(96)]
    assert asked(read(table("time,Count value", counter), tz="America/Lima")) == {
        "column:Count value": "electric_energy"
    }


def test_daylight_and_nights_against_the_words(read: Read) -> None:
    swapped = read(table("time,Import kWh,PV kWh", SUN, HOME), tz="UTC")
    assert asked(swapped) == {"direction:Import kWh": "import", "direction:PV kWh": "production"}
    assert asked(read(table("time,Import kWh,PV kWh", HOME, SUN), tz="UTC")) == {}
    assert asked(read(table("time,Afname Dag kWh,PV kWh", SUN, SUN), tz="UTC")) == {}  # a register of the day


def test_two_directions_in_one_name(read: Read) -> None:
    found = asked(read(table("time,Import kWh,Solar consumption kWh", HOME, SUN), tz="UTC"))
    assert found == {"direction:Solar consumption kWh": "production"}
    assert asked(read(table("time,Import kWh,PV to consumers kWh", HOME, SUN), tz="UTC")) == {}


def test_a_unit_that_only_one_column_lacks_is_asked_of_it(read: Read) -> None:
    text = table("time,Import kWh,Export", HOME, SUN)
    assert set(asked(read(text, tz="UTC"))) == {"unit:Export"}
    options = with_answers(ImportOptions(), {"unit:Export": "Wh"})
    export = read(text, tz="UTC", told=options.told).series[1]
    assert (export.source_unit, export.total) == ("Wh", pytest.approx(sum(SUN) / 1000))


def test_gas_without_a_unit_is_asked(read: Read) -> None:
    assert "unit:Gas" in asked(read(table("time,Import kWh,Gas", HOME, HOME), tz="UTC"))


def test_heating_beside_other_circuits_is_electricity_and_asked(read: Read) -> None:
    preview = read(table("time,Main kWh,Heating kWh,Heat pump kWh", HOME, HOME, HOME), tz="UTC")
    assert {s.quantity for s in preview.series} == {Quantity.ELECTRIC_ENERGY}
    assert "column:Heating kWh" in asked(preview)
    assert "column:Heat pump kWh" not in asked(preview)


def test_consumption_and_generation_that_exclude_each_other_are_counted_at_the_grid(read: Read) -> None:
    net = [h - s for h, s in zip(HOME, SUN, strict=True)]
    bought, sent = [max(n, 0.0) for n in net], [max(-n, 0.0) for n in net]
    grid = read(table("time,Consumption kWh,Generation kWh", bought, sent), tz="UTC")
    assert [s.direction for s in grid.series] == [Direction.IMPORT, Direction.EXPORT]
    home = read(table("time,Consumption kWh,Generation kWh", HOME, SUN), tz="UTC")
    assert [s.direction for s in home.series] == [Direction.CONSUMPTION, Direction.PRODUCTION]


def test_rows_from_to_that_rise_a_few_days_are_amounts(read: Read) -> None:
    rows = [f"{d:02d}-06-2025 00:00,{d + 1:02d}-06-2025 00:00,{d / 10 + 5:.1f}" for d in range(13, 20)]
    preview = read("\n".join(["Van,Tot,Afname kWh", *rows, ""]), tz="Europe/Brussels")
    assert preview.series[0].kind is Kind.INTERVAL
    assert asked(preview) == {"kind": "interval"}


def test_answers_of_one_column_complete_each_other() -> None:
    options = with_answers(ImportOptions(), {"column:X": "power"})
    options = with_answers(options, {"direction:X": "export", "unit:X": "W"})
    assert options.told == {"X": ColumnTold("power", "export", "W")}
    assert with_answers(options, {"unit:X": "kW"}).told["X"].unit == "W"  # what is given already wins
    assert of_columns({"tz": "UTC", "unit": "kWh", "unit:X": "W", "column:Y": ""}) == {"unit:X": "W"}


def test_what_cannot_be_told_of_a_column_is_refused_by_name(read: Read) -> None:
    with pytest.raises(InputError, match="no quantity and direction"):
        read(table("time,Import kWh", HOME), tz="UTC", told={"Import kWh": ColumnTold("steam")})


@pytest.mark.parametrize(
    ("code", "flag"),
    [("unit", "--map kWh"), ("unit:A b", '--map "A b=::kWh"'), ("direction:C", '--map "C=:kWh"')],
)
def test_a_question_says_the_option_that_takes_its_guess(code: str, flag: str) -> None:
    assert ImportQuestion(code, "--map", "kWh", "").with_guess == flag
