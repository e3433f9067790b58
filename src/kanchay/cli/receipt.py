"""`kanchay receipt FILE`: read a paper bill, find its tariff, lay it beside our calculation, apply it to a site."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from kanchay.cli.common import emit_json, json_option, name_values, parameter_option, plain, table

if TYPE_CHECKING:
    from decimal import Decimal

    from kanchay.domain.point import Site
    from kanchay.domain.receipt import Receipt
    from kanchay.domain.receiptstudy import ComparedLine, Comparison, ReceiptStudy

__all__ = ["command"]

_VERDICTS = {
    "agrees": "agrees", "differs": "differs", "taken": "taken from the receipt", "only_paper": "only on paper",
    "only_computed": "only computed",
}  # fmt: skip
_BASES = {"printed": "By the prices that the receipt prints", "list": "By our price list"}


@click.command("receipt")
@click.argument("path", metavar="FILE", type=click.Path(path_type=Path), required=False)
@click.option(
    "--tariff", "tariff_id", metavar="ID", help="Compare with this tariff (default: the likeliest)."
)
@click.option("--site", "site_id", metavar="ID", help="The site that the receipt is of.")
@click.option(
    "--apply", "applying", is_flag=True, help="Give the site its tariff, lasting values and reading day."
)
@click.option("--undo", is_flag=True, help="Take the last receipt back from the site; needs no file.")
@parameter_option
@json_option
@click.pass_context
def command(click_ctx: click.Context, /, path: Path | None, as_json: bool, **given: Any) -> None:
    """Read a receipt of electricity: a PDF with text, or the XML of an electronic receipt (SUNAT).

    What is not found is said, never guessed. A scan or a photo is not read.
    """
    if (given["applying"] or given["undo"]) and not given["site_id"]:
        raise click.UsageError("Name the site with --site.")
    if given["undo"]:
        _undo(click_ctx, given["site_id"], as_json)
        return
    if path is None:
        raise click.UsageError("Name the file of the receipt.")
    study = _study(click_ctx, path, given["tariff_id"])
    site = (
        _apply(click_ctx, given["site_id"], study, name_values(given["params"]))
        if given["applying"]
        else None
    )
    if as_json:
        emit_json(
            {**plain(study), "missing": list(study.receipt.missing), "site": plain(site) if site else None}
        )
        return
    _show(study)
    if site is not None:
        click.echo(f"\n{site.id} now has {site.tariff_id}, read on day {site.billing_day}; {_typed(site)}.")
        click.echo(f"Take it back with: kanchay receipt --undo --site {site.id}")


def _study(click_ctx: click.Context, path: Path, tariff_id: str | None) -> ReceiptStudy:
    from kanchay.bootstrap import in_memory, receipt_reader
    from kanchay.cli.opening import settings_of
    from kanchay.services.money.receipt import read_receipt, study_receipt

    receipt = read_receipt(receipt_reader(), _bytes(path), path.name)
    return study_receipt(in_memory(settings=settings_of(click_ctx)), receipt, tariff_id)


def _bytes(path: Path) -> bytes:
    """A file's bytes, one more than a receipt may have at most: the reader says so."""
    from kanchay.adapters.receipts.reader import MOST_BYTES
    from kanchay.domain.errors import FileRefused

    if not path.is_file():
        raise FileRefused(f"{path.name} is not there.", hint="Check the path.", code="file.missing")
    with path.open("rb") as stream:
        return stream.read(MOST_BYTES + 1)


def _metered(click_ctx: click.Context, site_id: str, study: ReceiptStudy) -> Decimal | None:
    from kanchay.cli.opening import open_context
    from kanchay.services.money.receipt import metered_kwh
    from kanchay.services.people.sites import get_site

    ctx, scope, _ = open_context(click_ctx, site_id=site_id)
    return metered_kwh(ctx, scope, get_site(ctx, scope, site_id), study.receipt)


def _apply(click_ctx: click.Context, site_id: str, study: ReceiptStudy, parameters: dict[str, str]) -> Site:
    from kanchay.cli.opening import open_context
    from kanchay.services.money.receipt_apply import apply_receipt

    ctx, scope, _ = open_context(click_ctx, site_id=site_id)
    return apply_receipt(ctx, scope, site_id, study, parameters)


