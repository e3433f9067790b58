"""Reading a paper bill that somebody hands in."""

from __future__ import annotations

from typing import Protocol

from kanchay.domain.receipt import Receipt

__all__ = ["ReceiptReader"]


class ReceiptReader(Protocol):
    """Reads a text PDF or an electronic receipt; raises `FileRefused` for what is neither, or not safe."""

    def read(self, data: bytes, name: str) -> Receipt: ...
