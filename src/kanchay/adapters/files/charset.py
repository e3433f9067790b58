"""Charset: which of the encodings from before Unicode a text has, told by how plausible its words become.

A text that is no UTF-8 says nothing of its encoding, and most of them read any byte as something. In the right one
the words of the head are words of meters and its cells are dates; in a wrong one marks stand within words, scripts mix
and characters come up that nobody uses.
"""

from __future__ import annotations

import codecs
import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from itertools import pairwise
from typing import Final

from kanchay.adapters.files.cells import cell_type
from kanchay.adapters.files.evidence import Alternative, rank
from kanchay.adapters.files.grammar import MONTHS, plain_word
from kanchay.adapters.files.vocabulary import DIRECTIONS, QUANTITIES, ROLE_WORDS
from kanchay.adapters.files.words import find_unit, matches, normal

__all__ = ["by_plausibility"]

# The encodings that spreadsheets and portals write, with what has to speak for each before it is taken.
_CODECS: Final = {
    "cp1252": 0.0, "latin-1": -0.5, "cp1250": -1.0, "cp1251": -1.0, "cp1253": -1.0, "cp1254": -1.0, "cp1257": -1.5,
    "cp1255": -1.5, "cp1256": -1.5, "cp932": -1.0, "cp949": -1.0, "gb18030": -1.0, "cp950": -1.5, "cp850": -1.5,
    "mac_roman": -2.0,
}  # fmt: skip
# National codes whose first rows hold the characters in everyday use.
_EVERYDAY: Final = {
    "cp932": ("euc_jp", (0xA4, 0xCF)),
    "cp949": ("euc_kr", (0xB0, 0xC8)),
    "gb18030": ("gb2312", (0xB0, 0xD7)),
    "cp950": ("big5", (0xA4, 0xC6)),
}
_SAMPLE: Final = 65536
_MOST: Final = 60  # different words, and cells, that are looked at
_KNOWN: Final = 3.0
_ODD: Final = 2.0
_CELLS: Final = re.compile(r"[,;|\t\r\n\"]+")
_WORDS: Final = re.compile(r"\w+(?:[^\x00-\x7f\s]\w+)*")
_JAPANESE: Final = frozenset(["CJK", "HIRAGANA", "KATAKANA", "KATAKANA-HIRAGANA"])
_CODED: Final = frozenset(["Cc", "Co"])  # controls, and characters that nobody has defined


def by_plausibility(data: bytes) -> list[str]:
    """The encodings in which a text can be read, the most plausible one first.

    Parameters
    ----------
    data : bytes
        Text that is no UTF-8, from its beginning.
    """
    texts = ((codec, _text(data, codec)) for codec in _CODECS)
    weighed = [Alternative(codec, _CODECS[codec] + _score(t, codec)) for codec, t in texts if t is not None]
    return [a.value for a in rank(weighed)]


def _text(data: bytes, codec: str) -> str | None:
    """The beginning of a text in an encoding; None where it is none in that."""
    try:
        return codecs.getincrementaldecoder(codec)().decode(data[:_SAMPLE], final=len(data) <= _SAMPLE)
    except UnicodeDecodeError:
        return None


def _score(text: str, codec: str) -> float:
    """How plausible a text is: words and dates that are known, less words that nobody writes."""
    words = list(_with_signs(_WORDS.findall(text)))
    known = sum(map(_is_known, words)) + sum(map(_is_time, _with_signs(_CELLS.split(text))))
    odd = sum(_is_odd(w, codec) for w in words) + any(
        unicodedata.category(c) in _CODED for c in set(text) - {*"\r\n\t"}
    )
    return _KNOWN * known - _ODD * odd


def _with_signs(parts: list[str]) -> Iterator[str]:
    """The first different parts of a text that hold more than ASCII."""
    found = (p for p in dict.fromkeys(parts) if not p.isascii() and len(p) < _MOST)
    return (p for p, _ in zip(found, range(_MOST), strict=False))


@lru_cache(maxsize=4096)  # most encodings agree on most words
def _is_known(word: str) -> bool:
    """Whether a word is one of meters, or a month."""
    words = normal(word)
    patterns = (*(p for p, *_ in QUANTITIES), *(p for p, *_ in DIRECTIONS), *ROLE_WORDS.values())
    return plain_word(word) in MONTHS or any(matches(p, words) for p in patterns)


def _is_time(cell: str) -> bool:
    return any(c.isdigit() for c in cell) and cell_type(cell) in ("date", "datetime", "time", "range")


def _is_odd(word: str, codec: str) -> bool:
    """Whether nobody writes such a word: scripts that mix, marks and capitals within it, characters of no use."""
    letters = [c for c in word if c.isalpha() or unicodedata.category(c)[0] == "M"]
    strange = [c for c in letters if not c.isascii()]
    scripts = {unicodedata.name(c, "?").split()[0] for c in strange}
    if len(scripts) > 1 and not scripts <= _JAPANESE:
        return True
    if re.search(r"[^\W\d_][^\w\s\-–·.'’/*×][^\W\d_]|[^\W\d_][²³¹¼½¾º]+[^\W\d_]", word):
        return True
    if scripts <= {"LATIN"}:
        within = any(a.islower() and b.isupper() for a, b in pairwise(letters) if not b.isascii())
        return within or (len(letters) > 3 and 2 * len(strange) > len(letters))
    plain = "".join(c for c in word if c.isascii() and c.isalpha())
    return bool(plain and find_unit(f"({plain})") is None) or not all(_is_everyday(c, codec) for c in strange)


def _is_everyday(letter: str, codec: str) -> bool:
    if codec not in _EVERYDAY:
        return True
    national, (low, high) = _EVERYDAY[codec]
    try:
        return low <= letter.encode(national)[0] <= high
    except UnicodeEncodeError:
        return False