def _undo(click_ctx: click.Context, site_id: str, as_json: bool) -> None:
    from kanchay.cli.opening import open_context
    from kanchay.services.money.receipt_apply import undo_receipt

    ctx, scope, _ = open_context(click_ctx, site_id=site_id)
    site = undo_receipt(ctx, scope, site_id)
    if as_json:
        emit_json(site)
    else:
        click.echo(f"{site.id} has {site.tariff_id or 'no tariff'} again; {_typed(site)}.")


def _typed(site: Site) -> str:
    return ", ".join(f"{name}={value}" for name, value in site.tariff_parameters) or "no typed values"


def _show(study: ReceiptStudy) -> None:
    receipt = study.receipt
    mark = " (MADE UP, for tests)" if receipt.made_up else ""
    click.echo(
        f"{receipt.file_name}: receipt of {receipt.distributor_name or 'an unknown distributor'}{mark}\n"
    )
    table(("Field", "Value", "Sure", "Where", "As printed"), _field_rows(receipt))
    if receipt.missing:
        click.echo(f"\nNot found: {', '.join(receipt.missing)}.")
    for check in receipt.checks:
        if not check.holds:
            click.echo(
                f"! {check.id} does not add up: printed {check.printed}, its parts make {check.computed}"
            )
    _show_matches(study)
    for comparison in (study.by_printed, study.by_list):
        if comparison is not None:
            _show_comparison(comparison, receipt.currency)


def _field_rows(receipt: Receipt) -> list[Sequence[str]]:
    from kanchay.domain.receipt import FIELDS, LINES

    rows: list[Sequence[str]] = []
    for name in FIELDS:
        value = getattr(receipt, name)
        if value not in (None, ()):
            rows.append((name, _value(name, value), *_where(receipt, name)))
    for key in LINES:
        for line in receipt.all_of(key):
            price = f"  {line.quantity} kWh × {line.unit_price}" if line.unit_price is not None else ""
            rows.append((key, f"{line.amount}{price}", *_where(receipt, f"line.{key}")))
    return rows


def _value(name: str, value: Any) -> str:
    return f"{len(value)} months" if name == "history" else str(value)


def _where(receipt: Receipt, name: str) -> tuple[str, str, str]:
    """How sure, where and by which words a field was read."""
    read = receipt.read_of(name)
    if read is None:
        return "", "", ""
    place = f"page {read.page}, line {read.line}" if read.page else "XML"
    return read.confidence.value, place, read.text[:48]


def _show_matches(study: ReceiptStudy) -> None:
    if not study.matches:
        click.echo("\nNo tariff of ours is of this distributor and option.")
    for match in study.matches:
        chosen = "*" if match.tariff_id == study.tariff_id else " "
        click.echo(f"{chosen} {match.tariff_id}: {match.confidence.value} ({', '.join(match.because)})")
    if study.is_open:
        click.echo("  More than one fits: name yours with --tariff before you apply it.")
    for learned in study.learned:
        kept = "kept with the site" if learned.lasting else "of this month only"
        click.echo(f"  {learned.parameter} = {learned.value} ({kept})")


def _show_comparison(comparison: Comparison, currency: str) -> None:
    name = f" {comparison.tariff_id}" if comparison.basis == "list" else ""
    click.echo(f"\n{_BASES[comparison.basis]}{name}:")
    if comparison.refusal:
        click.echo(f"! {comparison.refusal}")
        return
    every = [*comparison.lines, *(x for x in (comparison.subtotal, comparison.total) if x is not None)]
    rows = [_compared_row(x) for x in every]
    table(("Concept", f"Paper {currency}", "Computed", "Paper less computed", ""), rows)
    for code in comparison.warnings:
        click.echo(f"! {code}")


def _compared_row(line: ComparedLine) -> Sequence[str]:
    difference = str(line.difference) if line.verdict == "differs" else ""
    return line.id, _money(line.printed), _money(line.computed), difference, _VERDICTS[line.verdict]


def _money(value: Any) -> str:
    return "" if value is None else str(value)
