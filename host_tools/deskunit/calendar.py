"""What a date is at this site: a working day, a weekend or a holiday, and of which greeting.

The country's days come from the `holidays` package, the site's own from holidays.csv and count more.
The context of the units and the due dates of callbacks stand on it; it asks no clock. Pure but for `load`.
"""

import hashlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Final, Literal

from deskunit import spreadsheet
from deskunit.errors import DeskunitError

FILE_NAME = "holidays.csv"
CHINA = "CN"
# The State Council publishes each year's calendar in the autumn before. For any other year the package
# has the feast days alone: no day is moved there. A test compares this with what the package knows.
PUBLISHED = frozenset({2024, 2025, 2026})
Kind = Literal["work", "weekend", "holiday"]
WORK: Final = "work"
WEEKEND: Final = "weekend"
HOLIDAY: Final = "holiday"
GREETINGS = {  # China's, as the package names them in Chinese
    "元旦": "new_year",
    "农历除夕": "spring_festival",
    "春节": "spring_festival",
    "清明节": "qingming",
    "劳动节": "labour",
    "端午节": "dragon_boat",
    "中秋节": "mid_autumn",
    "国庆节": "national",
}
_ELSEWHERE = (  # in the package's English; Hong Kong, Taiwan and many others keep the same feasts
    (re.compile("chinese new year|lunar new year|spring festival"), "spring_festival"),
    (re.compile("tomb-sweeping"), "qingming"),
    (re.compile("dragon boat"), "dragon_boat"),
    (re.compile("mid-autumn"), "mid_autumn"),
    (re.compile("labor day"), "labour"),
    (re.compile("national day"), "national"),
    (re.compile("^new year's day"), "new_year"),
)
_DATE = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?")
_KINDS = {
    "工作": WORK,
    "上班": WORK,
    "补班": WORK,
    "休息": HOLIDAY,
    "放假": HOLIDAY,
    "假日": HOLIDAY,
}
_HEADS = {"日期": "date", "类型": "kind", "名称": "name"}
SHAPE = spreadsheet.Shape(("date", "kind", "name"), 2, _HEADS)
_ONE = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Day:
    """One date. `key`: of the greeting, "" on a working day; `name`: as the calendar calls it, or ""."""

    kind: Kind
    key: str = ""
    name: str = ""


Site = Mapping[date, Day]


def load(file: Path) -> dict[date, Day]:
    """The site's own days; no file: none. DeskunitError names the line at fault."""
    raw = spreadsheet.load(file)
    return {} if raw is None else parse(raw, str(file))


def parse(raw: bytes, file: str = FILE_NAME) -> dict[date, Day]:
    """The days in the bytes of a CSV file: date, kind (work or holiday), name."""
    found: dict[date, Day] = {}
    line_of: dict[date, int] = {}
    for line, fields in spreadsheet.rows(raw, SHAPE, file):
        when, day = _listed(fields, file, line)
        if when in found:
            first = line_of[when]
            raise DeskunitError("holidays_twice", file=file, line=line, date=when, first=first)
        found[when], line_of[when] = day, line
    return found


def _listed(fields: Mapping[str, str], file: str, line: int) -> tuple[date, Day]:
    text, kind = fields.get("date", ""), fields.get("kind", "").lower()
    numbers = _DATE.fullmatch(text)
    try:
        when = date(*map(int, numbers.groups())) if numbers else None
    except ValueError:  # 31 June
        when = None
    if when is None:
        raise DeskunitError("holidays_date", file=file, line=line, found=repr(text))
    kind, name = _KINDS.get(kind, kind), fields.get("name", "")
    if kind == WORK:
        return when, Day(WORK, "", name)
    if kind == HOLIDAY:
        return when, Day(HOLIDAY, HOLIDAY, name)
    raise DeskunitError("holidays_kind", file=file, line=line, found=repr(kind))


