"""One line of an Asterisk queue_log: `epoch|callid|queue|agent|VERB|parameters`. Pure, both ways.

The meaning of the parameters is Asterisk's own (docs.asterisk.org, Operation, Logging, Queue Logs).
"""

from dataclasses import dataclass
from functools import lru_cache

HEAD_FIELDS = 5
# What Asterisk writes, what common additions to it write, and the verbs of our own export.
KNOWN = frozenset((
    *("ABANDON", "ADDMEMBER", "AGENTCALLBACKLOGIN", "AGENTCALLBACKLOGOFF", "AGENTDUMP"),
    *("AGENTLOGIN", "AGENTLOGOFF", "ATTENDEDTRANSFER", "BLINDTRANSFER", "CALLEROFFHOLD"),
    *("CALLERONHOLD", "CLOSED", "COMPLETEAGENT", "COMPLETECALLER", "CONFIGRELOAD", "CONNECT"),
    *("DID", "ENTERQUEUE", "EXITEMPTY", "EXITWITHKEY", "EXITWITHTIMEOUT", "FULL", "INFO"),
    *("JOINEMPTY", "JOINUNAVAIL", "MEMBERPENALTY", "PAUSE", "PAUSEALL", "PAUSEREASON"),
    *("QUEUESTART", "REMOVEMEMBER", "RINGCANCELED", "RINGNOANSWER", "SYSCOMPAT", "TRANSFER"),
    *("UNPAUSE", "UNPAUSEALL"),
))  # fmt: skip
NOBODY = frozenset(("", "NONE"))
NO_CALL = NOBODY | {"REALTIME", "MANAGER", "CLI"}
LATEST_S = 253_402_300_800  # the year 10000
_LOG_TRASH = "\ufeff\x00"


@dataclass(frozen=True, slots=True)
class Row:
    """A line that could be read. `call`, `queue`, `agent` "": none."""

    utc_ms: int
    call: str
    queue: str
    agent: str
    verb: str
    params: tuple[str, ...] = ()

    def seconds(self, place: int) -> int | None:
        """The parameter there (negative: from the end) as milliseconds of a number of seconds; None: none."""
        value = self.number(place)
        return None if value is None else round(1000 * value)

    def number(self, place: int) -> float | None:
        """The parameter there, if it is a number that is not negative."""
        if not -len(self.params) <= place < len(self.params):
            return None
        return _number(self.params[place])


def parsed(line: str) -> Row | None:
    """What a line says; None: it is broken (too few fields, no time, no verb)."""
    fields = line.strip(_LOG_TRASH).rstrip("\r\n").split("|")
    if len(fields) < HEAD_FIELDS:
        return None
    at_s, verb = _number(fields[0]), fields[4].strip()
    if at_s is None or at_s >= LATEST_S or not _is_verb(verb):
        return None
    call, queue, agent = (field.strip() for field in fields[1:4])
    return Row(
        round(1000 * at_s),
        "" if call in NO_CALL else call,
        "" if queue in NOBODY else queue,
        "" if agent in NOBODY else agent,
        verb,
        tuple(fields[HEAD_FIELDS:]),
    )


def written(row: Row, *, fraction: bool = False) -> str:
    """The line as Asterisk writes it: whole seconds, the fifth pipe also without parameters."""
    at_s = f"{row.utc_ms // 1000}.{row.utc_ms % 1000:03}" if fraction else str(row.utc_ms // 1000)
    head = (at_s, *(_plain(one) or "NONE" for one in _named(row)), row.verb)
    return "|".join((*head, "|".join(map(_plain, row.params))))


def _named(row: Row) -> tuple[str, str, str]:
    return row.call, row.queue, row.agent


def _plain(text: str) -> str:
    """Pipes and line ends would begin another field or line."""
    if text.isprintable() and "|" not in text:
        return text
    return "".join("_" if one == "|" or not one.isprintable() else one for one in text)


def _number(text: str) -> float | None:
    if text.isdigit() and text.isascii():
        return float(text)
    text = text.strip()
    if not text or not text.isascii() or text.count(".") > 1:
        return None
    return float(text) if text.replace(".", "").isdigit() else None


@lru_cache(maxsize=1000)
def _is_verb(text: str) -> bool:
    return text.isascii() and text.replace("_", "").isalnum() and not text.isdigit()
