"""Options by the hour: which hours are which, what BT5-I and BT5F save against BT5B, and where they do not."""

from __future__ import annotations

from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from itertools import pairwise
from typing import Any

import numpy as np
import pytest

from kanchay.analysis.tariff.evaluate import evaluate
from kanchay.analysis.tariff.metering import meter
from kanchay.analysis.tariff.planner import price_series
from kanchay.analysis.tariff.steps import without_total_rounding
from kanchay.domain.bill import Bill
from kanchay.domain.errors import BillRefused
from kanchay.domain.interval import local_midnight
from kanchay.domain.panel import Panel
from kanchay.domain.tariff import BandedCharge, Tariff, Usage

PLUZ = "pe.pluz.lima_norte."
SEPTEMBER = date(2026, 9, 4), date(2026, 10, 4)
OCTOBER = date(2026, 10, 4), date(2026, 11, 4)
TYPED = {"alumbrado": Decimal("8.82"), "reposicion": Decimal("1.69")}


def home(kwh: Decimal | int, **shares: str) -> Usage:
    """A month of a home whose kWh are shared over the hours."""
    blocks = {f"energy_kwh.{block}": Decimal(share) * kwh for block, share in shares.items()}
    return Usage(*SEPTEMBER, {"energy_kwh": Decimal(kwh), **blocks})


def bill(tariff: Tariff, usage: Usage, **typed: str) -> Bill:
    given = {**TYPED, **{k: Decimal(v) for k, v in typed.items()}}
    return evaluate(without_total_rounding(tariff), usage, parameters=given)


def quantities(tariff: Tariff, kw: np.ndarray, start: date, end: date) -> dict[str, Decimal]:
    """What a row of quarter-hour powers is for a tariff."""
    panel = Panel.of(
        ("m",), kw[None, :] / 4, start=local_midnight(start, "America/Lima"), resolution_s=900,
        tz="America/Lima",
    )  # fmt: skip
    return dict(meter(tariff, panel).usage(start, end).quantities)


def test_hours_of_bt5i(tariffs: dict[str, Tariff]) -> None:
    """A steady 4 kW: five hours of punta, ten of media and nine of base, on each of 30 days."""
    found = quantities(tariffs[f"{PLUZ}bt5i"], np.full(30 * 96, 4.0), *SEPTEMBER)
    hours = {b: found[f"hours.{b}"] for b in ("punta", "media", "base")}
    assert hours == {"punta": 150, "media": 300, "base": 270}
    assert {b: found[f"energy_kwh.{b}"] for b in hours} == {b: 4 * h for b, h in hours.items()}


def test_edges_of_the_blocks_of_bt5i(tariffs: dict[str, Tariff]) -> None:
    """One quarter of an hour a day burns 1 kWh: on each side of 08:00, 18:00 and 23:00."""
    for quarter, block in (
        (31, "base"),
        (32, "media"),
        (71, "media"),
        (72, "punta"),
        (91, "punta"),
        (92, "base"),
    ):
        kw = np.zeros(30 * 96)
        kw[quarter::96] = 4.0
        found = quantities(tariffs[f"{PLUZ}bt5i"], kw, *SEPTEMBER)
        assert found[f"energy_kwh.{block}"] == 30 == found["energy_kwh"]


@pytest.mark.parametrize(
    ("option", "days", "hours"),
    [
        ("pe.pluz.lima_norte.bt5f", SEPTEMBER, 150),  # every day
        ("pe.pluz.lima_norte.bt5a_20", SEPTEMBER, 150),
        ("pe.pluz.lima_norte.bt2", SEPTEMBER, 130),  # four Sundays
        ("pe.pluz.lima_norte.bt3", SEPTEMBER, 130),
        ("pe.osinergmin.lima.mt3", OCTOBER, 125),  # 31 days, five Sundays, and Angamos on Thursday 8 October
        ("pe.osinergmin.lima.mt4", OCTOBER, 125),
    ],
)  # fmt: skip
def test_hours_of_the_peak(
    tariffs: dict[str, Tariff], option: str, days: tuple[date, date], hours: int
) -> None:
    n = (days[1] - days[0]).days * 96
    assert quantities(tariffs[option], np.ones(n), *days)["hours.hp"] == hours


