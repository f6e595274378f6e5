"""A journal as far as the truth channel knows it."""


class Journal:
    def __init__(self, boot):
        self.boot = boot
        self._lines = []

    def add(self, ms, kind):
        self._lines.append(b'["%s",%d]' % (kind.encode(), ms))
        return len(self._lines)

    def line(self, seq):
        return self._lines[seq - 1]
