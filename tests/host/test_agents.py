"""agents.csv as people save it, the mistakes they make, and who is offered at a seat."""

from pathlib import Path

import pytest
from deskunit import agents
from deskunit.agents import Agent
from deskunit.errors import DeskunitError

HEAD = "id,name,team,level\n"
TEXT = HEAD + "1001,王小明,客服一组,solo\n1002,Lee Ann,B,trainee\n"
WANG, LEE = Agent("1001", "王小明", "客服一组", "solo"), Agent("1002", "Lee Ann", "B", "trainee")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk", "gb18030", "utf-16"])
@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_it_is_read_however_a_spreadsheet_saved_it(encoding: str, newline: str) -> None:
    assert agents.parse(TEXT.replace("\n", newline).encode(encoding)) == [WANG, LEE]


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_the_separator_is_seen_from_the_head(delimiter: str) -> None:
    assert agents.parse(TEXT.replace(",", delimiter).encode()) == [WANG, LEE]


def test_columns_stand_in_any_order_and_more_of_them_do_no_harm() -> None:
    text = 'phone,level,team,name,id,seat\n123,coached,"A, B",李雷, 1003 ,07\n'
    assert agents.parse(text.encode()) == [Agent("1003", "李雷", "A, B", "coached", "07")]


def test_a_chinese_head_and_level_are_understood() -> None:
    text = "工号,姓名,班组,级别,座席\n1001,王小明,客服一组,带教,07\n1002,李雷,,,\n"
    assert agents.parse(text.encode("gbk")) == [
        Agent("1001", "王小明", "客服一组", "coached", "07"),
        Agent("1002", "李雷", "", "solo", ""),
    ]


def test_empty_lines_are_passed_over() -> None:
    assert agents.parse((TEXT + "\n,,,\n").encode()) == [WANG, LEE]


@pytest.mark.parametrize(
    ("text", "key", "line"),
    [
        ("", "table_header", 1),
        ("id,name,level\n", "table_header", 1),
        (HEAD + "1001,A,T,solo\n,B,T,solo\n", "agents_no_id", 3),
        (HEAD + "1001,,T,solo\n", "agents_no_name", 2),
        (HEAD + "10 01,A,T,solo\n", "agents_bad_id", 2),
        (HEAD + "1234567890123,A,T,solo\n", "agents_bad_id", 2),
        (HEAD + "?,A,T,solo\n", "agents_bad_id", 2),
        (HEAD + "1001,A,T,expert\n", "agents_bad_level", 2),
        (HEAD + '1001,"A\nB",T,solo\n1001,C,T,solo\n', "agents_twice", 4),
    ],
)
def test_a_mistake_is_named_with_its_line(text: str, key: str, line: int) -> None:
    with pytest.raises(DeskunitError) as caught:
        agents.parse(text.encode())
    assert (caught.value.key, caught.value.values["line"]) == (key, line)
    assert f"第 {line} 行" in caught.value.sentence("zh")
    assert f"line {line}" in caught.value.sentence("en")


def test_bytes_that_are_no_text_are_refused() -> None:
    with pytest.raises(DeskunitError) as caught:
        agents.parse(b"id,name,team,level\n\xff\xff\x00,\x81")
    assert caught.value.key == "table_encoding"


def test_no_file_means_no_agents(tmp_path: Path) -> None:
    assert agents.load(tmp_path / "agents.csv") == []


def test_a_file_is_loaded(tmp_path: Path) -> None:
    (tmp_path / "agents.csv").write_text(TEXT, "utf-8-sig")
    assert agents.load(tmp_path / "agents.csv") == [WANG, LEE]


def test_a_file_that_cannot_be_read_is_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "agents.csv").mkdir()
    with pytest.raises(DeskunitError) as caught:
        agents.load(tmp_path / "agents.csv")
    assert caught.value.key == "table_unreadable"


def test_the_roster_begins_with_who_sat_there_last() -> None:
    here = Agent("3", "C", seat="07")
    there = Agent("4", "D", seat="08")
    anywhere = [Agent(f"5{n}", f"E{n}") for n in range(9)]
    listed = [*anywhere, there, here]
    chosen = agents.roster(listed, "07", ["56", "gone", "4"])
    assert [agent.id for agent in chosen] == ["56", "4", "3", "50", "51", "52", "53", "54"]


def test_a_seat_without_a_name_is_offered_who_has_none() -> None:
    assert agents.roster([Agent("3", "C", seat="07"), Agent("4", "D")], "", []) == [Agent("4", "D")]
