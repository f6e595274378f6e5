"""`make bench`: the figures that the product promises, measured and printed as JSON.

None of them is a test: a slow machine must not turn a build red. `make bench` runs it.
"""

import json
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT / "tests"), str(ROOT / "tests" / "scenarios")]

from bench_callbacks import callbacks  # noqa: E402
from bench_exports import exports  # noqa: E402
from bench_host import press_to_commit  # noqa: E402
from bench_ingest import ingest  # noqa: E402
from bench_intervals import intervals  # noqa: E402
from bench_journal import drain, flash_writes  # noqa: E402
from bench_pack import pack_on_unit  # noqa: E402
from bench_push import push  # noqa: E402
from bench_reports import reports  # noqa: E402
from bench_scripts import scripts  # noqa: E402
from deskunit.virtual import VirtualUnit  # noqa: E402
from play import UID, Play, play  # noqa: E402

STEP_MS = 5  # the loop's slowest pace on hardware
WIRE_MS_PER_BYTE = 9 * 1000 / 400_000  # I²C at 400 kHz: 8 bits and the acknowledge
SCENARIOS = ROOT / "tests" / "scenarios"


def tree() -> Path:
    subprocess.run([sys.executable, ROOT / "boards" / "build.py", "virtual"], check=True)
    return ROOT / "build" / "virtual"


def unit_in(state: str, lang: str = "zh") -> Play:
    """A virtual unit that has been brought into `state`."""
    unit = VirtualUnit(tree(), UID, time="virtual", seed=1)
    unit.power_on()
    player = Play(unit)
    for line in (f"lang {lang}", f"given {state}"):
        player._line(line)
    return player


def heap() -> dict[str, int]:
    """gc.mem_alloc() after a collection: after boot, and after the eight-hour shift."""
    player = unit_in("signed_out")
    boot_bytes = player.unit.memory()
    player.unit.close()
    player = unit_in("signed_out")
    start_bytes = player.unit.memory()
    player.run((SCENARIOS / "shift-eight-hours.txt").read_text("utf-8"))
    end_bytes = player.unit.memory()
    player.unit.close()
    return {
        "heap_after_boot_bytes": boot_bytes,
        "heap_before_shift_bytes": start_bytes,
        "heap_after_shift_bytes": end_bytes,
    }


def shift() -> dict[str, float]:
    """How long the eight-hour shift takes to play, start of the interpreter included."""
    text = (SCENARIOS / "shift-eight-hours.txt").read_text("utf-8")
    built = tree()
    begin_s = time.perf_counter()
    play(built, text)
    return {"shift_of_8_hours_s": round(time.perf_counter() - begin_s, 2)}


def hold_screen() -> dict[str, int]:
    """Bytes on the I²C wire (address bytes included) from the tap of HOLD on, for 60 s."""
    found = {}
    for lang in ("zh", "en"):
        player = unit_in("talking", lang)
        before = player.unit.wire_bytes
        player._do_tap("HOLD")
        player._pass(59_000)
        found[f"hold_screen_60_s_bytes_{lang}"] = player.unit.wire_bytes - before
        found[f"largest_step_bytes_{lang}"] = player.unit.largest_step_bytes
        player.unit.close()
    return found


def release_to_screen() -> dict[str, float]:
    """ms from release to the new screen's last byte, at the loop's slowest pace and 400 kHz."""
    found = {}
    for state, button in (
        ("talking", "HOLD"),
        ("ready", "BUSY"),
        ("hold", "HOLD"),
        ("talking", "READY"),
    ):
        player = unit_in(state)
        player._pass(20_000)
        player.unit.press(button)
        player._pass(200)
        player.unit.release(button)
        found[f"{state} {button}"] = round(redraw_ms(player), 1)
        player.unit.close()
    worst_ms = max(found.values())
    return {"release_to_last_byte_ms": worst_ms, "release_to_last_byte_of": found}


def redraw_ms(player: Play) -> float:
    """Steps of 5 ms, or of their bytes' time on the wire when that is longer, to the last byte."""
    passed_ms = last_ms = 0.0
    for _ in range(60):
        before = player.unit.wire_bytes
        player.unit.advance(player.unit.now_ms + STEP_MS, step_ms=STEP_MS)
        sent = player.unit.wire_bytes - before
        passed_ms += max(STEP_MS, sent * WIRE_MS_PER_BYTE)
        if sent:
            last_ms = passed_ms
        elif last_ms and passed_ms - last_ms > 50:
            break
    return last_ms


def figures() -> dict[str, object]:
    return {
        **heap(),
        **pack_on_unit(),
        **shift(),
        **hold_screen(),
        **release_to_screen(),
        **press_to_commit(),
        **ingest(),
        **intervals(),
        **flash_writes(),
        **drain(),
        **push(),
        **reports(),
        **scripts(tree()),
        **callbacks(),
        **exports(),
    }


if __name__ == "__main__":
    sys.stdout.write(json.dumps(figures(), indent=1) + "\n")
