"""A TOML file of a library, read field by field: what is missing, unknown or of a wrong kind is a finding.

Called by the readers of library.toml, states.toml, forbidden.toml and the scenarios.
"""

import difflib
import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from deskunit.scripts import toml_lines
from deskunit.scripts.findings import Findings, listed, part

LANGUAGES = ("zh", "zh-Hant", "en")
SYNONYMS = {"zh-Hans": "zh"}
_WHERE = re.compile(r"\(at line (\d+), column \d+\)")
# what tomllib says, by a part of it: the words for it
_SYNTAX = {
    "Cannot overwrite a value": "syntax_twice",
    "twice": "syntax_twice",
    "already": "syntax_twice",
    "immutable": "syntax_twice",
    "Unterminated string": "syntax_quote",
    "Illegal character '\\n'": "syntax_quote",
    'Expected "\'"': "syntax_quote",
    "Expected '\"'": "syntax_quote",
    "Expected \"'''\"": "syntax_quote",
    'Expected \'"""\'': "syntax_quote",
    "Unescaped": "syntax_backslash",
    "Expected '='": "syntax_equals",
    "Invalid value": "syntax_value",
    "Unclosed array": "syntax_bracket",
    "Expected ']": "syntax_bracket",
    "Invalid statement": "syntax_statement",
    "after a statement": "syntax_rest",
    "Illegal character": "syntax_character",
    "invalid character": "syntax_character",
}


@dataclass(frozen=True)
class Texts:
    """One sentence or title in its languages, each with the line where it stands."""

    line: int
    by_language: Mapping[str, str] = field(default_factory=dict)
    lines: Mapping[str, int] = field(default_factory=dict)

    def line_of(self, language: str) -> int:
        return self.lines.get(language, self.line)


def read_toml(folder: Path, name: str, findings: Findings) -> "Table | None":
    """The file's top table; None when it cannot be read as TOML, which is a finding then."""
    text = _text(folder, name, findings)
    if text is None:
        return None
    try:
        content = tomllib.loads(text)
        lines = toml_lines.lines_of(text)
    except RecursionError:  # thousands of brackets, one in the other
        findings.error(name, 1, "syntax", why=part("syntax_bracket"))
        return None
    except tomllib.TOMLDecodeError as error:
        said = str(error)
        where = _WHERE.search(said)
        line = int(where.group(1)) if where else text.rstrip().count("\n") + 1
        key = next((key for known, key in _SYNTAX.items() if known in said), "syntax_other")
        findings.error(name, line, "syntax", why=part(key))
        return None
    return Table(name, (), content, lines, findings)


def _text(folder: Path, name: str, findings: Findings) -> str | None:
    """UTF-8; a byte-order mark and Windows line ends do no harm."""
    try:
        content = (folder / name).read_bytes()
    except FileNotFoundError:
        findings.error(name, 1, "missing_file")
        return None
    except OSError as error:
        findings.error(name, 1, "unreadable", why=error.strerror or str(error))
        return None
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        findings.error(name, content.count(b"\n", 0, error.start) + 1, "encoding")
        return None


def meant(found: str, known: Iterable[str]) -> str | None:
    """What was probably meant by `found`, None if nothing is near."""
    near = difflib.get_close_matches(found, list(known), 1, 0.6)
    return near[0] if near else None


