"""What the commands of `kanchay model` share: where the data lie, and the shelf of models."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from kanchay.domain.errors import InputError, NotFound

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    from kanchay.adapters.models import ModelShelf
    from kanchay.domain.scope import Scope
    from kanchay.services.ports.registry import Registry

__all__ = [
    "data_options",
    "keeper_scope",
    "places",
    "registry_of",
    "registry_option",
    "shelf_of",
    "signing_key",
]

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


def registry_option(function: F) -> F:
    """``--registry`` and ``--insecure``: which registry, and whether its token may travel in clear."""
    for option in (
        click.option("--insecure", is_flag=True, help="Let the token travel over http to another machine."),
        click.option(
            "--registry",
            metavar="ADDRESS",
            help="A folder, an fsspec URL or a hub's https address (default: the setting registry).",
        ),
    ):
        function = option(function)
    return function


def registry_of(click_ctx: click.Context, address: str | None, *, insecure: bool) -> Registry:
    from kanchay.bootstrap import model_registry
    from kanchay.cli.opening import settings_of

    settings = settings_of(click_ctx)
    return model_registry(settings, address or settings.registry, insecure=insecure)


def keeper_scope() -> Scope:
    """The operator under the name that this machine knows them by: a registry's history remembers who."""
    import getpass

    from kanchay.domain.scope import Actor, Purpose, Role
    from kanchay.services.people.policy import scope_for

    try:
        name = getpass.getuser()
    except (OSError, KeyError):  # an account without a name, as in some containers
        name = "operator"
    return scope_for(Actor("operator", name, Role.OPERATOR), Purpose.ADMINISTER)


def signing_key(click_ctx: click.Context, path: Path | None) -> Ed25519PrivateKey:
    """The private key of ``--key``, by default that of the home; made where there is none."""
    from kanchay.bundle.sign import load_or_make_key
    from kanchay.cli.opening import settings_of

    where = path or settings_of(click_ctx).home / "signing" / "ed25519.pem"
    for folder in where.resolve().parents:  # a private key must never be committed
        if (folder / ".git").exists() and folder != Path.home():
            raise InputError(
                f"The private key {where.name} would lie inside a git repository.",
                hint="Give --key elsewhere.",
            )
    return load_or_make_key(where)
