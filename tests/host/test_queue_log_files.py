"""Files of a queue_log: rotated, packed, overlapping, damaged; kept once and read again."""

import gzip
import json
import random
from pathlib import Path

import pytest
from deskunit.errors import DeskunitError
from deskunit.queue_log.files import Read, merged, rows
from deskunit.queue_log.kept import FOLDER, find_figures, find_visits, keep, kept, kept_rows
from deskunit.queue_log.row import Row, parsed, written
from queue_floor import START_S, Floor, floor

ALWAYS = (0, 10**15)


def put(folder: Path, name: str, lines: list[str]) -> Path:
    file = folder / name
    raw = "".join(line + "\n" for line in lines).encode()
    file.write_bytes(gzip.compress(raw) if name.endswith(".gz") else raw)
    return file


def texts(found: list[Row]) -> list[str]:
    return [written(row) for row in found]


def read_all(*files: Path) -> list[Row]:
    return list(merged([rows(Read(file)) for file in files]))


@pytest.fixture
def made() -> Floor:
    return floor(11)


def test_rotated_files_in_any_order_are_the_log(tmp_path: Path, made: Floor) -> None:
    third = len(made.log) // 3
    names = ("queue_log.2.gz", "queue_log.1", "queue_log")
    parts = (made.log[:third], made.log[third : 2 * third], made.log[2 * third :])
    files = [put(tmp_path, name, part) for name, part in zip(names, parts, strict=True)]
    random.Random(11).shuffle(files)
    found = texts(read_all(*files))
    assert [line.split("|")[0] for line in found] == [line.split("|")[0] for line in made.log]
    assert sorted(found) == sorted(made.log)


def test_a_log_and_its_own_beginning_are_the_log(tmp_path: Path, made: Floor) -> None:
    noon = put(tmp_path, "noon", made.log[:200])
    evening = put(tmp_path, "evening.gz", made.log)
    assert texts(read_all(noon, evening)) == texts(read_all(evening))


def test_rows_of_one_second_stay_in_the_files_order_and_twins_in_one_file_are_two(
    tmp_path: Path,
) -> None:
    who = ((2, "b"), (1, "a"), (1, "a"), (2, "c"))
    pauses = [f"100|NONE|NONE|Agent/{number}|PAUSEALL|{why}" for number, why in who]
    file, copy = put(tmp_path, "a", pauses), put(tmp_path, "b", [pauses[1], *pauses])
    assert texts(read_all(file)) == pauses
    assert texts(read_all(file, file)) == pauses
    assert texts(read_all(file, copy)) == [*pauses, pauses[1]]


def test_a_clock_set_back_leaves_the_files_order(tmp_path: Path) -> None:
    back = [f"{at}|NONE|NONE|NONE|QUEUESTART|" for at in (100, 200, 150, 210)]
    other = put(tmp_path, "b", ["205|NONE|NONE|NONE|CONFIGRELOAD|"])
    found = texts(read_all(put(tmp_path, "a", back), other))
    assert [line for line in found if "QUEUESTART" in line] == back
    assert found.index("205|NONE|NONE|NONE|CONFIGRELOAD|") == 3
    assert texts(read_all(tmp_path / "a", put(tmp_path, "copy", back))) == back


def test_broken_lines_are_named_counted_and_skipped(tmp_path: Path) -> None:
    file = tmp_path / "log"
    file.write_bytes(
        b"100|c|q|NONE|ENTERQUEUE||139|1\r\n"
        b"\n"
        b"1001|c|q|NO\n"
        b"\xff\xfe\x00rubbish\n"
        b"105|c|q|\xd5\xc5\xc8\xfd|CONNECT|5|x|3\n"
        b"110|c|q|Agent/1|NEWVERB|x\n"
        b"120|c|q|Agent/1|COMPLETEAGENT|5|15|1"
    )
    read = Read(file)
    found = list(rows(read))
    assert [row.verb for row in found] == ["ENTERQUEUE", "CONNECT", "NEWVERB", "COMPLETEAGENT"]
    assert (read.rows, read.broken_lines) == (4, 2)
    assert [(one.line, one.text) for one in read.broken] == [
        (3, "1001|c|q|NO"),
        (4, "��\x00rubbish"),
    ]
    assert read.verbs["NEWVERB"] == 1 and (read.first_utc_ms, read.last_utc_ms) == (
        100_000,
        120_000,
    )


