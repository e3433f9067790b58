"""`kanchay model`: one group; its verbs stand in modules of their own."""

from __future__ import annotations

import click

from kanchay.cli.model_capability import capability
from kanchay.cli.model_evaluate import evaluate
from kanchay.cli.model_export import export
from kanchay.cli.model_leak import leak
from kanchay.cli.model_promote import promote, rollback
from kanchay.cli.model_registry import pull, push
from kanchay.cli.model_show import list_models, show, verify
from kanchay.cli.model_sign import sign, token
from kanchay.cli.model_train import train
from kanchay.cli.model_tune import tune

__all__ = ["command"]


@click.group("model")
def command() -> None:
    """Train, evaluate, verify, share and show models."""


for verb in (
    list_models, show, verify, leak, train, tune, evaluate, export, sign, push, pull, promote, rollback, capability,
    token,
):  # fmt: skip
    command.add_command(verb)
