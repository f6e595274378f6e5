"""The local socket: who may open it, what it answers, and what nonsense gets."""

import os
import socket
import stat
from collections.abc import Iterator, Mapping
from multiprocessing.connection import Client
from pathlib import Path
from typing import Any

import pytest
from deskunit import control
from deskunit.errors import DeskunitError


def name(uid: str, seat: str) -> Mapping[str, Any]:
    if uid != "a4cf12b3d0e8":
        raise DeskunitError("unknown_unit", exit_code=3, uid=uid)
    return {"named": seat}


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    running = control.Control(tmp_path, {"name": name})
    yield tmp_path
    running.close()


def test_close_ends_when_somebody_removed_the_socket(tmp_path: Path) -> None:
    running = control.Control(tmp_path, {"name": name})
    Path(control.address(tmp_path)).unlink()
    running.close()
    with pytest.raises(control.NoLogger):
        control.call(tmp_path, "name", uid="x", seat="1")


def test_request_and_answer(folder: Path) -> None:
    assert control.call(folder, "name", uid="a4cf12b3d0e8", seat="七") == {"named": "七"}


def test_error_comes_back_as_the_same_sentence(folder: Path) -> None:
    with pytest.raises(DeskunitError) as caught:
        control.call(folder, "name", uid="x", seat="1")
    assert (caught.value.key, caught.value.exit_code) == ("unknown_unit", 3)
    assert "x" in caught.value.sentence("zh")


@pytest.mark.parametrize("values", [{"uid": "x"}, {"uid": "x", "seat": "1", "more": 2}])
def test_wrong_values_are_refused_and_the_next_request_is_served(
    folder: Path, values: dict[str, Any]
) -> None:
    with pytest.raises(DeskunitError) as caught:
        control.call(folder, "name", **values)
    assert caught.value.key == "control_failed"
    assert control.call(folder, "name", uid="a4cf12b3d0e8", seat="1") == {"named": "1"}


def test_unknown_request_is_refused(folder: Path) -> None:
    with pytest.raises(DeskunitError) as caught:
        control.call(folder, "__init__")
    assert caught.value.key == "control_failed"


@pytest.mark.parametrize("raw", [b"", b"[1]", b"\x80\x04.", b'{"do":["name"]}', b"nonsense"])
def test_what_is_no_request_ends_nothing(folder: Path, raw: bytes) -> None:
    with Client(control.address(folder)) as asker:
        asker.send_bytes(raw)
    assert control.call(folder, "name", uid="a4cf12b3d0e8", seat="1") == {"named": "1"}


def test_who_connects_and_leaves_ends_nothing(folder: Path) -> None:
    with socket.socket(socket.AF_UNIX) as rude:
        rude.connect(control.address(folder))
        rude.sendall(b"\x7f\xff\xff\xff")  # announces 2 GB
    assert control.call(folder, "name", uid="a4cf12b3d0e8", seat="1") == {"named": "1"}


def test_only_this_user_may_open_it(folder: Path) -> None:
    assert stat.S_IMODE(os.stat(control.address(folder)).st_mode) == 0o600


def test_nobody_there_is_no_logger(tmp_path: Path) -> None:
    with pytest.raises(control.NoLogger):
        control.call(tmp_path, "name")
    control.Control(tmp_path, {}).close()
    with pytest.raises(control.NoLogger):
        control.call(tmp_path, "name")


def test_socket_of_a_dead_logger_is_no_logger_and_is_replaced(tmp_path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as dead:
        dead.bind(control.address(tmp_path))
    with pytest.raises(control.NoLogger):
        control.call(tmp_path, "name")
    running = control.Control(tmp_path, {"name": name})
    assert control.call(tmp_path, "name", uid="a4cf12b3d0e8", seat="1") == {"named": "1"}
    running.close()


def test_long_path_has_a_short_socket(tmp_path: Path) -> None:
    folder = tmp_path / ("x" * 120)
    folder.mkdir()
    running = control.Control(folder, {"name": name})
    assert len(control.address(folder)) < 104
    assert control.call(folder, "name", uid="a4cf12b3d0e8", seat="1") == {"named": "1"}
    running.close()
