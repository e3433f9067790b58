"""One simulated export: its bytes, the truth about each series, what the file leaves open, and the right answers."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from kanchay.domain.interval import DAY, IntArray, wall_clock
from kanchay.simulate.exports.case import WORKBOOKS, Case, draw_case
from kanchay.simulate.exports.cells import Num, date_of, number
from kanchay.simulate.exports.days import shown_once
from kanchay.simulate.exports.meters import Channel, TrueSeries, channels, starts_of, truth_of
from kanchay.simulate.exports.packing import packed
from kanchay.simulate.exports.pages import pages
from kanchay.simulate.exports.portals import PORTALS, PortalCase, site_of
from kanchay.simulate.exports.tree import tree

__all__ = ["Export", "export_of", "simulate_export", "simulate_portal"]


@dataclass(frozen=True, slots=True, eq=False)
class Export:
    """A file as a portal, an inverter or a hub could have written it. Nothing in it was measured.

    Attributes
    ----------
    case : Case or PortalCase
        What it is like.
    name, data : str, bytes
        The file.
    truth : tuple of TrueSeries
        What a right import says.
    open : frozenset of str
        Codes of what nobody could know from the file alone, so that it has to be asked.
    answers : dict
        The right answer to every question: code of the question to answer.
    """

    case: Case | PortalCase
    name: str
    data: bytes
    truth: tuple[TrueSeries, ...]
    open: frozenset[str]
    answers: dict[str, str]


def simulate_export(seed: int) -> Export:
    """The export of a seed.

    Parameters
    ----------
    seed : int
        The same seed gives the same bytes.

    Returns
    -------
    Export

    Examples
    --------
    >>> export = simulate_export(4)
    >>> export.data == simulate_export(4).data
    True
    """
    return export_of(draw_case(seed))


def simulate_portal(seed: int) -> Export:
    """An export in the layout of a portal, a device or a building system that people name.

    Parameters
    ----------
    seed : int
        The same seed gives the same bytes; the portals follow each other.

    Returns
    -------
    Export

    Examples
    --------
    >>> simulate_portal(0).case.portal
    'datadis'
    """
    portal = PORTALS[seed % len(PORTALS)]
    site = site_of(seed, portal)
    paper = portal.write(site)
    usual = {
        "tz": site.case.tz, "unit": "kWh", "label": "start", "decimal": ".", "clock": "local", "key": "none",
        "direction": next((t.directions[0] for t in paper.truth if t.directions), "import"), "kind": "interval",
        "day_first": "day_first",
    }  # fmt: skip
    return Export(
        site.case, paper.name, paper.data, paper.truth, paper.open, usual | dict(paper.answers or {})
    )


def export_of(case: Case) -> Export:
    """The export of a case."""
    starts = starts_of(case)
    made = channels(case, starts)
    if case.layout == "wide":
        made = [shown_once(case, starts, c) for c in made]
    told = tree(case, starts, made) if case.layout == "json" else pages(case, starts, made)
    name, data = packed(case, told)
    truth = tuple(truth_of(case, starts, c) for c in made if c.scored)
    return Export(case, name, data, truth, _open(case, starts, made), _answers(case, made))


def _answers(case: Case, made: Sequence[Channel]) -> dict[str, str]:
    first = next((c.directions for c in made if c.directions), ("import",))
    order = "month_first" if date_of(case).startswith("%m") else "day_first"
    return {
        "tz": case.tz, "unit": case.unit, "label": case.label, "decimal": case.decimal, "direction": first[0],
        "kind": case.kind, "clock": case.clock, "day_first": order, "key": "none",
    }  # fmt: skip


def _open(case: Case, starts: IntArray, made: Sequence[Channel]) -> frozenset[str]:
    """What the file alone does not tell."""
    found = {
        "unit": case.unit_said == "no",
        "direction": any(not c.worded for c in made),
        "label": _label_open(case, starts, made),
        "day_first": _dates_open(case, starts),
        "decimal": _decimal_open(case, made),
        "clock": case.clock == "standard",
    }
    return frozenset(code for code, is_open in found.items() if is_open)


def _label_open(case: Case, starts: IntArray, made: Sequence[Channel]) -> bool:
    """Neither a word nor whole days tell which end of the interval a time marks."""
    if case.kind != "interval" or case.label_said or case.layout == "from_to":
        return False
    if case.layout == "wide" or case.time == "date_hour" or case.shape == "days":
        return False
    return case.edges != "whole" and not (case.edges == "begins" and case.label == "start")


def _dates_open(case: Case, starts: IntArray) -> bool:
    """One day only, and its day and month could be swapped."""
    if case.time not in ("numeric", "date_clock", "half_day", "short_year", "date_hour", "midnight_24"):
        return False
    if case.layout == "json" or case.container == "parquet":
        return False
    days = np.unique(wall_clock(starts, case.tz) // DAY).astype("M8[D]")
    months = days.astype("M8[M]")
    of_month = (days - months.astype("M8[D]")).astype(int) + 1
    return len(days) == 1 and bool((of_month <= 12).all())


def _is_typed(case: Case) -> bool:
    """Whether numbers stand in the file as numbers, not as text."""
    return case.container in WORKBOOKS and case.container != "html" and case.seed % 6 > 0


def _decimal_open(case: Case, made: Sequence[Channel]) -> bool:
    """Every number with a mark could be thousands as well as decimals."""
    if case.layout == "json" or case.container == "parquet" or _is_typed(case):
        return False
    texts = [
        number(Num(float(v), case.digits if c.unit != "°C" and c.scored else 2), case)
        for c in made
        for v in c.values[~np.isnan(c.values)]
    ]
    marked = [t for t in texts if re.search(r"[.,]", t)]
    both = [t for t in marked if re.fullmatch(r"-?[1-9]\d{0,2}[.,]\d{3}", t)]
    return bool(both) and len(both) == len(marked)
