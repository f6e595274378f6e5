"""A supervision in memory, sibling of deskunit.supervision.desk: its views take until they are let go."""

import threading
from collections.abc import Mapping
from typing import Any

from deskunit.supervision.download import Download

PATIENCE_S = 20.0


class SlowSupervision:
    """`days`: what was computed, in order; each view waits for `go`."""

    def __init__(self) -> None:
        self.days: list[str] = []
        self.at_once = 0
        self.most_at_once = 0
        self.begun = threading.Event()
        self.go = threading.Event()
        self._lock = threading.Lock()

    def site(self) -> dict[str, Any]:
        return {}

    def view(self, asked: Mapping[str, str], language: str) -> dict[str, Any]:
        with self._lock:
            self.days.append(asked.get("day", ""))
            self.at_once += 1
            self.most_at_once = max(self.at_once, self.most_at_once)
        self.begun.set()
        assert self.go.wait(PATIENCE_S)
        with self._lock:
            self.at_once -= 1
        return {"language": language}

    def around(self, agent_id: str, at_utc_ms: int) -> dict[str, Any]:
        return {"rows": []}

    def preview(self, values: Mapping[str, Any]) -> dict[str, Any]:
        return {"parts": []}

    def correct(self, values: Mapping[str, Any]) -> dict[str, Any]:
        return {"number": 1}

    def stop(self) -> None:
        self.go.set()

    def export(self, kind: str, fmt: str, asked: Mapping[str, str], language: str) -> Download:
        return Download(f"{kind}.{fmt}", "text/plain", iter([b"all"]))
