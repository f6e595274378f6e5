"""Exports: what stands in each column, what is clipped, what a spreadsheet gets, what is refused."""

import csv
import dataclasses
import hashlib
import io
import json
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from deskunit import exports
from deskunit.agents import Agent
from deskunit.errors import DeskunitError
from deskunit.exports import Typed, csv_file, rows
from deskunit.exports.options import Options
from deskunit.exports.states_table import COLUMNS
from deskunit.exports.table import columns
from deskunit.exports.times import hms
from deskunit.state_log.query import query
from deskunit.store import Store, open_store
from paper_unit import event

UID = "a4cf12b3d0e8"
BOOT = "41-9f3c77e1"
# 2026-11-22 09:00:00 in Shanghai
NINE = 1_795_309_200_000
EXPORTED = NINE + 100_000
SHANGHAI = "Asia/Shanghai"
PROMISED = (
    "row_id unit seat agent_id agent_name team start_utc start_local start_offset end_utc end_local "
    "end_offset tz duration_s duration_hms state state_zh reason_code reason reason_zh cause call_no "
    "hold_no end_inferred clipped_start clipped_end boot seq time_error_s time_quality "
    "not_taken part business_date corrected correction_id original_state original_reason_code "
    "original_agent_id"
)
ISSUE_COLUMNS = PROMISED.split(" ")


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """Signed in at 09:00:01, meal from :05, ready :20, talking :30.5, hold :40, still at :50."""
    with open_store(tmp_path / "data", write=True) as store:
        store.remember_unit(UID, virtual=True, now_utc_ms=NINE)
        store.name_unit(UID, "07")
        store.set_agents([Agent("1001", "=王小明", "客服一组")])
        begin(store, UID, BOOT, NINE)
        told: list[tuple[int, str, dict[str, Any]]] = [
            (0, "boot", {"rst": "PWRON", "fw": "1.0"}),
            (1000, "st", {"to": "not_ready", "by": "btn", "rc": 90, "ag": "1001"}),
            (5000, "st", {"to": "not_ready", "by": "btn", "rc": 0, "ag": "1001"}),
            (6000, "rsn", {"of": 3, "rc": 2}),
            (20_000, "st", {"to": "ready", "by": "btn", "ag": "1001"}),
            (30_500, "st", {"to": "talking", "by": "btn", "ag": "1001", "call": 1}),
            (40_000, "st", {"to": "hold", "by": "btn", "ag": "1001", "call": 1, "hold": 1}),
            (50_000, "st", {"to": "talking", "by": "btn", "ag": "1001", "call": 1}),
        ]
        events = [
            event(UID, BOOT, seq, ms, kind, body)
            for seq, (ms, kind, body) in enumerate(told, start=1)
        ]
        store.commit(events, NINE)
        yield store


def begin(store: Store, uid: str, boot: str, offset_ms: int) -> None:
    store.begin_boot(
        uid,
        boot,
        fw="1.0",
        reset_cause="PWRON",
        offset_ms=offset_ms,
        error_ms=3,
        now_utc_ms=NINE,
    )


def export(source: Store | Path, out: Path | str, **asked: Any) -> exports.Export:
    """The state log; `asked`: fields of Typed, Options, and what export_states takes."""
    asked = {"tz": SHANGHAI, "now_utc_ms": EXPORTED} | asked
    typed = {name: asked.pop(name) for name in fields(Typed) if name in asked}
    options = {name: asked.pop(name) for name in fields(Options) if name in asked}
    return exports.export_states(
        source, Typed(**typed), out=out, options=Options(**options), **asked
    )


def fields(of: type) -> list[str]:
    return [one.name for one in dataclasses.fields(of)]


def written(store: Store, out: Path, **asked: Any) -> list[dict[str, str]]:
    """The rows as an independent reader finds them."""
    export(store, out, **asked)
    with out.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def refused(store: Store, out: Path, **asked: Any) -> DeskunitError:
    with pytest.raises(DeskunitError) as caught:
        export(store, out, **asked)
    assert caught.value.sentence("zh") and caught.value.sentence("en")
    assert caught.value.exit_code != 0
    return caught.value


