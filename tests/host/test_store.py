"""The store on a real file: the prefix, what is put aside, silence, restarts, rebuilds."""

import itertools
import sqlite3
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from deskunit.agents import Agent
from deskunit.errors import DeskunitError
from deskunit.events import Event, Lost
from deskunit.store import FILE_NAME, SpokenPack, Store, open_store
from msgspec import structs
from paper_unit import Begin, PaperUnit, Silent, Word, event

UID = "a4cf12b3d0e8"
BOOT = "41-9f3c77e1"
NOW = 1_795_309_200_000


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with open_store(tmp_path, write=True) as store:
        store.remember_unit(UID, virtual=True, now_utc_ms=NOW)
        begin(store, BOOT, NOW)
        yield store


def begin(store: Store, boot: str, offset_ms: int, uid: str = UID) -> None:
    store.begin_boot(
        uid,
        boot,
        fw="1.0",
        reset_cause="PWRON",
        offset_ms=offset_ms,
        error_ms=3,
        now_utc_ms=NOW,
    )


def st(seq: int, ms: int, to: str, *, oldest: bool = False, boot: str = BOOT) -> Event:
    body = {"to": to, "by": "btn"} | ({"ag": "1001"} if to != "signed_out" else {})
    return event(UID, boot, seq, ms, "st", body, oldest)


def start() -> list[Event]:
    return [
        event(UID, BOOT, 1, 5, "boot", {"rst": "PWRON", "fw": "1.0"}),
        st(2, 1000, "not_ready"),
        st(3, 2000, "ready"),
    ]


def told(store: Store, words: list[Word], group: int = 16) -> None:
    """Give the store the words of a unit, events in groups."""
    for is_event, run in itertools.groupby(words, key=lambda word: isinstance(word, Event)):
        if is_event:
            events = [word for word in run if isinstance(word, Event)]
            for first in range(0, len(events), group):
                store.commit(events[first : first + group], NOW)
            continue
        for word in run:
            if isinstance(word, Begin):
                begin(store, word.boot, word.offset_ms)
            elif isinstance(word, Silent):
                store.silent(UID, NOW)
            elif not isinstance(word, Event):
                store.heard(UID, word.boot, word.ms, word.top_seq, word.state, NOW)


def states(store: Store) -> list[str]:
    return [interval.state for interval in store.intervals()]


def test_a_group_is_stored_and_may_be_acknowledged(store: Store) -> None:
    commit = store.commit(start(), NOW)
    assert commit.acks(start()) == {(UID, BOOT): (3, start()[2].ecrc)}
    assert commit.acks(start()[:2]) == {(UID, BOOT): (2, start()[1].ecrc)}
    assert [interval.state for interval in commit.changed] == ["signed_out", "not_ready", "ready"]
    assert list(store.events()) == start()
    assert store.prefix(UID, BOOT) == 3


def test_ecrc_is_what_the_shared_vector_says() -> None:
    line = '["E",0,"41-9f3c77e1",120,7733145,"st",{"to":"talking","by":"btn"}]'
    assert structs.replace(start()[0], line=line).ecrc == "b882ee7d"


def test_sent_again_it_is_stored_once_and_acknowledged_again(store: Store) -> None:
    store.commit(start(), NOW)
    again = store.commit(start(), NOW + 1)
    assert again.acks(start()) == {(UID, BOOT): (3, start()[2].ecrc)}
    assert again.repeated == {UID: 3}
    assert (again.fresh, again.changed, again.quarantined) == ([], [], [])
    assert list(store.events()) == start()


def test_the_same_key_with_another_line_is_put_aside_never_overwritten(store: Store) -> None:
    store.commit(start(), NOW)
    forged = st(3, 2000, "talking")
    for _ in range(2):
        commit = store.commit([forged], NOW)
        assert commit.quarantined == [forged]
        assert commit.acks([forged]) == {(UID, BOOT): (3, forged.ecrc)}
    assert list(store.events()) == start()
    assert [(row.seq, row.line) for row in store.quarantine()] == [(3, forged.line)]


