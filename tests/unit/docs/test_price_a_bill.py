"""The how-to on bills names every reason why one is refused."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
PAGE = ROOT / "docs" / "how-to" / "price-a-bill.md"


def test_every_refusal_code_stands_in_the_table() -> None:
    told = set(re.findall(r"^\| `(bill\.[a-z_]+)` \|", PAGE.read_text("utf-8"), re.M))
    source = "".join(p.read_text("utf-8") for p in (ROOT / "src" / "kanchay").rglob("*.py"))
    raised = set(re.findall(r'code="(bill\.[a-z_]+)"', source)) | {
        "bill.missing_quantity"
    }  # made of two words
    assert len(raised) > 10
    assert told == raised
