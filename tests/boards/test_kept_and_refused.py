"""Memory that a reset leaves alone, and a flash that refuses to be written."""

import pytest
from talk import Talk


def after(talk: Talk, restart: str) -> None:
    talk.unit.write(restart.encode() + b"\n")
    while not talk.line().startswith("up "):
        pass
    talk.rest()


@pytest.mark.parametrize(
    "restart", ["board.chip.reset('soft')", "1 // 0"], ids=["soft reset", "watchdog"]
)
def test_what_is_kept_outlives_a_reset(talk: Talk, restart: str) -> None:
    assert talk.ask("board.chip.kept.read()") == "b''"
    talk.do("board.chip.kept.write(b'a\\x00\\xff' + bytes(2045))")
    after(talk, restart)
    assert talk.ask("len(board.chip.kept.read()), board.chip.kept.read()[:3]") == (
        "(2048, b'a\\x00\\xff')"
    )


def test_what_is_kept_does_not_outlive_a_power_cut(talk: Talk) -> None:
    talk.do("board.chip.kept.write(b'gone')")
    assert talk.ask("board.chip.kept.read()") == "b'gone'"
    talk.unit.cut_power()
    talk.unit.power_on()
    talk.line()
    talk.rest()
    assert talk.ask("board.chip.kept.read()") == "b''"


def test_more_than_the_memory_holds_is_refused_as_on_the_chip(talk: Talk) -> None:
    trial = r"try:\n board.chip.kept.write(bytes(2049))\nexcept ValueError as e:\n app.error = e"
    talk.do(f'exec("{trial}")')
    assert talk.ask("str(app.error), board.chip.kept.read()") == "('buffer too long', b'')"


def error_of(talk: Talk, statement: str) -> str:
    trial = rf"app.error = 0\ntry:\n {statement}\nexcept OSError as e:\n app.error = e.errno"
    talk.do(f'exec("{trial}")')
    return talk.ask("app.error")


@pytest.mark.parametrize(("errno", "removes"), [(28, True), (5, False)], ids=["full", "broken"])
def test_a_flash_that_refuses_keeps_what_it_had(talk: Talk, errno: int, removes: bool) -> None:
    talk.do("app.save('old', '1'); app.save('other', '2')")
    talk.unit.fail_flash(errno)
    refused = str(errno)
    assert error_of(talk, "app.save('new', '3')") == refused
    assert error_of(talk, "storage.rename('old', 'moved')") == refused
    assert error_of(talk, "storage.remove('other')") == ("0" if removes else refused)
    talk.unit.cut_power()
    talk.unit.power_on()
    talk.line()
    talk.rest()
    assert error_of(talk, "app.save('new', '3')") == refused, "a power cut repairs nothing"
    talk.unit.fail_flash(None)
    talk.do("app.save('new', '4')")
    kept = "sorted(n for n in storage.listdir() if n in ('old', 'other', 'new', 'moved'))"
    assert talk.ask(kept) == str(["new", "old"] + ([] if removes else ["other"]))
    assert talk.ask("app.load('new') + app.load('old')") == "41"


def test_after_a_failed_flush_the_next_one_writes_nothing(talk: Talk) -> None:
    talk.do("app.file = storage.open('log', 'a'); app.file.write('lost')")
    talk.unit.fail_flash(28)
    assert error_of(talk, "app.file.flush()") == "28"
    assert error_of(talk, "app.file.flush()") == "0", "LittleFS says nothing the second time"
    talk.unit.fail_flash(None)
    talk.do("app.file.flush(); app.file.close()")
    assert talk.ask("'log' in storage.listdir()") == "False"


def test_what_the_flash_has_to_do_is_counted(talk: Talk) -> None:
    before = talk.unit.figures()["flash"]
    assert before == {}
    talk.do("app.save('log.000001', 'five!'); app.save('log.000002', 'x')")
    talk.do("storage.remove('log.000001'); app.save('state', '12')")
    assert talk.unit.figures()["flash"] == {
        "log": {"flush": 2, "rename": 2, "remove": 1, "bytes": 6},
        "state": {"flush": 1, "rename": 1, "remove": 0, "bytes": 2},
    }


def test_a_full_flash_has_no_room(talk: Talk) -> None:
    assert talk.ask("storage.free() > 1000000") == "True"
    talk.unit.fail_flash(28)
    assert talk.ask("storage.free()") == "0"