def test_the_columns_are_those_promised_in_that_order(store: Store, tmp_path: Path) -> None:
    assert [column.name for column in COLUMNS] == ISSUE_COLUMNS
    assert list(written(store, tmp_path / "states.csv")[0]) == ISSUE_COLUMNS


def test_one_row_column_by_column(store: Store, tmp_path: Path) -> None:
    row = written(store, tmp_path / "states.csv")[2]
    assert row == {
        "row_id": f"{UID}-{BOOT}-3",
        "unit": UID,
        "seat": "07",
        "agent_id": "1001",
        "agent_name": "'=王小明",
        "team": "客服一组",
        "start_utc": "2026-11-22T01:00:05.000Z",
        "start_local": "2026-11-22 09:00:05",
        "start_offset": "UTC+08:00",
        "end_utc": "2026-11-22T01:00:20.000Z",
        "end_local": "2026-11-22 09:00:20",
        "end_offset": "UTC+08:00",
        "tz": SHANGHAI,
        "duration_s": "15.000",
        "duration_hms": "0:00:15",
        "state": "not_ready",
        "state_zh": "示忙",
        "reason_code": "2",
        "reason": "meal",
        "reason_zh": "就餐",
        "cause": "button",
        "call_no": "",
        "hold_no": "",
        "end_inferred": "0",
        "clipped_start": "0",
        "clipped_end": "0",
        "boot": BOOT,
        "seq": "3",
        "time_error_s": "0.003",
        "time_quality": "synced",
        "not_taken": "0",
        "part": "1",
        "business_date": "2026-11-22",
        "corrected": "0",
        "correction_id": "",
        "original_state": "",
        "original_reason_code": "",
        "original_agent_id": "",
    }


def test_bytes_as_a_spreadsheet_wants_them(store: Store, tmp_path: Path) -> None:
    out = tmp_path / "states.csv"
    written(store, out)
    raw = out.read_bytes()
    assert raw.startswith(b"\xef\xbb\xbfrow_id,unit,")
    assert raw.count(b"\r\n") == raw.count(b"\n") == 8 and raw.endswith(b"\r\n")
    written(store, out, bom=False)
    assert out.read_bytes() == raw[3:]


def test_an_open_interval_has_no_end_and_lasts_to_the_export(store: Store, tmp_path: Path) -> None:
    row = written(store, tmp_path / "states.csv")[-1]
    assert (row["end_utc"], row["end_local"], row["end_offset"]) == ("", "", "")
    assert (row["duration_s"], row["clipped_end"], row["clipped_start"]) == ("50.000", "1", "0")


def test_a_range_is_half_open_and_cuts_what_crosses_it(store: Store, tmp_path: Path) -> None:
    rows = written(store, tmp_path / "s.csv", from_="2026-11-22 09:00:10", to="2026-11-22 09:00:40")
    assert [
        (
            row["state"],
            row["start_local"][-2:],
            row["end_local"][-2:],
            row["duration_s"],
            row["clipped_start"],
            row["clipped_end"],
        )
        for row in rows
    ] == [
        ("not_ready", "10", "20", "10.000", "1", "0"),
        ("ready", "20", "30", "10.500", "0", "0"),
        ("talking", "30", "40", "9.500", "0", "0"),
    ]


def test_an_open_interval_is_cut_where_the_range_ends(store: Store, tmp_path: Path) -> None:
    row = written(store, tmp_path / "s.csv", from_="2026-11-22 09:00:55", to="2026-11-22T09:01")[0]
    assert (row["end_local"], row["duration_s"]) == ("2026-11-22 09:01:00", "5.000")
    assert (row["clipped_start"], row["clipped_end"]) == ("1", "1")


