"""What is wrong with a script library as a whole: ids, ways, languages, variables, phrases, characters."""

import sys
from pathlib import Path

import pytest
from deskunit.scripts.checks import findings_of
from deskunit.scripts.findings import Finding
from deskunit.scripts.forbidden import Phrases
from deskunit.scripts.library import read_library
from deskunit.settings import Site

sys.path.append(str(Path(__file__).parent))

import small_library as small

STEP = """
[[step]]
id = "{id}"
kind = "{kind}"
say.zh = "好的。"
say.zh-Hant = "好的。"
say.en = "All right."
"""
HEAD = small.SILENT[: small.SILENT.index("[[step]]")]


def keys(folder: Path) -> list[tuple[str, int, str, str]]:
    """(file, line, severity, key) of all findings."""
    return [
        (one.file, one.line, one.severity, one.key) for one in findings_of(read_library(folder))
    ]


def of(folder: Path, key: str) -> list[Finding]:
    return [one for one in findings_of(read_library(folder)) if one.key == key]


def scenario(*steps: str) -> str:
    """The scenario `silent` with these steps: "id kind" and lines that follow, "; " between."""
    text = HEAD
    for step in steps:
        names, *fields = step.split("; ")
        name, kind = names.split()
        text += STEP.format(id=name, kind=kind) + "".join(f"{field}\n" for field in fields)
    return text


def line_of(content: str, part: str) -> int:
    return content[: content.index(part)].count("\n") + 1


# -- ids, groups, languages


def test_two_scenarios_with_one_id_name_both_files(tmp_path: Path) -> None:
    folder = small.written(tmp_path, other=small.SILENT)
    assert keys(folder) == [
        ("scenarios/other.toml", 1, "error", "id_not_file"),
        ("scenarios/silent.toml", 1, "error", "id_twice"),
    ]
    (twice,) = of(folder, "id_twice")
    assert "scenarios/other.toml" in twice.what("en")


def test_an_id_that_is_not_the_files_name(tmp_path: Path) -> None:
    folder = small.written(tmp_path, silent=small.SILENT.replace('"silent"', '"quiet"', 1))
    assert keys(folder) == [("scenarios/silent.toml", 1, "error", "id_not_file")]


def test_an_unknown_group_is_told_with_what_was_meant(tmp_path: Path) -> None:
    folder = small.written(tmp_path, silent=small.SILENT.replace('group = "line"', 'group = "lin"'))
    assert ("scenarios/silent.toml", 2, "error", "unknown_group") in keys(folder)
    assert "line" in of(folder, "unknown_group")[0].mend("en")


def test_a_group_without_a_scenario_is_a_warning(tmp_path: Path) -> None:
    folder = small.written(tmp_path, silent=None)
    line = line_of(small.HEAD, 'id = "line"') - 1
    assert keys(folder) == [("library.toml", line, "warning", "empty_group")]


def test_a_group_that_is_there_twice(tmp_path: Path) -> None:
    folder = small.written(tmp_path, head=small.HEAD.replace('id = "line"', 'id = "start"'))
    assert "group_twice" in [one[3] for one in keys(folder)]


@pytest.mark.parametrize(
    ("name", "content", "removed", "language"),
    [
        ("silent", small.SILENT, 'say.en = "Hello, can you hear me?"\n', "en"),
        ("silent", small.SILENT, 'title.zh-Hant = "無聲"\n', "zh-Hant"),
        ("greeting", small.GREETING, 'short.zh = "{hello}，请讲。"\n', "zh"),
        ("states", small.STATES, 'say.zh = "请稍等。"\n', "zh"),
        ("head", small.HEAD, 'title.en = "Opening"\n', "en"),
        ("head", small.HEAD, 'en = "within 24 hours"\n', "en"),
    ],
)
def test_a_missing_language_is_told(
    tmp_path: Path, name: str, content: str, removed: str, language: str
) -> None:
    folder = small.written(tmp_path, **{name: content.replace(removed, "", 1)})
    (finding,) = of(folder, "missing_language")
    assert finding.what("en").endswith(f" {language}.")