def test_a_contradiction_within_one_group_is_put_aside_too(store: Store) -> None:
    forged = st(3, 2000, "talking")
    assert store.commit([*start(), forged], NOW).quarantined == [forged]
    assert list(store.events()) == start()


def test_beyond_the_prefix_nothing_is_stored_or_acknowledged(store: Store) -> None:
    early = st(3, 2000, "ready")
    commit = store.commit([start()[0], early], NOW)
    assert commit.acks([start()[0], early]) == {(UID, BOOT): (1, start()[0].ecrc)}
    assert commit.acks([early]) == {}
    assert commit.waiting == [early] and list(store.events()) == start()[:1]


def test_of_a_boot_with_nothing_stored_nothing_may_be_acknowledged(store: Store) -> None:
    early = st(5, 10, "ready")
    assert store.commit([early], NOW).acks([early]) == {}


def test_the_oldest_event_that_a_unit_holds_opens_the_prefix_and_declares_the_gap(
    store: Store,
) -> None:
    store.commit(start(), NOW)
    late = st(9, 9000, "talking", oldest=True)
    commit = store.commit([late, st(10, 9500, "wrap_up")], NOW)
    assert commit.prefix[UID, BOOT] == 10
    assert [tuple(row)[:5] for row in store.gaps()] == [(UID, BOOT, 4, 8, "not told")]
    assert states(store)[-4:] == ["ready", "unknown", "talking", "wrap_up"]


def lost(first: int, last: int, why: str = "full", *, oldest: bool = False) -> Lost:
    return Lost(UID, BOOT, first, last, why, f'["X","{BOOT}",{first},{last},"{why}"]', oldest)


def gaps(store: Store) -> list[tuple[int, int, str]]:
    return [(row.first, row.last, row.why) for row in store.gaps()]


def test_what_a_unit_declares_lost_is_a_gap_and_the_prefix_goes_on_behind_it(store: Store) -> None:
    commit = store.commit([*start(), lost(4, 8), st(9, 9000, "talking")], NOW)
    assert gaps(store) == [(4, 8, "full")] and commit.prefix == {(UID, BOOT): 9}
    assert states(store)[-2:] == ["unknown", "talking"]
    assert commit.acks([lost(4, 8)]) == {(UID, BOOT): (8, lost(4, 8).ecrc)}


def test_a_gap_at_the_end_is_the_prefix_also_after_a_restart(store: Store, tmp_path: Path) -> None:
    store.commit([*start(), lost(4, 8)], NOW)
    store.close()
    with open_store(tmp_path, write=True) as again:
        assert again.prefix(UID, BOOT) == 8
        assert again.commit([st(9, 9000, "talking")], NOW).prefix == {(UID, BOOT): 9}
        assert gaps(again) == [(4, 8, "full")]


def test_of_a_gap_only_what_is_not_stored_is_declared(store: Store) -> None:
    store.commit(start(), NOW)
    assert store.commit([lost(2, 6)], NOW).prefix == {(UID, BOOT): 6}
    again = store.commit([lost(2, 6), lost(1, 3)], NOW)
    assert again.gaps == [] and again.quarantined == [] and again.repeated == {UID: 2}
    assert gaps(store) == [(4, 6, "full")] and len(list(store.events())) == 3


def test_a_gap_beyond_the_prefix_waits_and_the_oldest_event_behind_it_opens_it(
    store: Store,
) -> None:
    assert store.commit([lost(20, 57)], NOW).waiting == [lost(20, 57)]
    assert gaps(store) == []
    store.commit([lost(20, 57), st(58, 9000, "ready", oldest=True)], NOW)
    assert gaps(store) == [(1, 57, "not told")]


def test_a_gap_that_is_the_oldest_of_its_unit_opens_the_prefix(store: Store) -> None:
    commit = store.commit([lost(20, 57, oldest=True)], NOW)
    assert commit.prefix == {(UID, BOOT): 57}
    assert gaps(store) == [(1, 19, "not told"), (20, 57, "full")]


