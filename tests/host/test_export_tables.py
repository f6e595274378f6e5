"""The tables of events, calls, holds, sign-ins and intervals; shifts, roles; the commands that write them."""

import csv
import io
import json
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import openpyxl
import pytest
from deskunit import exports, roles
from deskunit.agents import Agent
from deskunit.cli import top
from deskunit.errors import DeskunitError
from deskunit.exports import Asked, Typed, asked
from deskunit.exports.calls_table import calls_table
from deskunit.exports.events_table import events_table
from deskunit.exports.holds_table import holds_table
from deskunit.exports.intervals_table import SHOWN, intervals_table
from deskunit.exports.saving import table_chunks
from deskunit.exports.sign_ins_table import sign_ins_table
from deskunit.exports.states_table import states_table
from deskunit.exports.table import Table
from deskunit.measures import Limits
from deskunit.settings import Viewer
from deskunit.state_log.query import Query
from deskunit.store import Store, open_store
from paper_unit import event

UID, OTHER, BOOT = "a4cf12b3d0e8", "a4cf12b3d0e9", "41-9f3c77e1"
SHANGHAI = "Asia/Shanghai"
LIMITS = Limits()
MINUTE = 60_000


def at(text: str) -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(SHANGHAI)).timestamp() * 1000)


BEGIN = at("2026-11-22 21:50")
NOW = at("2026-11-23 09:00")
# A night: in at 22:00, a call from 22:30 with two holds, ready over midnight, out at 06:00.
NIGHT: list[tuple[str, str, dict[str, Any]]] = [
    ("21:50", "boot", {"rst": "PWRON", "fw": "1.0"}),
    ("22:00", "st", {"to": "not_ready", "by": "btn", "rc": 90, "ag": "1001"}),
    ("22:10", "st", {"to": "ready", "by": "btn", "ag": "1001"}),
    ("22:30", "st", {"to": "talking", "by": "btn", "ag": "1001", "call": 1}),
    ("22:32", "st", {"to": "hold", "by": "btn", "ag": "1001", "call": 1, "hold": 1}),
    ("22:33", "st", {"to": "talking", "by": "btn", "ag": "1001", "call": 1}),
    ("22:34", "st", {"to": "hold", "by": "btn", "ag": "1001", "call": 1, "hold": 2}),
    ("22:37", "st", {"to": "talking", "by": "btn", "ag": "1001", "call": 1}),
    ("22:38", "st", {"to": "wrap_up", "by": "btn", "ag": "1001", "call": 1}),
    ("22:40", "st", {"to": "ready", "by": "btn", "ag": "1001"}),
    ("23:50", "st", {"to": "talking", "by": "btn", "ag": "1001", "call": 2}),
    ("+00:20", "st", {"to": "ready", "by": "btn", "ag": "1001"}),
    ("+06:00", "st", {"to": "signed_out", "by": "btn"}),
]


def told(uid: str, story: list[tuple[str, str, dict[str, Any]]]) -> Iterator[Any]:
    for seq, (clock, kind, body) in enumerate(story, start=1):
        day = "2026-11-23" if clock.startswith("+") else "2026-11-22"
        yield event(uid, BOOT, seq, at(f"{day} {clock.lstrip('+')}") - BEGIN, kind, body)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with open_store(tmp_path / "data", write=True) as store:
        store.set_agents([Agent("1001", "王小明", "夜班组"), Agent("1002", "李晓", "白班组")])
        for uid, seat in ((UID, "07"), (OTHER, "08")):
            store.remember_unit(uid, virtual=True, now_utc_ms=BEGIN)
            store.name_unit(uid, seat)
            store.begin_boot(uid, BOOT, fw="1.0", reset_cause="PWRON", offset_ms=BEGIN,
                             error_ms=3, now_utc_ms=BEGIN)  # fmt: skip
        store.commit(list(told(UID, NIGHT)), BEGIN)
        store.commit(list(told(OTHER, _as("1002", NIGHT[:4]))), BEGIN)
        yield store


def _as(agent: str, story: list[Any]) -> list[Any]:
    return [(at, kind, {**body, "ag": agent} if "ag" in body else body) for at, kind, body in story]


def question(**typed: Any) -> Asked:
    return asked(Typed(**{"tz": SHANGHAI, **typed}))


def rows(make: Callable[[Query], Table], **typed: Any) -> list[dict[str, str]]:
    question_ = question(**typed)
    return read(exports.files.joined(make, question_.windows))


def read(table: Table) -> list[dict[str, str]]:
    text = b"".join(table_chunks(table, "csv")).decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text, newline="")))


# --- calls, holds, sign-ins, intervals -----------------------------------------------------------


