"""Findings, recommendations and their evidence."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum

__all__ = ["Evidence", "Finding", "FindingKind", "MoneyRange", "Recommendation", "RecommendationState"]


class FindingKind(StrEnum):
    """What was found; words are in `library/texts`."""

    BASELOAD_CREEP = "baseload_creep"
    LEFT_ON = "left_on"
    UNUSUAL_DAYS = "unusual_days"
    AFTER_HOURS = "after_hours"
    WATER_HEATER_STANDING = "water_heater_standing"
    STANDBY = "standby"
    OVER_BAND = "over_band"
    FRIDGE = "fridge"


class RecommendationState(StrEnum):
    """The life of a recommendation."""

    PROPOSED = "proposed"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    DONE = "done"
    VERIFIED = "verified"
    NOT_VERIFIABLE = "not_verifiable"
    REFUTED = "refuted"


@dataclass(frozen=True, slots=True)
class MoneyRange:
    """An amount with its range: 8 times in 10 between `low` and `high`. A saving is positive."""

    mean: Decimal
    low: Decimal
    high: Decimal
    currency: str
    per: str = "month"  # "month", "year" or "period"


@dataclass(frozen=True, slots=True)
class Evidence:
    """A chart window and the series in it: measured against what was expected."""

    start: int
    end: int
    resolution_s: int
    unit: str
    measured: tuple[float | None, ...]
    expected: tuple[float | None, ...]
    odd_start: int  # the odd part only is coloured
    odd_end: int


@dataclass(frozen=True, slots=True)
class Finding:
    """Something odd or wasted: what, where, when, since when, and what it costs.

    `money` None means *uncosted*; `uncosted_because` then says what is missing.
    `numbers` feed the texts, for example ``{"before_w": 80, "now_w": 131}``.
    """

    id: str
    kind: FindingKind
    site_id: str
    point_id: str
    start: int
    end: int
    found_at: int
    ongoing: bool
    confidence: float  # 0..1
    kwh_per_year: float
    kwh_per_year_low: float
    kwh_per_year_high: float
    co2_kg_per_year: float | None
    money: MoneyRange | None
    uncosted_because: str = ""
    cause: str = ""  # code of a cause text
    actions: tuple[str, ...] = ()  # codes of what-to-do texts
    numbers: dict[str, float] = field(default_factory=dict)
    evidence: Evidence | None = None
    run_id: str = ""
    status: str = "open"  # open, closed, dismissed

    @property
    def rank_score(self) -> float:
        """Money times confidence; uncosted findings rank by energy below any costed one."""
        return (float(self.money.mean) if self.money else self.kwh_per_year * 1e-3) * self.confidence


@dataclass(frozen=True, slots=True)
class Recommendation:
    """An action with its promise: own numbers, range and why. Words come from `library/texts` by `code`."""

    id: str
    code: str  # "water_heater_timer", "standby", "stay_below_140"
    site_id: str
    point_id: str
    made_at: int
    saving: MoneyRange
    kwh_per_month: float
    kwh_per_month_low: float
    kwh_per_month_high: float
    co2_kg_per_year: float | None
    price: Decimal  # what the action costs, in the currency of `saving`
    payback_months: float | None
    effort: str  # "minutes", "hour", "technician"
    numbers: dict[str, float] = field(default_factory=dict)
    why: tuple[str, ...] = ()  # codes of why-lines, filled from `numbers`
    finding_id: str | None = None
    owner: str = "resident"
    state: RecommendationState = RecommendationState.PROPOSED
    state_reason: str = ""
    run_id: str = ""
