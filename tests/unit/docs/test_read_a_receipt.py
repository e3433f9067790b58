"""The how-to about receipts does what it says."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from kanchay.adapters.receipts.layouts.registry import LAYOUTS
from kanchay.adapters.receipts.pdf import PDF_LIMITS
from tests.followed import follow

PAGE = Path(__file__).resolve().parents[3] / "docs" / "how-to" / "read-a-receipt.md"


@pytest.mark.slow  # fills the demo
def test_its_commands_run_and_print_what_it_shows(tmp_path: Path) -> None:
    text = PAGE.read_text("utf-8")
    printed = "".join(follow(PAGE, tmp_path, languages=("bash",)))
    (shown,) = re.findall(r"```\n(By the prices.*?)```", text, flags=re.S)
    for line in shown.strip().splitlines():
        assert line == "…" or line in printed, line
    assert "casa-surquillo now has pe.luz_del_sur.lima_sur.bt5b, read on day 4" in printed
    assert "casa-surquillo has pe.luz_del_sur.lima_sur.bt5b again" in printed


def test_it_names_every_layout_and_every_bound() -> None:
    text = PAGE.read_text("utf-8")
    assert [layout.id for layout in LAYOUTS if f"`{layout.id}`" not in text] == []
    assert f"{PDF_LIMITS.max_bytes >> 20} MB, {PDF_LIMITS.max_pages} pages, {PDF_LIMITS.seconds} s" in text
    assert f"{PDF_LIMITS.max_memory >> 20} MB of memory" in text
