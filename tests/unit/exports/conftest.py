"""Readings leave to a file and are read back."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from kanchay.bootstrap import export_formats, in_memory
from kanchay.domain.importing import ImportPreview
from kanchay.services.context import Context
from kanchay.services.people.policy import operator_scope
from kanchay.services.ports.exports import Export
from kanchay.services.ports.files import ImportOptions
from kanchay.services.readings.export import ExportWish, export_name, open_export
from tests.unit.exports.world import NOW


@pytest.fixture
def ctx() -> Context:
    return in_memory(clock=lambda: NOW)


Leave = Callable[..., tuple[Path, Export]]


@pytest.fixture
def leave(ctx: Context, tmp_path: Path) -> Leave:
    """Write an export to a file: ``leave(site_id, format, language="es", **wish)``."""

    def write(site_id: str, name: str, language: str = "es", **wish: object) -> tuple[Path, Export]:
        form = export_formats()[name]
        export = open_export(ctx, operator_scope(), site_id, form, ExportWish(**wish))  # type: ignore[arg-type]
        path = tmp_path / export_name(export, form)
        path.write_bytes(b"".join(form.write(export, language)))
        return path, export

    return write


@pytest.fixture
def read_back(ctx: Context) -> Callable[..., ImportPreview]:
    def read(path: Path, **options: object) -> ImportPreview:
        return ctx.files.read(path, ImportOptions(**options))  # type: ignore[arg-type]

    return read
