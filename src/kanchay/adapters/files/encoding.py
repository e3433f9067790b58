"""Encoding: bytes to text, told by marks, zero bytes and validity."""

from __future__ import annotations

import codecs
import re
from typing import Final

from kanchay.adapters.files.refusal import refuse

__all__ = ["decode"]

_MARKS: Final = (
    (codecs.BOM_UTF8, "utf-8", "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32-le", "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16-le", "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16-be", "utf-16"),
)
_CONTROL: Final = re.compile(rb"[\x00-\x08\x0e-\x1f\x7f]")
_SAMPLE: Final = 65536


def _named(data: bytes) -> tuple[str, str, int]:
    """Codec, its name for people, and the length of the mark."""
    for mark, codec, name in _MARKS:
        if data.startswith(mark):
            return codec, name, len(mark)
    sample = data[:_SAMPLE]
    # Latin letters and digits in UTF-16 without a mark have every second byte zero.
    for codec, zeros in (("utf-16-le", sample[1::2]), ("utf-16-be", sample[0::2])):
        if len(sample) >= 4 and zeros.count(0) > 0.8 * len(zeros):
            return codec, codec, 0
    return "", "", 0


def decode(data: bytes, name: str) -> tuple[bytes, str]:
    """The text as UTF-8 bytes without mark, and the name of the encoding it had.

    UTF-8 is strict, so what is valid UTF-8 is taken as such; the rest is cp1252, and Latin-1 where even that
    leaves bytes undefined.
    """
    codec, label, skip = _named(data)
    body = data[skip:]
    try:
        if codec.startswith("utf-16") or codec.startswith("utf-32"):
            whole = len(body) - len(body) % (4 if "32" in codec else 2)
            text = body[:whole].decode(codec, errors="replace").encode("utf-8")
        else:
            body.decode("utf-8")
            text, label = body, label or "utf-8"
    except UnicodeDecodeError:
        text, label = _single_byte(body)
    if _looks_binary(text):
        raise refuse("binary", name)
    return text, label


def _single_byte(body: bytes) -> tuple[bytes, str]:
    for codec in ("cp1252", "latin-1"):
        try:
            return body.decode(codec).encode("utf-8"), codec
        except UnicodeDecodeError:
            continue
    raise AssertionError("latin-1 decodes every byte")


def _looks_binary(text: bytes) -> bool:
    """Control characters do not occur in tables; a few are damage, many are another kind of file."""
    for piece in (text[:_SAMPLE], text[len(text) // 2 :][:_SAMPLE]):
        if piece and len(_CONTROL.findall(piece)) > 0.005 * len(piece):
            return True
    return False
