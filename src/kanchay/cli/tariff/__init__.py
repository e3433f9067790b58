"""`kanchay tariff`: one group; each of its verbs is a module here, imported when it runs."""

from __future__ import annotations

import click

from kanchay.cli.lazy import LazyGroup

__all__ = ["command"]


class TariffVerbs(LazyGroup):
    """Verbs of tariffs."""

    package = "kanchay.cli.tariff"
    verbs = {  # noqa: RUF012 - a ClassVar of the base
        "check": "Name line, mistake and cure of each problem in tariff files.",
        "compare": "Replay past periods of a site under each option it may get.",
        "list": "Tariffs by country, provider, option, age and confidence.",
        "show": "Prices of a tariff on a day, with and without tax; hours; what is not verified.",
        "bill": "Price typed quantities by a tariff or a tariff file.",
        "explain": "A bill told line by line: words, sum, inputs, source.",
        "import": "Read a tariff of another format (OpenEI rates, Octopus rates, Swiss operators) as one of ours.",
        "prices": "Price of a kWh in each interval, for planners: CSV, JSON, EMHASS, evcc, FlexMeasures.",
        "schema": "Print the JSON schema of tariff files.",
        "update": "Read a distributor's published price list into new versions, reviewed price by price.",
    }
    modules = {"import": "import_"}  # noqa: RUF012 - a word of Python


@click.group("tariff", cls=TariffVerbs)
def command() -> None:
    """Check, list, show and explain tariffs; price series for planners."""
