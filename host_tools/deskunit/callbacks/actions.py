"""What each write says: values in, facts out. Pure; desk.py commits them if conflicts.py does not object."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from deskunit.callbacks import fields, kinds
from deskunit.callbacks.fields import Details
from deskunit.callbacks.folding import Callback
from deskunit.errors import DeskunitError

Values = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class News:
    """A fact to be: what happened, and the personal texts that go with it."""

    what: str
    body: Mapping[str, Any]
    personal: Mapping[str, str] = field(default_factory=dict)


def changed(now: Callback, texts: Values, wanted: Details) -> Details:
    """Of the wanted fields those that are otherwise now. `texts`: the personal ones as they are."""
    before = {**texts, "subject": now.subject}
    flags = {"key_account": now.key_account, "escalated": now.escalated}
    others = {"repeat_of": now.repeat_of, "agreed_utc_ms": now.agreed_utc_ms}
    return Details(
        {name: text for name, text in wanted.texts.items() if text != before.get(name, "")},
        {name: flag for name, flag in wanted.flags.items() if flag != flags[name]},
        {name: value for name, value in wanted.others.items() if value != others[name]},
    )


def edited(now: Callback, new: Details) -> list[News]:
    """The facts of fields that change; none when nothing does."""
    personal = {name: text for name, text in new.texts.items() if name in kinds.PERSONAL}
    plain = {name: text for name, text in new.texts.items() if name not in personal}
    found = []
    if personal and now.forgotten is not None:
        raise DeskunitError("callback_forgotten", number=now.number)
    if new.texts:
        body = {"set": plain, "personal": list(personal)}
        found.append(News("fields", body, personal))
    found += [News(name, {"value": value}) for name, value in new.flags.items()]
    if "repeat_of" in new.others:
        found.append(News("repeat", {"of": _repeated(now, new.others["repeat_of"])}))
    if "agreed_utc_ms" in new.others:
        found.append(News("agreed", _agreed(now, new.others["agreed_utc_ms"])))
    return found


def _repeated(now: Callback, of: int | None) -> int | None:
    if of is not None and not 0 < of < now.number:
        raise DeskunitError("callback_repeat_later", exit_code=2, number=now.number, of=of)
    return of


def _agreed(now: Callback, agreed_utc_ms: int | None) -> dict[str, Any]:
    if now.kind != kinds.INQUIRY:
        raise DeskunitError("callback_agreed_kind", exit_code=2, number=now.number)
    if agreed_utc_ms is not None and agreed_utc_ms < now.taken_utc_ms:
        raise DeskunitError("callback_due_before_taken", exit_code=2)
    return {"agreed_utc_ms": agreed_utc_ms}


def attempted(now: Callback, values: Values) -> list[News]:
    """A return call, or how an earlier one ended (`attempt`: its id)."""
    body: dict[str, Any] = {}
    if values.get("outcome") is not None:
        body = _outcome(values, kinds.OUTCOMES)
    of = values.get("attempt")
    if of is None:
        return [News("attempt", body)]
    if of not in {one.id for one in now.attempts if one.outcome == kinds.NOT_GIVEN}:
        raise DeskunitError("callback_attempt_done", exit_code=2, number=now.number)
    return [News("outcome", {"attempt": of, **_outcome(values, kinds.OUTCOMES)})]


def closed(now: Callback, values: Values) -> list[News]:
    if values.get("outcome") == kinds.NO_ANSWER:
        raise DeskunitError("callback_no_answer", exit_code=2)
    return [News("closed", _outcome(values, kinds.CLOSING))]


def _outcome(values: Values, among: tuple[str, ...]) -> dict[str, str]:
    outcome = fields.chosen("outcome", values.get("outcome"), among)
    told = values.get("satisfaction")
    satisfaction = "not_asked" if told is None else told
    fields.chosen("satisfaction", satisfaction, kinds.SATISFACTIONS)
    return {"outcome": outcome, "satisfaction": satisfaction}


def voided(now: Callback, values: Values) -> list[News]:
    return [News("voided", {"reason": fields.needed("reason", values.get("reason"))})]


def assigned(now: Callback, values: Values) -> list[News]:
    why, to = fields.needed("why", values.get("why")), values.get("to")
    if to == now.owner:
        raise DeskunitError("callback_same_owner", exit_code=2, number=now.number, to=to)
    return [News("assigned", {"to": to, "why": why})]


ACTIONS: Mapping[str, Callable[[Callback, Values], list[News]]] = {
    "attempt": attempted,
    "close": closed,
    "void": voided,
    "assign": assigned,
}
AS_EDIT = {  # actions that set one field: the field, and what its value is called
    "agree": ("agreed_utc_ms", "agreed_utc_ms"),
    "escalate": ("escalated", "value"),
    "key_account": ("key_account", "value"),
    "repeat": ("repeat_of", "of"),
}
TAKES = {
    "attempt": {"outcome", "satisfaction", "attempt"},
    "close": {"outcome", "satisfaction"},
    "void": {"reason"},
    "assign": {"to", "why"},
    "forget": {"reason"},
}


def check_names(action: str, values: Values) -> None:
    """DeskunitError: an action that there is not, or a value that it does not take."""
    known = {"add", "edit", *TAKES, *AS_EDIT}
    if action not in known:
        raise DeskunitError("callback_action", exit_code=2, action=action)
    taken = {AS_EDIT[action][1]} if action in AS_EDIT else TAKES.get(action)
    extra = sorted(set(values) - taken) if taken is not None else []
    if extra:
        raise DeskunitError("callback_no_field", exit_code=2, field=extra[0])
