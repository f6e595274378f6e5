"""`deskunit import queue_log`: the telephone system's own record beside the units' log."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from deskunit.cli.help import Command, Group
from deskunit.cli.options import data_option, json_option, print_json, say, word
from deskunit.cli.states import chosen_zone, tz_option

if TYPE_CHECKING:
    from deskunit.queue_log.importing import Asked, Told
    from deskunit.queue_log.matching import Reconciliation
    from deskunit.settings import Viewer
    from deskunit.state_log.query import Query


@click.group("import", cls=Group, help=word("import_help"))
def import_() -> None:
    """One command a kind of file."""


@import_.command("queue_log", cls=Command, help=word("import_queue_log_help"))
@click.argument("files", nargs=-1, required=True, metavar="FILE…",
                type=click.Path(path_type=Path))  # fmt: skip
@click.option("--from", "from_", metavar="TIME", help=word("opt_from"))
@click.option("--to", metavar="TIME", help=word("opt_to"))
@tz_option
@click.option("--within", type=click.IntRange(1, 3600), metavar="SECONDS", help=word("opt_within"))
@click.option("--tolerance", type=click.IntRange(0, 300), metavar="SECONDS",
              help=word("opt_tolerance"))  # fmt: skip
@click.option("--rows", "limit", type=click.IntRange(0), default=20, metavar="N",
              help=word("opt_difference_rows"))  # fmt: skip
@click.option("--no-keep", is_flag=True, help=word("opt_no_keep"))
@click.option("--out", metavar="FILE", help=word("opt_differences_out"))
@click.option("--format", "fmt", metavar="csv|xlsx|parquet|jsonl", help=word("opt_format"))
@json_option
@data_option
def queue_log(
    files: tuple[Path, ...],
    from_: str | None,
    to: str | None,
    tz: str | None,
    within: int | None,
    tolerance: int | None,
    limit: int,
    no_keep: bool,
    out: str | None,
    fmt: str | None,
    as_json: bool,
    data_dir: Path,
) -> None:
    from deskunit import settings
    from deskunit.cli.export_options import FORMATS
    from deskunit.cli.out_endings import form
    from deskunit.exports import terminal_progress
    from deskunit.queue_log.importing import told
    from deskunit.queue_log.telling import RATES, fields
    from deskunit.state_log.query import query

    wanted = form(out or "-", fmt, FORMATS)
    query_ = query(from_=from_, to=to, tz=chosen_zone(data_dir, tz))
    all_settings = settings.load(data_dir)
    chosen = all_settings.queue_log
    targets = {name: all_settings.measures.targets[name] for name in RATES}
    names, asked = _asked(data_dir, all_settings.viewer, query_, within or chosen.answer_within_s,
                          chosen.match_tolerance_s if tolerance is None else tolerance)  # fmt: skip
    with terminal_progress(word("importing")) as progress:
        found = told(files, asked, None if no_keep else data_dir, progress)
    against = _against(data_dir, found, asked)
    if as_json:
        print_json(fields(found, against, targets))
    elif out != "-":
        from deskunit.cli.import_show import show

        show(found, against, targets, names, query_.zone, limit)
    if out is not None and against is not None:
        _save(against, out, wanted, query_, names)


def _asked(
    data_dir: Path, viewer: "Viewer", query: "Query", within_s: int, tolerance_s: int
) -> "tuple[Mapping[str, str], Asked]":
    """Names of the agents, and the question. Without a state log there are no agents to know."""
    from deskunit import roles
    from deskunit.queue_log.importing import Asked
    from deskunit.queue_log.kept import people
    from deskunit.store import open_store

    agents = []
    if _has_log(data_dir):
        with open_store(data_dir, write=False) as store:
            agents = store.agents()
    query = replace(query, within=roles.scope_among(viewer, agents))
    names = {one.id: one.name for one in agents}
    return names, Asked(query, within_s, tolerance_s, people(data_dir, agents))


def _has_log(data_dir: Path) -> bool:
    from deskunit.store.opening import FILE_NAME

    return (data_dir / FILE_NAME).exists()


def _against(data_dir: Path, found: "Told", asked: "Asked") -> "Reconciliation | None":
    from deskunit import clock
    from deskunit.queue_log.importing import against_units
    from deskunit.store import open_store

    if not _has_log(data_dir):
        say("import_no_log", folder=data_dir)
        return None
    with open_store(data_dir, write=False) as store:
        return against_units(found, store, asked, clock.now_utc_ms())


def _save(
    against: "Reconciliation", out: str, fmt: str, query: "Query", names: Mapping[str, str]
) -> None:
    from deskunit.cli.exporting import tell_export
    from deskunit.queue_log.saving import save_differences

    done = save_differences(against, out, fmt, query, names)
    tell_export(done, as_json=False)
