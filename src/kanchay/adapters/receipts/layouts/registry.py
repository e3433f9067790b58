"""Every layout, one row each. Whose receipt it is, is told by tax number first, then by name."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from kanchay.adapters.receipts.layout import Distributor, Layout
from kanchay.adapters.receipts.layouts import distriluz, electro_sur_este, luz_del_sur, pluz, words
from kanchay.adapters.receipts.text import TextLine

__all__ = ["LAYOUTS", "WORDS", "by_ruc", "recognise"]

WORDS: Final = words.LAYOUT
LAYOUTS: Final[tuple[Layout, ...]] = (
    luz_del_sur.LAYOUT, pluz.LAYOUT, distriluz.LAYOUT, electro_sur_este.LAYOUT, WORDS,
)  # fmt: skip
_OWN: Final = re.compile(r"\br\.?u\.?c\.?[ n°º.:]{0,8}(\d{11})\b")


def by_ruc(ruc: str) -> Distributor | None:
    """The company of a tax number; None where we do not know it."""
    return next((d for layout in LAYOUTS for d in layout.distributors if d.ruc and d.ruc == ruc), None)


def recognise(lines: Sequence[TextLine]) -> tuple[Layout, Distributor | None, TextLine | None, str]:
    """Layout, company, the line that told, and by what: "ruc", "name" or "" where nothing did."""
    for line in lines:
        for found in _OWN.finditer(line.folded):
            known = by_ruc(found[1])
            if known is not None:
                return _layout_of(known), known, line, "ruc"
    for line in lines:
        for layout in LAYOUTS:
            for known in layout.distributors:
                if re.search(known.words, line.folded):
                    return layout, known, line, "name"
    return WORDS, None, None, ""


def _layout_of(distributor: Distributor) -> Layout:
    return next(layout for layout in LAYOUTS if distributor in layout.distributors)