def test_the_state_is_not_known_beyond_a_gap_at_the_end(store: Store) -> None:
    store.commit([*start(), lost(4, 8)], NOW)
    store.heard(UID, BOOT, 60_000, 8, "talking", NOW)
    store.silent(UID, NOW)
    last = list(store.intervals())[-1]
    assert (last.state, last.start_ms) == ("unknown", 2000)


def test_an_event_declared_lost_does_not_come_back(store: Store) -> None:
    store.commit([*start(), st(9, 9000, "talking", oldest=True)], NOW)
    ghost = st(5, 3000, "hold")
    assert store.commit([ghost], NOW).quarantined == [ghost]
    assert store.prefix(UID, BOOT) == 9


def test_events_of_a_boot_that_was_not_begun_are_refused(store: Store) -> None:
    with pytest.raises(LookupError):
        store.commit([st(1, 5, "ready", boot="42-00000000")], NOW)
    assert list(store.events()) == []


def test_a_failed_commit_leaves_nothing_behind(store: Store) -> None:
    with pytest.raises(LookupError):
        store.commit([*start(), st(1, 5, "ready", boot="42-00000000")], NOW)
    assert list(store.events()) == [] and states(store) == []
    assert store.commit(start(), NOW).prefix == {(UID, BOOT): 3}
    assert states(store) == ["signed_out", "not_ready", "ready"]


def test_the_first_offset_of_a_boot_wins(store: Store) -> None:
    begin(store, BOOT, NOW + 777)
    store.commit(start(), NOW)
    assert next(store.intervals()).start_utc_ms == NOW + 5


@pytest.mark.parametrize("verb", ["UPDATE event SET ms = 0", "DELETE FROM event"])
def test_events_are_append_only(store: Store, tmp_path: Path, verb: str) -> None:
    store.commit(start(), NOW)
    with sqlite3.connect(tmp_path / FILE_NAME) as other, pytest.raises(sqlite3.IntegrityError):
        other.execute(verb)
    assert list(store.events()) == start()


def test_silence_and_return(store: Store) -> None:
    store.commit(start(), NOW)
    store.heard(UID, BOOT, 7000, 3, "ready", NOW + 7000)
    gone = store.silent(UID, NOW + 22_000)
    assert [(row.state, row.start_utc_ms) for row in gone.changed] == [
        ("ready", NOW + 2000),
        ("unknown", NOW + 7000),
    ]
    back = store.commit([st(4, 60_000, "talking")], NOW + 61_000)
    assert back.dropped == [f"{UID}-{BOOT}-3u"]
    assert states(store) == ["signed_out", "not_ready", "ready", "talking"]


def test_silence_survives_a_restart_of_the_logger(tmp_path: Path) -> None:
    with open_store(tmp_path, write=True) as store:
        store.remember_unit(UID, virtual=True, now_utc_ms=NOW)
        begin(store, BOOT, NOW)
        store.commit(start(), NOW)
        store.silent(UID, NOW)
    with open_store(tmp_path, write=True) as store:
        back = store.heard(UID, BOOT, 9000, 3, "ready", NOW)
        assert back.dropped == [f"{UID}-{BOOT}-3u"]
        assert states(store) == ["signed_out", "not_ready", "ready"]


def test_a_restart_in_the_middle_of_quiet_events_sees_no_gap(tmp_path: Path) -> None:
    with open_store(tmp_path, write=True) as store:
        store.remember_unit(UID, virtual=True, now_utc_ms=NOW)
        begin(store, BOOT, NOW)
        store.commit([*start(), event(UID, BOOT, 4, 3000, "idle", {"s": 600})], NOW)
    with open_store(tmp_path, write=True) as store:
        store.commit([st(5, 4000, "talking")], NOW)
        assert states(store) == ["signed_out", "not_ready", "ready", "talking"]


def test_a_heartbeat_that_names_missing_events_makes_nothing_known(store: Store) -> None:
    store.commit(start(), NOW)
    store.heard(UID, BOOT, 90_000, 4, "talking", NOW + 90_000)
    changes = store.silent(UID, NOW + 200_000)
    assert changes.changed[-1].start_utc_ms == NOW + 2000
    assert store.last_heard(UID) == NOW + 90_000


