"""A script library read field by field: each mistake has its file and line, and none stops the rest."""

import sys
from pathlib import Path

import pytest
from deskunit import words
from deskunit.errors import DeskunitError
from deskunit.scripts.checks import findings_of
from deskunit.scripts.library import DEFAULT, find_library, read_library
from deskunit.scripts.scenario import SILENT_STEP_CODE

sys.path.append(str(Path(__file__).parent))

import small_library as small

Found = list[tuple[str, int, str]]


def found(folder: Path) -> Found:
    """(file, line, key) of all findings; each has its sentences in both languages."""
    findings = findings_of(read_library(folder))
    for one in findings:
        for language in words.LANGUAGES:
            assert one.what(language) and one.mend(language)
    return [(one.file, one.line, one.key) for one in findings]


def line_of(content: str, part: str) -> int:
    """The line on which `part` stands for the first time."""
    return content[: content.index(part)].count("\n") + 1


def spoilt(folder: Path, name: str, old: str, new: str) -> tuple[Found, str]:
    """The findings after `old` became `new` in one file, and that file's content then."""
    files = {"head": small.HEAD, "greeting": small.GREETING, "silent": small.SILENT,
             "states": small.STATES, "forbidden": small.FORBIDDEN}  # fmt: skip
    assert old in files[name]
    content = files[name].replace(old, new, 1)
    return found(small.written(folder, **{name: content})), content


def test_the_small_library_has_no_mistake(tmp_path: Path) -> None:
    assert found(small.written(tmp_path)) == []


def test_what_was_read(tmp_path: Path) -> None:
    library = read_library(small.written(tmp_path))
    greeting, silent = library.scenarios
    assert (greeting.id, greeting.group, greeting.order) == ("greeting", "start", 10)
    first = greeting.steps[0].alternatives[0].when
    assert (first.days, first.hours) == (("weekend", "holiday"), (20, 8))
    assert first.tokens() == "d=eh h=20-8 l=t a=1"
    ask, heard, sorry = silent.steps
    assert (ask.wait_s, ask.rounds, ask.tap, ask.next) == (SILENT_STEP_CODE, 2, "heard", "sorry")
    assert (heard.wait_s, heard.callback) == (0, "fault")
    assert sorry.wait_s == 5
    assert library.head.promises["fault"].by_language["en"] == "within 24 hours"


def test_a_byte_order_mark_and_windows_line_ends_do_no_harm(tmp_path: Path) -> None:
    content = b"\xef\xbb\xbf" + small.GREETING.replace("\n", "\r\n").encode()
    assert found(small.written(tmp_path, greeting=content)) == []


def test_zh_hans_is_zh(tmp_path: Path) -> None:
    content = small.GREETING.replace("title.zh =", "title.zh-Hans =")
    head = small.HEAD.replace('["zh", "zh-Hant", "en"]', '["zh-Hans", "zh-Hant", "en"]')
    folder = small.written(tmp_path, greeting=content, head=head)
    assert found(folder) == []
    assert read_library(folder).head.languages == ("zh", "zh-Hant", "en")


