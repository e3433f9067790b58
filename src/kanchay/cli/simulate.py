"""`kanchay simulate home|office`: a simulated meter with its truth beside it."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from kanchay.cli.common import emit_json, json_option, plain, table, whole_file

if TYPE_CHECKING:
    from kanchay.simulate.result import Simulation

F = TypeVar("F", bound=Callable[..., Any])
_FAULT = "KIND[@START][+3d][:SIZE]"
_FILE = click.Path(dir_okay=False, path_type=Path)


def _shared(function: F) -> F:
    """Options that home and office have in common."""
    options = (
        click.option("--seed", type=int, default=1, show_default=True, help="Chooses site and events."),
        click.option("--days", type=click.IntRange(1, 3660), default=365, show_default=True, help="Length."),
        click.option("--start", default="2026-01-01", show_default=True, help="First local day."),
        click.option("--resolution", default="15min", show_default=True, help="1min to 1h."),
        click.option("--tz", default="America/Lima", show_default=True, help="Zone (IANA name)."),
        click.option("--country", default="PE", show_default=True, help="ISO country of the holidays."),
        click.option("--fault", "faults", multiple=True, metavar=_FAULT, help="Put a fault in; may repeat."),
        click.option("--set", "given", multiple=True, metavar="NAME=VALUE", help="Such as monthly_kwh=115."),
        click.option("--submeters", is_flag=True, help="Write every load, not only the meter."),
        click.option(
            "--out", type=_FILE, help="FILE.csv or FILE.parquet; FILE.labels.json is written beside it."
        ),
        json_option,
    )
    for option in reversed(options):
        function = option(function)
    return function


@click.group()
def command() -> None:
    """Simulate a home or an office with labelled faults, or a paper bill."""


@command.command()
@_shared
@click.option("--timer", metavar="04:30-06:00,18:00-19:00", help="Timer of the water heater, or 'usual'.")
def home(timer: str | None, **options: Any) -> None:
    """A Lima home: refrigerator, water heater, lights, habits of people who come and go."""
    from kanchay.simulate.home import simulate_home

    _run(simulate_home, options, timer=True if timer == "usual" else timer)


@command.command()
@_shared
def office(**options: Any) -> None:
    """A small office: people, plugs, lights, air conditioning, photovoltaics."""
    from kanchay.simulate.office import simulate_office

    _run(simulate_office, options)


@command.command()
@click.option("--seed", type=int, default=1, show_default=True, help="Chooses customer, prices and days.")
@click.option(
    "--layout", help="luz_del_sur, pluz, distriluz, electro_sur_este or words (no family that we know)."
)
@click.option(
    "--set", "given", multiple=True, metavar="NAME=VALUE", help="Such as kwh=143.4 or end=2026-09-04."
)
@click.option("--out", type=_FILE, required=True, help="FILE.pdf (needs the extra dev) or FILE.xml.")
def receipt(seed: int, layout: str | None, given: tuple[str, ...], out: Path) -> None:
    """A made-up paper bill, marked as such inside: to try `kanchay receipt`."""
    from kanchay.cli.common import name_values
    from kanchay.simulate.receipts import LAYOUTS, draw_receipt, receipt_pdf, receipt_xml, with_values

    if layout is not None and layout not in LAYOUTS:
        raise click.UsageError(f"There is no layout '{layout}': {', '.join(LAYOUTS)}.")
    if out.suffix not in (".pdf", ".xml"):
        raise click.UsageError("--out is FILE.pdf or FILE.xml.")
    made = with_values(draw_receipt(seed, layout), name_values(given))
    with whole_file(out) as part:
        part.write_bytes((receipt_pdf if out.suffix == ".pdf" else receipt_xml)(made))
    click.echo(
        f"{out.name}: {made.kwh} kWh, total to pay S/ {made.total_due}. Made up: no such customer.", err=True
    )


def _run(simulate: Callable[..., Simulation], options: dict[str, Any], **more: Any) -> None:
    from kanchay.domain.errors import TimeError
    from kanchay.domain.interval import parse_duration

    resolution_s = parse_duration(options["resolution"])
    if resolution_s % 60 or not 60 <= resolution_s <= 3600:
        raise TimeError(f"'{options['resolution']}' is not simulated.", hint="Give whole minutes up to 1h.")
    run = simulate(
        seed=options["seed"],
        start=options["start"],
        days=options["days"],
        resolution_s=resolution_s,
        tz=options["tz"],
        country=options["country"],
        faults=options["faults"],
        **more,
        **_properties(options["given"]),
    )
    if options["out"]:
        _write(run, options["out"], options["submeters"])
    if options["as_json"]:
        emit_json(_document(run, options["out"]))
    else:
        _tell(run)


def _properties(given: tuple[str, ...]) -> dict[str, Any]:
    """``NAME=VALUE`` pairs; a value is a number, true, false or a word."""
    found = {}
    for pair in given:
        name, sign, text = pair.partition("=")
        if not sign:
            raise click.BadParameter(f"'{pair}' is not NAME=VALUE.", param_hint="--set")
        try:
            found[name] = json.loads(text)
        except ValueError:
            found[name] = text
    return found


def _write(run: Simulation, path: Path, submeters: bool) -> None:
    """Long rows ``meter_id, timestamp, energy_kwh`` (UTC, start of the interval); labels in FILE.labels.json."""
    import pandas as pd

    energy = [p for p in run.points if p.unit == "kWh"]
    kept = energy if submeters else energy[:1]
    frames = [
        pd.DataFrame(
            {
                "meter_id": p.id,
                "timestamp": pd.to_datetime(run.readings[p.id].start, unit="s", utc=True),
                "energy_kwh": run.readings[p.id].value.round(6),
            }
        )
        for p in kept
    ]
    frame = pd.concat(frames, ignore_index=True)
    with whole_file(path) as part:
        if path.suffix == ".parquet":
            frame.to_parquet(part, index=False, compression="zstd")
        else:
            frame.to_csv(part, index=False, date_format="%Y-%m-%dT%H:%M:%SZ")
    beside = plain({k: v for k, v in _document(run, None).items() if k not in ("points", "file")})
    labels = json.dumps(beside, indent=2, ensure_ascii=False)
    with whole_file(path.with_suffix(".labels.json")) as part:
        part.write_text(labels, "utf-8")


def _energies(run: Simulation) -> dict[str, float]:
    """Energy of each meter over the window, by point id. [kWh]"""
    return {p.id: float(run.readings[p.id].value.sum()) for p in run.points if p.unit == "kWh"}


def _document(run: Simulation, out: Path | None) -> dict[str, Any]:
    return {
        "simulated": True,
        "site": run.site,
        "start": run.start,
        "end": run.end,
        "resolution_s": run.resolution_s,
        "points": [{"id": name, "kwh": round(kwh, 3)} for name, kwh in _energies(run).items()],
        "labels": run.labels,
        "events": run.events,
        "parameters": run.parameters,
        "file": str(out) if out else None,
    }


def _tell(run: Simulation) -> None:
    from kanchay.domain.interval import to_datetime

    months = (run.end - run.start) / 86400 / 30.4
    rows = [(name, f"{kwh:.1f}", f"{kwh / months:.1f}") for name, kwh in _energies(run).items()]
    table(("point", "kWh", "kWh a month"), rows)
    if run.labels:
        click.echo("")
        when = [
            [f"{to_datetime(t, run.site.tz):%Y-%m-%d %H:%M}" for t in (x.start, x.end)] for x in run.labels
        ]
        told = [(x.kind, *w, f"{x.kwh:.1f}") for x, w in zip(run.labels, when, strict=True)]
        table(("fault", "from", "to", "kWh"), told)
    click.echo("Simulated: nothing here was measured.", err=True)