class Calendar:
    """The days of a country with those of the site on top. Not for two threads at a time."""

    def __init__(self, country: str = CHINA, site: Site | None = None) -> None:
        """`country`: ISO code, "" knows weekends alone. DeskunitError: unknown_country."""
        self.country = country
        self._site = dict(site or {})
        self._official = _Weeks() if not country else _Country(country)
        self._known: dict[date, Day] = {}

    def day(self, when: date) -> Day:
        """What the date is, by the site's list, else by the country."""
        if when not in self._known:
            self._known[when] = self._look_up(when)
        return self._known[when]

    def is_working_day(self, when: date) -> bool:
        return self.day(when).kind == WORK

    def next_working_days(self, when: date, count: int) -> list[date]:
        """The `count` working days that follow the date; the last one is when `count` days are over."""
        return [day for _, day in zip(range(count), self._working_days(when), strict=False)]

    @property
    def version(self) -> str:
        """What the days come from: country and package, and a sum of the site's own list if there is one."""
        own = repr(sorted((when, day.kind) for when, day in self._site.items()))
        site = "+" + hashlib.sha256(own.encode()).hexdigest()[:8] if self._site else ""
        return f"{self.country or '-'} {self._official.version}{site}"

    def is_published(self, year: int) -> bool:
        """Whether the year's moved days are official; of other countries than China it is taken so."""
        return self.country != CHINA or year in PUBLISHED

    def _working_days(self, when: date) -> Iterator[date]:
        while True:
            when += _ONE
            if self.is_working_day(when):
                yield when

    def _look_up(self, when: date) -> Day:
        own = self._site.get(when)
        if own is None:
            return self._official.day(when)
        official = self._official.day(when)
        if own.kind == HOLIDAY and official.kind == HOLIDAY:
            return Day(HOLIDAY, official.key, own.name or official.name)
        return own


def is_country(code: str) -> bool:
    """Whether a Calendar of that country can be made."""
    if code in ("", CHINA):
        return True
    import holidays

    return code in holidays.list_supported_countries()


class _Weeks:
    """Saturday and Sunday."""

    version = "weeks"

    def day(self, when: date) -> Day:
        return Day(WEEKEND, WEEKEND) if when.weekday() >= 5 else Day(WORK)


class _Country:
    """What the package knows of a country."""

    def __init__(self, code: str) -> None:
        import holidays  # 60 ms, for whom needs a country's days
        from holidays.version import __version__

        try:
            plain = holidays.country_holidays(code)
        except NotImplementedError as error:
            raise DeskunitError("unknown_country", exit_code=2, country=code) from error
        # China's own language is the one that GREETINGS knows; without one the locale would choose
        own, english = plain.default_language, "en_US"
        self._days = holidays.country_holidays(code, language=own)
        spoken = english if english in (plain.supported_languages or ()) else own
        self._english = holidays.country_holidays(code, language=spoken)
        self._is_china = code == CHINA
        self.version = __version__

    def day(self, when: date) -> Day:
        if self._is_off(when):
            names = self._names(when)
            if not self._is_china:
                return Day(HOLIDAY, self._key(when), names[0]) if names else Day(WEEKEND, WEEKEND)
            return self._of_china(when)
        return Day(WORK)

    def _is_off(self, when: date) -> bool:
        if when in self._days:  # this also makes the package look the year up
            return True
        return when.weekday() in self._days.weekend and when not in self._days.weekend_workdays

    def _names(self, when: date) -> list[str]:
        return self._days.get_list(when) if when in self._days else []

    def _key(self, when: date) -> str:
        if (when.month, when.day) == (1, 1):
            return "new_year"
        names = [name.lower() for name in self._english.get_list(when)]
        keys = (key for name in names for known, key in _ELSEWHERE if known.search(name))
        return next(keys, HOLIDAY)

    def _of_china(self, when: date) -> Day:
        """A holiday is the whole run of free days around its feast: moved days and weekends too.

        A day that has no feast of its own is of the feast with the most days in the run.
        """
        own = self._feasts(when)
        run = own or [feast for one in self._run(when) for feast in self._feasts(one)]
        if not run:
            return Day(WEEKEND, WEEKEND)
        feast = max(run, key=run.count)  # the first of the greatest
        return Day(HOLIDAY, GREETINGS[feast], feast)

    def _feasts(self, when: date) -> list[str]:
        plain = (name.partition("（")[0] for name in self._names(when))
        return [name for name in plain if name in GREETINGS]

    def _run(self, when: date) -> list[date]:
        first = last = when
        while self._is_off(first - _ONE):
            first -= _ONE
        while self._is_off(last + _ONE):
            last += _ONE
        return [first + _ONE * number for number in range((last - first).days + 1)]
