"""Score models on measured meters by the protocol Kanchay-24, side by side and meter by meter."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import isnan
from typing import Final, Protocol

from kanchay.analysis.kanchay24 import BLOCKS, NAIVE, Entrant, ModelScores, score_meter
from kanchay.analysis.paired import Paired, mean_over_sets, paired_median
from kanchay.domain.errors import InputError
from kanchay.domain.reading import FloatArray

__all__ = [
    "PERTURBED",
    "Against",
    "BlockSummary",
    "Evaluation",
    "MeasuredMeter",
    "MeterResult",
    "Summary",
    "evaluate_models",
    "score_meters",
    "summarise",
]

PERTURBED: Final = "electro-dunas-peru"  # perturbed before publication: never in a headline figure
_NO, _SIBLING, _METER = "no", "sibling", "meter"


class MeasuredMeter(Protocol):
    """A cleaned hourly meter; see `kanchay.adapters.datasets.Meter`."""

    @property
    def dataset(self) -> str: ...
    @property
    def id(self) -> str: ...
    @property
    def role(self) -> str: ...
    @property
    def kind(self) -> str: ...
    @property
    def tz(self) -> str: ...
    @property
    def country(self) -> str | None: ...
    @property
    def subdivision(self) -> str | None: ...
    @property
    def start(self) -> int: ...
    @property
    def values(self) -> FloatArray: ...
    @property
    def split_at(self) -> int: ...
    @property
    def thin(self) -> bool: ...


@dataclass(frozen=True, slots=True)
class MeterResult:
    """Scores of every model on one meter, and whether each has seen it.

    `seen` tells by model: ``meter``, its earlier hours were in the training; ``sibling``, another meter of its data
    set was; ``no``.
    """

    dataset: str
    meter: str
    kind: str
    role: str
    thin: bool
    models: dict[str, ModelScores]
    seen: dict[str, str]

    def ratio(self, model: str, rival: str, what: str = "cvrmse", block: str | None = None) -> float:
        """The model's error over the rival's, NaN where the rival made none."""
        own, other = (
            float(getattr(s.blocks[block] if block else s.whole, what))
            for s in (self.models[model], self.models[rival])
        )
        return own / other if other else float("nan")


@dataclass(frozen=True, slots=True)
class Summary:
    """One model over one group of meters, against the naive ensemble."""

    group: str
    model: str
    column: str
    cvrmse: Paired
    pinball: Paired
    nmae: Paired
    by_dataset: float  # mean over data sets of the mean CV(RMSE) ratio within
    cvrmse_median: float  # not paired
    nmbe_median: float
    coverage50: float
    coverage80: float
    coverage95: float
    within_70_90: float  # share of meters whose 80 % band covers 70 to 90 %
    missed: int  # windows
    siblings_seen: int  # meters of whose data set something was in the training


@dataclass(frozen=True, slots=True)
class Against:
    """The evaluated model over one rival, both on the same windows."""

    group: str
    rival: str
    column: str
    cvrmse: Paired
    pinball: Paired


@dataclass(frozen=True, slots=True)
class BlockSummary:
    """One model over one group in one block of the local day, against the naive ensemble there."""

    group: str
    model: str
    block: str
    cvrmse: float  # paired median
    pinball: float  # paired median
    nmbe: float  # median
    coverage80: float


@dataclass(frozen=True, slots=True)
class Evaluation:
    """All meters, and what they come to by group."""

    model: str
    rival: str
    meters: list[MeterResult]
    summaries: list[Summary]
    against: list[Against]
    blocks: list[BlockSummary]

    def summary(self, group: str, model: str | None = None) -> Summary:
        """The line of a group, by default of the evaluated model."""
        for line in self.summaries:
            if (line.group, line.model) == (group, model or self.model):
                return line
        raise InputError(f"There is no group '{group}' with a model '{model or self.model}'.")


def evaluate_models(
    entrants: Sequence[Entrant],
    meters: Sequence[MeasuredMeter],
    *,
    trained_on: Mapping[str, Collection[str]] | None = None,
    progress: Callable[[int], None] = lambda n: None,
) -> Evaluation:
    """Score the first entrant and its rivals on every meter from its `split_at` on.

    `trained_on` names for each model the meters it learned from, as ``data set/meter``; who is not in it learned from
    none. Thin meters are scored but left out of the groups.
    """
    return summarise(
        entrants[0].name, score_meters(entrants, meters, trained_on=trained_on, progress=progress)
    )


def score_meters(
    entrants: Sequence[Entrant],
    meters: Sequence[MeasuredMeter],
    *,
    trained_on: Mapping[str, Collection[str]] | None = None,
    progress: Callable[[int], None] = lambda n: None,
) -> list[MeterResult]:
    """Scores of every entrant and of the naive ensemble on every meter."""
    rows = []
    for meter in meters:
        scores = score_meter(
            meter.values,
            meter.start,
            meter.split_at,
            entrants,
            tz=meter.tz,
            country=meter.country,
            subdivision=meter.subdivision,
        )
        seen = {name: _seen(meter, (trained_on or {}).get(name, ())) for name in scores}
        rows.append(MeterResult(meter.dataset, meter.id, meter.kind, meter.role, meter.thin, scores, seen))
        progress(1)
    return rows


def _seen(meter: MeasuredMeter, trained_on: Collection[str]) -> str:
    if f"{meter.dataset}/{meter.id}" in trained_on:
        return _METER
    return _SIBLING if any(name.split("/")[0] == meter.dataset for name in trained_on) else _NO


def summarise(model: str, rows: Sequence[MeterResult]) -> Evaluation:
    """What the meters come to, group by group; the rows may come from several runs, as with left-out data sets."""
    groups = _groups(model, [r for r in rows if not r.thin])
    names = list(rows[0].models) if rows else []
    rivals = [name for name in names if name != model]
    return Evaluation(
        model=model,
        rival=NAIVE,
        meters=list(rows),
        summaries=[_summary(g, n, own) for g, own in groups.items() for n in _first(model, names)],
        against=[_against(g, model, n, own) for g, own in groups.items() for n in rivals],
        blocks=[
            _block(g, n, b, own) for g, own in groups.items() for b in BLOCKS for n in _first(model, names)
        ],
    )


def _first(model: str, names: Sequence[str]) -> list[str]:
    return [model, *(name for name in names if name != model)]


def _groups(model: str, rows: Sequence[MeterResult]) -> dict[str, list[MeterResult]]:
    """Kinds of meters; where the model has seen siblings of some only, these and the others apart as well."""
    commercial = [r for r in rows if r.kind == "commercial"]
    headline = {
        "commercial": [r for r in commercial if r.dataset != PERTURBED],
        "residential": [r for r in rows if r.kind == "residential"],
    }
    found = {**headline, f"commercial with {PERTURBED}": commercial}
    if len(found[f"commercial with {PERTURBED}"]) == len(found["commercial"]):
        del found[f"commercial with {PERTURBED}"]
    for kind, own in headline.items():
        test = [r for r in own if r.role == "test"]
        if 0 < len(test) < len(own):  # left-out sets are scored whole: their test meters apart as well
            found[f"{kind}, test meters only"] = test
        new = [r for r in own if r.seen.get(model, _NO) == _NO]
        if 0 < len(new) < len(own):
            found[f"{kind}, siblings seen in training"] = [r for r in own if r not in new]
            found[f"{kind}, nothing of its data set seen"] = new
    return {name: own for name, own in found.items() if own}


def _summary(group: str, name: str, rows: Sequence[MeterResult]) -> Summary:
    sets = [r.dataset for r in rows]
    own = [r.models[name] for r in rows]
    whole = [s.whole for s in own]
    return Summary(
        group=group,
        model=name,
        column=own[0].column,
        cvrmse=_paired(rows, name, NAIVE, "cvrmse"),
        pinball=_paired(rows, name, NAIVE, "pinball"),
        nmae=_paired(rows, name, NAIVE, "nmae"),
        by_dataset=mean_over_sets([r.ratio(name, NAIVE) for r in rows], sets),
        cvrmse_median=_median(s.cvrmse for s in whole),
        nmbe_median=_median(s.nmbe for s in whole),
        coverage50=_mean(s.coverage50 for s in whole),
        coverage80=_mean(s.coverage80 for s in whole),
        coverage95=_mean(s.coverage95 for s in whole),
        within_70_90=_mean(float(0.7 <= s.coverage80 <= 0.9) for s in whole),
        missed=sum(s.missed for s in own),
        siblings_seen=sum(r.seen.get(name, _NO) != _NO for r in rows),
    )


def _against(group: str, model: str, rival: str, rows: Sequence[MeterResult]) -> Against:
    return Against(
        group=group,
        rival=rival,
        column=rows[0].models[rival].column,
        cvrmse=_paired(rows, model, rival, "cvrmse"),
        pinball=_paired(rows, model, rival, "pinball"),
    )


def _paired(rows: Sequence[MeterResult], model: str, rival: str, what: str) -> Paired:
    return paired_median([r.ratio(model, rival, what) for r in rows], [r.dataset for r in rows])


def _block(group: str, name: str, block: str, rows: Sequence[MeterResult]) -> BlockSummary:
    scores = [r.models[name].blocks[block] for r in rows]
    return BlockSummary(
        group=group,
        model=name,
        block=block,
        cvrmse=_median(r.ratio(name, NAIVE, "cvrmse", block) for r in rows),
        pinball=_median(r.ratio(name, NAIVE, "pinball", block) for r in rows),
        nmbe=_median(s.nmbe for s in scores),
        coverage80=_mean(s.coverage80 for s in scores),
    )


def _known(values: Iterable[float]) -> list[float]:
    return sorted(v for v in values if not isnan(v))


def _mean(values: Iterable[float]) -> float:
    given = _known(values)
    return sum(given) / len(given) if given else float("nan")


def _median(values: Iterable[float]) -> float:
    given = _known(values)
    middle = len(given) // 2
    if not given:
        return float("nan")
    return given[middle] if len(given) % 2 else (given[middle - 1] + given[middle]) / 2
