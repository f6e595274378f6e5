"""Both language files say the same things: every key twice, with the same variables."""

import re
import string
from pathlib import Path

import deskunit
import pytest
from deskunit import words
from deskunit.errors import DeskunitError

SOURCES = [file.read_text("utf-8") for file in Path(deskunit.__file__).parent.rglob("*.py")]


def variables(sentence: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(sentence) if name is not None}


def test_every_key_stands_in_both_languages() -> None:
    assert set(words.table("zh")) == set(words.table("en"))
    assert len(words.table("zh")) > 50


def test_every_key_has_the_same_variables_in_both() -> None:
    zh, en = words.table("zh"), words.table("en")
    assert {key: variables(zh[key]) for key in zh} == {key: variables(en[key]) for key in zh}


@pytest.mark.parametrize("language", words.LANGUAGES)
def test_no_sentence_is_empty(language: str) -> None:
    assert [key for key, sentence in words.table(language).items() if not sentence.strip()] == []


def test_chinese_sentences_are_chinese() -> None:
    names = {"page.switch_language", "page.switch_language_label", "script_tab.lang_en"}
    plain = [
        key
        for key, sentence in words.table("zh").items()
        if key not in names and re.search(r"[A-Za-z]", sentence)
        and not re.search(r"[\u4e00-\u9fff]", sentence)
    ]  # fmt: skip
    assert plain == []


def test_every_error_that_the_code_raises_has_its_sentence() -> None:
    raised = {key for text in SOURCES for key in re.findall(r'DeskunitError\(\s*"(\w+)"', text)}
    assert len(raised) > 20
    assert {f"error.{key}" for key in raised} <= set(words.table("en"))


def test_every_error_sentence_is_used() -> None:
    quoted = {key for text in SOURCES for key in re.findall(r'"(\w+)"', text)}
    errors = {key.removeprefix("error.") for key in words.table("en") if key.startswith("error.")}
    assert errors - quoted == set()


def test_every_finding_has_its_way_to_mend_it_and_is_used() -> None:
    quoted = {key for text in SOURCES for key in re.findall(r'"(\w+)"', text)}
    known: dict[str, set[str]] = {part: set() for part in ("finding", "mend", "finding_part")}
    for key in words.table("en"):
        if key.partition(".")[0] in known:
            known[key.partition(".")[0]].add(key.partition(".")[2])
    assert len(known["finding"]) > 40
    assert known["finding"] == known["mend"]
    assert (known["finding"] | known["finding_part"]) - quoted == set()


def test_every_word_of_the_command_line_is_used() -> None:
    quoted = {key for text in SOURCES for key in re.findall(r'"(\w+)"', text)}
    kinds = ("row", "unit", "health", "use", "callback", "opt_callback", "correct")
    made = {f"{kind}_{key}" for kind in kinds for key in quoted}
    said = {key.removeprefix("cli.") for key in words.table("en") if key.startswith("cli.")}
    assert said - quoted - made == set()


def test_every_word_that_the_command_line_says_is_there() -> None:
    folder = Path(deskunit.__file__).parent / "cli"
    said = {
        key
        for file in folder.glob("*.py")
        for key in re.findall(r'\b(?:word|say)\(\s*"(\w+)"', file.read_text("utf-8"))
    }
    assert len(said) > 50
    assert {f"cli.{key}" for key in said} <= set(words.table("en"))


def test_an_error_speaks_the_users_language(monkeypatch: pytest.MonkeyPatch) -> None:
    error = DeskunitError("port_busy", port="/dev/ttyUSB0")
    monkeypatch.setenv("DESKUNIT_LANG", "zh_CN.UTF-8")
    assert "占用" in error.sentence() and "/dev/ttyUSB0" in error.sentence()
    monkeypatch.setenv("DESKUNIT_LANG", "en")
    assert "in use" in error.sentence()
