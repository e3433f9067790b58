"""Ways to run the network of a bundle; all take raw load and answer in its unit."""

from __future__ import annotations

from typing import Final, Protocol

import numpy as np
from numpy.typing import NDArray

__all__ = ["CHUNK", "INPUTS", "OUTPUT", "Float32", "Runtime"]

Float32 = NDArray[np.float32]

INPUTS: Final = ("load", "mask", "calendar_context", "calendar_target")
OUTPUT: Final = "forecast"
CHUNK: Final = 1024  # windows at once: fast enough, and memory stays flat


class Runtime(Protocol):
    """Runs the network."""

    @property
    def name(self) -> str: ...

    def run(self, load: Float32, mask: Float32, context: Float32, target: Float32) -> Float32:
        """Mean and quantiles, shape (n_windows, 24, 10), in the unit of `load`.

        `load` (n, 168) holds 0 where `mask` is 0; `context` is (n, 168, k) and `target` (n, 24, k).
        """
        ...
