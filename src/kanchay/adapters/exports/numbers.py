"""Numbers as text that reads back as the very same number."""

from __future__ import annotations

import numpy as np

__all__ = ["exact"]


def exact(value: float, decimal: str = ".") -> str:
    """The shortest text of a number, never with an exponent: ``0.00001``, and ``0,00001`` with a decimal comma."""
    text = repr(value)
    if "e" in text:
        text = np.format_float_positional(value, trim="0")
    text = text.removesuffix(".0")
    return text if decimal == "." else text.replace(".", decimal)
