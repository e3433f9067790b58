"""Where the tests find what they share."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).resolve().parent.parent
DATA = Path(os.environ.get("KANCHAY_DATA", ROOT.parent / "shared" / "data"))


def _needs(path: Path) -> Path:
    if not path.exists():
        reason = f"no {path.name} beside KANCHAY_DATA ({DATA.name}): set it to the folder of measured data"
        if os.environ.get("KANCHAY_DATA_REQUIRED"):
            pytest.fail(reason)
        pytest.skip(reason)
    return path


@pytest.fixture(scope="session")
def data_dir() -> Path:
    """The folder of measured data; skips where it is absent."""
    return _needs(DATA)


@pytest.fixture(scope="session")
def raw_samples(data_dir: Path) -> Path:
    return _needs(data_dir / "raw-samples")


@pytest.fixture(scope="session")
def peru_facts() -> dict[str, Any]:
    """Facts and figures of Peru, each with its source."""
    return yaml.safe_load(_needs(DATA.parent / "peru" / "facts.yaml").read_text("utf-8"))


@pytest.fixture(scope="session")
def splits() -> dict[str, Any]:
    """The fixed development splits."""
    return yaml.safe_load(_needs(DATA.parent / "benchmarks" / "splits.yaml").read_text("utf-8"))
