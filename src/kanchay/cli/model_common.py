"""What the commands of `kanchay model` share: where the data lie, and the shelf of models."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from kanchay.domain.errors import NotFound

if TYPE_CHECKING:
    from kanchay.adapters.models import ModelShelf

__all__ = ["data_options", "places", "shelf_of"]

F = TypeVar("F", bound=Callable[..., Any])


def data_options(function: F) -> F:
    """``--data`` and ``--splits``: the measured data and how they are split."""
    for option in (
        click.option(
            "--splits", type=click.Path(path_type=Path), help="Splits file (default: beside the data)."
        ),
        click.option(
            "--data", type=click.Path(path_type=Path), help="Folder of measured data (default: KANCHAY_DATA)."
        ),
    ):
        function = option(function)
    return function


def places(data: Path | None, splits: Path | None) -> tuple[Path, Path]:
    """Splits file and data folder."""
    given = data or (Path(os.environ["KANCHAY_DATA"]) if os.environ.get("KANCHAY_DATA") else None)
    if given is None or not given.is_dir():
        raise NotFound("There is no folder of measured data.", hint="Give --data FOLDER or set KANCHAY_DATA.")
    rules = splits or given.parent / "benchmarks" / "splits.yaml"
    if not rules.is_file():
        raise NotFound(f"There is no splits file {rules}.", hint="Give --splits FILE.")
    return rules, given


def shelf_of(click_ctx: click.Context, runtime: str = "auto") -> ModelShelf:
    from kanchay.adapters.models import ModelShelf
    from kanchay.cli.opening import settings_of

    return ModelShelf(settings_of(click_ctx), runtime=runtime)
