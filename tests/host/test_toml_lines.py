"""Where a key stands in a TOML text, whatever way TOML lets it be written."""

import tomllib

import pytest
from deskunit.scripts.toml_lines import lines_of


def test_plain_and_dotted_keys() -> None:
    text = '# first\nid = "x"\ntitle.zh = "a#b"\n"quoted key" . inner = 1\n'
    lines = lines_of(text)
    assert lines[("id",)] == 2
    assert lines[("title",)] == lines[("title", "zh")] == 3
    assert lines[("quoted key", "inner")] == 4


def test_tables_in_arrays_are_counted() -> None:
    text = (
        'a = 1\n[[step]]\nid = "p"\n[[step.also]]\nsay.zh = "1"\n\n[[step.also]]\nsay.zh = "2"\n'
        '[[step]]\nid = "q"\n[[step.also]]\nsay.zh = "3"\n[step.when]\nday = "work"\n[other]\nb = 1\n'
    )
    lines = lines_of(text)
    assert lines[("step",)] == lines[("step", 0)] == 2
    assert lines[("step", 0, "also", 0)] == 4
    assert lines[("step", 0, "also", 1, "say", "zh")] == 8
    assert lines[("step", 1)] == 9
    assert lines[("step", 1, "also", 0, "say", "zh")] == 12
    assert lines[("step", 1, "when", "day")] == 14
    assert lines[("other", "b")] == 16


@pytest.mark.parametrize(
    "value",
    [
        '"""\nb = 1 # "x" ]\n\\""" still\n"""',
        "'''\nb = 1\n'' still\n'''",
        '"""\n""quoted"""""',
        '[\n "]", # ]\n [1, 2],\n {x = "}", y = [1]}\n]',
        '"\\"\\\\"\n\n#\n',
    ],
    ids=["long", "literal", "quotes at the end", "array", "escapes"],
)
def test_a_value_over_several_lines_shifts_what_follows(value: str) -> None:
    text = f"a = {value}\nlast = 2026-01-01 10:00:00\nend = true\n"
    content = tomllib.loads(text)
    assert set(content) == {"a", "last", "end"}
    lines = lines_of(text)
    rows = text.split("\n")
    assert rows[lines[("last",)] - 1].startswith("last =")
    assert rows[lines[("end",)] - 1].startswith("end =")


def test_inline_tables_and_arrays_have_lines_within() -> None:
    lines = lines_of('when = { day = "work", "x y" = {z = 1} }\nlist = [\n  1,\n  {k = 2},\n]\n')
    assert lines[("when", "day")] == lines[("when", "x y", "z")] == 1
    assert lines[("list", 0)] == 3
    assert lines[("list", 1, "k")] == 4


def test_windows_line_ends_count_once() -> None:
    assert lines_of('a = """\r\nx\r\n"""\r\n\r\nb = 1\r\n')[("b",)] == 5


def test_a_file_without_a_key_has_its_first_line_only() -> None:
    assert lines_of("# nothing\n\n") == {(): 1}
