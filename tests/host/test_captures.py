"""A capture's text, its print-out, and its replay: what was heard then is stored as it was then."""

import json
import random
from pathlib import Path

import pytest
from byte_unit import BOOT, UID, UTC_MS, event, frame, hello
from deskunit import wire
from deskunit.captures import lines
from deskunit.captures.decoding import items
from deskunit.captures.lines import CLOSED, OPENED, Chunk, Direction, Header, Joiner
from deskunit.captures.printing import printed
from deskunit.captures.reading import Capture
from deskunit.captures.replaying import Replayed, replay, ticks
from deskunit.captures.survey import NOBODY, survey
from deskunit.cli.options import word
from deskunit.errors import DeskunitError
from deskunit.store import Store, open_store

ROOT = Path(__file__).parents[2]
Said = tuple[int, Direction, bytes]
START = Header("/dev/ttyUSB0", UTC_MS, 500_000)


def write(folder: Path, *said: Said, header: Header = START) -> Path:
    file = folder / "some.cap"
    chunks = [lines.chunk_line(Chunk(*one)) for one in said]
    file.write_text("\n".join([lines.header_line(header), *chunks]) + "\n", "ascii")
    return file


def replayed(file: Path, folder: Path, uid: str = NOBODY) -> tuple[Replayed, Store]:
    capture = Capture(file)
    with open_store(folder, write=True) as store:
        done = replay(capture, survey(items(capture.chunks()), uid), store)
    return done, open_store(folder, write=False)


def asked(*frames: wire.ToUnit) -> bytes:
    return b"".join(map(wire.encode, frames))


def session(at_ms: int = 0) -> list[Said]:
    """A hello, an opening and twelve probes, as they pass on a cable."""
    said: list[Said] = [
        (at_ms, "<", hello(up=1_000)),
        (at_ms + 1, ">", asked(wire.Open(1, "5be0c211", "pc-test"))),
        (at_ms + 3, "<", hello(up=1_003)),
    ]
    for n in range(12):
        said.append((at_ms + 10 + 4 * n, ">", asked(wire.Probe(n))))
        unit_ms = 1_012 + 4 * n
        said.append((at_ms + 14 + 4 * n, "<", frame("t", n, unit_ms, unit_ms)))
    return said


# --- the text ----------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(5))
def test_every_byte_comes_back_and_stays_on_its_line(seed: int) -> None:
    chance = random.Random(seed)
    for data in [bytes(range(256)), b"\\x1e", b"\\", *map(chance.randbytes, range(60))]:
        chunk = Chunk(chance.randrange(10**9), chance.choice("<>!"), data)
        line = lines.chunk_line(chunk)
        assert line.isascii() and line.isprintable()
        assert lines.parse_chunk(line) == chunk


def test_frames_can_be_found_by_grep() -> None:
    line = lines.chunk_line(Chunk(7, "<", event(1)))
    assert line.startswith('7 < \\x1e["E",0,"41-9f3c77e1",1,1001,"more",{"call":1,"s":30}]*')


def test_header_comes_back() -> None:
    header = Header('COM3 "x" 李', 1_790_000_000_123, 77, UID)
    assert lines.parse_header(lines.header_line(header)) == header
    assert '"utc": "2026-09-21T' in lines.header_line(header)


def test_pieces_become_the_lines_of_the_wire_at_the_time_of_their_end() -> None:
    joiner = Joiner()
    first, second = event(1), event(2)
    got = list(joiner.add(10, "<", first[:9]))
    got += joiner.add(11, ">", b"\x1eT")
    got += joiner.add(12, "<", first[9:] + second + b">>> ")
    got += joiner.rest()
    assert got == [
        Chunk(12, "<", first), Chunk(12, "<", second), Chunk(12, "<", b">>> "),
        Chunk(12, ">", b"\x1eT"),
    ]  # fmt: skip
    assert list(joiner.rest()) == []


def test_flood_without_line_ends_is_cut_and_nothing_is_lost() -> None:
    joiner = Joiner()
    flood = random.Random(1).randbytes(20_000).replace(b"\n", b"")
    got = [one for n in range(0, len(flood), 300) for one in joiner.add(n, "<", flood[n : n + 300])]
    got += joiner.rest()
    assert b"".join(one.data for one in got) == flood
    assert max(len(one.data) for one in got) < 2 * lines.CHUNK_LIMIT_BYTES


def test_line_of_the_longest_chunk_can_be_read(tmp_path: Path) -> None:
    data = b"\xff" * (2 * lines.CHUNK_LIMIT_BYTES - 1)
    (chunk,) = Capture(write(tmp_path, (10**9, "<", data))).chunks()
    assert chunk.data == data