def test_a_call_stands_in_the_range_in_which_its_handling_ended(store: Store) -> None:
    def make(query: Query) -> Table:
        return calls_table(store, query, LIMITS, NOW)

    first, running, second = rows(make)
    assert (first["call_no"], first["seat"], first["agent_name"]) == ("1", "07", "王小明")
    spans = ("talk_s", "hold_s", "wrap_up_s", "handle_s", "longest_hold_s")
    assert [first[name] for name in spans] == [
        "240.000", "240.000", "120.000", "600.000", "180.000",
    ]  # fmt: skip
    assert (first["holds"], first["complete"], first["outbound"]) == ("2", "1", "0")
    assert (first["end_local"], first["handle_hms"]) == ("2026-11-22 22:40:00", "0:10:00")
    assert (second["business_date"], second["handle_s"]) == ("2026-11-23", "1800.000")
    assert (running["ending"], running["end_local"], running["seat"]) == ("running", "", "08")
    day = {"from_": "2026-11-22", "to": "2026-11-23"}
    assert [row["call_no"] for row in rows(make, **day)] == ["1"]
    assert [row["call_no"] for row in rows(make, **day, agents=["1002"])] == []
    night = rows(make, day_start="12:00", agents=["1001"])
    assert {row["business_date"] for row in night} == {"2026-11-22"}


def test_holds_have_their_reminders_and_limits(store: Store) -> None:
    reminded = [
        event(UID, BOOT, 14, at("2026-11-23 06:01") - BEGIN, "remind", {"hold": 1}),
    ]
    store.commit(reminded, NOW)
    one, two = rows(lambda query: holds_table(store, query, LIMITS, NOW))
    assert [(row["hold_no"], row["length_s"], row["over_limit"]) for row in (one, two)] == [
        ("1", "60.000", "0"),
        ("2", "180.000", "1"),
    ]
    assert one["call_key"] == f"{UID}-{BOOT}-4" and one["declined"] == "0"
    assert (one["reminders"], one["complete"]) == ("0", "1")


def test_a_sign_in_over_midnight_is_one_row(store: Store) -> None:
    night, day = sorted(
        rows(lambda query: sign_ins_table(store, query, LIMITS, NOW)), key=lambda row: row["seat"]
    )
    assert (night["start_local"], night["end_local"]) == (
        "2026-11-22 22:00:00",
        "2026-11-23 06:00:00",
    )
    assert (night["length_s"], night["length_hms"]) == ("28800.000", "8:00:00")
    assert night["first_ready_local"] == "2026-11-22 22:10:00"
    assert (night["clipped_start"], night["clipped_end"], night["overlap_s"]) == ("0", "0", "0.000")
    assert (day["end_local"], day["clipped_end"]) == ("", "1")


def test_a_sign_in_is_cut_to_the_range(store: Store) -> None:
    (row,) = rows(
        lambda query: sign_ins_table(store, query, LIMITS, NOW),
        agents=["1001"], from_="2026-11-22 23:00", to="2026-11-23 02:00",
    )  # fmt: skip
    assert (row["length_s"], row["clipped_start"], row["clipped_end"]) == ("10800.000", "1", "1")


@pytest.mark.parametrize(
    ("every", "count"), [("day", 2), ("hour", 8), ("30min", 16), ("15min", 32)]
)
def test_the_states_of_an_interval_add_up_to_its_signed_in_time(
    store: Store, every: str, count: int
) -> None:
    found = rows(
        lambda query: intervals_table(store, query, LIMITS, NOW, every=every), agents=["1001"]
    )
    assert len(found) == count
    for row in found:
        states = sum(float(row[f"{state}_s"]) for state in SHOWN)
        assert states == pytest.approx(float(row["signed_in_s"])) and row["difference_s"] == "0.000"
    assert sum(float(row["signed_in_s"]) for row in found) == 8 * 3600
    assert sum(float(row["hold_s"]) for row in found) == 240
    assert sum(int(row["calls_handled"]) for row in found) == 2


# --- events --------------------------------------------------------------------------------------


def test_events_are_all_there_with_their_lines(store: Store) -> None:
    found = rows(lambda query: events_table(store, query))
    assert len(found) == len(NIGHT) + 4
    night = [row for row in found if row["unit"] == UID]
    stored = [one.line for one in store.events(uid=UID)]
    assert [row["line"] for row in night] == stored
    assert json.loads(night[3]["body"]) == NIGHT[3][2]
    assert [row["agent_id"] for row in night] == [""] + ["1001"] * 12
    first = night[1]
    assert (first["at_local"], first["time_error_s"], first["unit_ms"]) == (
        "2026-11-22 22:00:00", "0.003", str(10 * MINUTE),
    )  # fmt: skip


