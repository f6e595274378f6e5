"""A script pack on its way in: a block in RAM, blocks in a `.part` on flash, checked, renamed into use.

The recorder makes one at the first P, hands it P and D frames and gives it its turns on flash.
docs/protocol.md, "A script pack", says what is answered when. Knows no link, no screen, no pack's texts.
"""

import binascii

from micropython import const

_BLOCK = const(4096)
_HEADER_BYTES = const(32)
_FORMAT = const(2)  # of pack.py
_RESERVE = const(73728)  # the journal begins to give up reminders below 64 KB
_SEALED = const(0x2144DF1C)  # CRC-32 of anything that ends with its own CRC-32
_KEEP_MS = const(60000)  # without a word from the host the block's RAM is given back
_NO_ROOM = const(28)  # ENOSPC

_REST = const(0)  # what flash has to do: nothing
_BEGIN = const(1)
_CHECK = const(2)
_WRITE = const(3)


class Incoming:
    """`reply(id, ok, text)` answers the host; the app is told of a file of `lang` before and after."""

    def __init__(self, storage, reply, releasing, installed):
        self.storage = storage
        self.reply = reply
        self.releasing = releasing
        self.installed = installed
        self._pack = None  # (language, size, sum) of what is coming
        self._part = ""
        self._due = _REST
        self._id = None  # of the request that flash has to answer
        self._last = (0, "announce it first")  # the answer when nothing is coming
        self._block = None
        self._fill = 0  # bytes in the block
        self._flashed = 0  # bytes in the part
        self._checked = 0  # bytes of `_name` that were read, and their CRC
        self._crc = 0
        self._name = ""
        self._again = False
        self._fresh = True
        self._until_ms = 0

    # -- the host's frames

    def announce(self, number, lang, size, crc):
        """P: a pack of `size` bytes that end with the sum `crc`."""
        if self._pack != (lang, size, crc):
            self._pack = (lang, size, crc)
            self._part = "%s.%s.part" % (lang, crc)
            self._again = False
            self._due = _BEGIN
        self._answer(number)

    def take(self, number, offset, data):
        """D: bytes from `offset` on; others than those that are wanted change nothing."""
        wanted = self._flashed + self._fill
        if self._pack and self._due == _REST and offset == wanted:
            data = _decoded(data)
            taken = min(len(data), _BLOCK - self._fill, self._pack[1] - wanted)
            self._block[self._fill : self._fill + taken] = data[:taken]
            self._fill += taken
            if self._fill == _BLOCK or wanted + taken == self._pack[1]:
                self._due = _WRITE
        self._answer(number)

    def _answer(self, number):
        """At once from RAM, or flash has the word: a pack is complete when it is in place."""
        self._fresh = True
        if not self._pack:
            self.reply(number, *self._last)
        elif self._due in (_BEGIN, _CHECK) or self._flashed + self._fill == self._pack[1]:
            self._id = number
        else:
            self.reply(number, 1, str(self._flashed + self._fill))

    # -- flash's turn

    def wait_ms(self, now_ms):
        """How long `step` has nothing to do; 0 or less: now."""
        if self._due:
            return 0
        if self._fresh:
            self._fresh = False
            self._until_ms = now_ms + _KEEP_MS
        return self._until_ms - now_ms if self._block else _KEEP_MS

    def step(self):
        """One piece of work on flash."""
        try:
            if self._due == _BEGIN:
                self._begin()
            elif self._due == _WRITE:
                self._write()
            elif self._due == _CHECK:
                self._check()
            else:
                self._end(0, "announce it first")
        except MemoryError:
            self._end(0, "no RAM for a block: restart the unit")
        except OSError as error:
            if _NO_ROOM in error.args:
                self._drop()
            self._end(0, "flash refused: " + str(error))

    def _begin(self):
        lang, size, crc = self._pack
        if len(crc) != 8 or crc.strip("0123456789abcdef") or size <= _HEADER_BYTES:
            self._end(0, "no size and sum of a pack")
        elif lang + ".pack" not in self.storage.listdir():
            self._end(0, "no language of this unit: " + lang)
        else:
            self._block = None
            self._block = bytearray(_BLOCK)
            self._fill = 0
            if self._ends_well(lang + ".site"):
                self._look_at(lang + ".site")
            else:
                self._resume()

    def _resume(self):
        """Go on behind what an earlier try brought; other packs' parts make room."""
        size = self._pack[1]
        for name in self.storage.listdir():
            if name.endswith(".part") and name != self._part:
                self.storage.remove(name)
        self._flashed = self._length(self._part)
        if self._flashed > size:
            self._drop()
        room = self.storage.free() - _RESERVE
        if size - self._flashed > room:
            need = (size - self._flashed + 1023) // 1024
            self._drop()
            self._end(0, "no room: %d KB needed, %d KB free" % (need, max(0, room // 1024)))
        elif self._flashed == size:
            self._look_at(self._part)
        else:
            self._wait()

    def _write(self):
        if not self._flashed:
            refused = self._misfit()
            if refused:
                self._end(0, refused)
                return
        with self.storage.open(self._part, "ab") as file:
            file.write(memoryview(self._block)[: self._fill])
            file.flush()
        self._flashed += self._fill
        self._fill = 0
        if self._flashed == self._pack[1]:
            self._look_at(self._part)
        else:
            self._wait()

    def _misfit(self):
        """Why the pack whose first block came is none for this unit, "" if it is."""
        head = bytes(self._block[:_HEADER_BYTES])
        if head[:4] != b"DUPK":
            return "not a script pack"
        if head[4] | head[5] << 8 != _FORMAT:
            return "format %d, this firmware reads %d" % (head[4] | head[5] << 8, _FORMAT)
        if head[12:20].rstrip(b"\0") != self._pack[0].encode():
            return "announced as another language"
        return ""

    # -- is it whole?

    def _look_at(self, name):
        self._name = name
        self._checked = 0
        self._crc = 0
        self._due = _CHECK

    def _check(self):
        """One block more of the file; at its end it is what was announced, or not."""
        with self.storage.open(self._name, "rb") as file:
            file.seek(self._checked)
            got = file.readinto(self._block)
        self._crc = binascii.crc32(memoryview(self._block)[:got], self._crc)
        self._checked += got
        if got and self._checked < self._pack[1]:
            return
        is_part = self._name == self._part
        if self._crc == _SEALED and self._ends_well(self._name):
            self._finish(is_part)
        elif not is_part:
            self._resume()  # the one in place is damaged
        elif self._again:
            self._drop()
            self._end(0, "damaged on flash, twice")
        else:
            self._again = True
            self._drop()
            self._wait()

    def _ends_well(self, name):
        """Whether a file has the announced size and ends with the announced sum."""
        _, size, crc = self._pack
        if self._length(name) != size:
            return False
        with self.storage.open(name, "rb") as file:
            file.seek(size - 4)
            return "%08x" % int.from_bytes(file.read(4), "little") == crc

    def _length(self, name):
        try:
            with self.storage.open(name, "rb") as file:
                return file.seek(0, 2)
        except OSError:
            return 0

    # -- what comes of it

    def _finish(self, is_part):
        lang, size, _ = self._pack
        if is_part:
            self._block = None  # the app is about to need RAM
            self.releasing(lang)
            try:
                self.storage.rename(self._part, lang + ".site")
            finally:
                self.installed(lang)
        self._end(1, str(size))

    def _drop(self):
        """Begin at 0, if at all."""
        self._flashed = 0
        self._fill = 0
        try:
            self.storage.remove(self._part)
        except OSError:
            pass  # it is not there, or flash refuses whatever is asked

    def _wait(self):
        """For the next bytes; the host hears from where on."""
        self._due = _REST
        if self._id is not None:
            self.reply(self._id, 1, str(self._flashed))
            self._id = None

    def _end(self, ok, text):
        """Nothing is coming any more. What flash has of it stays for another try."""
        self._last = (ok, text)
        self._pack = self._block = None
        self._due = _REST
        if self._id is not None:
            self.reply(self._id, ok, text)
            self._id = None


def _decoded(data):
    """base64 with "-" in place of the letter C; nothing of what is cut."""
    return b"" if len(data) & 3 else binascii.a2b_base64(data.replace("-", "C").encode())
