"""Work that may take seconds, in threads that the page need not wait for when it ends."""

import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from functools import partial
from queue import SimpleQueue
from typing import Any, TypeVar, cast

from deskunit.errors import DeskunitError
from deskunit.store import Store

T = TypeVar("T")
Outcome = tuple[Any, BaseException | None]


class Apart:
    """run() in any thread; after stop() it raises, for those who wait and those who come."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._waiting: list[SimpleQueue[Outcome]] = []
        self._stopped = False

    def run(self, work: Callable[[], T]) -> T:
        """What `work` returns or raises. DeskunitError: the page has ended."""
        outcome: SimpleQueue[Outcome] = SimpleQueue()
        with self._lock:
            self.check()
            self._waiting.append(outcome)
        threading.Thread(target=_tell, args=(work, outcome), name="view", daemon=True).start()
        found, error = outcome.get()
        with self._lock:
            self._waiting.remove(outcome)
        if error is not None:
            raise error
        return cast(T, found)

    def stop(self) -> None:
        """Nobody waits any more."""
        with self._lock:
            self._stopped = True
            for outcome in self._waiting:
                outcome.put((None, DeskunitError("page_stops")))

    def check(self) -> None:
        """Asked by long work again and again, so that it does not go on for nobody."""
        if self._stopped:
            raise DeskunitError("page_stops")

    def watched(self, store: Store) -> Store:
        """The store, whose long reads end when the page does."""
        return cast(Store, _Watched(store, self.check))


def _tell(work: Callable[[], Any], outcome: SimpleQueue[Outcome]) -> None:
    with ExitStack() as failing:
        failing.push(partial(_hand_on, outcome))
        outcome.put((work(), None))


def _hand_on(
    outcome: SimpleQueue[Outcome], _kind: object, error: BaseException | None, _: object
) -> bool:
    """A fault is raised by whoever waits, not in a thread that nobody sees."""
    if error is not None:
        outcome.put((None, error))
    return True


class _Watched:
    """A store for reading; each page of the log asks whether to go on."""

    def __init__(self, store: Store, check: Callable[[], None]) -> None:
        self._store = store
        self._check = check

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)

    def interval_columns(self, *asked: Any, **more: Any) -> Iterator[Any]:
        for page in self._store.interval_columns(*asked, **more):
            self._check()
            yield page
