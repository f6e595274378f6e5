"""`deskunit report day|week|agent|team`: one page, workbook or print for those who would rather look."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from deskunit import words
from deskunit.cli.help import Command, Group
from deskunit.cli.options import data_option, say, word
from deskunit.cli.viewing import tell_of_teams
from deskunit.errors import DeskunitError

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from deskunit.store import Store

FORMATS = ("html", "xlsx", "pdf")
NAMED = 5  # of the agents in a roster whom nobody knows
Decorated = Callable[..., Any]
_DATE = click.argument("on", metavar="[DATE]", required=False)
_SPAN = (
    click.option("--from", "from_", metavar="DATE", help=word("opt_report_from")),
    click.option("--to", metavar="DATE", help=word("opt_report_to")),
)
_AGENTS = click.option(
    "--agent", "agents", multiple=True, metavar="ID", help=word("opt_report_agent")
)
_TEAMS = click.option(
    "--team", "teams", multiple=True, metavar="TEAM", help=word("opt_report_team")
)
_SHARED = (
    click.option("--tz", metavar="ZONE", help=word("opt_tz")),
    click.option("--day-start", metavar="HH:MM", help=word("opt_report_day_start")),
    click.option("--lang", metavar="zh|en", help=word("opt_report_lang")),
    click.option("--raw", "is_raw", is_flag=True, help=word("opt_report_raw")),
    click.option("--format", "fmt", metavar="|".join(FORMATS), help=word("opt_report_format")),
    click.option("--out", required=True, metavar="FILE", help=word("opt_report_out")),
    data_option,
)


def _takes(*options: Callable[[Decorated], Decorated]) -> Callable[[Decorated], Decorated]:
    def decorate(command: Decorated) -> Decorated:
        for option in reversed((*options, *_SHARED)):
            command = option(command)
        return command

    return decorate


@click.group(cls=Group, help=word("report_help"))
def report() -> None:
    """One command a kind of report."""


@report.command("day", cls=Command, help=word("report_day_help"))
@_takes(_DATE, _TEAMS, _AGENTS)
def day(**asked: Any) -> None:
    _write("day", **asked)


@report.command("week", cls=Command, help=word("report_week_help"))
@_takes(_DATE, _TEAMS, _AGENTS)
def week(**asked: Any) -> None:
    _write("week", **asked)


@report.command("agent", cls=Command, help=word("report_agent_help"))
@_takes(
    click.option("--agent", "agent", required=True, metavar="ID", help=word("opt_report_agent")),
    *_SPAN,
)
def agent(agent: str, **asked: Any) -> None:
    _write("agent", agents=(agent,), **asked)


@report.command("team", cls=Command, help=word("report_team_help"))
@_takes(_TEAMS, *_SPAN)
def team(**asked: Any) -> None:
    _write("team", **asked)


def _write(
    kind: str,
    *,
    data_dir: Path,
    out: str,
    fmt: str | None,
    lang: str | None,
    tz: str | None,
    day_start: str | None,
    is_raw: bool,
    on: str | None = None,
    from_: str | None = None,
    to: str | None = None,
    agents: tuple[str, ...] = (),
    teams: tuple[str, ...] = (),
) -> None:
    from deskunit import clock, roles, settings
    from deskunit.cli import out_endings
    from deskunit.exports.asking import minutes
    from deskunit.reports import asking, writing
    from deskunit.state_log.query import zone
    from deskunit.store import open_store

    language, site = _language(lang), settings.load(data_dir)
    form = writing.form(out, out_endings.form(out, fmt, FORMATS))
    now = clock.now_utc_ms()
    whole = asking.period(
        kind, zone(tz or site.zone), now, on=on, from_=from_, to=to,
        day_start_min=minutes(day_start or site.day_start),
    )  # fmt: skip
    roles.check_teams(site.viewer, teams)
    with open_store(data_dir, write=False) as store:
        within = roles.scope(site.viewer, store)
        roles.check(within, agents)
        tell_of_teams(data_dir, site.viewer, store)
        _tell_of_roster(data_dir, whole.zone, store)
        ask = asking.Ask(kind, whole, agents, teams, is_raw, within)
        file = writing.write(store, data_dir, ask, now, out=out, form=form, language=language)
    if file is not None:
        say("report_done", file=file)


def _tell_of_roster(data_dir: Path, zone: "ZoneInfo", store: "Store") -> None:
    """Say whose shifts are measured by nobody's log. DeskunitError: the roster has a mistake."""
    from deskunit import roster

    file = data_dir / roster.FILE_NAME
    known = {agent.id for agent in store.agents()}
    strangers = sorted({one.agent_id for one in roster.load(file, zone)} - known)
    if strangers:
        more = ["…"] if len(strangers) > NAMED else []
        say("roster_strangers", file=file, agents=", ".join([*strangers[:NAMED], *more]))


def _language(lang: str | None) -> str:
    if lang is not None and lang not in words.LANGUAGES:
        raise DeskunitError("report_language", exit_code=2, found=lang)
    return lang or words.user_language()
