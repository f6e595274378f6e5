"""What tests of the journal do with one: add, flush, read as the window would, acknowledge."""

import json

BOOT = "41-9f3c77e1"
OLD = "40-77aa01b2"
PAIRS = (("to", "talking"), ("by", "btn"))


def add(journal, count):
    for _ in range(count):
        journal.add(0, "st", PAIRS)


def flush(journal, now_ms=0):
    journal.flush_soon()
    while journal.wait_ms(now_ms) <= 0:
        journal.work(now_ms)


def records(journal):
    """[(letter, boot, first, last)] of what the host would be sent."""
    found = []
    record = journal.read(journal.start())
    while record:
        boot, first, last, payload, place = record
        found.append((json.loads(payload.decode())[0], boot, first, last))
        record = journal.read(place)
    return found


def seqs(journal, boot=BOOT):
    return [record[2] for record in records(journal) if record[1] == boot]


def ack(journal, boot, last):
    """As the window does when the host names this record."""
    record = journal.read(journal.start())
    while (record[0], record[2]) != (boot, last):
        record = journal.read(record[4])
    journal.ack(boot, last, record[4])