def test_parts_of_a_range_add_up_to_the_whole(store: Store, tmp_path: Path) -> None:
    def total(from_: str, to: str) -> float:
        rows = written(store, tmp_path / "s.csv", from_=from_, to=to)
        return sum(float(row["duration_s"]) for row in rows)

    cut = "2026-11-22 09:00:33.333"
    first, last = "2026-11-22 09:00", "2026-11-22 09:01"
    assert total(first, cut) + total(cut, last) == pytest.approx(total(first, last)) == 60


def test_a_date_is_its_midnight_in_the_zone(store: Store, tmp_path: Path) -> None:
    assert len(written(store, tmp_path / "s.csv", from_="2026-11-22", to="2026-11-23")) == 7
    assert written(store, tmp_path / "s.csv", to="2026-11-22") == []
    assert written(store, tmp_path / "s.csv", to="2026-11-22", tz="Pacific/Auckland") == []
    assert len(written(store, tmp_path / "s.csv", to="2026-11-22", tz="America/New_York")) == 7


def test_a_zone_with_a_clock_change_tells_the_repeated_hour_apart(tmp_path: Path) -> None:
    before = int(datetime.fromisoformat("2026-10-25T00:30:00+00:00").timestamp() * 1000)
    with open_store(tmp_path / "data", write=True) as store:
        store.remember_unit(UID, virtual=True, now_utc_ms=NINE)
        begin(store, UID, BOOT, before)
        told = [
            event(UID, BOOT, 1, 0, "boot", {"rst": "PWRON", "fw": "1"}),
            event(UID, BOOT, 2, 3_600_000, "st", {"to": "ready", "by": "btn", "ag": "1"}),
        ]
        store.commit(told, before)
        first, second = written(store, tmp_path / "s.csv", tz="Europe/Berlin")
    assert first["start_local"] == second["start_local"] == "2026-10-25 02:30:00"
    assert (first["start_offset"], second["start_offset"]) == ("UTC+02:00", "UTC+01:00")
    assert (first["duration_s"], first["duration_hms"]) == ("3600.000", "1:00:00")


def test_one_agent_or_one_unit(store: Store, tmp_path: Path) -> None:
    begin(store, "b00000000001", "1-aa", NINE)
    store.commit([event("b00000000001", "1-aa", 1, 0, "boot", {"rst": "PWRON"})], NINE)
    store.confirm_unit("b00000000001")
    assert len(written(store, tmp_path / "s.csv")) == 8
    assert {row["agent_id"] for row in written(store, tmp_path / "s.csv", agents=["1001"])} == {
        "1001"
    }
    assert len(written(store, tmp_path / "s.csv", units=["b00000000001"])) == 1


def test_unconfirmed_units_stay_out(store: Store, tmp_path: Path) -> None:
    begin(store, "b00000000001", "1-aa", NINE)
    store.commit([event("b00000000001", "1-aa", 1, 0, "boot", {"rst": "PWRON"})], NINE)
    assert {row["unit"] for row in written(store, tmp_path / "s.csv")} == {UID}


def test_unknown_time_has_a_row_of_its_own_with_a_stable_id(store: Store, tmp_path: Path) -> None:
    store.silent(UID, NINE + 90_000)
    talking, unknown = written(store, tmp_path / "s.csv")[-2:]
    assert (talking["end_inferred"], talking["duration_s"]) == ("1", "0.000")
    assert (unknown["row_id"], unknown["state"], unknown["state_zh"], unknown["cause"]) == (
        f"{UID}-{BOOT}-8u", "unknown", "失联", "inferred",
    )  # fmt: skip
    assert unknown["agent_id"] == "1001"


