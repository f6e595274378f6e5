"""The tables, as the queries see them: one shape for SQLite and PostgreSQL.

Migrations make them; a test compares what they made with what stands here. What each column means is
in docs/store.md. Facts: event, gap, quarantine, epoch, callback, callback_fact, correction,
correction_withdrawal. Derived and rebuilt at will: interval, the folds, callback_now.
"""

from sqlalchemy import BigInteger, Column, ForeignKey, Index, Integer, MetaData, Table, Text, text

metadata = MetaData()

migration = Table(
    "migration",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("title", Text, nullable=False),
    Column("applied_utc_ms", BigInteger, nullable=False),
)

unit = Table(
    "unit",
    metadata,
    Column("uid", Text, primary_key=True),
    Column("seat", Text, nullable=False),
    Column("is_virtual", Integer, nullable=False),
    Column("is_confirmed", Integer, nullable=False),
    Column("first_seen_utc_ms", BigInteger, nullable=False),
    Column("fold", Text),
    Column("pack_lang", Text),
    Column("pack_version", Text),
    Column("pack_crc", Text),
)

boot = Table(
    "boot",
    metadata,
    Column("uid", Text, ForeignKey("unit.uid"), primary_key=True),
    Column("boot", Text, primary_key=True),
    Column("boot_no", Integer, nullable=False),
    Column("fw", Text, nullable=False),
    Column("reset_cause", Text, nullable=False),
    Column("first_seen_utc_ms", BigInteger, nullable=False),
    Column("last_ms", BigInteger, nullable=False),
    Column("known_ms", BigInteger, nullable=False),
    Column("heard_utc_ms", BigInteger, nullable=False),
    Column("heard_state", Text),
    Column("heard_seq", Integer, nullable=False),
    Column("silent_utc_ms", BigInteger),
    Column("synced_ms", BigInteger, nullable=False),
    Column("fold", Text),
)

epoch = Table(
    "epoch",
    metadata,
    Column("uid", Text, primary_key=True),
    Column("boot", Text, primary_key=True),
    Column("from_ms", BigInteger, primary_key=True, autoincrement=False),
    Column("offset_ms", BigInteger, nullable=False),
    Column("slope_ppb", Integer, nullable=False),
    Column("error_ms", BigInteger, nullable=False),
    Column("set_utc_ms", BigInteger, nullable=False),
    Column("at_ms", BigInteger, nullable=False),
    Column("drift_ppb", Integer, nullable=False),
    Column("quality", Text, nullable=False),
)

event = Table(
    "event",
    metadata,
    Column("uid", Text, primary_key=True),
    Column("boot", Text, primary_key=True),
    Column("seq", Integer, primary_key=True, autoincrement=False),
    Column("ms", BigInteger, nullable=False),
    Column("kind", Text, nullable=False),
    Column("line", Text, nullable=False),
    Column("received_utc_ms", BigInteger, nullable=False),
)

gap = Table(
    "gap",
    metadata,
    Column("uid", Text, primary_key=True),
    Column("boot", Text, primary_key=True),
    Column("first", Integer, primary_key=True, autoincrement=False),
    Column("last", Integer, nullable=False),
    Column("why", Text, nullable=False),
    Column("declared_utc_ms", BigInteger, nullable=False),
)

quarantine = Table(
    "quarantine",
    metadata,
    Column("uid", Text, primary_key=True),
    Column("boot", Text, primary_key=True),
    Column("seq", Integer, primary_key=True, autoincrement=False),
    Column("line", Text, primary_key=True),
    Column("received_utc_ms", BigInteger, nullable=False),
)

