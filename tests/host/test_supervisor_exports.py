"""The export buttons of the supervisor tab: the bytes of the command, names, tickets, and no half file."""

import io
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import openpyxl
import pyarrow.parquet as parquet
import pytest
from correction_paper import UID
from deskunit import cli
from deskunit.errors import DeskunitError
from deskunit.exports.table import Column, Table
from deskunit.supervision import exporting
from deskunit.supervision.download import Download
from deskunit.web import tickets
from deskunit.web.tickets import Tickets
from supervised import DAY, Supervised

KINDS = ("states", "events", "intervals", "calls", "holds", "callbacks", "signins")
BREAK = {"uid": UID, "start_utc_ms": f"{DAY}T09:20:00", "state": "ready", "why": "forgot"}


@pytest.fixture
def floor(tmp_path: Path) -> Iterator[Supervised]:
    floor = Supervised(tmp_path)
    yield floor
    floor.close()


def by_command(
    monkeypatch: pytest.MonkeyPatch, folder: Path, kind: str, fmt: str, *more: str
) -> bytes:
    """What `deskunit export` writes of that day."""
    file = folder / f"by-command.{fmt}"
    asked = ("--from", DAY, "--to", "2026-05-09", "--out", str(file), "--data", str(folder), *more)
    monkeypatch.setattr(sys, "argv", ["deskunit", "export", kind, "--format", fmt, *asked])
    with pytest.raises(SystemExit) as ended:
        cli.main()
    assert ended.value.code == 0
    return file.read_bytes()


