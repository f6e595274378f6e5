"""What code says and what docs/ say: every frame, key, event, setting and request has its line."""

import re
from pathlib import Path

import msgspec
import pytest
from deskunit import setting_ranges, transfer, wire, words
from deskunit.callbacks import exporting, kinds, measures
from deskunit.callbacks.folding import STEPS
from deskunit.exports import (
    calls_table,
    events_table,
    holds_table,
    intervals_table,
    sign_ins_table,
    states_table,
)
from deskunit.exports.meanings import meaning, split
from deskunit.exports.table import Column
from deskunit.measures import FAMILIES, MEASURES, words_of
from deskunit.queue_log.telling import COLUMNS as differences
from deskunit.queue_log.visits import STEPS as STEPS_OF_VISITS
from deskunit.scripts import encoding
from deskunit.scripts.conditions import AGENT, DAYS, LEVELS
from deskunit.scripts.filling import ON_UNIT
from deskunit.scripts.library import STATE_NAMES
from deskunit.scripts.scenario import CALLBACKS, CALLERS, KINDS
from deskunit.scripts.texts import load
from deskunit.setting_ranges import QUEUE_LOG

ROOT = Path(__file__).parents[1]
PROTOCOL = (ROOT / "docs" / "protocol.md").read_text("utf-8")
UNIT = ROOT / "firmware" / "unit"
EXPORTS = {
    "states": states_table.COLUMNS,
    "events": events_table.COLUMNS,
    "intervals": intervals_table.COLUMNS,
    "calls": calls_table.COLUMNS,
    "holds": holds_table.COLUMNS,
    "signins": sign_ins_table.COLUMNS,
}
FRAMES = (*wire.FromUnit.__args__, *wire.ToUnit.__args__)
# how an event comes about in the firmware: log(at_ms, "kind", …), add(0, "boot", …), note(now_ms, "kind", …)
EVENT = re.compile(r'(?:log|add|note)\(\s*(?:at_ms|now_ms|0),\s*"([a-z_]+)"')


def firmware(name: str) -> str:
    return (UNIT / name).read_text("utf-8")


def event_kinds() -> set[str]:
    found = {kind for file in UNIT.glob("*.py") for kind in EVENT.findall(file.read_text("utf-8"))}
    assert len(found) > 15
    return found


@pytest.mark.parametrize("frame", FRAMES, ids=lambda frame: frame.__name__)
def test_every_frame_has_its_row(frame: type[msgspec.Struct]) -> None:
    letter = frame.__struct_config__.tag
    assert re.search(rf"^\| `{letter}` \|", PROTOCOL, re.MULTILINE), letter


@pytest.mark.parametrize("kind", sorted(event_kinds()))
def test_every_event_has_its_row(kind: str) -> None:
    assert re.search(rf"^\| `{kind}` \|", PROTOCOL, re.MULTILINE)


def test_the_kinds_that_an_export_takes_are_those_of_the_protocol() -> None:
    rows = PROTOCOL.split("| kind | body | meaning |", 1)[1].split("\n\n", 1)[0]
    assert set(re.findall(r"^\| `(\w+)` \|", rows, re.MULTILINE)) == set(events_table.KINDS)
    assert event_kinds() <= set(events_table.KINDS)


@pytest.mark.parametrize("struct", [wire.About, wire.Status], ids=lambda one: one.__name__)
def test_every_key_of_h_is_named(struct: type[msgspec.Struct]) -> None:
    missing = [name for name in struct.__struct_fields__ if f"`{name}`" not in PROTOCOL]
    assert not missing


def test_every_request_and_context_variable_has_its_row() -> None:
    words = ["flush", *re.findall(r'"([a-z_0-9]+)": "(?:repl|soft)"', firmware("recorder.py"))]
    words += re.findall(r'name == "([a-z_]+)"', firmware("context.py"))
    words += ["leave", "off_s", "held_s"]
    assert {"repl", "reset", "safe", "roster", "seat", "lang"} <= set(words)
    missing = [w for w in words if not re.search(rf"^\| `{w}` \|", PROTOCOL, re.MULTILINE)]
    assert not missing


