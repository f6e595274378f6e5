"""The page ends while somebody waits for a view or a file: nobody waits on, and nothing is left behind."""

import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from deskunit.errors import DeskunitError
from deskunit.supervision import exporting
from deskunit.supervision.apart import Apart
from supervised import DAY, Supervised

PATIENCE_S = 20.0


@pytest.fixture
def floor(tmp_path: Path) -> Iterator[Supervised]:
    floor = Supervised(tmp_path)
    yield floor
    floor.close()


def refusal(work: Any) -> str:
    with pytest.raises(DeskunitError) as caught:
        work()
    return caught.value.key


def test_work_is_done_apart_and_its_faults_are_the_askers() -> None:
    apart, here = Apart(), threading.current_thread()
    assert apart.run(lambda: threading.current_thread()) is not here
    with pytest.raises(ZeroDivisionError):
        apart.run(lambda: 1 // 0)


def test_who_waits_is_let_go_though_the_work_goes_on() -> None:
    apart, begun, over = Apart(), threading.Event(), threading.Event()
    told: list[str] = []

    def work() -> None:
        begun.set()
        over.wait(PATIENCE_S)

    waiting = threading.Thread(target=lambda: told.append(refusal(lambda: apart.run(work))))
    waiting.start()
    assert begun.wait(PATIENCE_S)
    apart.stop()
    waiting.join(PATIENCE_S)
    assert told == ["page_stops"] and not over.is_set()
    over.set()
    assert refusal(lambda: apart.run(lambda: 1)) == "page_stops"


def test_a_page_that_ends_has_no_views_and_no_files(floor: Supervised) -> None:
    floor.supervision.stop()
    assert floor.get(f"view?day={DAY}").json()["error"] == "page_stops"
    assert floor.fetch("states", "csv").json()["error"] == "page_stops"


def test_a_file_that_is_being_written_is_given_up_and_removed(
    floor: Supervised, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    monkeypatch.setattr(exporting.tempfile, "tempdir", str(scratch))
    save, given_up = exporting.save_table, threading.Event()

    def slow(*asked: Any, **more: Any) -> Any:
        floor.supervision.stop()  # after it has begun
        try:
            return save(*asked, **more)
        except DeskunitError:
            given_up.set()
            raise

    monkeypatch.setattr(exporting, "save_table", slow)
    assert floor.fetch("states", "xlsx").json()["error"] == "page_stops"
    assert given_up.wait(PATIENCE_S)


def test_a_long_read_ends_with_the_page(floor: Supervised) -> None:
    apart = Apart()
    store = apart.watched(floor.desk.logger.store)
    assert store.units() == floor.desk.logger.store.units()
    pages = store.interval_columns()
    apart.stop()
    assert refusal(lambda: next(pages)) == "page_stops"
