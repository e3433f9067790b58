"""Score a model on measured meters by the protocol Kanchay-24, beside the naive forecasts."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from kanchay.analysis.forecast.protocol import Forecaster
from kanchay.analysis.kanchay24 import Paired, paired_median, score_meter
from kanchay.analysis.metrics import Scores
from kanchay.domain.reading import FloatArray

__all__ = ["Evaluation", "KindSummary", "MeterScores", "evaluate_model"]

PERTURBED = "electro-dunas-peru"  # perturbed before publication: figures with and without it


class MeasuredMeter(Protocol):
    """A cleaned hourly meter; see `kanchay.adapters.datasets.Meter`."""

    @property
    def dataset(self) -> str: ...
    @property
    def id(self) -> str: ...
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
class MeterScores:
    """Scores of every forecaster on one meter."""

    dataset: str
    meter: str
    kind: str
    thin: bool
    scores: dict[str, Scores]

    def ratio(self, model: str, rival: str, what: str = "cvrmse") -> float:
        """The model's error over the rival's."""
        over = float(getattr(self.scores[rival], what))
        return float(getattr(self.scores[model], what)) / over if over else float("nan")


@dataclass(frozen=True, slots=True)
class KindSummary:
    """One line of the result: a group of meters against the 7-day ensemble."""

    group: str
    cvrmse: Paired
    pinball: Paired
    coverage50: float
    coverage80: float
    coverage95: float
    within_70_90: float  # share of meters whose 80 % band covers 70 to 90 %


@dataclass(frozen=True, slots=True)
class Evaluation:
    """All meters, and their summary by group."""

    model: str
    rival: str
    meters: list[MeterScores]
    groups: list[KindSummary]


def evaluate_model(
    name: str,
    forecasters: Mapping[str, Forecaster],
    meters: Sequence[MeasuredMeter],
    *,
    rival: str = "ensemble",
    progress: Callable[[int], None] = lambda n: None,
) -> Evaluation:
    """Score `forecasters`, among them `name` and `rival`, on every meter from its `split_at` on.

    Thin meters are scored but left out of the groups.
    """
    rows = []
    for meter in meters:
        scores = score_meter(
            meter.values,
            meter.start,
            meter.split_at,
            forecasters,
            tz=meter.tz,
            country=meter.country,
            subdivision=meter.subdivision,
        )
        rows.append(MeterScores(meter.dataset, meter.id, meter.kind, meter.thin, scores))
        progress(1)
    return Evaluation(name, rival, rows, _groups(name, rival, [r for r in rows if not r.thin]))


def _groups(name: str, rival: str, rows: Sequence[MeterScores]) -> list[KindSummary]:
    commercial = [r for r in rows if r.kind == "commercial"]
    groups = {
        "commercial": commercial,
        "commercial, without the perturbed set": [r for r in commercial if r.dataset != PERTURBED],
        "residential": [r for r in rows if r.kind == "residential"],
    }
    return [_summary(title, name, rival, own) for title, own in groups.items() if own]


def _summary(title: str, name: str, rival: str, rows: Sequence[MeterScores]) -> KindSummary:
    sets = [r.dataset for r in rows]
    own = [r.scores[name] for r in rows]
    return KindSummary(
        group=title,
        cvrmse=paired_median([r.ratio(name, rival) for r in rows], sets),
        pinball=paired_median([r.ratio(name, rival, "pinball") for r in rows], sets),
        coverage50=_mean(s.coverage50 for s in own),
        coverage80=_mean(s.coverage80 for s in own),
        coverage95=_mean(s.coverage95 for s in own),
        within_70_90=_mean(float(0.7 <= s.coverage80 <= 0.9) for s in own),
    )


def _mean(values: Iterable[float]) -> float:
    given = list(values)
    return sum(given) / len(given)
