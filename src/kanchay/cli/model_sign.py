"""`kanchay model sign` and `token`: who vouches for a model, who may read and write this hub's registry."""

from __future__ import annotations

from pathlib import Path

import click

from kanchay.cli.model_common import signing_key

__all__ = ["sign", "token"]


@click.command("sign")
@click.argument("bundle", type=click.Path(path_type=Path, exists=True))
@click.option(
    "--key", type=click.Path(path_type=Path), help="Private key; made where missing (default: the home's)."
)
@click.option("--trust", is_flag=True, help="Trust the key's public half on this machine from now on.")
@click.pass_context
def sign(click_ctx: click.Context, bundle: Path, *, key: Path | None, trust: bool) -> None:
    """Sign a bundle in place: a folder or a .kanchay file. Its example and hashes are verified first."""
    from kanchay.bundle.load import verify_bundle
    from kanchay.bundle.save import sign_bundle
    from kanchay.cli.opening import settings_of

    verify_bundle(bundle)
    manifest = sign_bundle(bundle, signing_key(click_ctx, key))
    click.echo(f"{manifest.name} {manifest.version}: signed by {manifest.signer}")
    if trust:
        from kanchay.adapters.models import trust_key

        trust_key(settings_of(click_ctx).home, manifest.signer)
        click.echo("This machine trusts that key now.")
    else:
        click.echo(
            "Others trust it when they add that key, one a line, to the file trusted_keys of their home."
        )


@click.command("token")
@click.argument("what", type=click.Choice(["read", "write"]))
@click.pass_context
def token(click_ctx: click.Context, what: str) -> None:
    """Print the token with which other machines read or write this hub's registry; made on first use.

    They send it from the variable KANCHAY_REGISTRY_TOKEN. Remove the file models-read.token or models-write.token in
    the home to end it.
    """
    from kanchay.cli.opening import settings_of
    from kanchay.web.sessions import read_token

    click.echo(read_token(settings_of(click_ctx).home / f"models-{what}.token"))