def test_words_of_an_older_boot_come_in_their_place(store: Store) -> None:
    begin(store, "42-00000001", NOW + 100_000)
    store.commit(start(), NOW)
    store.commit([event(UID, "42-00000001", 1, 3, "boot", {"rst": "PWRON", "fw": "1.0"})], NOW)
    changes = store.commit([st(4, 50_000, "talking")], NOW)
    assert states(store) == [
        "signed_out", "not_ready", "ready", "talking", "unknown", "signed_out",
    ]  # fmt: skip
    assert [row.state for row in changes.changed] == ["ready", "talking", "unknown"]
    assert store.rebuild(UID).changed == []


def test_what_was_heard_last(store: Store) -> None:
    assert store.last_heard("000000000000") is None
    assert store.previous_boot_heard(UID, BOOT) is None
    store.commit(start(), NOW + 10)
    store.heard(UID, BOOT, 8000, 3, "ready", NOW + 8011)
    assert store.last_heard(UID) == NOW + 8011
    begin(store, "42-00000001", NOW + 100_000)
    assert store.previous_boot_heard(UID, "42-00000001") == NOW + 8000


def test_units_are_remembered_named_and_confirmed(store: Store) -> None:
    store.remember_unit("b00000000001", virtual=False, now_utc_ms=NOW)
    store.remember_unit(UID, virtual=False, now_utc_ms=NOW + 1)
    store.name_unit(UID, "07")
    store.commit(start(), NOW)
    other, known = store.units()
    assert (known.uid, known.seat, known.virtual, known.confirmed) == (UID, "07", True, True)
    assert (known.state, known.agent_id, known.heard_utc_ms) == ("ready", "1001", NOW)
    assert (other.confirmed, other.state, other.heard_utc_ms) == (False, None, None)


def test_an_unknown_unit_cannot_be_named(store: Store) -> None:
    with pytest.raises(DeskunitError, match="no unit ffff"):
        store.name_unit("ffff", "07")


def test_events_of_an_unconfirmed_unit_count_from_its_confirmation_on(store: Store) -> None:
    uid = "b00000000001"
    begin(store, "1-aa", NOW, uid)
    commit = store.commit([event(uid, "1-aa", 1, 5, "boot", {"rst": "PWRON", "fw": "1"})], NOW)
    assert commit.prefix[uid, "1-aa"] == 1
    assert list(store.intervals()) == []
    assert len(list(store.intervals(unconfirmed=True))) == 1
    store.confirm_unit(uid)
    assert [interval.uid for interval in store.intervals()] == [uid]


def test_agents_no_longer_listed_keep_their_names(store: Store) -> None:
    wang, li = Agent("1001", "王小明", "A"), Agent("1002", "李雷", "A")
    store.set_agents([wang, li])
    store.set_agents([replace(li, name="李蕾")])
    assert store.agents() == [wang, replace(li, name="李蕾")]
    assert store.agents(listed_only=True) == [replace(li, name="李蕾")]


def test_who_sat_here_last_comes_first(store: Store) -> None:
    store.commit(
        [
            *start(),
            event(UID, BOOT, 4, 3000, "st", {"to": "signed_out", "by": "btn"}),
            event(UID, BOOT, 5, 4000, "st", {"to": "not_ready", "by": "btn", "ag": "1002"}),
        ],
        NOW,
    )
    assert store.recent_agents(UID) == ["1002", "1001"]
    assert store.has_agent("1002") and not store.has_agent("1003")


def test_a_range_takes_what_touches_it(store: Store) -> None:
    store.commit([*start(), st(4, 3000, "talking"), st(5, 4000, "wrap_up")], NOW)

    def found(from_ms: int, to_ms: int) -> list[str]:
        return [row.state for row in store.intervals(NOW + from_ms, NOW + to_ms)]

    assert found(2500, 3500) == ["ready", "talking"]
    assert found(2000, 3000) == ["ready"]
    assert found(3000, 3001) == ["talking"]
    assert found(9000, 9001) == ["wrap_up"]
    assert found(0, 5) == []
    assert store.count_intervals(NOW + 2500, NOW + 3500) == 2


