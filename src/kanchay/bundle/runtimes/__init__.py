"""Ways to run the network of a bundle; all take raw load and answer in its unit."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Final, Protocol

import numpy as np
from numpy.typing import NDArray

__all__ = ["CHUNK", "INPUTS", "OUTPUT", "Float32", "Runtime", "in_chunks", "member_suffixes"]

Float32 = NDArray[np.float32]

_WITH_AIR: Final = (
    "load", "mask", "calendar_context", "calendar_target", "temperature", "temperature_mask", "lead",
)  # fmt: skip

#: What a graph reads, by format of the bundle.
INPUTS: Final = {1: _WITH_AIR[:4], 2: _WITH_AIR, 3: _WITH_AIR}
OUTPUT: Final = "forecast"
CHUNK: Final = 1024  # windows at once: fast enough, and memory stays flat


class Runtime(Protocol):
    """Runs the network."""

    @property
    def name(self) -> str: ...

    def run(self, inputs: Mapping[str, Float32]) -> Float32:
        """Mean and quantiles, shape (n_windows, 24, 10), in the unit of `load`.

        ``load`` (n, 168) holds 0 where ``mask`` is 0; ``calendar_context`` is (n, 168, k) and ``calendar_target``
        (n, 24, k). From format 2 on also ``temperature`` with ``temperature_mask`` (n, 192) and ``lead`` (n, 1), the
        day ahead that is asked for, as a share of seven. Inputs that the graph does not read are passed over.
        """
        ...


def member_suffixes(members: int) -> Iterator[str]:
    """What ends the names of each member's layers: nothing for the first, then ``_2``, ``_3`` and so on."""
    yield ""
    for number in range(2, members + 1):
        yield f"_{number}"


def in_chunks(
    run: Callable[[dict[str, Float32]], Float32],
    inputs: Mapping[str, Float32],
    names: Sequence[str],
    *,
    size: int = CHUNK,
    threads: int = 1,
) -> Float32:
    """Run the named inputs a chunk at a time, so that memory stays flat; on several threads where `run` allows it."""
    n = len(inputs["load"])
    chunks = [{name: inputs[name][i : i + size] for name in names} for i in range(0, n, size)]
    if len(chunks) == 1:
        return run(chunks[0])
    if threads == 1 or not chunks:
        return np.concatenate([run(chunk) for chunk in chunks])
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(threads) as pool:
        return np.concatenate(list(pool.map(run, chunks)))