interval = Table(
    "interval",
    metadata,
    Column("row_id", Text, primary_key=True),
    Column("uid", Text, nullable=False),
    Column("boot", Text, nullable=False),
    Column("seq", Integer, nullable=False),
    Column("state", Text, nullable=False),
    Column("start_ms", BigInteger, nullable=False),
    Column("start_utc_ms", BigInteger, nullable=False),
    Column("cause", Text, nullable=False),
    Column("end_utc_ms", BigInteger),
    Column("duration_ms", BigInteger),
    Column("reason_code", Integer),
    Column("agent_id", Text),
    Column("sign_in", Text),
    Column("call_no", Integer),
    Column("hold_no", Integer),
    Column("not_taken", Integer, nullable=False),
    Column("resumed", Integer, nullable=False),
    Column("end_inferred", Integer, nullable=False),
    Column("time_error_ms", BigInteger, nullable=False),
    Column("time_quality", Text, nullable=False),
    Index("interval_by_start", "start_utc_ms"),
    Index("interval_by_unit", "uid", "start_utc_ms"),
    Index("interval_by_agent", "agent_id", "start_utc_ms"),
    Index("interval_open", "uid", sqlite_where=text("end_utc_ms IS NULL")),
)

agent = Table(
    "agent",
    metadata,
    Column("id", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("team", Text, nullable=False),
    Column("level", Text, nullable=False),
    Column("seat", Text, nullable=False),
    Column("is_listed", Integer, nullable=False),
)

callback = Table(
    "callback",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("uid", Text),
    Column("boot", Text),
    Column("seq", Integer),
    Column("kind", Text, nullable=False),
    Column("taken_utc_ms", BigInteger, nullable=False),
    Column("taken_error_ms", BigInteger, nullable=False),
    Column("agent_id", Text, nullable=False),
    Column("call_no", Integer),
    Column("call_key", Text),
    Column("created_utc_ms", BigInteger, nullable=False),
    Column("created_by", Text, nullable=False),
    Index("callback_by_event", "uid", "boot", "seq", unique=True),
)

callback_fact = Table(
    "callback_fact",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("number", Integer, ForeignKey("callback.number"), nullable=False),
    Column("at_utc_ms", BigInteger, nullable=False),
    Column("by_agent", Text, nullable=False),
    Column("what", Text, nullable=False),
    Column("body", Text, nullable=False),
    Index("callback_fact_by_number", "number", "id"),
)

callback_person = Table(
    "callback_person",
    metadata,
    Column(
        "fact_id", Integer, ForeignKey("callback_fact.id"), primary_key=True, autoincrement=False
    ),
    Column("field", Text, primary_key=True),
    Column("number", Integer, nullable=False),
    Column("value", Text, nullable=False),
    Column("digits", Text),
    Index("callback_person_by_digits", "digits"),
    Index("callback_person_by_number", "number"),
)

callback_now = Table(
    "callback_now",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("kind", Text, nullable=False),
    Column("status", Text, nullable=False),
    Column("owner", Text, nullable=False),
    Column("promise", Text, nullable=False),
    Column("sort_utc_ms", BigInteger, nullable=False),
    Column("taken_utc_ms", BigInteger, nullable=False),
    Column("ended_utc_ms", BigInteger),
    Column("is_forgotten", Integer, nullable=False),
    Column("subject", Text, nullable=False),
    Column("state", Text, nullable=False),
    Index("callback_now_by_due", "status", "promise", "sort_utc_ms"),
    Index("callback_now_by_owner", "owner", "status", "promise", "sort_utc_ms"),
    Index("callback_now_by_taken", "taken_utc_ms"),
    Index("callback_now_by_end", "is_forgotten", "ended_utc_ms"),
)

correction = Table(
    "correction",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("uid", Text, ForeignKey("unit.uid"), nullable=False),
    Column("start_utc_ms", BigInteger, nullable=False),
    Column("end_utc_ms", BigInteger, nullable=False),
    Column("author", Text, nullable=False),
    Column("why", Text, nullable=False),
    Column("at_utc_ms", BigInteger, nullable=False),
    Column("state", Text),
    Column("reason_code", Integer),
    Column("agent_id", Text),
    Column("sign_in", Text, nullable=False),
    Column("beneath", Text, nullable=False),
    Index("correction_by_end", "end_utc_ms"),
    Index("correction_by_unit", "uid", "end_utc_ms"),
)

correction_withdrawal = Table(
    "correction_withdrawal",
    metadata,
    Column(
        "number", Integer, ForeignKey("correction.number"), primary_key=True, autoincrement=False
    ),
    Column("author", Text, nullable=False),
    Column("why", Text, nullable=False),
    Column("at_utc_ms", BigInteger, nullable=False),
)
