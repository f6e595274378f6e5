"""A screen in the colours of the OLED, two of them: for the HTML page and the film."""

from PIL import Image

from deskunit.virtual import Screen

DARK, LIT = (0x04, 0x07, 0x0B), (0xDF, 0xF1, 0xFF)  # as on the page of `deskunit run`


def glass(screen: Screen, scale: int = 1) -> Image.Image:
    """A palette picture, `scale` pixels a dot."""
    picture = screen.image(scale).convert("L").point([0, *[1] * 255])
    picture.putpalette([*DARK, *LIT])
    return picture
