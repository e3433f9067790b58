"""What an importer understood of a file, before anything is stored."""

from __future__ import annotations

from dataclasses import dataclass, field

from kanchay.domain.issue import Issue
from kanchay.domain.point import Direction, Kind, Point
from kanchay.domain.reading import Observations
from kanchay.domain.units import Quantity

__all__ = ["ImportPreview", "ImportQuestion", "ImportSeries"]


@dataclass(frozen=True, slots=True)
class ImportQuestion:
    """Something the file leaves open: our guess, why, and the option that answers it.

    Of a single column the code is ``"column:NAME"`` (what it is), ``"unit:NAME"`` or ``"direction:NAME"``. `about` names
    the column that raised it and holds a few of its cells; `chance` is how likely our guess is, where we can say.
    """

    code: str  # "tz", "unit", "day_first", "label", "direction"
    option: str  # for example "--tz"
    guess: str
    because: str
    choices: tuple[str, ...] = ()
    about: tuple[str, ...] = ()
    chance: float | None = None

    @property
    def with_guess(self) -> str:
        """The option that takes our guess, as it would be typed.

        Examples
        --------
        >>> ImportQuestion("unit:Sol", "--map", "Wh", "").with_guess
        '--map "Sol=::Wh"'
        """
        part, of_one, column = self.code.partition(":")
        if not of_one:
            return f"{self.option} {self.guess}"
        before = {"direction": ":", "unit": "::"}.get(part, "")
        return f'{self.option} "{column}={before}{self.guess}"'


@dataclass(frozen=True, slots=True)
class ImportSeries:
    """One series of a file as understood. `total` is kWh for energy (also from mean power), else None.

    `n` counts intervals or readings with a value. For `interval` series `start`/`end` are the first interval's start
    and the last one's end; for the others the first and last reading. [s, UTC]
    """

    name: str
    quantity: Quantity
    direction: Direction | None
    unit: str
    kind: Kind
    resolution_s: int | None
    timezone: str
    start: int
    end: int
    n: int
    missing: int
    duplicates: int
    total: float | None
    column: str = ""
    source_unit: str = ""
    register: str = ""  # tariff register or phase: a part of one meter, never a flow of its own
    is_submeter: bool = False
    named: bool = True  # False: the file says no name, `name` is a plain word of ours
    evidence: tuple[str, ...] = ()
    issues: tuple[Issue, ...] = ()
    observations: Observations | None = field(default=None, repr=False)
    own: Point | None = field(default=None, repr=False)  # the point as our own export tells it

    def zone(self, otherwise: str = "UTC") -> str:
        """The zone whose clock tells times of this series.

        Parameters
        ----------
        otherwise : str, default "UTC"
            What stands in where `timezone` is an offset and no zone by name.

        Returns
        -------
        str
            An IANA name.
        """
        return self.timezone if "/" in self.timezone else otherwise


@dataclass(frozen=True, slots=True)
class ImportPreview:
    """All series of a file, what was understood and what is asked. Nothing is stored yet."""

    file_name: str
    format: str  # "csv.long", "csv.wide", "xlsx", "parquet"
    encoding: str | None
    n_rows: int
    series: tuple[ImportSeries, ...]
    questions: tuple[ImportQuestion, ...] = ()
    facts: tuple[tuple[str, str], ...] = ()  # (code, value), for example ("decimal", ",")
    sha256: str = ""

    @property
    def n(self) -> int:
        """Intervals and readings of all series together.

        Examples
        --------
        >>> ImportPreview("meter.csv", "csv.long", "utf-8", 0, ()).n
        0
        """
        return sum(s.n for s in self.series)
