"""The house keeps its arrows: each room imports only what stands to its right (DESIGN, the house)."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

SRC = Path(__file__).resolve().parents[3] / "src" / "kanchay"
LEVEL = {
    "cli": 6, "web": 6, "runtime": 6, "product": 6,
    "bootstrap": 5,
    "adapters": 4, "bundle": 4, "learning": 4, "simulate": 4,
    "services": 3,
    "analysis": 2,
    "domain": 1,
}  # fmt: skip
FREE = {"_version", "__init__"}  # the version, and the bare package as the place where the library lies
# Rooms of one level that may know each other, and why.
SAME_LEVEL = {
    ("cli", "web"),  # `kanchay serve` makes the app
    ("cli", "runtime"),  # `kanchay worker` runs the worker
    ("adapters", "bundle"),  # the shelf of models opens bundles
    ("learning", "bundle"),  # training saves one
    ("learning", "simulate"),  # simulated homes are part of the corpus
    ("learning", "adapters"),  # measured homes are read by an adapter
}
# Small tools that stand by themselves, and the lowest room that may use them.
TOOLS = {"plain": "services", "newfile": "adapters"}
# `settings` is read by bootstrap and the faces; adapters are handed plain values.
SETTINGS_READERS = {"cli", "web", "runtime", "bootstrap", "__init__"}


def room(module: str) -> str:
    return module.split(".")[1] if "." in module else "__init__"


def imports(path: Path) -> Iterator[tuple[str, int]]:
    """Modules of `kanchay` that a file imports, relative imports resolved, wherever in the file they stand."""
    package = ["kanchay", *path.relative_to(SRC).parts[:-1]]
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level + 1] if node.level else []
            stem = ".".join([*base, *([node.module] if node.module else [])])
            # `from kanchay import services` names the room in the list of names.
            names = [f"{stem}.{alias.name}" for alias in node.names]
        else:
            continue
        yield from ((name, node.lineno) for name in names if name.split(".")[0] == "kanchay")


def files() -> list[Path]:
    return sorted(SRC.rglob("*.py"))


@pytest.mark.parametrize("path", files(), ids=lambda p: str(p.relative_to(SRC)))
def test_arrows_point_right(path: Path) -> None:
    here = path.relative_to(SRC).parts[0].removesuffix(".py")
    if here in ("__init__", "__main__"):
        return
    for module, line in imports(path):
        there = room(module)
        if there in FREE or there == here:
            continue
        where = f"{path.relative_to(SRC)}:{line} imports {module}"
        if there == "settings":
            assert here in SETTINGS_READERS, f"{where}: only bootstrap and the faces read settings"
        elif there == "library":
            assert here == "adapters", f"{where}: the library is read through its port"
        elif here in ("settings", *TOOLS):
            assert there == "domain", where
        elif there in TOOLS:
            assert LEVEL[here] >= LEVEL[TOOLS[there]], where
        else:
            ok = LEVEL[there] < LEVEL[here] or (here, there) in SAME_LEVEL
            assert ok, f"{where}: '{there}' does not stand to the right of '{here}'"


@pytest.mark.parametrize("path", sorted((SRC / "domain").glob("*.py")), ids=lambda p: p.name)
def test_domain_needs_only_numpy(path: Path) -> None:
    import sys

    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        names = (
            [a.name for a in node.names]
            if isinstance(node, ast.Import)
            else [node.module or ""]
            if isinstance(node, ast.ImportFrom)
            else []
        )
        for name in names:
            top = name.split(".")[0]
            assert top in {"numpy", "kanchay"} or top in sys.stdlib_module_names, (
                f"{path.name} imports {name}"
            )


@pytest.mark.parametrize("room_name", ["domain", "analysis"])
def test_pure_rooms_do_no_io(room_name: str) -> None:
    """No files, no network, no clock, no environment."""
    forbidden = {
        "os",
        "pathlib",
        "socket",
        "urllib",
        "requests",
        "sqlite3",
        "subprocess",
        "shutil",
        "io",
        "random",
    }
    calls = {("datetime", "now"), ("date", "today"), ("time", "time"), ("datetime", "utcnow")}
    for path in sorted((SRC / room_name).rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Import):
                assert not {a.name.split(".")[0] for a in node.names} & forbidden, path
            if isinstance(node, ast.ImportFrom):
                assert (node.module or "").split(".")[0] not in forbidden, path
            if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
                assert (node.value.id, node.attr) not in calls, f"{path}:{node.lineno} reads the clock"
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
                assert node.func.id != "open", f"{path}:{node.lineno} opens a file"