def test_every_setting_has_its_row_with_default_and_range() -> None:
    rows = re.findall(r"^([a-z_]+) (\d+) (\d+) (\d+)$", firmware("settings.py"), re.MULTILINE)
    assert len(rows) >= 10
    for name, default, low, high in rows:
        assert f"| `{name}` | {default} | {low}–{high} |" in PROTOCOL


def test_what_the_protocol_says_of_time_and_size_is_what_the_code_does() -> None:
    for file, constant, value, sentence in (
        ("journal.py", "_FLUSH_MS", 250, "not acknowledged for 250 ms"),
        ("link.py", "_SILENCE_MS", 12000, "12 s without a valid frame"),
        ("link.py", "_HELLO_MS", 2000, "every 2 s"),
        ("window.py", "_FIRST_WAIT_MS", 300, "back after 300 ms"),
        ("window.py", "_LONGEST_WAIT_MS", 4000, "doubling to 4 s"),
        ("window.py", "_BACK_MS", 80, "at most every 80 ms"),
        ("segments.py", "_MAX_BYTES", 768 * 1024, "Beyond 768 KB"),
        ("segments.py", "_RESERVE", 64 * 1024, "less than 64 KB"),
        ("segments.py", "_FILE_BYTES", 16 * 1024, "begun at 16 KB"),
        ("starts.py", "_LIVED_MS", 30000, "did not live 30 s"),
        ("incoming.py", "_BLOCK", 4096, "at 4 096 bytes"),
        ("part.py", "_RESERVE", 72 * 1024, "72 KB are the journal's"),
        ("incoming.py", "_KEEP_MS", 60000, "A minute without P or D"),
    ):
        assert f"{constant} = const({value})" in firmware(file), constant
        assert sentence in PROTOCOL, sentence


@pytest.mark.parametrize("half", ["## 中文", "## English"])
def test_the_authoring_guide_names_every_kind_condition_and_variable(half: str) -> None:
    guide = (ROOT / "docs" / "scripts.md").read_text("utf-8")
    part = guide[guide.index(half) :].split("## English" if half == "## 中文" else "\0")[0]
    for known in (KINDS, CALLERS, CALLBACKS, DAYS, LEVELS, AGENT):
        assert [one for one in known if one not in part] == []
    assert [one for one in ON_UNIT if f"{{{one}}}" not in part] == []


def test_the_format_of_the_pack_names_every_state_and_wish() -> None:
    text = (ROOT / "docs" / "pack.md").read_text("utf-8")
    wishes = [key.partition(".")[2] for key in load("zh") if key.startswith("wish.")]
    assert len(wishes) >= 9
    assert [one for one in (*STATE_NAMES, *wishes) if one not in text] == []


def test_what_a_unit_says_of_a_pack_is_in_the_protocol() -> None:
    code = firmware("incoming.py") + firmware("part.py")
    said = re.findall(r'(?:self\._end\(0, |return |_FORGOTTEN = const\()"([a-z][^"]{5,})"', code)
    assert len(said) >= 8
    spoken = PROTOCOL.replace("\n", " ")
    for text in said:
        first = text.split("%")[0].rstrip(" :,")
        assert first in spoken, text


def test_both_readers_on_the_unit_and_the_host_mean_one_format() -> None:
    assert f"_FORMAT = const({encoding.VERSION})" in firmware("part.py")
    assert f"_VERSION = const({encoding.VERSION})" in firmware("pack.py")


def test_the_hosts_pace_of_a_pack_is_in_the_protocol() -> None:
    for value in (
        f"at most {transfer.PIECE_BYTES}:",
        f"after {transfer.FIRST_WAIT_MS} ms, doubling to {transfer.LONGEST_WAIT_MS} ms",
        f"after {transfer.TRIES} answers or silences",
    ):
        assert value in PROTOCOL, value