@pytest.mark.parametrize("kind", KINDS)
def test_a_button_gives_the_bytes_of_the_command(
    floor: Supervised, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    floor.post("correct", BREAK)
    for fmt in ("csv", "jsonl"):
        answer = floor.fetch(kind, fmt)
        assert answer.status == 200
        assert answer.headers["content-disposition"] == f'attachment; filename="{kind}-{DAY}.{fmt}"'
        assert answer.body == by_command(monkeypatch, floor.folder, kind, fmt)


def test_cut_and_raw_are_those_of_the_command(
    floor: Supervised, monkeypatch: pytest.MonkeyPatch
) -> None:
    floor.post("correct", BREAK)
    answer = floor.fetch("states", "csv", split="15min", raw="1")
    assert answer.body == by_command(
        monkeypatch, floor.folder, "states", "csv", "--split", "15min", "--raw"
    )
    assert answer.body != floor.fetch("states", "csv", split="15min").body
    midnights = floor.fetch("intervals", "csv", split="midnight")
    assert midnights.body == by_command(
        monkeypatch, floor.folder, "intervals", "csv", "--split", "day"
    )
    hours = floor.fetch("intervals", "csv", split="hour")
    assert hours.body == by_command(
        monkeypatch, floor.folder, "intervals", "csv", "--split", "hour"
    )


def test_formats_that_want_a_file_open_and_leave_none_behind(
    floor: Supervised, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    monkeypatch.setattr(exporting.tempfile, "tempdir", str(scratch))
    sheet = openpyxl.load_workbook(io.BytesIO(floor.fetch("states", "xlsx").body)).worksheets[0]
    table = parquet.read_table(io.BytesIO(floor.fetch("states", "parquet").body))
    assert sheet.max_row - 1 == table.num_rows > 5
    assert list(scratch.iterdir()) == []


def test_a_report_is_the_page_of_the_command(floor: Supervised) -> None:
    answer = floor.fetch("report", "html")
    assert answer.headers["content-disposition"] == f'attachment; filename="report-{DAY}.html"'
    page = answer.body.decode()
    assert page.startswith("<!doctype html>") and '<html lang="en">' in page
    assert "&lt;img src=x onerror=alert(1)&gt;" in page and "<img" not in page


def test_names_say_the_days_and_the_agent_in_ascii(floor: Supervised) -> None:
    answer = floor.fetch(
        "states", "csv", **{"day": "", "from": "2026-05-07", "to": DAY}, agent="1001"
    )
    named = answer.headers["content-disposition"]
    assert named == f'attachment; filename="states-2026-05-07_{DAY}-1001.csv"'


def test_files_may_have_more_days_than_one_looks_at(floor: Supervised) -> None:
    answer = floor.fetch("holds", "csv", **{"day": "", "from": "2026-03-01", "to": "2026-06-30"})
    assert answer.status == 200 and len(answer.body.splitlines()) == 2


@pytest.mark.parametrize(
    ("kind", "fmt", "asked", "key"),
    [
        ("salaries", "csv", {}, "export_kind"),
        ("states", "docx", {}, "unknown_format"),
        ("calls", "queue_log", {}, "unknown_format"),
        ("states", "csv", {"split": "weekly"}, "unknown_split"),
        ("states", "csv", {"agent": "9999"}, "unknown_agent"),
        ("states", "csv", {"day": "2026-13-01"}, "report_date"),
        ("states", "csv", {"day": "9999-12-31"}, "report_date"),
        ("states", "csv", {"from": "0026-11-01", "to": "2026-11-02"}, "report_long"),
        ("report", "html", {"day": "2026-05-01"}, "report_empty"),
    ],
)
def test_what_cannot_be_exported_is_a_sentence_and_no_file(
    floor: Supervised, kind: str, fmt: str, asked: dict[str, str], key: str
) -> None:
    wanted = {"kind": kind, "format": fmt, "asked": {"day": DAY, **asked}}
    answer = floor.post("export", wanted, "zh")
    assert (answer.status, answer.json()["error"]) == (409, key)
    assert re.search("[一-鿿]", answer.json()["sentence"])


def test_a_disk_that_is_full_is_a_sentence(
    floor: Supervised, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    monkeypatch.setattr(exporting.tempfile, "tempdir", str(scratch))

    def full(*_asked: object, **_more: object) -> None:
        raise DeskunitError("out_unwritable", file="states.xlsx", why="No space left on device")

    monkeypatch.setattr(exporting, "save_table", full)
    answer = floor.fetch("states", "xlsx")
    assert (answer.status, answer.json()["error"]) == (409, "out_unwritable")
    assert list(scratch.iterdir()) == []


def test_asterisk_reads_the_states(floor: Supervised) -> None:
    answer = floor.fetch("states", "queue_log")
    assert answer.headers["content-disposition"] == f'attachment; filename="states-{DAY}.log"'
    assert "|Agent/1001|CONNECT|" in answer.body.decode()


def test_a_ticket_is_good_once(floor: Supervised) -> None:
    href = floor.post("export", {"kind": "states", "format": "csv", "asked": {}}).json()["href"]
    assert [floor.browser.get(href).status for _ in range(2)] == [200, 404]
    assert floor.browser.get("/export/guessed/states.csv").status == 404


def waiting(folder: Path, number: int) -> Download:
    place = folder / str(number)
    place.mkdir()
    (place / "a.xlsx").write_bytes(b"x")
    return Download("a.xlsx", "text/plain", file=place / "a.xlsx")


def test_a_download_that_was_taken_and_never_begun_leaves_nothing(tmp_path: Path) -> None:
    kept = Tickets()
    found = kept.take(kept.put(waiting(tmp_path, 0)))
    assert found is not None
    begun = found.read()
    del found, begun
    assert list(tmp_path.iterdir()) == []


def test_a_log_that_cannot_be_read_is_told_before_the_first_byte() -> None:
    def locked() -> Iterator[object]:
        raise DeskunitError("data_busy", file="deskunit.db")
        yield

    table = Table("calls", "deskunit.calls/1", (Column("call_key"),), locked())
    with pytest.raises(DeskunitError, match=r"deskunit\.db"):
        exporting.stream(table, "csv", "calls.csv")


def test_what_nobody_fetches_goes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    kept = Tickets()
    now = [0.0]
    monkeypatch.setattr(tickets.time, "monotonic", lambda: now[0])
    old = kept.put(waiting(tmp_path, 0))
    now[0] = tickets.WAIT_S + 1
    fresh = kept.put(waiting(tmp_path, 1))
    assert [one.name for one in tmp_path.iterdir()] == ["1"]
    assert kept.take(old) is None
    found = kept.take(fresh)
    assert found is not None and b"".join(found.read()) == b"x"
    assert list(tmp_path.iterdir()) == []

    for number in range(tickets.WAITING_MAX + 3):
        kept.put(waiting(tmp_path, number))
    assert len(list(tmp_path.iterdir())) == tickets.WAITING_MAX
    kept.close()
    assert list(tmp_path.iterdir()) == []
