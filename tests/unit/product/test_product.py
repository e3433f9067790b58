"""The five lines of Python on the README's first screen."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

import kanchay as kc
from kanchay.domain.forecast import QUANTILE_NAMES


@pytest.fixture
def meter(tmp_path: Path) -> Path:
    path = tmp_path / "meter.csv"
    rows = [
        f"2026-08-{4 + h // 24:02d} {h % 24:02d}:00,{0.1 + (h % 24 in (7, 19)) * 0.5:.3f}"
        for h in range(24 * 27)
    ]
    path.write_text("time,Import kWh\n" + "\n".join(rows))
    return path


def test_a_file_becomes_a_product(meter: Path) -> None:
    home = kc.read(meter, tz="America/Lima", country="PE")
    panel = home.panel("1h")
    assert panel.values.shape == (1, 24 * 27)
    assert panel.values.sum() == pytest.approx(27 * 3.4)
    assert home.check() == []
    frame = kc.to_frame(panel)
    assert str(frame.index[0]) == "2026-08-04 00:00:00-05:00"


def test_a_forecast_becomes_a_frame(meter: Path) -> None:
    tomorrow = kc.read(meter, tz="America/Lima", country="PE").forecast("24h", model="ensemble")
    frame = kc.to_frame(tomorrow)
    assert list(frame.columns[-9:]) == list(QUANTILE_NAMES)
    assert str(frame["timestamp"].iloc[0]) == "2026-08-31 05:00:00+00:00"
    assert frame["mean"].sum() == pytest.approx(3.4, rel=0.05)


def test_a_bill_needs_a_tariff_and_then_adds_up(meter: Path) -> None:
    home = kc.read(meter, tz="America/Lima", country="PE")
    with pytest.raises(kc.KanchayError, match="tariff"):
        home.bill(date(2026, 8, 4), date(2026, 8, 31))
    priced = home.with_tariff("pe.luz_del_sur.lima_sur.bt5b", alumbrado="8.82", reposicion="1.40")
    bill = priced.bill(date(2026, 8, 4), date(2026, 8, 31))
    assert bill.energy_kwh == Decimal("91.8")
    assert sum(line.amount for line in bill.lines) == bill.total


def test_a_simulated_home_says_so() -> None:
    home = kc.simulate_home(days=20, seed=3)
    assert home.site.simulated
    assert home.panel("15min").n_intervals == 20 * 96


def test_models_load_by_name() -> None:
    assert kc.load_model("ensemble").lookback_s == 7 * 86400
    with pytest.raises(kc.KanchayError, match="pretrained"):
        kc.load_model("crystal-ball")