def test_the_guide_to_callbacks_names_every_column_kind_and_measure() -> None:
    guide = (ROOT / "docs" / "callbacks.md").read_text("utf-8")
    zh, en = guide.split("## English")
    assert [kind for kind in kinds.KINDS for half in (zh, en) if f"`{kind}`" not in half] == []
    assert [name for name in measures.MEASURES if f"`{name}`" not in en] == []
    parts = tuple(f"_{part}" for part in ("utc", "local", "offset"))
    plain = {one.name for one in exporting.COLUMNS if not one.name.endswith(parts)}
    columns = set(re.findall(r"\w+", en[en.index("### Columns") :]))
    assert plain - columns == set() and set(exporting.TIMES) <= columns


def test_the_guide_to_the_queue_log_names_every_verb_and_column() -> None:
    en = (ROOT / "docs" / "queue_log.md").read_text("utf-8").split("## English")[1]
    assert len(STEPS_OF_VISITS) > 12
    assert [verb for verb in STEPS_OF_VISITS if verb not in en] == []
    named = set(re.findall(r"\w+", en[en.index("Columns of `--out`") :]))
    assert {column.split(":")[0] for column in differences.split()} - named == set()
    settings_of_host = (ROOT / "host_tools" / "README.md").read_text("utf-8")
    for name, (default, low, high) in QUEUE_LOG.items():
        row = rf"^{name} = {default} .*{low}–{high}$"
        assert re.search(row, settings_of_host, re.MULTILINE), name


@pytest.mark.parametrize(("language", "half"), [("zh", "## 中文"), ("en", "## English")])
@pytest.mark.parametrize("name", EXPORTS)
def test_the_guide_to_exports_says_of_every_column_what_the_workbook_says(
    name: str, language: str, half: str
) -> None:
    guide = (ROOT / "docs" / "exports.md").read_text("utf-8")
    part = guide[guide.index(f"\n{half}\n") :].split("\n## English\n")[half == "## English"]
    rows = re.findall(r"^\| (`[a-z_`, ]+`) \| (.+) \|$", part, re.MULTILINE)
    said = {column: meant for names, meant in rows for column in re.findall(r"\w+", names)}
    columns = [column.name for column in EXPORTS[name]]
    assert {one: said.get(one) for one in columns} == {
        one: words.text(f"column.{split(one)[0]}", language) for one in columns
    }
    assert f"`export {name}`" in part


@pytest.mark.parametrize("column", exporting.COLUMNS, ids=lambda column: column.name)
def test_every_column_of_callbacks_has_its_meaning(column: Column) -> None:
    assert meaning(column.name, "zh") and meaning(column.name, "en")


def test_the_store_says_what_each_fact_about_a_callback_is() -> None:
    text = (ROOT / "docs" / "store.md").read_text("utf-8")
    assert len(STEPS) > 10
    assert [
        what for what in STEPS if not re.search(rf"^\| .*`{what}`.* \|", text, re.MULTILINE)
    ] == []


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_guide_to_measures_has_every_measure_in_the_words_of_the_reports(language: str) -> None:
    guide = (ROOT / "docs" / "measures.md").read_text("utf-8")
    part = guide.split("## English")[0 if language == "zh" else 1]
    for key in (*MEASURES, *FAMILIES):
        told = words_of(key, language)
        row = f"| `{key}` | {told.name} | {told.formula} | {told.unit} | {told.source} |"
        assert row in part, row
    rows = set(re.findall(r"^\| `(\w+)` \|", part, re.MULTILINE))
    assert rows == {*MEASURES, *FAMILIES, *setting_ranges.MEASURES}


@pytest.mark.parametrize("file", ["docs/measures.md", "host_tools/README.md"])
def test_every_setting_of_the_measures_is_named_with_its_default(file: str) -> None:
    text = (ROOT / file).read_text("utf-8")
    for name, one in setting_ranges.MEASURES.items():
        assert re.search(rf"`?{name}`? [|=] {one.default}\b", text), name


def test_every_target_of_the_measures_has_its_line() -> None:
    text = (ROOT / "host_tools" / "README.md").read_text("utf-8")
    section = text[text.index("[measures.targets]") :].split("```")[0]
    assert set(re.findall(r"^(\w+) = ", section, re.MULTILINE)) == {*setting_ranges.MEASURE_TARGETS}
