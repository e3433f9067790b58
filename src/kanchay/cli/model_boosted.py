"""`kanchay model train --kind boosted`: LightGBM on named features, written as a bundle like any other."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from kanchay.domain.errors import InputError

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    from kanchay.learning.boosted import BoostedOptions

__all__ = ["boosted_options", "train_boosted_bundle"]

F = TypeVar("F", bound=Callable[..., Any])


def boosted_options(function: F) -> F:
    """``--feature``, ``--pca`` and ``--windows``: what only the boosted model has."""
    for option in (
        click.option(
            "--windows",
            type=click.IntRange(100),
            help="Boosted: windows of each meter at most (default: the recipe's).",
        ),
        click.option("--pca", type=click.IntRange(0), help="Boosted: add so many principal components."),
        click.option(
            "--feature",
            "features",
            multiple=True,
            help="Boosted: read only these features, by name; repeatable.",
        ),
    ):
        function = option(function)
    return function


def train_boosted_bundle(
    places: tuple[Path, Path],
    out: Path,
    *,
    name: str,
    version: str,
    key: Ed25519PrivateKey | None,
    **changes: Any,
) -> None:
    """Train on the meters of those splits and say where the bundle lies; `changes` to the recipe, None for none."""
    from datetime import UTC, datetime

    from kanchay.learning.boosted_make import train_boosted

    options = _options(changes)
    created = datetime.now(UTC).date().isoformat()
    manifest = train_boosted(
        *places, out, options=options, created=created, name=name, version=version, key=key
    )
    click.echo(f"{manifest.name} {manifest.version}: {out}, signed by {manifest.signer}")
    ranked = sorted(manifest.features, key=lambda entry: -entry.get("importance", 0.0))
    click.echo(f"Most important: {', '.join(entry['name'] for entry in ranked[:5])}")
    click.echo("Score it with: kanchay model evaluate FOLDER --into-bundle --key KEY")


def _options(changes: dict[str, Any]) -> BoostedOptions:
    """The recipe with what was given; features are checked before any data are read."""
    from kanchay.analysis.features.table import needed_inputs
    from kanchay.learning.boosted import BoostedOptions

    given = {key: value for key, value in changes.items() if value not in (None, ())}
    names = given.get("features", ())
    if absent := sorted(needed_inputs(names) - {"load", "clock", "hemisphere"}):
        raise InputError(
            f"The measured data hold no {' and no '.join(absent)}.", hint="Leave those features out."
        )
    return replace(BoostedOptions(), **given)
