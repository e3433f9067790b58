"""What the outdoor temperature is worth to the pre-trained model, by the protocol Kanchay-24.

    python benchmarks/accuracy/temperature.py [--model NAME]

The same windows four times: the seven-day ensemble; the model without any temperature; with the measured past and the
last week's mean at the same time of day as the future (a climatology, which knows nothing of tomorrow); and with the
measured future. The last is **oracle weather**: no forecast is that good, it bounds what one could bring. Buildings with
weather beside their meters: the test meters of cambridge-estates (station 35 km away) and the school. The model learned
temperature from simulated air laid over measured windows only, since no open weather may train weights that ship.
"""

from __future__ import annotations

import argparse
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from meters import data_folder, read_meters

from kanchay.adapters.datasets import Meter
from kanchay.adapters.models import ModelShelf
from kanchay.analysis.forecast.protocol import Forecaster, Prediction, Windows
from kanchay.analysis.forecast.weather import with_temperature
from kanchay.analysis.kanchay24 import NAIVE, entrant, score_meter
from kanchay.analysis.paired import paired_median
from kanchay.settings import read_settings

WAYS = {"no temperature": None, "climatology": False, "oracle weather": True}


@dataclass(frozen=True)
class WithAir:
    """A forecaster that is told the temperature."""

    forecaster: Forecaster
    air: Any
    start: int
    oracle: bool
    name: str

    @property
    def lookback_s(self) -> int:
        return self.forecaster.lookback_s

    def predict(self, windows: Windows) -> Prediction:
        return self.forecaster.predict(
            with_temperature(windows, self.air, start=self.start, oracle=self.oracle)
        )


def bedford(data: Path, meter: Meter):
    """Hourly temperature of the station beside cambridge-estates, on the meter's hours. [degC]"""
    frame = pd.read_parquet(data / "cambridge-estates" / "weather_bedford.parquet").set_index("timestamp")
    hours = pd.to_datetime(meter.starts, unit="s", utc=True)
    return frame["temp_c"].reindex(hours).to_numpy(np.float64)


def school(data: Path, meter: Meter):
    """Hourly temperature of the school's own file, whose clock is local. [degC]"""
    frame = pd.read_parquet(data / "us-facilities-mv" / "school_hourly.parquet")
    local = frame["timestamp_local"].dt.tz_localize(meter.tz, ambiguous="NaT", nonexistent="NaT")
    frame = frame[local.notna()].assign(at=local.dropna().dt.tz_convert("UTC")).set_index("at")
    frame = frame[~frame.index.duplicated()]
    hours = pd.to_datetime(meter.starts, unit="s", utc=True)
    return (frame["temp_f"].reindex(hours).to_numpy(np.float64) - 32.0) / 1.8


AIR = {"cambridge-estates": bedford, "us-facilities-mv": school}


def scores(meter: Meter, model: Forecaster, data: Path):
    air = AIR[meter.dataset](data, meter)
    entrants = [
        entrant(model if oracle is None else WithAir(model, air, meter.start, oracle, name), name=name)
        for name, oracle in WAYS.items()
    ]
    place = {"tz": meter.tz, "country": meter.country, "subdivision": meter.subdivision}
    return score_meter(meter.values, meter.start, meter.split_at, entrants, **place)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--model", default="pretrained")
    chosen = parser.parse_args()
    model = ModelShelf(read_settings()).load(chosen.model)
    rows, sets = [], []
    for meter in (m for m in read_meters(list(AIR)) if m.role == "test" and not m.thin):
        rows.append((meter, scores(meter, model, data_folder())))
        sets.append(meter.dataset)
        print(".", end="", file=sys.stderr, flush=True)
    print(
        f"\n{len(rows)} meters. CV(RMSE) and pinball loss, paired medians with 95 % intervals (sets, then meters)"
    )
    for name in WAYS:
        for rival in dict.fromkeys([NAIVE, "no temperature"]):
            told = [f"{name:15s} over {rival:15s}"]
            for what in ("cvrmse", "pinball"):
                ratios = [getattr(s[name].whole, what) / getattr(s[rival].whole, what) for _, s in rows]
                p = paired_median(ratios, sets)
                told.append(f"{what} {p.median:.3f} [{p.low:.3f}, {p.high:.3f}] wins {p.wins:.0%}")
            print("  ".join(told))
        covered = np.mean([s[name].whole.coverage80 for _, s in rows])
        print(f"{'':15s} 80 % band covers {covered:.1%}")


if __name__ == "__main__":
    main()
