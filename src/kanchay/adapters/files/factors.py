"""Factors: what a register or the secondary side of a transformer has to be multiplied by to be energy.

A factor stands in a column of its own or in a line above the table.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from kanchay.adapters.files.grammar import plain_word
from kanchay.adapters.files.table import Column, Table
from kanchay.adapters.files.words import matches, normal
from kanchay.domain.errors import InputError
from kanchay.services.ports.files import ImportOptions

__all__ = ["APPLIED", "APPLY", "given_number", "is_factor", "take_factors"]

APPLY: Final = "apply"
APPLIED: Final = "applied"
_WHOLE: Final = (
    r"multiplicador|multiplier|multiplikator|multiplicateur|multiplicatore|vermenigvuldigingsfactor"
    r"|multiplication factor|factor(?: (?:de )?(?:medicion|multiplicacion|lectura|facturacion))?|faktor|zahlerfaktor"
    r"|meter ?factor|meter multiplier|fator(?: (?:de )?(?:multiplicacao|medicao))?|facteur|fattore"
    r"|constante(?: (?:de )?(?:medicion|medidor|multiplicacao))?|meter constant|zahlerkonstante|wandlerfaktor|k ?factor"
    r"|ct ?[pv]t ratio"
)
_CURRENT: Final = (
    r"ct(?: ?ratio)?|tc|rtc|relacion (?:de )?(?:tc|corriente)|current transformer ratio|stromwandler\w*"
)
_VOLTAGE: Final = (
    r"[pv]t(?: ?ratio)?|tp|rtp|tt|relacion (?:de )?(?:tp|tension)|voltage transformer ratio"
    r"|spannungswandler\w*"
)
_OTHER: Final = (
    r"power|potencia|load|carga|emission\w*|emision\w*|co2|carbon|capacity|planta|cos|phi|price|precio|weather"
    r"|leistung\w*|puissance|scale|conversion|gas|calorific|utili[sz]ation|demand|demanda|loss|perdidas?|cost|costo"
)
_NUMBER: Final = r"(\d{1,6}(?:[.,]\d{1,6})?)"
_CELL: Final = re.compile(rf"\s*x?\s*{_NUMBER}(?:\s*[/:]\s*{_NUMBER})?\s*(?:a|v)?\s*", re.I)
_MOST: Final = 1_000_000.0
_FEW: Final = 50  # different factors of a file


def take_factors(table: Table, options: ImportOptions) -> Table:
    """A table without its columns of factors, and with the factor of each row where a column or a line tells one."""
    if given_number(options) is not None:
        return table
    named = options.columns.get("factor", "").strip().casefold()
    found: dict[str, list[tuple[Column, NDArray[np.float64]]]] = {}
    for column in table.columns:
        role = _WHOLE if named and column.name.strip().casefold() == named else _role(column.name)
        cells = _cells(column, table.n_rows) if role else None
        if cells is not None:
            found.setdefault(role, []).append((column, cells))
    used = [c for columns in found.values() for c, _ in columns]
    if not used:
        return _above(table)
    parts = found.get(_WHOLE, [])[:1] or [p for role in (_CURRENT, _VOLTAGE) for p in found.get(role, [])[:1]]
    return replace(
        table,
        columns=[c for c in table.columns if c not in used],
        factors=np.prod([cells for _, cells in parts], axis=0),
        factor_source=" × ".join(c.name.strip() for c, _ in parts),
    )


def is_factor(name: str) -> bool:
    """Whether a name is that of a factor of a meter."""
    return bool(_role(name.rpartition(".")[2]))


def _role(name: str) -> str:
    """Which kind of factor a name is; "" for none."""
    words = normal(name)
    if matches(_OTHER, words):
        return ""
    return next(
        (role for role in (_WHOLE, _CURRENT, _VOLTAGE) if re.fullmatch(rf"(?:the )?(?:{role})", words)), ""
    )


def _cells(column: Column, n_rows: int) -> NDArray[np.float64] | None:
    """The factor of every row; None where the cells are no factors: few, positive, the same for long."""
    codes, words = column.keys()
    numbers = [_ratio(w) for w in words]
    if not words or len(words) > min(_FEW, max(1, n_rows // 3)) or any(n is None for n in numbers):
        return None
    values = np.array([*numbers, np.nan], dtype=np.float64)[codes]
    known = np.flatnonzero(~np.isnan(values))
    last = known[np.clip(np.searchsorted(known, np.arange(len(values)), side="right") - 1, 0, None)]
    return np.asarray(values[last])


def _ratio(text: str) -> float | None:
    """The factor that a cell writes: ``40``, ``x40``, ``200/5`` or ``60:1``."""
    found = _CELL.fullmatch(text)
    if found is None:
        return None
    over, under = (_plain(part) for part in found.groups(default="1"))
    factor = over / under if under else 0.0
    return factor if 0 < factor <= _MOST else None


def _plain(text: str) -> float:
    """A number with either decimal sign; a factor has no thousands mark before three zeros: "1.000" is one."""
    return float(text.replace(",", "."))


def _above(table: Table) -> Table:
    """The table with the factor that a line above it tells: "Multiplicador: 40", "CT ratio 200/5"."""
    found: dict[str, tuple[float, str]] = {}
    for line in table.preamble[:40]:
        for role in (_WHOLE, _CURRENT, _VOLTAGE):
            told = _in_line(line, role)
            if told is not None:
                found.setdefault(role, (told, line.strip()[:60]))
                break
    parts = [found[_WHOLE]] if _WHOLE in found else list(found.values())
    if not parts:
        return table
    factor = np.array([np.prod([value for value, _ in parts])])
    return replace(table, factors=factor, factor_source="; ".join(line for _, line in parts))


def _in_line(line: str, role: str) -> float | None:
    """The factor of one line of prose; None where its words name another kind of factor."""
    words = re.sub(r"\s+", " ", re.sub(r"[^0-9a-z/:.,]+", " ", plain_word(line[:400])))
    for said in re.finditer(
        rf"(?:^|[ :;,])(?:{role}) ?(?:\([^)]*\))?[ :;,=]{{0,4}}(?:es |is |x ?)?(?=\d)", words
    ):
        before = normal(words[max(0, said.start() - 20) : said.end()])
        number = re.match(rf"{_NUMBER}(?: ?[/:] ?{_NUMBER})?(?![\d/:-])", words[said.end() :])
        if number is None or matches(_OTHER, before):
            continue
        # "TC 3.75" is an exchange rate: short names of transformers need a ratio beside them.
        if role == _WHOLE or number.group(2) or matches("ratio|relacion|transformer|[a-z]*wandler", before):
            return _ratio(number.group(0))
    return None


def given_number(options: ImportOptions) -> float | None:
    """The factor that somebody named outright; raises `InputError` for what is none."""
    if options.factor in (None, APPLY, APPLIED):
        return None
    factor = _ratio(str(options.factor))
    if factor is None:
        raise InputError(
            f"'{str(options.factor)[:20]}' is no factor.",
            hint=f"A number such as 40, {APPLY} or {APPLIED}.",
            code="answer.factor",
        )
    return factor