def test_a_library_may_have_fewer_languages(tmp_path: Path) -> None:
    head = small.HEAD.replace('["zh", "zh-Hant", "en"]', '["en"]')
    silent = "\n".join(line for line in small.SILENT.split("\n") if ".zh" not in line)
    assert keys(small.written(tmp_path, head=head, silent=silent)) == []


def test_without_a_greeting_no_call_could_begin(tmp_path: Path) -> None:
    folder = small.written(tmp_path, greeting=None)
    assert ("scenarios", 1, "error", "no_greeting") in keys(folder)


def test_a_file_that_cannot_be_read_is_told_once(tmp_path: Path) -> None:
    folder = small.written(tmp_path, greeting="=")
    assert keys(folder) == [("scenarios/greeting.toml", 1, "error", "syntax")]


def test_the_greeting_is_in_every_flavour(tmp_path: Path) -> None:
    content = small.GREETING.replace("order = 10", 'flavours = ["shop"]')
    assert "greeting_flavours" in [
        one[3] for one in keys(small.written(tmp_path, greeting=content))
    ]


# -- ways


@pytest.mark.parametrize("field", ["next", "tap", "again"])
def test_a_jump_to_a_step_that_is_not_there(tmp_path: Path, field: str) -> None:
    content = small.SILENT.replace('next = "sorry"', f'next = "sorry"\n{field} = "herd"').replace(
        'next = "sorry"\nnext', "next"
    )
    content = content.replace('tap = "heard"\n', "") if field == "tap" else content
    folder = small.written(tmp_path, silent=content)
    (finding,) = of(folder, "jump_nowhere")
    assert finding.line == line_of(content, f'{field} = "herd"')
    assert "heard" in finding.mend("zh")


def test_a_circle_without_an_end_is_told_with_its_steps(tmp_path: Path) -> None:
    content = scenario("a guide", "b answer", 'c close; next = "a"')
    (finding,) = of(small.written(tmp_path, silent=content), "circle")
    assert "a → b → c → a" in finding.what("en")
    assert finding.line == line_of(content, 'id = "c"') - 1


def test_a_step_that_leads_to_itself_is_a_circle(tmp_path: Path) -> None:
    content = scenario('a guide; wait_s = 3; next = "a"; tap = "end"')
    assert len(of(small.written(tmp_path, silent=content), "circle")) == 1


def test_rounds_and_taps_that_lead_out_are_no_circle(tmp_path: Path) -> None:
    content = scenario('a guide; wait_s = 3; rounds = 3; again = "a"', 'b close; tap = "end"')
    assert keys(small.written(tmp_path, silent=content)) == []


def test_a_step_that_nothing_leads_to_is_a_warning(tmp_path: Path) -> None:
    content = scenario('a guide; next = "c"', "b answer", "c close")
    (finding,) = of(small.written(tmp_path, silent=content), "unreached")
    assert (finding.severity, finding.line) == ("warning", line_of(content, 'id = "b"') - 1)


def test_steps_out_of_order(tmp_path: Path) -> None:
    content = scenario("a answer", "b guide", "c close")
    (finding,) = of(small.written(tmp_path, silent=content), "order")
    assert finding.line == line_of(content, 'kind = "guide"')


def test_nine_steps_are_enough(tmp_path: Path) -> None:
    nine = [f"s{n} guide" for n in range(9)]
    assert keys(small.written(tmp_path / "9", silent=scenario(*nine))) == []
    folder = small.written(tmp_path / "10", silent=scenario(*nine, "s9 close"))
    assert [one[3] for one in keys(folder)] == ["too_many_steps"]


def test_two_steps_with_one_id_and_one_called_end(tmp_path: Path) -> None:
    content = scenario("a guide", "a answer", "end close")
    found = [one[3] for one in keys(small.written(tmp_path, silent=content))]
    assert {"step_twice", "step_named_end"} <= set(found)


