"""`kanchay tariff check`: what is wrong in a tariff file, by line, and how to mend it."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from kanchay.cli.common import emit_json, json_option, locale_option

if TYPE_CHECKING:
    from kanchay.services.money.tariff_check import TariffCheck

__all__ = ["command"]

_READ_AT_MOST = 1_000_001  # one byte more than a tariff may have: the reader then says that it is too large


@click.command("check")
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@locale_option
@json_option
@click.pass_context
def command(click_ctx: click.Context, *, files: tuple[Path, ...], locale: str, as_json: bool) -> None:
    """Name line, mistake and cure of each problem in tariff files; exit 1 where there is a mistake.

    Remarks (a gap between lists, a price far from the list before, a name never used) are told and do no harm.
    """
    from kanchay.bootstrap import in_memory
    from kanchay.services.money.tariff_check import check_tariff

    ctx = in_memory()
    checks = [(path, check_tariff(ctx, _read(path), locale)) for path in files]
    if as_json:
        emit_json([_told(path, check) for path, check in checks])
    else:
        for path, check in checks:
            click.echo("\n".join(_lines(path, check, _WORDS[locale])))
    click_ctx.exit(int(not all(check.ok for _, check in checks)))


def _read(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(_READ_AT_MOST)


def _told(path: Path, check: TariffCheck) -> dict[str, object]:
    tariff_id = check.tariff.id if check.tariff else None
    return {"file": str(path), "ok": check.ok, "tariff_id": tariff_id, "problems": check.problems}


_WORDS = {
    "es": {"mistake": "error", "remark": "aviso", "good": "sin errores", "one": "1 error", "many": "{n} errores",
           "list": "1 pliego", "lists": "{n} pliegos"},
    "en": {"mistake": "mistake", "remark": "remark", "good": "no mistake", "one": "1 mistake", "many": "{n} mistakes",
           "list": "1 price list", "lists": "{n} price lists"},
}  # fmt: skip


def _lines(path: Path, check: TariffCheck, words: dict[str, str]) -> Iterable[str]:
    for p in check.problems:
        yield f"{path}:{p.line}:{p.column}: {words[p.severity]}: {p.path} {p.what}."
        if p.cure:
            yield f"    {p.cure}"
    if check.tariff is not None:
        n = len(check.tariff.versions)
        yield f"{path}: {words['good']} ({check.tariff.id}, {words['list' if n == 1 else 'lists'].format(n=n)})"
    else:
        n = sum(p.severity == "mistake" for p in check.problems)
        yield f"{path}: {words['one' if n == 1 else 'many'].format(n=n)}"
