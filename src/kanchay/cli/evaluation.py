"""An evaluation on paper: tables for people, a line per meter and model for machines."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from kanchay.analysis.kanchay24 import BLOCKS
from kanchay.analysis.kanchay24 import COLUMNS as KINDS
from kanchay.cli.common import table, whole_file

if TYPE_CHECKING:
    from kanchay.analysis.paired import Paired
    from kanchay.services.forecasting.evaluate import Evaluation

__all__ = ["COLUMNS", "print_evaluation", "scores_of_groups", "write_scores"]

METRICS = (
    "mae",
    "rmse",
    "cvrmse",
    "nmae",
    "nmbe",
    "pinball",
    "coverage50",
    "coverage80",
    "coverage95",
    "width80",
)
RATIOS = ("cvrmse", "nmae", "pinball")
BLOCK_METRICS = ("cvrmse", "nmae", "nmbe", "pinball", "coverage50", "coverage80", "coverage95")
COLUMNS = (
    "dataset", "meter", "kind", "role", "thin", "model", "column", "lookback_h", "seen_in_training",
    "windows", "missed", "n", *METRICS, *(f"{name}_ratio" for name in RATIOS),
    *(f"{block}_{name}" for block in BLOCKS for name in BLOCK_METRICS),
    *(f"{block}_cvrmse_ratio" for block in BLOCKS),
)  # fmt: skip


def write_scores(path: Path, result: Evaluation) -> None:
    """A line per meter and model, the columns of `COLUMNS`."""
    with whole_file(path) as part, part.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(COLUMNS)
        writer.writerows(_lines(result))


def _lines(result: Evaluation) -> Iterator[list[Any]]:
    for row in sorted(result.meters, key=lambda r: (r.kind, r.dataset, r.meter)):
        for name, own in sorted(row.models.items()):
            numbers = [getattr(own.whole, metric) for metric in METRICS]
            numbers += [row.ratio(name, result.rival, metric) for metric in RATIOS]
            numbers += [getattr(own.blocks[b], metric) for b in BLOCKS for metric in BLOCK_METRICS]
            numbers += [row.ratio(name, result.rival, block=b) for b in BLOCKS]
            head = [row.dataset, row.meter, row.kind, row.role, row.thin, name, own.column, own.lookback_h]
            head += [row.seen[name], own.windows, own.missed, own.whole.n]
            yield [*head, *(f"{number:.5g}" for number in numbers)]


def print_evaluation(result: Evaluation, *, title: str, skipped: Sequence[tuple[str, str]] = ()) -> None:
    """Every model beside the naive, the model over each rival, and all by block of the day."""
    click.echo(title)
    click.echo(
        f"Errors as shares of the {result.rival}'s on the same hours: medians over meters; 95 % intervals resample"
        " data sets, then meters. 'by set' is the mean over data sets of each set's mean.\n"
    )
    _print_summaries(result)
    _print_against(result)
    _print_blocks(result)
    for name, reason in skipped:
        click.echo(f"Not scored: {name}: {reason}")


def _print_summaries(result: Evaluation) -> None:
    head = ("column", "model", "CV(RMSE)", "of naive", "95 % interval", "wins", "by set", "pinball",
            "95 % interval", "NMBE", "in 50", "in 80", "in 95", "70-90", "missed", "seen")  # fmt: skip
    for group, lines in groupby(result.summaries, key=lambda line: line.group):
        rows = list(lines)
        click.echo(f"{group} ({rows[0].cvrmse.n} meters)")
        table(
            head,
            [
                (s.column, s.model, f"{s.cvrmse_median:.3f}", f"{s.cvrmse.median:.3f}", _interval(s.cvrmse),
                 _share(s.cvrmse.wins), f"{s.by_dataset:.3f}", f"{s.pinball.median:.3f}", _interval(s.pinball),
                 f"{100 * s.nmbe_median:+.1f} %", _share(s.coverage50), _share(s.coverage80), _share(s.coverage95),
                 _share(s.within_70_90), s.missed, f"{s.siblings_seen}/{s.cvrmse.n}")
                for s in sorted(rows, key=lambda s: _order(s.column))
            ],
        )  # fmt: skip
        click.echo()


def _print_against(result: Evaluation) -> None:
    """The groups by kind; those by what was seen in training are in the JSON."""
    chosen = [a for a in result.against if "," not in a.group]
    if not chosen:
        return
    click.echo(f"{result.model} over each rival, meter by meter")
    head = (
        "group",
        "rival",
        "column",
        "CV(RMSE)",
        "95 % interval",
        "wins",
        "pinball",
        "95 % interval",
        "wins",
    )
    table(
        head,
        [
            (a.group, a.rival, a.column, f"{a.cvrmse.median:.3f}", _interval(a.cvrmse), _share(a.cvrmse.wins),
             f"{a.pinball.median:.3f}", _interval(a.pinball), _share(a.pinball.wins))
            for a in chosen
        ],
    )  # fmt: skip
    click.echo()


def _print_blocks(result: Evaluation) -> None:
    """The two headline groups; the CSV has every meter."""
    chosen = [
        b for b in result.blocks if b.group in ("commercial", "residential") and b.model != result.rival
    ]
    if not chosen:
        return
    click.echo(f"By block of the local day, against the {result.rival}'s error in that block")
    table(
        ("group", "hours", "model", "CV(RMSE)", "pinball", "NMBE", "in 80"),
        [
            (b.group, _hours(b.block), b.model, f"{b.cvrmse:.3f}", f"{b.pinball:.3f}", f"{100 * b.nmbe:+.1f} %",
             _share(b.coverage80))
            for b in chosen
        ],
    )  # fmt: skip
    click.echo()


def _hours(block: str) -> str:
    first, last = BLOCKS[block]
    return f"{block} {first:02d}-{last:02d}"


def _order(column: str) -> int:
    return list(KINDS).index(column)


def _interval(paired: Paired) -> str:
    return f"{paired.low:.3f} to {paired.high:.3f}"


def _share(value: float) -> str:
    return f"{100 * value:.0f} %"


def scores_of_groups(result: Evaluation) -> dict[str, dict[str, Any]]:
    """What the bundle's manifest keeps of its own evaluation, by group."""
    return {
        s.group: {
            "meters": s.cvrmse.n,
            "ratio": round(s.cvrmse.median, 4),
            "interval": [round(s.cvrmse.low, 4), round(s.cvrmse.high, 4)],
            "pinball": round(s.pinball.median, 4),
            "pinball_interval": [round(s.pinball.low, 4), round(s.pinball.high, 4)],
            "by_dataset": round(s.by_dataset, 4),
            "coverage50": round(s.coverage50, 4),
            "coverage80": round(s.coverage80, 4),
            "coverage95": round(s.coverage95, 4),
            "within_70_90": round(s.within_70_90, 4),
        }
        for s in result.summaries
        if s.model == result.model
    }
