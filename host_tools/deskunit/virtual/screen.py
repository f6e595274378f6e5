"""What the display shows, as data, text and picture. Pure but for the PNG it writes."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PIL.Image import Image

WIDTH = 128
HEIGHT = 64
HALVES = {(0, 0): " ", (1, 0): "▀", (0, 1): "▄", (1, 1): "█"}


@dataclass(frozen=True)
class Screen:
    """1 024 bytes in the controller's page order: byte 128·page + x holds rows 8·page…, bit 0 on top."""

    pixels: bytes
    inverted: bool
    on: bool

    def lit(self, x: int, y: int) -> bool:
        """True when the glass glows there, inversion and power counted."""
        drawn = self.pixels[(y >> 3) * WIDTH + x] >> (y & 7) & 1
        return self.on and bool(drawn) != self.inverted

    def art(self) -> str:
        """32 rows of 128 half blocks."""
        return "\n".join(
            "".join(HALVES[self.lit(x, y), self.lit(x, y + 1)] for x in range(WIDTH))
            for y in range(0, HEIGHT, 2)
        )

    def image(self, scale: int = 1) -> "Image":
        """The glass as a black and white picture, `scale` pixels a dot."""
        from PIL import Image, ImageChops

        glass = Image.new("1", (WIDTH, HEIGHT))
        for page in range(HEIGHT // 8 if self.on else 0):
            column_bytes = self.pixels[page * WIDTH : (page + 1) * WIDTH]
            columns = Image.frombytes("1", (8, WIDTH), column_bytes, "raw", "1;R")
            glass.paste(columns.transpose(Image.Transpose.TRANSPOSE), (0, 8 * page))
        if self.on and self.inverted:
            glass = ImageChops.invert(glass)
        return glass.resize((WIDTH * scale, HEIGHT * scale), Image.Resampling.NEAREST)

    def png(self, path: Path, scale: int = 1) -> None:
        """Write the glass as a black and white PNG, `scale` pixels a dot."""
        self.image(scale).save(path)
