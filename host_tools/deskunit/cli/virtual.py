"""`deskunit virtual`: one virtual unit on a serial end that any program may open."""

import time
from pathlib import Path

import click

from deskunit.cli.help import Command
from deskunit.cli.options import data_option, say, word
from deskunit.cli.running import ending

STAY_S = 3600


@click.command(cls=Command, help=word("virtual_help"))
@click.option("--tcp", type=click.IntRange(0, 65535), metavar="PORT", help=word("opt_tcp"))
@click.option("--uid", metavar="UID", help=word("opt_uid"))
@data_option
def virtual(tcp: int | None, uid: str | None, data_dir: Path) -> None:
    from deskunit.fleet import lone

    with ending(), lone(data_dir, uid, tcp) as member:
        member.power_on()
        say("virtual_is", uid=member.unit.uid)
        click.echo(member.address)
        say("stop_how")
        while True:
            time.sleep(STAY_S)  # the unit lives in its own process; Ctrl-C ends it
