"""Draws a made-up receipt: distributor, days, kWh, prices within the ranges seen in 2026."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from random import Random
from typing import Any, Final

from kanchay.domain.errors import InputError
from kanchay.simulate.receipts.truth import Customer, MadeReceipt

__all__ = ["LAYOUTS", "draw_receipt", "with_values"]

_AMOUNTS: Final = (
    "fixed", "lighting", "maintenance", "interest", "late_interest", "balance", "rounding_before",
)  # fmt: skip

_COMPANIES: Final = {
    "luz_del_sur": (("luz_del_sur", "LUZ DEL SUR S.A.A.", "20331898008", "Lima Sur"),),
    "pluz": (("pluz", "Pluz Energía Perú S.A.A.", "20269985900", "Lima Norte"),),
    "distriluz": (
        ("hidrandina", "HIDRANDINA S.A.", "", "Trujillo"), ("electronoroeste", "ENOSA", "", "Piura"),
        ("electrocentro", "ELECTROCENTRO S.A.", "", "Huancayo"), ("electronorte", "ELECTRONORTE S.A.", "", "Chiclayo"),
    ),
    "electro_sur_este": (("electro_sur_este", "ELECTRO SUR ESTE S.A.A.", "", "Cusco"),),
    "words": (("seal", "SEAL", "", "Arequipa"), ("electro_puno", "ELECTRO PUNO S.A.A.", "", "Puno")),
}  # fmt: skip
LAYOUTS: Final = tuple(_COMPANIES)
_ASIDE: Final = (
    "Vence el 15/12/2026", "Último pago S/ 134.50 el 02/08/2026", "Corte desde el 22/12/2026", "Ruta 123-45-6789",
    "Atención (01) 617 5000", "Un foco LED usa 9 W", "Día y noche 0800 11111", "CIENTO VEINTICUATRO CON 70/100 SOLES",
    "Próxima visita 04/01/2027", "Medidor 00712345 trifásico", "Paga en la web o en un agente",
)  # fmt: skip


def _cents(dice: Random, low: float, high: float, digits: int = 2) -> Decimal:
    return Decimal(str(round(dice.uniform(low, high), digits))).quantize(Decimal(1).scaleb(-digits))


def draw_receipt(seed: int, layout: str | None = None, *, kwh: Decimal | None = None) -> MadeReceipt:
    """A receipt of one of `LAYOUTS`; the same seed draws the same receipt."""
    dice = Random(seed)  # noqa: S311
    layout = layout or dice.choice(LAYOUTS)
    company, name, ruc, system = dice.choice(_COMPANIES[layout])
    fine = layout == "luz_del_sur"  # its meters are read to a tenth of a kWh
    used = kwh if kwh is not None else _cents(dice, 0, dice.choice((60, 160, 900, 5000)), 1 if fine else 0)
    factor = Decimal(dice.choice((1, 1, 1, 20))) if kwh is None else Decimal(1)
    used *= factor
    end = date(2026, 1, 10) + timedelta(days=dice.randrange(300))
    segment = dice.choice(("residential", "residential", "non_residential"))
    customer = Customer(
        layout, company, name, ruc, system, "BT5B", segment, str(dice.randrange(10**6, 10**8)),
        _cents(dice, 0.8, 20),
    )  # fmt: skip
    alicuota = _cents(dice, 0.6, 1.4, 4)
    return MadeReceipt(
        customer, end - timedelta(days=dice.choice((29, 30, 31, 32, 33))), end,
        _cents(dice, 0, 90_000, 1 if fine else 0), used, _parts(dice, used, segment), _cents(dice, 2, 4.5),
        (alicuota * dice.choice((1, 3, 7, 10, 14, 28, 60))).quantize(Decimal("0.01")),
        maintenance=_cents(dice, 1.3, 1.7), alicuota=alicuota if layout == "distriluz" else None,
        interest=_cents(dice, 0.01, 2) if dice.random() < 0.6 else Decimal(0),
        late_interest=_cents(dice, 0.01, 1) if dice.random() < 0.3 else Decimal(0),
        balance=_cents(dice, 20, 300) if dice.random() < 0.15 else Decimal(0),
        rounding_before=_cents(dice, -0.05, 0.05),
        factor=factor,
        by_columns=dice.random() < 0.4,
        aside=tuple(dice.sample(_ASIDE, dice.randrange(len(_ASIDE) + 1))),
        history=_history(dice, end, used, dice.choice((12, 13))) if dice.random() < 0.8 else (),
    )  # fmt: skip


def _parts(dice: Random, kwh: Decimal, segment: str) -> tuple[tuple[Decimal, Decimal], ...]:
    """One price, or two for a home of 31 to 140 kWh; that two are printed as two lines is our assumption."""
    price = _cents(dice, 0.55, 1.12, 4)
    if segment == "residential" and 30 < kwh <= 140:
        return (Decimal(30), (price * Decimal("0.7")).quantize(Decimal("0.0001"))), (kwh - 30, price)
    return ((kwh, price),)


def _history(dice: Random, end: date, kwh: Decimal, n: int) -> tuple[tuple[date, Decimal], ...]:
    """The months up to this receipt's own."""
    months: Sequence[int] = range(n - 1, -1, -1)
    whole = end.year * 12 + end.month - 1
    bars = [
        (whole - back, Decimal(round(float(kwh) * dice.uniform(0.6, 1.4))) if back else kwh)
        for back in months
    ]
    return tuple((date(m // 12, m % 12 + 1, 1), used) for m, used in bars)


def with_values(made: MadeReceipt, given: Mapping[str, str]) -> MadeReceipt:
    """The receipt with some of its numbers replaced: kwh, price, end, and any amount by its name."""
    wished = dict(given)
    try:
        end = date.fromisoformat(wished.pop("end", str(made.end)))
        kwh, price = Decimal(wished.pop("kwh", str(made.kwh))), wished.pop("price", "")
        amounts: dict[str, Any] = {name: Decimal(wished.pop(name)) for name in _AMOUNTS if name in wished}
        parts = (
            ((kwh, Decimal(price)),)
            if price
            else ((kwh, made.parts[-1][1]),)
            if "kwh" in given
            else made.parts
        )
    except (ValueError, ArithmeticError) as error:
        raise InputError(
            "A value of --set is no number or no day.", hint="Write kwh=143.4 or end=2026-09-04."
        ) from error
    if wished:
        raise InputError(
            f"A receipt has no '{min(wished)}'.", hint=f"Set {', '.join(('kwh', 'price', 'end', *_AMOUNTS))}."
        )
    start, history = end - (made.end - made.start), _moved(made, end, kwh)
    return replace(made, start=start, end=end, kwh=kwh, parts=parts, history=history, **amounts)


def _moved(made: MadeReceipt, end: date, kwh: Decimal) -> tuple[tuple[date, Decimal], ...]:
    """The history up to another month and of another size."""
    later = (end.year - made.end.year) * 12 + end.month - made.end.month
    scale = kwh / made.kwh if made.kwh else Decimal(1)
    moved = [(month.year * 12 + month.month - 1 + later, round(used * scale)) for month, used in made.history]
    bars = [(date(m // 12, m % 12 + 1, 1), Decimal(used)) for m, used in moved]
    return (*bars[:-1], (bars[-1][0], kwh)) if bars else ()
