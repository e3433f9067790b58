"""The names that users import are a deliberate list."""

from __future__ import annotations

import subprocess
import sys

import pytest

import kanchay


def test_every_public_name_is_there() -> None:
    for name in kanchay.__all__:
        assert getattr(kanchay, name) is not None
    assert sorted(kanchay.__all__) == kanchay.__all__
    assert dir(kanchay) == kanchay.__all__


def test_no_public_name_is_shadowed_by_a_room() -> None:
    """Importing `kanchay.web` binds the name `web`: no public name may be called like a module."""
    from pathlib import Path

    rooms = {path.stem for path in Path(kanchay.__file__).parent.iterdir()}
    assert not rooms & set(kanchay.__all__)


def test_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="nonsense"):
        kanchay.nonsense  # noqa: B018


def test_import_costs_nothing() -> None:
    code = (
        "import sys, kanchay; print([m for m in ('numpy', 'pandas', 'flask', 'click') if m in sys.modules])"
    )
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert out.stdout.strip() == "[]"
