"""A script pack: the texts, scenarios and glyphs of one language, read from flash where they are used.

docs/pack.md has the format. A pack that was sent lies beside the built-in one and goes before it.
Knows no state, no layout and no board.
"""

import binascii
import struct
from array import array

from micropython import const

from unit.font import Font, bytes_of, place

_VERSION = const(2)
_HEADER_BYTES = const(32)
_KEYS = const(32)  # RAM holds each 32nd key
_KEY_BYTES = const(8)
_READ_BYTES = const(512)


def opened(storage, lang, note):
    """The sent pack of `lang`, else the built-in one; `note(text)` hears why one is left out.

    OSError: there is none. ValueError: the built-in one is damaged.
    """
    try:
        return Pack(storage, lang, ".site")
    except ValueError as error:
        note(str(error))
    except OSError:
        pass  # none was sent
    return Pack(storage, lang, ".pack")


class Pack:
    """`Pack(storage, "zh", ".pack")` opens zh.pack. OSError: not there. ValueError: not to be used."""

    def __init__(self, storage, lang, kind=".pack"):
        self.lang = lang
        self.kind = kind
        self._large = None
        self.crc = 0
        self.file = storage.open(lang + kind, "rb")
        try:
            self._load(lang + kind)
        except ValueError:
            self.file.close()
            raise

    def close(self):
        """Let go of the file, before another pack takes its place."""
        self.file.close()

    def text(self, key):
        """The text `key` (str) with its break marks, as bytes; None if the pack has no such key."""
        name = key.encode()
        offset = self._find(binascii.crc32(name) & 0x3FFFFFFF)
        if offset < 0:
            return None
        self.file.seek(self._area_at + offset)
        head = self.file.read(1 + len(name) + 2)
        if head[0] != len(name) or head[1:-2] != name:
            return None
        return self.file.read(head[-2] | head[-1] << 8)

    def large(self):
        """The large font, made when it is first asked for; None if the pack has none."""
        if self._large is None and self._large_count:
            self._large = Font(
                self.file, self._large_at, self._large_count, 16, self.missing, self.font
            )
        return self._large

    @property
    def version(self):
        """As the library names it."""
        about = (self.text("library") or b"\n").split(b"\n")
        return about[1].decode()

    def words(self, key):
        """The text `key` cut at spaces, as str: the ids of groups and scenarios."""
        return (self.text(key) or b"").decode().split()

    def _find(self, check):
        """Offset of the text with this check, or -1."""
        block = place(self._checks, check, 1)
        if block < 0:
            return -1
        first = block * _KEYS
        self.file.seek(self._keys_at + first * _KEY_BYTES)
        count = min(_KEYS, self._text_count - first)
        keys = array(
            "I", self.file.read(count * _KEY_BYTES)
        )  # a check, its offset, the next check …
        at = place(keys, check, 2)
        return keys[2 * at + 1] if keys[2 * at] == check else -1

    # -- reading the file once

    def _load(self, name):
        header = self.file.read(_HEADER_BYTES)
        if len(header) < _HEADER_BYTES or header[:4] != b"DUPK":
            raise ValueError(name + " is not a script pack: build it again and send it")
        version, small, large, texts = struct.unpack("<HHHH", header[4:12])
        if version != _VERSION:
            raise ValueError("%s has format %d, not %d" % (name, version, _VERSION))
        size = struct.unpack("<I", header[28:])[0]
        if not self._sound(header, size - 4):
            raise ValueError(name + " is damaged: build it again and send it")
        self.missing = []  # code points without a glyph, each once
        self.font = Font(self.file, _HEADER_BYTES, small, 12, self.missing)
        end = _HEADER_BYTES + bytes_of(small, 12)
        self._large_at = end
        self._large_count = large
        end += bytes_of(large, 16)
        self._keys_at = end
        self._area_at = end + _KEY_BYTES * texts
        self._text_count = texts
        self._checks = array("I")
        for at in range(0, texts, _KEYS):
            self.file.seek(end + _KEY_BYTES * at)
            self._checks.append(struct.unpack("<I", self.file.read(4))[0])

    def _sound(self, header, size):
        """Whether the file has `size` bytes and then the CRC-32 of them, and nothing more."""
        crc = binascii.crc32(header)
        left = size - _HEADER_BYTES
        block = memoryview(bytearray(_READ_BYTES))
        while left > 0:
            got = self.file.readinto(block[: min(left, _READ_BYTES)])
            if not got:
                return False
            crc = binascii.crc32(block[:got], crc)
            left -= got
        self.crc = crc & 0xFFFFFFFF
        return not left and self.file.read(5) == struct.pack("<I", self.crc)
