"""What click finds wrong in a command line, as one sentence in the user's language and the way to --help."""

import click
from click.types import FloatRange, IntRange

from deskunit.cli.options import word


def sentence(error: click.UsageError) -> str:
    """What is wrong, without the way to --help."""
    if isinstance(error, click.NoSuchOption):
        return word("wrong_option", option=error.option_name)
    if isinstance(error, click.BadOptionUsage):
        return word("wrong_no_value", option=error.option_name)
    if isinstance(error, click.MissingParameter):
        return word("wrong_missing", name=_name(error))
    if isinstance(error, click.BadParameter):
        wanted = _wanted(error.param.type if error.param else None)
        return word("wrong_value", name=_name(error), wanted=wanted or error.message)
    if isinstance(error, click.exceptions.NoSuchCommand):
        return word("wrong_command", name=error.command_name)
    if error.message.startswith("Got unexpected"):
        return word("wrong_extra")
    return error.format_message()


def show(error: click.UsageError) -> None:
    click.echo(sentence(error), err=True)
    if error.ctx is not None:
        click.echo(word("wrong_help", command=error.ctx.command_path), err=True)


def _name(error: click.BadParameter) -> str:
    parameter = error.param
    if parameter is None:
        return str(error.param_hint or "?")
    return (
        parameter.opts[0]
        if isinstance(parameter, click.Option)
        else str(parameter.human_readable_name)
    )


def _wanted(kind: object) -> str:
    if isinstance(kind, IntRange | FloatRange):
        whole = isinstance(kind, IntRange)
        if kind.max is None:
            return word("wanted_from" if whole else "wanted_number_from", low=kind.min)
        return word("wanted_range", low=kind.min, high=kind.max)
    return word("wanted_folder") if isinstance(kind, click.Path) else ""
