"""The writers, over a table of every kind of column: read back with what users open such files with."""

import csv
import io
import json
import zipfile
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import reduce
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import duckdb
import openpyxl
import pandas as pd
import pyarrow as pa
import pytest
from deskunit import words
from deskunit.errors import DeskunitError
from deskunit.exports.instants import Wall, clock, span
from deskunit.exports.options import Options, delimiter
from deskunit.exports.rows import table
from deskunit.exports.saving import save_table, table_chunks
from deskunit.exports.table import Table, columns
from deskunit.exports.xlsx import Workbook
from pyarrow import parquet

COLUMNS = columns(
    "row_id seat name start:times length:span share:number calls:whole inferred:flag note"
)
NAMES = [column.name for column in COLUMNS]
BERLIN = ZoneInfo("Europe/Berlin")
TWICE = 1_792_888_200_123  # 2026-10-25 02:30:00.123 in Berlin, the first time
AWKWARD = [
    '王 "A", \n李',
    "=1+1",
    "<&>",
    " x ",
    "a\x07b",
    "\ufffe\uffff",
    "_x0041_",
    "emoji 😀",
    "'",
    "a;b\tc",
    "-",
]


def rows() -> list[tuple[Any, ...]]:
    """The repeated hour, then a row of empty cells, then texts that formats trip over."""
    instant = clock(BERLIN)
    found: list[tuple[Any, ...]] = [
        ("u-1", "07", "王小明", *instant(TWICE), *span(90_061_999), 0.5, 3, True, None),
        ("u-2", "08", "李", *instant(TWICE + 3_600_000), *span(12_345), 1.0, -1, False, ""),
        ("u-3", None, None, *instant(None), *span(None), None, None, None, None),
    ]
    for number, text in enumerate(AWKWARD, start=4):
        at = instant(TWICE + number)
        found.append((f"u-{number}", text, text, *at, *span(0), 0.1, 0, True, text))
    return found


def made(some: list[tuple[Any, ...]] | None = None) -> Table:
    return table("测试", "deskunit.test/1", COLUMNS, rows() if some is None else some)


def with_words(plain: Table) -> Table:
    """The same with its texts as words of a dictionary, as the state log has them."""

    def coded(batch: pa.RecordBatch) -> pa.RecordBatch:
        arrays = [
            one.dictionary_encode() if column.kind == "text" and column.name != "row_id" else one
            for one, column in zip(batch.columns, COLUMNS, strict=True)
        ]
        return pa.RecordBatch.from_arrays(arrays, names=NAMES)

    return Table(plain.name, plain.schema, plain.columns, map(coded, plain.batches))


@pytest.fixture(params=["strings", "words"])
def found(request: pytest.FixtureRequest) -> Table:
    return made() if request.param == "strings" else with_words(made())


# --- csv -----------------------------------------------------------------------------------------


def csv_rows(found: Table, **options: Any) -> list[dict[str, str]]:
    text = b"".join(table_chunks(found, "csv", Options(**options))).decode("utf-8-sig")
    separator = options.get("delimiter", ",")
    return list(csv.DictReader(io.StringIO(text, newline=""), delimiter=separator))


def test_csv_has_every_kind_as_promised(found: Table) -> None:
    assert csv_rows(found)[0] == {
        "row_id": "u-1",
        "seat": "07",
        "name": "王小明",
        "start_utc": "2026-10-25T00:30:00.123Z",
        "start_local": "2026-10-25 02:30:00",
        "start_offset": "UTC+02:00",
        "length_s": "90061.999",
        "length_hms": "25:01:01",
        "share": "0.5",
        "calls": "3",
        "inferred": "1",
        "note": "",
    }


def test_csv_leaves_every_empty_cell_empty(found: Table) -> None:
    assert set(csv_rows(found)[2].values()) == {"u-3", ""}


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
def test_csv_gives_back_every_text_but_for_formulas(found: Table, separator: str) -> None:
    back = [row["name"] for row in csv_rows(found, delimiter=separator)[3:]]
    assert back == ["'" + one if one in ("=1+1", "-") else one for one in AWKWARD]


def test_csv_quotes_only_where_it_must() -> None:
    raw = b"".join(table_chunks(made(rows()[:3]), "csv"))
    assert b'"' not in raw and raw.count(b"\r\n") == raw.count(b"\n") == 4
    assert raw.startswith(b"\xef\xbb\xbfrow_id,seat,")
    quoted = b"".join(table_chunks(made(rows()[3:4]), "csv", Options(bom=False)))
    assert quoted.startswith(b"row_id,seat,") and quoted.count('"王 ""A"", \n李"'.encode()) == 3


