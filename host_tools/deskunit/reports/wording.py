"""Words and numbers of the reports in one language. Pure."""

import datetime

from deskunit import reasons, states, words
from deskunit.reports.model import Figure
from deskunit.reports.rounding import nearest

NOTHING = "–"
# shares of time; every other share is of counts
OF_TIME = frozenset(
    {
        *("unknown_share", "occupancy", "not_ready_share", "unspecified_share", "away_share"),
        *("adherence", "adherence_without_overtime"),
    }
)


class Wording:
    """What a reader of that language sees."""

    def __init__(self, language: str) -> None:
        self.language = language

    def __call__(self, key: str, **values: object) -> str:
        """The sentence report.`key`."""
        return words.text(f"report.{key}", self.language, **values)

    def state(self, state: str) -> str:
        return states.label(state, self.language)

    def reason(self, code: int | None) -> str:
        return "" if code is None else reasons.label(code, self.language)

    def callback(self, kind: str) -> str:
        return words.text(f"callback_kind.{kind}", self.language) if kind else ""

    def author(self, by: str | None) -> str:
        """Who corrected: an agent's id, or the word for a supervisor."""
        known = words.table(self.language)
        return known.get(f"callback_by.{by}", by or "")

    def measure(self, key: str, part: str = "name") -> str:
        """`part`: name, formula, unit or source. A callback's or a queue's measure has words of its own."""
        known = words.table(self.language)
        for section in ("measure", "line_measure", "report_measure"):
            if f"{section}.{key}.name" in known:
                return known.get(f"{section}.{key}.{part}", "%" if part == "unit" else "")
        raise KeyError(key)

    def date(self, on: datetime.date) -> str:
        """2026-11-23 Mon / 2026-11-23 周一."""
        return f"{on.isoformat()} {self.weekday(on)}"

    def weekday(self, on: datetime.date) -> str:
        return self(f"weekday_{on.isoweekday()}")

    def target(self, one: Figure) -> str:
        """≥ 80 %; empty: none."""
        if one.target is None:
            return ""
        return f"{'≤' if one.at_most else '≥'} {_bound(one)}"

    def of(self, one: Figure, printed: tuple[int, int] | None = None) -> str:
        """What it was made of: 36 ÷ 50, or 0:36:00 ÷ 0:50:00; empty where that says nothing more.

        `printed`: the two times as the tables of the same page print them.
        """
        made = one.measured
        if made.kind == "count" or (made.kind == "seconds" and made.whole == 1):
            return ""
        if made.kind == "seconds":
            return f"{_nearest_hms(made.part)} ÷ {made.whole}"
        write = _nearest_hms if one.key in OF_TIME else str
        part, whole = printed or (made.part, made.whole)
        return f"{write(part)} ÷ {write(whole)}"


def _nearest_hms(ms: int) -> str:
    return hms(nearest(ms))


def _bound(one: Figure) -> str:
    assert one.target is not None
    if one.measured.kind == "share":
        return f"{one.target} %"
    return hms(1000 * one.target) if one.measured.kind == "seconds" else str(one.target)


def percent(share: float | None) -> str:
    return NOTHING if share is None else f"{100 * share:.1f} %"


def hms(ms: float) -> str:
    """h:mm:ss, whole seconds that have passed."""
    sign, whole = ("−", -int(ms) // 1000) if ms < 0 else ("", int(ms) // 1000)
    return f"{sign}{whole // 3600}:{whole // 60 % 60:02}:{whole % 60:02}"


def short(ms: float) -> str:
    """m:ss below an hour, h:mm:ss from there."""
    whole = int(ms) // 1000
    return f"{whole // 60}:{whole % 60:02}" if whole < 3600 else hms(ms)
