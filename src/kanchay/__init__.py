"""Kanchay: from the meter to the verified saving.

>>> import kanchay as kc
>>> home = kc.simulate_home(days=30, seed=7)
>>> len(home.forecast("24h").mean)
96

Names are loaded when they are first used, so that ``import kanchay`` costs nothing.
"""

from __future__ import annotations

from kanchay._version import __version__

TYPE_CHECKING = False  # as in `typing`, which takes several times as long to import as all of this
if TYPE_CHECKING:
    from typing import Any

    from kanchay.domain.errors import KanchayError
    from kanchay.domain.forecast import Forecast
    from kanchay.domain.panel import Panel
    from kanchay.domain.point import Point, Site
    from kanchay.domain.reading import Readings
    from kanchay.product import Product, load_model, read, simulate_home, to_frame

__all__ = [
    "Forecast",
    "KanchayError",
    "Panel",
    "Point",
    "Product",
    "Readings",
    "Site",
    "__version__",
    "load_model",
    "read",
    "simulate_home",
    "to_frame",
]

_HOME = {
    "Forecast": "kanchay.domain.forecast",
    "KanchayError": "kanchay.domain.errors",
    "Panel": "kanchay.domain.panel",
    "Point": "kanchay.domain.point",
    "Product": "kanchay.product",
    "Readings": "kanchay.domain.reading",
    "Site": "kanchay.domain.point",
    "load_model": "kanchay.product",
    "read": "kanchay.product",
    "simulate_home": "kanchay.product",
    "to_frame": "kanchay.product",
}


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module 'kanchay' has no attribute '{name}'")
    import importlib

    return getattr(importlib.import_module(_HOME[name]), name)


def __dir__() -> list[str]:
    return sorted(__all__)