def test_csv_is_what_pandas_expects(tmp_path: Path) -> None:
    save_table(made(), tmp_path / "t.csv", "csv")
    frame = pd.read_csv(tmp_path / "t.csv", dtype={"seat": str}, parse_dates=["start_utc"])
    assert frame["length_s"].sum() == pytest.approx(90_061.999 + 12.345)
    assert frame["start_utc"][1] - frame["start_utc"][0] == pd.Timedelta(hours=1)
    assert frame["seat"][0] == "07" and len(frame) == len(rows())


@pytest.mark.parametrize("typed", ["", ",,", '"', "\n", "a", "，"])
def test_what_cannot_stand_between_cells_is_refused(typed: str) -> None:
    with pytest.raises(DeskunitError) as caught:
        delimiter(typed)
    assert (caught.value.key, caught.value.exit_code) == ("bad_delimiter", 2)


def test_a_tab_may_be_named() -> None:
    assert delimiter("tab") == delimiter("\\t") == delimiter("\t") == "\t" and delimiter(";") == ";"


# --- JSON lines ----------------------------------------------------------------------------------


def test_json_lines_lose_nothing(found: Table) -> None:
    raw = b"".join(table_chunks(found, "jsonl"))
    back = [json.loads(line) for line in raw.split(b"\n")[:-1]]
    assert [list(row) for row in back] == [NAMES] * len(rows())
    assert back[0] == {
        "row_id": "u-1", "seat": "07", "name": "王小明",
        "start_utc": "2026-10-25T00:30:00.123Z", "start_local": "2026-10-25 02:30:00",
        "start_offset": "UTC+02:00", "length_s": 90061.999, "length_hms": "25:01:01",
        "share": 0.5, "calls": 3, "inferred": 1, "note": None,
    }  # fmt: skip
    assert back[1]["note"] == "" and set(back[2].values()) == {"u-3", None}
    assert [row["note"] for row in back[3:]] == AWKWARD


# --- parquet -------------------------------------------------------------------------------------


def test_parquet_has_types_and_duckdb_and_pandas_read_them(found: Table, tmp_path: Path) -> None:
    file = tmp_path / "t.parquet"
    save_table(found, file, "parquet")
    schema = parquet.read_schema(file)
    assert schema.field("start_utc").type == pa.timestamp("ms", "UTC")
    assert schema.field("start_local").type == pa.timestamp("ms")
    assert schema.field("length_s").type == pa.float64()
    assert (schema.field("calls").type, schema.field("inferred").type) == (pa.int64(), pa.bool_())
    query = "SELECT count(*), sum(length_s), min(start_local), count(note) FROM read_parquet(?)"
    with duckdb.connect() as base:
        count, total, first, notes = base.execute(query, [str(file)]).fetchall()[0]
    assert (count, notes) == (len(rows()), len(AWKWARD) + 1)
    assert total == pytest.approx(90_061.999 + 12.345)
    assert first == datetime(2026, 10, 25, 2, 30, 0, 123_000)
    frame = pd.read_parquet(file)
    assert list(frame["note"][3:]) == AWKWARD and frame["length_hms"][0] == "25:01:01"


def test_parquet_types_do_not_depend_on_the_rows(tmp_path: Path) -> None:
    save_table(made([]), tmp_path / "none.parquet", "parquet")
    save_table(made([(None,) * len(NAMES)]), tmp_path / "null.parquet", "parquet")
    save_table(made(), tmp_path / "all.parquet", "parquet")
    first, *others = (parquet.read_schema(file) for file in sorted(tmp_path.glob("*.parquet")))
    assert all(other.equals(first) for other in others) and len(others) == 2


# --- xlsx ----------------------------------------------------------------------------------------


@pytest.fixture
def book(found: Table, tmp_path: Path) -> Iterator[openpyxl.Workbook]:
    save_table(found, tmp_path / "t.xlsx", "xlsx", about={"tz": "Europe/Berlin", "query": {"a": 1}})
    book = openpyxl.load_workbook(tmp_path / "t.xlsx")
    yield book
    book.close()


def test_xlsx_has_real_dates_durations_and_texts(book: openpyxl.Workbook) -> None:
    sheet = book["测试"]
    cells = dict(zip(NAMES, sheet[2], strict=True))
    assert cells["start_local"].value == datetime(2026, 10, 25, 2, 30)
    assert cells["start_local"].number_format == "yyyy-mm-dd hh:mm:ss"
    assert cells["length_hms"].number_format == "[h]:mm:ss"
    length = timedelta(seconds=90_061, milliseconds=999)
    assert abs(cells["length_hms"].value - length) < timedelta(milliseconds=1)
    assert (cells["length_s"].value, cells["length_s"].number_format) == (90_061.999, "0.000")
    assert (cells["seat"].value, cells["seat"].data_type) == ("07", "s")
    assert cells["seat"].number_format == "@"
    assert (cells["share"].value, cells["calls"].value, cells["inferred"].value) == (0.5, 3, 1)
    assert cells["start_utc"].value == "2026-10-25T00:30:00.123Z"