@pytest.mark.parametrize(
    ("content", "key"),
    [(None, "queue_log_absent"), (gzip.compress(b"x" * 100_000, mtime=0)[:60], "queue_log_packed")],
    ids=["absent", "cut off"],
)
def test_what_cannot_be_read_is_an_error(tmp_path: Path, content: bytes | None, key: str) -> None:
    file = tmp_path / "log"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(DeskunitError) as caught:
        list(rows(Read(file)))
    assert caught.value.key == key


def test_a_folder_is_no_file(tmp_path: Path) -> None:
    with pytest.raises(DeskunitError) as caught:
        list(rows(Read(tmp_path)))
    assert caught.value.key == "queue_log_unreadable"


# --- kept in the data folder -------------------------------------------------------------------


def test_the_same_content_is_kept_once_packed_or_not(tmp_path: Path, made: Floor) -> None:
    first = keep(tmp_path, Read(put(tmp_path, "queue_log", made.log)))
    again = keep(tmp_path, Read(put(tmp_path, "queue_log.1.gz", made.log)))
    assert first is not None and again is not None
    assert (first[1], again[1]) == (True, False) and first[0] == again[0]
    assert len(kept(tmp_path)) == 1 and len(list((tmp_path / FOLDER).iterdir())) == 2


def test_what_is_kept_says_the_same_and_has_no_numbers(tmp_path: Path, made: Floor) -> None:
    log = [*made.log, f"{START_S}.250|x|q|SIP/1|ATTENDEDTRANSFER|BRIDGE|13911112222|1|2|3"]
    keep(tmp_path, Read(put(tmp_path, "queue_log", log)))
    found = list(kept_rows(tmp_path, kept(tmp_path)))
    assert len(found) == len(log) and found[-1].utc_ms == 1000 * START_S + 250
    assert found[-1].params == ("", "", "1", "2", "3")
    raw = gzip.decompress(next((tmp_path / FOLDER).glob("*.gz")).read_bytes())
    assert b"1390000" not in raw and b"1391111" not in raw
    assert b"|600|" not in raw and b"|BLINDTRANSFER|||" in raw
    assert [row.verb for row in found] == [line.split("|")[4] for line in log]


def test_a_log_imported_while_it_grows_is_kept_as_it_is_now(tmp_path: Path, made: Floor) -> None:
    for length in (100, 300, len(made.log)):
        assert keep(tmp_path, Read(put(tmp_path, "queue_log", made.log[:length])))
    (only,) = kept(tmp_path)
    assert only.rows == len(made.log)


def test_another_log_that_begins_at_the_same_instant_stays(tmp_path: Path, made: Floor) -> None:
    keep(tmp_path, Read(put(tmp_path, "a", [made.log[0], made.log[5]])))
    keep(tmp_path, Read(put(tmp_path, "b", made.log)))
    assert len(kept(tmp_path)) == 2


def test_figures_of_a_day_come_from_what_was_imported(tmp_path: Path, made: Floor) -> None:
    half = len(made.log) // 2
    for name, part in (("queue_log.1", made.log[:half]), ("queue_log", made.log[half:])):
        keep(tmp_path, Read(put(tmp_path, name, part)))
    found = find_figures(tmp_path, *ALWAYS, within_s=20)
    assert found is not None
    total = found.figures.total
    assert total.connect_rate.part == made.calls
    assert total.connect_rate.whole == made.calls + made.abandoned
    assert total.in_time == made.in_time
    assert sum(one.missed for one in found.figures.agents) == made.rang_out
    assert found.files == ("queue_log.1", "queue_log")


