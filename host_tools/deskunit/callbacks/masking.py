"""Personal texts as somebody may see them who does not need them. Pure.

Of a number the ends stay, of a name its first character; of everything else nothing but that it is there.
"""

from collections.abc import Mapping

from deskunit.callbacks.kinds import NUMBERS

STAR = "*"
HIDDEN = STAR * 3


def masked(personal: Mapping[str, str]) -> dict[str, str]:
    """field → what may be shown of its text."""
    return {field: masked_text(field, text) for field, text in personal.items()}


def masked_text(field: str, text: str) -> str:
    if not text:
        return ""
    if field in NUMBERS:
        return _number(text)
    return text[0] + HIDDEN if field == "name" and len(text) > 1 else HIDDEN


def _number(text: str) -> str:
    """138****5678; a shorter one keeps its last two digits."""
    digits = "".join(char for char in text if char.isdecimal())
    if len(digits) < 7:
        return STAR * max(len(digits) - 2, 1) + digits[2:][-2:]
    return digits[:3] + STAR * max(len(digits) - 7, 1) + digits[-(4 if len(digits) > 7 else 3) :]
