"""What holds for the repository as a whole."""

from __future__ import annotations

import ast
import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]


def tracked(*patterns: str) -> list[Path]:
    out = subprocess.run(["git", "ls-files", *patterns], cwd=ROOT, capture_output=True, text=True, check=True)
    return [ROOT / line for line in out.stdout.splitlines()]


def test_no_pickle_is_read_anywhere() -> None:
    for path in tracked("src/*.py"):
        text = path.read_text("utf-8")
        assert not re.search(r"^\s*(import|from) pickle", text, re.M), path
        assert "allow_pickle=True" not in text, path


def test_functions_stay_readable() -> None:
    """Hardly any function over 60 lines, docstring not counted."""
    long = []
    for path in tracked("src/*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.FunctionDef):
                body = node.body[1:] if ast.get_docstring(node) else node.body
                size = node.end_lineno - body[0].lineno + 1 if body and node.end_lineno else 0
                if size > 60:
                    long.append(f"{path.relative_to(ROOT)}:{node.lineno} {node.name} {size}")
    assert len(long) <= 3, long


def test_public_rooms_have_docstrings() -> None:
    missing = []
    for path in tracked("src/kanchay/domain/*.py", "src/kanchay/analysis/*.py", "src/kanchay/bundle/*.py"):
        tree = ast.parse(path.read_text("utf-8"))
        for node in tree.body:
            public = isinstance(node, ast.FunctionDef | ast.ClassDef) and not node.name.startswith("_")
            if public and not ast.get_docstring(node):
                missing.append(f"{path.relative_to(ROOT)}:{node.lineno} {node.name}")
    assert not missing, missing


@pytest.mark.parametrize("room", ["domain", "analysis", "bundle", "settings.py"])
def test_examples_in_docstrings_run(room: str) -> None:
    import doctest
    import importlib

    base = ROOT / "src" / "kanchay" / room
    paths = [base] if base.is_file() else sorted(base.rglob("*.py"))
    tried = failed = 0
    for path in paths:
        name = ".".join(path.relative_to(ROOT / "src").with_suffix("").parts).removesuffix(".__init__")
        result = doctest.testmod(importlib.import_module(name), optionflags=doctest.NORMALIZE_WHITESPACE)
        tried, failed = tried + result.attempted, failed + result.failed
    assert failed == 0
    assert tried > 0 or room == "settings.py"


def test_nothing_large_rides_along() -> None:
    sizes = {path: path.stat().st_size for path in tracked() if path.exists()}
    large = {str(p.relative_to(ROOT)): s for p, s in sizes.items() if s > 4_000_000}
    assert not large, large