@pytest.mark.parametrize(
    ("text", "key", "line"),
    [
        ("deskunit-capture 1 {}\n", "capture_header", 1),
        ("deskunit-capture 1 [1]\n", "capture_header", 1),
        ("deskunit-capture one\n", "capture_header", 1),
        ("deskunit-capture 2 {}\n", "capture_version", 1),
        ("H5 < a\nsomething\n", "capture_chunk", 3),
        ("H5 = a\n", "capture_chunk", 2),
        ("H5 < \\q\n", "capture_chunk", 2),
        ("H5 < \\x1\n", "capture_chunk", 2),
        ("H-5 < a\n", "capture_chunk", 2),
        ("H5 < 李\n", "capture_chunk", 2),
        ("H5 < a\n\n", "capture_chunk", 3),
        ("H5 < a\n4 < a\n", "capture_backwards", 3),
        (f"H5 < {'a' * 99_999}\n", "capture_chunk", 2),
    ],
)
def test_malformed_line_is_named_and_nothing_is_made(
    tmp_path: Path, text: str, key: str, line: int
) -> None:
    file = tmp_path / "some.cap"
    file.write_text(text.replace("H", lines.header_line(START) + "\n", 1), "utf-8")
    with pytest.raises(DeskunitError) as caught:
        list(Capture(file).chunks())
    assert (caught.value.key, caught.value.values["line"]) == (key, line)
    assert str(line) in caught.value.sentence("zh")


def test_absent_file_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(DeskunitError) as caught:
        Capture(tmp_path / "none.cap")
    assert caught.value.key == "capture_unreadable"


def test_last_line_of_a_killed_recording_is_left_out_wherever_it_was_cut(tmp_path: Path) -> None:
    file = write(tmp_path, (5, "<", event(1)), (6, "<", event(2)))
    whole = file.read_bytes()
    second = whole.index(b"\n6 <") + 1
    for end in range(second, len(whole) + 1):
        file.write_bytes(whole[:end])
        capture = Capture(file)
        got = list(capture.chunks())
        assert len(got) == (2 if end == len(whole) else 1)
        assert capture.cut_off == (second < end < len(whole))


# --- the print-out -----------------------------------------------------------------------------


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_frame_has_a_line_and_no_control_characters(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, language: str
) -> None:
    monkeypatch.setenv("DESKUNIT_LANG", language)
    vectors = json.loads((ROOT / "tests" / "vectors" / "frames.json").read_text("utf-8"))
    data = [wire.framed(one["payload"].encode()) for one in vectors["frames"]]
    said: list[Said] = [(n, "<", one) for n, one in enumerate(data)]
    said += [(n + len(data), ">", one) for n, one in enumerate(data)]
    said += [(9_999, "<", b"\x1b[2J\x07prompt\n"), (9_999, "!", OPENED), (9_999, "<", b"\x1e[")]
    shown = [printed(one, word) for one in items(Capture(write(tmp_path, *said)).chunks())]
    assert all(one.isprintable() for one in shown)
    tags = {one[11:14] for one in shown}
    assert {f"< {tag}" for tag in "HEXthrL"} | {f"> {tag}" for tag in "SATUKNR"} <= tags
    assert shown[-1].endswith("[") and " ? " in shown[-1]


# --- the replay --------------------------------------------------------------------------------


def test_recorded_session_is_stored_at_its_recorded_time(tmp_path: Path) -> None:
    ready = frame("E", 1, BOOT, 1, 1_150, "st", {"to": "ready", "by": "btn", "ag": "1001"})
    file = write(tmp_path, *session(), (200, "<", ready), (300, "<", event(2)))
    done, store = replayed(file, tmp_path / "new")
    assert (done.events, done.gaps, done.quarantined, done.uids) == (2, 0, 0, (UID,))
    assert (done.counts.frames, done.counts.sent, done.counts.bad) == (16, 13, 0)
    # the probes say: unit ms 1012 at capture ms 12, halfway between question and answer
    (interval,) = store.intervals()
    assert abs(interval.start_utc_ms - (UTC_MS + 150)) <= 3
    assert store.units()[0].first_seen_utc_ms < UTC_MS + 1_000


def test_replayed_twice_is_stored_once(tmp_path: Path) -> None:
    file = write(tmp_path, *session(), (200, "<", event(1, flags=1)))
    replayed(file, tmp_path / "new")
    done, store = replayed(file, tmp_path / "new")
    assert (done.events, done.uids) == (0, ()) and len(list(store.events())) == 1


def test_events_before_the_session_was_seen_open_are_not_lost(tmp_path: Path) -> None:
    file = write(tmp_path, (0, "<", event(7)), (5, "<", event(8)), *session(1_000),
                 (2_000, "<", event(9)))  # fmt: skip
    done, store = replayed(file, tmp_path / "new")
    assert [one.seq for one in store.events(uid=UID)] == [7, 8, 9]
    assert [(one.first, one.last) for one in store.gaps()] == [(1, 6)] and done.gaps == 1


