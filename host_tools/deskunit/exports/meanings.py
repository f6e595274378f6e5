"""What the columns of exports mean: for the last sheet of a workbook and for docs/exports.md. Pure."""

from deskunit import words

PARTS = ("utc", "local", "offset", "s", "hms", "zh")  # of one thing: start_utc, start_local …


def meaning(column: str, language: str | None = None) -> str:
    """What stands in a column. KeyError: nobody has said it."""
    base, part = split(column)
    said = words.text(f"column.{base}", language)
    return f"{said} ({words.text(f'column_part.{part}', language)})" if part else said


def split(column: str) -> tuple[str, str]:
    """The thing and its part: start_utc → start, utc; a name that has words of its own → itself, ""."""
    base, _, part = column.rpartition("_")
    known = words.table(words.LANGUAGES[0])
    if part in PARTS and f"column.{column}" not in known:
        return base, part
    return column, ""
