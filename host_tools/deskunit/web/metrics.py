"""The floor's health in Prometheus' text form, by its own client library. Pure: Health in, bytes out."""

from collections.abc import Iterator, Mapping

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from deskunit.health import CallbackHealth, Health, PortHealth, UnitHealth

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
Family = type[GaugeMetricFamily] | type[CounterMetricFamily]
GAUGE, COUNTER = GaugeMetricFamily, CounterMetricFamily
# name → kind, what it says, the figure's field and what to divide it by
OF_PORT: Mapping[str, tuple[Family, str, str, int]] = {
    "deskunit_port_open": (GAUGE, "1: the port is open", "is_open", 1),
    "deskunit_frames": (COUNTER, "Good frames received", "frames", 1),
    "deskunit_bad_crc": (COUNTER, "Damaged frames received", "bad_crc", 1),
    "deskunit_text_bytes": (COUNTER, "Bytes received that were no frames", "text_bytes", 1),
    "deskunit_reopens": (COUNTER, "Times that the port was opened again", "reopens", 1),
}
OF_UNIT: Mapping[str, tuple[Family, str, str, int]] = {
    "deskunit_unit_connected": (GAUGE, "1: in a session and heard within 15 s", "connected", 1),
    "deskunit_unit_confirmed": (GAUGE, "1: counted in reports", "confirmed", 1),
    "deskunit_unit_safe_mode": (GAUGE, "1: link and journal only", "safe_mode", 1),
    "deskunit_unit_heard_seconds": (GAUGE, "Last word, UTC since 1970", "heard_utc_ms", 1000),
    "deskunit_unit_queue": (GAUGE, "Records not acknowledged yet", "queue", 1),
    "deskunit_unit_journal_bytes": (GAUGE, "Journal in flash", "journal_bytes", 1),
    "deskunit_unit_free_heap_bytes": (GAUGE, "Free heap of the unit", "free_heap_bytes", 1),
    "deskunit_unit_bad_crc": (COUNTER, "Damaged frames at the unit since boot", "bad_at_unit", 1),
    "deskunit_unit_retransmits": (COUNTER, "Frames sent again since boot", "retransmits", 1),
    "deskunit_unit_duplicates": (COUNTER, "Records that came again", "duplicates", 1),
    "deskunit_unit_round_trip_seconds": (GAUGE, "Best of the last probes", "round_trip_ms", 1000),
    "deskunit_unit_clock_error_seconds": (GAUGE, "Bound of its time", "clock_error_ms", 1000),
    "deskunit_unit_clock_slope_ppm": (GAUGE, "Its clock against this one", "clock_slope_ppm", 1),
    "deskunit_unit_boots": (COUNTER, "Boots in the store", "boots", 1),
    "deskunit_unit_gaps": (COUNTER, "Gap rows in the store", "gaps", 1),
    "deskunit_unit_lost_events": (COUNTER, "Events declared lost", "lost_events", 1),
    "deskunit_unit_quarantined": (COUNTER, "Contradictions put aside", "quarantined", 1),
}


class _Floor(Collector):
    def __init__(self, health: Health) -> None:
        self._health = health

    def collect(self) -> Iterator[Metric]:
        yield from _families(OF_PORT, self._health.ports, ("port", "uid"))
        yield from _families(OF_UNIT, self._health.units, ("uid", "seat"))
        yield from _callbacks(self._health.callbacks)
        info = GaugeMetricFamily(
            "deskunit_unit_info", "Firmware of a unit", labels=("uid", "seat", "firmware")
        )
        for unit in self._health.units:
            info.add_metric((unit.uid, unit.seat, unit.firmware), 1)
        yield info
        alarm = GaugeMetricFamily("deskunit_alarm", "1: it is on", labels=("word", "where"))
        for one in self._health.alarms:
            alarm.add_metric((one.word, one.where), 1)
        yield alarm


def _callbacks(found: CallbackHealth | None) -> Iterator[Metric]:
    if found is not None:
        yield GaugeMetricFamily("deskunit_callbacks_open", "Promised return calls", found.open)
        yield GaugeMetricFamily("deskunit_callbacks_overdue", "Of these overdue", found.overdue)


def _families(
    table: Mapping[str, tuple[Family, str, str, int]],
    rows: list[PortHealth] | list[UnitHealth],
    labels: tuple[str, ...],
) -> Iterator[Metric]:
    for name, (kind, says, field, unit) in table.items():
        family = kind(name, says, labels=labels)
        for row in rows:
            value = getattr(row, field)
            if value is not None:
                family.add_metric([getattr(row, label) for label in labels], value / unit)
        yield family


def text(health: Health) -> bytes:
    """All figures that are known, with their help and types."""
    registry = CollectorRegistry(auto_describe=False)
    registry.register(_Floor(health))
    return generate_latest(registry)
