"""How --help looks: in the user's language, wrapped by what a terminal shows, wide characters counted.

click wraps by the number of characters and at spaces; Chinese has no spaces and is twice as wide.
"""

from collections.abc import Iterable

import click

from deskunit.cli.options import word
from deskunit.cli.table import shown_width

FIRST_COLUMN_LIMIT = 30
GAP = 2


class Formatter(click.HelpFormatter):
    """click's layout, measured in terminal columns."""

    def write_usage(self, prog: str, args: str = "", prefix: str | None = None) -> None:
        super().write_usage(prog, args, word("usage"))

    def write_heading(self, heading: str) -> None:
        known = {"Options": "options", "Commands": "commands"}
        said = word(known[heading]) if heading in known else heading + ":"
        self.write(f"{' ' * self.current_indent}{said}\n")

    def write_text(self, text: str) -> None:
        space = " " * self.current_indent
        for line in wrapped(text, self.width - self.current_indent):
            self.write(f"{space}{line}\n")

    def write_dl(
        self,
        rows: Iterable[tuple[str, str]],
        col_max: int = FIRST_COLUMN_LIMIT,
        col_spacing: int = GAP,
    ) -> None:
        rows = list(rows)
        first = min(max(shown_width(left) for left, _ in rows), col_max) + col_spacing
        space = " " * self.current_indent
        for left, right in rows:
            right = right.replace("[required]", word("required"))
            lines = wrapped(right, max(20, self.width - self.current_indent - first))
            if shown_width(left) > first - col_spacing:
                self.write(f"{space}{left}\n")
                left = ""
            for line in lines or [""]:
                self.write(
                    f"{space}{left}{' ' * (first - shown_width(left))}{line}".rstrip() + "\n"
                )
                left = ""


class HelpContext(click.Context):
    formatter_class = Formatter


class Command(click.Command):
    """A command whose help is ours."""

    context_class = HelpContext

    def get_help_option(self, ctx: click.Context) -> click.Option | None:
        return _said(super().get_help_option(ctx))


class Group(click.Group):
    """A group whose help is ours, and that of its commands."""

    context_class = HelpContext
    command_class = Command
    group_class = type

    def get_help_option(self, ctx: click.Context) -> click.Option | None:
        return _said(super().get_help_option(ctx))

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """As click does, but with each command's whole sentence."""
        rows = []
        for name in self.list_commands(ctx):
            command = self.get_command(ctx, name)
            if command is not None:
                rows.append((name, command.help or ""))
        if rows:
            with formatter.section("Commands"):
                formatter.write_dl(rows)


def _said(option: click.Option | None) -> click.Option | None:
    if option is not None:
        option.help = word("opt_help")
    return option


def wrapped(text: str, width: int) -> list[str]:
    """`text` in lines of at most `width` columns, broken at spaces and beside wide characters."""
    lines: list[str] = []
    line = ""
    for piece in pieces(" ".join(text.split())):
        if line and shown_width(line + piece.rstrip()) > width:
            lines.append(line.rstrip())
            line = ""
        line += piece if line else piece.lstrip()
    return [*lines, line.rstrip()] if line.strip() else lines


NEVER_FIRST = "，。：；！？、）”》…"
NEVER_LAST = "（“《"


def pieces(text: str) -> list[str]:
    """What may not be broken: words with the space behind them, wide characters with their marks."""
    found: list[str] = []
    for char in text:
        before = found[-1][-1] if found else ""
        free = before == " " or shown_width(char) == 2 or shown_width(before) == 2
        if not found or char == " " or char in NEVER_FIRST or before in NEVER_LAST or not free:
            found[-1:] = [found[-1] + char] if found else [char]
        else:
            found.append(char)
    return found
