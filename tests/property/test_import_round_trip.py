"""A series written in any dialect comes back with the same count, span and total, or the importer asks.

A wrong total that nobody was asked about is the one thing that must not happen.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import HealthCheck, Phase, example, given, settings
from hypothesis import strategies as st

from kanchay.adapters.files.reader import SniffingReader
from kanchay.domain.interval import local_midnight
from kanchay.services.ports.files import ImportOptions

ZONES = ("America/Lima", "Europe/Madrid", "UTC", "Australia/Sydney", "America/New_York")
# First days: plain ones, and ones whose week holds a change of the clock in one of the zones.
DAYS = (
    date(2024, 1, 15),
    date(2024, 3, 8),
    date(2024, 3, 29),
    date(2024, 10, 4),
    date(2024, 10, 25),
    date(2024, 11, 1),
)
STYLES = (
    "%Y-%m-%d %H:%M", "%Y-%m-%dT%H:%M:%S", "%d/%m/%Y %H:%M", "%m/%d/%Y %H:%M", "%d.%m.%Y %H:%M:%S", "%d-%m-%Y %H:%M",
    "%Y/%m/%d %H:%M", "%d/%m/%y %H:%M", "%d %b %Y %H:%M", "%m/%d/%Y %I:%M %p",
    "iso+offset", "epoch", "epoch_ms", "date;time",
)  # fmt: skip
ENCODINGS = ("utf-8", "utf-8-sig", "cp1252", "utf-16")


@dataclass(frozen=True)
class Case:
    tz: str
    day: date
    n_days: int
    resolution_s: int
    style: str
    delimiter: str
    decimal: str
    unit: str
    layout: str  # "long", "wide", "cumulative"
    label: str
    encoding: str
    titles: int
    quoted: bool
    trailing: bool
    holes: float
    seed: int


def cases() -> st.SearchStrategy[Case]:
    pairs = st.sampled_from([(",", "."), (";", ","), (";", "."), ("\t", ","), ("\t", "."), ("|", ",")])
    return st.builds(
        lambda pair, **rest: Case(delimiter=pair[0], decimal=pair[1], **rest),
        pair=pairs,
        tz=st.sampled_from(ZONES),
        day=st.sampled_from(DAYS),
        n_days=st.integers(2, 12),
        resolution_s=st.sampled_from([900, 1800, 3600]),
        style=st.sampled_from(STYLES),
        unit=st.sampled_from(["kWh", "Wh", "kW", "W"]),
        layout=st.sampled_from(["long", "long", "wide", "cumulative"]),
        label=st.sampled_from(["start", "end"]),
        encoding=st.sampled_from(ENCODINGS),
        titles=st.integers(0, 4),
        quoted=st.booleans(),
        trailing=st.booleans(),
        holes=st.sampled_from([0.0, 0.0, 0.05]),
        seed=st.integers(0, 10_000),
    )


def truth(case: Case) -> tuple[np.ndarray, np.ndarray]:
    """Starts and kWh of whole local days, some left out."""
    first, last = (local_midnight(case.day + timedelta(days=n), case.tz) for n in (0, case.n_days))
    starts = np.arange(first, last, case.resolution_s)
    rng = np.random.default_rng(case.seed)
    kwh = np.round(rng.gamma(2, 0.2, len(starts)) + 0.05, 3)
    keep = rng.random(len(starts)) >= case.holes
    keep[0] = keep[-1] = True
    return starts[keep], kwh[keep]


def number(value: float, case: Case) -> str:
    text = f"{value:.6f}".rstrip("0").rstrip(".").replace(".", case.decimal)
    return f'"{text}"' if case.quoted else text


def written(value: float, case: Case) -> str:
    """kWh in the unit of the file."""
    hours = case.resolution_s / 3600
    return number(value * {"kWh": 1, "Wh": 1000, "kW": 1 / hours, "W": 1000 / hours}[case.unit], case)


def moment(t: int, case: Case) -> list[str]:
    local = datetime.fromtimestamp(int(t), ZoneInfo(case.tz))
    if case.style == "iso+offset":
        return [local.isoformat()]
    if case.style.startswith("epoch"):
        return [str(int(t) * (1000 if case.style == "epoch_ms" else 1))]
    if case.style == "date;time":
        return [local.strftime("%d/%m/%Y"), local.strftime("%H:%M")]
    return [local.strftime(case.style)]


def lines(case: Case) -> list[list[str]]:
    starts, kwh = truth(case)
    time_names = ["Fecha", "Hora"] if case.style == "date;time" else ["Fecha"]
    if case.layout == "wide":
        return wide(case, starts, kwh)
    shift = case.resolution_s if case.label == "end" else 0
    if case.layout == "cumulative":
        register = np.r_[12_345.0, 12_345.0 + np.cumsum(kwh)]
        at = np.r_[starts, starts[-1] + case.resolution_s]
        scale = {"kWh": 1, "Wh": 1000}.get(case.unit, 1)
        rows = [[*moment(t, case), number(v * scale, case)] for t, v in zip(at, register, strict=True)]
        return [[*time_names, f"Import ({'Wh' if scale > 1 else 'kWh'})"], *rows]
    rows = [[*moment(t + shift, case), written(v, case)] for t, v in zip(starts, kwh, strict=True)]
    return [[*time_names, f"Import ({case.unit})"], *rows]


def wide(case: Case, starts: np.ndarray, kwh: np.ndarray) -> list[list[str]]:
    """One row a day; of doubled labels the first, cells of skipped ones empty."""
    n = 86400 // case.resolution_s
    table: dict[str, list[str]] = {}
    for t, v in zip(starts, kwh, strict=True):
        local = datetime.fromtimestamp(int(t), ZoneInfo(case.tz))
        cells = table.setdefault(local.strftime("%d/%m/%Y"), [""] * n)
        slot = (local.hour * 3600 + local.minute * 60) // case.resolution_s
        cells[slot] = cells[slot] or written(v, case)
    clock = [f"{s // 3600:02d}:{s // 60 % 60:02d}" for s in range(0, 86400, case.resolution_s)]
    return [["Import " + case.unit, *clock], *([day, *cells] for day, cells in table.items())]


def save(case: Case, path: Path) -> Path:
    d = case.delimiter
    titles = [
        ["Suministro 123456", "Año 2024", "Período de lectura", "Válido"][i] for i in range(case.titles)
    ]
    rows = [d.join(r) + (d if case.trailing and i else "") for i, r in enumerate(lines(case))]
    file = path / "export.csv"
    file.write_bytes("\r\n".join([*titles, *rows, ""]).encode(case.encoding))
    return file


def answers(case: Case) -> ImportOptions:
    """What a user who knows the file would say."""
    units = {"kWh": "kWh", "Wh": "Wh", "kW": "kW", "W": "W"}
    if case.layout == "wide":
        return ImportOptions(
            tz=case.tz, unit=case.unit, decimal=case.decimal, direction="import", day_first=True
        )
    order = None if "/" not in case.style and "-%m-" not in case.style else not case.style.startswith("%m")
    return ImportOptions(
        tz=case.tz, unit=units[case.unit] if case.layout != "cumulative" else None, decimal=case.decimal,
        label=case.label if case.layout == "long" else None, direction="import",
        day_first=order, kind="cumulative" if case.layout == "cumulative" else "interval",
    )  # fmt: skip


def facts(case: Case) -> tuple[int, int, int, float]:
    """Count, first start, end and kWh that a right import yields."""
    starts, kwh = truth(case)
    end = int(starts[-1]) + case.resolution_s
    if case.layout == "cumulative":
        return len(starts) + 1, int(starts[0]), end, float(kwh.sum())
    if case.layout == "wide":
        wall = [datetime.fromtimestamp(int(t), ZoneInfo(case.tz)).replace(tzinfo=None) for t in starts]
        once = np.unique(np.array(wall, dtype="M8[s]"), return_index=True)[1]
        return len(once), int(starts[0]), end, float(kwh[once].sum())
    return len(starts), int(starts[0]), end, float(kwh.sum())


def shown(case: Case, file: Path, options: ImportOptions):
    preview = SniffingReader().read(file, options)
    assert len(preview.series) == 1
    s = preview.series[0]
    return preview, (s.n, s.start, s.end, s.total)


def same(got, want) -> bool:
    return got[:3] == want[:3] and got[3] == pytest.approx(want[3], rel=1e-6)


PLAIN = Case(
    tz="Europe/Madrid", day=date(2024, 10, 25), n_days=4, resolution_s=3600, style="%Y-%m-%d %H:%M", delimiter=",",
    decimal=".", unit="kWh", layout="long", label="start", encoding="utf-8", titles=0, quoted=False, trailing=False,
    holes=0.0, seed=1,
)  # fmt: skip


@settings(
    max_examples=100,
    deadline=None,
    phases=(Phase.explicit, Phase.generate),
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
@given(case=cases())
@example(case=PLAIN)
def test_right_or_asked(case: Case, tmp_path: Path) -> None:
    file = save(case, tmp_path)
    preview, got = shown(case, file, ImportOptions(tz=case.tz))
    want = facts(case)
    if not same(got, want):
        assert preview.questions, f"silently {got} instead of {want}"
        _, told = shown(case, file, answers(case))
        assert same(told, want)


def test_the_day_of_25_hours_keeps_all_its_hours(tmp_path: Path) -> None:
    _, got = shown(PLAIN, save(PLAIN, tmp_path), ImportOptions(tz=PLAIN.tz))
    assert got[0] == 4 * 24 + 1
    assert datetime.fromtimestamp(got[1], UTC) == datetime(2024, 10, 24, 22, tzinfo=UTC)