def test_one_direction_alone_gives_its_events(tmp_path: Path) -> None:
    only = [one for one in session() if one[1] == "<"]
    file = write(tmp_path, *only, (200, "<", event(1, flags=1)), (300, "<", event(2)))
    done, store = replayed(file, tmp_path / "new")
    assert [one.seq for one in store.events(uid=UID)] == [1, 2] and done.counts.sent == 0


def test_unit_that_never_introduced_itself_gets_the_uid_that_is_given(tmp_path: Path) -> None:
    file = write(tmp_path, (0, "<", event(1)), (9, "<", frame("h", BOOT, 1, 5_000, {"st": "x"})))
    assert replayed(file, tmp_path / "one", "b4cf12b3d0e8")[0].uids == ("b4cf12b3d0e8",)
    assert replayed(file, tmp_path / "two")[0].uids == (NOBODY,)


def test_event_that_comes_again_after_damage_leaves_no_gap(tmp_path: Path) -> None:
    damaged = event(1, flags=1).replace(b'"call"', b'"calm"')
    file = write(tmp_path, *session(), (200, "<", damaged), (201, "<", event(2)),
                 (500, "<", event(1, flags=3)), (501, "<", event(2, flags=2)))  # fmt: skip
    done, store = replayed(file, tmp_path / "new")
    assert [one.seq for one in store.events()] == [1, 2]
    assert (done.gaps, done.counts.bad) == (0, 1)


def test_port_that_was_opened_again_begins_a_new_session(tmp_path: Path) -> None:
    half = event(2)[:20]
    file = write(tmp_path, *session(), (200, "<", event(1, flags=1)), (300, "<", half),
                 (400, "!", CLOSED), (900, "!", OPENED), *session(1_000),
                 (2_000, "<", event(2, flags=3)))  # fmt: skip
    done, store = replayed(file, tmp_path / "new")
    assert [one.seq for one in store.events()] == [1, 2]
    assert (done.counts.bad, done.gaps) == (1, 0)


def test_halves_from_both_sides_of_a_pulled_cable_make_no_event(tmp_path: Path) -> None:
    told = event(2)
    file = write(
        tmp_path, *session(), (200, "<", event(1, flags=1)), (300, "<", told[:20]),
        (400, "!", CLOSED), (900, "!", OPENED), (901, "<", told[20:]),
    )  # fmt: skip
    _, store = replayed(file, tmp_path / "new")
    assert [one.seq for one in store.events()] == [1]


def test_silence_in_a_capture_is_unknown_as_it_was(tmp_path: Path) -> None:
    said = frame("E", 1, BOOT, 1, 2_000, "st", {"to": "ready", "by": "btn", "ag": "1001"})
    file = write(tmp_path, *session(), (200, "<", said), (3_600_000, "<", b"still here\n"))
    _, store = replayed(file, tmp_path / "new")
    assert [one.state for one in store.intervals()] == ["ready", "unknown"]


def test_a_year_of_silence_takes_no_time() -> None:
    assert len(list(ticks(0, 400 * 86_400_000))) < 100
    assert list(ticks(0, 1_000)) == [500, 1_000] and list(ticks(7, 7)) == [7]


def test_raw_bytes_are_replayed_with_made_up_times(tmp_path: Path) -> None:
    file = tmp_path / "raw.bin"
    heard = b"".join(data for _, direction, data in session() if direction == "<")
    file.write_bytes(b"ets Jun  8 2016\r\n\xff\xfe" + heard + event(1, flags=1) + event(2)[:9])
    done, store = replayed(file, tmp_path / "new")
    assert [one.seq for one in store.events(uid=UID)] == [1]
    assert done.counts.bad == 1 and done.counts.text == 2


def test_running_logger_keeps_its_folder(tmp_path: Path) -> None:
    file = write(tmp_path, *session())
    with open_store(tmp_path / "live", write=True), pytest.raises(DeskunitError) as caught:
        replayed(file, tmp_path / "live")
    assert caught.value.key == "data_locked"


@pytest.mark.parametrize("seed", range(5))
def test_what_nobody_expects_ends_no_replay(tmp_path: Path, seed: int) -> None:
    chance = random.Random(seed)
    said: list[Said] = []
    for ms in range(0, 40_000, 40):
        direction: Direction = chance.choice("<<<>")
        good = chance.choice([*session(), (0, "<", event(chance.randrange(1, 9)))])
        data = bytearray(good[2])
        if chance.random() < 0.3:
            data[chance.randrange(len(data))] ^= 1 << chance.randrange(8)
        said.append((ms, good[1] if chance.random() < 0.9 else direction, bytes(data)))
    done, store = replayed(write(tmp_path, *said), tmp_path / "new")
    assert done.events == len(list(store.events())) <= 8