def test_a_scenario_without_a_step(tmp_path: Path) -> None:
    assert [one[3] for one in keys(small.written(tmp_path, silent=HEAD))] == ["no_steps"]


def test_not_every_step_may_be_conditional(tmp_path: Path) -> None:
    one = 'a guide; when = { day = "work" }'
    every = scenario(one, 'b close; when = { level = "solo" }')
    assert [one[3] for one in keys(small.written(tmp_path, silent=every))] == ["all_conditional"]
    assert keys(small.written(tmp_path, silent=scenario(one, "b close"))) == []


def test_a_jump_to_a_step_of_another_flavour(tmp_path: Path) -> None:
    content = scenario('a guide; next = "c"', "b answer", 'c close; flavours = ["shop"]')
    (finding,) = of(small.written(tmp_path, silent=content), "jump_not_in_flavour")
    assert "hotline" in finding.what("en")


def test_a_flavour_without_a_step(tmp_path: Path) -> None:
    content = scenario('a guide; flavours = ["shop"]')
    (finding,) = of(small.written(tmp_path, silent=content), "no_steps_in_flavour")
    assert "hotline" in finding.what("en")


# -- variables


@pytest.mark.parametrize(
    ("text", "key", "said"),
    [
        ("{agnt}", "unknown_variable", "{agent}"),
        ("{zzzz}", "unknown_variable", "{agent}"),
        ("{}", "unknown_variable", "{agent}"),
        ("{agent", "stray_brace", "{agent}"),
        ("agent}", "stray_brace", "{agent}"),
        ("{{agent}}", "stray_brace", "{agent}"),
        ("{promise_days_2}", "no_value", "promise.days_2"),
    ],
)
def test_a_variable_that_is_not_there(tmp_path: Path, text: str, key: str, said: str) -> None:
    content = small.SILENT.replace("Hello, can you hear me?", f"Hello {text}")
    (finding,) = of(small.written(tmp_path, silent=content), key)
    assert finding.line == line_of(content, "Hello ")
    assert said in finding.mend("en") and said in finding.mend("zh")


def test_a_promise_needs_a_callback(tmp_path: Path) -> None:
    content = small.SILENT.replace('callback = "fault"\n', "")
    assert len(of(small.written(tmp_path, silent=content), "promise_of_nothing")) == 3


def test_titles_and_values_hold_no_variables(tmp_path: Path) -> None:
    head = small.HEAD.replace('en = "our company"', 'en = "{company}"')
    silent = small.SILENT.replace('title.en = "Silence"', 'title.en = "Silence {agent}"')
    folder = small.written(tmp_path, head=head, silent=silent)
    assert [one.file for one in of(folder, "not_plain")] == [
        "library.toml",
        "scenarios/silent.toml",
    ]


def test_a_title_that_is_too_wide(tmp_path: Path) -> None:
    silent = small.SILENT.replace('title.zh = "无声"', f'title.zh = "{"无声" * 6}"')
    (finding,) = of(small.written(tmp_path, silent=silent), "title_wide")
    assert "144" in finding.what("en")


# -- characters


@pytest.mark.parametrize(
    "character", ["😀", "\u4dff", "\u200d", "\ufe0f", "\t", "\u3000", "\U00020000"]
)
def test_what_the_screen_cannot_draw(tmp_path: Path, character: str) -> None:
    content = small.SILENT.replace("您好，能听到吗？", f"您好{character}？")
    found = of(small.written(tmp_path, silent=content), "no_glyph")
    assert [one.line for one in found] == [line_of(content, "您好")]
    assert f"U+{ord(character):04X}" in found[0].what("zh")


def test_ten_thousand_characters_are_one_finding(tmp_path: Path) -> None:
    content = small.SILENT.replace("Hello, can you hear me?", "Hello 😀 " * 1250)
    found = keys(small.written(tmp_path, silent=content))
    line = line_of(content, "Hello")
    assert found == [("scenarios/silent.toml", line, "error", "too_long")]


