"""How long a day report takes of 300 agents: read, measured, drawn, written. The promise is 2 s."""

import sys
import tempfile
import time
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

ROOT = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT / "tests" / "synthetic")]

from deskunit.reports import asking, writing  # noqa: E402
from deskunit.store import open_store  # noqa: E402
from floor import A_DAY, ZONE, make_day  # noqa: E402

AT_WORK = 300
EMPLOYED = 420  # five days of seven
RUNS = 5


def reports() -> dict[str, object]:
    """Best of some runs in s, what is imported not counted; size of the page in bytes."""
    zone = ZoneInfo(ZONE)
    now = round(datetime(2026, 11, 14, tzinfo=zone).timestamp() * 1000)
    ask = asking.Ask("day", asking.period("day", zone, now, on=str(A_DAY)))
    with tempfile.TemporaryDirectory() as folder:
        data, out = Path(folder), Path(folder) / "day.html"
        make_day(data, 1, EMPLOYED)
        with open_store(data, write=False) as store:
            taken = []
            for _ in range(RUNS):
                begin_s = time.perf_counter()
                writing.write(store, data, ask, now, out=str(out), form="html", language="zh")
                taken.append(time.perf_counter() - begin_s)
        page = out.read_text("utf-8")
        return {
            "report_agents": page.count('class="r-lane"'),
            "report_of_a_day_s": round(min(taken), 2),
            "report_of_a_day_bytes": out.stat().st_size,
        }
