"""What is to be sent to whom: kept until it is done, given up or replaced."""

import pytest
from deskunit.effects import PackEnded, PackMoved
from deskunit.errors import DeskunitError
from deskunit.logger.deliveries import KEPT_PUSHES, Deliveries
from pack_unit import a_pack

ONE, TWO = "a4cf12b3d0e8", "a4cf12b3d0e9"
ZH, EN = a_pack("zh"), a_pack("en")


def test_each_unit_gets_its_packs_one_after_the_other() -> None:
    all_of_them = Deliveries()
    assert all_of_them.wanted(ONE) is None
    first = all_of_them.add(ZH, [ONE, TWO])
    second = all_of_them.add(EN, [ONE])
    assert all_of_them.wanted(ONE) is ZH and all_of_them.wanted(TWO) is ZH
    all_of_them.note(ONE, PackMoved(ZH, 66))
    assert [one.offset for one in all_of_them.of(first)] == [66, 0]
    all_of_them.note(ONE, PackEnded(ZH, None))
    assert all_of_them.wanted(ONE) is EN
    all_of_them.note(ONE, PackEnded(EN, DeskunitError("push_stalled")))
    assert all_of_them.wanted(ONE) is None
    done, open_ = all_of_them.of(first)
    assert (done.ended, done.offset, done.error) == (True, ZH.size, None)
    assert not open_.ended and all_of_them.wanted(TWO) is ZH
    (failed,) = all_of_them.of(second)
    assert failed.error is not None and failed.error.key == "push_stalled"


def test_a_newer_pack_of_the_language_takes_its_place() -> None:
    all_of_them = Deliveries()
    first = all_of_them.add(ZH, [ONE, TWO])
    newer = a_pack("zh", version="1.1")
    all_of_them.add(newer, [ONE])
    assert all_of_them.wanted(ONE) is newer and all_of_them.wanted(TWO) is ZH
    replaced = all_of_them.of(first)[0].error
    assert replaced is not None and replaced.key == "push_replaced"
    all_of_them.note(ONE, PackEnded(ZH, None))  # it was under way in that moment
    assert all_of_them.wanted(ONE) is newer


def test_what_is_cancelled_is_not_sent() -> None:
    all_of_them = Deliveries()
    number = all_of_them.add(ZH, [ONE, TWO])
    all_of_them.note(TWO, PackEnded(ZH, None))
    all_of_them.cancel(number)
    errors = [one.error and one.error.key for one in all_of_them.of(number)]
    assert errors == ["push_cancelled", None] and all_of_them.wanted(ONE) is None
    all_of_them.cancel(999)


def test_a_push_that_nobody_knows_is_said_and_old_ones_are_forgotten() -> None:
    all_of_them = Deliveries()
    first = all_of_them.add(ZH, [])
    for _ in range(KEPT_PUSHES):
        all_of_them.add(ZH, [])
    with pytest.raises(DeskunitError) as caught:
        all_of_them.of(first)
    assert caught.value.key == "push_unknown"
