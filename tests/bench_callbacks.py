"""How long lists of callbacks take with 100 000 in the store, half of them open; and erasing one of them."""

import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

ROOT = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT / "tests" / "host")]

from deskunit.agents import Agent  # noqa: E402
from deskunit.calendar import Calendar  # noqa: E402
from deskunit.callbacks.desk import CallbackDesk  # noqa: E402
from deskunit.callbacks.due import Rules  # noqa: E402
from deskunit.callbacks.folding import Fact, Taken, fold  # noqa: E402
from deskunit.callbacks.kinds import KINDS  # noqa: E402
from deskunit.callbacks.measures import measured  # noqa: E402
from deskunit.store import Store, open_store, schema  # noqa: E402
from deskunit.store.callbacks import fact_values, now_values, person_values  # noqa: E402
from sqlalchemy import insert  # noqa: E402

COUNT = 100_000
AGENTS = 200
CHUNK = 5_000
NOW = round(datetime(2026, 11, 20, 10, tzinfo=UTC).timestamp() * 1000)
STEP_MS = 300_000  # a promise every five minutes: about a year of them
RUNS = 15


def callbacks() -> dict[str, object]:
    """ms of the due list, of an agent's summary, a search, the report, and of erasing one."""
    with tempfile.TemporaryDirectory() as folder, open_store(Path(folder), write=True) as store:
        store.set_agents([Agent(_agent(n), f"Agent {n}", f"Team {n % 10}") for n in range(AGENTS)])
        _fill(store)
        rules = Rules(Calendar(), ZoneInfo("Asia/Shanghai"))
        desk = CallbackDesk(store, rules, lambda: NOW)
        assert len(desk.due_list(None, NOW)) == 100
        one = _agent(7)
        return {
            "callbacks": COUNT,
            "callbacks_open": desk.summary(None, NOW).open,
            "due_list_of_all_ms": _ms(lambda: desk.due_list(None, NOW)),
            "due_list_of_an_agent_ms": _ms(lambda: desk.due_list(one, NOW)),
            "due_list_of_an_agent_whole_ms": _ms(lambda: desk.due_list(one, NOW, None)),
            "callback_summary_ms": _ms(lambda: desk.summary(one, NOW)),
            "callback_search_ms": _ms(lambda: desk.search(text="13800012345")),
            "callback_edit_ms": _ms(lambda: desk.write("edit", 7, one, name=f"{time.time_ns()}")),
            "callback_measures_s": _s(lambda: measured(desk.kept(), None, None, NOW, "agent")),
            "callback_forget_s": _s(lambda: desk.write("forget", 9, one)),
        }


def _ms(ask: Callable[[], object]) -> float:
    """The median of some runs after one that does not count."""
    took = []
    for _ in range(1 + RUNS):
        begin_s = time.perf_counter()
        ask()
        took.append((time.perf_counter() - begin_s) * 1000)
    return round(statistics.median(took[1:]), 1)


def _s(do: Callable[[], object]) -> float:
    begin_s = time.perf_counter()
    do()
    return round(time.perf_counter() - begin_s, 2)


def _agent(number: int) -> str:
    return str(1001 + number)


def _fill(store: Store) -> None:
    for first in range(1, COUNT + 1, CHUNK):
        rows: dict[str, list[dict[str, Any]]] = {}
        for number in range(first, first + CHUNK):
            for table, row in _one(number):
                rows.setdefault(table, []).append(row)
        with store._writing() as connection:
            for table, some in rows.items():
                connection.execute(insert(schema.metadata.tables[table]), some)


def _one(number: int) -> Iterator[tuple[str, dict[str, Any]]]:
    """A callback with its details; of each agent every other one is closed."""
    agent, taken_utc_ms = _agent(number % AGENTS), NOW - (COUNT - number) * STEP_MS
    kind = KINDS[number % len(KINDS)]
    taken = Taken(number, kind, taken_utc_ms, 0, agent, taken_utc_ms, agent)
    texts = {"caller_number": f"138{number:08d}", "name": f"Caller {number}", "said": "meter " * 10}
    details = Fact(2 * number, number, taken_utc_ms + 60_000, agent, "fields",
                   {"set": {"subject": f"subject {number % 12}"}, "personal": list(texts)})  # fmt: skip
    facts = [details]
    if (number // AGENTS) % 2:
        told = {"outcome": "settled", "satisfaction": "yes"}
        facts.append(Fact(2 * number + 1, number, taken_utc_ms + 7_200_000, agent, "closed", told))
    yield "callback", {name: getattr(taken, name) for name in Taken.__dataclass_fields__}
    yield from (("callback_fact", fact_values(one)) for one in facts)
    for field, text in texts.items():
        yield "callback_person", person_values(details, field, text)
    yield "callback_now", now_values(fold(taken, facts))


if __name__ == "__main__":
    import json

    sys.stdout.write(json.dumps(callbacks(), indent=1) + "\n")
