"""How exports write numbers and instants, in the manner of a case."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from kanchay.domain.interval import utc_offset
from kanchay.simulate.exports.case import Case
from kanchay.simulate.exports.words import WORDS

__all__ = ["Cell", "Num", "clock_of", "date_of", "moment", "number", "written_date"]


@dataclass(frozen=True, slots=True)
class Num:
    """A number that the container writes: as text in a text file, as a number in a workbook."""

    value: float
    digits: int
    tail: str = ""


Cell = str | Num | datetime | int | None
_NUMERIC: Final = {
    "en-us": "%m/%d/%Y", "en": "%d/%m/%Y", "es": "%d/%m/%Y", "pt": "%d/%m/%Y", "de": "%d.%m.%Y", "fr": "%d/%m/%Y",
    "nl": "%d-%m-%Y",
}  # fmt: skip


def number(num: Num, case: Case) -> str:
    """A number as this export writes it."""
    text = f"{num.value:,.{num.digits}f}" if case.thousands else f"{num.value:.{num.digits}f}"
    text = text.replace(",", "\0").replace(".", case.decimal).replace("\0", case.thousands)
    return f"{text} {num.tail}".strip()


def _american(case: Case) -> bool:
    return case.language == "en" and case.tz.startswith("America")


def date_of(case: Case) -> str:
    """The pattern of this export's dates."""
    if case.time in ("iso", "iso_t", "native", "native_utc"):
        return "%Y-%m-%d"
    if case.time == "compact":
        return "%Y%m%d"
    pattern = _NUMERIC["en-us" if _american(case) else case.language]
    return pattern.replace("%Y", "%y") if case.time == "short_year" else pattern


def written_date(local: datetime, case: Case) -> str:
    """The day of an instant."""
    if case.time != "words":
        return local.strftime(date_of(case))
    words = WORDS[case.language]
    long = words.months[local.month - 1]
    short = words.short_months[local.month - 1]
    if _american(case):
        return f"{short} {local.day}, {local.year}"
    style = case.seed % 3
    if style == 0:
        return f"{local.day:02d}-{short.strip('.')}-{local.year}"
    if style == 1:
        return (
            f"{local.day}. {long} {local.year}"
            if case.language == "de"
            else f"{local.day} {long} {local.year}"
        )
    return f"{local.day:02d} {short} {local.year}"


def clock_of(local: datetime, case: Case) -> str:
    """The time of day of an instant."""
    if case.time == "half_day" or (_american(case) and case.time == "words"):
        return f"{(local.hour - 1) % 12 + 1}:{local.minute:02d} {'AM' if local.hour < 12 else 'PM'}"
    return local.strftime("%H:%M:%S" if case.seed % 4 == 0 else "%H:%M")


def _local(t: int, case: Case) -> datetime:
    if case.clock == "standard":
        winter = int(utc_offset([t, t + 182 * 86400], case.tz).min())
        return datetime.fromtimestamp(t + winter, ZoneInfo("UTC"))
    return datetime.fromtimestamp(t, ZoneInfo(case.tz))


def moment(t: int, case: Case, first_of_day: int = 0) -> list[Cell]:
    """The cells that tell an instant: one, or a date and a time."""
    local = _local(t, case)
    style = case.time
    if style in ("offset", "zulu"):
        zone = ZoneInfo("UTC") if style == "zulu" else ZoneInfo(case.tz)
        return [
            datetime.fromtimestamp(t, zone)
            .isoformat()
            .replace("+00:00", "Z" if style == "zulu" else "+00:00")
        ]
    if style == "abbreviation":
        return [f"{local:%Y-%m-%d %H:%M:%S} {_zone_name(local)}"]
    if style in ("epoch", "epoch_ms"):
        return [t if style == "epoch" else t * 1000]
    if style in ("native", "native_split", "native_utc"):
        naive = (datetime.fromtimestamp(t, ZoneInfo("UTC")) if style == "native_utc" else local).replace(
            tzinfo=None
        )
        return (
            [naive] if style != "native_split" else [naive.replace(hour=0, minute=0), naive.strftime("%H:%M")]
        )
    if style == "two_clocks":
        instant = datetime.fromtimestamp(t, ZoneInfo("UTC"))
        return [instant.strftime("%Y-%m-%d %H:%M"), local.strftime("%Y-%m-%d %H:%M")]
    if style == "date_hour":
        return [written_date(local, case), str(first_of_day)]
    if style == "date_clock":
        return [written_date(local, case), clock_of(local, case)]
    if style == "midnight_24" and local.hour == local.minute == 0:
        return [f"{written_date(local - timedelta(days=1), case)} 24:00{':00' if case.seed % 4 == 0 else ''}"]
    join = "T" if style == "iso" and case.seed % 3 == 0 else " "
    return [f"{written_date(local, case)}{join}{clock_of(local, case)}"]


def _zone_name(local: datetime) -> str:
    """An abbreviation where the zone has a known one, else its offset."""
    name = local.tzname() or ""
    return name if name.isalpha() else local.strftime("%z")
