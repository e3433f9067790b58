"""What all verbs share: JSON output, tables, progress, opening the product."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

import click

from kanchay.plain import plain

__all__ = [
    "emit_json",
    "english_locale_option",
    "input_options",
    "json_option",
    "locale_option",
    "meter_of",
    "name_values",
    "parameter_option",
    "plain",
    "progress",
    "table",
    "watching",
    "whole_file",
]

F = TypeVar("F", bound=Callable[..., Any])


def json_option(function: F) -> F:
    """``--json``: the same data as the API returns, on stdout."""
    return click.option("--json", "as_json", is_flag=True, help="Print JSON instead of a table.")(function)


_METER = "kanchay.meter"


def _keep_meter(click_ctx: click.Context, _: click.Parameter, value: str | None) -> None:
    """Kept with the invocation: only what opens a file has to know it."""
    click_ctx.meta[_METER] = value


def meter_of(click_ctx: click.Context) -> str | None:
    """The meter named with ``--meter``."""
    found: str | None = click_ctx.meta.get(_METER)
    return found


def _locale(click_ctx: click.Context, _: click.Parameter, value: str | None) -> str:
    from kanchay.cli.opening import settings_of

    return value or settings_of(click_ctx).locale


def locale_option(function: F) -> F:
    """``--locale es|en``; without it the setting `locale` decides."""
    text = "Language (default: the setting KANCHAY_LOCALE, else es)."
    return click.option("--locale", type=click.Choice(["es", "en"]), callback=_locale, help=text)(function)


def english_locale_option(function: F) -> F:
    """``--locale es|en`` of a command whose text is English unless asked."""
    text = "Language of the text (default: en, whatever KANCHAY_LOCALE says)."
    return click.option("--locale", type=click.Choice(["es", "en"]), default="en", help=text)(function)


def input_options(function: F) -> F:
    """``--input FILE`` and what describes it: the verb then works without any store."""
    for option in reversed(
        (
            click.option(
                "--input",
                "input_path",
                type=click.Path(path_type=Path),
                help="A meter file instead of a site.",
            ),
            click.option(
                "--meter",
                expose_value=False,
                callback=_keep_meter,
                metavar="NAME",
                help="One meter of a file that holds several.",
            ),
            click.option("--site", "site_id", help="A site of the store (default: the only one)."),
            click.option("--tz", help="Zone of a file that does not say (IANA name)."),
            click.option("--country", help="ISO country for holidays, factors and tariffs, for example PE."),
        )
    ):
        function = option(function)
    return function


def parameter_option(function: F) -> F:
    """``--param NAME=VALUE``, as often as wanted; read it with `name_values`."""
    text = "A typed value of the tariff, for example alumbrado=8.82."
    return click.option("--param", "params", multiple=True, metavar="NAME=VALUE", help=text)(function)


def name_values(params: tuple[str, ...], option: str = "--param") -> dict[str, str]:
    """``NAME=VALUE`` pairs as typed."""
    pairs = {}
    for text in params:
        name, found, value = text.partition("=")
        if not found or not name or not value:
            raise click.BadParameter(f"'{text}' is not NAME=VALUE.", param_hint=option)
        pairs[name.strip()] = value.strip()
    return pairs


@contextmanager
def whole_file(path: Path) -> Iterator[Path]:
    """A path beside `path` to write to: it gets that name when all is written, and is gone where that fails."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".{path.name}.part")
    try:
        yield part
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


def emit_json(value: Any) -> None:
    """Write a value as JSON on stdout."""
    click.echo(json.dumps(plain(value), ensure_ascii=False, indent=2))


def table(head: Iterable[str], rows: Iterable[Iterable[Any]]) -> None:
    """A plain table on stdout, numbers to the right."""
    cells = [[str(c) for c in row] for row in rows]
    titles = list(head)
    widths = [max([len(t), *(len(r[i]) for r in cells)]) for i, t in enumerate(titles)]
    numeric = [bool(cells) and all(_is_number(r[i]) for r in cells) for i in range(len(titles))]
    for row in [titles, *cells]:
        line = "  ".join(
            c.rjust(w) if n else c.ljust(w) for c, w, n in zip(row, widths, numeric, strict=True)
        )
        click.echo(line.rstrip())


def _is_number(text: str) -> bool:
    return (
        text.replace(",", "").replace("−", "-").replace(" ", "").lstrip("-").replace(".", "", 1).isdigit()
        or text == ""
    )


def _unseen(_: float) -> None:
    """Nobody watches."""


@contextmanager
def progress(label: str, total: int | None) -> Iterator[Callable[[float], None]]:
    """A progress bar on stderr where somebody watches; nothing otherwise. Yields ``advance(n)``.

    A total of None is not known beforehand.
    """
    if not sys.stderr.isatty():
        yield _unseen
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(label, total=total)
        yield partial(bar.advance, task)


@contextmanager
def watching(label: str, total: int | None) -> Iterator[None]:
    """A progress bar for what reports where it stands (`kanchay.services.progress`); without a total in per cent."""
    from kanchay.services.progress import listening, overall

    so_far = 0.0
    with progress(label, total or 100) as advance:

        def hear(stage: str, share: float | None) -> None:
            nonlocal so_far
            told = overall(stage, share)
            if told is not None and told > so_far:
                advance((told - so_far) * (total or 100))
                so_far = told

        with listening(hear):
            yield
