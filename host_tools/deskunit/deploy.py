"""Copies a built tree onto a unit: asks for its REPL, lets mpremote copy, and starts it again.

`deskunit deploy` calls it. A running logger lets go of the port meanwhile; data files on the unit
(boot counter, snapshot, settings) stay, files of an earlier deploy that are no longer wanted go.
"""

import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from deskunit import control, wire
from deskunit.errors import DeskunitError
from deskunit.events import printable
from deskunit.port import Port, open_port

PROMPT = b">>> "
REPL_WAIT_S = 15.0  # a session that has just lost its host is silent for up to 5 s; then a restart
POKE_S = 0.5
ASK_S = 1.5
HELLO_WAIT_S = 15.0
READ_MS = 100
SILENCE_S = 60.0  # the longest file takes 20 s
REQUEST_ID = 9999

# Runs on the unit. `deployed.txt` lists what the last deploy brought.
PREPARE = """
import os
def without_fault(call, path):
    try: return call(path)
    except OSError: pass
def lines(path):
    with open(path) as file: return file.read().split()
wanted = {wanted!r}
for path in without_fault(lines, "deployed.txt") or ():
    if path not in wanted: without_fault(os.remove, path)
for path in {folders!r}: without_fault(os.mkdir, path)
with open("deployed.txt", "w") as file: file.write("\\n".join(wanted))
"""


def deploy(
    tree: Path, port: str, data_dir: Path, progress: Callable[[str], None] = lambda _: None
) -> None:
    """Put `tree` onto the unit at `port` and start it. `progress` gets a line a file.

    DeskunitError: tree_missing, unit_refused, deploy_failed, deploy_silent, those of the port.
    """
    if not (tree / "main.py").is_file():
        raise DeskunitError("tree_missing", tree=tree)
    has_logger = _release(port, data_dir)
    try:
        _reach_repl(port)
        _copy(tree, port, progress)
        if not has_logger:
            _await_hello(port)
    finally:
        if has_logger:
            control.call(data_dir, "take_port", port=port)


def _release(port: str, data_dir: Path) -> bool:
    """Have a running logger ask the unit for its REPL and let go of the port; False: none runs."""
    try:
        control.call(data_dir, "release_port", port=port, repl=True)
    except control.NoLogger:
        return False
    return True


def _reach_repl(address: str) -> None:
    """Until a prompt shows: ask a unit that speaks frames, and press Enter for a board that waits.

    Without a prompt mpremote has the last word: it can interrupt what we cannot.
    """
    port = open_port(address)
    try:
        decoder = wire.Decoder()
        asked_s = poked_s = float("-inf")
        for now_s in _until(REPL_WAIT_S):
            found = decoder.feed(port.read(READ_MS))
            if decoder.tail.endswith(PROMPT):
                return
            frames = [one.frame for one in found if isinstance(one, wire.Received)]
            _heed_refusal(address, frames)
            if frames and now_s - asked_s >= ASK_S:
                port.write(wire.encode(wire.Request(REQUEST_ID, "repl")))
                asked_s = now_s
            elif now_s - max(poked_s, asked_s) >= POKE_S:
                port.write(b"\r")
                poked_s = now_s
    finally:
        port.close()


def _heed_refusal(address: str, frames: list[wire.FromUnit]) -> None:
    for frame in frames:
        if isinstance(frame, wire.Reply) and frame.id == REQUEST_ID and not frame.ok:
            raise DeskunitError("unit_refused", port=address, why=frame.text)


def _until(limit_s: float) -> Iterator[float]:
    started_s = time.monotonic()
    while (now_s := time.monotonic()) - started_s < limit_s:
        yield now_s


def _copy(tree: Path, port: str, progress: Callable[[str], None]) -> None:
    """One run of mpremote: make room, copy folder by folder, restart. It skips what is the same."""
    by_folder: dict[str, list[str]] = {}
    for path in sorted(one for one in tree.rglob("*") if one.is_file()):
        inside = path.relative_to(tree)
        by_folder.setdefault(inside.parent.as_posix(), []).append(inside.as_posix())
    wanted = [name for names in by_folder.values() for name in names]
    folders = sorted(name for name in by_folder if name != ".")
    command = [sys.executable, "-m", "mpremote", "connect", port]
    command += ["exec", PREPARE.format(wanted=wanted, folders=folders)]
    for folder, names in sorted(by_folder.items()):
        command += ["+", "fs", "cp", *names, ":" if folder == "." else f":{folder}/"]
    command += ["+", "reset"]
    _run(command, tree, port, progress)


def _run(command: list[str], folder: Path, port: str, progress: Callable[[str], None]) -> None:
    last = ""
    with subprocess.Popen(
        command,
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        encoding="utf-8",
        errors="replace",
    ) as process:
        assert process.stdout is not None
        patience = _patience(process)
        for line in process.stdout:
            patience.cancel()
            patience = _patience(process)
            last = printable(line.strip()) or last
            progress(last)
        failed = process.wait()
        patience.cancel()
    if failed:
        raise DeskunitError("deploy_failed", port=port, why=last or "mpremote: no answer")


def _patience(process: subprocess.Popen[str]) -> threading.Timer:
    """Ends mpremote when nothing happens any more: it waits for ever on a silent pseudo-terminal."""
    timer = threading.Timer(SILENCE_S, process.kill)
    timer.daemon = True
    timer.start()
    return timer


def _await_hello(address: str) -> None:
    """The new firmware introduces itself, or deploy_silent."""
    port: Port = open_port(address)
    try:
        decoder = wire.Decoder()
        for _ in _until(HELLO_WAIT_S):
            for one in decoder.feed(port.read(READ_MS)):
                if isinstance(one, wire.Received) and isinstance(one.frame, wire.Hello):
                    return
    finally:
        port.close()
    raise DeskunitError("deploy_silent", port=address)
