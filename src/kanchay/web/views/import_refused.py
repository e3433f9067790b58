"""A file that was refused: what it is, where, and how to mend it."""

from __future__ import annotations

from dataclasses import dataclass

from kanchay.domain.errors import KanchayError
from kanchay.web.shell import Reader

__all__ = ["Refused", "refused_view"]


@dataclass(frozen=True)
class Refused:
    """One refusal in words; `detail` is the exact sentence in English, where the reader's own says less."""

    name: str
    text: str
    detail: str


def refused_view(error: KanchayError, name: str, r: Reader) -> Refused:
    """The reader's own sentence about a file, and the exact one."""
    t, key = r.words, f"error.{error.code}"
    exact = f"{error.message} {error.hint}".strip()
    if not t.has(key):
        return Refused(name, exact, "")
    text = f"{t(key)} {t(f'{key}.hint')}" if t.has(f"{key}.hint") else t(key)
    return Refused(name, text, exact)
