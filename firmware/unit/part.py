"""The files of a script pack that comes: `zh.<sum>.part` while it grows, `zh.site` when it is whole.

`Incoming` calls it, each function in a turn of flash; OSError when flash refuses. Knows no link and no RAM.
"""

import binascii

from micropython import const

_HEADER_BYTES = const(32)
_FORMAT = const(2)  # of pack.py
_RESERVE = const(73728)  # the journal begins to give up reminders below 64 KB
_SEALED = const(0x2144DF1C)  # CRC-32 of anything that ends with its own CRC-32


class Part:
    """A pack of `size` bytes that end with the sum `crc`. `flashed`: so many are in the part."""

    def __init__(self, storage, lang, size, crc):
        self.storage = storage
        self.lang = lang
        self.size = size
        self.crc = crc
        self.site = lang + ".site"
        self.name = "%s.%s.part" % (lang, crc)
        self.flashed = 0
        self.checking = ""  # the file that is being read, how far, and the CRC until there
        self._read = 0
        self._sum = 0

    def is_(self, lang, size, crc):
        return self.lang == lang and self.size == size and self.crc == crc

    def wrong(self):
        """Why nothing of the kind can come, "" if it can."""
        crc = self.crc
        if len(crc) != 8 or crc.strip("0123456789abcdef") or self.size <= _HEADER_BYTES:
            return "no size and sum of a pack"
        if self.lang + ".pack" not in self.storage.listdir():
            return "no language of this unit: " + self.lang
        return ""

    def resume(self):
        """Go on behind what an earlier try brought, without other packs' parts; why not, "" if it can."""
        for name in self.storage.listdir():
            if name.endswith(".part") and name != self.name:
                self.storage.remove(name)
        self.flashed = self._length(self.name)
        if self.flashed > self.size:
            self.drop()
        left = self.size - self.flashed
        room = self.storage.free() - _RESERVE
        if left <= room:
            return ""
        self.drop()
        kilo = ((left + 1023) // 1024, max(0, room // 1024))
        return "no room: %d KB needed, %d KB free" % kilo

    def misfit(self, block):
        """Why the pack that begins with `block` is none for this unit, "" if it is."""
        head = bytes(block[:_HEADER_BYTES])
        if head[:4] != b"DUPK":
            return "not a script pack"
        found = head[4] | head[5] << 8
        if found != _FORMAT:
            return "format %d, this firmware reads %d" % (found, _FORMAT)
        if head[12:20].rstrip(b"\0") != self.lang.encode():
            return "announced as another language"
        return ""

    def append(self, data):
        with self.storage.open(self.name, "ab") as file:
            file.write(data)
            file.flush()
        self.flashed += len(data)

    def drop(self):
        """Begin at 0, if at all."""
        self.flashed = 0
        try:
            self.storage.remove(self.name)
        except OSError:
            pass  # it is not there, or flash refuses whatever is asked

    # -- is it whole?

    def look_at(self, name):
        self.checking = name
        self._read = 0
        self._sum = 0

    def check(self, block):
        """Read one block more, into `block`: None while there is more, then whether all is as announced."""
        with self.storage.open(self.checking, "rb") as file:
            file.seek(self._read)
            got = file.readinto(block)
        self._sum = binascii.crc32(memoryview(block)[:got], self._sum)
        self._read += got
        if got and self._read < self.size:
            return None
        return self._sum == _SEALED and self.ends_well(self.checking)

    def ends_well(self, name):
        """Whether a file has the announced size and ends with the announced sum."""
        if self._length(name) != self.size:
            return False
        with self.storage.open(name, "rb") as file:
            file.seek(self.size - 4)
            return "%08x" % int.from_bytes(file.read(4), "little") == self.crc

    def put_in_place(self):
        """The old one or this one, whenever the power goes."""
        self.storage.rename(self.name, self.site)

    def _length(self, name):
        try:
            with self.storage.open(name, "rb") as file:
                return file.seek(0, 2)
        except OSError:
            return 0
