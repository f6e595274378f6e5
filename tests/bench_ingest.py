"""Events ingested durably: real sessions, recorder and store on disk, against bare loops on the same disk.

A round is what the window allows: 16 frames of every unit come in, one group is committed, the
acknowledgements go out. The bare loops insert the same lines with sqlite3 alone, under the same durability
settings: one commit an event, and one commit a group.
"""

import sqlite3
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE / "host")]

from byte_unit import BOOT, ByteUnit, frame, hello  # noqa: E402
from deskunit.logger.recorder import Recorder  # noqa: E402
from deskunit.settings import Settings  # noqa: E402
from deskunit.store import open_store  # noqa: E402
from deskunit.store.sqlite import durable_settings  # noqa: E402

WINDOW = 16
STATES = ("ready", "talking", "hold", "talking", "wrap_up")


def lines(unit: int, count: int) -> list[bytes]:
    """`count` E frames of a desk that is busy all day."""
    found = [frame("E", 1, BOOT, 1, 0, "boot", {"rst": "PWRON", "fw": "0.2.0"})]
    for seq in range(2, count + 1):
        body = {"to": STATES[seq % 5], "by": "btn", "ag": f"{1001 + unit}", "call": 1 + seq // 5}
        found.append(frame("E", 0, BOOT, seq, 5_000 * seq, "st", body))
    return found


def ours(units: int, count: int, folder: Path) -> float:
    """Events a second through session, recorder and store."""
    with open_store(folder, write=True) as store:
        recorder = Recorder(store, Settings(zone="UTC"))
        desks = [ByteUnit(uid=f"76{number:010x}") for number in range(units)]
        for desk in desks:
            desk.say(hello(uid=desk.uid))
            desk.wait(1_500)
        take(recorder, desks)
        told = [lines(number, count) for number in range(units)]
        begin_s = time.perf_counter()
        for at in range(0, count, WINDOW):
            for desk, frames in zip(desks, told, strict=True):
                desk.now_ms += 100  # a session takes 200 frames in a second
                desk.effects += desk.session.receive(
                    b"".join(frames[at : at + WINDOW]), desk.utc_ms, desk.now_ms
                )
            take(recorder, desks)
            for desk in desks:
                desk.session.outgoing(desk.utc_ms, desk.now_ms)
        passed_s = time.perf_counter() - begin_s
        stored = sum(1 for _ in store.events())
    if stored != units * count:
        raise SystemExit(f"{stored} of {units * count} events stored")
    return units * count / passed_s


def take(recorder: Recorder, desks: list[ByteUnit]) -> None:
    """One group, as the writer's thread would find it in its queue."""
    batch = [(desk.session, effect) for desk in desks for effect in desk.effects]
    for desk in desks:
        desk.effects = []
    recorder.apply(batch, desks[0].utc_ms)


def bare(count: int, group: int, folder: Path) -> float:
    """Events a second of a loop that knows only sqlite3, `group` events a commit."""
    told = [line.decode() for line in lines(0, count)]
    connection = sqlite3.connect(folder / "bare.db", isolation_level=None)
    for setting, wanted in durable_settings(sqlite3.sqlite_version_info).items():
        connection.execute(f"PRAGMA {setting}={wanted}")
    connection.execute("CREATE TABLE event (seq INTEGER PRIMARY KEY, line TEXT NOT NULL)")
    begin_s = time.perf_counter()
    for at in range(0, count, group):
        connection.execute("BEGIN IMMEDIATE")
        rows = list(enumerate(told[at : at + group], at))
        connection.executemany("INSERT INTO event VALUES (?, ?)", rows)
        connection.execute("COMMIT")
    passed_s = time.perf_counter() - begin_s
    connection.close()
    return count / passed_s


def in_folder(measure: Callable[[Path], float]) -> int:
    with tempfile.TemporaryDirectory() as folder:
        return round(measure(Path(folder)))


def ingest() -> dict[str, int]:
    return {
        "ingest_1_unit_events_per_s": in_folder(lambda folder: ours(1, 4_000, folder)),
        "ingest_32_units_events_per_s": in_folder(lambda folder: ours(32, 800, folder)),
        "bare_single_commits_events_per_s": in_folder(lambda folder: bare(2_000, 1, folder)),
        "bare_groups_of_16_events_per_s": in_folder(lambda folder: bare(8_000, 16, folder)),
        "bare_groups_of_512_events_per_s": in_folder(lambda folder: bare(50_000, 512, folder)),
    }


if __name__ == "__main__":
    import json

    sys.stdout.write(json.dumps(ingest(), indent=1) + "\n")
