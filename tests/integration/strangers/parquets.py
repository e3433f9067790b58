"""Parquet with the odd names of notebooks and exporters."""

from __future__ import annotations

import io
from typing import Any

import numpy as np

from kanchay.services.ports.files import ImportOptions
from tests.integration.strangers.world import Stranger, counted, stranger, truth, want


def packed(**columns: Any) -> bytes:
    import pyarrow as pa
    import pyarrow.parquet as pq

    out = io.BytesIO()
    pq.write_table(pa.table(columns), out)
    return out.getvalue()


@stranger
def pandas_index() -> Stranger:
    t = truth("UTC")
    data = packed(kwh=t.kwh, __index_level_0__=t.start.astype("M8[s]").astype("M8[ns]"))
    return Stranger("index.parquet", data, (want(t),), "UTC", ImportOptions(direction="import"))


@stranger
def aware_microseconds() -> Stranger:
    import pyarrow as pa

    t = truth()
    times = pa.array(t.start * 1_000_000, pa.timestamp("us", tz="America/Lima"))
    return Stranger("aware.parquet", packed(ts=times, import_kwh=t.kwh), (want(t),))


@stranger
def epoch_integers() -> Stranger:
    t = truth("UTC", step=900)
    return Stranger(
        "epoch.parquet", packed(t=t.start * 1000, import_wh=np.round(t.kwh * 1000)), (want(t),), "UTC"
    )


@stranger
def epoch_microseconds() -> Stranger:
    t = truth("UTC", step=900)
    return Stranger("us.parquet", packed(t=t.start * 1_000_000, import_kwh=t.kwh), (want(t),), "UTC")


@stranger
def texts_for_everything() -> Stranger:
    t = truth()
    data = packed(Fecha=[f"{a:%Y-%m-%d %H:%M}" for a in t.local()], Import_kWh=[f"{v:.3f}" for v in t.kwh])
    return Stranger("texts.parquet", data, (want(t),))


@stranger
def a_column_a_meter() -> Stranger:
    t, u = truth("UTC"), truth("UTC", seed=6)
    data = packed(timestamp=t.start.astype("M8[s]").astype("M8[ms]"), LCL001=t.kwh, LCL002=u.kwh)
    return Stranger("meters.parquet", data, (want(t, name="LCL001"), want(u, name="LCL002")), "UTC",
                    ImportOptions(unit="kWh", direction="import"))  # fmt: skip


@stranger
def statistics_sum() -> Stranger:
    """Home Assistant's long-term statistics: start and sum, with a state that is the register itself."""
    t = truth("UTC")
    data = packed(
        start_ts=np.r_[t.start, t.start[-1] + t.step].astype(float),
        sum=t.register(0.0),
        unit=["kWh"] * (len(t.kwh) + 1),
    )
    return Stranger(
        "stats.parquet",
        data,
        (counted(t),),
        "UTC",
        ImportOptions(unit="kWh", kind="cumulative", direction="import"),
    )


@stranger
def float32_long_with_ids() -> Stranger:
    t, u = truth("UTC"), truth("UTC", seed=6)
    data = packed(
        meter_id=np.r_[np.full(len(t.kwh), 7), np.full(len(u.kwh), 8)],
        timestamp=np.r_[t.start, u.start].astype("M8[s]").astype("M8[ns]"),
        energy_kwh=np.r_[t.kwh, u.kwh].astype(np.float32),
    )
    return Stranger(
        "f32.parquet", data, (want(t, name="7"), want(u, name="8")), "UTC", ImportOptions(direction="import")
    )


@stranger
def missing_values_and_nulls() -> Stranger:
    import pyarrow as pa

    t = truth("UTC")
    values = [None if i in (5, 6) else float(v) for i, v in enumerate(t.kwh)]
    known = [v for v in values if v is not None]
    data = packed(time=t.start.astype("M8[s]").astype("M8[us]"), import_kwh=pa.array(values, pa.float64()))
    return Stranger("nulls.parquet", data, (want(t, n=len(known), total=sum(known)),), "UTC")


@stranger
def decimals() -> Stranger:
    from decimal import Decimal

    import pyarrow as pa

    t = truth("UTC")
    data = packed(
        hora=t.start.astype("M8[s]").astype("M8[ns]"),
        import_kwh=pa.array([Decimal(f"{v:.3f}") for v in t.kwh], pa.decimal128(12, 3)),
    )
    return Stranger("decimal.parquet", data, (want(t),), "UTC")
