"""Apply a receipt to a site, and take that back: tariff, lasting values and reading day, noted in the audit log."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

from kanchay.domain.errors import Conflict, InputError
from kanchay.domain.point import Site
from kanchay.domain.receiptstudy import ReceiptStudy
from kanchay.domain.scope import Permission, Scope
from kanchay.services.context import Context
from kanchay.services.money.receipt_kept import APPLY, UNDO, paper_of, standing_notes
from kanchay.services.money.tariffs import number, tariff_by_id
from kanchay.services.people.audit import note
from kanchay.services.ports.records import AuditEntry

__all__ = ["applied_last", "apply_receipt", "site_after", "undo_receipt"]

_LAST_DAY: Final = 28  # the latest reading day that every month has


def site_after(
    ctx: Context, site: Site, study: ReceiptStudy, parameters: Mapping[str, str] | None = None
) -> Site:
    """The site as the receipt would make it; `parameters` overrule what was learnt, an empty text leaves one out.

    Raises
    ------
    InputError
        The receipt matches no tariff, or a value is no number or is none of the tariff.
    """
    if study.tariff_id is None:
        raise InputError(
            "No tariff of ours fits this receipt.", hint="Name one with --tariff.", code="receipt.no_tariff"
        )
    tariff = tariff_by_id(ctx, study.tariff_id)
    learned = {x.parameter: str(x.value) for x in study.learned if x.lasting}
    wished = {k: v for k, v in {**learned, **(parameters or {})}.items() if v != ""}
    unknown = [name for name in wished if tariff.parameter(name) is None]
    if unknown:
        raise InputError(
            f"Tariff '{tariff.id}' has no value '{unknown[0]}'.", hint="See: kanchay bill --list."
        )
    checked = {name: str(number(name, value)) for name, value in wished.items()}
    kept = {k: v for k, v in site.tariff_parameters if tariff.parameter(k) is not None}
    end = study.receipt.end
    return replace(
        site,
        tariff_id=tariff.id,
        tariff_parameters=tuple(sorted({**kept, **checked}.items())),
        billing_day=min(end.day, _LAST_DAY) if end else site.billing_day,
        currency=tariff.currency,
    )


def apply_receipt(
    ctx: Context, scope: Scope, site_id: str, study: ReceiptStudy, parameters: Mapping[str, str] | None = None
) -> Site:
    """Give a site the tariff, the lasting values and the reading day of a receipt; noted so that it can be undone."""
    scope.require(Permission.WRITE, site_id)
    with ctx.records.unit(scope) as uow:
        before = uow.sites.get(site_id)
        _check(study, before)
        after = site_after(ctx, before, study, parameters)
        uow.sites.put(after)
        told = {"before": _told(before), "after": _told(after), "paper": paper_of(study)}
        place = {"organisation_id": after.organisation_id, "site_id": site_id}
        note(uow, scope, ctx.clock(), APPLY, json.dumps(told, sort_keys=True), **place)
    return after


def _check(study: ReceiptStudy, site: Site) -> None:
    """Nothing made up reaches a real site, and no tariff is guessed."""
    if study.receipt.made_up and not site.simulated:
        raise InputError(
            f"'{study.receipt.file_name}' is a made-up receipt, and '{site.name}' is no simulated site.",
            hint="Apply it to a simulated one: kanchay demo.",
            code="receipt.made_up",
        )
    if study.is_open:
        fitting = ", ".join(m.tariff_id for m in study.matches)
        raise InputError(
            "More than one tariff fits this receipt.",
            hint=f"Name one with --tariff: {fitting}.",
            code="receipt.open",
        )


def _told(site: Site) -> dict[str, Any]:
    """What a receipt changes of a site."""
    return {
        "tariff_id": site.tariff_id,
        "tariff_parameters": [list(pair) for pair in site.tariff_parameters],
        "billing_day": site.billing_day,
        "currency": site.currency,
    }


def applied_last(ctx: Context, scope: Scope, site_id: str) -> AuditEntry | None:
    """The note of the last receipt applied and not yet undone; None where there is none or the site changed since."""
    scope.require(Permission.READ, site_id)
    with ctx.records.unit(scope) as uow:
        site = uow.sites.get(site_id)
    last = next(reversed(standing_notes(ctx, site_id)), None)
    return last if last is not None and json.loads(last.subject)["after"] == _told(site) else None


def undo_receipt(ctx: Context, scope: Scope, site_id: str) -> Site:
    """Give a site back what it had before the last receipt.

    Raises
    ------
    Conflict
        No receipt was applied, or the site was changed since.
    """
    scope.require(Permission.WRITE, site_id)
    last = applied_last(ctx, scope, site_id)
    if last is None:
        raise Conflict(
            "There is no receipt to take back: none was applied, or the site was changed since.",
            hint="Change the site itself: kanchay site set.",
            code="receipt.no_undo",
        )
    before = json.loads(last.subject)["before"]
    before["tariff_parameters"] = tuple((k, v) for k, v in before["tariff_parameters"])
    with ctx.records.unit(scope) as uow:
        site = replace(uow.sites.get(site_id), **before)
        uow.sites.put(site)
        note(uow, scope, ctx.clock(), UNDO, last.id, organisation_id=site.organisation_id, site_id=site_id)
    return site
