"""EMHASS: what its optimisation writes (`opt_res_latest.csv`), a plan in W, means over steps that begin at the time,
and what its forecast method ``csv`` reads: times with an offset and a mean power in W, under no head.

The second kind can be anything with two columns: watts are our guess where the size of the values allows it, and asked.
"""

from __future__ import annotations

import re
import statistics
from datetime import datetime
from itertools import pairwise
from typing import Final

import numpy as np

from kanchay.adapters.files.container import Limits
from kanchay.adapters.files.formats.statement import Stated, Statement, TextFormat
from kanchay.adapters.files.profiles import Profile, Says
from kanchay.adapters.files.questions import BECAUSE
from kanchay.adapters.files.refusal import refuse
from kanchay.analysis.quality.derive import usual_step
from kanchay.domain.importing import ImportQuestion
from kanchay.domain.interval import HOUR
from kanchay.domain.point import Direction, Kind
from kanchay.domain.units import Quantity

__all__ = ["FORMAT", "PROFILE"]

_P, _K = Quantity.POWER, Kind.INTERVAL
PROFILE: Final = Profile(
    "emhass",
    "EMHASS (optimisation results)",
    ("p pv", "p load", "p grid( pos)?"),
    (
        Says("p pv", "W", _P, Direction.PRODUCTION, _K),
        Says("p load", "W", _P, Direction.CONSUMPTION, _K),
        Says(r"p deferrable ?\d+", "W", _P, Direction.CONSUMPTION, _K, part=True),
        Says("p grid pos", "W", _P, Direction.IMPORT, _K),
        Says("p grid neg", "W", _P, Direction.EXPORT, _K),
        Says("soc opt", "1", Quantity.STATE_OF_CHARGE),
        Says("unit (load cost|prod price)", quantity=Quantity.PRICE),
        Says("p grid|p batt|p pv curtailment|p hybrid inverter|cost.*|optim status", left_out=True),
    ),
    label="start",
    source="EMHASS, data of the optimisation: powers in W, grid power split into its positive and negative part",
)
_ROW: Final = re.compile(rb"(\d{4}-\d\d-\d\d[ T]\d\d:\d\d:\d\d[+-]\d\d:\d\d),(-?\d*\.?\d*(?:e[+-]?\d+)?)\s*")
_TITLE: Final = "EMHASS (a forecast without a head)"
_WATTS: Final = 15.0  # half of the values beyond this, of a home or more, are no kW or kWh of half an hour


def _begins(head: bytes) -> bool:
    """Whether rows of two cells begin at once, with values of the size of watts that are no register."""
    rows = [_ROW.fullmatch(line) for line in head.splitlines()[:400][:-1]]
    if len(rows) < 4 or not all(rows):
        return False
    values = [float(row[2]) for row in rows if row is not None and row[2] not in (b"", b"-", b".")]
    falls = any(b < a for a, b in pairwise(values))
    return bool(values) and falls and statistics.median(map(abs, values)) > _WATTS


def _read(text: bytes, name: str, limits: Limits) -> Statement:
    """The one series; raises `FileRefused` where a row is of another kind."""
    rows = [_ROW.fullmatch(line) for line in text.splitlines() if line.strip()]
    if not all(rows) or len(rows) > limits.max_rows:
        raise refuse(
            "contradicts", name, title=_TITLE, what="a row is not a time with an offset and a number"
        )
    told = [(row[1].decode(), row[2]) for row in rows if row is not None]
    start = np.array([int(datetime.fromisoformat(at).timestamp()) for at, _ in told], dtype=np.int64)
    values = np.array([float(v) if v.strip(b"-.") else np.nan for _, v in told])
    step = usual_step(np.sort(start)) or HOUR
    power = Stated(
        "power", Quantity.POWER, "W", None, Kind.INTERVAL, start, values, start + step, open_unit=True
    )
    asked = ImportQuestion("unit", "--unit", "W", BECAUSE["unit.profile"], ("W", "kW", "Wh", "kWh"))
    return Statement((power,), len(told), "UTC", questions=(asked,))


FORMAT: Final = TextFormat(
    "emhass-forecast", _TITLE, _begins, _read, "EMHASS, forecasts given as a CSV file of two columns"
)
