"""settings.toml of the data folder: the unit's timers, the site, callbacks, the limits of this host.

Read at the start, and whenever the viewer's role counts; setting_ranges.py has what may be set.
"""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import time
from pathlib import Path
from typing import Any, Literal

from deskunit import calendar
from deskunit.errors import DeskunitError
from deskunit.setting_ranges import (
    CALLBACKS,
    CLOCK,
    HOST,
    MEASURE_TARGETS,
    MEASURES,
    PERCENT,
    QUEUE_LOG,
    SECONDS,
    SHIFT,
    TARGETS,
    TIMES,
    UNIT,
    Range,
)

FILE_NAME = "settings.toml"
Language = Literal["zh", "en"]  # of pages and the command line
UnitLanguage = Literal["zh", "zh-Hant", "en"]  # of the packs
UNIT_LANGUAGES: tuple[UnitLanguage, ...] = ("zh", "zh-Hant", "en")
TEXT_CHARS = 40
_FLAVOUR = re.compile(r"[a-z][a-z0-9_]{0,15}")
SUPERVISOR, AGENT = "supervisor", "agent"
ROLES = (SUPERVISOR, AGENT)


def _defaults(table: Mapping[str, Range]) -> dict[str, int]:
    return {name: one.default for name, one in table.items()}


@dataclass(frozen=True)
class Site:
    """The place: its calendar and what its packs say. None: what the script library has."""

    country: str = calendar.CHINA
    flavour: str | None = None
    unit_language: UnitLanguage | None = None  # None: as `language`
    company: str | None = None
    hotline: str | None = None


@dataclass(frozen=True)
class Callbacks:
    """What holds for promised return calls. `targets`: percent by measure, None: no target."""

    closing_time: time = time(18)  # at the site; when a promise in working days ends
    inquiry_h: int = CALLBACKS["inquiry_h"].default
    repeat_days: int = CALLBACKS["repeat_days"].default
    retention_days: int = CALLBACKS["retention_days"].default
    now_grace_s: int = CALLBACKS["now_grace_s"].default
    overdue_alarm: int = CALLBACKS["overdue_alarm"].default
    targets: Mapping[str, int | None] = field(default_factory=lambda: dict(TARGETS))


@dataclass(frozen=True)
class Measures:
    """What the measures of the log go by. `targets`: percent or seconds by measure, None: no target."""

    remind_grace_s: int = MEASURES["remind_grace_s"].default
    sign_in_early_s: int = MEASURES["sign_in_early_s"].default
    adherence_grace_s: int = MEASURES["adherence_grace_s"].default
    overtime_counts: int = MEASURES["overtime_counts"].default
    call_max_s: int = MEASURES["call_max_s"].default
    targets: Mapping[str, int | None] = field(default_factory=lambda: dict(MEASURE_TARGETS))


@dataclass(frozen=True)
class Viewer:
    """Who reads the log on this computer (roles.py). `teams` empty: all of them; `agent`: of an agent."""

    role: str = SUPERVISOR
    teams: tuple[str, ...] = ()
    agent: str = ""


@dataclass(frozen=True)
class QueueLog:
    """How an imported queue_log is counted and held against the units' log."""

    answer_within_s: int = QUEUE_LOG["answer_within_s"].default
    match_tolerance_s: int = QUEUE_LOG["match_tolerance_s"].default


@dataclass(frozen=True)
class Settings:
    """What the site chose. `language` and `zone` None: the computer's own."""

    unit: Mapping[str, int] = field(default_factory=lambda: _defaults(UNIT))
    site: Site = field(default_factory=Site)
    callbacks: Callbacks = field(default_factory=Callbacks)
    measures: Measures = field(default_factory=Measures)
    queue_log: QueueLog = field(default_factory=QueueLog)
    language: Language | None = None
    away_limit: int = HOST["away_limit"].default
    page_port: int = HOST["page_port"].default
    zone: str | None = None
    day_start: str = "00:00"  # when a business day begins, by the clock on the wall
    viewer: Viewer = field(default_factory=Viewer)
    shifts: Mapping[str, str] = field(default_factory=dict)  # name → 22:00-06:00


def load(data_dir: Path) -> Settings:
    """The settings of `data_dir`; the defaults without a file. DeskunitError for what is wrong."""
    file = data_dir / FILE_NAME
    try:
        nested = tomllib.loads(file.read_text("utf-8-sig"))
    except FileNotFoundError:
        return Settings()
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise DeskunitError("settings_unreadable", file=file, why=error) from error
    return _checked(file, nested)


def _checked(file: Path, nested: dict[str, Any]) -> Settings:
    unit, host = _section(file, nested, "unit"), _section(file, nested, "host")
    site, callbacks = _section(file, nested, "site"), _section(file, nested, "callbacks")
    measures = _section(file, nested, "measures")
    viewer, shifts = _section(file, nested, "viewer"), _section(file, nested, "shifts")
    queue_log = _section(file, nested, "queue_log")
    language, zone = nested.pop("language", None), host.pop("zone", None)
    day_start = _time(file, "host.day_start", host.pop("day_start", "00:00"))
    if nested:
        raise DeskunitError("settings_unknown", file=file, name=next(iter(nested)))
    if language not in (None, "zh", "en"):
        raise DeskunitError("settings_language", file=file, found=language)
    chosen = _numbers(file, "host", host, HOST)
    return Settings(
        unit=_numbers(file, "unit", unit, UNIT),
        site=_site(file, site),
        callbacks=_callbacks(file, callbacks),
        measures=_measures(file, measures),
        queue_log=QueueLog(**_numbers(file, "queue_log", queue_log, QUEUE_LOG)),
        language=language,
        zone=None if zone is None else _zone(zone),
        day_start=day_start,
        viewer=_viewer(file, viewer),
        shifts=_shifts(file, shifts),
        away_limit=chosen["away_limit"],
        page_port=chosen["page_port"],
    )


