"""Callbacks: promised return calls, from the gesture to the measure (docs/callbacks.md).

The store notes what units tell by itself: `Store.commit` turns `callback`, `st` with cb and `outcome` events
into facts in the same transaction, once each, and names the callbacks it touched in `Commit.callbacks`.
Everything else goes through one CallbackDesk over a Store (of the running logger, for it alone writes):

    from deskunit.callbacks.desk import CallbackDesk      (this module imports nothing)
    from deskunit.callbacks.due import Rules
    from deskunit.callbacks.rows import Row, Summary
    desk = CallbackDesk(store, Rules(calendar, zone, closing_time, inquiry_h))   # desk.rules may be replaced
    desk.due_list(agent_id | None, now_utc_ms, limit) -> [Row]        open ones by due; personal=True unmasks
    desk.get(number, personal=False) -> Row                           with its `history`
    desk.search(text=, status=, kind=, owner=, from_utc_ms=, to_utc_ms=, limit=) -> [Row]    newest first
    desk.write(action, number, by, seen, **values) -> Row             DeskunitError: why not, who and when
    desk.summary(agent_id, now_utc_ms) -> Summary                     what N `due` says
    desk.proposed_repeats(number) -> [Row]                            earlier ones of this caller and subject
    desk.forget_older(days, now_utc_ms) -> [number]                   the retention job

| action | values |
|---|---|
| add | number None; kind, agent (None: by), taken_utc_ms (None: now), any field |
| edit | any field: kinds.PERSONAL, subject, key_account, escalated, repeat_of, agreed_utc_ms |
| attempt | outcome, satisfaction (None: not given yet); attempt: the Attempt.id that this completes |
| close | outcome, satisfaction |
| void, forget | reason |
| assign | to, why |
| agree, escalate, key_account, repeat | agreed_utc_ms; value; value; of (None: it is none) |

`by`: an agent's id or "supervisor". `seen`: Row.seen as the asker had it; None: whatever is there now.
"""
