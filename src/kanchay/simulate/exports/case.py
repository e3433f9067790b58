"""What an export is like: one value for every dimension, drawn by seed so that the whole could be real."""

from __future__ import annotations

import random
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any, Final, TypeVar

from kanchay.simulate.exports.dice import dice

__all__ = ["DIMENSIONS", "WORKBOOKS", "Case", "draw_case"]

T = TypeVar("T")

ZONES: Final = {
    "en": ("Europe/London", "America/New_York", "Australia/Sydney", "America/Los_Angeles"),
    "es": ("America/Lima", "America/Lima", "Europe/Madrid", "America/Santiago"),
    "pt": ("Europe/Lisbon", "America/Sao_Paulo"),
    "de": ("Europe/Berlin", "Europe/Vienna"),
    "fr": ("Europe/Paris", "America/Montreal"),
    "nl": ("Europe/Amsterdam", "Europe/Brussels"),
}
# Mondays of weeks in which clocks change in spring and autumn, north and south.
CHANGES: Final = {
    "Europe": (date(2024, 3, 29), date(2024, 10, 24), date(2025, 3, 28), date(2025, 10, 23)),
    "America": (date(2024, 3, 8), date(2024, 11, 1), date(2025, 3, 7), date(2025, 10, 31)),
    "Australia": (date(2024, 4, 5), date(2024, 10, 4), date(2025, 4, 4), date(2025, 10, 3)),
}
# Clocks that never change, or change on other days than their neighbours'.
_TWO_NAMES: Final = ("date_clock", "native_split", "two_clocks", "date_hour")  # their names tell no end
_OF_DAYS: Final = ("days", "months", "days_above", "days_beside")  # shapes that hold whole days
_NO_SPRING: Final = ("America/Lima", "America/Sao_Paulo", "America/Santiago", "Australia/Sydney")
CONTENTS: Final = {
    "import": 22, "plain": 12, "consumption": 10, "both": 14, "production": 6, "registers": 8, "phases": 5,
    "reactive": 6, "gas": 4, "water": 2, "meters": 8, "sensors": 6,
}  # fmt: skip
WORKBOOKS: Final = {"xlsx": 50, "xls": 16, "xml2003": 12, "ods": 10, "html": 12}
# Where a file begins and ends among its days: at midnights, in the middle, or one of both. Of 15 samples of
# ../shared/data/raw-samples 9 hold whole days, 4 begin at a midnight alone, 2 do neither.
EDGES: Final = {"whole": 64, "begins": 20, "ends": 3, "neither": 13}
# Times that mark ends. Of exports with one time a row, 13 of 20 layouts of distributors in portals and the samples do,
# and 20 of 53 more that were collected for it, of whole days all; of 22 layouts of devices, hubs, databases and building
# systems, which give any moment, one does, and 2 of 17 collected ones that begin and end within a day.
ENDS: Final = {"whole": 0.37, "begins": 0.08, "ends": 0.08, "neither": 0.08}
# No unit anywhere: 9 of 59 layouts in portals, 5 of 14 samples with flows, 17 of 97 more exports of distributors. Who
# says none means kWh: 24 of these 31; kW 3, W 2, MW and Wh one each.
UNSAID: Final = 0.18
UNSAID_UNITS: Final = {"kWh": 78, "kW": 10, "W": 7, "Wh": 4, "MWh": 1}
UNSAID_COUNTS: Final = {"kWh": 94, "Wh": 5, "MWh": 1}
DIMENSIONS: Final = (
    "layout", "content", "language", "unit", "unit_said", "kind", "event", "time", "label", "edges", "tz", "resolution_s",
    "decimal", "thousands", "encoding", "container", "missing", "status", "repeated", "order", "summary", "quoting",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Case:
    """One simulated export, before its values are drawn."""

    seed: int
    layout: str  # "long", "keyed", "from_to", "wide", "tables", "sheets", "json"
    shape: str  # the variant of the layout
    content: str
    language: str
    tz: str
    day: date
    n_days: int
    edges: str  # "whole" days, or it "begins" or "ends" at a midnight alone, or "neither"
    resolution_s: int
    unit: str
    unit_said: str  # "header", "row", "column", "cell", "title", "no"
    kind: str  # "interval", "cumulative"
    event: str  # "", "reset", "roll_over", "swap"
    time: str  # how an instant is written
    label: str  # "start", "end"
    label_said: bool
    clock: str  # "local", "standard"
    decimal: str
    thousands: str
    digits: int
    scale: float  # mean of an hour [kWh]
    delimiter: str
    quoting: str  # "minimal", "all", "formula"
    encoding: str
    container: str  # "csv", "tsv", "txt", "json", "parquet", "gzip", "zip", or one of WORKBOOKS
    titles: int
    missing: str  # "", "rows", "empty", "word"
    status: bool
    repeated: bool
    order: str  # "up", "down", "mixed"
    summary: str  # "", "total", "days", "column"


def _pick(rng: random.Random, weights: dict[str, int]) -> str:
    return rng.choices(list(weights), list(weights.values()))[0]


def _some(rng: random.Random, share: float, yes: T, no: T) -> T:
    return yes if rng.random() < share else no


def _layout(rng: random.Random, content: str) -> tuple[str, str]:
    """Layout and its variant, such as this content can have."""
    weights = {"long": 36, "from_to": 14, "wide": 15, "json": 12, "sheets": 8}
    if content in ("both", "meters", "registers"):
        weights |= {"keyed": 18, "tables": 16}
    if content in ("import", "plain", "consumption"):
        weights |= {"tables": 6}
    if content in ("phases", "reactive", "sensors"):
        weights = {"long": 70, "from_to": 15, "json": 15, "sheets": 6}
    layout = _pick(rng, weights)
    shapes = {
        "wide": ["clock", "clock", "range", "numbered", "hour"],
        "tables": ["titled", "named"] if content in ("both", "meters", "registers") else ["months", "days_above"],
        "sheets": ["months", "summary", "days_beside"] + (["titled"] * 2 if content in ("both", "meters") else []),
        "json": ["records", "records", "series", "columns", "lines", "days", "wrapped"],
        "from_to": ["two", "two", "date_two", "range"],
    }  # fmt: skip
    shape = rng.choice(shapes.get(layout, [""]))
    if content in ("phases", "reactive", "sensors") and shape == "days":
        shape = "records"
    return layout, shape


def _kind(rng: random.Random, layout: str, shape: str, content: str) -> tuple[str, str]:
    if (
        layout in ("wide", "from_to")
        or shape == "days"
        or content in ("sensors", "consumption", "production")
    ):
        return "interval", ""
    share = 0.6 if content in ("registers", "gas", "water") else 0.2
    if rng.random() > share or layout in ("tables", "sheets"):
        return "interval", ""
    return "cumulative", _pick(rng, {"": 60, "reset": 14, "roll_over": 14, "swap": 12})


def _unit(rng: random.Random, content: str, kind: str) -> str:
    if content in ("gas", "water"):
        return "m3"
    if kind == "cumulative" or content == "registers":
        return _pick(rng, {"kWh": 75, "Wh": 20, "MWh": 5})
    return _pick(rng, {"kWh": 58, "Wh": 15, "MWh": 5, "kW": 15, "W": 7})


def _time(rng: random.Random, layout: str, container: str, shape: str) -> str:
    """The way in which instants are written."""
    if layout == "wide":
        return _pick(rng, {"numeric": 45, "iso": 30, "words": 15, "compact": 10})
    if layout == "from_to":
        return _pick(rng, {"numeric": 40, "iso": 30, "words": 12, "offset": 12 if shape == "two" else 0})
    if layout == "json":
        if shape == "days":
            return "iso"
        return _pick(rng, {"iso": 20, "offset": 30, "zulu": 20, "epoch": 15, "epoch_ms": 15})
    if container == "parquet":
        return _pick(rng, {"native": 50, "native_utc": 30, "iso": 20})
    weights = {"numeric": 30, "iso": 18, "offset": 8, "zulu": 5, "abbreviation": 4, "epoch": 5, "epoch_ms": 4,
               "words": 8, "date_clock": 16, "date_hour": 5, "half_day": 3, "short_year": 5,
               "midnight_24": 6, "compact": 3, "two_clocks": 5}  # fmt: skip
    if container == "xlsx":
        weights = {"native": 60, "native_split": 15, "numeric": 15, "iso": 10}
    return _pick(rng, weights)


def _container(rng: random.Random, layout: str, kind: str) -> str:
    if layout == "json":
        return _pick(rng, {"json": 85, "gzip": 8, "zip": 7})
    if layout == "sheets":
        return _some(rng, 0.8, "xlsx", "zip")
    weights = {"csv": 62, "tsv": 6, "txt": 6, "xlsx": 12, "gzip": 4, "zip": 4}
    if layout in ("long", "keyed"):
        weights["parquet"] = 6
    return _pick(rng, weights)


def _numbers(rng: random.Random, language: str, tz: str, unit: str, scale: float) -> tuple[str, str, int]:
    """Decimal sign, thousands mark and digits behind the sign."""
    dot = language == "en" or tz.startswith("America/Lima")
    decimal = "." if dot or rng.random() < 0.25 else ","
    usual = {"W": (0, 0, 1), "Wh": (0, 0, 1), "MWh": (6, 5) if scale < 50 else (3, 4), "m3": (3, 2)}
    digits = rng.choice(usual.get(unit, (3, 3, 2, 4)))
    large = scale > 20 or unit in ("W", "Wh")
    marks = {".": (",",), ",": (".", "\u00a0", "\u202f", " ")}[decimal] if language != "en" else (",",)
    return decimal, rng.choice(marks) if large and rng.random() < 0.3 else "", digits


def _days(rng: random.Random, tz: str, step: int) -> tuple[date, int]:
    n_days = rng.choice((2, 3, 4, 7)) if step <= 900 else rng.choice((3, 5, 9, 14))
    if rng.random() < 0.04:
        n_days = 1
    if rng.random() < 0.25:
        return rng.choice(CHANGES[tz.partition("/")[0]]), min(max(n_days, 5), 7)
    if rng.random() < 0.2:
        return date(2024, rng.randint(1, 12), 1), min(n_days, 12)  # every date could be read both ways
    return date(2022, 1, 1) + timedelta(days=rng.randrange(1300)), n_days


def _delimiter(rng: random.Random, container: str, decimal: str) -> str:
    if container == "tsv":
        return "\t"
    return (
        rng.choice((";", ";", ";", "\t", "|")) if decimal == "," else rng.choice((",", ",", ",", ";", "\t"))
    )


def _said(rng: random.Random, layout: str, content: str, container: str) -> str:
    """Where the unit stands."""
    weights = {"header": 74, "no": 8, "row": 5, "column": 5, "title": 4, "cell": 4}
    if layout == "json":
        weights = {"header": 60, "column": 32, "no": 8}
    if layout == "wide":
        weights = {"header": 60, "title": 20, "column": 12, "no": 8}
    if content in ("reactive", "sensors", "gas", "water"):
        weights = {"header": 100}
    if container == "parquet":
        weights = {"header": 85, "no": 8, "column": 7}
    if layout == "sheets":
        weights = {"header": 84, "no": 8, "row": 8}
    if layout == "tables":
        weights = {"header": 70, "title": 15, "no": 8, "cell": 7}
    if content in ("reactive", "sensors"):
        weights = {"header": 1}
    return _pick(rng, weights)


def _defects(rng: random.Random, case: dict[str, Any]) -> None:
    layout, kind = case["layout"], case["kind"]
    case["missing"] = _pick(rng, {"": 70, "rows": 16, "empty": 8, "word": 6})
    case["status"] = layout in ("long", "from_to", "keyed", "wide") and rng.random() < 0.22
    plain = layout in ("long", "from_to", "keyed") and case["content"] != "registers"
    case["repeated"] = plain and rng.random() < 0.08
    case["order"] = _pick(rng, {"up": 84, "down": 12, "mixed": 4}) if plain else "up"
    case["summary"] = ""
    if kind == "interval" and layout in ("long", "from_to", "wide"):
        weights = {
            "": 82,
            "total": 12,
            "days": 3 if layout != "wide" else 0,
            "column": 12 if layout == "wide" else 0,
        }
        case["summary"] = _pick(rng, weights)


def draw_case(seed: int) -> Case:
    """The case of a seed.

    Parameters
    ----------
    seed : int
        The same seed gives the same case.

    Returns
    -------
    Case

    Examples
    --------
    >>> draw_case(1) == draw_case(1)
    True
    """
    rng = dice(seed)
    language = rng.choice(list(ZONES))
    tz = rng.choice(ZONES[language])
    content = _pick(rng, CONTENTS)
    layout, shape = _layout(rng, content)
    container = _container(rng, layout, "")
    kind, event = _kind(rng, layout, shape, content)
    step = int(_pick(rng, {"3600": 46, "900": 36, "1800": 12, "300": 6}))
    step = 3600 if shape == "hour" else step
    unit = _unit(rng, content, kind)
    scale = rng.choice((0.4, 0.4, 1.2, 15.0, 400.0)) if content != "registers" else 0.4
    decimal, thousands, digits = _numbers(rng, language, tz, unit, scale)
    day, n_days = _days(rng, tz, step)
    time = _time(rng, layout, container, shape)
    text = container not in ("xlsx", "parquet", "json") and layout != "json"
    case: dict[str, Any] = {
        "seed": seed, "layout": layout, "shape": shape, "content": content, "language": language, "tz": tz, "day": day,
        "n_days": n_days if kind == "interval" else max(n_days, 4), "edges": _edges(seed, rng),
        "resolution_s": step, "unit": unit, "unit_said": _said(rng, layout, content, container),
        "kind": kind, "event": event, "time": time,
        "label": _some(rng, 0.3, "end", "start"), "label_said": rng.random() < 0.2, "clock": "local", "decimal": decimal,
        "thousands": thousands, "digits": digits, "scale": scale, "delimiter": _delimiter(rng, container, decimal),
        "quoting": _pick(rng, {"minimal": 80, "all": 14, "formula": 6}),
        "encoding": _pick(rng, {"utf-8": 58, "utf-8-sig": 18, "latin-1": 14, "utf-16": 10}) if text else "utf-8",
        "container": container, "titles": rng.choice((0, 0, 1, 3, 5)),
    }  # fmt: skip
    _defects(rng, case)
    return _plausible(_left_out(Case(**case)))


def _edges(seed: int, rng: random.Random) -> str:
    """Where a file begins and ends; dice of its own, so that all else of a seed stays what it was."""
    rng.random()
    return _pick(dice(seed, "edges of days"), EDGES)


def _left_out(case: Case) -> Case:
    """What exports leave out: the end that times mark by the kind of export, units by those who say none."""
    rng = dice(case.seed, "left out")
    if case.layout == "wide" or case.shape in _OF_DAYS or case.kind == "cumulative" or case.n_days == 1:
        case = replace(case, edges="whole")
    case = replace(case, label=_some(rng, ENDS[case.edges], "end", "start"))
    if case.content in ("reactive", "sensors", "gas", "water"):
        return case
    if rng.random() >= UNSAID:
        return replace(case, unit_said="header") if case.unit_said == "no" else case
    unit = _pick(
        rng, UNSAID_COUNTS if case.kind == "cumulative" or case.content == "registers" else UNSAID_UNITS
    )
    digits = _numbers(rng, case.language, case.tz, unit, case.scale)[2]
    large = case.scale > 20 or unit in ("W", "Wh")
    return replace(case, unit_said="no", unit=unit, thousands=case.thousands if large else "", digits=digits)


def _plausible(case: Case) -> Case:
    """What cannot stand beside each other is brought in line."""
    if case.time == "date_hour" and (case.resolution_s < 900 or case.kind == "cumulative"):
        case = replace(case, time="date_clock")
    if case.time == "midnight_24" and case.kind == "cumulative":
        case = replace(case, time="numeric")
    if case.container == "xlsx":
        case = replace(case, container=_workbook(case))
    made = replace(case, **_days_and_label(case), **_no_doubts(case))
    return replace(made, clock="standard") if _never_changes(made) else made


def _workbook(case: Case) -> str:
    """The kind of workbook, told by dice of its own; a row of old Excel is too short for a day of five minutes."""
    kind = _pick(dice(case.seed, "workbook"), WORKBOOKS)
    return "xlsx" if kind == "xls" and case.layout == "wide" and case.resolution_s < 600 else kind


def _never_changes(case: Case) -> bool:
    """Whether the meter's clock stays on winter time in spring: some do, and their files show hours that others skip."""
    spring = case.day in CHANGES[case.tz.partition("/")[0]][::2]
    plain = case.time in ("iso", "numeric") and case.layout in ("long", "keyed") and case.kind == "interval"
    return spring and plain and case.seed % 3 == 0 and case.tz not in _NO_SPRING


def _days_and_label(case: Case) -> dict[str, Any]:
    """Whole days where a layout has nothing else, and labels where it can have another one."""
    parts = case.shape in _OF_DAYS
    counted = (
        case.kind == "cumulative"
        or case.layout == "from_to"
        or case.time == "date_hour"
        or case.shape == "days"
    )
    begins = counted or (case.layout == "wide" and case.shape != "clock")
    changes: dict[str, Any] = {"label": "start", "label_said": False} if begins else {}
    if case.time == "midnight_24":
        changes = {"label": "end", "edges": "whole"}
    unnamed = case.layout == "json" and case.shape == "series" and case.seed % 2
    if case.layout == "wide" or unnamed or case.time in _TWO_NAMES:
        changes["label_said"] = False
    return changes | ({"n_days": max(case.n_days, 4)} if parts else {})


def _no_doubts(case: Case) -> dict[str, Any]:
    """Defects and manners that a container or layout cannot have are left out."""
    changes: dict[str, Any] = {}
    if case.summary == "days" and case.time not in ("date_clock", "date_hour"):
        changes["summary"] = "total"
    if case.layout == "wide" and case.missing == "rows":
        changes["missing"] = "empty"
    if case.container in (*WORKBOOKS, "parquet"):
        changes["quoting"] = "minimal"
        changes["unit_said"] = "header" if case.unit_said == "cell" else case.unit_said
    if case.unit_said == "cell":
        changes["thousands"] = ""
    if case.container == "parquet" or case.layout == "json":
        changes |= {"summary": "", "titles": 0, "missing": "" if case.missing == "word" else case.missing}
    return changes
