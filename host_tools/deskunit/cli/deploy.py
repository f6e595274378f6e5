"""`deskunit deploy`: put a built firmware tree onto the unit at a port."""

from pathlib import Path

import click

from deskunit.cli.help import Command
from deskunit.cli.options import data_option, say, word


@click.command(cls=Command, help=word("deploy_help"))
@click.option("--tree", required=True, type=click.Path(path_type=Path), metavar="DIR",
              help=word("opt_tree"))  # fmt: skip
@click.option("--port", required=True, metavar="PORT", help=word("opt_deploy_port"))
@data_option
def deploy(tree: Path, port: str, data_dir: Path) -> None:
    from deskunit import deploy as deploying

    deploying.deploy(tree, port, data_dir, lambda line: click.echo(line, err=True))
    say("deployed", port=port)
