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
    kind : FindingKind
        What it is.
    start, end : int
        UTC seconds between which it lasted; `end` is the end of the data where `ongoing`. [s]
    ongoing : bool
        It still lasts.
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
    evidence : Evidence or None
        The chart that shows it.

    Examples
    --------
    >>> Detection(FindingKind.STANDBY, 0, 86400, True, 0.85, 250.0, 180.0, 320.0, cause="always_on").numbers
    {}
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
