"""A run: how a stored result came about, so that it can be made again."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Run"]


@dataclass(frozen=True, slots=True)
class Run:
    """Each stored forecast, finding, bill or plan carries the id of one of these.

    Attributes
    ----------
    as_of : int
        Only readings recorded at or before this second were seen. [s]
    input_fingerprint : str
        sha256 over the input values, their grid and their points.
    """

    id: str
    kind: str  # "forecast", "findings", "bill", "advice", "import"
    site_id: str
    organisation_id: str
    started_at: int
    as_of: int
    code_version: str
    input_fingerprint: str = ""
    model_hash: str = ""
    tariff_version: str = ""
    seed: int | None = None
