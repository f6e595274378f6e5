"""A script pack on its way in: pieces into a block in RAM, blocks to flash, checked, then in use.

The recorder makes one at the first P, hands it P and D frames and gives it its turns on flash.
docs/protocol.md, "A script pack", says what is answered when. Knows no link, no screen, no texts.
"""

import binascii

from micropython import const

from unit.part import Part

_BLOCK = const(4096)
_KEEP_MS = const(60000)  # without a word from the host the block's RAM is given back
_NO_ROOM = const(28)  # ENOSPC
_FORGOTTEN = const("announce it first")

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
        self._part = None  # what is coming
        self._due = _REST
        self._id = None  # of the request that flash has to answer
        self._last = (0, _FORGOTTEN)  # the answer when nothing is coming
        self._block = None
        self._fill = 0  # bytes in the block
        self._again = False
        self._fresh = True
        self._until_ms = 0

    # -- the host's frames

    def announce(self, number, lang, size, crc):
        """P: a pack of `size` bytes that end with the sum `crc`."""
        if not (self._part and self._part.is_(lang, size, crc)):
            self._part = Part(self.storage, lang, size, crc)
            self._again = False
            self._due = _BEGIN
        self._answer(number)

    def take(self, number, offset, data):
        """D: bytes from `offset` on; others than those that are wanted change nothing."""
        part = self._part
        if part and self._due == _REST and offset == part.flashed + self._fill:
            data = _decoded(data)
            taken = min(len(data), _BLOCK - self._fill, part.size - offset)
            self._block[self._fill : self._fill + taken] = data[:taken]
            self._fill += taken
            if self._fill == _BLOCK or offset + taken == part.size:
                self._due = _WRITE
        self._answer(number)

    def _answer(self, number):
        """At once from RAM, or flash has the word: a pack is complete when it is in place."""
        self._fresh = True
        if not self._part:
            self.reply(number, *self._last)
            return
        wanted = self._part.flashed + self._fill
        if self._due in (_BEGIN, _CHECK) or wanted == self._part.size:
            self._id = number
        else:
            self.reply(number, 1, str(wanted))

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
                self._end(0, _FORGOTTEN)
        except MemoryError:
            self._end(0, "no RAM for a block: restart the unit")
        except OSError as error:
            if _NO_ROOM in error.args:
                self._part.drop()
            self._end(0, "flash refused: " + str(error))

    def _begin(self):
        part = self._part
        refused = part.wrong()
        if refused:
            self._end(0, refused)
            return
        self._block = None
        self._block = bytearray(_BLOCK)
        self._fill = 0
        if part.ends_well(part.site):
            self._look_at(part.site)
        else:
            self._resume()

    def _resume(self):
        refused = self._part.resume()
        if refused:
            self._end(0, refused)
        else:
            self._go_on()

    def _write(self):
        part = self._part
        refused = "" if part.flashed else part.misfit(self._block)
        if refused:
            self._end(0, refused)
            return
        part.append(memoryview(self._block)[: self._fill])
        self._fill = 0
        self._go_on()

    def _go_on(self):
        """To the check when flash has all of it; else the host hears from where on more is wanted."""
        if self._part.flashed == self._part.size:
            self._look_at(self._part.name)
            return
        self._due = _REST
        if self._id is not None:
            self.reply(self._id, 1, str(self._part.flashed))
            self._id = None

    def _look_at(self, name):
        self._part.look_at(name)
        self._due = _CHECK

    def _check(self):
        part = self._part
        whole = part.check(self._block)
        if whole is None:
            return
        if part.checking == part.site:
            if whole:
                self._end(1, str(part.size))  # it speaks already
            else:
                self._resume()
        elif whole:
            self._switch()
        else:
            part.drop()
            if self._again:
                self._end(0, "damaged on flash, twice")
            else:
                self._again = True
                self._go_on()

    def _switch(self):
        part = self._part
        self._block = None  # the app is about to need RAM
        self.releasing(part.lang)
        try:
            part.put_in_place()
        finally:
            self.installed(part.lang)
        self._end(1, str(part.size))

    def _end(self, ok, text):
        """Nothing is coming any more. What flash has of it stays for another try."""
        self._last = (ok, text)
        self._part = self._block = None
        self._fill = 0
        self._due = _REST
        if self._id is not None:
            self.reply(self._id, ok, text)
            self._id = None


def _decoded(data):
    """base64 with "-" in place of the letter C; nothing of what is cut."""
    return b"" if len(data) & 3 else binascii.a2b_base64(data.replace("-", "C").encode())
