"""Sentences that do not fit the screen are found, by the unit's own layout; so are the widest values."""

import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from deskunit.scripts.checks.fit import Asked, Layout, fit_findings, longest
from deskunit.scripts.findings import Finding
from deskunit.scripts.font import Font, large_font, small_font
from deskunit.scripts.library import read_library

TESTS = Path(__file__).parents[1]
for folder in (TESTS.parent / "firmware", TESTS / "firmware", TESTS / "host"):
    if str(folder) not in sys.path:
        sys.path.append(str(folder))

import small_library as small  # noqa: E402
from unit import text  # noqa: E402


class Ruler:
    """What the unit's layout asks of a font, answered by the compiler's fonts."""

    def __init__(self, font: Font) -> None:
        self._font = font

    def width(self, line: bytes) -> int:
        return self._font.width(line.decode().replace("\x1f", ""))

    def step(self, line: bytes, at: int) -> int:
        return at + len(line[at:].decode()[0].encode())


class Paper:
    """A `Layout` in this process: the firmware's text.py over the fonts."""

    def lines(self, language: str, texts: Sequence[Asked]) -> list[Sequence[str]]:
        return [self._one(language, one) for one in texts]

    def _one(self, language: str, asked: Asked) -> list[str]:
        ruler = Ruler(large_font() if asked.large else small_font(language))
        filled = text.fill(asked.text.encode(), asked.values)
        return [line.decode() for line in text.lines(ruler, filled, 128)]


@pytest.fixture
def layout() -> Iterator[Layout]:
    yield Paper()


def spoilt(tmp_path: Path, layout: Layout, old: str, new: str) -> list[Finding]:
    assert old in small.SILENT
    content = small.SILENT.replace(old, new)
    return list(fit_findings(read_library(small.written(tmp_path, silent=content)), layout))


def test_the_small_library_fits(tmp_path: Path, layout: Layout) -> None:
    assert fit_findings(read_library(small.written(tmp_path)), layout) == ()


def test_nine_lines_are_three_screens_and_ten_are_four(tmp_path: Path, layout: Layout) -> None:
    for lines, keys in ((9, []), (10, ["pages"])):
        said = "\\n".join(["好"] * lines)
        found = spoilt(tmp_path, layout, "您好，能听到吗？", said)
        assert [one.key for one in found] == keys
    assert found[0].file == "scenarios/silent.toml"
    assert found[0].line == small.SILENT[: small.SILENT.index("您好")].count("\n") + 1
    assert "10" in found[0].what("zh") and "4" in found[0].what("en")


def test_what_is_only_known_on_the_unit_counts_at_its_longest(
    tmp_path: Path, layout: Layout
) -> None:
    fits = "您好，\\n" * 8 + "请讲{wish}"
    assert spoilt(tmp_path, layout, "您好，能听到吗？", fits) == []
    too_long = "您好，\\n" * 8 + "{caller}您好，请您慢慢讲"
    assert [one.key for one in spoilt(tmp_path, layout, "您好，能听到吗？", too_long)] == ["pages"]


def test_the_longest_values_come_from_the_library_and_the_unit_s_words(tmp_path: Path) -> None:
    head = read_library(small.written(tmp_path)).head
    values = longest(head, "en", large=False)
    assert values["agent"] == "100123"
    assert values["caller"] == "Dr Fitzgerald"
    assert values["hello"] == "Good \x1fafternoon"  # the unit breaks its words where they may be
    assert values["name"]  # the library names none: something wide


def test_a_piece_wider_than_the_screen(tmp_path: Path, layout: Layout) -> None:
    found = spoilt(tmp_path, layout, "can you hear me?", "W" * 30)
    assert [one.key for one in found] == ["piece_wide", "piece_wide_large"]
    only_large = spoilt(tmp_path, layout, "can you hear me?", "i" * 20)
    assert [one.key for one in only_large] == ["piece_wide_large"]


def test_the_large_mode_has_nine_screens_of_two_lines(tmp_path: Path, layout: Layout) -> None:
    head = small.HEAD.replace("pages_max = 3", "pages_max = 9")
    silent = small.SILENT.replace("您好，能听到吗？", "\\n".join(["好"] * 19))
    library = read_library(small.written(tmp_path, head=head, silent=silent))
    assert [one.key for one in fit_findings(library, layout)] == ["pages_large"]


def test_a_states_sentence_cannot_be_paged(tmp_path: Path, layout: Layout) -> None:
    for state, lines, fits in (("idle", 3, True), ("idle", 4, False), ("not_ready", 2, True),
                               ("not_ready", 3, False), ("hold_back", 9, True)):  # fmt: skip
        before = f'[{state}]\nsay.zh = "'
        said = "\\n".join(["好"] * lines)
        states = small.STATES.replace(f"{before}请稍等。", before + said)
        library = read_library(small.written(tmp_path, states=states))
        expected = [] if fits else ["state_lines"]
        assert [one.key for one in fit_findings(library, layout)] == expected, (state, lines)


def test_one_scenario_can_be_asked_for_alone(tmp_path: Path, layout: Layout) -> None:
    silent = small.SILENT.replace("can you hear me?", "W" * 30)
    library = read_library(small.written(tmp_path, silent=silent))
    assert fit_findings(library, layout, scenario="greeting") == ()
    assert len(fit_findings(library, layout, scenario="silent")) == 2
