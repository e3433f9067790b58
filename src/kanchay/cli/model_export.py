"""`kanchay model export`: a saved model in the form that another program reads."""

from __future__ import annotations

from pathlib import Path

import click

from kanchay.cli.common import emit_json, json_option
from kanchay.cli.model_common import shelf_of, signing_key

__all__ = ["export"]

_KINDS = ("onnx", "numpy", "litert", "saved-model", "keras")


@click.command("export")
@click.argument("model", default="pretrained")
@click.option("--format", "kind", type=click.Choice(_KINDS), required=True)
@click.option("--out", type=click.Path(path_type=Path), required=True, help="Folder to write to.")
@click.option(
    "--batch", type=click.IntRange(2), default=2, show_default=True, help="litert: windows at once."
)
@click.option("--serving-version", type=click.IntRange(1), default=1, show_default=True,
              help="saved-model: the number of the version's folder.")  # fmt: skip
@click.option(
    "--bundle", is_flag=True, help="litert, keras: write a whole bundle that holds it, signed again."
)
@click.option(
    "--key", type=click.Path(path_type=Path), help="Private key for --bundle (default: the home's)."
)
@json_option
@click.pass_context
def export(
    click_ctx: click.Context,
    model: str,
    *,
    kind: str,
    out: Path,
    batch: int,
    serving_version: int,
    bundle: bool,
    key: Path | None,
    as_json: bool,
) -> None:
    """Write a saved model as ONNX, NumPy, LiteRT, SavedModel or .keras, and prove it from disk with its example."""
    from kanchay.learning.exports import export_model, export_within

    path = shelf_of(click_ctx).path_of(model)
    if bundle:
        manifest = export_within(path, kind, out, key=signing_key(click_ctx, key), batch=batch)
        if as_json:
            emit_json(manifest)
        else:
            click.echo(f"{manifest.name} {manifest.version} with {kind}: {out}, signed by {manifest.signer}")
        return
    told = export_model(path, kind, out, batch=batch, serving_version=serving_version)
    if as_json:
        emit_json(told)
        return
    for name, entry in told.files.items():
        click.echo(f"{out / name}: {entry.bytes} bytes, sha256 {entry.sha256}")
    click.echo(
        f"example in {told.proved_by}{', alone' if told.alone else ''}: off by {told.difference:.1e} of the"
        f" context's scale, {told.tolerance:g} allowed"
    )