def test_json_lines_keep_the_types(store: Store, tmp_path: Path) -> None:
    out = tmp_path / "states.jsonl"
    export(store, out, fmt="jsonl")
    rows = [json.loads(line) for line in out.read_text("utf-8").splitlines()]
    assert [list(row) for row in rows] == [ISSUE_COLUMNS] * 7
    meal, talking = rows[2], rows[-1]
    assert (meal["duration_s"], meal["reason_code"], meal["call_no"]) == (15.0, 2, None)
    assert meal["agent_name"] == "=王小明"
    assert (talking["end_utc"], talking["clipped_end"], talking["call_no"]) == (None, 1, 1)


def test_the_manifest_says_what_the_file_is(store: Store, tmp_path: Path) -> None:
    out = tmp_path / "states.csv"
    done = export(store, out, from_="2026-11-22", agents=["1001"])
    manifest = json.loads((tmp_path / "states.csv.manifest.json").read_text("utf-8"))
    raw = out.read_bytes()
    assert done.manifest == tmp_path / "states.csv.manifest.json"
    assert manifest["sha256"] == done.sha256 == hashlib.sha256(raw).hexdigest()
    assert (manifest["rows"], manifest["bytes"]) == (done.rows, len(raw)) == (6, done.size_bytes)
    assert (manifest["file"], manifest["tz"]) == ("states.csv", SHANGHAI)
    assert manifest["query"] == {"from": "2026-11-22", "agents": ["1001"]}
    assert manifest["from_utc"] == "2026-11-21T16:00:00.000Z" and manifest["to_utc"] is None
    assert manifest["created_utc"] == "2026-11-22T01:01:40.000Z"
    assert manifest["schema"] == "deskunit.states/3"


