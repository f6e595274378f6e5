"""`deskunit script check|build|init` as a person meets them: lines, exit codes, files, both languages."""

import json
import sys
from pathlib import Path

import pytest
from deskunit import cli
from deskunit.scripts.packs import about

sys.path.append(str(Path(__file__).parent))

import small_library as small

HEAD = small.HEAD.replace('["zh", "zh-Hant", "en"]', '["zh", "en"]')


class Terminal:
    """Runs `deskunit script …` in this process: exit code, stdout, stderr."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> None:
        self._monkeypatch = monkeypatch
        self._capfd = capfd

    def run(self, *words: object) -> tuple[int, str, str]:
        self._monkeypatch.setattr(sys, "argv", ["deskunit", "script", *map(str, words)])
        with pytest.raises(SystemExit) as ended:
            cli.main()
        out, err = self._capfd.readouterr()
        code = ended.value.code
        assert isinstance(code, int)
        assert "Traceback" not in out + err
        return code, out, err


@pytest.fixture
def terminal(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str], tmp_path: Path
) -> Terminal:
    monkeypatch.setenv("DESKUNIT_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("DESKUNIT_LANG", "en")
    monkeypatch.chdir(tmp_path)
    return Terminal(monkeypatch, capfd)


def written(**changes: str) -> str:
    """A library in the folder `mine` of the current one."""
    small.written(Path("mine"), **{"head": HEAD, **changes})
    return "mine"


# -- check


def test_a_sound_library_passes_layout_and_all(terminal: Terminal) -> None:
    code, out, err = terminal.run("check", written())
    assert (code, out) == (0, "")
    assert err == "mine: scenarios: 2, sentences: 15, languages: 2; errors: 0, warnings: 0.\n"


def test_a_finding_is_a_line_that_an_editor_can_jump_to(terminal: Terminal) -> None:
    written(silent=small.SILENT.replace("rounds = 2", "round = 2"))
    code, out, err = terminal.run("check", "mine")
    assert code == 1
    assert (
        out
        == "mine/scenarios/silent.toml:12: error: there is no field round. Did you mean rounds?\n"
    )
    assert "errors: 1, warnings: 0" in err and "layout was not checked" in err


def test_findings_speak_chinese(terminal: Terminal, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DESKUNIT_LANG", "zh")
    written(silent=small.SILENT.replace("rounds = 2", "round = 2"))
    code, out, err = terminal.run("check", "mine")
    assert code == 1
    assert out == "mine/scenarios/silent.toml:12: 错误: 没有 round 这个字段。是否想写 rounds？\n"
    assert "错误 1" in err and "版面未检查" in err


def test_what_does_not_fit_is_found_by_the_unit_s_own_code(terminal: Terminal) -> None:
    written(silent=small.SILENT.replace("您好，能听到吗？", "\\n".join(["好"] * 10)))
    code, out, _ = terminal.run("check", "mine")
    assert code == 1
    assert "mine/scenarios/silent.toml:15: error: silent/ask takes up to 10 lines in zh" in out
    assert terminal.run("check", "mine", "--no-fit")[0] == 0


def test_warnings_alone_pass_unless_one_is_strict(terminal: Terminal) -> None:
    folder = Path(written())
    (folder / "scenarios" / "notes.txt").write_text("x", "utf-8")
    code, out, _ = terminal.run("check", folder, "--no-fit")
    assert code == 0 and ": warning: " in out
    assert terminal.run("check", folder, "--no-fit", "--strict")[0] == 1


def test_check_for_programs(terminal: Terminal) -> None:
    written(silent=small.SILENT.replace("rounds = 2", "round = 2"))
    code, out, _ = terminal.run("check", "mine", "--json")
    found = json.loads(out)
    assert code == 1
    assert (found["name"], found["version"], found["scenarios"]) == ("Small", "1.2", 2)
    (finding,) = found["findings"]
    assert {key: finding[key] for key in ("file", "line", "severity", "key")} == {
        "file": "scenarios/silent.toml", "line": 12, "severity": "error", "key": "misspelt_field",
    }  # fmt: skip


def test_without_a_folder_the_sites_own_is_checked(terminal: Terminal, tmp_path: Path) -> None:
    small.written(tmp_path / "home" / "library", head=HEAD.replace('"Small"', '"Ours"'))
    _, out, _ = terminal.run("check", "--json", "--no-fit")
    assert json.loads(out)["name"] == "Ours"


def test_an_empty_folder_and_none_are_sentences(terminal: Terminal) -> None:
    Path("empty").mkdir()
    code, out, _ = terminal.run("check", "empty")
    assert code == 1
    assert "empty/library.toml:1: error: the file is missing." in out
    code, _, err = terminal.run("check", "absent")
    assert code == 1 and "script init" in err


# -- build


def test_build_writes_packs_and_says_what_is_in_them(terminal: Terminal) -> None:
    code, out, err = terminal.run("build", written(), "--out", "out")
    assert code == 0
    names = {path.name for path in Path("out").iterdir()}
    assert names == {"zh.pack", "en.pack", "PACKS-OFL.txt", "PACKS-OFL-16.txt", "PACKS-NOTICE.txt"}
    zh = about(Path("out/zh.pack").read_bytes())
    for figure in (zh.size, zh.glyphs, zh.large, zh.prompts, zh.checksum):
        assert str(figure) in out
    assert "Small 1.2, flavour hotline" in err


def test_build_for_programs_of_one_language_and_flavour(terminal: Terminal) -> None:
    code, out, _ = terminal.run(
        "build", written(), "--lang", "zh-Hans", "--flavour", "shop", "--no-large", "--json"
    )
    (made,) = json.loads(out)
    assert code == 0
    assert (made["language"], made["flavour"], made["large"]) == ("zh", "shop", 0)
    assert about(Path(made["file"]).read_bytes()).checksum == made["checksum"]


def test_an_error_builds_nothing(terminal: Terminal) -> None:
    written(silent=small.SILENT.replace("rounds = 2", "round = 2"))
    code, out, err = terminal.run("build", "mine", "--out", "out")
    assert (code, out) == (1, "")
    assert "there is no field round" in err and "nothing was written" in err
    assert not Path("out").exists()


def test_build_says_what_the_sites_settings_say(terminal: Terminal, tmp_path: Path) -> None:
    (tmp_path / "home").mkdir()
    settings = '[site]\nflavour = "shop"\ncompany = "Acme"\n'
    (tmp_path / "home" / "settings.toml").write_text(settings, "utf-8")
    code, out, _ = terminal.run("build", written(), "--lang", "en", "--out", "out", "--json")
    assert code == 0 and json.loads(out)[0]["flavour"] == "shop"
    assert b"Acme." in Path("out/en.pack").read_bytes()


@pytest.mark.parametrize(
    ("option", "value"), [("--lang", "fr"), ("--lang", "zh-Hant"), ("--flavour", "bakery")]
)
def test_what_the_library_does_not_have_is_refused(
    terminal: Terminal, option: str, value: str
) -> None:
    code, _, err = terminal.run("build", written(), option, value, "--out", "out")
    assert code == 2 and value in err
    assert not Path("out").exists()


# -- init


def test_init_copies_what_comes_with_deskunit(terminal: Terminal) -> None:
    code, _, err = terminal.run("init", "new")
    assert code == 0 and "script check new" in err
    assert Path("new/library.toml").is_file()
    assert terminal.run("check", "new", "--no-fit")[0] == 0


def test_init_overwrites_nothing(terminal: Terminal) -> None:
    Path("full").mkdir()
    Path("full/x").write_text("x", "utf-8")
    code, _, err = terminal.run("init", "full")
    assert code == 1 and "not empty" in err
    assert [path.name for path in Path("full").iterdir()] == ["x"]