def test_what_was_lost_has_a_row_where_it_was(store: Store) -> None:
    later = event(UID, BOOT, 20, at("2026-11-23 07:00") - BEGIN, "note", {}, True)
    store.commit([later], NOW)
    store.commit([event(UID, BOOT, 2, 5, "st", {"to": "ready", "by": "btn", "ag": "9"})], NOW)
    found = [row for row in rows(lambda query: events_table(store, query)) if row["unit"] == UID]
    kinds = [(row["kind"], row["seq"], row["last_seq"]) for row in found]
    assert kinds[1:3] == [("quarantine", "2", ""), ("st", "2", "")]
    assert kinds[-2:] == [("gap", "14", "19"), ("note", "20", "")]
    gap = found[-2]
    assert (gap["at_utc"], json.loads(gap["body"])["why"]) == ("", "not told")
    only = rows(lambda query: events_table(store, query, kinds=("gap",)))
    assert [row["kind"] for row in only] == ["gap"]
    early = rows(lambda query: events_table(store, query), to="2026-11-22 22:00")
    assert [row["kind"] for row in early] == ["boot", "boot"]


def test_events_of_an_agent_are_known_also_from_before_the_range(store: Store) -> None:
    found = rows(
        lambda query: events_table(store, query), agents=["1001"], from_="2026-11-23 05:00"
    )
    assert [(row["kind"], row["agent_id"]) for row in found] == [("st", "1001")]


# --- shifts --------------------------------------------------------------------------------------


def test_a_shift_is_cut_out_of_every_day_of_the_range(store: Store) -> None:
    def make(query: Query) -> Table:
        return states_table(store, query, NOW)

    found = rows(make, shift="23:00-05:00", from_="2026-11-22", to="2026-11-23", agents=["1001"])
    assert [(row["state"], row["start_local"][11:16], row["end_local"][11:16]) for row in found] == [
        ("ready", "23:00", "23:50"), ("talking", "23:50", "00:20"), ("ready", "00:20", "05:00"),
    ]  # fmt: skip
    assert sum(float(row["duration_s"]) for row in found) == 6 * 3600
    week = question(shift="22:00-6:00", from_="2026-11-20", to="2026-11-27")
    assert len(week.windows) == 7


def test_shifts_follow_the_clock_on_the_wall() -> None:
    night = asked(
        Typed(tz="Europe/Berlin", shift="night", from_="2026-10-24", to="2026-10-26"),
        shifts={"night": "22:00 – 06:00"},
    )
    hours = [
        (one.to_utc_ms - one.from_utc_ms) / 3_600_000
        for one in night.windows
        if one.to_utc_ms and one.from_utc_ms
    ]
    assert hours == [9, 8]


def test_a_shift_that_never_begins_in_the_range_is_said() -> None:
    with pytest.raises(DeskunitError) as caught:
        question(shift="8:00-9:00", from_="2026-11-22 10:00", to="2026-11-22 12:00")
    assert caught.value.key == "shift_not_in_range"


def test_states_and_reasons_may_be_named_in_any_language() -> None:
    query = question(states=["保持", "ready"], reasons=["meal", "就餐", "2", "site_50"]).query
    assert (query.states, query.reasons) == (("hold", "ready"), (2, 2, 2, 50))


# --- roles ---------------------------------------------------------------------------------------


def test_a_supervisor_sees_the_teams_and_an_agent_the_own_log(store: Store) -> None:
    assert roles.scope(Viewer(), store) is None
    assert roles.scope(Viewer(teams=("白班组",)), store) == {"1002"}
    assert roles.scope(Viewer(role="agent", agent="1001"), store) == {"1001"}


