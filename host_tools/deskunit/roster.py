"""Reads roster.csv: who is planned to work when. Mistakes are named with their line. It knows no database.

Times are those of the clock on the wall in the site's zone; a shift whose end is not after its start ends
on the next day.
"""

import itertools
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from deskunit import reasons, spreadsheet
from deskunit.errors import DeskunitError
from deskunit.local_time import utc_ms

FILE_NAME = "roster.csv"
_HEADS = {"工号": "agent", "日期": "date", "开始": "start", "结束": "end", "内容": "activity"}
SHAPE = spreadsheet.Shape(("agent", "date", "start", "end", "activity"), 4, _HEADS)
_DATE = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?")
_TIME = re.compile(r"(\d{1,2})[:：](\d{2})(?:[:：]00)?")
_WORK = ("", "work", "工作", "上班")


@dataclass(frozen=True, slots=True)
class Shift:
    """One line: half-open [start, end). `activity`: a reason code, None for work."""

    agent_id: str
    start_utc_ms: int
    end_utc_ms: int
    activity: int | None = None
    line: int = 0


def load(file: Path, zone: ZoneInfo) -> list[Shift]:
    """The shifts of `file` by agent and start; no file: none. DeskunitError names the line at fault."""
    raw = spreadsheet.load(file)
    return [] if raw is None else parse(raw, zone, str(file))


def parse(raw: bytes, zone: ZoneInfo, file: str = FILE_NAME) -> list[Shift]:
    """The shifts in the bytes of a CSV file. DeskunitError names the line, of an overlap both."""
    shifts = [
        _shift(fields, zone, file, line) for line, fields in spreadsheet.rows(raw, SHAPE, file)
    ]
    shifts.sort(key=lambda one: (one.agent_id, one.start_utc_ms))
    for before, after in itertools.pairwise(shifts):
        if before.agent_id == after.agent_id and after.start_utc_ms < before.end_utc_ms:
            first, line = sorted((before.line, after.line))
            raise DeskunitError(
                "roster_overlap", file=file, line=line, first=first, agent=after.agent_id
            )
    return shifts


def _shift(fields: Mapping[str, str], zone: ZoneInfo, file: str, line: int) -> Shift:
    agent = fields.get("agent", "")
    if not agent:
        raise DeskunitError("roster_no_agent", file=file, line=line)
    on = _date(fields.get("date", ""), file, line)
    start = _minutes(fields.get("start", ""), file, line)
    end = _minutes(fields.get("end", ""), file, line)
    if start in (end, _DAY_MIN):
        raise DeskunitError("roster_length", file=file, line=line)
    until = end if end > start else end + _DAY_MIN
    activity = _activity(fields.get("activity", ""), file, line)
    return Shift(agent, _instant(on, start, zone), _instant(on, until, zone), activity, line)


_DAY_MIN = 24 * 60


def _date(text: str, file: str, line: int) -> date:
    numbers = _DATE.fullmatch(text)
    try:
        if numbers:
            return date(*map(int, numbers.groups()))
    except ValueError:  # 30 February
        pass
    raise DeskunitError("roster_date", file=file, line=line, found=repr(text))


def _minutes(text: str, file: str, line: int) -> int:
    """Minutes after midnight of 8:30, 08:30:00 or 24:00."""
    numbers = _TIME.fullmatch(text)
    if numbers:
        minutes = 60 * int(numbers[1]) + int(numbers[2])
        if int(numbers[2]) < 60 and minutes <= _DAY_MIN:
            return minutes
    raise DeskunitError("roster_time", file=file, line=line, found=repr(text))


def _activity(text: str, file: str, line: int) -> int | None:
    """Work, or the code of a reason by its word, its label in either language or its number."""
    if text.lower() in _WORK:
        return None
    code = reasons.find(text)
    if code is None:
        raise DeskunitError("roster_activity", file=file, line=line, found=repr(text))
    return code


def _instant(on: date, minutes: int, zone: ZoneInfo) -> int:
    """A time that a clock change skips is taken as if the old offset still held."""
    wall = datetime.combine(
        on + timedelta(minutes // _DAY_MIN), time(minutes // 60 % 24, minutes % 60)
    )
    return utc_ms(wall.replace(tzinfo=zone))
