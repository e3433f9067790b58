"""`kanchay model list`, `show`, `verify`: what is here or in a registry, and whether it is what it says."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from kanchay.cli.common import emit_json, json_option, table
from kanchay.cli.model_common import registry_of, registry_option, shelf_of

if TYPE_CHECKING:
    from kanchay.services.models.listing import RegisteredModel

__all__ = ["list_models", "show", "verify"]

_registered = click.option(
    "--registered", is_flag=True, help="Of the registry instead of what is installed here."
)


@click.command("list")
@_registered
@registry_option
@json_option
@click.pass_context
def list_models(
    click_ctx: click.Context, *, registered: bool, registry: str | None, insecure: bool, as_json: bool
) -> None:
    """Names of the models that can be used here, or what a registry holds."""
    if not (registered or registry):
        names = shelf_of(click_ctx).names()
        if as_json:
            emit_json({"models": names})
        else:
            click.echo("\n".join(names))
        return
    from kanchay.services.models.listing import list_registry
    from kanchay.services.people.policy import operator_scope

    found = list_registry(registry_of(click_ctx, registry, insecure=insecure), operator_scope())
    if as_json:
        emit_json({"items": found})
        return
    rows = [(m.name, ", ".join(v.version for v in m.versions), _aliases(m)) for m in found]
    table(("model", "versions", "aliases"), rows)


def _aliases(model: RegisteredModel) -> str:
    return "; ".join(
        f"{a.alias} {a.settled}" + (f" ({a.share:.0%} of hubs: {a.incoming})" if a.incoming else "")
        for a in model.aliases
    )


@click.command("show")
@click.argument("model", default="pretrained")
@_registered
@registry_option
@json_option
@click.pass_context
def show(
    click_ctx: click.Context,
    model: str,
    *,
    registered: bool,
    registry: str | None,
    insecure: bool,
    as_json: bool,
) -> None:
    """The model card of a saved model (--json: its manifest), or its versions and history in a registry."""
    if registered or registry:
        _show_registered(click_ctx, model, registry, insecure=insecure, as_json=as_json)
        return
    from kanchay.bundle.files import read_verified

    manifest, files = read_verified(shelf_of(click_ctx).path_of(model), trusted=None)
    if as_json:
        emit_json(manifest)
    else:
        click.echo(files.get("README.md", b"This bundle has no model card.").decode())


def _show_registered(
    click_ctx: click.Context, name: str, address: str | None, *, insecure: bool, as_json: bool
) -> None:
    from kanchay.services.models.listing import show_registered
    from kanchay.services.people.policy import operator_scope

    found = show_registered(registry_of(click_ctx, address, insecure=insecure), operator_scope(), name)
    if as_json:
        emit_json(found)
        return
    click.echo(f"{found.name}: {_aliases(found) or 'no alias yet'}")
    rows: list[tuple[Any, ...]] = [
        (v.version, _day(v.pushed_at), v.pushed_by, v.n_bytes, v.needs.format, ", ".join(v.needs.runtimes),
         f"{v.signer[:12]}…")
        for v in found.versions
    ]  # fmt: skip
    table(("version", "pushed", "by", "bytes", "format", "runs in", "signer"), rows)
    click.echo("")
    table(
        ("no.", "when", "who", "what", "alias", "version", "hubs", "why"),
        [(c.number, _day(c.at), c.by, c.action, c.alias, c.version, f"{c.share:.0%}", c.why)
         for c in found.changes],
    )  # fmt: skip


def _day(at: int) -> str:
    from datetime import UTC, datetime

    return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%d %H:%M")


@click.command("verify")
@click.argument("model", default="pretrained")
@json_option
@click.pass_context
def verify(click_ctx: click.Context, model: str, *, as_json: bool) -> None:
    """Prove that a saved model is what its publisher signed and computes here what it computed there."""
    from kanchay.adapters.models import trusted_keys
    from kanchay.bundle.load import verify_bundle
    from kanchay.cli.opening import settings_of

    path = shelf_of(click_ctx).path_of(model)
    proof = verify_bundle(path, trusted=trusted_keys(settings_of(click_ctx).home))
    manifest = proof.manifest
    if as_json:
        emit_json(
            {
                "name": manifest.name,
                "version": manifest.version,
                "signed": proof.signed,
                "trusted": proof.trusted,
                "signer": manifest.signer,
                "files": manifest.files,
                "tolerance": manifest.tolerance,
                "differences": proof.differences,
            }
        )
        return
    click.echo(f"{manifest.name} {manifest.version}, format {manifest.format}")
    click.echo(f"signature: {_signature(proof.signed, proof.trusted)}")
    if proof.signed:
        click.echo(f"signer: {manifest.signer}")
    click.echo(f"files: {proof.n_files}, sizes and sha256 fit")
    for runtime, off in proof.differences.items():
        click.echo(
            f"example in {runtime}: off by {off:.1e} of the context's scale, {manifest.tolerance:g} allowed"
        )


def _signature(signed: bool, trusted: bool) -> str:
    if not signed:
        return "none"
    return "fits, by a key that is trusted here" if trusted else "fits, by a key that is NOT trusted here"
