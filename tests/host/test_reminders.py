"""What a unit is told of its agent's callbacks: when it changes, when one falls due, every five minutes."""

from deskunit.context import Due
from deskunit.logger.reminders import AGAIN_MS, Counted, Reminders

NOW = 1_795_309_200_000
A, B = "a4cf12b3d0e8", "b4cf12b3d0e8"


class Notebook:
    """Callbacks on paper: agent → when each is due. Counts as the store does."""

    def __init__(self, **due_s: list[int]) -> None:
        self.due_s = due_s
        self.asked = 0

    def count(self, agent_id: str, now_utc_ms: int) -> Counted:
        self.asked += 1
        dues = sorted(NOW + 1_000 * one for one in self.due_s.get(agent_id, []))
        if not dues:
            return Counted(Due())
        later = [one for one in dues if one > now_utc_ms]
        due = Due(len(dues), len(dues) - len(later), 7, "fault", dues[0])
        return Counted(due, later[0] if later else None)


def found(one: Reminders, uid: str) -> tuple[int, int]:
    due = one.find(uid)
    assert due is not None
    return due.open, due.overdue


def test_each_unit_is_told_of_its_own_agent_and_nobody_has_none() -> None:
    desk = Reminders(Notebook(li=[60], wang=[60, 90]).count)
    assert desk.find(A) is None
    assert desk.seat({A: "li"}, [A, B], NOW) == {A, B}
    assert (found(desk, A), found(desk, B)) == ((1, 0), (0, 0))
    assert desk.seat({A: "li", B: "wang"}, [A, B], NOW) == {B}
    assert desk.seat({A: "?", B: "wang"}, [A, B], NOW) == {A}
    assert (found(desk, A), found(desk, B)) == ((0, 0), (2, 0))


def test_a_change_is_told_where_its_agent_sits_and_only_if_it_matters_there() -> None:
    book = Notebook(li=[60], wang=[60])
    desk = Reminders(book.count)
    desk.seat({A: "li", B: "wang"}, [A, B], NOW)
    book.due_s["wang"].append(50)
    assert desk.changed({"wang", "zhao"}, NOW) == {B}
    assert desk.changed({"wang"}, NOW) == set()
    book.due_s["li"].clear()
    assert desk.all_changed(NOW) == {A}


def test_falling_due_is_told_at_its_moment_one_after_the_other() -> None:
    desk = Reminders(Notebook(li=[60, 90]).count)
    desk.seat({A: "li"}, [A], NOW)
    assert desk.pass_time(NOW + 59_999) == set()
    assert desk.pass_time(NOW + 60_000) == {A} and found(desk, A) == (2, 1)
    assert desk.pass_time(NOW + 89_999) == set()
    assert desk.pass_time(NOW + 90_000) == {A} and found(desk, A) == (2, 2)


def test_the_countdown_is_told_again_every_five_minutes_also_when_the_clock_was_set_back() -> None:
    book = Notebook(li=[86_400])
    desk = Reminders(book.count)
    desk.seat({A: "li", B: ""}, [A, B], NOW)
    assert desk.pass_time(NOW + AGAIN_MS - 1) == set() and book.asked == 1
    for moment in (NOW + AGAIN_MS, NOW + 2 * AGAIN_MS, NOW - AGAIN_MS):
        before = desk.find(A)
        assert desk.pass_time(moment) == {A}
        assert desk.find(A) != before
