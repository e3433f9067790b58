"""Exports as JSON: records, series of pairs, columns, lines, days with hours inside."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any

import numpy as np

from kanchay.domain.interval import IntArray, to_datetime
from kanchay.simulate.exports.case import Case
from kanchay.simulate.exports.cells import Num, moment
from kanchay.simulate.exports.meters import Channel
from kanchay.simulate.exports.rows import value

__all__ = ["tree"]


def _plain(cell: object) -> Any:
    if isinstance(cell, Num):
        return round(cell.value, cell.digits)
    return cell.isoformat() if isinstance(cell, datetime) else (cell or None)


def _key(channel: Channel, case: Case) -> str:
    """A name as programs write it."""
    phrase = f"{channel.phrase} {channel.tag}".strip().replace(" ", "_").lower()
    return f"{phrase}_{channel.unit.lower()}" if case.unit_said == "header" else phrase


def _instants(case: Case, starts: IntArray) -> list[Any]:
    at = np.r_[starts, starts[-1] + case.resolution_s] if case.kind == "cumulative" else starts
    at = at + (case.resolution_s if case.label == "end" else 0)
    return [_plain(moment(int(t), case)[0]) for t in at.tolist()]


def _named_time(case: Case) -> str:
    if case.label_said:
        return "end" if case.label == "end" else "start"
    return ("timestamp", "time", "date", "ts", "datetime")[case.seed % 5]


def _there(case: Case, chans: Sequence[Channel], i: int) -> bool:
    return case.missing != "rows" or not all(np.isnan(c.values[i]) for c in chans)


def _records(case: Case, starts: IntArray, chans: Sequence[Channel]) -> list[dict[str, Any]]:
    name = _named_time(case)
    unit = {"unit": case.unit} if case.unit_said == "column" else {}
    return [
        {name: t, **{_key(c, case): _plain(value(c, i, case)) for c in chans}, **unit}
        for i, t in enumerate(_instants(case, starts))
        if _there(case, chans, i)
    ]


def _pairs(case: Case, starts: IntArray, channel: Channel) -> list[Any]:
    both = [
        (t, _plain(value(channel, i, case)))
        for i, t in enumerate(_instants(case, starts))
        if _there(case, [channel], i)
    ]
    if case.seed % 2:
        return [list(pair) for pair in both]
    return [{_named_time(case): t, "value": v} for t, v in both]


def _series(case: Case, starts: IntArray, chans: Sequence[Channel]) -> dict[str, Any]:
    series = [
        {
            "name": f"{c.phrase} {c.tag}".strip(),
            **({"unit": c.unit} if case.unit_said != "no" else {}),
            ("values", "data", "readings")[case.seed % 3]: _pairs(case, starts, c),
        }
        for c in chans
    ]
    return {"site": {"id": "S-77", "timezone": case.tz}, "series": series}


def _days(case: Case, starts: IntArray, chans: Sequence[Channel]) -> dict[str, Any]:
    days: dict[str, list[dict[str, Any]]] = {}
    for i, t in enumerate(starts.tolist()):
        local = to_datetime(t, case.tz)
        if _there(case, chans, i):
            cells = {_key(c, case): _plain(value(c, i, case)) for c in chans}
            days.setdefault(local.strftime("%Y-%m-%d"), []).append({"hour": local.strftime("%H:%M"), **cells})
    unit = {"unit": case.unit} if case.unit_said == "column" else {}
    return {**unit, "days": [{"date": d, "readings": rows} for d, rows in days.items()]}


def _columns(case: Case, starts: IntArray, chans: Sequence[Channel]) -> dict[str, Any]:
    rows = _records(case, starts, chans)
    table = {name: [r[name] for r in rows] for name in rows[0]}
    return {"data": table} if case.seed % 2 else table


def tree(case: Case, starts: IntArray, chans: Sequence[Channel]) -> str:
    """The text of a JSON export."""
    if case.shape == "lines":
        return "\n".join(json.dumps(r, ensure_ascii=False) for r in _records(case, starts, chans)) + "\n"
    made: Any
    if case.shape == "series":
        made = _series(case, starts, chans)
    elif case.shape == "days":
        made = _days(case, starts, chans)
    elif case.shape == "columns":
        made = _columns(case, starts, chans)
    elif case.shape == "wrapped":
        made = {
            "status": "ok",
            "count": len(starts),
            "meter": {"id": "M-1", "timezone": case.tz},
            "readings": _records(case, starts, chans),
        }
    else:
        made = _records(case, starts, chans)
    return json.dumps(made, ensure_ascii=False, indent=case.seed % 3 or None)
