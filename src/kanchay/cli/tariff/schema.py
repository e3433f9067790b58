"""`kanchay tariff schema`: the JSON schema of tariff files, for editors and other programs."""

from __future__ import annotations

import click

from kanchay.cli.common import emit_json

__all__ = ["command"]


@click.command("schema")
def command() -> None:
    """Print the JSON schema (2020-12) of tariff files.

    Schema and reader agree on keys, kinds and types; whether names lead somewhere and limits rise is for
    `kanchay tariff check`.
    """
    from kanchay.bootstrap import in_memory

    emit_json(in_memory().library.schema("tariff-1"))
