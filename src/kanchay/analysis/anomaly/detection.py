"""What every detector answers: raw numbers, an evidence window and how sure it is."""

from __future__ import annotations

from dataclasses import dataclass, field

from kanchay.domain.finding import Evidence, FindingKind

__all__ = ["Detection"]


@dataclass(frozen=True, slots=True)
class Detection:
    """Something odd in one meter, before it has a name, an id or a price.

    Attributes
    ----------
    start, end : int
        UTC seconds between which it lasted; `end` is the end of the data where `ongoing`. [s]
    confidence : float
        How often a detection as strong as this one is right, 0..1. [-]
    kwh_per_year, kwh_per_year_low, kwh_per_year_high : float
        What it uses in a year if it goes on (or happens) as it did; 8 times in 10 within the range. [kWh]
    cause : str
        Code of a text ``cause.<code>``.
    actions : tuple of str
        Codes of texts ``action.<code>``.
    numbers : dict of str to float
        Everything that the texts may say.
    """

    kind: FindingKind
    start: int
    end: int
    ongoing: bool
    confidence: float
    kwh_per_year: float
    kwh_per_year_low: float
    kwh_per_year_high: float
    cause: str = ""
    actions: tuple[str, ...] = ()
    numbers: dict[str, float] = field(default_factory=dict)
    evidence: Evidence | None = None
