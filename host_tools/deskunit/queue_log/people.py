"""Which agent a queue_log means by Agent/1001, PJSIP/1001-0000002a, Local/1001@queue/n or Li Na. Pure."""

import re
from collections.abc import Iterable, Mapping

from deskunit import spreadsheet
from deskunit.agents import Agent
from deskunit.errors import DeskunitError

FILE_NAME = "queue_agents.csv"
SHAPE = spreadsheet.Shape(("name", "agent_id"), 2, {"日志名": "name", "工号": "agent_id"})

_CHANNEL = re.compile(
    r"(?:Agent|SIP|PJSIP|IAX2|SCCP|DAHDI|Local|Extension|USER)/(?P<name>.+)", re.I
)
_TAIL = re.compile(r"(?:@.*|/n|-[0-9a-f]{8}(?:;\d)?)$", re.I)


def plain(name: str) -> str:
    """The name without the kind of channel before it and its context or channel number behind it."""
    found = _CHANNEL.fullmatch(name)
    return _TAIL.sub("", _TAIL.sub("", found["name"])) if found else name


def given(raw: bytes, file: str = FILE_NAME) -> dict[str, str]:
    """{name in the log: agent's id} of a site's own list. DeskunitError names the line at fault."""
    found: dict[str, str] = {}
    for line, fields in spreadsheet.rows(raw, SHAPE, file):
        name, id_ = fields.get("name", ""), fields.get("agent_id", "")
        if not name or not id_:
            raise DeskunitError("queue_agents_gap", file=file, line=line)
        if found.setdefault(name, id_) != id_:
            raise DeskunitError("queue_agents_twice", file=file, line=line, name=name)
    return found


class People:
    """`given`: what the site says a name of the log means; then ids, then names that only one agent has."""

    def __init__(
        self, agents: Iterable[Agent] = (), given: Mapping[str, str] | None = None
    ) -> None:
        known = list(agents)
        names = [one.name for one in known]
        self._ids = {one.name: one.id for one in known if names.count(one.name) == 1}
        self._ids |= {one.id: one.id for one in known}
        self._given = dict(given or {})
        self._found: dict[str, str] = {}

    def id_of(self, name: str) -> str:
        """The agent's id; of somebody who is not in the list the plain name."""
        if name not in self._found:
            short = plain(name)
            given = self._given.get(name, self._given.get(short))
            self._found[name] = given if given is not None else self._ids.get(short, short)
        return self._found[name]
