"""`kanchay tariff update`: a distributor's published list, compared with what we hold, into new versions of tariffs."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from kanchay.cli.common import emit_json, json_option, table
from kanchay.cli.import_asking import can_ask
from kanchay.cli.opening import settings_of
from kanchay.cli.tariff.naming import library_of

if TYPE_CHECKING:
    from kanchay.analysis.pricelists.newtariff import Distributor
    from kanchay.domain.pricelist import ListWish, PriceChange, PriceList, Proposal
    from kanchay.services.context import Context

__all__ = ["command"]

FLAGS = ("date", "fose", "igv", "jump", "unit")


@click.command("update")
@click.argument("file", required=False, type=click.Path(path_type=Path))
@click.option(
    "--provider", default="", metavar="ID", help="The distributor, where the list does not name it."
)
@click.option("--system", default="", metavar="NAME", help="The electric system, such as 'Lima Norte'.")
@click.option("--column", type=click.IntRange(1), metavar="N", help="Which column of prices is the system's.")
@click.option("--valid-from", type=click.DateTime(["%Y-%m-%d"]), help="First day of the list.")
@click.option("--igv", type=click.Choice(["with", "without"]), help="Whether its prices include IGV.")
@click.option("--option", "options", multiple=True, metavar="CODE", help="Only this option, such as BT5B.")
@click.option(
    "--new", is_flag=True, help="Also make tariffs that we do not hold of this distributor and system."
)
@click.option(
    "--provider-name", default="", metavar="NAME", help="With --new: what people call the distributor."
)
@click.option("--dry-run", is_flag=True, help="Show what would change and store nothing.")
@click.option("--yes", is_flag=True, help="Do not ask; refused while a flag is raised and not accepted.")
@click.option("--accept", multiple=True, type=click.Choice(FLAGS), help="Store although this flag is raised.")
@click.option(
    "--undo", "undo_ids", multiple=True, metavar="ID", help="Bring the file before the last update back."
)
@json_option
@click.pass_context
def command(click_ctx: click.Context, /, *, file: Path | None, as_json: bool, **given: Any) -> None:
    """Read a published price list and store it as new versions of the tariffs that we hold.

    FILE is what you downloaded: the distributor's PDF, or OSINERGMIN's page PliegoTarifario saved as HTML. Every price
    is shown beside the one we hold. New versions go to the folder tariffs of the home, on top of the package's.
    """
    if given["undo_ids"] and file is None:
        _undo(click_ctx, given["undo_ids"])
        return
    if file is None or given["undo_ids"]:
        raise click.UsageError("Give the FILE of a price list, or --undo ID.")
    from kanchay.bootstrap import list_reader
    from kanchay.services.money.pricelist import propose_all, read_price_list

    ctx = library_of(click_ctx)
    new = _new(ctx, given) if given["new"] else None
    offered = read_price_list(ctx, list_reader(), file, _wish(given), new)
    proposals = propose_all(ctx, offered, given["options"], new)
    if not as_json:
        _show(offered, proposals)
    saved = [] if given["dry_run"] else _store(click_ctx, proposals, given)
    if as_json:
        emit_json({"list": offered, "proposals": [_told(p) for p in proposals], "saved": saved})
    for path in [] if as_json else saved:
        click.echo(f"Written: {path}")


def _wish(given: dict[str, Any]) -> ListWish:
    from kanchay.domain.pricelist import ListWish

    day: datetime | None = given["valid_from"]
    igv = None if given["igv"] is None else given["igv"] == "with"
    return ListWish(given["provider"], given["system"], given["column"], day.date() if day else None, igv)


def _new(ctx: Context, given: dict[str, Any]) -> Distributor:
    """Whose the new tariffs are: the list alone does not say it in words that an id can be made of."""
    from kanchay.analysis.pricelists.newtariff import Distributor
    from kanchay.services.money.pricelist import known_systems

    provider, system = given["provider"], given["system"]
    if not provider or not system:
        raise click.UsageError("--new needs --provider ID and --system NAME.")
    known = known_systems(ctx).names.get(provider)
    name = given["provider_name"] or (known[0] if known else "")
    if not name:
        raise click.UsageError(f"We do not know '{provider}' yet: add --provider-name NAME.")
    return Distributor(provider, name, system)


def _undo(click_ctx: click.Context, tariff_ids: tuple[str, ...]) -> None:
    from kanchay.bootstrap import tariff_store
    from kanchay.services.money.pricelist import undo_update

    store = tariff_store(settings_of(click_ctx))
    for tariff_id in tariff_ids:
        restored = undo_update(store, tariff_id)
        now = (
            "the file before the last update is back"
            if restored
            else "your file is gone; what the package has, if anything, holds again"
        )
        click.echo(f"{tariff_id}: {now}")


def _store(click_ctx: click.Context, proposals: list[Proposal], given: dict[str, Any]) -> list[Path]:
    """Write what was agreed: at a terminal the question covers the flags it shows, with --yes nothing is covered."""
    from kanchay.bootstrap import tariff_store
    from kanchay.services.money.pricelist import open_flags, store_proposals

    accepted = set(given["accept"])
    ready = [p for p in proposals if not p.refused]
    if not ready:
        click.echo("Nothing to store.", err=True)
        click_ctx.exit(1)
    if not given["yes"] and can_ask():
        still = open_flags(ready, accepted)
        raised = f" although {', '.join(still)} is raised" if still else ""
        if not click.confirm(f"Store {len(ready)} new version(s){raised}?", err=True):
            return []
        accepted |= set(still)
    elif not given["yes"]:
        raise click.UsageError("Nobody is there to ask: add --yes to store, or --dry-run to look only.")
    return store_proposals(tariff_store(settings_of(click_ctx)), ready, accepted)


def _show(offered: PriceList, proposals: list[Proposal]) -> None:
    igv = "with" if offered.with_igv else "without"
    click.echo(
        f"{offered.name}: {offered.system}, from {offered.valid_from}, {igv} IGV, {len(offered.rows)} prices"
    )
    for proposal in proposals:
        if not proposal.refused:
            _show_one(proposal)
    left = [p for p in proposals if p.refused]
    if left:
        click.echo("\nNot updated:")
        table(("Tariff", "Because"), [[p.tariff_id, p.refused] for p in left])


def _show_one(proposal: Proposal) -> None:
    against = f"against {proposal.replaces}" if proposal.replaces else "new"
    click.echo(f"\n{proposal.tariff_id}: {proposal.valid_from} {against}")
    if proposal.replaces:
        table(("Price", "Held", "Listed", "%", "Read at"), [_row(change) for change in proposal.changes])
    else:
        table(("Price", "Listed", "Read at"), [[c.path, str(c.new), c.where] for c in proposal.changes])
    for note in proposal.notes:
        click.echo(f"  {note}")
    for flag in proposal.flags:
        click.echo(f"! {flag.code}: {flag.message}")


def _row(change: PriceChange) -> list[str]:
    percent = "" if change.percent is None else f"{change.percent:+.1f}"
    places = max(-int(change.new.as_tuple().exponent), 2)
    held = f"{change.old:.{places}f}" if change.old else ""
    return [change.path, held, str(change.new), percent, change.where]


def _told(proposal: Proposal) -> dict[str, Any]:
    """A proposal as JSON, with the percentages and without the whole document."""
    return {
        "tariff_id": proposal.tariff_id,
        "valid_from": proposal.valid_from,
        "replaces": proposal.replaces,
        "refused": proposal.refused,
        "flags": proposal.flags,
        "notes": proposal.notes,
        "changes": [
            {
                "path": c.path,
                "label": c.label,
                "held": c.old,
                "listed": c.new,
                "percent": c.percent,
                "where": c.where,
            }
            for c in proposal.changes
        ],
    }
