"""What a site would have paid under each option that it may get: past periods, line by line."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

import numpy as np

from kanchay.analysis.tariff.eligible import Customer, why_not
from kanchay.analysis.tariff.evaluate import evaluate
from kanchay.analysis.tariff.frame import CARRY
from kanchay.analysis.tariff.period import reading_period
from kanchay.domain.bill import Bill
from kanchay.domain.errors import BillRefused, KanchayError
from kanchay.domain.interval import HOUR, to_datetime
from kanchay.domain.point import Site, SiteKind
from kanchay.domain.scope import Scope
from kanchay.domain.tariff import Tariff
from kanchay.services.context import Context
from kanchay.services.money.period import KnownPeriod, load_period
from kanchay.services.money.tariffs import leaveable, list_tariffs, tariff_by_id, tariff_of, typed_parameters
from kanchay.services.money.usage import Meters, first_needed, load_meters, load_usage
from kanchay.services.readings.series import main_point, span

__all__ = ["Option", "OptionComparison", "compare_options"]

MAX_PERIODS = 36  # three years of monthly bills


@dataclass(frozen=True)
class Option:
    """A tariff over the periods compared: its bills, or why it has none.

    `conditions` are codes of what the customer must have or ask for (``meter.smart``); `refusal` and
    `refusal_code` say why it cannot be priced. `difference` is its total less that of the site's own tariff.
    """

    tariff: Tariff
    bills: tuple[Bill, ...] = ()
    conditions: tuple[str, ...] = ()
    refusal: str = ""
    refusal_code: str = ""
    difference: Decimal | None = None

    @property
    def total(self) -> Decimal | None:
        """Of all periods; None where one of them cannot be priced. [currency]"""
        return sum((b.total for b in self.bills), Decimal(0)) if self.bills else None

    @property
    def warnings(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(w for bill in self.bills for w in bill.warnings))


@dataclass(frozen=True)
class OptionComparison:
    """The site's own tariff and the others it may get, the cheapest first.

    `prices_of` is the day whose lists price all options alike; None where each period has its own lists.
    `left_out` names lines left out of every option because nobody told their amount. `not_offered` pairs
    tariffs with the code of why this customer cannot have them. Where we hold no other option of the site's
    distributor, `lender` is its option at another one, whose prices then stand for all: an idea, no offer.
    """

    site_id: str
    currency: str
    current: Option
    options: tuple[Option, ...]
    not_offered: tuple[tuple[Tariff, str], ...]
    periods: tuple[tuple[date, date], ...]
    skipped: tuple[tuple[date, date, str], ...]
    prices_of: date | None
    left_out: tuple[str, ...]
    lender: Tariff | None = None

    @property
    def best(self) -> Option | None:
        """The cheapest priced option, None where nothing beats the current one."""
        cheaper = [o for o in self.options if o.difference is not None and o.difference < 0]
        return cheaper[0] if cheaper else None


def compare_options(
    ctx: Context,
    scope: Scope,
    site_id: str,
    *,
    periods: int = 12,
    current_id: str | None = None,
    tariff_ids: Sequence[str] = (),
    parameters: Mapping[str, str | Decimal] | None = None,
    prices_of: date | None = None,
) -> OptionComparison:
    """Replay the last complete periods under each option.

    `current_id` is the tariff to compare with, by default the site's own. Without `tariff_ids` the options
    are those of that distributor and system that the site may get. Where lists of the past are missing, all
    options are priced by the newest day that the most of them have a list for, so that like prices are
    compared.

    Raises
    ------
    BillRefused
        The site has no tariff, or no complete period can be priced under it; one of `tariff_ids` is none of ours,
        or in another currency.
    """
    with ctx.records.unit(scope) as uow:
        site = uow.sites.get(site_id)
    current = tariff_of(ctx, site, current_id)
    known, skipped = _known_periods(ctx, scope, site, min(periods, MAX_PERIODS))
    if not known:
        raise BillRefused(
            f"No complete period of '{site.name}' can be priced.", hint=_why(skipped), code="bill.gap"
        )
    customer = _customer(site, load_meters(ctx, scope, site, (known[0].start, known[-1].until)))
    offered, not_offered = _candidates(ctx, current, tariff_ids, customer)
    of_its_own = offered or tariff_ids or any(why != "segment" for _, why in not_offered)
    lender = None if of_its_own else _lender(ctx, current)
    if lender is not None:
        current = lender
        offered, not_offered = _candidates(ctx, current, (), customer)
    day = prices_of or _common_day(ctx, site, [current, *offered], known)
    first = min(first_needed(site, t, known[0].start) for t in (current, *offered))
    meters = load_meters(ctx, scope, site, (first, known[-1].until))
    replay = _Replay(ctx, scope, site, known, meters, day, parameters or {})
    own, left_out = replay.own(current)
    options = [_against(own, replay.option(t, left_out)) for t in offered]
    return OptionComparison(
        site_id=site.id,
        currency=current.currency,
        current=own,
        options=tuple(sorted(options, key=lambda o: (o.total is None, o.total or 0))),
        not_offered=tuple(not_offered),
        periods=tuple((k.start, k.end) for k in known),
        skipped=tuple(skipped),
        prices_of=day,
        left_out=left_out,
        lender=lender,
    )


def _lender(ctx: Context, current: Tariff) -> Tariff | None:
    """The same option at another distributor of the country that we hold more options of, None where there is none."""
    tariffs = [t for t in list_tariffs(ctx, current.country) if t.versions[-1].valid_to is None]
    same = [
        t for t in tariffs
        if (t.option, t.eligibility.segment) == (current.option, current.eligibility.segment) and t.id != current.id
    ]  # fmt: skip
    options = {t.id: sum((o.provider, o.system) == (t.provider, t.system) for o in tariffs) for t in same}
    best = max(same, key=lambda t: options[t.id], default=None)
    return best if best is not None and options[best.id] > 1 else None


def _customer(site: Site, meters: Meters) -> Customer:
    """The site as tariffs see it; its highest mean power of an interval is at most its true demand."""
    values = meters.energy.values[0]
    kw = (
        None
        if np.isnan(values).all()
        else Decimal(str(round(float(np.nanmax(values)) * HOUR / meters.energy.resolution_s, 3)))
    )
    return Customer("residential" if site.kind is SiteKind.HOME else "non_residential", kw)


def _candidates(
    ctx: Context, current: Tariff, wanted: Sequence[str], customer: Customer
) -> tuple[list[Tariff], list[tuple[Tariff, str]]]:
    """Other tariffs that this customer may have, and those it may not with the reason.

    Those that are wanted by name are taken, whoever may have them.
    """
    if wanted:
        return [_comparable(ctx, current, key) for key in dict.fromkeys(wanted) if key != current.id], []
    others = [
        t for t in list_tariffs(ctx, current.country) if t.id != current.id and t.currency == current.currency
    ]
    near = [t for t in others if (t.provider, t.system) == (current.provider, current.system)]
    reasons = [(t, why_not(t, customer)) for t in near]
    return [t for t, why in reasons if not why], [(t, why) for t, why in reasons if why]


def _comparable(ctx: Context, current: Tariff, tariff_id: str) -> Tariff:
    """The tariff of that id; refused where there is none, or where its bills are in another currency."""
    tariff = tariff_by_id(ctx, tariff_id)
    if tariff.currency != current.currency:
        raise BillRefused(
            f"'{tariff.id}' is in {tariff.currency} and '{current.id}' in {current.currency}.",
            hint=f"Compare tariffs of one currency: name some in {current.currency}.",
            code="bill.other_currency",
        )
    return tariff


def _known_periods(
    ctx: Context, scope: Scope, site: Site, n: int
) -> tuple[list[KnownPeriod], list[tuple[date, date, str]]]:
    """The last complete periods, oldest first, and those that the readings only partly cover."""
    known: list[KnownPeriod] = []
    skipped: list[tuple[date, date, str]] = []
    held = span(ctx, scope, main_point(ctx, scope, site.id).id)
    if held is None:
        return known, skipped
    first, after = (to_datetime(t, site.tz).date() for t in (held.start, min(held.end, ctx.clock())))
    for back in range(n, 0, -1):  # back from the period that begins where readings end
        start, end = reading_period(site.billing_day, after, back=back)
        if end <= first:
            continue
        try:
            known.append(load_period(ctx, scope, site, start, end))
        except KanchayError as error:
            skipped.append((start, end, str(error)))
    return known, skipped


def _why(skipped: Sequence[tuple[date, date, str]]) -> str:
    return skipped[-1][2] if skipped else "Import readings of a whole period first."


def _common_day(
    ctx: Context, site: Site, tariffs: Iterable[Tariff], known: Sequence[KnownPeriod]
) -> date | None:
    """None where every period has every list; else the newest day that the most lists cover."""
    tariffs = list(tariffs)
    if all(_covers(t, k) for t in tariffs for k in known):
        return None
    today = to_datetime(ctx.clock(), site.tz).date()
    days = {
        min(today, _last_day(v.valid_to) or today)
        for t in tariffs
        for v in t.versions
        if v.valid_from <= today
    }
    return max(
        days, key=lambda d: (sum(any(v.holds_on(d) for v in t.versions) for t in tariffs), d), default=today
    )


def _last_day(after: date | None) -> date | None:
    return None if after is None else date.fromordinal(after.toordinal() - 1)


def _covers(tariff: Tariff, known: KnownPeriod) -> bool:
    first, last = known.start, date.fromordinal(known.end.toordinal() - 1)
    return all(any(v.holds_on(d) for v in tariff.versions) for d in (first, last))


@dataclass(frozen=True)
class _Replay:
    """The same periods, priced by any tariff."""

    ctx: Context
    scope: Scope
    site: Site
    known: Sequence[KnownPeriod]
    meters: Meters
    day: date | None
    parameters: Mapping[str, str | Decimal]

    def own(self, tariff: Tariff) -> tuple[Option, tuple[str, ...]]:
        """The site's own tariff, and the lines that had to be left out of it."""
        try:
            return self._priced(tariff, ()), ()
        except BillRefused as refusal:
            if refusal.code not in ("bill.missing_parameter", "bill.unknown_factor"):
                raise
        return self._priced(tariff, leaveable(tariff)), leaveable(tariff)

    def option(self, tariff: Tariff, left_out: tuple[str, ...]) -> Option:
        """Another tariff without the same lines; a refusal is part of the answer."""
        try:
            return self._priced(tariff, tuple(line for line in left_out if line in leaveable(tariff)))
        except BillRefused as refusal:
            return Option(tariff, (), _conditions(tariff), str(refusal), refusal.code)

    def _priced(self, tariff: Tariff, left_out: tuple[str, ...]) -> Option:
        """A bill a period; energy and credit that one carries on are used by the next."""
        metering = self.meters.laid_out(tariff)
        typed = typed_parameters(self.site, self.parameters)
        own = {name: value for name, value in typed.items() if tariff.parameter(name) is not None}
        exact = replace(tariff, rounding=replace(tariff.rounding, total_step=None))
        bills: list[Bill] = []
        for known in self.known:
            usage = load_usage(
                self.ctx, self.scope, self.site, tariff, known, metering=metering, as_of=self.day
            )
            carried = bills[-1].carried if bills and bills[-1].end == known.start else ()
            carry = {f"{CARRY}.{name}": value for name, value in carried}
            bills.append(
                evaluate(exact, usage, parameters={**own, **carry}, leave_out=left_out, as_of=self.day)
            )
        return Option(tariff, tuple(bills), _conditions(tariff))


def _conditions(tariff: Tariff) -> tuple[str, ...]:
    return (f"meter.{tariff.eligibility.meter}",) if tariff.eligibility.meter else ()


def _against(own: Option, option: Option) -> Option:
    if own.total is None or option.total is None:
        return option
    return replace(option, difference=option.total - own.total)
