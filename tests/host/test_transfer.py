"""A pack on its way through a session, in virtual time: pieces, stalls, restarts, refusals."""

from itertools import pairwise

import pytest
from byte_unit import ByteUnit, event, hello
from deskunit import transfer, wire
from deskunit.context import Context
from deskunit.effects import Arrived, PackEnded, PackMoved
from deskunit.outbox import Outbox
from pack_unit import PackUnit, a_pack, ready

BIG = a_pack(size=61_440)


def ended(desk: ByteUnit) -> list[str | None]:
    return [one.error and one.error.key for one in desk.of(PackEnded)]


def test_a_pack_arrives_byte_for_byte() -> None:
    desk, pack = ready(), a_pack()
    desk.session.send_pack(pack)
    desk.wait(5_000)
    assert desk.got == pack.data and ended(desk) == [None]
    assert desk.frames("P") == [["P", desk.frames("P")[0][1], "zh", pack.size, pack.crc]]
    offsets = [one.offset for one in desk.of(PackMoved)]
    assert offsets == sorted(offsets) and len(offsets) == len(desk.frames("D"))


def test_60_kb_take_less_than_30_s_of_the_wire() -> None:
    desk = ready()
    begun_ms = desk.now_ms
    desk.session.send_pack(BIG)
    desk.wait(30_000)
    assert desk.got == BIG.data and ended(desk) == [None]
    done_ms = next(at for at, frame in reversed(desk.written) if frame[0] == "D")
    assert done_ms - begun_ms < 30_000


def test_no_frame_is_longer_than_the_unit_takes_nor_holds_what_may_become_ctrl_c() -> None:
    for offset in range(0, BIG.size, transfer.PIECE_BYTES):
        data = transfer.coded(BIG.data[offset : offset + transfer.PIECE_BYTES])
        frame = wire.encode(wire.Piece(9999, 9_000_000 + offset % 999_999, data))
        assert len(frame) <= 120 and b"C" not in frame and b"#" not in frame
    assert any("-" in transfer.coded(BIG.data[at : at + 66]) for at in range(0, 6_600, 66))


def test_at_most_200_bytes_go_out_in_any_25_ms() -> None:
    desk = ready()
    desk.session.send_pack(BIG)
    desk.wait(5_000)
    for at_ms, _ in desk.sizes:
        assert sum(size for ms, size in desk.sizes if at_ms <= ms <= at_ms + 25) <= 200


def test_when_the_next_frame_may_go_is_said_to_the_millisecond() -> None:
    out = Outbox()
    for at_ms in (0, 10):
        out.spend(60, at_ms)
    assert [out.wait_ms(120, now_ms) for now_ms in (10, 20, 25, 26)] == [16, 6, 1, 0]
    assert out.wait_ms(80, 10) == 0 and out.wait_ms(200, 10) == 26


def test_events_probes_and_context_go_on_meanwhile() -> None:
    desk = ready()
    desk.session.send_pack(BIG)
    desk.wait(2_000)
    desk.say(event(1))
    desk.session.committed({(desk.uid, desk.session.boot): (1, "00000000")})
    desk.session.tell(Context(seat="09"))
    desk.wait(4_000)
    between = [frame[0] for _, frame in desk.written if frame[0] in "ADTNU"]
    first, last = between.index("D"), len(between) - between[::-1].index("D")
    assert {"A", "T", "N"} <= set(between[first:last])
    assert len(desk.of(Arrived)) == 1
    desk.wait(30_000)
    assert ended(desk) == [None]


def test_a_unit_that_is_busy_is_asked_again_ever_more_rarely() -> None:
    desk = ready()
    desk.session.send_pack(a_pack())
    desk.wait(200)
    desk.busy = 12
    before = len(desk.written)
    desk.wait(10_000)
    assert ended(desk) == [None]
    times = [at for at, frame in desk.written[before:] if frame[0] == "D"][:12]
    gaps = [later - at for at, later in pairwise(times)]
    assert max(gaps) >= transfer.LONGEST_WAIT_MS > min(gaps)


def test_a_unit_that_takes_nothing_is_given_up_with_a_reason() -> None:
    desk = ready()
    desk.busy = 10_000
    desk.session.send_pack(a_pack())
    desk.wait(transfer.TRIES * transfer.LONGEST_WAIT_MS + 10_000)
    assert ended(desk) == ["push_stalled"]
    count = len(desk.frames("D"))
    desk.wait(5_000)
    assert len(desk.frames("D")) == count == transfer.TRIES


def test_a_reply_that_is_lost_costs_one_time_out() -> None:
    desk, pack = ready(), a_pack()
    desk.session.send_pack(pack)
    desk.deaf = {"D"}
    desk.wait(1_200)
    desk.deaf = set()
    desk.wait(5_000)
    assert desk.got == pack.data and ended(desk) == [None]


