"""What the display says in safe mode, once, as far as display and pack can. Imported only then."""

from unit import pack, text


def say(board, lang, note):
    """Draw and send it in one go: nothing else waits for this step. `note(text)`: a pack is left out."""
    canvas = board.canvas
    said = pack.opened(board.storage, lang, note)
    y = 0
    for line in text.lines(said.font, said.text("screen.safe") or b"", canvas.width):
        said.font.draw(canvas, line, 0, y)
        y += said.font.rows
    while canvas.show_page():
        pass
    said.close()