def test_figures_of_a_part_count_by_when_the_call_came(tmp_path: Path, made: Floor) -> None:
    keep(tmp_path, Read(put(tmp_path, "queue_log", made.log)))
    at_ms = 1000 * (START_S + 7200)
    before = find_figures(tmp_path, 0, at_ms, within_s=20)
    after = find_figures(tmp_path, at_ms, 10**15, within_s=20)
    assert before is not None and after is not None
    entered = [int(line.split("|")[0]) for line in made.log if "|ENTERQUEUE|" in line]
    assert before.figures.total.dialled == sum(1000 * one < at_ms for one in entered)
    assert after.figures.total.dialled == sum(1000 * one >= at_ms for one in entered)
    assert before.last_utc_ms == at_ms and after.first_utc_ms == at_ms
    assert len(list(find_visits(tmp_path, 0, at_ms))) == before.figures.total.dialled


def test_a_day_in_a_long_log_is_what_that_day_alone_says(tmp_path: Path) -> None:
    """Of three days of one log, with a call over the midnight and one that waits for hours."""
    days = [floor(seed, hours=3).log for seed in (1, 2, 3)]
    day_s = 86_400
    log = []
    for number, day in enumerate(days):
        for line in day:
            at, rest = line.split("|", 1)
            shifted = f"{number}-{rest}" if not rest.startswith("NONE") else rest
            log.append(f"{int(at) + number * day_s}|{shifted}")
    from_s = START_S // day_s * day_s + day_s
    night = [
        f"{from_s - 30}|n.1|hotline|NONE|ENTERQUEUE||139|1",
        f"{from_s + 10}|n.1|hotline|Agent/1001|CONNECT|40|x|2",
        f"{from_s + 60}|n.1|hotline|Agent/1001|COMPLETEAGENT|40|50|1",
        f"{from_s + day_s - 10}|n.2|hotline|NONE|ENTERQUEUE||139|1",
        f"{from_s + day_s + 3 * 3600}|n.2|hotline|NONE|ABANDON|1|1|10810",
    ]
    log = sorted([*log, *night], key=lambda line: int(line.split("|")[0]))
    keep(tmp_path, Read(put(tmp_path, "queue_log", log)))
    found = find_figures(tmp_path, 1000 * from_s, 1000 * (from_s + day_s), within_s=20)
    made = floor(2, hours=3)
    assert found is not None
    total = found.figures.total
    assert total.connect_rate.part == made.calls
    assert total.connect_rate.whole == made.calls + made.abandoned + 1
    assert total.in_time == made.in_time and total.outcomes["waiting"] == 0
    assert total.abandoned_wait.longest_ms == 10_810_000


def test_where_no_log_was_imported_there_are_no_figures(tmp_path: Path, made: Floor) -> None:
    assert find_figures(tmp_path, *ALWAYS, within_s=20) is None
    keep(tmp_path, Read(put(tmp_path, "queue_log", made.log)))
    assert find_figures(tmp_path, 0, 1000, within_s=20) is None


def test_an_empty_file_is_not_kept(tmp_path: Path) -> None:
    assert keep(tmp_path, Read(put(tmp_path, "queue_log", []))) is None
    assert not list((tmp_path / FOLDER).iterdir())


def test_a_log_of_a_newer_program_and_a_damaged_one_are_said(tmp_path: Path, made: Floor) -> None:
    keep(tmp_path, Read(put(tmp_path, "queue_log", made.log)))
    about = next((tmp_path / FOLDER).glob("*.json"))
    told = json.loads(about.read_text("utf-8"))
    for content, key in (
        (json.dumps({**told, "schema": "deskunit.queue_log/9"}), "queue_log_newer"),
        ("{", "queue_log_damaged"),
    ):
        about.write_text(content, "utf-8")
        with pytest.raises(DeskunitError) as caught:
            kept(tmp_path)
        assert caught.value.key == key


def test_a_kept_row_is_read_as_it_was() -> None:
    row = parsed("1366720340.250|c|q|Agent/1001|CONNECT|5|x.1|3")
    assert row is not None and parsed(written(row, fraction=True)) == row
