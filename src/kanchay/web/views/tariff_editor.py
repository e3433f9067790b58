"""The tariff editor: what is wrong by line, and a month by the prices as they stand."""

from __future__ import annotations

from dataclasses import dataclass
from importlib.resources import files

from kanchay.services.money.tariff_edit import Trial
from kanchay.services.money.tariffs import line_words
from kanchay.web.shell import Reader
from kanchay.web.views.bill import BillRow, bill_rows

__all__ = ["EditorView", "editor_view", "starting_text"]


@dataclass(frozen=True)
class ProblemRow:
    line: int
    column: int
    where: str
    what: str
    cure: str
    remark: bool


@dataclass(frozen=True)
class EditorView:
    """`ok`: the text may be saved; `rows` is the month's bill, `refusal` why there is none."""

    ok: bool
    state: str
    tariff_id: str
    name: str
    problems: tuple[ProblemRow, ...]
    rows: tuple[BillRow, ...]
    refusal: str
    spread: bool
    currency: str


def starting_text(language: str) -> str:
    """A small tariff to begin with, its comments in the reader's language."""
    return (files("kanchay") / "library" / "texts" / f"first_tariff.{language}.txt").read_text("utf-8")


def editor_view(trial: Trial, r: Reader) -> EditorView:
    """The trial in words."""
    t, check = r.words, trial.check
    mistakes = sum(p.severity == "mistake" for p in check.problems)
    remarks = len(check.problems) - mistakes
    tariff = check.tariff
    names = {} if tariff is None else line_words(tariff, r.language)
    state = t.many("editor.mistakes", mistakes) if mistakes else t("editor.ok")
    if remarks:
        state = f"{state} {t.many('editor.remarks', remarks)}"
    return EditorView(
        ok=check.ok,
        state=state,
        tariff_id=tariff.id if tariff else "",
        name="" if tariff is None else (tariff.names.get(r.language) or tariff.option),
        problems=tuple(
            ProblemRow(p.line, p.column, p.path, p.what, p.cure, p.severity != "mistake")
            for p in check.problems
        ),
        rows=() if trial.bill is None else tuple(bill_rows(trial.bill, names, r)),
        refusal=trial.refusal,
        spread=trial.spread,
        currency=r.formats.symbol(tariff.currency) if tariff else "",
    )
