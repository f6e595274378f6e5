"""Short form of layer "parser": 40 000 frames for each decoder."""

import parsers
import pytest
from deskunit import wire
from rubbish import KINDS, Maker

SEED = 3
BATCHES = 2


def test_hosts_decoder_accepts_what_was_sent_and_nothing_else() -> None:
    report = parsers.host(SEED, BATCHES)
    assert not report.failures, report.told()
    assert report.figures["host_frames"] == BATCHES * parsers.BATCH
    assert report.figures["host_accepted"] >= report.figures["intact"] > 0


def test_units_parser_accepts_what_was_sent_and_nothing_else_on_both_interpreters() -> None:
    report = parsers.unit(SEED, BATCHES)
    assert not report.failures, report.told()
    assert report.figures["unit_frames_on_micropython"] == BATCHES * parsers.BATCH
    assert all(report.figures[kind] for kind in KINDS)


def test_frames_made_here_are_frames_of_the_product() -> None:
    for to_host, decode in ((True, wire.decode), (False, wire.decode_for_unit)):
        batch = Maker(f"{SEED}", to_host=to_host).batch(2000)
        for payload in batch.sent:
            decode(payload)


def test_a_decoder_that_keeps_what_it_heard_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    kept: list[object] = []

    class Hoarder(wire.Decoder):
        def feed(self, data: bytes) -> list[wire.Received | wire.Text]:
            found = super().feed(data)
            kept.extend(found)
            return found

    monkeypatch.setattr(wire, "Decoder", Hoarder)
    assert list(parsers.leaks(SEED, 2000))
