"""Reading a text as if it were a file."""

from __future__ import annotations

from pathlib import Path

import pytest

from kanchay.adapters.files.reader import SniffingReader
from kanchay.services.ports.files import ImportOptions


@pytest.fixture
def read(tmp_path: Path):
    """``read(text or bytes, name=…, **options) -> ImportPreview``."""

    def _read(content: str | bytes, *, name: str = "meter.csv", max_upload_mb: int = 64, **options):
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode("utf-8"))
        return SniffingReader(max_upload_mb).read(path, ImportOptions(**options))

    return _read
