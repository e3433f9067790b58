"""Groups of verbs, each in a module of its own that is imported only when the verb runs."""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from typing import ClassVar

import click

__all__ = ["LazyGroup"]


class LazyGroup(click.Group):
    """Imports the module of a verb when it is asked for, so that `--help` stays instant on a small hub.

    A subclass names the package that its verbs lie in and one line of help for each, in the order shown.
    """

    package: ClassVar[str] = ""
    verbs: ClassVar[Mapping[str, str]] = {}
    modules: ClassVar[Mapping[str, str]] = {}  # where a module is not called like its verb

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(self.verbs)

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        if name not in self.verbs:
            return None
        module = importlib.import_module(f"{self.package}.{self.modules.get(name, name)}")
        command: click.Command = module.command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Verbs"):
            formatter.write_dl(list(self.verbs.items()))
