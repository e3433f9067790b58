"""Encoding: bytes to text, told by marks, zero bytes, validity and words."""

from __future__ import annotations

import codecs
import re
import unicodedata
from collections.abc import Iterator
from typing import Final

from kanchay.adapters.files.charset import by_plausibility
from kanchay.adapters.files.refusal import refuse
from kanchay.adapters.files.unpacking import Data, begins, gathered

__all__ = ["decode"]

_MARKS: Final = (
    (codecs.BOM_UTF8, "utf-8", "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32-le", "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16-le", "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16-be", "utf-16"),
)
# Letters, digits and marks as wide as Chinese signs (U+FF01 to U+FF5E) and the blank among them; not those that
# would part or quote cells (U+FF02, FF07, FF0C, FF1B, FF5C).
_WIDE: Final = re.compile(
    rb"\xef\xbc[\x81\x83-\x86\x88-\x8b\x8d-\x9a\x9c-\xbf]|\xef\xbd[\x80-\x9b\x9d\x9e]|\xe3\x80\x80"
)
# Digits of Arabic (U+0660 to U+0669) and Persian (U+06F0 to U+06F9), and what marks their decimals and thousands.
_ARABIC: Final = re.compile(rb"\xd9[\xa0-\xa9\xab\xac]|\xdb[\xb0-\xb9]")
_CONTROL: Final = re.compile(rb"[\x00-\x08\x0e-\x1f\x7f]")
_WIDE_BLANK: Final = 0x3000
_WIDE_FROM: Final = 0xFEE0  # a wide sign less its plain one
_SAMPLE: Final = 65536
_PIECE: Final = 1 << 20


def _named(data: Data) -> tuple[str, str, int]:
    """Codec, its name for people, and the length of the mark."""
    for mark, codec, name in _MARKS:
        if begins(data, mark):
            return codec, name, len(mark)
    sample = data[:_SAMPLE]
    # Latin letters and digits in UTF-16 without a mark have every second byte zero.
    for codec, zeros in (("utf-16-le", sample[1::2]), ("utf-16-be", sample[0::2])):
        if len(sample) >= 4 and zeros.count(0) > 0.8 * len(zeros):
            return codec, codec, 0
    return "", "", 0


def decode(data: Data, name: str) -> tuple[Data, str]:
    """The text as UTF-8 bytes without mark, and the name of the encoding it had.

    UTF-8 is strict, so what is valid UTF-8 is taken as such; the rest has the encoding in which its words are most
    plausible.
    """
    codec, label, skip = _named(data)
    if codec and codec != "utf-8":
        text = gathered(_recoded(data, codec, skip, "replace"), name)
    elif _is_valid(data, skip):
        text, label = (_rest(data, skip, name) if skip else data), label or "utf-8"
    else:
        text, label = _plausible(_rest(data, skip, name), name)
    if _looks_binary(text):
        raise refuse("binary", name)
    return _narrow(text, name), label


def _narrow(text: Data, name: str) -> Data:
    """The text without marks inside, with wide digits, letters and marks, and Arabic digits, as the plain ones."""
    if text.find(codecs.BOM_UTF8) >= 0:  # files joined into one keep the mark of each
        text = _again(text, text[:].replace(codecs.BOM_UTF8, b""), name)
    sample = text[:_SAMPLE]
    wide, arabic = _WIDE.search(sample) is not None, _ARABIC.search(sample) is not None
    if not wide and not arabic:
        return text
    whole = _WIDE.sub(_plain, text[:]) if wide else text[:]
    whole = _ARABIC.sub(_digit, whole) if arabic else whole
    return _again(text, whole, name)


def _again(text: Data, changed: bytes, name: str) -> Data:
    """A changed text, kept where the text was."""
    return changed if isinstance(text, bytes) else gathered([changed], name)


def _digit(written: re.Match[bytes]) -> bytes:
    """A digit of Arabic or Persian, or the mark of its decimals; the mark of its thousands is left out."""
    sign = written[0].decode("utf-8")
    return str(unicodedata.digit(sign)).encode() if sign.isdigit() else b"." if sign == "٫" else b""


def _plain(wide: re.Match[bytes]) -> bytes:
    sign = ord(wide[0].decode("utf-8"))
    return b" " if sign == _WIDE_BLANK else bytes([sign - _WIDE_FROM])


def _pieces(data: Data, skip: int) -> Iterator[bytes]:
    return (data[at : at + _PIECE] for at in range(skip, len(data), _PIECE))


def _rest(data: Data, skip: int, name: str) -> Data:
    """Data behind its mark."""
    return data[skip:] if isinstance(data, bytes) else gathered(_pieces(data, skip), name) if skip else data


def _recoded(data: Data, codec: str, skip: int, errors: str = "strict") -> Iterator[bytes]:
    """A text piece by piece as UTF-8; of a letter that is cut at the end nothing."""
    decoder = codecs.getincrementaldecoder(codec)(errors)
    return (decoder.decode(piece).encode("utf-8", "replace") for piece in _pieces(data, skip))


def _is_valid(data: Data, skip: int) -> bool:
    """Whether data is UTF-8 throughout, looked at piece by piece."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        for piece in _pieces(data, skip):
            decoder.decode(piece)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _plausible(body: Data, name: str) -> tuple[Data, str]:
    for codec in (*by_plausibility(body[: 2 * _SAMPLE]), "latin-1"):
        try:
            return gathered(_recoded(body, codec, 0), name), codec
        except UnicodeDecodeError:
            continue
    raise AssertionError("latin-1 decodes every byte")


def _looks_binary(text: Data) -> bool:
    """Control characters do not occur in tables; a few are damage, many are another kind of file."""
    for piece in (text[:_SAMPLE], text[len(text) // 2 : len(text) // 2 + _SAMPLE]):
        if piece and len(_CONTROL.findall(piece)) > 0.005 * len(piece):
            return True
    return False