@pytest.mark.parametrize("kind", ["states", "events", "calls", "holds", "signins", "intervals"])
def test_every_export_keeps_to_what_may_be_seen(
    store: Store, tmp_path: Path, run: Callable[..., tuple[int, str]], kind: str
) -> None:
    (tmp_path / "data" / "settings.toml").write_text(
        f'[viewer]\nrole = "agent"\nagent = "1001"\n[host]\nzone = "{SHANGHAI}"\n', "utf-8"
    )
    code, _ = run("export", kind, "--out", str(tmp_path / "f.csv"))
    with (tmp_path / "f.csv").open(encoding="utf-8-sig", newline="") as file:
        assert {row["agent_id"] for row in csv.DictReader(file)} == {"1001"} and code == 0
    code, said = run("export", kind, "--agent", "1002", "--out", str(tmp_path / "g.csv"))
    assert code == 2 and "1002" in said and not (tmp_path / "g.csv").exists()
    code, said = run("export", kind, "--team", "白班组", "--out", str(tmp_path / "g.csv"))
    assert code == 2 and "白班组" in said and not (tmp_path / "g.csv").exists()


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ('[viewer]\nrole = "boss"', "viewer.role"),
        ('[viewer]\nrole = "agent"', "viewer.agent"),
        ('[viewer]\nteams = "A"', "viewer.teams"),
        ('[viewer]\nname = "A"', "viewer.name"),
        ('[shifts]\nnight = "22"', "shifts.night"),
        ('[host]\nday_start = "24:00"', "host.day_start"),
    ],
)
def test_a_mistake_in_these_settings_is_one_sentence(
    store: Store, tmp_path: Path, run: Callable[..., tuple[int, str]], text: str, named: str
) -> None:
    (tmp_path / "data" / "settings.toml").write_text(text, "utf-8")
    code, said = run("export", "states")
    assert code == 1 and named in said and said.count("\n") == 1


# --- the commands --------------------------------------------------------------------------------


@pytest.fixture
def run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Callable[..., tuple[int, str]]:
    """Exit code, and what was said to people, or where nothing was: the data."""

    def run(*typed: str) -> tuple[int, str]:
        monkeypatch.setattr("sys.argv", ["deskunit", *typed, "--data", str(tmp_path / "data")])
        with pytest.raises(SystemExit) as ended:
            top.main()
        out, err = capsys.readouterr()
        return int(ended.value.code or 0), err or out

    return run


@pytest.mark.parametrize("fmt", ["csv", "jsonl", "parquet", "xlsx"])
@pytest.mark.parametrize(
    "kind", ["states", "events", "intervals", "calls", "holds", "callbacks", "signins"]
)
def test_every_export_in_every_format(
    store: Store, tmp_path: Path, run: Callable[..., tuple[int, str]], kind: str, fmt: str
) -> None:
    out = tmp_path / f"out.{fmt}"
    code, said = run("export", kind, "--tz", SHANGHAI, "--out", str(out))
    manifest = json.loads((tmp_path / f"out.{fmt}.manifest.json").read_text("utf-8"))
    assert code == 0 and said.count("\n") == 1
    assert (manifest["format"], manifest["schema"].split("/")[0]) == (fmt, f"deskunit.{kind}")
    assert manifest["bytes"] == out.stat().st_size and manifest["tz"] == SHANGHAI
    assert ("sheets" in manifest) == (fmt == "xlsx")
    assert (manifest["rows"] == 0) == (kind == "callbacks")


def test_an_empty_range_is_said_and_still_a_file(
    store: Store, tmp_path: Path, run: Callable[..., tuple[int, str]]
) -> None:
    out = tmp_path / "none.xlsx"
    code, said = run("export", "calls", "--to", "2026-11-01", "--out", str(out))
    assert (code, "Nothing in that range" in said) == (0, True)
    assert openpyxl.load_workbook(out).worksheets[0]["A1"].value == "call_key"


@pytest.mark.parametrize(
    ("typed", "named"),
    [
        (("--from", "2026-11-23", "--to", "2026-11-22"), "2026-11-23"),
        (("--agent", "1009"), "1009"),
        (("--team", "四组"), "四组"),
        (("--unit", "b0"), "b0"),
        (("--tz", "Asia/Peking"), "Peking"),
        (("--from", "2026-02-30"), "2026-02-30"),
        (("--format", "xls"), "xlsx"),
        (("--delimiter", "ab"), "ab"),
        (("--shift", "22:00-06:00"), "--from"),
        (("--format", "xlsx", "--delimiter", ";"), "--delimiter does nothing in the format xlsx"),
        (("--format", "jsonl", "--no-bom"), "--no-bom does nothing in the format jsonl"),
    ],
)
@pytest.mark.parametrize("kind", ["states", "events", "calls", "signins", "callbacks"])
def test_a_wrong_question_is_one_sentence_and_no_file(
    store: Store,
    tmp_path: Path,
    run: Callable[..., tuple[int, str]],
    kind: str,
    typed: tuple[str, ...],
    named: str,
) -> None:
    code, said = run("export", kind, *typed, "--out", str(tmp_path / "f.csv"))
    assert code == 2 and said.count("\n") == 1 and named in said
    assert [file.name for file in tmp_path.iterdir()] == ["data"]


