"""`kanchay --help` and the forecast path stay light: a small hub starts them often."""

from __future__ import annotations

import subprocess
import sys
from datetime import datetime
from pathlib import Path

import pytest

HEAVY = {
    "pandas", "scipy", "sklearn", "tensorflow", "keras", "jax", "torch", "pvlib", "matplotlib", "lightgbm", "optuna",
    "onnx", "statsmodels", "statsforecast", "polars",
}  # fmt: skip


def imported(*argv: str, cwd: Path | None = None) -> tuple[set[str], str]:
    """Top-level packages that a command imports, and what it printed."""
    modules, out = imported_modules(*argv, cwd=cwd)
    return {module.split(".")[0] for module in modules}, out


def imported_modules(*argv: str, cwd: Path | None = None) -> tuple[set[str], str]:
    """Modules that a command imports, and what it printed."""
    run = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "kanchay.cli", *argv],
        capture_output=True, text=True, timeout=120, check=False, cwd=cwd,
    )  # fmt: skip
    assert run.returncode == 0, run.stderr[-2000:]
    lines = [line for line in run.stderr.splitlines() if line.startswith("import time:")]
    return {line.rsplit("|", 1)[1].strip() for line in lines[1:]}, run.stdout


def test_help_imports_nothing_heavy() -> None:
    packages, out = imported("--help")
    assert "forecast" in out
    assert not packages & (HEAVY | {"numpy", "sqlalchemy", "flask", "pyarrow", "rich"})


@pytest.mark.parametrize("verb", ["advise", "bill", "detect"])
def test_help_of_a_verb_is_as_light(verb: str) -> None:
    packages, out = imported(verb, "--help")
    assert "--json" in out
    assert not packages & (HEAVY | {"numpy", "sqlalchemy", "flask", "pyarrow", "babel"})


def test_ways_of_writing_need_no_web_server() -> None:
    run = subprocess.run(
        [sys.executable, "-c", "import sys, kanchay.web.formats; print(*sys.modules)"],
        capture_output=True, text=True, timeout=120, check=True,
    )  # fmt: skip
    assert not set(run.stdout.split()) & {"flask", "jinja2", "werkzeug", "apiflask"}


@pytest.fixture
def meter_file(tmp_path: Path) -> Path:
    import numpy as np
    import pyarrow as pa
    import pyarrow.parquet as pq

    hours = np.arange(24 * 21)
    load = 0.3 + 0.2 * np.sin(2 * np.pi * hours / 24) ** 2
    start = np.datetime64("2026-03-02T00:00:00", "us") + hours.astype("timedelta64[h]")
    table = pa.table(
        {
            "meter_id": ["m"] * len(hours),
            "timestamp": pa.array(start, pa.timestamp("us", tz="UTC")),
            "energy_kwh": load,
        }
    )
    pq.write_table(table, tmp_path / "meter.parquet")
    return tmp_path / "meter.parquet"


@pytest.mark.parametrize("model", ["ensemble", "pretrained"])
def test_forecast_imports_nothing_heavy(meter_file: Path, model: str) -> None:
    modules, out = imported_modules(
        "forecast", "--input", str(meter_file), "--model", model, "--tz", "America/Lima", "--json"
    )
    assert '"mean"' in out
    packages = {module.split(".")[0] for module in modules}
    assert not packages & (HEAVY | {"sqlalchemy", "flask", "alembic", "rich"})
    assert not modules & {"pyarrow.compute", "pyarrow.dataset"}  # each costs as much as the forecast


@pytest.mark.parametrize("outside", ["", ",temperature_c"])
def test_forecast_of_a_plain_csv_needs_no_arrow(tmp_path: Path, outside: str) -> None:
    file = tmp_path / "meter.csv"
    air = ",18.5" if outside else ""
    rows = [
        f"2026-03-{2 + h // 24:02d}T{h % 24:02d}:00:00Z,{0.2 + h % 7 / 10:.1f}{air}" for h in range(24 * 8)
    ]
    file.write_text("\n".join([f"timestamp,energy_kwh{outside}", *rows]), encoding="utf-8")
    modules, out = imported_modules(
        "forecast", "--input", str(file), "--tz", "America/Lima", "--country", "PE", "--json"
    )
    assert '"mean"' in out
    assert ('"because": "known"' in out) == bool(outside)
    packages = {module.split(".")[0] for module in modules}
    assert "holidays" in packages
    assert not packages & (HEAVY | {"pyarrow", "sqlalchemy", "flask", "alembic", "rich"})
    # One country's file, not the package of all 250.
    assert not [module for module in modules if module.startswith("holidays.countries")]


def test_reading_a_text_file_needs_no_pandas(tmp_path: Path) -> None:
    """Pyarrow imports pandas, where it is installed, as soon as it is handed Python values: a second at each import."""
    file = tmp_path / "meter.csv"
    rows = [f"2026-03-{2 + h // 24:02d} {h % 24:02d}:00;{0.2 + h % 7 / 10:.1f} kWh" for h in range(24 * 8)]
    file.write_text("\n".join(["Fecha;Import", *rows]).replace(".", ","), encoding="utf-8")
    packages, out = imported("import", str(file), "--tz", "America/Lima")
    assert "192" in out
    assert not packages & {"pandas", "scipy", "sklearn", "tensorflow", "sqlalchemy"}


@pytest.mark.parametrize("ending", ["parquet", "xlsx"])
def test_reading_typed_columns_needs_no_pandas(tmp_path: Path, ending: str) -> None:
    file = tmp_path / f"meter.{ending}"
    moments = [datetime(2026, 3, 2 + h // 24, h % 24) for h in range(24 * 8)]
    columns = {"time": moments, "kWh": [0.2 + h % 7 / 10 for h in range(24 * 8)], "meter": ["a"] * 24 * 8}
    if ending == "parquet":
        import pyarrow as pa
        import pyarrow.parquet as pq

        pq.write_table(pa.table(columns), file)
    else:
        import openpyxl

        book = openpyxl.Workbook()
        for row in (list(columns), *zip(*columns.values(), strict=True)):
            book.active.append(row)
        book.save(file)
    packages, out = imported("import", str(file), "--tz", "America/Lima")
    assert "192" in out
    assert not packages & {"pandas", "scipy", "sklearn", "tensorflow", "sqlalchemy"}
