"""Reading made-up lists, and the tariffs they could update."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from kanchay.adapters.library import PackageLibrary
from kanchay.adapters.pricelists.reader import FileListReader
from kanchay.analysis.pricelists.understand import KnownSystems, understand
from kanchay.cli import cli
from kanchay.domain.pricelist import ListWish, PriceList

KNOWN = KnownSystems(
    {"luz_del_sur": ["Luz del Sur"], "pluz": ["Pluz", "Enel Distribución"]},
    {"luz_del_sur": ["Lima Sur"], "pluz": ["Lima Norte"]},
)
Read = Callable[..., PriceList]
Run = Callable[..., Result]


@pytest.fixture
def read(tmp_path: Path) -> Read:
    """Read the bytes of a list: ``read(data, system=..., with_igv=...)``."""

    def from_bytes(data: bytes, name: str = "list.pdf", **wish: Any) -> PriceList:
        path = tmp_path / name
        path.write_bytes(data)
        return understand(FileListReader().read(path), ListWish(**wish), KNOWN)

    return from_bytes


@pytest.fixture(scope="session")
def documents() -> dict[str, dict[str, Any]]:
    return PackageLibrary().tariff_documents()


@pytest.fixture
def kanchay(tmp_path: Path) -> Run:
    def run(*words: object, typed: str = "") -> Result:
        done = CliRunner().invoke(cli, ["--home", str(tmp_path / "home"), *map(str, words)], input=typed)
        if done.exception and not isinstance(done.exception, SystemExit):
            raise done.exception
        return done

    return run
