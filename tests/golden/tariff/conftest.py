"""Tariffs as they ship."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

import kanchay
from kanchay.analysis.tariff.parse import parse_tariff
from kanchay.domain.tariff import Tariff

FOLDER = Path(kanchay.__file__).parent / "library" / "tariffs"


@pytest.fixture(scope="session")
def tariffs() -> dict[str, Tariff]:
    parsed = [parse_tariff(yaml.safe_load(path.read_text("utf-8"))) for path in sorted(FOLDER.glob("*.yaml"))]
    return {t.id: t for t in parsed}
