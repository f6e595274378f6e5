"""What a pack of 300 prompts and 1 100 glyphs costs on the unit: heap, and flash reads of a full page."""

import json
import subprocess
import sys
import tempfile
from pathlib import Path

from deskunit.scripts.encoding import CELL, LARGE_CELL, Glyph, encode
from deskunit.virtual.unit import node

HERE = Path(__file__).parent
ROOT = HERE.parent
GLYPHS = 1_100
PROMPTS = 300


def big_pack() -> bytes:
    """1 100 glyphs in each size (ASCII, the box, hanzi spread over their block), 300 prompts of 40."""
    points = [*range(0x20, 0x7F), 0x25A1]
    points += [0x4E00 + 37 * i for i in range(GLYPHS - len(points))][:GLYPHS]
    fonts = [
        [Glyph(point, rows if point > 0x3000 else rows // 2, bytes(2 * rows)) for point in points]
        for _, rows in (CELL, LARGE_CELL)
    ]
    text = "\x1f".join("一" * 40)
    texts = {f"say.scenario.{i // 10}.{i % 10}": text for i in range(PROMPTS)}
    return encode("zh", fonts[0], fonts[1], texts | {"library": "big\n1\nhotline\nMIT"})


def pack_on_unit() -> dict[str, int]:
    """The figures of tests/measure_pack.py, on the real interpreter over the built firmware."""
    subprocess.run([sys.executable, ROOT / "boards" / "build.py", "virtual"], check=True)
    with tempfile.TemporaryDirectory() as folder:
        pack = Path(folder) / "zh.pack"
        pack.write_bytes(big_pack())
        order = {
            "tree": str(ROOT / "build" / "virtual"),
            "pack": str(pack),
            "program": str(HERE / "measure_pack.py"),
        }
        command = [str(node()), str(HERE / "bench_pack.mjs"), json.dumps(order)]
        done = subprocess.run(command, capture_output=True, text=True, check=True)
    found: dict[str, int] = json.loads(done.stdout)
    return found


if __name__ == "__main__":
    sys.stdout.write(json.dumps(pack_on_unit(), indent=1) + "\n")