def test_a_unit_that_never_answers_is_given_up() -> None:
    desk = ready()
    desk.deaf = {"P"}
    desk.session.send_pack(a_pack())
    desk.wait(transfer.TRIES * 1_000)
    assert ended(desk) == ["push_stalled"]


def test_after_a_restart_it_goes_on_where_the_unit_says() -> None:
    desk = ready()
    desk.session.send_pack(BIG)
    desk.wait(6_000)
    had = len(desk.got) // 4096 * 4096
    assert 4096 < had < BIG.size
    del desk.got[had:]
    desk.restart()
    desk.wait(30_000)
    assert desk.got == BIG.data and ended(desk) == [None]
    assert len(desk.frames("P")) == 2
    sent = sum(len(frame[3]) * 3 // 4 for frame in desk.frames("D"))
    assert sent < BIG.size + 3 * 4096


def test_another_session_goes_on_where_the_unit_says() -> None:
    first = ready()
    first.session.send_pack(BIG)
    first.wait(6_000)
    second = ready(bytes(first.got[:8192]))
    second.session.send_pack(BIG)
    second.wait(30_000)
    assert second.got == BIG.data and second.frames("D")[0][2] == 8192


def test_a_unit_that_forgot_hears_of_it_again() -> None:
    desk, pack = ready(), a_pack(size=9_000)
    desk.session.send_pack(pack)
    desk.wait(400)
    desk.size = None  # a minute without a word gave the RAM back
    desk.wait(10_000)
    assert desk.got == pack.data and len(desk.frames("P")) == 2 and ended(desk) == [None]


def test_a_unit_that_found_damage_begins_again() -> None:
    desk, pack = ready(), a_pack()
    desk.session.send_pack(pack)
    desk.wait(300)
    desk.word = (1, "0")
    desk.wait(100)
    desk.word, desk.got = None, bytearray()
    desk.wait(5_000)
    assert desk.got == pack.data and ended(desk) == [None]


def test_what_the_unit_has_already_is_not_sent() -> None:
    pack = a_pack()
    desk = ready(pack.data)
    desk.session.send_pack(pack)
    desk.wait(1_000)
    assert ended(desk) == [None] and desk.frames("D") == []


def test_to_leave_it_stops_it() -> None:
    desk = ready()
    desk.session.send_pack(BIG)
    desk.wait(1_000)
    desk.session.send_pack(None)
    count = len(desk.frames("D"))
    desk.wait(3_000)
    assert len(desk.frames("D")) <= count + 1 and ended(desk) == []


def test_the_same_pack_asked_for_again_is_no_new_transfer() -> None:
    desk = ready()
    for _ in range(20):
        desk.session.send_pack(BIG)
        desk.wait(100)
    assert len(desk.frames("P")) == 1


def test_an_older_firmware_is_told_at_once_and_not_asked() -> None:
    desk = ByteUnit()
    desk.say(hello())
    desk.wait(500)
    desk.session.send_pack(a_pack())
    desk.wait(1_000)
    assert ended(desk) == ["push_old_firmware"] and desk.frames("P") == []


@pytest.mark.parametrize(
    ("text", "key", "values"),
    [
        ("no room: 61 KB needed, 12 KB free", "push_no_room", {"need": "61", "free": "12"}),
        ("format 3, this firmware reads 2", "push_format", {"found": "3", "known": "2"}),
        ("no language of this unit: fr", "push_language", {"found": "fr"}),
        ("flash refused: [Errno 5] EIO", "push_flash", {"why": "[Errno 5] EIO"}),
        ("damaged on flash, twice", "push_flash", {"why": "damaged on flash, twice"}),
        ("not a script pack", "push_refused", {"why": "not a script pack"}),
    ],
)
def test_a_refusal_ends_it_in_the_users_words(text: str, key: str, values: dict[str, str]) -> None:
    desk = ready()
    desk.word = (0, text)
    desk.session.send_pack(a_pack())
    desk.wait(2_000)
    (end,) = desk.of(PackEnded)
    assert end.error.key == key and values.items() <= end.error.values.items()
    for language in ("zh", "en"):
        assert all(value in end.error.sentence(language) for value in values.values())
    assert len(desk.frames("P")) == 1


@pytest.mark.parametrize("text", ["", "-1", "99999999", "soon", "1.5"])
def test_an_answer_that_makes_no_sense_is_asked_again(text: str) -> None:
    desk: PackUnit = ready()
    desk.word = (1, text)
    pack = a_pack()
    desk.session.send_pack(pack)
    desk.wait(500)
    desk.word = None
    desk.wait(5_000)
    assert desk.got == pack.data and ended(desk) == [None]
