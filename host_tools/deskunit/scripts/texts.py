"""The unit's labels by key, from the language files beside this module, checked before they are packed.

Called by the pack compiler. Knows nothing of glyphs or of the pack's bytes.
"""

import re
import tomllib
from pathlib import Path

from deskunit.errors import DeskunitError
from deskunit.scripts.reading import LANGUAGES

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
    """{language: labels}, all of them with the same keys and variables."""
    tables = {language: load(language) for language in LANGUAGES}
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
