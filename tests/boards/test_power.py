"""Flash, resets and power cuts: what survives, what does not, and what the next start says."""

import subprocess
import sys
from pathlib import Path

import pytest
from deskunit.errors import DeskunitError
from deskunit.virtual import VirtualUnit
from talk import UID, MakeUnit, Talk


def restarted(talk: Talk) -> str:
    """The first line after a power cut."""
    talk.unit.cut_power()
    talk.unit.power_on()
    return talk.line()


def test_only_what_was_flushed_survives_a_power_cut(talk: Talk) -> None:
    talk.do("f = storage.open('kept', 'w'); f.write('one'); f.flush(); f.write('two')")
    talk.do("g = storage.open('lost', 'w'); g.write('never')")
    assert restarted(talk) == "up PWRON"
    assert talk.ask("app.load('kept')") == "one"
    assert talk.ask("'lost' in storage.listdir()") == "False"


def test_append_close_remove_and_rename_are_durable(talk: Talk) -> None:
    talk.do("app.save('a', 'x')")
    talk.do("with storage.open('a', 'a') as f: f.write('y')")
    talk.do(
        "app.save('b', 'gone'); storage.remove('b'); app.save('c', 'old'); app.save('c', 'new')"
    )
    restarted(talk)
    assert talk.ask("app.load('a')") == "xy"
    assert talk.ask("app.load('c')") == "new"
    assert talk.ask("sorted(n for n in storage.listdir() if len(n) < 3)") == "['a', 'c']"


def test_a_missing_file_has_the_error_number_of_a_board(talk: Talk) -> None:
    talk.do(r'exec("try:\n storage.open(\'no\')\nexcept OSError as e:\n app.error = e.errno")')
    assert talk.ask("app.error") == "2"


def test_a_save_cut_between_any_two_operations_leaves_old_or_new(
    demo_tree: Path, make_unit: MakeUnit
) -> None:
    unit = make_unit(demo_tree)
    talk = Talk(unit)
    talk.line()
    talk.do("app.save('state', 'old')")
    found = []
    for operations in range(1, 12):
        unit.write(b"app.save('state', 'new')\n")
        unit.cut_power(operations)
        unit.advance(unit.now_ms + 50)
        if unit.figures()["state"] != "off":
            unit.cut_power()
        unit.power_on()
        assert talk.line() == "up PWRON"
        found.append(talk.ask("app.load('state')"))
        talk.do("app.save('state', 'old')")
    assert sorted(set(found)) == ["new", "old"]
    assert found == sorted(found, reverse=True), "once it is new it stays new"


def test_data_files_outlive_the_process_and_the_tree_comes_from_the_build(
    demo_tree: Path, make_unit: MakeUnit, tmp_path: Path
) -> None:
    flash = tmp_path / "flash"
    first = make_unit(demo_tree, flash=flash)
    talk = Talk(first)
    talk.line()
    talk.do("app.save('count', '41')")
    first.close()
    assert [path.name for path in flash.iterdir()] == ["count"]
    again = Talk(make_unit(demo_tree, flash=flash))
    again.line()
    assert again.ask("app.load('count')") == "41"


def test_a_seed_repeats_the_random_bytes(demo_tree: Path, make_unit: MakeUnit) -> None:
    def drawn(seed: int) -> str:
        talk = Talk(make_unit(demo_tree, seed=seed))
        talk.line()
        return talk.ask("board.chip.random(4)")

    assert drawn(1) == drawn(1) != drawn(2)


def test_a_soft_reset_takes_effect_when_the_step_returns(talk: Talk) -> None:
    talk.unit.write(b"app.save('a', '1'); board.chip.reset('soft'); app.save('b', '2')\n")
    assert talk.line() == "up SOFT"
    assert talk.ask("'a' in storage.listdir(), 'b' in storage.listdir()") == "(True, False)"
    assert restarted(talk) == "up PWRON"


def test_an_exception_that_leaves_the_step_is_printed_and_the_watchdog_restarts(talk: Talk) -> None:
    talk.unit.write(b"1 // 0\n")
    said = talk.line()
    assert said.startswith("Traceback (most recent call last):")
    assert 'File "unit/app.py", line' in said
    assert said.endswith("ZeroDivisionError: divide by zero")
    assert talk.line() == "up WDT"


def test_firmware_that_does_not_start_ends_in_the_repl(make_unit: MakeUnit, tmp_path: Path) -> None:
    (tmp_path / "main.py").write_text("import nothing_of_that_name\n")
    unit = make_unit(tmp_path)
    out = unit.advance(100) + unit.advance(200)
    while more := unit.advance(300):
        out += more
    assert b"ImportError" in out and out.endswith(b">>> ")
    assert unit.figures()["state"] == "repl"


def test_boot_held_at_power_on_starts_no_app(demo_tree: Path, make_unit: MakeUnit) -> None:
    unit = make_unit(demo_tree)
    unit.cut_power()
    unit.press("BOOT")
    unit.power_on()
    assert unit.figures()["state"] == "repl"


def test_heap_in_use_is_told(talk: Talk) -> None:
    before = talk.unit.memory()
    talk.do("app.ballast = bytearray(20000)")
    assert 20_000 <= talk.unit.memory() - before < 21_000


def test_a_missing_tree_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(DeskunitError, match="make build"):
        VirtualUnit(tmp_path / "none", UID, time="virtual")


def test_a_program_that_dies_takes_its_unit_along(demo_tree: Path) -> None:
    program = f"""
import os, pathlib
from deskunit.virtual import VirtualUnit
VirtualUnit(pathlib.Path({str(demo_tree)!r}), {UID!r}, time="real").power_on()
os._exit(0)
"""
    # Node holds our end of stderr too: this returns when Node has ended as well
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, timeout=30)
    assert (done.returncode, done.stderr) == (0, b"")
