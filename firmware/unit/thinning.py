"""What gives way when the journal is full: the oldest reminders first, then the oldest file.

What is given up becomes a gap record in its place, durable before the events are gone; never silently.
The journal asks for room before it appends; each call does one piece of work.
"""

from micropython import const

from unit import codec, segments

_FILES_MIN = const(2)
# told by time alone: they change no state and no press made them
_REMINDERS = ("remind", "limit", "wrapup", "idle", "overrun")


class Thinning:
    """Keeps `files` (a Segments) from being full."""

    def __init__(self, files):
        self.segments = files
        self.done = 0  # pieces of work done: places in the files have moved
        self._thinned = 0  # highest number of a file that has no reminders any more

    def make_room(self, size):
        """True when `size` bytes may be appended; else one step towards it was done."""
        files = self.segments.files
        if not self.segments.is_full(size) or not files:
            return True
        for file in files[:-1]:
            if file[0] > self._thinned:
                self._thin(file)
                return False
        if len(files) < _FILES_MIN or (len(files) == _FILES_MIN and not files[0][0]):
            return True  # nothing but the file in use is left to give
        self._give_up()
        return False

    def finish(self):
        """The power went between the gaps and the removal of the file that they stand for."""
        files = self.segments.files
        if len(files) < _FILES_MIN or files[0][0]:
            return
        newest = (None, 0, 0)
        for record in self._records(files[1][0]):
            newest = record
        for boot, first, last, _ in self._records(0):
            if newest[0] == boot and first <= newest[2] <= last:
                self.segments.doomed.append(files.pop(1)[0])
                return

    def _thin(self, file):
        """Write `file` anew without its reminders, if it has any."""
        self._thinned = file[0]
        for record in self._records(file[0]):
            if _kind(record[3]) in _REMINDERS:
                file[1] = self.segments.replace(file[0], self._without_reminders(file[0]))
                self._moved()
                return

    def _without_reminders(self, number):
        """The lines of a file, each run of reminders as one gap."""
        gap = None
        for boot, first, last, payload in self._records(number):
            grown = None
            if _kind(payload) in _REMINDERS:
                grown = _joined(gap, boot, first, last)
            if gap and grown is not gap:
                yield _line(gap)
            gap = grown
            if not gap:
                yield codec.sealed(payload)
        if gap:
            yield _line(gap)

    def _give_up(self):
        """Of the oldest file only gap records stay, in file 0."""
        held = self.segments
        files = held.files
        if files[0][0]:
            files.insert(0, [0, 0])
        oldest = files[1][0]
        gaps = []
        numbers = [0, oldest]
        if 0 in held.doomed:  # the host has those gaps; the new ones are not to go with them
            held.doomed.remove(0)
            numbers.pop(0)
        for number in numbers:
            for boot, first, last, _ in self._records(number):
                gap = _joined(gaps[-1] if gaps else None, boot, first, last)
                if not gaps or gap is not gaps[-1]:
                    gaps.append(gap)
        files[0][1] = held.replace(0, [_line(gap) for gap in gaps])
        files.pop(1)
        held.storage.remove(segments.file_name(oldest))
        self._moved()

    def _records(self, number):
        """The records that stand in one file, holes as gap records too."""
        held = self.segments
        found = held.read((number, 0, "", 0))
        while found and found[4][0] == number:
            yield found[:4]
            found = held.read(found[4])

    def _moved(self):
        self.segments.base = segments.START
        self.done += 1


def _kind(payload):
    """The kind of an event's payload (bytes); of a gap something that is none."""
    return str(payload.split(b",", 6)[5], "utf-8").strip('"') if payload[2:3] == b"E" else ""


def _joined(gap, boot, first, last):
    """`gap` [boot, first, last] grown by what follows on it, or a new one."""
    if gap and gap[0] == boot and first <= gap[2] + 1:
        gap[2] = max(gap[2], last)
        return gap
    return [boot, first, last]


def _line(gap):
    return codec.sealed(codec.gap_payload(gap[0], gap[1], gap[2], "full"))
