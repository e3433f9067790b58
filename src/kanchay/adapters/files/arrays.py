"""Arrow arrays made and taken apart without pandas.

`pyarrow.array`, `pyarrow.scalar` and methods that take Python values import pandas where it is installed, to look
whether they were handed one of its objects. That costs a second at every import of a file.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from itertools import islice
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from kanchay.domain.interval import IntArray

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = [
    "by_blocks",
    "codes_of",
    "floats_of",
    "integers",
    "integers_of",
    "known_of",
    "nothing",
    "strings",
    "true_where_known",
]

_BLOCK: Final = 65_536


def strings(words: Iterable[str | None]) -> Any:
    """Words as a string array, null for None; a block after the other, so that words may be made on the way."""
    import pyarrow as pa

    rest = iter(words)
    first = _strings(list(islice(rest, _BLOCK)))
    others = [_strings(block) for block in iter(lambda: list(islice(rest, _BLOCK)), [])]
    return pa.concat_arrays([first, *others]) if others else first


def _strings(words: list[str | None]) -> Any:
    import pyarrow as pa

    cells = [None if w is None else w.encode("utf-8", "replace") for w in words]
    lengths = np.array([0] + [len(c or b"") for c in cells], dtype=np.int64)
    offsets = pa.py_buffer(np.cumsum(lengths).astype(np.int64))
    known = np.packbits(np.array([c is not None for c in cells], dtype=bool), bitorder="little")
    data = pa.py_buffer(b"".join(c or b"" for c in cells))
    large = pa.Array.from_buffers(
        pa.large_string(), len(cells), [pa.py_buffer(known.tobytes()), offsets, data]
    )
    return large.cast(pa.string())


def by_blocks(array: Any, change: Callable[[Any], Any]) -> Any:
    """An array changed a block after the other: what is made on the way stays small, and what stays is kept once."""
    import pyarrow as pa

    blocks = [array.slice(at, _BLOCK) for at in range(0, len(array), _BLOCK)]
    changed = [change(block) for block in blocks]
    same = all(new is old for new, old in zip(changed, blocks, strict=True))
    return array if same else pa.concat_arrays(changed)


def integers(values: IntArray) -> Any:
    """Whole numbers as an array."""
    import pyarrow as pa

    return pa.Array.from_buffers(
        pa.int64(), len(values), [None, pa.py_buffer(np.ascontiguousarray(values, np.int64))]
    )


def nothing(kind: Any) -> Any:
    """The null of a type."""
    import pyarrow as pa

    return pa.nulls(1, kind)[0]


def true_where_known(flags: Any) -> Any:
    """Flags with False where they are null."""
    import pyarrow.compute as pc

    return pc.and_kleene(pc.is_valid(flags), flags)


def known_of(array: Any) -> NDArray[np.bool_]:
    """Where an array holds something."""
    import pyarrow as pa
    import pyarrow.compute as pc

    flags = pc.cast(pc.is_valid(array), pa.uint8())
    return np.frombuffer(flags.buffers()[1], dtype=np.uint8)[flags.offset : flags.offset + len(flags)] > 0


def integers_of(array: Any) -> IntArray:
    """An int64 array with 0 where it is null."""
    if len(array) == 0:
        return np.zeros(0, dtype=np.int64)
    raw = np.frombuffer(array.buffers()[1], dtype=np.int64)[array.offset : array.offset + len(array)]
    return np.where(known_of(array), raw, 0)


def floats_of(array: Any) -> NDArray[np.float64]:
    """A float64 array with NaN where it is null."""
    if len(array) == 0:
        return np.zeros(0)
    raw = np.frombuffer(array.buffers()[1], dtype=np.float64)[array.offset : array.offset + len(array)]
    return np.where(known_of(array), raw, np.nan)


def codes_of(encoded: Any) -> IntArray:
    """Indices of a dictionary array, -1 where it is null."""
    indices = encoded.indices
    if len(indices) == 0:
        return np.zeros(0, dtype=np.int64)
    known = known_of(indices)
    raw = np.frombuffer(indices.buffers()[1], dtype=indices.type.to_pandas_dtype())
    codes: IntArray = np.where(known, raw[indices.offset : indices.offset + len(indices)], -1).astype(
        np.int64
    )
    return codes
