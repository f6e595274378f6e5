"""A library's file with other sentences in it: comments, order and layout stay. Pure.

What tomlkit writes is read again and compared, so that nothing but the sentences can have changed.
"""

import tomllib
from collections.abc import Mapping
from typing import Any

import tomlkit

from deskunit.errors import DeskunitError
from deskunit.scripts.toml_lines import Path

BOM = b"\xef\xbb\xbf"


def decoded(content: bytes) -> str:
    """The text of a file. DeskunitError: it is not UTF-8."""
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise DeskunitError("script_not_editable") from error


def rewritten(content: bytes, changes: Mapping[Path, str]) -> bytes:
    """The file's bytes with each sentence at its path. DeskunitError: it cannot be done safely."""
    text = decoded(content)
    wanted = tomllib.loads(text)
    document = tomlkit.parse(text)
    for path, sentence in changes.items():
        _put(wanted, path, sentence)
        _put(document, path, sentence)
    made = tomlkit.dumps(document)
    if "\r\n" in text:  # what tomlkit adds ends in "\n" alone
        made = made.replace("\r\n", "\n").replace("\n", "\r\n")
    if tomllib.loads(made) != wanted:
        raise DeskunitError("script_not_editable")
    return (BOM if content.startswith(BOM) else b"") + made.encode()


def _put(document: Any, path: Path, sentence: str) -> None:
    table = document
    for key in path[:-1]:
        table = table[key]
    table[path[-1]] = sentence
