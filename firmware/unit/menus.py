"""What lies over a state until it is confirmed or left: menus to choose from, views to read.

Both close after a while without a press; the desk asks them what the buttons do to them.
"""

LINES = 3


class Menu:
    """A choice of `entries` [(value, word key or text)]. `about` is passed through to the choice.

    `under` is the menu that it was opened from.
    """

    row = "menu"

    def __init__(self, kind, entries, at_ms, about=None, under=None):
        self.kind = kind
        self.entries = entries
        self.about = about
        self.under = under
        self.at = 0
        self.touched_ms = at_ms

    def step(self, by):
        """Move the cursor on by one entry or one page; after the last comes the first."""
        if by == 1:
            self.at = (self.at + 1) % len(self.entries)
        else:
            first = (self.at // LINES + 1) * LINES
            self.at = first if first < len(self.entries) else 0

    def value(self):
        """The entry under the cursor."""
        return self.entries[self.at][0]

    def shown(self):
        """(entries on the visible page, index of the cursor among them)."""
        first = self.at // LINES * LINES
        return self.entries[first : first + LINES], self.at - first


class View:
    """Lines to read: [(word key, {name: value})]. BUSY goes on by one line when there are more than fit."""

    row = "view"

    def __init__(self, kind, lines, at_ms, act=""):
        self.kind = kind
        self.act = act  # the word of what READY does, "" for nothing
        self.lines = lines
        self.at = 0
        self.touched_ms = at_ms

    def step(self):
        """Show the next line at the top; after the last screenful comes the first."""
        last = max(0, len(self.lines) - LINES)
        self.at = self.at + 1 if self.at < last else 0

    def shown(self):
        return self.lines[self.at : self.at + LINES]


def words(kind, values):
    """Menu entries whose labels are the words `kind.value`."""
    return [(value, kind + "." + str(value)) for value in values]
