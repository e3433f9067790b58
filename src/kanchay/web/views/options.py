"""What past periods would have cost under each option: the page beside the bill."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Final

from kanchay.domain.bill import Bill
from kanchay.domain.tariff import Tariff
from kanchay.services.money.compare import Option, OptionComparison
from kanchay.web.gather import Refusal
from kanchay.web.shell import Reader
from kanchay.web.views.bill import said_warnings

__all__ = ["OptionsView", "options_view"]

# What every line of the page says already.
_SAID: Final = ("price.other_date",)


@dataclass(frozen=True)
class OptionRow:
    """One option: its total as a bar from nothing, and how far from the site's own."""

    name: str
    words: str
    total: str
    percent: float
    difference: str
    tone: str
    own: bool
    conditions: tuple[str, ...] = ()
    refusal: str = ""


@dataclass(frozen=True)
class OptionsView:
    headline: str
    head: str
    rows: tuple[OptionRow, ...]
    refused: tuple[OptionRow, ...]
    head_row: tuple[str, ...]
    periods: tuple[tuple[str, ...], ...]
    not_offered: tuple[tuple[str, str], ...]
    warnings: tuple[str, ...]
    notes: tuple[str, ...]
    borrowed: str = ""
    refusal: str = ""


def options_view(found: OptionComparison | Refusal, r: Reader) -> OptionsView:
    """The comparison in words, or why there is none."""
    t = r.words
    if isinstance(found, Refusal):
        from kanchay.web.pages.common import refusal_sentence

        return OptionsView(
            t("options.h1_refused"), "", (), (), (), (), (), (), (), refusal=refusal_sentence(found, r)
        )
    priced = [o for o in (found.current, *found.options) if o.total is not None]
    most = max((o.total for o in priced if o.total is not None), default=Decimal(1))
    shown = sorted(priced, key=lambda o: (o.total or Decimal(0), o is not found.current))
    return OptionsView(
        headline=_headline(found, r),
        head=_head(found, r),
        rows=tuple(_row(o, most, r, own=o is found.current, currency=found.currency) for o in shown),
        refused=tuple(
            _row(o, most, r, own=False, currency=found.currency) for o in found.options if o.total is None
        ),
        head_row=tuple(o.tariff.option for o in shown),
        periods=_periods(found, shown, r),
        not_offered=_not_offered(found, r),
        warnings=said_warnings(_quiet(priced), r),
        notes=_notes(found, r),
        borrowed=_borrowed(found.lender, r),
    )


def _borrowed(lender: Tariff | None, r: Reader) -> str:
    if lender is None:
        return ""
    return r.words("options.borrowed", provider=f"{lender.provider_name}, {lender.system}")


def _headline(found: OptionComparison, r: Reader) -> str:
    t, f = r.words, r.formats
    best = found.best
    if best is None or best.difference is None:
        return t(f"options.h1_{_nothing_less(found)}")
    money = f.money(-best.difference, found.currency)
    key = "options.h1_conditional" if best.conditions or found.lender else "options.h1_less"
    return t.many(key, len(found.periods), option=best.tariff.option, money=money)


def _nothing_less(found: OptionComparison) -> str:
    """Why no option is cheaper: there is none, none can be priced, or each costs more."""
    if not found.options:
        return "only"
    return "stay" if any(o.total is not None for o in found.options) else "unpriced"


def _head(found: OptionComparison, r: Reader) -> str:
    t, f = r.words, r.formats
    first, last = found.periods[0][0], found.periods[-1][1] - timedelta(days=1)
    reach = t.many("options.head", len(found.periods), first=f.day_year(first), last=f.day_year(last))
    if found.prices_of is None:
        return f"{reach} {t('options.own_lists')}"
    return f"{reach} {t('options.one_list', day=f.day_year(found.prices_of))}"


def _words(tariff: Tariff, r: Reader) -> str:
    return tariff.names.get(r.language) or tariff.names.get("es", "")


def _row(option: Option, most: Decimal, r: Reader, *, own: bool, currency: str) -> OptionRow:
    t, f = r.words, r.formats
    difference, tone = "", ""
    if own:
        difference = t("options.own")
    elif option.difference is not None and option.difference:
        cheaper = option.difference < 0
        money = f.money(abs(option.difference), currency)
        difference, tone = (
            t("options.less" if cheaper else "options.more", money=money),
            "good" if cheaper else "",
        )
    elif option.difference is not None:
        difference = t("options.same")
    refusal = ""
    if option.refusal_code:
        key = f"options.refusal.{option.refusal_code}"
        refusal = t(key) if t.has(key) else option.refusal
    return OptionRow(
        name=option.tariff.option,
        words=_words(option.tariff, r),
        total="" if option.total is None else f.money(option.total, currency),
        percent=float(100 * (option.total or 0) / most) if most else 0.0,
        difference=difference,
        tone=tone,
        own=own,
        conditions=()
        if own
        else tuple(t(f"options.{c}") for c in option.conditions if t.has(f"options.{c}")),
        refusal=refusal,
    )


def _periods(found: OptionComparison, shown: list[Option], r: Reader) -> tuple[tuple[str, ...], ...]:
    """A line a period: its last month, then each option's total."""
    f = r.formats
    return tuple(
        (_month(end, r), *(f.money(o.bills[n].total, found.currency) for o in shown))
        for n, (_, end) in enumerate(found.periods)
    )


def _month(end: date, r: Reader) -> str:
    return r.formats.month_year(end - timedelta(days=1))


def _not_offered(found: OptionComparison, r: Reader) -> tuple[tuple[str, str], ...]:
    reasons = dict.fromkeys(why for _, why in found.not_offered)
    return tuple(
        (
            ", ".join(dict.fromkeys(t.option for t, reason in found.not_offered if reason == why)),
            r.words(f"options.not.{why}"),
        )
        for why in reasons
    )


def _quiet(priced: list[Option]) -> list[Bill]:
    """All bills, without the warnings that the page says in its own words."""
    bills = (bill for option in priced for bill in option.bills)
    return [replace(bill, warnings=tuple(w for w in bill.warnings if w not in _SAID)) for bill in bills]


def _notes(found: OptionComparison, r: Reader) -> tuple[str, ...]:
    t, f = r.words, r.formats
    notes = [t("options.rounded")]
    if found.left_out:
        notes.append(t("options.left_out"))
    notes += [
        t("options.skipped", first=f.day_year(a), last=f.day_year(b - timedelta(days=1)))
        for a, b, _ in found.skipped
    ]
    return tuple(notes)
