"""What a page's canvas and a unit's display memory look like, for comparing one with the other."""

import base64
from typing import Any

WIDTH = 128
HEIGHT = 64

# every cell of the canvas: "1" or "0" if all its device pixels are lit or dark, "?" if they differ
READ_CANVAS = """() => {
  const canvas = document.getElementById("oled"), scale = canvas.width / 128;
  const image = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data;
  const lit = (x, y) => image[4 * (y * canvas.width + x)] > 127;
  let cells = "";
  for (let y = 0; y < 64; y++)
    for (let x = 0; x < 128; x++) {
      const first = lit(x * scale, y * scale);
      let same = true;
      for (let dy = 0; dy < scale; dy++)
        for (let dx = 0; dx < scale; dx++) same &&= lit(x * scale + dx, y * scale + dy) === first;
      cells += same ? (first ? "1" : "0") : "?";
    }
  return cells;
}"""


def cells(screen: dict[str, Any]) -> str:
    """The decoder's screen (as /api/units/…/screen tells it) in the canvas's form."""
    memory = base64.b64decode(screen["pixels"] or "") or bytes(WIDTH * HEIGHT // 8)
    shown = ""
    for y in range(HEIGHT):
        for x in range(WIDTH):
            bit = memory[(y >> 3) * WIDTH + x] >> (y & 7) & 1
            shown += str(bit ^ screen["inverted"] if screen["on"] else 0)
    return shown
