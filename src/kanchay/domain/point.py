"""Organisation, site and point: who owns, where it is, what is measured."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from kanchay.domain.units import CANONICAL, Quantity

__all__ = [
    "OUR_NAME",
    "Direction",
    "Kind",
    "Organisation",
    "Point",
    "Role",
    "Site",
    "SiteKind",
    "Term",
    "VirtualPoint",
]

OUR_NAME: Final = "our_name:"  # tag of a point whose name we gave, before the word that it stands for


class Kind(StrEnum):
    """How a point's values relate to time."""

    INTERVAL = "interval"  # energy of, or mean over, an interval
    CUMULATIVE = "cumulative"  # a register that only rises
    INSTANTANEOUS = "instantaneous"  # a value at an instant


class Direction(StrEnum):
    """Which way energy flows through a point."""

    IMPORT = "import"
    EXPORT = "export"
    NET = "net"
    PRODUCTION = "production"
    CONSUMPTION = "consumption"


class Role(StrEnum):
    """What a point is to its site."""

    GRID = "grid"
    PV = "pv"
    BATTERY = "battery"
    EV = "ev"
    SUBMETER = "submeter"
    SENSOR = "sensor"


class SiteKind(StrEnum):
    """Home or building: decides words and defaults."""

    HOME = "home"
    BUILDING = "building"


@dataclass(frozen=True, slots=True)
class Organisation:
    """Owner of sites; each stored row carries its id."""

    id: str
    name: str


@dataclass(frozen=True, slots=True)
class Site:
    """A home or a building.

    `simulated` is true where its readings come from `kanchay.simulate`: every screen then says so.
    `billing_day` is the day of the month on which the meter is read (the period starts on it).
    """

    id: str
    name: str
    tz: str = "UTC"
    organisation_id: str = "default"
    kind: SiteKind = SiteKind.HOME
    country: str | None = None  # ISO 3166-1 alpha-2; decides holidays
    subdivision: str | None = None  # ISO 3166-2 part after the dash
    currency: str = "PEN"  # ISO 4217
    tariff_id: str | None = None
    tariff_parameters: tuple[tuple[str, str], ...] = ()  # for example (("reposicion", "1.40"),)
    billing_day: int = 1
    latitude: float | None = None
    longitude: float | None = None
    floor_area_m2: float | None = None
    simulated: bool = False


@dataclass(frozen=True, slots=True)
class Point:
    """A meter channel or a sensor.

    `unit` is the canonical unit of `quantity` (see `kanchay.domain.units`): values are converted before they are stored.
    `resolution_s` is the length of an interval [s]; None where readings are irregular.
    """

    id: str
    site_id: str
    name: str
    quantity: Quantity = Quantity.ELECTRIC_ENERGY
    unit: str = ""
    kind: Kind = Kind.INTERVAL
    resolution_s: int | None = None
    direction: Direction | None = None
    role: Role = Role.GRID
    register: str = ""
    parent_id: str | None = None  # place in the meter tree
    tags: tuple[str, ...] = field(default_factory=tuple)  # Brick or Haystack tags, and `OUR_NAME`

    def __post_init__(self) -> None:
        if not self.unit:
            object.__setattr__(self, "unit", CANONICAL[self.quantity])

    @property
    def our_name(self) -> str:
        """The word that `name` stands for where we gave it; "" where a person or a file did."""
        return next((tag.removeprefix(OUR_NAME) for tag in self.tags if tag.startswith(OUR_NAME)), "")


@dataclass(frozen=True, slots=True)
class Term:
    """One summand of a virtual point: `sign` is +1 or -1."""

    sign: int
    point_id: str


@dataclass(frozen=True, slots=True)
class VirtualPoint:
    """A signed sum of other points, for example ``grid = import_1 + import_2 - export_1 - export_2``.

    A sum is known only where every term is known.
    """

    point: Point
    terms: tuple[Term, ...]
