"""From a pack's text to lines on the screen: fill the variables, then break at the stored marks.

Pure; `pack` only measures. Called by the screen.
"""

from unit.pack import MARK


def fill(text, values):
    """`text` with each {name} replaced by values[name], once. KeyError: a name has no value."""
    out = []
    rest = text
    while rest:
        start = rest.find("{")
        end = rest.find("}", start)
        if start < 0 or end < 0:
            break
        out.append(rest[:start])
        out.append(str(values[rest[start + 1 : end]]))
        rest = rest[end + 1 :]
    out.append(rest)
    return "".join(out)


def lines(pack, s, width):
    """The lines of `s`, none wider than `width`, without marks; "\\n" begins a new one."""
    out = []
    for line in s.split("\n"):
        _wrap(pack, line, width, out)
    return out


def pages(lines, size):
    """`lines` in pages of at most `size` lines."""
    return [lines[i : i + size] for i in range(0, len(lines), size)]


def _wrap(pack, s, width, out):
    line = ""
    used = 0
    for piece in s.split(MARK):
        if line and used + pack.width(piece.rstrip(" ")) > width:
            out.append(line.rstrip(" "))
            line = ""
            used = 0
        while len(piece) > 1 and pack.width(piece.rstrip(" ")) > width:
            cut = _fitting(pack, piece, width)
            out.append(piece[:cut])
            piece = piece[cut:]
        line += piece
        used += pack.width(piece)
    out.append(line.rstrip(" "))


def _fitting(pack, piece, width):
    """How many characters of `piece` fit, at least one."""
    used = 0
    for i in range(len(piece)):
        used += pack.width(piece[i : i + 1])  # piece[i] would be interned for ever
        if used > width:
            return max(1, i)
    return len(piece)
