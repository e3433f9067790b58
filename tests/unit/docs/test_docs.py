"""The documents keep up with the code."""

from __future__ import annotations

import importlib.util
import re
import shlex
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]


def generator():
    spec = importlib.util.spec_from_file_location("docs_generate", ROOT / "docs" / "generate.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_reference_pages_are_current(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "100")
    assert generator().main(check=True) == 0


@pytest.mark.parametrize(
    "path", sorted(p for p in ROOT.glob("**/*.md") if ".venv" not in p.parts), ids=lambda p: p.name
)
def test_links_between_documents_lead_somewhere(path: Path) -> None:
    text = re.sub(r"```.*?```", "", path.read_text("utf-8"), flags=re.S)
    for target in re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", text):
        if "://" not in target and not target.startswith("mailto:"):
            assert (path.parent / target).exists(), f"{path.name} links to {target}"


def test_every_decision_has_its_three_parts() -> None:
    for path in sorted((ROOT / "docs" / "adr").glob("0*.md")):
        text = path.read_text("utf-8")
        for part in ("## Context", "## Decision", "## Consequences"):
            assert part in text, f"{path.name} lacks '{part}'"


def commands_in_documents() -> list[tuple[str, str]]:
    pages = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
    found = []
    for page in pages:
        for block in re.findall(r"```(?:sh|bash)\n(.*?)```", page.read_text("utf-8"), flags=re.S):
            lines = block.replace("\\\n", " ").splitlines()
            found += [
                (page.name, line.split("#")[0].strip()) for line in lines if line.startswith("kanchay ")
            ]
    return found


@pytest.mark.parametrize(("page", "line"), commands_in_documents())
def test_commands_in_documents_exist(page: str, line: str) -> None:
    """Every verb, sub-verb and option that a page names is one that the program knows."""
    import click

    from kanchay.cli import cli

    words = shlex.split(line)[1:]
    command: click.Command = cli
    context = click.Context(cli, info_name="kanchay")
    known = {o for p in cli.params for o in p.opts}
    for word in words:
        if word.startswith("--"):
            assert word.split("=")[0] in known, f"{page}: {line}"
        elif isinstance(command, click.Group) and word in command.list_commands(context):
            command = command.get_command(context, word)
            known = {o for p in command.params for o in (*p.opts, *p.secondary_opts)}
    assert command is not cli, f"{page}: {line} names no verb"
