"""One way to say the product's types in JSON, for the command line and the API alike."""

from __future__ import annotations

import dataclasses
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from math import isfinite
from pathlib import Path
from typing import Any

__all__ = ["plain"]


def plain(value: Any) -> Any:
    """Turn dataclasses, arrays, decimals and enums into what JSON can say. Money stays text, NaN becomes null.

    Examples
    --------
    >>> import numpy as np
    >>> plain({"kwh": float("nan"), "total": Decimal("124.70"), "t": np.array([1, 2])})
    {'kwh': None, 'total': '124.70', 't': [1, 2]}
    """
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {f.name: plain(getattr(value, f.name)) for f in dataclasses.fields(value) if f.repr}
    if hasattr(value, "tolist"):  # arrays and scalars of numpy, which a verb's --help need not load
        return plain(value.tolist())
    if isinstance(value, float):
        return value if isfinite(value) else None
    if isinstance(value, Decimal | Path):
        return str(value)
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, dict):
        return {str(k): plain(v) for k, v in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [plain(v) for v in value]
    return value
