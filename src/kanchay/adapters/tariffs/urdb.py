"""OpenEI Utility Rate Database (URDB), JSON of its API, versions 3 to 8: a US tariff in our language.

Fields as the service describes them [1]_: periods of energy and demand by tables of 12 months by 24 hours, tiers
with a rate, an adjustment and a most, flat demand by month, fixed and least charges, rules for generation.

.. [1] https://apps.openei.org/services/doc/rest/util_rates/
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Final

from kanchay.adapters.tariffs.draft import Answers, ForeignTariff, Notes, slug
from kanchay.adapters.tariffs.hours import Calendar
from kanchay.adapters.tariffs.urdb_demand import demand_charges, demand_window
from kanchay.adapters.tariffs.urdb_energy import adjustment, energy_charges, export_charge
from kanchay.adapters.tariffs.values import exact, member, members, money, text, told_day, word
from kanchay.domain.errors import FileRefused, InputError

__all__ = ["looks_like", "read"]

_PER: Final = {"": "month", "$/month": "month", "$/day": "day", "$/year": "year"}
_SEGMENTS: Final = {
    "residential": "residential",
    "commercial": "non_residential",
    "industrial": "non_residential",
}
_FULL: Final = "Ask the service with detail=full."
_MOST_NAMED: Final = 20
_MOST_RATES: Final = 100
_ALWAYS: Final = "1970-01-01"
_COMMENTS: Final = ("basicinformationcomments", "demandcomments", "energycomments")
_WITH_PRICES: Final = """
energyratestructure energyweekdayschedule energyweekendschedule fueladjustmentsmonthly dgrules usenetmetering
flatdemandstructure flatdemandmonths flatdemandunit demandratestructure demandrateunit demandunits
demandweekdayschedule demandweekendschedule demandwindow demandratchetpercentage lookbackpercent lookbackrange
lookbackmonths fixedchargefirstmeter fixedchargeunits fixedmonthlycharge mincharge minchargeunits minmonthlycharge
"""
_WITHOUT: Final = """
label uri utility eiaid name sector startdate enddate source sourceparent country servicetype approved is_default
revisions supersedes latest_update description phasewiring voltagecategory voltageminimum voltagemaximum
peakkwcapacitymin peakkwcapacitymax peakkwcapacityhistory peakkwhusagemin peakkwhusagemax peakkwhusagehistory
"""
_READ: Final = frozenset(f"{_WITH_PRICES} {_WITHOUT}".split())
# Fields whose charges our document has no word for.
_UNSAID: Final = (
    "annualmincharge", "coincidentratestructure", "demandattrs", "demandreactivepowercharge", "energyattrs",
    "fixedattrs", "fixedchargeeaaddl",
)  # fmt: skip


def looks_like(root: Any) -> bool:
    """Whether a JSON document is an answer of the rate database."""
    return any(member(item, "energyratestructure") or member(item, "eiaid") for item in _items(root))


def _items(root: Any) -> list[Any]:
    listed = members(member(root, "items")) or members(root)
    return listed or ([root] if isinstance(root, dict) else [])


def read(root: Any, answers: Answers) -> list[ForeignTariff]:
    """One tariff of each rate in the answer.

    Raises
    ------
    FileRefused
        There is no rate in it, or the energy of one cannot be understood.
    InputError
        The time zone is not told: the database does not hold it.
    """
    listed = [item for item in _items(root) if isinstance(item, dict)]
    found = [i for i in listed if not answers.picks or _names(i) & set(answers.picks)]
    if not found:
        names = ", ".join(text(i.get("name")) for i in listed[:_MOST_NAMED])
        raise FileRefused(
            "The file holds no such rate." if listed else "The file holds no rate.",
            hint=f"There are: {names}." if listed else _FULL,
            code="tariff.empty",
        )
    if not answers.timezone:
        raise InputError(
            "The rate database does not say the time zone.",
            hint="Say it: --timezone America/New_York.",
            code="tariff.timezone",
        )
    if len(found) > _MOST_RATES:
        raise FileRefused(
            f"The file holds {len(found)} rates.",
            hint="Pick some by name: --pick NAME.",
            code="file.too_many",
        )
    tariffs = [_tariff(item, answers) for item in found]
    return tariffs if answers.tariff_id else _told_apart(tariffs)


def _names(item: dict[str, Any]) -> set[str]:
    return {text(item.get("name")), text(item.get("label"))}


def _told_apart(tariffs: list[ForeignTariff]) -> list[ForeignTariff]:
    """The same rate of several years, or two of one name, under ids of their own."""
    ids = [t.document["id"] for t in tariffs]
    for place, tariff in enumerate(tariffs):
        document = tariff.document
        if ids.count(ids[place]) > 1:
            document["id"] += f".from_{slug(document['versions'][0]['valid_from'])}"
        earlier = [t.document["id"] for t in tariffs[:place]]
        if document["id"] in earlier:
            document["id"] += f".{place + 1}"
    return tariffs


def _tariff(item: dict[str, Any], answers: Answers) -> ForeignTariff:
    notes, calendar = Notes(), Calendar()
    utility, name = text(item.get("utility")) or "Unknown utility", text(item.get("name")) or "Unnamed rate"
    charges = [
        *_fixed(item, notes),
        *energy_charges(item, calendar, notes),
        *adjustment(item, calendar, notes),
        *demand_charges(item, calendar, notes),
        *_minimum(item, notes),
    ]
    if not charges:
        raise FileRefused(f"'{name}' has no price that can be read.", hint=_FULL, code="tariff.empty")
    export, credit = export_charge(item, notes)
    _say_unlike(charges, export, notes)
    _say_unsaid(item, notes)
    document = {
        "schema": "tariff/1",
        "id": answers.tariff_id or f"us.{slug(utility)}.{slug(name)}",
        "country": "US",
        "currency": "USD",
        "timezone": answers.timezone,
        "provider": {"id": slug(utility), "name": utility},
        "option": {"code": name, "name": {"en": name, "es": name}},
        "eligibility": _eligibility(item),
        "proration": "by_reading_date",
        "rounding": {"quantity": 3, "unit_price": 6, "line": 2},
        **demand_window(item),
        **calendar.document(),
        **export,
        "taxes": [],
        "versions": [{**_dates(item, notes), "prices_include": [], **_source(item, utility, name, notes)}],
    }
    document["versions"][0]["charges"] = [*charges, *credit]
    return ForeignTariff(document, notes.all())


def _say_unlike(charges: list[dict[str, Any]], export: dict[str, Any], notes: Notes) -> None:
    """What our engine reckons in another way than the utilities do."""
    if any(c.get("limits") == "kw" for c in charges) and any(c.get("ratchet") for c in charges):
        notes.add("tiers.ratchet", "energyratestructure")
    shared = any("rates" in tier for c in charges if c["kind"] == "banded" for tier in c["tiers"])
    if shared and export.get("export", {}).get("mode") == "net_metering":
        notes.add("tiers.net_metering", "dgrules")


def _eligibility(item: dict[str, Any]) -> dict[str, Any]:
    segment = _SEGMENTS.get(word(item.get("sector")), "any")
    most = exact(item.get("peakkwcapacitymax"))
    return {"segment": segment, **({"max_kw": money(most)} if most is not None else {})}


def _dates(item: dict[str, Any], notes: Notes) -> dict[str, str]:
    start, end = told_day(item.get("startdate")), told_day(item.get("enddate"))
    if start is None:
        notes.add("dates.unknown", "startdate")
    dates = {"valid_from": _ALWAYS if start is None else start.isoformat()}
    if end is not None and (start is None or end > start):
        dates["valid_to"] = (end + timedelta(days=1)).isoformat()  # the database names the last day
    return dates


def _source(item: dict[str, Any], utility: str, name: str, notes: Notes) -> dict[str, Any]:
    told = told_day(item.get("startdate"))
    label, sheet = text(item.get("label")), text(item.get("source"))
    title = f"OpenEI Utility Rate Database: {utility}, {name}" + (f" ({label})" if label else "")
    source = {
        "title": title,
        "url": text(item.get("uri")) or None,
        "date": told.isoformat() if told else "unknown",
        "confidence": notes.confidence,
        "basis": "secondary",
    }
    return {"source": source, **({"note": f"Price sheet: {sheet}"} if sheet else {})}


def _fixed(item: dict[str, Any], notes: Notes) -> list[dict[str, Any]]:
    amount, field = exact(item.get("fixedchargefirstmeter")), "fixedchargeunits"
    unit = word(item.get(field))
    if amount is None:
        amount, unit = exact(item.get("fixedmonthlycharge")), ""
    if not amount:
        return []
    if unit not in _PER:
        notes.add("fixed.unit", field, unit)
        return []
    return [
        {"id": "fixed", "kind": "fixed", "amount": money(amount), "per": _PER[unit], "taxes": [],
         "name": {"en": "Fixed charge", "es": "Cargo fijo"}}
    ]  # fmt: skip


def _minimum(item: dict[str, Any], notes: Notes) -> list[dict[str, Any]]:
    amount, unit = exact(item.get("mincharge")), word(item.get("minchargeunits"))
    if amount is None:
        amount, unit = exact(item.get("minmonthlycharge")), ""
    if not amount:
        return []
    if unit not in ("", "$/month", "$/day"):
        notes.add("minimum.unit", "minchargeunits", unit)
        return []
    return [
        {"id": "minimum", "kind": "minimum", "amount": money(amount), "per": _PER[unit], "taxes": [],
         "name": {"en": "Minimum charge", "es": "Cargo mínimo"}}
    ]  # fmt: skip


def _say_unsaid(item: dict[str, Any], notes: Notes) -> None:
    notes.unknown(item, {*_READ, *_UNSAID, *_COMMENTS})
    for field in _COMMENTS:
        if text(item.get(field)):
            notes.add("comment", field, " ".join(text(item.get(field)).split()))
    least = exact(item.get("peakkwcapacitymin"))
    if least:
        notes.add("eligibility.least", "peakkwcapacitymin", money(least))
    if word(item.get("country")) not in ("", "usa", "us"):
        notes.add("country", "country")
    for field in _UNSAID:
        if item.get(field):
            notes.add(f"charge.{field}", field)
    if word(item.get("servicetype")) not in ("", "bundled"):
        kind = text(item.get("servicetype"))
        notes.add("service.part", "servicetype", kind)
