"""`deskunit run` and `deskunit log`: start what is asked for, say what it is, end all of it cleanly."""

import signal
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import click

from deskunit.cli.help import Command
from deskunit.cli.options import data_option, say, word

port_option = click.option("--port", "ports", multiple=True, metavar="PORT", help=word("opt_port"))
wait_option = click.option("--wait", is_flag=True, help=word("opt_wait"))


@click.command(cls=Command, help=word("run_help"))
@click.option(
    "--virtual",
    "count",
    type=click.IntRange(0, 50),
    default=0,
    metavar="N",
    help=word("opt_virtual"),
)
@port_option
@wait_option
@click.option("--demo", is_flag=True, help=word("opt_demo"))
@click.option(
    "--page-port", type=click.IntRange(0, 65535), metavar="PORT", help=word("opt_page_port")
)
@data_option
def run(
    count: int,
    ports: tuple[str, ...],
    wait: bool,
    demo: bool,
    page_port: int | None,
    data_dir: Path,
) -> None:
    from deskunit import settings, web
    from deskunit.cli.desk import Desk
    from deskunit.editing.desk import ScriptDesk
    from deskunit.supervision.desk import SupervisionDesk

    chosen = settings.load(data_dir)
    with ending(), ExitStack() as stack:
        desk = Desk(data_dir, chosen, ports=ports, virtual=count, search=not (ports or count))
        stack.callback(desk.close)
        scripts = ScriptDesk(data_dir, desk.pushing)
        stack.callback(scripts.close)
        wanted = chosen.page_port if page_port is None else page_port
        page = web.serve(
            desk.floor, port=wanted, scripts=scripts, supervision=SupervisionDesk(desk.logger)
        )
        stack.callback(page.stop)
        if demo:
            desk.write_demonstration()
        desk.start(wait=wait)
        page.start()
        say("page", url=page.url)
        say("stop_how")
        desk.stay()


@click.command("log", cls=Command, help=word("log_help"))
@port_option
@wait_option
@data_option
def log_only(ports: tuple[str, ...], wait: bool, data_dir: Path) -> None:
    from deskunit import settings
    from deskunit.cli.desk import Desk

    chosen = settings.load(data_dir)
    with ending(), ExitStack() as stack:
        desk = Desk(data_dir, chosen, ports=ports, virtual=0, search=not ports)
        stack.callback(desk.close)
        desk.start(wait=wait)
        say("stop_how")
        desk.stay()


@contextmanager
def ending(said: str | None = "stopped") -> Iterator[None]:
    """Ctrl-C and the system's wish to end are the same; while ending, a second one changes nothing."""
    before: dict[int, Any] = {}

    def end(number: int, frame: object) -> None:
        for one in before:
            signal.signal(one, signal.SIG_IGN)
        raise KeyboardInterrupt

    for name in ("SIGINT", "SIGTERM", "SIGHUP"):
        number = getattr(signal, name, None)  # Windows has no SIGHUP
        if number is not None:
            before[number] = signal.signal(number, end)
    try:
        yield
    except KeyboardInterrupt:
        if said is not None:
            say(said)
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
