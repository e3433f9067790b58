"""Damaged files: bytes changed, cut, doubled or mixed up, as bad disks, mails and hands do."""

from __future__ import annotations

import random

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
        made = rng.choice((_flipped, _cut, _without, _doubled, _words, _noise))(rng, made or bytearray(b"0"))
    return bytes(made[: 4 * len(data) + 10_000])
