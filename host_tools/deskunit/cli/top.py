"""The group of all commands, and the one exit for errors."""

import signal
import sys

import click

from deskunit import __version__
from deskunit.cli.late import LateGroup
from deskunit.cli.options import say, word
from deskunit.errors import DeskunitError

INTERRUPTED = 128 + signal.SIGINT
BUG = 70  # EX_SOFTWARE of sysexits.h


COMMANDS = {
    "run": ("running", "run"),
    "log": ("running", "log_only"),
    "units": ("units", "units"),
    "health": ("health", "health"),
    "states": ("states", "states"),
    "export": ("exporting", "export"),
    "report": ("report", "report"),
    "correct": ("correct", "correct"),
    "import": ("importing", "import_"),
    "callbacks": ("callbacks", "callbacks"),
    "script": ("script", "script"),
    "virtual": ("virtual", "virtual"),
    "deploy": ("deploy", "deploy"),
    "capture": ("captures", "capture"),
    "replay": ("captures", "replay"),
    "backup": ("backup", "backup"),
    "rebuild": ("rebuild", "rebuild"),
    "install": ("install", "install"),
}


@click.group(
    cls=LateGroup,
    table=COMMANDS,
    help=word("help"),
    epilog=word("epilog"),
    context_settings={"help_option_names": ["-h", "--help"]},
)
@click.version_option(
    __version__, "--version", message="deskunit %(version)s", help=word("opt_version")
)
def app() -> None:
    """Replaced by the user's language above."""


def main() -> None:
    """Run a command; expected failures are one sentence and an exit code, never a traceback."""
    sys.exit(_run())


def _run() -> int:
    try:
        code = app.main(standalone_mode=False)
    except DeskunitError as error:
        click.echo(error.sentence(), err=True)
        return error.exit_code
    except click.UsageError as error:
        from deskunit.cli.mistakes import show

        show(error)
        return error.exit_code
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except (KeyboardInterrupt, click.Abort):
        return INTERRUPTED
    except BrokenPipeError:  # the reader of our output has enough
        sys.stderr.close()
        return 0
    except Exception:
        import logging  # 26 ms that no --help should pay

        logging.getLogger("deskunit").exception("unexpected")
        say("bug")
        return BUG
    return code if isinstance(code, int) else 0