# -- forbidden phrases


@pytest.mark.parametrize(
    ("language", "sentence", "found"),
    [
        ("zh", "这件事不归我管。", ["不归我管"]),
        ("zh", "这件事不归，我管", ["不归我管"]),
        ("zh", "这件事不归\n我 管", ["不归我管"]),
        ("zh", "不归……我“管”", ["不归我管"]),
        ("zh", "妳必须来", ["你必须"]),
        ("zh", "您必须来", []),
        ("zh", "不归{agent}我管", []),
        ("zh", "ＡＢＣ热线", ["abc热线"]),
        ("en", "That is NOT my job!", ["not my job"]),
        ("en", "not,\nmy   -job", ["not my job"]),
        ("en", "I don’t know", ["don't know"]),
        ("en", "I don't  know", ["don't know"]),
        ("en", "I do not know", ["don't know"]),
        ("en", "I know it", []),
        ("en", "no.", ["no"]),
        ("en", "(No)", ["no"]),
        ("en", "nobody", []),
        ("en", "it cannot be", ["can't be"]),
        ("en", "don't {name} know", []),
    ],
)
def test_a_phrase_is_found_whatever_stands_between(
    language: str, sentence: str, found: list[str]
) -> None:
    phrases = Phrases(
        {
            "zh": ("不归我管", "你必须", "abc热线"),
            "en": ("not my job", "don't know", "no", "can't be"),
        }
    )
    assert phrases.found_in(language, sentence) == found


def test_forbidden_phrases_are_told_wherever_they_are_said(tmp_path: Path) -> None:
    greeting = small.GREETING.replace("agent {agent} speaking", "not my job")
    greeting = greeting.replace("{hello}, go ahead", "I don't know")
    states = small.STATES.replace("請稍等", "你必須等", 1)
    folder = small.written(tmp_path, greeting=greeting, states=states)
    assert [(one.file, one.line) for one in of(folder, "forbidden")] == [
        ("scenarios/greeting.toml", line_of(greeting, "I don't know")),
        ("scenarios/greeting.toml", line_of(greeting, "not my job")),
        ("states.toml", line_of(states, "你必須等")),
    ]


def test_a_sites_own_value_can_make_a_phrase(tmp_path: Path) -> None:
    library = read_library(small.written(tmp_path))
    found = [one.key for one in findings_of(library, Site(company="No"))]
    assert found == ["forbidden"]


def test_a_language_without_phrases_is_told(tmp_path: Path) -> None:
    content = small.FORBIDDEN[: small.FORBIDDEN.index("[en]")]
    (finding,) = of(small.written(tmp_path, forbidden=content), "no_phrases")
    assert "en" in finding.what("zh")


@pytest.mark.parametrize("name", ["caller", "wish"])
def test_a_phrase_is_found_across_a_variable_that_may_be_empty(tmp_path: Path, name: str) -> None:
    spoilt = small.GREETING.replace('say.zh = "', f'say.zh = "这不归{{{name}}}我管。', 1)
    assert of(small.written(tmp_path, greeting=spoilt), "forbidden")


def test_an_empty_condition_is_a_mistake(tmp_path: Path) -> None:
    step = STEP.format(id="extra", kind="close") + "when = {}\n"
    folder = small.written(tmp_path, extra=HEAD.replace('"silent"', '"extra"') + step)
    assert [one.severity for one in of(folder, "empty_when")] == ["error"]


def test_an_emptied_list_of_phrases_is_told(tmp_path: Path) -> None:
    assert of(small.written(tmp_path, forbidden="# nothing\n"), "no_phrases")


def test_names_to_choose_from_stand_as_the_language_lists_them(tmp_path: Path) -> None:
    folder = small.written(tmp_path, greeting=small.GREETING.replace('"open"', '"xyz"', 1))
    (found,) = of(folder, "unknown_value")
    assert "open、listen" in found.mend("zh")
    assert "open, listen" in found.mend("en")
