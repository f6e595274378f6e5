"""What is wrong in a script library: findings are collected, never raised, so that all are seen at once."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Literal

from deskunit import words

Severity = Literal["error", "warning"]


@dataclass(frozen=True)
class Finding:
    """One mistake. `file` is relative to the library's folder, `key` names the sentence in the words."""

    file: str
    line: int
    severity: Severity
    key: str
    values: tuple[tuple[str, object], ...] = ()

    def what(self, language: str | None = None) -> str:
        """What is wrong, in `language` (None: the user's)."""
        return words.text(f"finding.{self.key}", language, **self._said(language))

    def mend(self, language: str | None = None) -> str:
        """How to put it right."""
        return words.text(f"mend.{self.key}", language, **self._said(language))

    def _said(self, language: str | None) -> dict[str, object]:
        """Parts and the system's reasons are put in the reader's language too."""
        return {
            name: value.text(language)
            if isinstance(value, Said | Listed)
            else words.system_reason(value, language)
            for name, value in self.values
        }


@dataclass(frozen=True)
class Said:
    """A part of a sentence that has words of its own: the kind of value that is wanted, say."""

    key: str
    values: tuple[tuple[str, object], ...] = ()

    def text(self, language: str | None) -> str:
        return words.text(f"finding_part.{self.key}", language, **dict(self.values))


@dataclass(frozen=True)
class Listed:
    """Names to choose from, with what stands between them in the reader's language."""

    names: tuple[str, ...]

    def text(self, language: str | None) -> str:
        return part("between").text(language).join(self.names)


def listed(names: Iterable[str]) -> Listed:
    return Listed(tuple(names))


def part(key: str, **values: object) -> Said:
    return Said(key, tuple(values.items()))


@dataclass
class Findings:
    """The collection that the readers and checks write into."""

    found: list[Finding] = field(default_factory=list)

    def error(self, file: str, line: int, key: str, **values: object) -> None:
        self._add(Finding(file, line, "error", key, tuple(values.items())))

    def warning(self, file: str, line: int, key: str, **values: object) -> None:
        self._add(Finding(file, line, "warning", key, tuple(values.items())))

    def _add(self, finding: Finding) -> None:
        if finding not in self.found:  # a step that several flavours share is told once
            self.found.append(finding)

    def ordered(self) -> tuple[Finding, ...]:
        """By file and line, an error before a warning."""
        return tuple(
            sorted(self.found, key=lambda one: (one.file, one.line, one.severity, one.key))
        )
