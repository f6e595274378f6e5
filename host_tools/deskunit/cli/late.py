"""A group whose commands' modules are imported when one of them is asked for: --help stays quick."""

from collections.abc import Mapping
from importlib import import_module
from typing import Any

import click

from deskunit.cli.help import Group


class LateGroup(Group):
    """`table`: {name: (module in deskunit.cli, attribute)}, in the order of the help."""

    def __init__(self, *args: Any, table: Mapping[str, tuple[str, str]], **settings: Any) -> None:
        super().__init__(*args, **settings)
        self._table = table

    def list_commands(self, context: click.Context) -> list[str]:
        return list(self._table)

    def get_command(self, context: click.Context, name: str) -> click.Command | None:
        if name not in self._table:
            return None
        module, attribute = self._table[name]
        found: click.Command = getattr(import_module(f"deskunit.cli.{module}"), attribute)
        return found