def test_xlsx_keeps_every_text_and_empty_cell(book: openpyxl.Workbook) -> None:
    sheet = book["测试"]
    note = NAMES.index("note") + 1
    back = [sheet.cell(row, note).value for row in range(5, 5 + len(AWKWARD))]
    # openpyxl hands out what Excel shows as a bell as it is written, and at times the escaped _
    shown = {"_x005F_": "_", "_x0007_": "\x07", "_xFFFE_": "\ufffe", "_xFFFF_": "\uffff"}
    read = [reduce(lambda text, one: text.replace(*one), shown.items(), text) for text in back]
    assert read == AWKWARD
    assert [cell.value for cell in sheet[4]] == ["u-3"] + [None] * (len(NAMES) - 1)


def test_xlsx_head_is_frozen_filtered_and_nothing_is_merged(book: openpyxl.Workbook) -> None:
    sheet = book["测试"]
    assert [cell.value for cell in sheet[1]] == NAMES and sheet["A1"].font.bold
    assert sheet.freeze_panes == "A2"
    assert sheet.auto_filter.ref == f"A1:L{len(rows()) + 1}"
    assert not sheet.merged_cells.ranges
    assert sheet.column_dimensions["E"].width >= 19  # a date is never shown as ####
    assert sheet.print_title_rows == "$1:$1"


def test_xlsx_says_what_it_is_in_a_sheet_of_its_own(book: openpyxl.Workbook) -> None:
    about = {row[0]: row[1] for row in book.worksheets[-1].iter_rows(2, values_only=True)}
    assert about["tz"] == "Europe/Berlin" and about[words.text("export.rows")] == str(len(rows()))
    assert about["schema"] == "deskunit.test/1" and len(book.worksheets) == 2
    assert about["start_utc"].startswith(words.text("column.start"))


def test_xlsx_is_split_where_a_sheet_is_full(tmp_path: Path) -> None:
    with (tmp_path / "t.xlsx").open("wb") as file, Workbook(file) as book:
        book.sheet("s", COLUMNS, made().batches, limit=6)
        assert [(sheet.name, sheet.rows) for sheet in book.sheets] == [
            ("s", 5), ("s 2", 5), ("s 3", 4),
        ]  # fmt: skip
    back = openpyxl.load_workbook(tmp_path / "t.xlsx")
    ids = [sheet.cell(row, 1).value for sheet in back for row in range(2, sheet.max_row + 1)]
    assert ids == [row[0] for row in rows()]
    assert all(sheet.freeze_panes == "A2" for sheet in back)
    assert [sheet.auto_filter.ref for sheet in back] == ["A1:L6", "A1:L6", "A1:L5"]


def test_xlsx_of_no_rows_has_its_head(tmp_path: Path) -> None:
    done = save_table(made([]), tmp_path / "t.xlsx", "xlsx")
    sheet = openpyxl.load_workbook(tmp_path / "t.xlsx").worksheets[0]
    assert done.rows == 0 and [cell.value for cell in sheet[1]] == NAMES and sheet.max_row == 1


def test_xlsx_cuts_what_is_longer_than_a_cell(tmp_path: Path) -> None:
    long = "长" * 40_000
    row = ("u", long, long, None, None, None, 0, 0, 0.0, 0, True, long)
    save_table(made([row]), tmp_path / "t.xlsx", "xlsx")
    sheet = openpyxl.load_workbook(tmp_path / "t.xlsx").worksheets[0]
    assert sheet["B2"].value == long[:32_767]


def test_xlsx_of_the_same_rows_is_the_same_file(tmp_path: Path) -> None:
    first = save_table(made(), tmp_path / "a.xlsx", "xlsx")
    assert save_table(made(), tmp_path / "b.xlsx", "xlsx").sha256 == first.sha256
    with zipfile.ZipFile(tmp_path / "a.xlsx") as archive:
        assert archive.testzip() is None


# --- instants ------------------------------------------------------------------------------------


@pytest.mark.parametrize("zone", ["Europe/Berlin", "Asia/Kathmandu", "Australia/Lord_Howe"])
def test_columns_of_instants_say_what_rows_of_them_say(zone: str) -> None:
    start = datetime(2026, 10, 24, tzinfo=UTC)
    known = [int((start + timedelta(minutes=7 * n)).timestamp() * 1000) + n for n in range(2000)]
    arrays = Wall(ZoneInfo(zone)).arrays(pa.array([*known, None]))
    columnar = [
        arrays[0].cast(pa.int64()).to_pylist(),
        arrays[1].cast(pa.int64()).to_pylist(),
        arrays[2].to_pylist(),
    ]
    by_row = list(zip(*map(clock(ZoneInfo(zone)), [*known, None]), strict=True))
    assert columnar == [list(one) for one in by_row]
    here = [datetime.fromtimestamp(ms / 1000, ZoneInfo(zone)) for ms in known]
    assert by_row[2][:-1] == tuple("UTC" + one.isoformat()[-6:] for one in here)
