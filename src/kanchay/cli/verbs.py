"""All verbs: one file for each, imported only when that verb runs."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from typing import ClassVar

import click

from kanchay._version import __version__
from kanchay.cli.lazy import LazyGroup
from kanchay.domain.errors import KanchayError

__all__ = ["HELP", "VERBS", "cli", "run"]

HELP = {
    "demo": "Fill the store with a simulated home and building.",
    "serve": "Serve pages, API and worker.",
    "worker": "Run the worker alone.",
    "import": "Read any meter file: preview, then store.",
    "imports": "List imports, undo one, forget remembered answers.",
    "check": "Gaps, spikes, flat lines, resets, unit and clock slips.",
    "forecast": "Forecast load with quantiles.",
    "backtest": "Forecast every day of a history and score it.",
    "detect": "Find what is odd or wasted.",
    "bill": "Price a period line by line; the expected bill.",
    "receipt": "Read a paper bill (PDF, SUNAT XML): its tariff, paper against computed.",
    "tariff": "Check, list, show and explain tariffs; price series for planners.",
    "advise": "What is worth doing, in money.",
    "model": "Train, evaluate, verify and show models.",
    "simulate": "Simulate a home or an office with labelled faults.",
    "site": "Add, list, change sites and their points.",
    "user": "Add and list people; the one-time owner link.",
    "report": "A month of a site as one HTML file.",
    "export": "Readings as CSV, Excel, Parquet, Green Button and more.",
    "backup": "Copy the whole embedded product into one file.",
    "restore": "Bring such a file back.",
}
VERBS = tuple(HELP)


class Verbs(LazyGroup):
    """All verbs of the command line."""

    package = "kanchay.cli"
    verbs = HELP
    modules: ClassVar = {"import": "import_"}

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        if name == "forecast":  # before NumPy loads: products this small only wait for a second thread
            os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
        return super().get_command(ctx, name)


@click.group(cls=Verbs, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="kanchay")
@click.option("--home", metavar="FOLDER", help="Folder of the embedded product (KANCHAY_HOME).")
@click.pass_context
def cli(ctx: click.Context, home: str | None) -> None:
    """From the meter to the verified saving."""
    ctx.ensure_object(dict)["home"] = home


def _typed(words: Sequence[str]) -> list[str]:
    """Arguments as UTF-8 where the terminal's language claims to know ASCII only (LANG=C)."""
    return [w.encode("utf-8", "surrogateescape").decode("utf-8", "replace") for w in words]


def run(argv: Sequence[str]) -> None:
    """Run one command line and exit; what went wrong is told in one sentence."""
    try:
        cli.main(args=_typed(argv), prog_name="kanchay", standalone_mode=True)
    except KanchayError as error:
        click.echo(f"{type(error).__name__}: {error}", err=True)
        sys.exit(1)
    except Exception as error:
        from kanchay.cli.failing import sentence

        if os.environ.get("KANCHAY_DEBUG"):
            raise
        click.echo(sentence(error), err=True)
        sys.exit(1)
