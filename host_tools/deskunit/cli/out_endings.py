"""In what format a file is to be written: as said, else as its name ends. For every --out there is."""

from collections.abc import Sequence
from pathlib import Path

from deskunit.errors import DeskunitError

# A file of this name would be opened by a program that cannot read what is in it.
_FOREIGN = (
    "xls xlsm xlsb xlt xltx ods numbers et csv xlsx parquet jsonl json xml "
    "doc docx odt rtf wps pages ppt pptx odp pdf html"
)
FOREIGN = frozenset(_FOREIGN.split())


def form(out: str, said: str | None, formats: Sequence[str]) -> str:
    """The format; the first of `formats` where neither decides: there is `-`, `.txt`, `.log`.

    DeskunitError: nothing is said, and the name ends as files of another program do.
    """
    ending = Path(out).suffix.lower().removeprefix(".")
    if said is not None:
        return said
    if ending in formats:
        return ending
    if ending in FOREIGN:
        known = ", ".join(f".{one}" for one in formats)
        raise DeskunitError("out_foreign", exit_code=2, ending=f".{ending}", known=known)
    return formats[0]
