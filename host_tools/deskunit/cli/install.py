"""`deskunit install`: the logger starts at log-on and again after a crash; `--remove` undoes it."""

import sys
from pathlib import Path

import click

from deskunit import words
from deskunit.cli.help import Command
from deskunit.cli.options import data_option, say, word


@click.command(cls=Command, help=word("install_help"))
@click.option("--remove", "is_removal", is_flag=True, help=word("opt_remove"))
@click.option("--print", "is_print", is_flag=True, help=word("opt_install_print"))
@click.option("--port", "ports", multiple=True, metavar="PORT", help=word("opt_port"))
@click.option("--no-page", is_flag=True, help=word("opt_no_page"))
@data_option
def install(
    is_removal: bool, is_print: bool, ports: tuple[str, ...], no_page: bool, data_dir: Path
) -> None:
    from deskunit import autostart

    if is_removal and is_print:
        raise click.UsageError(word("print_or_remove"))
    system = autostart.this_system(data_dir)
    if is_removal:
        done = autostart.remove(system)
        say("removed" if done.changed else "remove_nothing", file=done.file)
        return
    command = autostart.command(_python(), data_dir, ports, page=not no_page)
    start = autostart.Start(command, words.user_language())
    if is_print:
        say("would_write", file=system.file)
        click.echo(system.content(start).decode("utf-16" if sys.platform == "win32" else "utf-8"))
        return
    done = autostart.install(system, start)
    if done.next_step:
        say("install_next", file=done.file, command=done.next_step)
    else:
        say("installed" if done.changed else "install_unchanged", file=done.file)
    if sys.platform == "linux" and done.changed:
        say("install_linger")


def _python() -> str:
    """This very Python; on Windows the one without a window."""
    if sys.platform == "win32":
        windowless = Path(sys.executable).with_name("pythonw.exe")
        if windowless.exists():
            return str(windowless)
    return sys.executable
