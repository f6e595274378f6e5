"""From a pack's template to lines on the screen: fill the variables, then break at the stored marks.

Pure; `pack` only measures. Called by the screen.
"""

from unit.pack import MARK


def fill(template, values):
    """`template` with each {name} replaced by values[name], once. KeyError: a name has no value."""
    out = []
    rest = template
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


def lines(pack, s, width_px):
    """The lines of `s`, none wider than `width_px`, without marks; "\\n" begins a new one."""
    out = []
    for paragraph in s.split("\n"):
        _wrap(pack, paragraph, width_px, out)
    return out


def pages(all_lines, size):
    """`all_lines` in pages of at most `size` lines."""
    return [all_lines[i : i + size] for i in range(0, len(all_lines), size)]


def _wrap(pack, paragraph, width_px, out):
    line = ""
    used = 0
    for piece in paragraph.split(MARK):
        if line and used + pack.width(piece.rstrip(" ")) > width_px:
            out.append(line.rstrip(" "))
            line = ""
            used = 0
        while len(piece) > 1 and pack.width(piece.rstrip(" ")) > width_px:
            cut = _fitting(pack, piece, width_px)
            out.append(piece[:cut])
            piece = piece[cut:]
        line += piece
        used += pack.width(piece)
    out.append(line.rstrip(" "))


def _fitting(pack, piece, width_px):
    """How many characters of `piece` fit, at least one."""
    used = 0
    for i in range(len(piece)):
        used += pack.width(piece[i : i + 1])  # piece[i] would be interned for ever
        if used > width_px:
            return max(1, i)
    return len(piece)
