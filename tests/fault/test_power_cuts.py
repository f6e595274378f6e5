"""Short form of layer "flash": a sixteenth of the first cuts, 240 pairs; journals that are wrong are seen."""

import flash_story
import power_cuts
import pytest
from littlefs_board import DISK_VERSIONS, Storage
from unit import saves
from unit.segments import Segments

SEED = "4"
OLD, NEW = DISK_VERSIONS


def test_a_power_cut_at_an_operation_on_flash_loses_nothing() -> None:
    report = power_cuts.first_cuts(SEED, OLD, shares=16)
    assert not report.failures, report.told()
    assert report.figures["events"] >= 250
    assert report.figures["cuts_clean"] + report.figures["cuts_torn"] > 300


def test_a_second_cut_in_the_recovery_loses_nothing() -> None:
    report = power_cuts.second_cuts(SEED, NEW, 40)
    assert not report.failures, report.told()
    assert report.figures["pairs_of_cuts"] == 40 * power_cuts.CUTS_A_RECOVERY


def test_the_story_fills_the_journal() -> None:
    story = flash_story.lived(SEED, OLD)
    made = [value for _, what, value in story.facts if what == "made"]
    records = [value for _, what, value in story.facts if what == "host"]
    assert len(made) >= 250 and len(story.boots) == 4
    assert any(len(record) > 10 for record in records), "no file was given up"
    assert story.thinned > 2, "no reminders were given up"


# -- wrong from outside, and seen


def test_a_tick_before_the_flush_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    class Hasty(flash_story.Story):
        def events(self, count: int) -> None:
            super().events(count)
            self.note("ticked", (self.journal.boot, self.journal.top))

    monkeypatch.setattr(flash_story, "Story", Hasty)
    report = power_cuts.first_cuts(SEED, OLD, shares=64)
    assert any("called safe and is lost" in one for one in report.failures)


def test_a_snapshot_written_in_place_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    def in_place(storage: Storage, name: str, facts: dict[str, object]) -> None:
        with storage.open(name, "wb") as file:
            file.flush()  # what a rename spares: nothing is there for a while
            facts["v"] = 1
            line = saves.json.dumps(facts).encode()
            file.write(line + b"%08x" % saves.binascii.crc32(line))

    monkeypatch.setattr(saves, "save", in_place)
    report = power_cuts.first_cuts(SEED, OLD, shares=16)
    assert any("the snapshot is None" in one for one in report.failures)


def test_a_file_thinned_in_place_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    def in_place(self: Segments, number: int, lines: object) -> int:
        data = b"".join(lines)  # type: ignore[call-overload]
        with self.storage.open(f"journal.{number:06d}", "wb") as out:
            for at in range(0, len(data), 512):
                out.write(data[at : at + 512])
                out.flush()
        self.forget_block()
        return len(data)

    monkeypatch.setattr(Segments, "replace", in_place)
    report = power_cuts.first_cuts(SEED, OLD, shares=16)
    assert any("called safe and is lost" in one for one in report.failures)
