"""`kanchay tariff import`: a tariff of another format, as one of ours in the home's tariff folder."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from kanchay.cli.common import emit_json, json_option, locale_option
from kanchay.cli.opening import settings_of
from kanchay.cli.tariff.naming import library_of
from kanchay.domain.errors import InputError

if TYPE_CHECKING:
    from kanchay.adapters.tariffs import ForeignTariff
    from kanchay.settings import Settings

__all__ = ["command"]


@click.command("import")
@click.argument("file", type=click.Path(path_type=Path))
@click.option(
    "--format",
    "form",
    type=click.Choice(["urdb", "octopus", "swiss", "swiss-prices"]),
    help="What the file is, where it does not tell.",
)
@click.option("--id", "tariff_id", default="", help="Id of the tariff, such as us.utility.plan.")
@click.option(
    "--timezone", default="", metavar="ZONE", help="Where the file does not say it: America/New_York."
)
@click.option("--standing", type=click.Path(path_type=Path), help="A second file with the standing charges.")
@click.option(
    "--pick", "picks", multiple=True, metavar="NAME", help="A rate, customer group or place of the file."
)
@click.option("--dry-run", is_flag=True, help="Show the tariff and what was left out; write nothing.")
@locale_option
@json_option
@click.pass_context
def command(click_ctx: click.Context, /, *, file: Path, locale: str, as_json: bool, **given: Any) -> None:
    """Read a tariff of another format and write it as one of ours.

    FILE is JSON as the service gives it: a rate of the OpenEI Utility Rate Database (urdb), unit rates of Octopus
    Energy's API (octopus), a Swiss grid operator's machine-readable tariffs (swiss) or its prices by the quarter of
    an hour (swiss-prices). It goes to the folder
    tariffs of the home; published prices of each half hour go to prices. What could not be carried over is told.
    """
    found = _read(file, given)
    if given["tariff_id"] and len(found) > 1:
        names = ", ".join(t.document["option"]["code"] for t in found)
        raise click.UsageError(f"The file holds several tariffs: pick one with --pick. There are: {names}.")
    texts = library_of(click_ctx).library.texts(locale)
    settings = settings_of(click_ctx)
    written = [] if given["dry_run"] else [_write(settings, t, file.name, texts) for t in found]
    if as_json:
        told = [_told(t, texts) for t in found]
        emit_json({"tariffs": told, "written": [path for paths in written for path in paths]})
        return
    for place, tariff in enumerate(found):
        _show(tariff, written[place] if written else [], texts)


def _read(file: Path, given: dict[str, Any]) -> list[ForeignTariff]:
    from kanchay.adapters.tariffs import Answers, read_tariffs
    from kanchay.adapters.tariffs.values import load

    second: Path | None = given["standing"]
    standing = None if second is None else load(_bytes(second), second.name)
    _known_zone(given["timezone"])
    answers = Answers(given["tariff_id"], given["timezone"], tuple(given["picks"]), standing)
    return read_tariffs(_bytes(file), file.name, form=given["form"] or "", answers=answers)


def _bytes(path: Path) -> bytes:
    if not path.is_file():
        raise InputError(f"There is no file '{path}'.", hint="Name a file that you saved.")
    return path.read_bytes()


def _known_zone(zone: str) -> None:
    from zoneinfo import available_timezones

    if zone and zone not in available_timezones():
        raise InputError(f"'{zone}' is no time zone.", hint="Write one such as America/New_York.")


def _write(settings: Settings, tariff: ForeignTariff, name: str, texts: Mapping[str, str]) -> list[str]:
    """The tariff and its price series; where they lie."""
    from kanchay.adapters.tariffs.series_file import write_series
    from kanchay.bootstrap import tariff_store

    head = texts["tariff_import.remark"].format(file=name)
    lines = [head, *(f"{'!' if n.money else '-'} {n.told(texts)} ({n.where})" for n in tariff.left_out)]
    paths = [str(tariff_store(settings).save(tariff.document, "\n".join(lines)))]
    for series in tariff.series.values():
        path = settings.home / "prices" / f"{series.name}.csv"
        write_series(series, path)
        paths.append(str(path))
    return paths


def _told(tariff: ForeignTariff, texts: Mapping[str, str]) -> dict[str, Any]:
    left = [
        {"code": n.code, "where": n.where, "what": n.told(texts), "money": n.money} for n in tariff.left_out
    ]
    series = [
        {"name": s.name, "currency": s.currency, "prices": len(s.values)} for s in tariff.series.values()
    ]
    return {"document": tariff.document, "left_out": left, "series": series}


def _show(tariff: ForeignTariff, paths: list[str], texts: Mapping[str, str]) -> None:
    document = tariff.document
    versions = document["versions"]
    words = {
        "id": document["id"],
        "provider": document["provider"]["name"],
        "option": document["option"]["code"],
        "start": versions[0]["valid_from"],
        "versions": len(versions),
    }
    click.echo(texts["tariff_import.head"].format(**words))
    click.echo(texts["tariff_import.charges"].format(ids=", ".join(c["id"] for c in versions[-1]["charges"])))
    for note in tariff.left_out:
        click.echo(f"{'!' if note.money else '-'} {note.told(texts)} ({note.where}: {note.code})")
    for path in paths:
        click.echo(texts["tariff_import.written"].format(path=path))
