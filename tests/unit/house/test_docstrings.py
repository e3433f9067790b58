"""What other code calls in domain, analysis and bundle tells its parameters, shapes, units and an example."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

SRC = Path(__file__).resolve().parents[3] / "src" / "kanchay"
ROOMS = ("domain", "analysis", "bundle")
HEADING = re.compile(r"^(\w+)\n-+\n", re.M)
ENTRY = re.compile(
    r"^(?:\*{0,2}\w+(?:, )?)+(?= : |$)", re.M
)  # `mean, low, high : float` is one entry for three names
UNIT = re.compile(r"\[[^\]]+\]")
UNIT_IN_NAME = re.compile(r"_(s|h|kwh|kw|w|c|k|m2|l|year|month|months|per_\w+|low|high|kg)$")
NUMBERS = re.compile(r"\b(FloatArray|IntArray|float)\b")
WITHOUT_UNIT = {"latitude", "longitude", "confidence", "probability", "factor", "offset"}


def modules(*rooms: str) -> list[Path]:
    return [
        path for room in rooms for path in sorted((SRC / room).rglob("*.py")) if path.name != "__init__.py"
    ]


def sections(docstring: str) -> dict[str, str]:
    """Text of each section by its heading; what stands before the first is under the empty name."""
    parts = HEADING.split(docstring)
    return {"": parts[0], **dict(zip(parts[1::2], parts[2::2], strict=True))}


def named(section: str) -> set[str]:
    return {name.strip("* ") for entry in ENTRY.findall(section) for name in entry.split(",")}


def public(path: Path) -> Iterator[ast.FunctionDef | ast.ClassDef]:
    tree = ast.parse(path.read_text("utf-8"))
    (names,) = [
        ast.literal_eval(node.value)
        for node in tree.body
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "__all__"
    ] or [()]
    for node in tree.body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef) and node.name in names:
            yield node


def parameters(function: ast.FunctionDef) -> list[str]:
    of = function.args
    rest = [arg for arg in (of.vararg, of.kwarg) if arg is not None]
    return [arg.arg for arg in (*of.posonlyargs, *of.args, *of.kwonlyargs, *rest)]


def flaws_of_function(node: ast.FunctionDef) -> list[str]:
    told = sections(ast.get_docstring(node) or "")
    flaws = [f"parameter {p}" for p in parameters(node) if p not in named(told.get("Parameters", ""))]
    answer = ast.unparse(node.returns) if node.returns else "None"
    if answer != "None" and not told.keys() & {"Returns", "Yields"}:
        flaws.append("Returns")
    if NUMBERS.search(answer) and not UNIT.search(told.get("Returns", "")):
        flaws.append("unit of what it returns")
    return flaws


def fields(node: ast.ClassDef) -> list[ast.AnnAssign]:
    return [f for f in node.body if isinstance(f, ast.AnnAssign) and isinstance(f.target, ast.Name)]


def flaws_of_class(node: ast.ClassDef) -> list[str]:
    told = named(sections(ast.get_docstring(node) or "").get("Attributes", ""))
    return [f"attribute {f.target.id}" for f in fields(node) if f.target.id not in told]


@pytest.mark.parametrize("path", modules(*ROOMS), ids=lambda p: str(p.relative_to(SRC)))
def test_functions_tell_parameters_and_answer(path: Path) -> None:
    functions = [node for node in public(path) if isinstance(node, ast.FunctionDef)]
    flaws = {node.name: flaws_of_function(node) for node in functions}
    assert not {name: found for name, found in flaws.items() if found}


@pytest.mark.parametrize("path", modules("analysis", "bundle"), ids=lambda p: str(p.relative_to(SRC)))
def test_classes_tell_every_attribute(path: Path) -> None:
    flaws = {node.name: flaws_of_class(node) for node in public(path) if isinstance(node, ast.ClassDef)}
    assert not {name: found for name, found in flaws.items() if found}


@pytest.mark.parametrize("path", modules("domain"), ids=lambda p: str(p.relative_to(SRC)))
def test_numbers_of_the_domain_tell_their_unit(path: Path) -> None:
    """In the name, in the class's docstring, or in a comment where the field is born."""
    lines = path.read_text("utf-8").splitlines()
    silent = []
    for node in public(path):
        doc = ast.get_docstring(node) or ""
        for field in fields(node) if isinstance(node, ast.ClassDef) else ():
            name = field.target.id
            told = UNIT_IN_NAME.search(name) or name in WITHOUT_UNIT or "#" in lines[field.lineno - 1]
            if (
                NUMBERS.search(ast.unparse(field.annotation))
                and not told
                and not re.search(rf"\b{name}\b", doc)
            ):
                silent.append(f"{node.name}.{name}")
    assert not silent


@pytest.mark.parametrize("path", modules("analysis"), ids=lambda p: str(p.relative_to(SRC)))
def test_every_module_of_analysis_shows_an_example(path: Path) -> None:
    shown = [node.name for node in public(path) if ">>> " in (ast.get_docstring(node) or "")]
    assert shown or not list(public(path)), (
        f"{path.name}: none of its public functions and classes has an example"
    )
