"""A paper bill: read it, find our tariff for it, learn from it, lay it beside our own calculation."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any, Final

from kanchay.domain.errors import BillRefused, NotEnoughData, NotFound
from kanchay.domain.names import slug
from kanchay.domain.point import Site
from kanchay.domain.receipt import Confidence, Receipt
from kanchay.domain.receiptstudy import ReceiptStudy, TariffMatch
from kanchay.domain.scope import Scope
from kanchay.domain.tariff import Tariff
from kanchay.services.context import Context
from kanchay.services.money.period import load_period
from kanchay.services.money.receipt_compare import by_list, by_printed
from kanchay.services.money.receipt_learn import learned_parameters
from kanchay.services.money.tariffs import list_tariffs, tariff_by_id
from kanchay.services.ports.receipts import ReceiptReader

__all__ = ["match_tariffs", "metered_between", "metered_kwh", "read_receipt", "study_receipt"]

_COUNTRY: Final = "PE"  # the receipts that we can read
_NEAR: Final = Decimal(
    "0.01"
)  # of the energy: lists of neighbouring months differ by more, blending by days by less


def read_receipt(reader: ReceiptReader, data: bytes, name: str) -> Receipt:
    """A receipt from the bytes of its file; `FileRefused` for what is neither a text PDF nor an electronic receipt."""
    return reader.read(data, name)


def match_tariffs(ctx: Context, receipt: Receipt) -> tuple[TariffMatch, ...]:
    """Tariffs of the library that the receipt may be of, the likeliest first; none where we ship none of its company."""
    found = [
        TariffMatch(tariff.id, _sure(because), because)
        for tariff in list_tariffs(ctx, _COUNTRY)
        if (because := _because(tariff, receipt))
    ]
    found.sort(key=lambda match: (-len(match.because), match.tariff_id))
    return tuple(
        replace(m, confidence=Confidence.MEDIUM) if _tied(found) and m.confidence is Confidence.HIGH else m
        for m in found
    )


def _tied(matches: Sequence[TariffMatch]) -> bool:
    """Whether the receipt speaks for the first two alike, as where it does not print the kind of use."""
    return len(matches) > 1 and len(matches[0].because) == len(matches[1].because)


def _because(tariff: Tariff, receipt: Receipt) -> tuple[str, ...]:
    """What speaks for a tariff; empty where something that is printed speaks against it."""
    asked = (
        ("distributor", receipt.distributor, tariff.provider),
        ("option", receipt.option, tariff.option),
        ("segment", receipt.segment, tariff.eligibility.segment),
        ("system", receipt.system, tariff.system),
    )
    because = []
    for name, printed, ours in asked:
        if printed is None:
            continue
        if _plain(printed) == _plain(ours):
            because.append(name)
        elif not (name == "segment" and ours == "any"):
            return ()
    return _with_price(tariff, receipt, because) if "distributor" in because else ()


def _plain(text: str) -> str:
    return slug(text).replace("-", "").replace("_", "")


def _with_price(tariff: Tariff, receipt: Receipt, because: list[str]) -> tuple[str, ...]:
    """Whether our list of those days leads to the printed energy: the strongest witness there is."""
    energy = next((x for x in by_list(tariff, receipt).lines if x.id == "energy"), None)
    known = energy is not None and energy.printed and energy.computed is not None
    if known and energy is not None and abs(energy.difference) <= _NEAR * abs(energy.printed or Decimal(0)):
        because.append("price")
    return tuple(because)


def _sure(because: tuple[str, ...]) -> Confidence:
    if "price" in because and "option" in because:
        return Confidence.HIGH
    return Confidence.MEDIUM if {"option", "segment"} <= set(because) else Confidence.LOW


def metered_kwh(ctx: Context, scope: Scope, site: Site, receipt: Receipt) -> Decimal | None:
    """What the site's own meter counted in the days of the receipt; None where its readings do not cover them.

    Nobody knows at which hour a meter was read, so a difference of a day's part is no fault of either. [kWh]
    """
    if receipt.start is None or receipt.end is None:
        return None
    return metered_between(ctx, scope, site, receipt.start, receipt.end)


def metered_between(ctx: Context, scope: Scope, site: Site, start: date, end: date) -> Decimal | None:
    """What the site's own meter counted in ``[start, end)``; None where its readings do not cover it. [kWh]"""
    if start >= end:
        return None
    try:
        known = load_period(ctx, scope, site, start, end)
    except (BillRefused, NotEnoughData, NotFound):
        return None
    return None if known.is_open else known.kwh


def study_receipt(ctx: Context, receipt: Receipt, tariff_id: str | None = None) -> ReceiptStudy:
    """Everything that follows from a receipt, for the tariff named or the likeliest one.

    Raises
    ------
    BillRefused
        There is no tariff of that name.
    """
    matches = match_tariffs(ctx, receipt)
    chosen = tariff_id or (matches[0].tariff_id if matches else None)
    tariff = tariff_by_id(ctx, chosen) if chosen else None
    return ReceiptStudy(
        receipt,
        matches,
        chosen,
        learned_parameters(receipt, tariff) if tariff else (),
        by_list(tariff, receipt) if tariff else None,
        by_printed(_rules(ctx, chosen), receipt),
        is_open=tariff_id is None and _tied(matches),
    )


def _rules(ctx: Context, tariff_id: str | None) -> dict[str, Any]:
    """The document whose taxes and dated values hold for the receipt: of its tariff, else of any of the country."""
    documents = ctx.library.tariff_documents()
    wanted = (documents[key] for key in (*([tariff_id] if tariff_id else []), *sorted(documents)))
    found = next((d for d in wanted if d.get("country") == _COUNTRY and _has_tax_unit(d)), None)
    if found is None:
        raise BillRefused(
            "We ship no tariff of Peru.", hint="Install Kanchay with its library.", code="bill.no_tariff"
        )
    return found


def _has_tax_unit(document: dict[str, Any]) -> bool:
    return any(p.get("id") == "UIT" for p in document.get("parameters", ()))
