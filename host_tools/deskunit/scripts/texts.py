"""The unit's texts by key, from the language files beside this module, checked before they are packed.

Called by the pack compiler. Knows nothing of glyphs or of the pack's bytes.
"""

import re
import tomllib
from functools import cache
from pathlib import Path

from deskunit.errors import DeskunitError

LANGUAGES = ("zh", "en")
HERE = Path(__file__).parent
VARIABLE = re.compile(r"\{[a-z_]+\}")


def load(language: str) -> dict[str, str]:
    """Flat {"section.key": template} of one language file."""
    flat: dict[str, str] = {}
    for name, value in tomllib.loads((HERE / f"{language}.toml").read_text("utf-8")).items():
        if isinstance(value, dict):
            flat.update({f"{name}.{key}": text for key, text in value.items()})
        else:
            flat[name] = value
    return flat


def load_all() -> dict[str, dict[str, str]]:
    """{language: texts}, all of them with the same keys and variables and no forbidden phrase."""
    tables = {language: load(language) for language in LANGUAGES}
    for language in LANGUAGES:
        refuse_forbidden(tables[language], language)
    refuse_differences(tables)
    return tables


def refuse_differences(tables: dict[str, dict[str, str]]) -> None:
    """DeskunitError when a key, or a variable of a key, is not in every language."""
    for key in sorted({key for table in tables.values() for key in table}):
        for language, table in tables.items():
            if key not in table:
                raise DeskunitError("script_key_missing", entry=key, file=f"{language}.toml")
        used = [sorted(set(VARIABLE.findall(table[key]))) for table in tables.values()]
        if any(variables != used[0] for variables in used):
            raise DeskunitError("script_variables_differ", entry=key)


@cache
def forbidden(language: str) -> tuple[str, ...]:
    """Phrases that no agent should read out."""
    table = tomllib.loads((HERE / "forbidden.toml").read_text("utf-8"))
    return tuple(phrase for group in table[language].values() for phrase in group)


def refuse_forbidden(table: dict[str, str], language: str) -> None:
    """DeskunitError when a sentence holds a forbidden phrase, in whatever case."""
    for key, text in sorted(table.items()):
        for phrase in forbidden(language):
            if phrase.lower() in text.lower():
                raise DeskunitError(
                    "script_forbidden", entry=key, file=f"{language}.toml", phrase=phrase
                )
