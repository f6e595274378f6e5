"""Reads agents.csv, the list that a site keeps in its spreadsheet, and picks a seat's roster.

Called by the logger and the command line. Mistakes are named with their line. It knows no database.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from deskunit import spreadsheet
from deskunit.errors import DeskunitError

FILE_NAME = "agents.csv"
UNLISTED = (
    "?"  # who signed in where there was no list: nobody knows who it is, two may be two people
)
LEVELS = ("trainee", "coached", "solo")
ROSTER_MAX = 8
_ID = re.compile(r"[A-Za-z0-9._-]{1,12}")
# Heads and levels as a Chinese spreadsheet may have them.
_HEADS = {"工号": "id", "姓名": "name", "班组": "team", "级别": "level", "座席": "seat"}
SHAPE = spreadsheet.Shape(("id", "name", "team", "level", "seat"), 4, _HEADS)
_LEVELS = {"见习": "trainee", "带教": "coached", "独立": "solo", "": "solo"}


@dataclass(frozen=True, slots=True)
class Agent:
    """Who sits at a desk. `seat` "": at any."""

    id: str
    name: str
    team: str = ""
    level: str = "solo"
    seat: str = ""


def load(file: Path) -> list[Agent]:
    """The agents of `file` in its order; no file: none. DeskunitError names the line at fault."""
    raw = spreadsheet.load(file)
    return [] if raw is None else parse(raw, str(file))


def parse(raw: bytes, file: str = FILE_NAME) -> list[Agent]:
    """The agents in the bytes of a CSV file. DeskunitError names the line at fault."""
    return list(_agents(spreadsheet.rows(raw, SHAPE, file), file))


def roster(agents: Sequence[Agent], seat: str, recent_ids: Sequence[str]) -> list[Agent]:
    """At most 8 agents to choose from at `seat`: those who sat there last first, then its own."""
    by_id = {agent.id: agent for agent in agents}
    recent = [by_id[id_] for id_ in recent_ids if id_ in by_id]
    own = [agent for agent in agents if seat and agent.seat == seat]
    anywhere = [agent for agent in agents if not agent.seat]
    return list(dict.fromkeys([*recent, *own, *anywhere]))[:ROSTER_MAX]


def _agents(rows: Iterator[tuple[int, dict[str, str]]], file: str) -> Iterator[Agent]:
    line_of: dict[str, int] = {}
    for line, fields in rows:
        agent = _agent(fields, file, line)
        if agent.id in line_of:
            raise DeskunitError(
                "agents_twice", file=file, line=line, id=agent.id, first=line_of[agent.id]
            )
        line_of[agent.id] = line
        yield agent


def _agent(fields: dict[str, str], file: str, line: int) -> Agent:
    id_, name = fields.get("id", ""), fields.get("name", "")
    level = fields.get("level", "").lower()
    level = _LEVELS.get(level, level)
    if not id_:
        raise DeskunitError("agents_no_id", file=file, line=line)
    if not _ID.fullmatch(id_):
        raise DeskunitError("agents_bad_id", file=file, line=line, id=repr(id_))
    if not name:
        raise DeskunitError("agents_no_name", file=file, line=line)
    if level not in LEVELS:
        raise DeskunitError("agents_bad_level", file=file, line=line, level=repr(level))
    return Agent(id_, name, fields.get("team", ""), level, fields.get("seat", ""))
