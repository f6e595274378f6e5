"""Where a line may break: marks the opportunities in a template so that the unit need not know.

Chinese breaks between characters, except that no line starts with a closing mark or ends with an
opening one; Latin words, numbers and {variables} stay whole. Called by the pack compiler.
"""

import re
from itertools import pairwise

MARK = "\x1f"  # one byte in UTF-8, stripped by the unit before drawing
NO_START = frozenset("，。！？：；、）」』》】〉”’…—·％～")
NO_END = frozenset("（「『《【〈“‘")

# a variable or a run of Latin letters, digits and signs with the spaces after it | any one character
_PIECE = re.compile(r"(?:\{[a-z_]+\}|[!-z|}~])+ *|[^!-~]", re.DOTALL)


def mark(template: str) -> str:
    """`template` with MARK wherever a line may end."""
    pieces = _PIECE.findall(template)
    marked = pieces[:1]
    for before, after in pairwise(pieces):
        if _may_break(before[-1], after[0]):
            marked.append(MARK)
        marked.append(after)
    return "".join(marked)


def _may_break(before: str, after: str) -> bool:
    if "\n" in (before, after) or after == " ":
        return False
    return before not in NO_END and after not in NO_START
