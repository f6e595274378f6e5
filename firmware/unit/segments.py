"""The journal's files on flash: lines as they stand on the wire, appended, read in order, removed whole.

The journal calls it. A place is (file's number, offset, boot, last): where to read on, and which record
stands before it. A damaged line never stops anything; what is missing becomes a gap record.
"""

from micropython import const

from unit import codec

_PREFIX = const("journal.")
_NEW = const("journal.new")
_MAX_BYTES = const(786432)  # three days of a busy desk without a host
_RESERVE = const(65536)  # flash that is left for packs and snapshots
_FILE_BYTES = const(16384)
_BLOCK = const(512)  # two lines at least
START = (0, 0, "", 0)


class Segments:
    """`files` [[number, bytes]], oldest first; `boots` [[boot, first, last]] that no host has yet.

    File 0 holds the gaps of what was given up (`thinning`); what the host has is `doomed`.
    """

    def __init__(self, storage):
        self.storage = storage
        self.files = []
        self.doomed = []
        self.boots = []
        self.max_bytes = _MAX_BYTES
        self.base = START  # where the oldest record stands that no host has
        self.damaged = 0  # lines that the scan could not read
        self._skipped = 0  # damaged lines before the record that was read last
        self._sealed = False  # an append failed: who knows how its file ends
        self._number = -1  # of the file whose block is in RAM
        self._block = b""
        self._block_at = 0
        for name in storage.listdir():
            if name.startswith(_PREFIX) and name[len(_PREFIX) :].isdigit():
                self.files.append([int(name[len(_PREFIX) :]), 0])
        self.files.sort()

    @property
    def has_gaps(self):
        """Something was given up: file 0 is there."""
        return bool(self.files) and not self.files[0][0]

    @property
    def bytes(self):
        """Size of all files that are not doomed."""
        return sum([file[1] for file in self.files])

    # -- writing

    def is_full(self, size):
        """True when `size` bytes more would be too many, or leave too little flash free."""
        if self.bytes + size > self.max_bytes:
            return True
        # LittleFS walks the whole file system to count what is free: once a file is often enough
        return self.begins_file(size) and self.storage.free() < _RESERVE

    def begins_file(self, size):
        """True when appending `size` bytes begins a new file."""
        return not self.files or self._sealed or self.files[-1][1] + size > _FILE_BYTES

    def append(self, data):
        """Whole lines, durable when it returns; OSError: perhaps they are, perhaps not."""
        if self.begins_file(len(data)):
            last = max([file[0] for file in self.files] + self.doomed + [0])
            self.files.append([last + 1, 0])
        file = self.files[-1]
        self._sealed = True
        with self.storage.open(file_name(file[0]), "ab") as out:
            out.write(data)
            out.flush()
        self._sealed = False
        file[1] += len(data)
        self.forget_block()

    def replace(self, number, lines):
        """The file `number` is to hold `lines` instead, all or none of them; its new size."""
        size = 0
        with self.storage.open(_NEW, "wb") as out:
            for line in lines:
                out.write(line)
                size += len(line)
            out.flush()
        self.storage.rename(_NEW, file_name(number))
        self.forget_block()
        return size

    def tidy(self):
        """Remove one file whose records the host has; False when there is none."""
        if not self.doomed:
            return False
        self.storage.remove(file_name(self.doomed[0]))
        self.doomed.pop(0)
        return True

    # -- reading

    def scan(self):
        """Look at every line once, at the start: which boots are held, from where to where."""
        found = self.read(START)
        while found:
            boot, first, last, _, place = found
            if not self.boots or self.boots[-1][0] != boot:
                self.boots.append([boot, first, last])
            self.boots[-1][2] = last
            self.damaged += self._skipped
            found = self.read(place)
        for file in self.files:
            file[1] = self._length(file[0])
        if not self.boots:
            self.clear()

    def read(self, place):
        """(boot, first, last, payload, place after it) of the next record, None at the end.

        A hole between two records of a boot is a gap record of its own.
        """
        number, at, boot, last = place
        bad = self._skipped = 0
        for file in self.files:
            if file[0] < number:
                continue
            if file[0] > number:
                number = file[0]
                at = 0
            while True:
                line_at = at
                found = self._line(number, at)
                if found is None:
                    break
                line, at = found
                record = codec.record(line)
                if record is None:
                    bad += 1
                    continue
                if record[0] != boot:
                    if bad and boot:  # as many as there were lines: nothing else tells
                        self._skipped = bad
                        return _gap(boot, last, last + bad, number, line_at)
                elif record[2] <= last:
                    bad = 0
                    continue  # written again after an error, or given up since
                elif record[1] > last + 1:
                    self._skipped = bad
                    return _gap(boot, last, record[1] - 1, number, line_at)
                self._skipped = bad
                return record + ((number, at, record[0], record[2]),)
        if bad and boot:
            self._skipped = bad
            return _gap(boot, last, last + bad, number, at)
        return None

    def _line(self, number, at):
        """(line without its LF, offset after it), None at the end of the file."""
        start = at - self._block_at
        end = -1
        if number == self._number and 0 <= start < len(self._block):
            end = self._block.find(b"\n", start)
        if end < 0:
            self._load(number, at)
            if not self._block:
                return None
            start = 0
            end = self._block.find(b"\n")
            if end < 0:
                end = len(self._block)  # no line is so long: damaged
        return self._block[start:end], self._block_at + end + 1

    def _load(self, number, at):
        self._number = number
        self._block_at = at
        try:
            with self.storage.open(file_name(number), "rb") as file:
                file.seek(at)
                self._block = file.read(_BLOCK)
        except OSError:  # a file that cannot be read is a file that ends here
            self._block = b""

    def _length(self, number):
        try:
            with self.storage.open(file_name(number), "rb") as file:
                return file.seek(0, 2)
        except OSError:
            return 0

    def forget_block(self):
        """A file changed: read it anew."""
        self._number = -1
        self._block = b""

    # -- what the host has

    def trim(self, boot, last, place):
        """The host has all up to `last` of `boot`, which `place` stands behind."""
        while self.boots and self.boots[0][0] != boot:
            self.boots.pop(0)
        if self.boots:
            self.boots[0][1] = last + 1
            if last >= self.boots[0][2]:
                self.boots.pop(0)
        self.base = place
        while self.files and self.files[0][0] < place[0]:
            self.doomed.append(self.files.pop(0)[0])

    def clear(self):
        """The host has everything that is on flash."""
        self.boots = []
        while self.files:
            self.doomed.append(self.files.pop(0)[0])
        self.max_bytes = _MAX_BYTES
        self.base = START


def file_name(number):
    """Name of the segment `number`."""
    return _PREFIX + "%06d" % number


def _gap(boot, before, last, number, at):
    """The record of a hole after `before`; reading goes on at the line that showed it."""
    payload = codec.gap_payload(boot, before + 1, last, "damaged")
    return boot, before + 1, last, payload, (number, at, boot, last)
