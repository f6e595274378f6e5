"""Who works when and where on the synthetic floor: teams, seats, early, late and night shifts, days off."""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from deskunit.agents import Agent

ZONE = "Asia/Shanghai"
TEAMS = ("客服一组", "客服二组", "报修组", "投诉组")
STARTS = {"early": 7, "late": 14, "night": 22}
LENGTH_H = 8
REST_H = 11
# Of a team's week: which shift its first and its second half have; the weeks go round.
WEEKS = (("early", "early"), ("late", "late"), ("early", "early"), ("late", "night"))
SURNAMES = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗"
GIVEN = "伟芳娜敏静丽强磊洋艳勇杰娟涛明超霞平刚桂晓宁欣悦"


@dataclass(frozen=True, slots=True)
class Shift:
    """One line of roster.csv, the seat that it is worked at, and when the agent really comes."""

    agent: str
    seat: str
    kind: str
    start_utc_ms: int
    end_utc_ms: int
    comes_utc_ms: int
    local: tuple[str, str, str]  # date, start, end as roster.csv has them


def people(count: int, chance: random.Random) -> list[Agent]:
    """`count` agents in four teams, some of them new."""
    levels = ("trainee", "coached", *("solo",) * 12)
    return [
        Agent(str(1001 + number), _name(number), TEAMS[number % 4], chance.choice(levels))
        for number in range(count)
    ]


def _name(number: int) -> str:
    surname, given = SURNAMES[number % 20], GIVEN[number * 7 % 24]
    return surname + given + (GIVEN[number // 20 % 24] if number % 3 else "")


def rota(agents: Sequence[Agent], first: date, days: int, chance: random.Random) -> list[Shift]:
    """All shifts, in the order in which the agents come."""
    free_from: dict[str, datetime] = {}
    shifts = []
    for day in range(days):
        seats: dict[str, int] = {}
        for number, agent in enumerate(agents):
            kind = _kind(number, day)
            begins = _local(first + timedelta(days=day), STARTS[kind])
            if _is_off(number, day) or begins < free_from.get(agent.id, begins):
                continue
            seats[kind] = seats.get(kind, 0) + 1
            shifts.append(_shift(agent.id, _seat(kind, seats[kind]), kind, begins, chance))
            free_from[agent.id] = begins + timedelta(hours=LENGTH_H + REST_H)
    return sorted(_one_at_a_seat(shifts), key=lambda one: (one.comes_utc_ms, one.agent))


def _kind(number: int, day: int) -> str:
    team, half = number % 4, number // 4 % 2
    return WEEKS[(team + day // 7) % 4][half]


def _is_off(number: int, day: int) -> bool:
    """Two days off a week, one after the other, not the same for all."""
    return (day + number * 3 // 4) % 7 in (5, 6)


def _seat(kind: str, number: int) -> str:
    """Early and night share the desks of row A; late has row B."""
    return f"{'B' if kind == 'late' else 'A'}{number:02}"


def _shift(agent: str, seat: str, kind: str, begins: datetime, chance: random.Random) -> Shift:
    ends = begins + timedelta(hours=LENGTH_H)
    start_utc_ms, end_utc_ms = (round(one.timestamp()) * 1000 for one in (begins, ends))
    early_s = chance.gauss(420, 90) if chance.random() < 0.85 else chance.uniform(-900, 290)
    local = (begins.date().isoformat(), f"{begins:%H:%M}", f"{ends:%H:%M}")
    comes_utc_ms = start_utc_ms - round(early_s * 1000)
    return Shift(agent, seat, kind, start_utc_ms, end_utc_ms, comes_utc_ms, local)


def _local(day: date, hour: int) -> datetime:
    return datetime(day.year, day.month, day.day, hour, tzinfo=ZoneInfo(ZONE))


def _one_at_a_seat(shifts: Sequence[Shift]) -> Iterator[Shift]:
    """Nobody comes to a desk within a quarter of an hour after the shift before has ended."""
    ended: dict[str, int] = {}
    for shift in sorted(shifts, key=lambda one: one.start_utc_ms):
        free_utc_ms = ended.get(shift.seat, 0) + 900_000
        yield replace(shift, comes_utc_ms=max(shift.comes_utc_ms, free_utc_ms))
        ended[shift.seat] = shift.end_utc_ms
