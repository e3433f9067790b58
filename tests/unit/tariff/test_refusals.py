"""What cannot be priced is refused with its reason; never a partial total."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
import yaml

from kanchay.adapters.library import PackageLibrary
from kanchay.analysis.carbon.factors import carbon_kg, factor_on, parse_factors
from kanchay.analysis.tariff.document import TariffInvalid
from kanchay.analysis.tariff.evaluate import evaluate
from kanchay.analysis.tariff.marginal import marginal_price
from kanchay.analysis.tariff.parse import parse_tariff
from kanchay.analysis.tariff.period import reading_period
from kanchay.analysis.tariff.rounding import round_total
from kanchay.analysis.tariff.steps import next_step, steps
from kanchay.domain.errors import BillRefused
from kanchay.domain.tariff import Tariff, Usage

LIGHT = {"alumbrado": Decimal("8.82")}
AUGUST = date(2026, 8, 5), date(2026, 9, 5)
LDS = "pe.luz_del_sur.lima_sur.bt5b"


@pytest.fixture(scope="module")
def tariff() -> Tariff:
    return parse_tariff(PackageLibrary().tariff_documents()[LDS])


def usage(kwh: str, start: date = AUGUST[0], end: date = AUGUST[1]) -> Usage:
    return Usage.energy(start, end, Decimal(kwh))


@pytest.mark.parametrize(
    ("used", "parameters", "code"),
    [
        (usage("120", date(2020, 1, 1), date(2020, 2, 1)), LIGHT, "bill.uncovered_date"),
        (usage("120", date(2026, 5, 1), date(2026, 6, 1)), LIGHT, "bill.uncovered_date"),
        (usage("-1"), LIGHT, "bill.negative_energy"),
        (usage("120"), {}, "bill.missing_parameter"),
        (usage("120"), {"alicuota": Decimal("1.26")}, "bill.unknown_factor"),
        (usage("120", AUGUST[1], AUGUST[0]), LIGHT, "bill.empty_period"),
        (usage("120", date(2015, 5, 4), date(2015, 6, 4)), LIGHT, "bill.missing_parameter"),  # UIT of 2015
        (usage("120"), {**LIGHT, "alumbrao": Decimal(1)}, "bill.unknown_parameter"),
        (Usage(*AUGUST, {}), LIGHT, "bill.missing_quantity"),
    ],
)
def test_refusals(tariff: Tariff, used: Usage, parameters: dict[str, Decimal], code: str) -> None:
    with pytest.raises(BillRefused) as refusal:
        evaluate(tariff, used, parameters=parameters)
    assert refusal.value.code == code


def test_a_dated_value_serves_a_year_after_its_end_and_says_so(tariff: Tariff) -> None:
    """The UIT of a new year is decreed late: bills of January go on, with a word of warning; years later they do not."""
    ends = max(p.valid_to for p in tariff.parameter("UIT").values)
    january = evaluate(tariff, usage("120", ends, ends + timedelta(days=31)), parameters=LIGHT)
    assert "parameter.last_known" in january.warnings
    december = evaluate(tariff, usage("120", ends - timedelta(days=31), ends), parameters=LIGHT)
    assert "parameter.last_known" not in december.warnings
    assert january.total == december.total
    later = ends + timedelta(days=400)
    with pytest.raises(BillRefused, match="UIT"):
        evaluate(tariff, usage("120", later, later + timedelta(days=31)), parameters=LIGHT)


def test_the_bill_of_the_mock(tariff: Tariff) -> None:
    """143.4 kWh, lighting 8.82, two cents carried: each line as a resident would read it."""
    bill = evaluate(tariff, usage("143.4"), parameters={**LIGHT, "carry_in": Decimal("0.02")})
    assert [(line.id, str(line.amount)) for line in bill.lines] == [
        ("energy", "91.82"), ("fixed", "2.25"), ("maintenance", "1.40"), ("public_lighting", "8.82"),
        ("igv", "18.77"), ("aporte_28749", "1.58"), ("rounding", "0.06"),
    ]  # fmt: skip
    assert (bill.subtotal, bill.total, bill.rounding_carry) == (
        Decimal("104.29"), Decimal("124.70"), Decimal("-0.04"),
    )  # fmt: skip
    assert bill.warnings == ()
    assert bill.lines[0].formula == "143.4 kWh × 0.6403"
    assert bill.lines[0].source is not None
    assert bill.lines[0].source.basis == "crosscheck"


def test_lighting_left_out_is_said(tariff: Tariff) -> None:
    bill = evaluate(tariff, usage("120"), leave_out=["public_lighting"])
    assert "lighting.unknown" in bill.warnings
    assert "public_lighting" not in [line.id for line in bill.lines]


def test_only_what_the_tariff_allows_is_left_out(tariff: Tariff) -> None:
    with_all = evaluate(tariff, usage("120"), parameters=LIGHT)
    assert (
        evaluate(tariff, usage("120"), parameters=LIGHT, leave_out=["energy", "igv"]).total == with_all.total
    )


def test_lighting_by_a_known_factor(tariff: Tariff) -> None:
    bill = evaluate(tariff, usage("706.8"), parameters={"alicuota": Decimal("1.2571")})
    light = next(line for line in bill.lines if line.id == "public_lighting")
    assert (light.amount, light.formula) == (Decimal("35.20"), "28 × 1.2571")


def test_a_first_block_then_the_rest(tariff: Tariff) -> None:
    bill = evaluate(tariff, usage("100"), parameters=LIGHT)
    assert bill.lines[0].formula == "13.14 (30 kWh) + 70 kWh × 0.6259"
    assert bill.lines[0].amount == Decimal("56.95")


def test_old_and_unsure_prices_are_said(tariff: Tariff) -> None:
    late = evaluate(tariff, usage("120", date(2026, 11, 1), date(2026, 12, 1)), parameters=LIGHT)
    assert {"price.stale", "price.review_due"} <= set(late.warnings)
    pluz = parse_tariff(PackageLibrary().tariff_documents()["pe.pluz.lima_norte.bt5b"])
    unsure = evaluate(pluz, usage("120", date(2026, 9, 10), date(2026, 10, 10)), parameters=LIGHT)
    assert unsure.warnings == ("price.unverified",)


def test_a_blended_price_shows_its_sum(tariff: Tariff) -> None:
    bill = evaluate(tariff, usage("706.8", date(2026, 7, 16), date(2026, 8, 17)), parameters=LIGHT)
    assert bill.lines[0].formula == ("706.8 kWh × 0.6243; 0.6243 = (19 d × 0.6134 + 13 d × 0.6403) / 32 d")
    assert bill.tariff_version == "2026-05-04 (19 d) + 2026-08-04 (13 d)"


def test_the_line_at_140(tariff: Tariff) -> None:
    found = steps(tariff, *AUGUST, parameters=LIGHT)
    assert found == [
        (Decimal(140), Decimal("9.86"))
    ]  # 9.84 by the list, two cents more by rounded prices and Law 28749
    assert next_step(found, Decimal("119.5")) == found[0]
    assert next_step(found, Decimal("140.1")) is None


def test_lighting_bands_are_steps_where_both_sides_are_known(tariff: Tariff) -> None:
    found = dict(steps(tariff, *AUGUST, parameters={"alicuota": Decimal("1.26")}))
    assert found[Decimal(500)] == Decimal("21.58")  # (28 − 14) × 1.26 × 1.18 + the kWh itself
    assert Decimal(100) not in found  # nobody has verified the factors on either side: nothing is guessed
    # Lighting is unknown here, and the same on both sides; the IGV of a smaller sum rounds to a cent less.
    assert found[Decimal(140)] == Decimal("9.85")


def test_the_price_of_the_next_kwh(tariff: Tariff) -> None:
    prices = [marginal_price(tariff, usage(kwh), parameters=LIGHT) for kwh in ("20", "100", "140", "200")]
    # (price without IGV) × 1.18 + 0.0110 of Law 28749; at 140 the whole step.
    assert prices == [Decimal("0.5280"), Decimal("0.7496"), Decimal("9.8523"), Decimal("0.7666")]


def test_half_a_step_rounds_up() -> None:
    assert round_total(Decimal("361.05"), step=Decimal("0.10")).total == Decimal("361.10")


@pytest.mark.parametrize(
    ("billing_day", "day", "back", "period"),
    [
        (5, date(2026, 8, 5), 0, (date(2026, 8, 5), date(2026, 9, 5))),
        (5, date(2026, 1, 4), 0, (date(2025, 12, 5), date(2026, 1, 5))),
        (31, date(2026, 3, 30), 0, (date(2026, 2, 28), date(2026, 3, 31))),
        (1, date(2026, 1, 20), 2, (date(2025, 11, 1), date(2025, 12, 1))),
        (31, date(2024, 3, 31), 1, (date(2024, 2, 29), date(2024, 3, 31))),
    ],
)
def test_reading_periods(billing_day: int, day: date, back: int, period: tuple[date, date]) -> None:
    assert reading_period(billing_day, day, back=back) == period


def test_carbon_of_peru() -> None:
    sets = parse_factors(PackageLibrary().factor_document("PE"))
    assert sets[0].id == "sein_minam"
    now = factor_on(sets[0], date(2026, 8, 22))
    assert now is not None
    assert (now.year, now.kg_per_kwh) == (2024, Decimal("0.171"))
    assert carbon_kg(now, Decimal("143.4")) == Decimal("24.52")
    assert factor_on(sets[0], date(2021, 8, 22)) is None


def test_factor_mistakes_are_named() -> None:
    with pytest.raises(TariffInvalid) as caught:
        parse_factors(yaml.safe_load("{schema: factors/1, country: XX, unit: g, default: none, sets: []}"))
    assert {path for path, _ in caught.value.problems} == {"unit", "default"}
