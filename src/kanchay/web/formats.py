"""Numbers, money, energy and dates as people of the language write them: Babel formats, never string joins.

Spanish is that of Peru: ``S/ 1,234.50``, ``82 %``, ``4 de setiembre de 2026``. A no-break space stands before units,
and minus is the sign ``−``.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import cached_property
from math import isnan
from typing import Final, TypeAlias

from babel import Locale
from babel.dates import format_date, format_datetime
from babel.numbers import format_currency, format_decimal, get_currency_symbol

from kanchay.domain.interval import to_datetime, utc_offset

__all__ = ["NBSP", "Formats"]

NBSP: Final = "\u00a0"
_BABEL: Final = {"es": "es_PE", "en": "en_GB"}
_OWN_SYMBOL: Final = {"PEN": "S/"}  # CLDR's English writes PEN, but every price tag in Peru says S/
_IN_PERU: Final = {
    "EUR": "€",
    "USD": "US$",
    "GBP": "£",
    "CHF": "CHF",
}  # CLDR's Spanish of Peru writes EUR140.70

Number: TypeAlias = int | float | Decimal


@dataclass(frozen=True)
class Formats:
    """One reader's way of writing: language and the clock of the site that is shown."""

    language: str
    tz: str = "UTC"

    @cached_property
    def locale(self) -> Locale:
        return Locale.parse(_BABEL[self.language])

    def number(self, value: Number | None, digits: int = 1) -> str:
        """``1,234.5``; a dash where nothing is known."""
        if value is None or isnan(value):
            return "–"
        pattern = "#,##0" + ("." + "0" * digits if digits else "")
        text: str = format_decimal(value, format=pattern, locale=self.locale)
        return ("−" + text[1:]) if text.startswith("-") and text.strip("-0.,") else text.lstrip("-")

    def signed(self, value: Number, digits: int = 1) -> str:
        """``+0.1`` or ``−0.1``."""
        text = self.number(value, digits)
        return text if text.startswith("−") or not text.strip("0.,") else f"+{text}"

    def unit(self, value: Number | None, unit: str, digits: int = 1) -> str:
        return f"{self.number(value, digits)}{NBSP}{unit}"

    def energy(self, kwh: Number | None, digits: int | None = None) -> str:
        """``143.4 kWh``: two digits below 10, one below 1,000, none above."""
        return self.unit(kwh, "kWh", energy_digits(kwh) if digits is None else digits)

    def power(self, kw: Number | None) -> str:
        """``1.48 kW``, or ``96 W`` below one kilowatt."""
        size = 0.0 if kw is None else abs(float(kw))
        if kw is not None and size < 1:
            return self.unit(float(kw) * 1000, "W", 0)
        return self.unit(kw, "kW", 2 if size < 100 else 0)

    def percent(self, share: float, digits: int = 0) -> str:
        space = NBSP if self.language == "es" else ""
        return f"{self.number(share * 100, digits)}{space}%"

    def symbol(self, currency: str) -> str:
        symbol: str = self._own_symbol(currency) or get_currency_symbol(currency, locale=self.locale)
        return symbol

    def _own_symbol(self, currency: str) -> str:
        return _OWN_SYMBOL.get(currency) or (_IN_PERU.get(currency, "") if self.language == "es" else "")

    def money(self, amount: Number | None, currency: str, digits: int = 2) -> str:
        """``S/ 124.70``, with ``digits=0`` ``S/ 125``."""
        if amount is None:
            return "–"
        own = self._own_symbol(currency)
        if own:
            sign = "−" if amount < 0 else ""
            return f"{sign}{own}{NBSP}{self.number(-amount if amount < 0 else amount, digits)}"
        pattern = "¤#,##0" + ("." + "0" * digits if digits else "")
        text: str = format_currency(amount, currency, pattern, locale=self.locale, currency_digits=False)
        return text.replace("-", "−")

    # Dates and clock times -------------------------------------------------------------------------------------

    def moment(self, epoch: int) -> datetime:
        """The aware datetime on the site's clock."""
        return to_datetime(epoch, self.tz)

    def _date(self, day: date, pattern: str) -> str:
        text: str = format_date(day, pattern, locale=self.locale)
        return text

    def day(self, day: date) -> str:
        """``4 de setiembre`` / ``4 September``."""
        return self._date(day, "d 'de' MMMM" if self.language == "es" else "d MMMM")

    def day_year(self, day: date) -> str:
        """``4 de setiembre de 2026`` / ``4 September 2026``."""
        return self._date(day, "long")

    def weekday(self, day: date) -> str:
        """``sábado``."""
        return self._date(day, "EEEE")

    def weekday_day(self, day: date) -> str:
        """``sábado 22 de agosto`` / ``Saturday 22 August``."""
        return f"{self.weekday(day)} {self.day(day)}"

    def day_short(self, day: date) -> str:
        """``22 ago`` as on an axis."""
        return self._date(day, "d MMM").rstrip(".")

    def month(self, day: date) -> str:
        """``setiembre``."""
        return self._date(day, "MMMM")

    def month_year(self, day: date) -> str:
        """``ago 2026``: a month in a table."""
        return self._date(day, "MMM y")

    def month_and_year(self, day: date) -> str:
        """``setiembre de 2026`` / ``September 2026``."""
        return self._date(day, "MMMM 'de' y" if self.language == "es" else "MMMM y")

    def month_short(self, day: date) -> str:
        """``set``."""
        return self._date(day, "MMM").rstrip(".").lower() if self.language == "es" else self._date(day, "LLL")

    def clock(self, epoch: int) -> str:
        """``6:40 p. m.`` / ``6:40 pm``, on the site's clock."""
        text: str = format_datetime(
            self.moment(epoch), "h:mm a", tzinfo=self.moment(epoch).tzinfo, locale=self.locale
        )
        return text.replace(" ", NBSP)

    def hhmm(self, epoch: int) -> str:
        """``18:40`` as on an axis."""
        return self.moment(epoch).strftime("%H:%M")

    def until(self, epoch: int) -> str:
        """``18:40`` as an end; ``24:00`` closes a day."""
        return "24:00" if (said := self.hhmm(epoch)) == "00:00" else said

    def when(self, epoch: int) -> str:
        """``sábado 22 de agosto, 6:40 p. m.``"""
        return f"{self.weekday_day(self.moment(epoch).date())}, {self.clock(epoch)}"

    def row_time(self, epoch: int, *, days: bool = False) -> str:
        """``sáb 22, 18:00`` as the head of a table's row; with `days` only ``sáb 22 ago``."""
        moment = self.moment(epoch)
        weekday = self._date(moment.date(), "EEE").rstrip(".")
        if days:
            return f"{weekday} {self.day_short(moment.date())}"
        return f"{weekday} {moment.day}, {moment:%H:%M}"

    def zone(self, epoch: int) -> str:
        """``Lima (UTC−5)``: the zone's city and its offset at that moment."""
        city = self.tz.rsplit("/", 1)[-1].replace("_", " ")
        if city == "UTC":
            return city
        hours = int(utc_offset([epoch], self.tz)[0]) / 3600
        offset = self.number(abs(hours), 0 if hours == int(hours) else 1)
        return f"{city} (UTC{'−' if hours < 0 else '+'}{offset})"


def energy_digits(kwh: Number | None) -> int:
    """Digits after the point that a reader can use."""
    if kwh is None or isnan(kwh):
        return 1
    size = abs(float(kwh))
    return 2 if size < 10 else 1 if size < 1000 else 0