FIELDS = [
    # file, what becomes what, where the finding stands (a part of its line), key
    ("greeting", "callers =", "calers =", "calers =", "misspelt_field"),
    ("greeting", "order = 10", "colour = 1", "colour =", "unknown_field"),
    ("greeting", "order = 10", 'order = "10"', "order =", "wrong_kind"),
    ("greeting", "order = 10", "order = -1", "order =", "range"),
    ("greeting", "order = 10", "order = true", "order =", "wrong_kind"),
    ("greeting", '"asks", "confused"', '"asks", "confusd"', "callers =", "misspelt_value"),
    ("greeting", '"asks", "confused"', '"asks", "martian"', "callers =", "unknown_value"),
    ("greeting", '["asks", "confused", "upset"]', "[]", "callers =", "empty"),
    ("greeting", '["asks", "confused", "upset"]', "[1, 2]", "callers =", "wrong_kind"),
    ("greeting", 'id = "greeting"', 'id = "Greeting"', 'id = "Greeting"', "form"),
    ("greeting", 'kind = "close"', 'kind = "closing"', 'kind = "closing"', "misspelt_value"),
    ("greeting", 'say.zh = "再见，{caller}！"', "say.zh = 5", "say.zh = 5", "wrong_kind"),
    ("greeting", 'say.zh = "再见，{caller}！"', 'say.zh = "  "', 'say.zh = "  "', "empty"),
    ("greeting", "say.zh = \"再见", "say.zhh = \"再见", "say.zhh", "misspelt_field"),
    ("greeting", 'hours = "20-8"', 'hours = "20"', "hours =", "bad_hours"),
    ("greeting", 'hours = "20-8"', 'hours = "8-25"', "hours =", "bad_hours"),
    ("greeting", 'level = "trainee"', 'level = "rookie"', "level =", "unknown_value"),
    ("greeting", 'agent = "known"', 'agents = "known"', "agents =", "misspelt_field"),
    ("greeting", 'flavour = "shop"', 'flavour = "shp"', 'flavour = "shp"', "misspelt_value"),
    ("greeting", 'when = { flavour = "shop" }\n', "", "欢迎光临", "also_without_when"),
    ("silent", 'wait_s = "silent_step_s"', 'wait_s = "silent"', 'wait_s = "silent"', "bad_wait"),
    ("silent", "wait_s = 5", "wait_s = 61", "wait_s = 61", "bad_wait"),
    ("silent", 'wait_s = "silent_step_s"\n', "", "rounds =", "needs_wait"),
    ("silent", "rounds = 2", 'rounds = 1\nagain = "ask"', "again =", "again_without_rounds"),
    ("silent", 'callback = "fault"', 'callback = "fautl"', "callback =", "misspelt_value"),
    ("head", "format = 1", "format = 2", "format =", "exactly"),
    ("head", 'version = "1.2"', 'version = "1 2"', "version =", "form"),
    ("head", '"zh-Hant", "en"]', '"zh-Hant", "fr"]', "languages =", "unknown_value"),
    ("head", 'flavour = "hotline"', 'flavour = "hotlin"', 'flavour = "hotlin"', "misspelt_value"),
    ("head", "[promise.fault]", "[promise.falt]", "[promise.falt]", "misspelt_field"),
    ("head", "[company]", "[compnay]", "[compnay]", "misspelt_field"),
    ("states", "[idle]", "[idl]", "[idl]", "misspelt_field"),
    ("forbidden", '"你必须"]', "5]", "shifting =", "wrong_kind"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("name", "old", "new", "at", "key"), FIELDS, ids=[f"{one[0]}-{one[2]}"[:40] for one in FIELDS]
)
def test_a_mistake_in_a_field(
    tmp_path: Path, name: str, old: str, new: str, at: str, key: str
) -> None:
    findings, content = spoilt(tmp_path, name, old, new)
    line = line_of(content, at)
    if key == "also_without_when":  # told where the table begins
        line -= 1
    assert (line, key) in [(one[1], one[2]) for one in findings]


@pytest.mark.parametrize(
    ("name", "field", "line"),
    [
        ("greeting", 'group = "start"\n', 1),
        ("greeting", 'kind = "open"\n', 9),
        ("head", 'license = "MIT"\n', 1),
        ("head", "format = 1\n", 1),
    ],
)
def test_a_missing_field_is_told_at_its_table(
    tmp_path: Path, name: str, field: str, line: int
) -> None:
    findings, _ = spoilt(tmp_path, name, field, "")
    assert (line, "missing_field") in [(one[1], one[2]) for one in findings]


SYNTAX = [
    ('x = "never closed\n', "syntax_quote"),
    ('id = "again"\n', "syntax_twice"),
    ("x\n", "syntax_equals"),
    ("x = hello\n", "syntax_value"),
    ("x = [1, 2\n", "syntax_bracket"),
    ("x = 1 2\n", "syntax_rest"),
    ('x = "C:\\dir"\n', "syntax_backslash"),
    ("= 1\n", "syntax_statement"),
    ("# \x01\n", "syntax_character"),
]


@pytest.mark.parametrize(("added", "why"), SYNTAX, ids=[one[1] for one in SYNTAX])
def test_what_is_no_toml_is_told_with_its_line(tmp_path: Path, added: str, why: str) -> None:
    begin = 'id = "greeting"\ngroup = "start"\n'
    folder = small.written(tmp_path, greeting=begin + added + "y = 1\n")
    (finding,) = (one for one in findings_of(read_library(folder)) if one.key == "syntax")
    assert finding.file == "scenarios/greeting.toml"
    assert finding.line in (3, 4)  # an array that is never closed is missed on the next line
    assert words.text(f"finding_part.{why}", "zh") in finding.what("zh")


def test_brackets_without_end_are_told(tmp_path: Path) -> None:
    for brackets in ("[" * 20_000, "[" * 400 + "]" * 400, "{a=" * 20_000):
        folder = small.written(tmp_path, greeting=f"x = {brackets}\n")
        assert "scenarios/greeting.toml" in {one[0] for one in found(folder)}


def test_broken_encoding_is_told_with_its_line(tmp_path: Path) -> None:
    for content in (
        "# 一\nid = '问候'\n".encode("gbk"),
        b'id = "x"\n\xff\n',
        b"\xff\xfei\x00d\x00",
    ):
        folder = small.written(tmp_path, greeting=content)
        bad = [one for one in found(folder) if one[2] == "encoding"]
        assert [one[0] for one in bad] == ["scenarios/greeting.toml"]
    content = small.GREETING.encode().replace("再见".encode(), "再见".encode("gbk"))
    assert (
        "scenarios/greeting.toml",
        line_of(small.GREETING, 'say.zh = "再见'),
        "encoding",
    ) in found(small.written(tmp_path, greeting=content))


def test_a_file_that_cannot_be_read_is_told_and_the_rest_is_read(tmp_path: Path) -> None:
    folder = small.written(tmp_path, silent=None)
    (folder / "scenarios" / "silent.toml").mkdir()
    assert ("scenarios/silent.toml", 1, "unreadable") in found(folder)


def test_an_empty_folder_lacks_all_its_files(tmp_path: Path) -> None:
    assert found(tmp_path) == [
        ("forbidden.toml", 1, "missing_file"),
        ("library.toml", 1, "missing_file"),
        ("scenarios", 1, "no_scenarios"),
        ("states.toml", 1, "missing_file"),
    ]


@pytest.mark.parametrize("name", ["head", "states", "forbidden"])
def test_a_missing_file_is_one_finding(tmp_path: Path, name: str) -> None:
    files = {"head": "library.toml", "states": "states.toml", "forbidden": "forbidden.toml"}
    assert found(small.written(tmp_path, **{name: None})) == [(files[name], 1, "missing_file")]


def test_what_is_no_folder_is_refused_in_a_sentence(tmp_path: Path) -> None:
    file = small.written(tmp_path / "x") / "library.toml"
    for folder, said in ((tmp_path / "absent", "no library folder"), (file, "is a file")):
        with pytest.raises(DeskunitError, match=said):
            read_library(folder)


def test_other_files_among_the_scenarios_are_told(tmp_path: Path) -> None:
    folder = small.written(tmp_path)
    (folder / "scenarios" / "notes.txt").write_text("x", "utf-8")
    (folder / "scenarios" / ".DS_Store").write_text("x", "utf-8")
    assert found(folder) == [("scenarios/notes.txt", 1, "not_read")]


def test_many_mistakes_are_all_told(tmp_path: Path) -> None:
    greeting = small.GREETING.replace("callers", "calers").replace('kind = "close"', 'kind = "x"')
    silent = small.SILENT.replace("wait_s = 5", "wait_s = 500").replace("[[step]]", "[[stop]]", 1)
    keys = {one[2] for one in found(small.written(tmp_path, greeting=greeting, silent=silent))}
    assert {"misspelt_field", "unknown_value", "bad_wait"} <= keys


def test_the_sites_own_library_goes_before_the_one_that_comes_along(tmp_path: Path) -> None:
    assert find_library(tmp_path) == DEFAULT
    (tmp_path / "library").mkdir()
    assert find_library(tmp_path) == tmp_path / "library"
