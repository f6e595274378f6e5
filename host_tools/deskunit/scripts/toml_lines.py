"""On which line of a TOML text each key and each table stands, which tomllib does not tell.

Takes text that tomllib has read without complaint. Called by the reader of a library; knows no fields.
"""

import re
from typing import Final

Path = tuple[str | int, ...]

_BLANK = re.compile(r"(?:[ \t\n]|#[^\n]*)+")
_BARE = re.compile(r"[A-Za-z0-9_-]+")
_SCALAR = re.compile(r"[^,\]}#\n]+")
_STRINGS: Final = (  # the long quotes first
    re.compile(r'"""(?:\\.|[^\\])*?"""(?:"{0,2})', re.DOTALL),
    re.compile(r"'''.*?'''(?:'{0,2})", re.DOTALL),
    re.compile(r'"(?:\\.|[^"\\])*"'),
    re.compile(r"'[^']*'"),
)


def lines_of(text: str) -> dict[Path, int]:
    """{path: line from 1}. A path holds keys, and the index in an array: ("step", 1, "say", "zh")."""
    scanner = _Scanner(text.replace("\r\n", "\n"))
    scanner.document()
    return scanner.lines


class _Scanner:
    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0
        self._counts: dict[Path, int] = {}  # tables seen of each [[array]]
        self.lines: dict[Path, int] = {(): 1}

    def document(self) -> None:
        table: Path = ()
        while self._next():
            if self._text[self._at] == "[":
                table = self._header()
            else:
                self._pair(table)

    # -- parts of a document

    def _header(self) -> Path:
        array = self._text.startswith("[[", self._at)
        line = self._line()
        self._at += 2 if array else 1
        path = self._inside(self._keys())
        self._at += 2 if array else 1
        if array:
            self._counts[path] = self._counts.get(path, -1) + 1
            self.lines.setdefault(path, line)
            path = (*path, self._counts[path])
        self._note((), path, line)
        return path

    def _inside(self, keys: list[str]) -> Path:
        """The path of a header: within the newest table of every array on the way."""
        path: Path = ()
        for at, key in enumerate(keys):
            path = (*path, key)
            if at < len(keys) - 1 and path in self._counts:
                path = (*path, self._counts[path])
        return path

    def _pair(self, table: Path) -> None:
        line = self._line()
        path = (*table, *self._keys())
        self._note(table, path, line)
        self._at += 1  # =
        self._value(path)

    def _note(self, above: Path, path: Path, line: int) -> None:
        """Also the tables that a dotted key makes stand where it stands."""
        for length in range(len(above) + 1, len(path) + 1):
            self.lines.setdefault(path[:length], line)

    def _keys(self) -> list[str]:
        keys = [self._key()]
        while self._next() and self._text[self._at] == ".":
            self._at += 1
            keys.append(self._key())
        return keys

    def _key(self) -> str:
        self._next()
        if self._text[self._at] in "\"'":
            return self._string()[1:-1]  # an escape in a key's name has no line then, no harm
        found = _BARE.match(self._text, self._at)
        assert found is not None, "tomllib read what this scanner does not"
        self._at = found.end()
        return found.group()

    def _value(self, path: Path) -> None:
        self._next()
        begin = self._text[self._at]
        if begin in "\"'":
            self._string()
        elif begin == "[":
            self._array(path)
        elif begin == "{":
            self._inline(path)
        else:
            found = _SCALAR.match(self._text, self._at)
            assert found is not None, "tomllib read what this scanner does not"
            self._at = found.end()

    def _array(self, path: Path) -> None:
        self._at += 1
        index = 0
        while self._next() and self._text[self._at] != "]":
            if self._text[self._at] == ",":
                self._at += 1
                continue
            self._note(path, (*path, index), self._line())
            self._value((*path, index))
            index += 1
        self._at += 1

    def _inline(self, path: Path) -> None:
        self._at += 1
        while self._next() and self._text[self._at] != "}":
            if self._text[self._at] == ",":
                self._at += 1
            else:
                self._pair(path)
        self._at += 1

    # -- characters

    def _string(self) -> str:
        for pattern in _STRINGS:
            found = pattern.match(self._text, self._at)
            if found is not None:
                self._at = found.end()
                return found.group()
        raise AssertionError("tomllib read what this scanner does not")

    def _next(self) -> bool:
        """Past blanks and comments; False at the end of the text."""
        found = _BLANK.match(self._text, self._at)
        if found is not None:
            self._at = found.end()
        return self._at < len(self._text)

    def _line(self) -> int:
        return self._text.count("\n", 0, self._at) + 1
