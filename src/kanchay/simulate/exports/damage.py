"""Damaged files: bytes changed, cut, doubled or mixed up, as bad disks, mails and hands do.

What is packed is damaged inside too, and packed again, so that not the checksum alone finds it; workbooks and pages are
damaged where they are built: in their records and tags.
"""

from __future__ import annotations

import gzip
import io
import random
import struct
import zipfile
import zlib
from collections.abc import Callable
from typing import Final

from kanchay.simulate.exports.dice import dice

__all__ = ["damaged"]


def _flipped(rng: random.Random, data: bytearray) -> bytearray:
    for _ in range(rng.choice((1, 3, 20, 200))):
        data[rng.randrange(len(data))] = rng.randrange(256)
    return data


def _cut(rng: random.Random, data: bytearray) -> bytearray:
    return data[: rng.randrange(1, len(data) + 1)]


def _without(rng: random.Random, data: bytearray) -> bytearray:
    at = rng.randrange(len(data))
    return data[:at] + data[at + rng.choice((1, 7, 300)) :]


def _doubled(rng: random.Random, data: bytearray) -> bytearray:
    low, high = sorted(rng.randrange(len(data) + 1) for _ in range(2))
    return data[:high] + data[low:high] * rng.choice((1, 3)) + data[high:]


def _words(rng: random.Random, data: bytearray) -> bytearray:
    """Marks of the dialect swapped for each other everywhere, or a strange word put in."""
    if rng.random() < 0.5:
        old, new = rng.sample([b",", b";", b".", b'"', b"\n", b":", b"/", b"{", b"]", b" ", b"0", b"9"], 2)
        return bytearray(data.replace(old, new))
    strange = rng.choice(
        (
            b"NaN",
            b"1e999",
            b"-",
            b"\x00\x00",
            b"9" * 400,
            b'"',
            b"=1+1",
            b"\xff\xfe",
            b"inf",
            b"\r",
            b"[" * 300,
        )
    )
    at = rng.randrange(len(data))
    return data[:at] + strange + data[at:]


def _noise(rng: random.Random, data: bytearray) -> bytearray:
    return bytearray(data[: rng.choice((0, 4, 64))]) + bytearray(rng.randbytes(rng.choice((1, 100, 5000))))


def _tags(rng: random.Random, data: bytearray) -> bytearray:
    """A tag taken away, put in again or given numbers beyond all measure."""
    low = data.find(b"<", rng.randrange(len(data)))
    high = data.find(b">", low) + 1
    if low < 0 or high <= low:
        return _words(rng, data)
    tag, huge = bytes(data[low:high]), str(rng.choice((0, 7, 16_384, 1_048_576, 10**9, 10**30))).encode()
    with_more = tag.replace(b">", b" " + rng.choice(_COUNTS) + b'="' + huge + b'">', 1)
    return data[:low] + rng.choice((b"", tag * rng.choice((2, 500)), with_more, tag[:-1])) + data[high:]


def _records(rng: random.Random, data: bytearray) -> bytearray:
    """The head or the inside of records of an old workbook changed, behind the first sector."""
    at = 512
    places: list[int] = []
    while at + 4 < len(data) and len(places) < 5000:
        places.append(at)
        at += 4 + struct.unpack_from("<H", data, at + 2)[0]
    for place in rng.choices(places or [0], k=rng.choice((1, 2, 8))):
        offset = min(place + rng.choice((0, 2, 3, 4, 6, 8, 10)), len(data) - 1)
        data[offset] = rng.choice((0, 1, 0x7F, 0xFF, rng.randrange(256)))
    return data


def _inside(rng: random.Random, data: bytearray) -> bytearray:
    """A packed file with its content damaged, packed again."""
    try:
        if data.startswith(b"\x1f\x8b"):
            return bytearray(gzip.compress(_somehow(rng, bytearray(gzip.decompress(data))), 1, mtime=0))
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            files = {m.filename: archive.read(m) for m in archive.infolist()}
    except (zipfile.BadZipFile, zlib.error, OSError, EOFError, ValueError, NotImplementedError, RuntimeError):
        return _flipped(rng, data)
    victim = max(files, key=lambda name: len(files[name])) if rng.random() < 0.7 else rng.choice(list(files))
    files[victim] = bytes(_somehow(rng, bytearray(files[victim] or b"0")))
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED)
    return bytearray(out.getvalue())


_COUNTS: Final = (b"colspan", b"rowspan", b"ss:Index", b"ss:MergeAcross", b"ss:MergeDown", b"x:num",
                  b"table:number-rows-repeated", b"table:number-columns-repeated", b"office:value")  # fmt: skip
_PLAIN: Final = (_flipped, _cut, _without, _doubled, _words, _noise)


def _ways(data: bytearray) -> tuple[Callable[[random.Random, bytearray], bytearray], ...]:
    """How a file of this kind can be damaged."""
    if data.startswith((b"PK", b"\x1f\x8b")):
        return (*_PLAIN, _inside, _inside, _inside, _inside, _inside, _inside)
    if data.startswith(b"\xd0\xcf\x11\xe0"):
        return (*_PLAIN, _records, _records, _records, _records, _records, _records)
    return (*_PLAIN, _tags, _tags, _tags) if data.lstrip()[:1] == b"<" else _PLAIN


def _somehow(rng: random.Random, data: bytearray) -> bytearray:
    return rng.choice(_ways(data))(rng, data)


def damaged(data: bytes, seed: int) -> bytes:
    """A damaged copy of a file; the same seed damages it in the same way.

    Examples
    --------
    >>> damaged(b"time,kwh", 3) == damaged(b"time,kwh", 3)
    True
    """
    rng = dice(seed, "damage")
    made = bytearray(data)
    for _ in range(rng.choice((1, 1, 2, 3))):
        made = _somehow(rng, made or bytearray(b"0"))
    return bytes(made[: 4 * len(data) + 10_000])