def _section(
    file: Path, nested: dict[str, Any], name: str, full_name: str | None = None
) -> dict[str, Any]:
    section = nested.pop(name, {})
    if not isinstance(section, dict):
        raise DeskunitError("settings_section", file=file, name=full_name or name)
    return dict(section)


def _site(file: Path, chosen: dict[str, Any]) -> Site:
    for name, value in chosen.items():
        if name not in Site.__dataclass_fields__:
            raise DeskunitError("settings_unknown", file=file, name=f"site.{name}")
        if not isinstance(value, str) or len(value) > TEXT_CHARS or not value.isprintable():
            where = f"site.{name}"
            raise DeskunitError(
                "settings_text", file=file, name=where, found=value, most=TEXT_CHARS
            )
    site = Site(**chosen)
    if site.unit_language not in (None, *UNIT_LANGUAGES):
        raise DeskunitError("settings_unit_language", file=file, found=site.unit_language)
    if site.flavour is not None and not _FLAVOUR.fullmatch(site.flavour):
        raise DeskunitError("settings_flavour", file=file, found=site.flavour)
    country = site.country.upper()
    if not calendar.is_country(country):
        raise DeskunitError("unknown_country", exit_code=2, country=site.country)
    return replace(site, country=country)


def _callbacks(file: Path, chosen: dict[str, Any]) -> Callbacks:
    targets = _section(file, chosen, "targets", "callbacks.targets")
    closing = chosen.pop("closing_time", "18:00")
    found = CLOCK.fullmatch(closing) if isinstance(closing, str) else None
    if found is None:
        raise DeskunitError("settings_clock", file=file, found=closing)
    percents = _numbers(file, "callbacks.targets", targets, dict.fromkeys(TARGETS, PERCENT))
    return Callbacks(
        closing_time=time(int(found[1]), int(found[2])),
        targets={**TARGETS, **{name: percents[name] for name in targets}},
        **_numbers(file, "callbacks", chosen, CALLBACKS),
    )


def _measures(file: Path, chosen: dict[str, Any]) -> Measures:
    targets = _section(file, chosen, "targets", "measures.targets")
    ranges = {name: SECONDS if name in TIMES else PERCENT for name in MEASURE_TARGETS}
    numbers = _numbers(file, "measures.targets", targets, ranges)
    return Measures(
        targets={**MEASURE_TARGETS, **{name: numbers[name] for name in targets}},
        **_numbers(file, "measures", chosen, MEASURES),
    )


def _viewer(file: Path, chosen: dict[str, Any]) -> Viewer:
    for name in chosen:
        if name not in Viewer.__dataclass_fields__:
            raise DeskunitError("settings_unknown", file=file, name=f"viewer.{name}")
    teams, agent = chosen.get("teams", []), chosen.get("agent", "")
    if not isinstance(teams, list) or not all(isinstance(one, str) for one in teams):
        raise DeskunitError("settings_list", file=file, name="viewer.teams", found=teams)
    viewer = Viewer(chosen.get("role", SUPERVISOR), tuple(teams), str(agent))
    if viewer.role not in ROLES:
        raise DeskunitError("settings_role", file=file, found=viewer.role)
    if viewer.role == AGENT and not viewer.agent:
        raise DeskunitError("settings_viewer_agent", file=file)
    return viewer


def _shifts(file: Path, chosen: dict[str, Any]) -> dict[str, str]:
    for name, value in chosen.items():
        if not isinstance(value, str) or SHIFT.fullmatch(value.strip()) is None:
            raise DeskunitError("settings_shift", file=file, name=f"shifts.{name}", found=value)
    return dict(chosen)


def _time(file: Path, name: str, value: object) -> str:
    if not isinstance(value, str) or CLOCK.fullmatch(value) is None:
        raise DeskunitError("settings_time", file=file, name=name, found=value)
    return value


def _numbers(
    file: Path, section: str, chosen: dict[str, Any], table: Mapping[str, Range]
) -> dict[str, int]:
    for name, value in chosen.items():
        if name not in table:
            raise DeskunitError("settings_unknown", file=file, name=f"{section}.{name}")
        low, high = table[name].low, table[name].high
        if type(value) is not int or not low <= value <= high:  # True is no number of seconds
            where = f"{section}.{name}"
            raise DeskunitError(
                "settings_range", file=file, name=where, found=value, low=low, high=high
            )
    return _defaults(table) | chosen


def _zone(name: object) -> str:
    from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

    try:
        return ZoneInfo(str(name)).key
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise DeskunitError("unknown_zone", zone=name) from error
