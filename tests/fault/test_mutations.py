"""The proof of the proof: a product that is wrong in one way must not get through the suite.

Each is made wrong from outside, over the same seeds that the right one passes in test_model.py and
test_parsers.py.
"""

import random
from dataclasses import replace
from pathlib import Path
from typing import Any

import model
import parsers
import pytest
from deskunit import wire
from deskunit.effects import Arrived, Effect
from deskunit.session import Session
from deskunit.store import Store
from model_host import Host
from model_run import Makes, Run
from msgspec import structs
from rubbish import KINDS
from unit import codec

SEED = 5
RUNS = range(48)


def sees(sentence: str, make_host: Makes) -> bool:
    """Whether one of the runs breaks the promise in this way."""
    for number in RUNS:
        report = model.play(SEED, [number], make_host)
        if any(sentence in one for one in report.failures):
            return True
    return False


class HastyHost(Host):
    """Acknowledges what it has received, before the commit."""

    def heard(self, effects: list[Effect]) -> None:
        session = self.end.session
        assert session is not None
        for effect in effects:
            if isinstance(effect, Arrived):
                event = effect.event
                session.committed({(event.uid, event.boot): (event.seq, event.ecrc)})


class SilentSession(Session):
    """Never acknowledges."""

    def committed(self, *what: Any) -> None:
        pass


class SilentHost(Host):
    def new_session(self) -> Session:
        return SilentSession("pc-model", lambda: f"{self.chance.getrandbits(32):08x}")


class BootlessHost(Host):
    """Knows an event by uid and seq alone: the first boot that it meets stands for all."""

    boot = ""

    def open_store(self) -> Store:
        store = super().open_store()
        commit = store.commit

        def bootless(records: Any, received_utc_ms: int) -> Any:
            records = list(records)
            self.boot = self.boot or records[0].boot
            boots = {(one.uid, one.boot) for one in records}
            done = commit(
                [structs.replace(one, boot=self.boot) for one in records], received_utc_ms
            )
            prefix = {key: done.prefix[key[0], self.boot] for key in boots}
            return replace(done, prefix=prefix)

        store.commit = bootless  # type: ignore[method-assign]
        return store


def test_acknowledging_before_the_commit_is_seen() -> None:
    assert sees("was called safe and is lost", HastyHost)


def test_no_acknowledgement_is_seen() -> None:
    assert sees("not acknowledged", SilentHost)


def test_a_store_without_the_boots_key_is_seen() -> None:
    assert sees("was called safe and is lost", BootlessHost)


# -- the parser layer with an 8-bit XOR for the CRC, two to four flips a frame


def xor(payload: bytes) -> bytes:
    total = 0
    for byte in payload:
        total ^= byte
    return b"%08x" % total


@pytest.fixture
def few_flips(monkeypatch: pytest.MonkeyPatch) -> None:
    for kind in KINDS:
        monkeypatch.setitem(KINDS, kind, {"two_to_four_flips": 90, "intact": 10}.get(kind, 0))


@pytest.mark.usefixtures("few_flips")
def test_a_sum_of_eight_bits_is_seen_in_the_hosts_decoder(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wire, "crc", lambda payload: xor(payload).decode())
    report = parsers.host(SEED, 1, 5_000, xor)
    assert any("accepted, never sent" in one for one in report.failures)


@pytest.mark.usefixtures("few_flips")
def test_a_sum_of_eight_bits_is_seen_in_the_units_parser(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(codec, "crc", lambda payload: xor(payload).decode())
    report = parsers.unit_here(SEED, 5_000, xor)
    assert any("accepted, never sent" in one for one in report.failures)


@pytest.mark.usefixtures("few_flips")
def test_the_right_crc_passes_the_same() -> None:
    for report in (parsers.host(SEED, 1, 5_000), parsers.unit_here(SEED, 5_000, parsers.crc32)):
        assert not report.failures, report.told()
        assert report.figures["two_to_four_flips"] > 4_000


def test_the_model_judges_by_its_seed_alone(tmp_path: Path) -> None:
    """A failure can be repeated: the same seed is the same run, to the byte."""
    made = []
    for name in ("one", "two"):
        run = Run(f"{SEED}/1", 1, tmp_path / name)
        assert run.play() == []
        made.append((run.unit.made, run.unit.ticked, run.counts, run.up.harmed))
    assert made[0] == made[1]
    assert random.Random(f"{SEED}/1").random() != random.Random(f"{SEED}/2").random()