class Table:
    """One table of a file. Each reader takes a field away; `done` tells what nobody asked for."""

    def __init__(
        self,
        file: str,
        path: toml_lines.Path,
        content: dict[str, Any],
        lines: Mapping[toml_lines.Path, int],
        findings: Findings,
    ) -> None:
        self.file = file
        self.line = lines.get(path, 1)
        self._path = path
        self._content = content
        self._lines = lines
        self._findings = findings
        self._known: list[str] = []

    def line_of(self, *keys: str | int) -> int:
        """The line of a field; of this table if it is not there."""
        return self._lines.get((*self._path, *keys), self.line)

    def has(self, name: str) -> bool:
        return name in self._content

    def names(self) -> list[str]:
        return list(self._content)

    def error(self, name: str, key: str, **values: object) -> None:
        """A finding at the field `name`."""
        self._findings.error(self.file, self.line_of(name), key, **values)

    # -- fields

    def text(self, name: str, required: bool = True) -> str | None:
        found = self._take(name, required)
        if found is None:
            return None
        if not isinstance(found, str):
            self._wrong(name, "kind_text")
            return None
        if not found.strip():
            self.error(name, "empty", field=name)
            return None
        return found

    def matching(self, name: str, pattern: str, wanted: str, required: bool = True) -> str | None:
        """A text of the form `pattern`; `wanted` are the words that say so."""
        found = self.text(name, required)
        if found is not None and not re.fullmatch(pattern, found):
            self.error(name, "form", field=name, found=found, wanted=part(wanted))
            return None
        return found

    def choice(self, name: str, known: Iterable[str], required: bool = True) -> str | None:
        found = self.text(name, required)
        return None if found is None else self._known_one(name, found, tuple(known))

    def choices(self, name: str, known: Iterable[str]) -> tuple[str, ...]:
        """A list, or one alone; empty when the field is not there. Nothing `known`: any words."""
        found = self._take(name, False)
        listed = [found] if isinstance(found, str) else found
        if found is None:
            return ()
        if not isinstance(listed, list) or not all(isinstance(one, str) for one in listed):
            self._wrong(name, "kind_texts")
            return ()
        if not listed:
            self.error(name, "empty", field=name)
        allowed = tuple(known)
        if not allowed:
            return tuple(listed)
        checked = [self._known_one(name, one, allowed) for one in listed]
        return tuple(one for one in checked if one is not None)

    def number(self, name: str, low: int, high: int, default: int) -> int:
        found = self._take(name, False)
        if found is None:
            return default
        if type(found) is not int:  # True is no number
            self._wrong(name, "kind_number")
            return default
        if not low <= found <= high:
            key = "exactly" if low == high else "range"
            self.error(name, key, field=name, found=found, low=low, high=high)
            return default
        return found

    def either(self, name: str) -> int | str | None:
        """A number or a text, as it stands there."""
        found = self._take(name, False)
        if found is None or type(found) is int or isinstance(found, str):
            return found
        self._wrong(name, "kind_number")
        return None

    def texts(self, name: str, required: bool = True) -> Texts | None:
        """A table with a sentence in each language."""
        inner = self.table(name, required)
        return None if inner is None else inner.languages()

    def languages(self) -> Texts:
        """This table itself, as sentences by language."""
        found, lines = {}, {}
        for name in self.names():
            language = SYNONYMS.get(name, name)
            if language in LANGUAGES:
                sentence = self.text(name)
                if language in found:
                    self.error(name, "language_twice", lang=language)
                elif sentence is not None:
                    found[language], lines[language] = sentence, self.line_of(name)
        self._known += [*LANGUAGES, *SYNONYMS]
        self.done()
        return Texts(self.line, found, lines)

    def table(self, name: str, required: bool = False) -> "Table | None":
        found = self._take(name, required)
        if found is None:
            return None
        if not isinstance(found, dict):
            self._wrong(name, "kind_table")
            return None
        return self._inner(name, found)

    def tables(self, name: str) -> list["Table"]:
        """The tables of an array [[name]]."""
        found = self._take(name, False)
        if found is None:
            return []
        if not isinstance(found, list) or not all(isinstance(one, dict) for one in found):
            self._wrong(name, "kind_tables")
            return []
        return [self._inner((name, at), one) for at, one in enumerate(found)]

    def done(self) -> None:
        """A finding for each field that nobody asked for."""
        for name in self._content:
            if name not in self._known:
                near = meant(name, self._known)
                if near is None:
                    self.error(name, "unknown_field", field=name, known=listed(self._known))
                else:
                    self.error(name, "misspelt_field", field=name, meant=near)

    # -- inside

    def _take(self, name: str, required: bool) -> Any:
        self._known.append(name)
        if name not in self._content:
            if required:
                self._findings.error(self.file, self.line, "missing_field", field=name)
            return None
        return self._content[name]

    def _wrong(self, name: str, wanted: str) -> None:
        self.error(name, "wrong_kind", field=name, wanted=part(wanted, field=name))

    def _known_one(self, name: str, found: str, known: tuple[str, ...]) -> str | None:
        if found in known:
            return found
        near = meant(found, known)
        if near is None:
            self.error(name, "unknown_value", field=name, found=found, known=listed(known))
        else:
            self.error(name, "misspelt_value", field=name, found=found, meant=near)
        return None

    def _inner(self, name: str | toml_lines.Path, content: dict[str, Any]) -> "Table":
        path = (*self._path, *((name,) if isinstance(name, str) else name))
        return Table(self.file, path, content, self._lines, self._findings)