def test_newest_first_and_limited(store: Store) -> None:
    store.commit([*start(), st(4, 3000, "talking"), st(5, 4000, "wrap_up")], NOW)
    newest = [row.state for row in store.intervals(NOW + 1500, newest_first=True)]
    assert newest == ["wrap_up", "talking", "ready", "not_ready"]
    assert [row.state for row in store.intervals(limit=2)] == ["signed_out", "not_ready"]
    assert [row.state for row in store.intervals(limit=1, newest_first=True)] == ["wrap_up"]


def test_long_answers_come_in_pages_and_lose_nothing(store: Store) -> None:
    many = [st(seq, 2000 + seq // 7, "ready") for seq in range(4, 6001)]
    store.commit([*start(), *many], NOW)
    seqs = sorted(row.seq for row in store.intervals())
    assert seqs == list(range(1, 6001))
    assert sorted(row.seq for row in store.intervals(newest_first=True)) == seqs
    assert [stored.seq for stored in store.events()] == seqs


def test_a_reader_in_the_middle_of_an_answer_does_not_hold_up_a_commit(
    store: Store, tmp_path: Path
) -> None:
    store.commit(start(), NOW)
    with open_store(tmp_path, write=False) as reader:
        answer = reader.intervals()
        next(answer)
        store.commit([st(4, 3000, "talking")], NOW)
    assert states(store)[-1] == "talking"


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("group", [1, 16])
def test_a_random_life_is_stored_whole_and_rebuilds_to_the_same_rows(
    store: Store, seed: int, group: int
) -> None:
    unit = PaperUnit(UID, seed, losses=True).live(35)
    told(store, unit.words, group)
    told_events = [word for word in unit.words if isinstance(word, Event)]
    boots: dict[str, list[Event]] = {}
    for one in told_events:
        boots.setdefault(one.boot, []).append(structs.replace(one, oldest=False))
    assert {boot: list(store.events(uid=UID, boot=boot)) for boot in boots} == boots
    before = list(store.intervals())
    rebuilt = store.rebuild(UID)
    assert (rebuilt.changed, rebuilt.dropped) == ([], [])
    assert list(store.intervals()) == before and len(before) > 15


# -- which pack a unit speaks from


def pack(seq: int, ms: int, crc: str, *, ok: int = 1, boot: str = BOOT) -> Event:
    told = {"ver": "1.0", "crc": crc} if ok else {"text": "zh.site is damaged"}
    return event(UID, boot, seq, ms, "pack", {"ok": ok, "lang": "zh", **told})


def spoken(store: Store) -> str | None:
    (unit,) = store.units()
    return unit.pack.crc if unit.pack is not None else None


def test_the_pack_that_a_unit_took_last_is_its_own(store: Store) -> None:
    store.commit(start(), NOW)
    assert spoken(store) is None
    store.commit([pack(4, 3000, "00000001"), pack(5, 4000, "00000002")], NOW)
    assert spoken(store) == "00000002"
    store.commit([pack(6, 5000, "", ok=0)], NOW)  # refused: the one before goes on
    assert spoken(store) == "00000002"
    store.rebuild(UID)
    assert spoken(store) == "00000002"


def test_the_pack_of_an_older_boot_that_comes_late_changes_nothing(store: Store) -> None:
    later = "42-00000001"
    begin(store, later, NOW + 60_000)
    store.commit([event(UID, later, 1, 5, "boot", {"rst": "PWRON", "fw": "1.0"})], NOW)
    store.commit([pack(2, 900, "00000002", boot=later)], NOW)
    store.commit([*start(), pack(4, 3000, "00000001")], NOW)
    assert spoken(store) == "00000002"


def test_a_pack_event_in_another_shape_does_no_harm(store: Store) -> None:
    odd = event(UID, BOOT, 4, 3000, "pack", {"ok": 1, "lang": None, "ver": 7})
    store.commit([*start(), odd], NOW)
    assert spoken(store) is None
    store.commit([event(UID, BOOT, 5, 3001, "pack", {"ok": 1, "lang": "en", "ver": 7})], NOW)
    (unit,) = store.units()
    assert unit.pack == SpokenPack("en", "7", "")
