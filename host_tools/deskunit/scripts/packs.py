"""What a pack says of itself: read from its bytes, for the lists that people see."""

import re
from dataclasses import asdict, dataclass

from deskunit.scripts.encoding import HEADER
from deskunit.scripts.library import STATE_NAMES

_PROMPT = re.compile(rf"say\.|short\.|prompt\.({'|'.join(STATE_NAMES)})$")


@dataclass(frozen=True)
class About:
    """`size` in bytes. `checksum`: the pack's own CRC-32, its last four bytes, as 8 hex digits."""

    language: str
    size: int
    glyphs: int
    large: int
    prompts: int
    checksum: str
    name: str
    version: str
    flavour: str
    license: str

    def as_json(self) -> dict[str, object]:
        return asdict(self)


def about(pack: bytes) -> About:
    """Of a pack that this program has made."""
    _, _, small, large, count, language, _, area, _ = HEADER.unpack_from(pack)
    found = _texts(pack[len(pack) - 4 - area : len(pack) - 4], count)
    name, version, flavour, licence = [*found.get("library", "").split("\n"), "", "", ""][:4]
    return About(
        language.rstrip(b"\0").decode("ascii"), len(pack), small, large,
        sum(_PROMPT.match(key) is not None for key in found),
        f"{int.from_bytes(pack[-4:], 'little'):08x}", name, version, flavour, licence,
    )  # fmt: skip


def _texts(area: bytes, count: int) -> dict[str, str]:
    found, at = {}, 0
    for _ in range(count):
        key = area[at + 1 : at + 1 + area[at]].decode("ascii")
        at += 1 + area[at]
        length = int.from_bytes(area[at : at + 2], "little")
        found[key] = area[at + 2 : at + 2 + length].decode()
        at += 2 + length
    return found