def test_what_is_shown_keeps_to_what_may_be_seen(
    store: Store, tmp_path: Path, run: Callable[..., tuple[int, str]]
) -> None:
    (tmp_path / "data" / "settings.toml").write_text('[viewer]\nteams = ["白班组"]\n', "utf-8")
    for words in (("states",), ("callbacks", "list"), ("script", "use"), ("callbacks", "measures")):
        assert run(*words, "--agent", "1001")[0] == 2
        assert run(*words, "--agent", "1002")[0] == 0
    assert run("script", "use", "--team", "夜班组")[0] == 2
    rows = json.loads(run("states", "--json")[1])
    assert {one["agent_id"] for one in rows} == {"1002"}


@pytest.mark.parametrize(
    ("typed", "named"),
    [
        (("--acw",), "--acw does nothing in the format csv, only in queue_log"),
        (("--queue", "NONE", "--format", "xlsx"), "--queue does nothing in the format xlsx"),
        (
            ("--split", "hour", "--format", "queue_log"),
            "--split does nothing in the format queue_log",
        ),
        (("--no-bom", "--format", "queue_log"), "--no-bom does nothing"),
    ],
)
def test_an_option_of_the_state_log_that_would_do_nothing_is_refused(
    store: Store,
    tmp_path: Path,
    run: Callable[..., tuple[int, str]],
    typed: tuple[str, ...],
    named: str,
) -> None:
    code, said = run("export", "states", *typed, "--out", str(tmp_path / "f.csv"))
    assert code == 2 and said.count("\n") == 1 and named in said
    assert [file.name for file in tmp_path.iterdir()] == ["data"]


def test_the_name_of_another_programs_file_is_refused_unless_the_format_is_said(
    store: Store, tmp_path: Path, run: Callable[..., tuple[int, str]]
) -> None:
    for name in ("f.xls", "f.DOCX", "f.ods", "f.json"):
        code, said = run("export", "calls", "--out", str(tmp_path / name))
        assert code == 2 and ".csv, .xlsx, .parquet, .jsonl" in said and "--format" in said
    assert [file.name for file in tmp_path.iterdir()] == ["data"]
    assert run("export", "calls", "--format", "csv", "--out", str(tmp_path / "f.xls"))[0] == 0
    for name in ("f", "f.txt", "f.v2"):
        assert run("export", "calls", "--out", str(tmp_path / name))[0] == 0
        assert (tmp_path / name).read_bytes().startswith(b"\xef\xbb\xbfcall_key,")


def test_a_unit_is_meant_by_its_uid_or_by_its_seat(
    store: Store, tmp_path: Path, run: Callable[..., tuple[int, str]]
) -> None:
    by_uid, by_seat = (run("export", "states", "--unit", one, "--out", "-") for one in (UID, "07"))
    assert by_uid == by_seat and by_seat[0] == 0
    out = tmp_path / "f.csv"
    assert run("export", "events", "--unit", "07", "--unit", OTHER, "--out", str(out))[0] == 0
    query = json.loads((tmp_path / "f.csv.manifest.json").read_text("utf-8"))["query"]
    assert query["units"] == [UID, OTHER]
    store.name_unit(OTHER, "07")
    code, said = run("export", "states", "--unit", "07")
    assert code == 2 and "Several units have the seat 07" in said


def test_an_unknown_kind_of_event_is_refused_and_one_of_a_newer_unit_is_not(
    store: Store, tmp_path: Path, run: Callable[..., tuple[int, str]]
) -> None:
    asked = ("export", "events", "--out", str(tmp_path / "f.csv"), "--kind")
    code, said = run(*asked, "glow")
    assert code == 2 and "no kind of event glow" in said and "remind, spoke" in said
    assert [file.name for file in tmp_path.iterdir()] == ["data"]
    assert all(run(*asked, kind)[0] == 0 for kind in ("stuck", "gap", "quarantine"))
    store.commit([event(UID, BOOT, len(NIGHT) + 1, 1000, "glow", {})], BEGIN)
    code, said = run(*asked, "glow")
    assert code == 0 and "rows 1," in said


def test_how_many_rows_is_said_the_same_of_one_and_of_many(
    store: Store, tmp_path: Path, run: Callable[..., tuple[int, str]]
) -> None:
    agent = ("export", "signins", "--agent", "1001")
    assert "rows 1," in run(*agent, "--out", str(tmp_path / "f.csv"))[1]
    assert run(*agent)[1].endswith("Rows 1.\n")


def test_the_query_in_a_manifest_is_what_was_asked(
    store: Store, tmp_path: Path, run: Callable[..., tuple[int, str]]
) -> None:
    assert run("export", "states", "--out", str(tmp_path / "f.csv"))[0] == 0
    assert json.loads((tmp_path / "f.csv.manifest.json").read_text("utf-8"))["query"] == {}
