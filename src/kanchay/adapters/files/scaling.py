"""Scaling: whether the values of a file are multiplied by the factor of their meter already.

A second column that is the product tells it, or words do; otherwise it is asked: a wrong answer is wrong by the factor.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from kanchay.adapters.files.factors import APPLIED, APPLY, given_number
from kanchay.adapters.files.kinds import rising
from kanchay.adapters.files.layout import RawSeries
from kanchay.adapters.files.meaning import Meaning
from kanchay.adapters.files.refusal import refuse
from kanchay.adapters.files.words import matches, normal
from kanchay.domain.point import Kind
from kanchay.domain.units import Quantity
from kanchay.services.ports.files import ImportOptions

__all__ = ["MEASURED", "Scaling", "scale"]

_RAW: Final = (
    r"raw|crud[ao]s?|sin (?:factor|multiplicar)|secondary|secundari[ao]s?|before multiplier|unscaled"
    r"|unmultiplied"
)
_DONE: Final = (
    r"con factor|multiplied|multiplicad[ao]s?|corrected|corregid[ao]s?|primary|primari[ao]s?|after multiplier"
)
MEASURED: Final = (
    Quantity.ELECTRIC_ENERGY,
    Quantity.POWER,
    Quantity.REACTIVE_ENERGY,
    Quantity.REACTIVE_POWER,
)
_CLOSE: Final = 0.005
_FEW: Final = 3  # changes of a factor that any file may have
_STRETCH: Final = 24  # readings between changes, where there are more
_NEAR: Final = 25  # columns to either side that may be what a product was made of
_ODD: Final = 0.1  # rows that need not fit: corrections, a swap of the meter


@dataclass(frozen=True, slots=True)
class Scaling:
    """What was decided: the answer, why ("" where it is asked), the factor in words, columns that repeat others."""

    answer: str = ""
    because: str = ""
    factor: str = ""
    source: str = ""
    left_out: tuple[str, ...] = ()
    changes: int = 0  # steps of registers left out because the factor changed within them

    @property
    def facts(self) -> tuple[tuple[str, str], ...]:
        if not self.factor:
            return ()
        changes = (("factor_changes", str(self.changes)),) if self.changes else ()
        return (
            ("factor", f"{self.factor}: {self.source}"),
            *changes,
            *(("left_out", c) for c in self.left_out),
        )


Pairs = list[tuple[RawSeries, Meaning]]


def scale(pairs: Pairs, options: ImportOptions, source: str, name: str) -> tuple[Pairs, Scaling]:
    """Series multiplied where they have to be, without those that a product repeats, and what was decided."""
    number = given_number(options)
    if number is not None:
        pairs = [(replace(raw, factor=np.array([number])), meaning) for raw, meaning in pairs]
    behind = [raw for raw, meaning in pairs if raw.factor is not None and meaning.quantity in MEASURED]
    factors = np.unique(np.concatenate([r.factor for r in behind if r.factor is not None] or [np.ones(1)]))
    if (factors == 1).all():
        return pairs, Scaling()
    beside = ((done, behind[max(0, i - _NEAR) : i + _NEAR + 1]) for i, done in enumerate(behind))
    products = {id(done): id(raw) for done, raws in beside for raw in raws if _is_product(raw, done)}
    repeated = set(products.values())
    open_ones = [
        r for r in behind if id(r) not in products and id(r) not in repeated and not _worded(r.column)
    ]
    answer, because = _answer(open_ones, options, "product" if products else "words")
    out: Pairs = []
    for raw, meaning in pairs:
        own = APPLIED if id(raw) in products else _worded(raw.column) or answer
        multiplied = meaning.quantity in MEASURED and own == APPLY
        if id(raw) not in repeated:
            out.append((_times(raw, options.kind, name) if multiplied else raw, meaning))
    left_out = tuple(dict.fromkeys(r.column for r in behind if id(r) in repeated))
    told = ", ".join(f"{f:g}" for f in factors[:4].tolist()) + (" …" if len(factors) > 4 else "")
    changes = sum(
        int((np.diff(raw.factor) != 0).sum()) for raw, _ in out if raw.by_step and raw.factor is not None
    )
    return out, Scaling(answer, because, told, "given" if number is not None else source, left_out, changes)


def _answer(open_ones: Sequence[RawSeries], options: ImportOptions, settled: str) -> tuple[str, str]:
    """Whether to multiply what nothing else decides, and why ("" where it is our guess)."""
    if options.factor is not None:
        return (options.factor if options.factor in (APPLY, APPLIED) else APPLY), "given"
    if not open_ones:
        return APPLIED, settled
    registers = sum(_rises(r) for r in open_ones)
    return (APPLY if 2 * registers >= len(open_ones) else APPLIED), ""


def _rises(raw: RawSeries) -> bool:
    """Whether values look like a register, in order of time: files may have the newest row first."""
    return rising(raw.values[np.argsort(raw.wall, kind="stable")]) > 0


def _worded(column: str) -> str:
    words = normal(column)
    return APPLY if matches(_RAW, words) else APPLIED if matches(_DONE, words) else ""


def _is_product(raw: RawSeries, done: RawSeries) -> bool:
    """Whether a column is another one, or its steps, times the factor."""
    if raw is done or raw.key != done.key or raw.factor is None or not np.array_equal(raw.wall, done.wall):
        return False
    order = np.argsort(raw.wall, kind="stable")
    mine, other = raw.values[order], done.values[order]
    factor = np.broadcast_to(raw.factor, raw.values.shape)[order]
    steps = np.diff(mine) * factor[1:]
    return any(_same(a, b) for a, b in ((mine * factor, other), (steps, other[1:]), (steps, other[:-1])))


def _same(a: NDArray[np.float64], b: NDArray[np.float64]) -> bool:
    telling = (b != 0) & np.isfinite(a) & np.isfinite(b)
    if telling.sum() < 3:
        return False
    off = np.abs(a[telling] - b[telling]) > _CLOSE * np.abs(b[telling])
    return bool(off.mean() < _ODD)


def _times(raw: RawSeries, kind: str | None, name: str) -> RawSeries:
    """The values times their factor; of a register whose factor changes what it rises by, once its times are known."""
    if raw.factor is None:
        return raw
    changes = int((np.diff(raw.factor) != 0).sum())
    if changes and (kind == Kind.CUMULATIVE or (kind is None and _rises(raw))):
        if changes > max(_FEW, len(raw.values) // _STRETCH):
            raise refuse(
                "columns",
                name,
                what=f"the factor of the register '{raw.column or raw.key}' changes all the time",
            )
        return replace(raw, by_step=True)
    return replace(raw, values=raw.values * raw.factor)
