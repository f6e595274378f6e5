"""From a pack's text to lines on the screen: fill the variables, then break at the stored marks.

Pure; `font` only measures. Texts are bytes in UTF-8. Called by the screen.
"""

from unit.font import MARK


def fill(text, values):
    """`text` with each {name} replaced by values[name], once. KeyError: a name has no value."""
    out = []
    rest = text
    while rest:
        start = rest.find(b"{")
        end = rest.find(b"}", start)
        if start < 0 or end < 0:
            break
        out.append(rest[:start])
        value = _bytes(values[rest[start + 1 : end].decode()])
        rest = rest[end + 1 :]
        if not value:
            rest = _joined(rest, starts=not b"".join(out))
        out.append(value)
    out.append(rest)
    return b"".join(out)


def _joined(rest, starts):
    """What follows an empty value: no second space, and no comma where nothing is before it."""
    rest = rest.lstrip(MARK + b" ")
    if starts and rest[:3] == b"\xef\xbc\x8c":  # ，
        rest = rest[3:]
    elif starts and rest[:1] == b",":
        rest = rest[1:]
    return rest.lstrip(MARK + b" ")


def _bytes(value):
    return value if isinstance(value, bytes) else str(value).encode()


def lines(font, s, width):
    """The lines of `s`, none wider than `width`, without marks; "\\n" begins a new one."""
    out = []
    for line in s.split(b"\n"):
        _wrap(font, line, width, out)
    return out


def pages(lines, size):
    """`lines` in pages of at most `size` lines."""
    return [lines[i : i + size] for i in range(0, len(lines), size)]


def _wrap(font, s, width, out):
    line = b""
    used = 0
    for piece in s.split(MARK):
        if line and used + font.width(piece.rstrip(b" ")) > width:
            out.append(line.rstrip(b" "))
            line = b""
            used = 0
        while font.width(piece.rstrip(b" ")) > width:
            cut = _fitting(font, piece, width)
            if cut == len(piece):
                break  # a single character
            out.append(piece[:cut])
            piece = piece[cut:]
        line += piece
        used += font.width(piece)
    out.append(line.rstrip(b" "))


def _fitting(font, piece, width):
    """How many bytes of `piece` fit, at least one character."""
    end = font.step(piece, 0)
    while end < len(piece):
        after = font.step(piece, end)
        if font.width(piece[:after]) > width:
            break
        end = after
    return end