def test_standard_output_gets_the_same_bytes(
    store: Store, tmp_path: Path, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    out = tmp_path / "states.csv"
    written(store, out)
    done = export(store, "-")
    assert capfdbinary.readouterr().out == out.read_bytes()
    assert (done.rows, done.file, done.manifest) == (7, None, None)


def test_the_page_gets_the_same_bytes_in_chunks(store: Store, tmp_path: Path) -> None:
    out = tmp_path / "states.csv"
    written(store, out)
    chunks = exports.states_rows(store, query(tz=SHANGHAI), now_utc_ms=EXPORTED)
    assert b"".join(chunks) == out.read_bytes()


def test_a_data_folder_will_do_in_place_of_a_store(store: Store, tmp_path: Path) -> None:
    done = export(tmp_path / "data", tmp_path / "s.csv")
    assert done.rows == 7


def test_progress_is_told_to_the_last_row(store: Store, tmp_path: Path) -> None:
    seen: list[tuple[int, int]] = []
    export(
        store,
        tmp_path / "s.csv",
        progress=lambda done, expected: seen.append((done, expected)),
    )
    assert seen == [(7, 7), (7, 7)]


def test_a_failed_export_leaves_the_old_file(store: Store, tmp_path: Path) -> None:
    out = tmp_path / "s.csv"
    out.write_text("the old one")

    def stop(done: int, expected: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        export(store, out, progress=stop)
    assert out.read_text() == "the old one"
    assert sorted(file.name for file in tmp_path.iterdir()) == ["data", "s.csv"]


@pytest.mark.parametrize(
    ("asked", "key"),
    [
        ({"from_": "2026-11-23", "to": "2026-11-22"}, "range_empty"),
        ({"from_": "2026-11-22", "to": "2026-11-22"}, "range_empty"),
        ({"tz": "Asia/Peking"}, "unknown_zone"),
        ({"tz": "../../etc/passwd"}, "unknown_zone"),
        ({"tz": ""}, "unknown_zone"),
        ({"tz": "Asia"}, "unknown_zone"),
        ({"agents": ["1009"]}, "unknown_agent"),
        ({"teams": ["四组"]}, "unknown_team"),
        ({"units": ["b0"]}, "unknown_unit"),
        ({"states": ["busy"]}, "unknown_state"),
        ({"reasons": ["lunch"]}, "unknown_reason"),
        ({"split": "week"}, "unknown_split"),
        ({"day_start": "25:00"}, "bad_clock"),
        ({"shift": "22:00-06:00"}, "shift_needs_range"),
        ({"shift": "late", "from_": "2026-11-22", "to": "2026-11-23"}, "unknown_shift"),
        ({"shift": "8:00-8:00", "from_": "2026-11-22", "to": "2026-11-23"}, "shift_empty"),
        ({"from_": "yesterday"}, "bad_date"),
        ({"to": "2026-02-30"}, "bad_date"),
        ({"from_": "0001-01-01"}, "bad_date"),
        ({"shift": "8:00-16:00", "from_": "9999-12-30", "to": "9999-12-31"}, "bad_date"),
        ({"fmt": "xls"}, "unknown_format"),
    ],
)
def test_bad_questions_get_a_sentence_and_no_file(
    store: Store, tmp_path: Path, asked: dict[str, Any], key: str
) -> None:
    assert refused(store, tmp_path / "s.csv", **asked).key == key
    assert [file.name for file in tmp_path.iterdir()] == ["data"]


@pytest.mark.parametrize(("language", "known"), [("zh", "2 就餐"), ("en", "2 meal")])
def test_an_unknown_reason_is_told_which_there_are(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, language: str, known: str
) -> None:
    monkeypatch.setenv("DESKUNIT_LANG", language)
    sentence = refused(store, tmp_path / "s.csv", reasons=["lunch"]).sentence(language)
    assert known in sentence and "lunch" in sentence


@pytest.mark.parametrize(
    ("out", "key"),
    [
        ("missing/s.csv", "out_no_folder"),
        ("data", "out_unwritable"),
        ("data/deskunit.db/s.csv", "out_unwritable"),
    ],
)
def test_a_place_that_cannot_be_written_is_a_sentence(
    store: Store, tmp_path: Path, out: str, key: str
) -> None:
    assert refused(store, tmp_path / out).key == key


def in_a_cell(text: str) -> str:
    """The text as a reader of csv gets it back."""
    of_one = rows.table("t", "t/1", columns("note"), [(text,)])
    lines = b"".join(csv_file.chunks(of_one, Options(bom=False))).decode()
    cells: list[list[str]] = list(csv.reader(io.StringIO(lines, newline="")))
    return cells[1][0] if cells[1] else ""


@pytest.mark.parametrize(
    "text", ["=1+1", "+1", "-1", "@A1", "+08:00", "\tx", "\rx", "=cmd|' /C calc'!A0"]
)
def test_formulas_are_made_harmless(text: str) -> None:
    assert in_a_cell(text) == "'" + text


@pytest.mark.parametrize("text", ["", "王=小明", "A-B", "07", "UTC+08:00"])
def test_other_texts_stay_as_they_are(text: str) -> None:
    assert in_a_cell(text) == text


@pytest.mark.parametrize(
    ("duration_ms", "text"),
    [(0, "0:00:00"), (12_345, "0:00:12"), (59_999, "0:00:59"), (90_061_000, "25:01:01")],
)
def test_hours_go_on_beyond_a_day(duration_ms: int, text: str) -> None:
    assert hms(duration_ms) == text


def test_awkward_names_come_back_from_the_file(store: Store, tmp_path: Path) -> None:
    name = 'Ann "A", \n王'
    store.set_agents([Agent("1001", name)])
    assert written(store, tmp_path / "s.csv")[1]["agent_name"] == name


def test_many_rows_come_in_order_and_without_loss(store: Store) -> None:
    many = [
        event(UID, BOOT, seq, 50_000 + seq, "st", {"to": "ready", "by": "btn", "ag": "1001"})
        for seq in range(9, 5000)
    ]
    store.commit(many, NINE)
    chunks = exports.states_rows(store, query(tz=SHANGHAI), now_utc_ms=EXPORTED)
    text = b"".join(chunks).decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text, newline="")))
    assert [int(row["seq"]) for row in rows] == [1, 2, 3, *range(5, 5000)]