@pytest.mark.parametrize("year", [2026, 2027])
def test_holidays_are_off_peak_by_the_facts_calendar(
    tariffs: dict[str, Tariff], peru_facts: dict[str, Any], year: int
) -> None:
    """Every month of two years: five hours on each day that is neither a Sunday nor in the facts' list."""
    holidays = next(r["value"] for r in peru_facts["locale"] if r["id"] == f"holidays_{year}")
    tariff = tariffs["pe.osinergmin.lima.mt3"]
    for month in range(1, 13):
        start, end = date(year, month, 1), date(year + month // 12, month % 12 + 1, 1)
        days = [date.fromordinal(n) for n in range(start.toordinal(), end.toordinal())]
        working = [d for d in days if d.weekday() != 6 and d.isoformat() not in holidays]
        assert quantities(tariff, np.ones(len(days) * 96), start, end)["hours.hp"] == 5 * len(working), month


def test_what_one_more_kwh_costs_at_each_hour(tariffs: dict[str, Tariff]) -> None:
    """Above 140 kWh: the list's price of the block and 0.0110 of Law 28749. On BT5B moving load saves nothing."""
    day = np.arange(24, dtype=np.int64) * 3600 + local_midnight(date(2026, 9, 10), "America/Lima")
    usage = home(200, punta="0.30", media="0.35", base="0.35")
    at = {o: price_series(tariffs[PLUZ + o], usage, day, 3600, parameters=TYPED) for o in ("bt5i", "bt5b")}
    hours = {"punta": [*range(18, 23)], "media": [*range(8, 18)], "base": [*range(8), 23]}
    for block, price in by_hour(tariffs[f"{PLUZ}bt5i"]).items():
        asked = at["bt5i"][hours[block]]
        assert np.allclose(asked, float(price) + 0.0110, atol=0.0001), block  # four decimals without IGV
    assert np.ptp(at["bt5b"]) == 0
    assert np.allclose(at["bt5b"], 0.7723 + 0.0110, atol=0.0001)


def test_bt5i_at_200_kwh_with_30_percent_in_the_peak(
    tariffs: dict[str, Tariff], peru_facts: dict[str, Any]
) -> None:
    """The facts: 10.7 % off the price of a kWh, 14.16 soles a month net of the dearer fixed charge."""
    expected = next(w for w in peru_facts["worked_bills_from_pliego"] if w["id"] == "BT5I-vs-BT5B")[
        "expected"
    ]
    blocks = {"punta": "0.30", "media": "0.35", "base": "0.35"}
    flat, hourly = listed(tariffs["pe.pluz.lima_norte.bt5b"]), by_hour(tariffs[f"{PLUZ}bt5i"])
    price = sum((Decimal(s) * hourly[b] for b, s in blocks.items()), Decimal(0))
    assert round(1 - price / flat, 3) == Decimal(expected["saving_rate_at_30pct_punta"])
    saved = 200 * (flat - price) - (Decimal("5.11") - Decimal("2.74"))
    assert abs(saved - Decimal(expected["saving_200kwh_at_30pct_punta"])) <= Decimal("0.01")
    # And the two bills of the engine, all lines and IGV included, from prices without IGV of four decimals.
    usage = home(200, **blocks)
    between = (
        bill(tariffs["pe.pluz.lima_norte.bt5b"], usage).total - bill(tariffs[f"{PLUZ}bt5i"], usage).total
    )
    assert abs(between - Decimal("14.16")) <= Decimal("0.02")


def listed(tariff: Tariff) -> Decimal:
    """Price of a kWh above 140 kWh, IGV inside."""
    charge = next(c for c in tariff.versions[-1].charges if isinstance(c, BandedCharge))
    rate = charge.bands[-1].tiers[-1].rate
    assert rate is not None
    return rate


def by_hour(tariff: Tariff) -> dict[str, Decimal]:
    """The same by block."""
    charge = next(c for c in tariff.versions[-1].charges if isinstance(c, BandedCharge))
    return dict(charge.bands[-1].tiers[-1].rates)


def test_break_even_of_bt5i(tariffs: dict[str, Tariff], peru_facts: dict[str, Any]) -> None:
    """Above 71 % of the kWh in the peak, BT5-I costs more: by the prices, and by whole bills of a large home."""
    expected = next(w for w in peru_facts["worked_bills_from_pliego"] if w["id"] == "BT5I-vs-BT5B")[
        "expected"
    ]
    flat, hourly = listed(tariffs["pe.pluz.lima_norte.bt5b"]), by_hour(tariffs[f"{PLUZ}bt5i"])
    other = (hourly["media"] + hourly["base"]) / 2
    share = (flat - other) / (hourly["punta"] - other)
    assert abs(share - Decimal(expected["breakeven_punta_share"])) <= Decimal("0.0015")
    for punta, cheaper in (("0.70", True), ("0.72", False)):
        rest = str((1 - Decimal(punta)) / 2)
        usage = home(
            100_000, punta=punta, media=rest, base=rest
        )  # so large that the fixed charge hardly counts
        totals = [bill(tariffs[f"{PLUZ}{o}"], usage).total for o in ("bt5i", "bt5b")]
        assert (totals[0] < totals[1]) is cheaper


def test_break_even_of_bt5f(tariffs: dict[str, Tariff], peru_facts: dict[str, Any]) -> None:
    expected = next(w for w in peru_facts["worked_bills_from_pliego"] if w["id"] == "BT5F-vs-BT5B")[
        "expected"
    ]
    flat, hourly = listed(tariffs["pe.pluz.lima_norte.bt5b"]), by_hour(tariffs[f"{PLUZ}bt5f"])
    share = (flat - hourly["hfp"]) / (hourly["hp"] - hourly["hfp"])
    assert share.quantize(Decimal("0.001"), ROUND_HALF_UP) == Decimal(expected["breakeven_hp_share"])
    for hp, cheaper in (("0.28", True), ("0.30", False)):
        usage = home(100_000, hp=hp, hfp=str(1 - Decimal(hp)))
        totals = [bill(tariffs[f"{PLUZ}{o}"], usage).total for o in ("bt5f", "bt5b")]
        assert (totals[0] < totals[1]) is cheaper


def test_the_first_30_kwh_of_bt5i_are_shared_as_the_month_is(tariffs: dict[str, Tariff]) -> None:
    """100 kWh, 30 % punta, 30 % media, 40 % base; prices without IGV to four decimals."""
    lines = bill(tariffs[f"{PLUZ}bt5i"], home(100, punta="0.30", media="0.30", base="0.40")).lines
    first = 9 * Decimal("0.4811") + 9 * Decimal("0.3648") + 12 * Decimal("0.3654")  # 30 kWh
    rest = 21 * Decimal("0.6873") + 21 * Decimal("0.5212") + 28 * Decimal("0.5220")  # 70 kWh
    assert (first, rest) == (Decimal("11.9979"), Decimal("39.9945"))
    assert {line.id: str(line.amount) for line in lines[:2]} == {"energy": "51.99", "fixed": "4.23"}


def test_bt5f_asks_for_the_fixed_charge_that_nobody_published(tariffs: dict[str, Tariff]) -> None:
    tariff = tariffs[f"{PLUZ}bt5f"]
    with pytest.raises(BillRefused, match="cargo_fijo_recibo"):
        bill(tariff, home(140, hp="0.25", hfp="0.75"))
    above = {line.id: str(line.amount) for line in bill(tariff, home(141, hp="0.25", hfp="0.75")).lines}
    assert above["fixed"] == "4.33"
    told = bill(tariff, home(140, hp="0.25", hfp="0.75"), cargo_fijo_recibo="4.23")
    assert {line.id: str(line.amount) for line in told.lines}["fixed"] == "4.23"


def test_kwh_number_141_by_the_lines_of_two_bills(
    tariffs: dict[str, Tariff], peru_facts: dict[str, Any]
) -> None:
    """The step as two bills show it: energy, fixed charge and IGV, and one kWh more of Law 28749."""
    steps = next(w for w in peru_facts["worked_bills_from_pliego"] if w["id"] == "CLIFF-140")["expected"]
    lists = {
        "lds_2026_08": ("pe.luz_del_sur.lima_sur.bt5b", date(2026, 8, 4)),
        "pluz_2026_09": ("pe.pluz.lima_norte.bt5b", date(2026, 9, 4)),
        "pluz_2026_05": ("pe.pluz.lima_norte.bt5b", date(2026, 5, 4)),
        "lds_2026_05": ("pe.luz_del_sur.lima_sur.bt5b", date(2026, 5, 4)),
    }
    for name, (key, day) in lists.items():
        below, above = (
            bill(tariffs[key], Usage.energy(day, date(day.year, day.month + 1, day.day), Decimal(kwh)))
            for kwh in (140, 141)
        )
        assert abs(above.total - below.total - Decimal(steps[name]) - Decimal("0.01")) <= Decimal("0.03"), (
            name
        )
        same = {"maintenance", "public_lighting"}
        assert [x for x in above.lines if x.id in same] == [x for x in below.lines if x.id in same]


@pytest.mark.parametrize("option", ["bt5b", "bt5b_nores", "bt5d", "bt5e", "bt5c_ap", "bt5i", "bt5f"])
def test_more_energy_never_costs_less(tariffs: dict[str, Tariff], option: str) -> None:
    blocks = {
        "bt5i": {"punta": "0.3", "media": "0.3", "base": "0.4"}, "bt5f": {"hp": "0.25", "hfp": "0.75"},
    }.get(option, {})  # fmt: skip
    typed = {"cargo_fijo_recibo": "4.23"} if option == "bt5f" else {}
    tariff = tariffs[PLUZ + option]
    totals = [bill(tariff, home(kwh, **blocks), **typed).total for kwh in range(0, 1001)]
    assert all(a < b for a, b in pairwise(totals))


def test_prices_of_lima_lie_where_the_facts_saw_them(
    tariffs: dict[str, Tariff], peru_facts: dict[str, Any]
) -> None:
    ranges = {r["id"]: r["value"] for r in peru_facts["sanity_ranges"]}
    low, high = (Decimal(v) for v in ranges["lima_energy_price_2026"])
    least, most = (Decimal(v) for v in ranges["all_in_price_2026_lima"])
    fixed_low, fixed_high = (Decimal(v) for v in ranges["fixed_charge"])
    for key in ("pe.luz_del_sur.lima_sur.bt5b", "pe.pluz.lima_norte.bt5b"):
        for version in tariffs[key].versions:
            if version.valid_from.year < 2026:
                continue
            charge = next(c for c in version.charges if isinstance(c, BandedCharge))
            rate, fixed = charge.bands[-1].tiers[-1].rate, charge.bands[-1].fixed
            assert rate is not None
            assert fixed is not None
            assert low <= rate <= high
            assert fixed_low <= fixed / Decimal("1.18") <= fixed_high
    # July 2026: the list and the lighting rate of that month are known from 300 to 750 kWh.
    july = date(2026, 7, 1), date(2026, 8, 1)
    added_low, added_high = (Decimal(v) for v in ranges["adders_over_energy"])
    for kwh in range(301, 751):
        found = evaluate(tariffs["pe.luz_del_sur.lima_sur.bt5b"], Usage.energy(*july, Decimal(kwh)))
        assert least <= found.total / kwh <= most, kwh
        energy = next(line.amount for line in found.lines if line.id == "energy")
        assert added_low <= found.total / (energy * Decimal("1.18")) <= added_high, kwh
