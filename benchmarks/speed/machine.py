"""What every benchmark of speed tells beside its figures: the machine, and how much memory its process took."""

from __future__ import annotations

import os
import platform
import sqlite3
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

__all__ = ["environment", "peak_mib"]


def environment(*packages: str) -> dict[str, object]:
    """Python, the named packages ("" where one is not installed, SQLite itself as ``sqlite``), machine, cores, load."""
    return {
        "python": platform.python_version(),
        **{name: _version(name) for name in packages},
        "machine": platform.machine(),
        "cores": os.cpu_count(),
        "load": round(os.getloadavg()[0], 1),
    }


def _version(name: str) -> str:
    if name == "sqlite":
        return sqlite3.sqlite_version
    try:
        return version(name)
    except PackageNotFoundError:
        return ""


def peak_mib() -> float:
    """The most memory of this process: `ru_maxrss` would begin with that of the process which started it."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM")) / 1024
