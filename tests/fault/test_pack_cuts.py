"""A power cut at every change of the flash while a pack comes, clean and torn, on the real LittleFS.

Whenever the power goes, the unit opens the pack before or the one that was sent, never none; and a host
that sends again brings it to its end.
"""

import base64
import random
from collections.abc import Iterator

import pytest
from deskunit.packs import Pack as Sent
from deskunit.packs import checked_pack
from deskunit.scripts.encoding import Glyph, encode
from littlefs_board import (
    BLOCKS,
    DISK_VERSIONS,
    ERASED,
    Array,
    Blocks,
    Storage,
    change_blocks,
    tear,
)
from unit import pack
from unit.incoming import Incoming

GLYPHS = [Glyph(point, 6 if point < 0x80 else 12, bytes(24)) for point in (0x41, 0x25A1)]
PIECE = 66


def made(version: str, size: int) -> Sent:
    chance = random.Random(version)
    filler = "".join(chance.choice("0123456789abcdef") for _ in range(size))
    texts = {"library": f"Test\n{version}\nhotline\nMIT", "filler": filler}
    return checked_pack(encode("zh", GLYPHS, [], texts), version)


BUILT_IN, OLD, NEW = made("0", 10), made("1", 1_500), made("2", 9_000)


def send(storage: Storage, whole: Sent) -> tuple[int, str]:
    """A right host's send, with flash's turn after each frame; the last word."""
    said: list[tuple[int, str]] = []

    def reply(number: int, ok: int, text: str) -> None:
        said.append((ok, text))

    def nothing(lang: str) -> None: ...

    unit = Incoming(storage, reply, nothing, nothing)
    unit.announce(0, "zh", whole.size, whole.crc)
    while True:
        while unit.wait_ms(0) <= 0:
            unit.step()
        ok, text = said.pop()
        if not ok or int(text) == whole.size:
            return ok, text
        at = int(text)
        data = base64.b64encode(whole.data[at : at + PIECE]).decode().replace("C", "-")
        unit.take(1, at, data)


def opened(storage: Storage) -> str:
    """The sum of the pack that the unit speaks from; a sent one that it must leave out is an error."""

    def left_out(why: str) -> None:
        raise AssertionError(why)

    used = pack.opened(storage, "zh", left_out)
    used.close()
    return f"{used.crc:08x}" if isinstance(used.crc, int) else str(used.crc)


def lived(version: int) -> tuple[Blocks, Array]:
    """A flash with a built-in and an old sent pack, and the changes that a new one makes."""
    array = Array([ERASED] * BLOCKS)
    storage = Storage(array, version, fresh=True)
    with storage.open("zh.pack", "wb") as file:
        file.write(BUILT_IN.data)
    assert send(storage, OLD) == (1, str(OLD.size))
    before = list(array.blocks)
    array.log.clear()
    assert send(storage, NEW) == (1, str(NEW.size))
    return before, array


def cuts(version: int, chance: random.Random) -> Iterator[tuple[str, Blocks]]:
    """The flash as each cut leaves it."""
    blocks, array = lived(version)
    for done, change in enumerate(array.log):
        yield f"clean cut at {done}", list(blocks)
        torn = list(blocks)
        tear(torn, change, chance)
        yield f"torn cut at {done}", torn
        change_blocks(blocks, change)
    yield "no cut", blocks


@pytest.mark.parametrize("version", DISK_VERSIONS)
def test_a_cut_leaves_the_old_or_the_new_pack_and_the_next_send_ends_well(version: int) -> None:
    seen: dict[str, int] = {}
    for name, blocks in cuts(version, random.Random(version)):
        storage = Storage(Array(blocks), version)
        used = opened(storage)
        assert used in (OLD.crc, NEW.crc), name
        seen[used] = seen.get(used, 0) + 1
        assert send(storage, NEW) == (1, str(NEW.size)), name
        assert opened(storage) == NEW.crc, name
        left = sorted(storage.listdir())
        assert left == ["zh.pack", "zh.site"], name
    assert seen[OLD.crc] > 100 and seen[NEW.crc] >= 1


def test_what_flash_has_of_it_is_not_sent_again() -> None:
    version = DISK_VERSIONS[0]
    offsets: set[int] = set()

    def reply(number: int, ok: int, text: str) -> None:
        offsets.add(int(text))

    for _, blocks in cuts(version, random.Random(1)):
        unit = Incoming(Storage(Array(blocks), version), reply, print, print)
        unit.announce(0, "zh", NEW.size, NEW.crc)
        while unit.wait_ms(0) <= 0:
            unit.step()
    assert offsets == {0, 4096, 8192, NEW.size}


def test_a_switch_that_removes_the_old_one_first_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    rename = Storage.rename

    def in_two_steps(self: Storage, old: str, new: str) -> None:
        if new in self.listdir():
            self.remove(new)
        rename(self, old, new)

    monkeypatch.setattr(Storage, "rename", in_two_steps)
    version = DISK_VERSIONS[0]
    found = set()
    for _, blocks in cuts(version, random.Random(2)):
        found.add(opened(Storage(Array(blocks), version)))
    assert BUILT_IN.crc in found
