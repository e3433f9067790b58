"""Made-up files of other people's tariff formats, small enough to read."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

FLAT = [[0] * 24] * 12
PEAK = [[0] * 16 + [1] * 5 + [0] * 3] * 12


def rate(**more: Any) -> dict[str, Any]:
    """A residential rate of the database: peak from 16 to 21 h on working days."""
    return {
        "items": [
            {
                "label": "0123456789abcdef01234567",
                "uri": "https://example.org/rate/1",
                "utility": "Made-up Power & Light",
                "eiaid": 1,
                "name": "R-TOU",
                "sector": "Residential",
                "startdate": 1735718400,  # 2025-01-01 08:00 UTC
                "source": "https://example.org/sheet.pdf",
                "energyratestructure": [
                    [{"rate": 0.10, "adj": 0.02, "unit": "kWh"}],
                    [{"rate": 0.30, "unit": "kWh"}],
                ],
                "energyweekdayschedule": PEAK,
                "energyweekendschedule": FLAT,
                "fixedchargefirstmeter": 12.5,
                "fixedchargeunits": "$/month",
                **more,
            }
        ]
    }


def unit_rates(start: str, pence: list[float], minutes: int = 30, vat: float = 1.05) -> dict[str, Any]:
    """Half-hourly unit rates, newest first as the service gives them."""
    first = datetime.fromisoformat(start).replace(tzinfo=UTC)
    rows = [_row(first + timedelta(minutes=minutes * n), minutes, p, vat) for n, p in enumerate(pence)]
    return {"count": len(rows), "next": None, "previous": None, "results": rows[::-1]}


def _row(start: datetime, minutes: int, pence: float, vat: float) -> dict[str, Any]:
    return {
        "value_exc_vat": pence,
        "value_inc_vat": round(pence * vat, 6),
        "valid_from": f"{start:%Y-%m-%dT%H:%M:%SZ}",
        "valid_to": f"{start + timedelta(minutes=minutes):%Y-%m-%dT%H:%M:%SZ}",
        "payment_method": None,
    }


def long_rate(
    start: str, end: str | None, pence: float, method: str | None = "DIRECT_DEBIT"
) -> dict[str, Any]:
    """A price that holds for months."""
    return {"value_exc_vat": pence, "value_inc_vat": round(pence * 1.05, 6), "valid_from": start, "valid_to": end,
            "payment_method": method}  # fmt: skip


def price(amount: float, unit: str, start: str = "00:00", end: str = "00:00", **more: Any) -> dict[str, Any]:
    return {"from": start, "to": end, "price": amount, "priceUnit": unit, **more}


def swiss(kind: str, name: str, prices: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {
        "tariffName": name, "tariffType": kind, "tariffForm": "constant", "standardBasegroup": True,
        "startDate": "2027-01-01", "endDate": "2027-12-31", "customerType": "", "prices": prices, **more,
    }  # fmt: skip


def operator(*tariffs: dict[str, Any]) -> dict[str, Any]:
    return {"dsoName": "Elektra Musterdorf", "dsoNumber": 1, "tariffs": list(tariffs)}


DORF = operator(
    swiss("grid", "Haushalt", {
        "base": {"price": 6, "priceUnit": "CHF/M"},
        "energy": [price(0.10, "CHF/kWh", "07:00", "20:00", weekdays=["Mo", "Tu", "We", "Th", "Fr"]),
                   price(0.06, "CHF/kWh", "20:00", "07:00", weekdays=["Mo", "Tu", "We", "Th", "Fr"]),
                   price(0.06, "CHF/kWh", weekdays=["Sa", "Su"])],
        "power": [price(4.5, "CHF/kW/M")],
        "reactivePower": [price(0.03, "CHF/kVarh")],
        "refundStorage": {"price": 0, "priceUnit": "CHF/kWh"},
    }),
    swiss("grid", "Gewerbe", {"base": {"price": 9, "priceUnit": "CHF/M"}}, standardBasegroup=False),
    swiss("electricity", "Strom", {"energy": [
        price(0.12, "CHF/kWh", months=["Oct", "Nov", "Dec", "Jan", "Feb", "Mar"]),
        price(0.09, "CHF/kWh", months=["Apr", "May", "Jun", "Jul", "Aug", "Sep"]),
    ]}),
    swiss("metering", "Messung", {"base": {"price": 5.3, "priceUnit": "CHF/M"}}, standardBasegroup=False),
    swiss("regional_fees", "Konzession", {"municipalityTaxes": [
        {"municipalityNumber": 1, "municipalityName": "Musterdorf",
         "municipalityEnergy": [price(0.0065, "CHF/kWh")]},
    ]}, standardBasegroup=False),
)  # fmt: skip
