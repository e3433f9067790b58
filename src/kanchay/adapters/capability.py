"""What this machine can run, found out by trying."""

from __future__ import annotations

import os
from importlib import import_module
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any, Final

from kanchay._version import __version__
from kanchay.domain.model import Capability
from kanchay.newfile import kept_word

__all__ = ["capability_of", "hub_id", "newest_opset"]

_PACKAGES: Final = {
    "onnx": ("onnxruntime", "onnxruntime"),
    "litert": ("ai_edge_litert.interpreter", "ai-edge-litert"),
}
_NEWEST_TRIED: Final = 40
_OLDEST_TRIED: Final = 7


def capability_of(home: Path) -> Capability:
    """Runtimes that load, formats that are read, operators that onnxruntime takes, free memory."""
    from kanchay.bundle.manifest import FORMATS, KINDS

    packages = {"numpy": version("numpy")}
    for runtime, (module, package) in _PACKAGES.items():
        try:
            import_module(module)
            packages[runtime] = version(package)
        except (ImportError, PackageNotFoundError):
            continue
    return Capability(
        hub_id=hub_id(home),
        code_version=__version__,
        runtimes=tuple(r for r in ("onnx", "litert", "numpy") if r in packages),
        packages=packages,
        formats=FORMATS,
        kinds=KINDS,
        opset=newest_opset() if "onnx" in packages else 0,
        memory_mb=_free_memory_mb(),
    )


def hub_id(home: Path) -> str:
    """The name of this installation towards registries: random, made once."""
    return kept_word(home / "hub_id", 16)


def newest_opset() -> int:
    """The newest ONNX operators that onnxruntime accepts; 0 where it takes none that were tried."""
    import onnxruntime as ort

    options = ort.SessionOptions()
    options.log_severity_level = 4
    options.intra_op_num_threads = 1
    for opset in range(_NEWEST_TRIED, _OLDEST_TRIED - 1, -1):
        if _accepts(ort, options, opset):
            return opset
    return 0


def _accepts(ort: Any, options: Any, opset: int) -> bool:
    try:
        ort.InferenceSession(_identity(opset), options, providers=["CPUExecutionProvider"])
    except Exception:  # onnxruntime's own kinds, all outside a common base
        return False
    return True


def _identity(opset: int) -> bytes:
    """The smallest ONNX file: y = x, one number, in that version of the operators."""
    scalar = _field(1, b"\x08\x01" + _field(2, b""))  # TypeProto.tensor_type: float32, shape ()
    x, y = (_field(1, name) + _field(2, scalar) for name in (b"x", b"y"))
    node = _field(1, b"x") + _field(2, b"y") + _field(4, b"Identity")
    graph = _field(1, node) + _field(2, b"g") + _field(11, x) + _field(12, y)
    return b"\x08\x08" + _field(7, graph) + _field(8, b"\x10" + bytes([opset]))


def _field(number: int, data: bytes) -> bytes:
    """A protobuf field of fewer than 128 bytes."""
    return bytes([number << 3 | 2, len(data)]) + data


def _free_memory_mb() -> float:
    """Free and reclaimable memory; all of it where the system does not tell."""
    try:
        lines = Path("/proc/meminfo").read_text("ascii").splitlines()
        known = {name: int(rest.split()[0]) for name, _, rest in (line.partition(":") for line in lines)}
        return round(known["MemAvailable"] / 1024, 1)
    except (OSError, KeyError, ValueError, IndexError):
        return round(_all_memory() / 2**20, 1)


def _all_memory() -> float:
    try:
        return float(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES"))
    except (AttributeError, ValueError, OSError):
        return 2.0**63  # nobody says: do not stand in the way
