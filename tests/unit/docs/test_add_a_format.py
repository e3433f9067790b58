"""The how-to for a new file format, followed to the letter in a copy of the tree."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from kanchay.adapters.files.formats.registry import TABLES, TEXTS

ROOT = Path(__file__).resolve().parents[3]
PAGE = ROOT / "docs" / "how-to" / "add-a-file-format.md"
FORMATS = Path("src/kanchay/adapters/files/formats")
_BLOCK = re.compile(r"`([\w./]+)`:\n\n```\w+\n(.*?)```(?=\n)", re.S)


def linked(copy: Path, deepest: Path) -> None:
    """A tree that is all links, but for the folders down to one, so that only that one can be changed."""
    here = Path()
    for part in ["", *deepest.parts]:
        here = here / part
        (copy / here).mkdir(parents=True, exist_ok=True)
        inside = deepest.parts[len(here.parts)] if len(here.parts) < len(deepest.parts) else ""
        for entry in (ROOT / here).iterdir():
            if entry.name != inside and entry.suffix != ".pyc" and here.parts:
                (copy / here / entry.name).symlink_to(entry)


def added(text: str, diffs: list[str]) -> str:
    """A text with the lines of each diff behind the line above them."""
    for diff in diffs:
        above, new = re.findall(r"^[ +](.*)$", diff, re.M)
        assert text.count(f"{above}\n") == 1, f"'{above}' does not stand once in the registry"
        text = text.replace(f"{above}\n", f"{above}\n{new}\n")
    return text


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    copy = tmp_path_factory.mktemp("format")
    page = PAGE.read_text("utf-8")
    linked(copy, FORMATS)
    (copy / "tests/golden").mkdir(parents=True)
    (copy / "tests/data/import/formats").mkdir(parents=True)
    golden = ROOT / "tests/golden/test_named_formats.py"
    (copy / "tests/golden" / golden.name).write_text(golden.read_text("utf-8"), "utf-8")
    registry = FORMATS / "registry.py"
    for place, block in _BLOCK.findall(page):
        if place != registry.as_posix():
            assert not (copy / place).exists(), f"{place} is there already"
            (copy / place).write_text(block, "utf-8")
    diffs = re.findall(r"```diff\n(.*?)```", page, re.S)
    assert len(diffs) == 2
    (copy / registry).unlink()
    (copy / registry).write_text(added((ROOT / registry).read_text("utf-8"), diffs), "utf-8")
    return copy


def test_whoever_follows_it_has_a_format(tree: Path) -> None:
    """The command of step 5 passes with the format, and fails without its row."""
    command = re.findall(r"```sh\n(pytest .*)\n```", PAGE.read_text("utf-8"))[0].split()[1:]
    passed = run(tree, command)
    assert passed.returncode == 0, passed.stdout[-3000:]
    assert "1 passed" in passed.stdout
    registry = tree / FORMATS / "registry.py"
    registry.write_text(registry.read_text("utf-8").replace("    inti.PROFILE,\n", ""), "utf-8")
    assert "1 failed" in run(tree, command).stdout


def test_every_format_stands_in_the_page_for_readers() -> None:
    page = (ROOT / "docs/how-to/import-a-file.md").read_text("utf-8")
    for known in (*TEXTS, *TABLES):
        name, _, what = known.title.partition(" (")
        assert name in page, known.name
        assert not what or name.startswith("Building") or f"({what}" in page, known.name


def run(tree: Path, arguments: list[str]) -> subprocess.CompletedProcess[str]:
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-q",
        "-p",
        "no:cacheprovider",
        "--rootdir",
        str(tree),
        *arguments,
    ]
    environment = os.environ | {"PYTHONPATH": str(tree / "src"), "PYTHONDONTWRITEBYTECODE": "1"}
    return subprocess.run(
        command, cwd=tree, env=environment, capture_output=True, text=True, timeout=240, check=False
    )
