"""Fills in health.py from the running logger, or from the store alone."""

from typing import Any

from deskunit.callbacks.total import Total
from deskunit.health import CallbackHealth, Health, PortHealth, UnitHealth, of_alarm, sentences
from deskunit.logger.logger import Logger
from deskunit.logger.notices import LinkStatus
from deskunit.store import Counts, Store, Unit


def of_logger(logger: Logger) -> Health:
    """What the running logger knows."""
    links = logger.links()
    by_uid = {one.uid: one for one in sorted(links, key=lambda one: one.connected)}
    counts = logger.store.counts()
    return Health(
        running=True,
        alarms=[of_alarm(one) for one in logger.alarms.active()],
        ports=[_port(one) for one in links],
        units=[
            _live(unit, counts[unit.uid], by_uid.get(unit.uid), logger)
            for unit in logger.store.units()
        ],
        callbacks=_callbacks(logger.recorder.promises.total),
    )


def of_store(store: Store, callbacks: Total) -> Health:
    """What the store keeps; no logger runs."""
    counts = store.counts()
    units = [UnitHealth(**_stored(unit, counts[unit.uid])) for unit in store.units()]
    return Health(False, alarms=[], ports=[], units=units, callbacks=_callbacks(callbacks))


def _callbacks(total: Total) -> CallbackHealth:
    return CallbackHealth(total.open, total.overdue)


def _port(link: LinkStatus) -> PortHealth:
    trouble = link.trouble
    return PortHealth(
        port=link.address,
        uid=link.uid,
        is_open=link.is_open,
        connected=link.connected,
        frames=link.counted.frames,
        bad_crc=link.counted.bad,
        text_bytes=link.counted.text_bytes,
        reopens=max(0, link.openings - 1),
        trouble=sentences(trouble) if trouble is not None else None,
    )


def _stored(unit: Unit, counts: Counts) -> dict[str, Any]:
    return {
        "uid": unit.uid,
        "seat": unit.seat,
        "virtual": unit.virtual,
        "confirmed": unit.confirmed,
        "heard_utc_ms": unit.heard_utc_ms,
        "firmware": counts.firmware,
        "boots": counts.boots,
        "gaps": counts.gaps,
        "lost_events": counts.lost_events,
        "quarantined": counts.quarantined,
    }


def _live(unit: Unit, counts: Counts, link: LinkStatus | None, logger: Logger) -> UnitHealth:
    found = _stored(unit, counts)
    found["connected"] = bool(link and link.connected)
    found["duplicates"] = logger.recorder.repeated[unit.uid]
    if link is not None:
        found |= {
            "port": link.address,
            "firmware": link.firmware or counts.firmware,
            "safe_mode": link.safe,
            "round_trip_ms": link.round_trip_ms,
            "clock_error_ms": link.error_ms,
            "clock_slope_ppm": link.slope_ppm,
        }
    status = link.status if link is not None else None
    if status is not None:
        found |= {
            "queue": status.q,
            "journal_bytes": status.jr,
            "free_heap_bytes": status.mem,
            "bad_at_unit": status.bad,
            "retransmits": status.re,
        }
    return UnitHealth(**found)
