"""What users read, by key, in Chinese and English: one TOML file a language beside this module."""

import errno
import os
import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path

LANGUAGES = ("zh", "en")
REASONS = {
    os.strerror(code): f"reason_of_system.{errno.errorcode[code]}"
    for code in (errno.ENOENT, errno.EACCES, errno.EPERM, errno.EISDIR, errno.ENOTDIR, errno.ENOSPC,
                 errno.EROFS, errno.EIO, errno.EFBIG, errno.EEXIST)
}  # fmt: skip


@cache
def table(language: str) -> dict[str, str]:
    """Flat {"section.key": sentence} of one language file. Unknown language: KeyError."""
    if language not in LANGUAGES:
        raise KeyError(language)
    nested = tomllib.loads((Path(__file__).parent / f"{language}.toml").read_text("utf-8"))
    flat: dict[str, str] = {}
    _flatten("", nested, flat)
    return flat


def _flatten(prefix: str, nested: dict[str, object], flat: dict[str, str]) -> None:
    for key, value in nested.items():
        if isinstance(value, dict):
            _flatten(f"{prefix}{key}.", value, flat)
        else:
            flat[prefix + key] = str(value)


def user_language() -> str:
    """`zh` when DESKUNIT_LANG or the locale asks for Chinese, else `en`."""
    for name in ("DESKUNIT_LANG", "LC_ALL", "LC_MESSAGES", "LANG"):
        value = os.environ.get(name, "")
        if value:
            return "zh" if value.lower().startswith("zh") else "en"
    return "en"


def text(key: str, language: str | None = None, **values: object) -> str:
    """The sentence `key` in `language` (None: the user's), its {names} filled. KeyError if absent."""
    return table(language or user_language())[key].format(**values)


def system_reason(why: object, language: str | None = None) -> object:
    """The operating system's reason in `language`; any other reason as it is."""
    key = REASONS.get(str(why))
    return text(key, language) if key else why


def spoken(values: Mapping[str, object], language: str | None = None) -> dict[str, object]:
    """The values of a sentence, those that are words of the program in `language`."""
    known = {"field": "callback_field", "by": "callback_by", "state": "state"}
    said = {**values, "why": system_reason(values.get("why"), language)}
    for name, section in known.items():
        key = f"{section}.{values.get(name)}"
        if key in table(language or user_language()):
            said[name] = text(key, language)
    return said
