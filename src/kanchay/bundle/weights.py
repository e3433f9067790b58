"""``weights.npz`` from a stranger: arrays of numbers, bounded, and nothing else.

`numpy.load` allocates whatever a header promises, and inflates whatever is packed inside: a file of kilobytes may ask
for terabytes. So each array is checked against the bytes that are really there before it is made.
"""

from __future__ import annotations

import io
import math
import struct
import zipfile
import zlib
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from kanchay.bundle.archive import check_tail_of, entries_of
from kanchay.domain.errors import BundleError

__all__ = ["read_weights"]

_KINDS: Final = "fiu"  # floats and whole numbers
_MAX_HEADER: Final = 10_000
_BROKEN: Final = (
    zipfile.BadZipFile, EOFError, NotImplementedError, RuntimeError, OSError, zlib.error, struct.error, ValueError,
    SyntaxError, TypeError,
)  # fmt: skip


def read_weights(data: bytes) -> dict[str, NDArray[Any]]:
    """Every array of the file, by name.

    Parameters
    ----------
    data : bytes
        ``weights.npz``.

    Returns
    -------
    dict of str to ndarray
        Read-only, of the types they were saved in.

    Raises
    ------
    BundleError
        It cannot be read, holds anything else than numbers, or promises more than it has (``bundle.weights``).

    Examples
    --------
    >>> from kanchay.bundle.save import pack_weights
    >>> read_weights(pack_weights({"out/bias": np.zeros(2)}))["out/bias"].tolist()
    [0.0, 0.0]
    """
    try:
        check_tail_of(data, "weights.npz")
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            names, read = entries_of(archive)
            return {name.removesuffix(".npy"): _array(read(name)) for name in sorted(names)}
    except BundleError as error:
        raise _refused(error.message) from error
    except _BROKEN as error:
        raise _refused(str(error)) from error


def _array(data: bytes) -> NDArray[Any]:
    stream = io.BytesIO(data)
    version = np.lib.format.read_magic(stream)
    if version == (1, 0):
        header = np.lib.format.read_array_header_1_0(stream, max_header_size=_MAX_HEADER)
    elif version == (2, 0):
        header = np.lib.format.read_array_header_2_0(stream, max_header_size=_MAX_HEADER)
    else:
        raise ValueError(f"an array of version {version}")
    shape, fortran, kind = header
    if kind.kind not in _KINDS:
        raise ValueError(f"an array of '{kind}', not of numbers")
    size = len(data) - stream.tell()
    if any(n < 0 for n in shape) or math.prod(shape) * kind.itemsize != size:
        raise ValueError(f"an array said to be of shape {shape} in {size} bytes")
    array = np.frombuffer(data, kind, offset=stream.tell())
    return array.reshape(shape, order="F" if fortran else "C")


def _refused(why: str) -> BundleError:
    return BundleError(f"weights.npz cannot be read: {why}", code="bundle.weights")
