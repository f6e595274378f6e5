"""The one writing transaction about callbacks, as features see it: facts are added, texts are erased."""

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import Connection

from deskunit.callbacks.folding import Callback, Taken
from deskunit.store import callbacks
from deskunit.store.erasing import erase


class CallbackWriter:
    """What can be written within one transaction; Store.writing_callbacks gives it."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self.has_erased = False

    def find(self, number: int) -> Callback | None:
        """The callback as it is now, nobody else writing."""
        return callbacks.find(self._connection, number)

    def next_number(self) -> int:
        return callbacks.next_number(self._connection)

    def add(self, taken: Taken) -> Callback:
        """A new callback under its number."""
        return callbacks.add(self._connection, taken)

    def append(
        self,
        number: int,
        at_utc_ms: int,
        by: str,
        what: str,
        body: Mapping[str, Any],
        personal: Mapping[str, str] | None = None,
    ) -> Callback:
        """One fact more, its personal texts apart; the callback as it is then."""
        return callbacks.append(self._connection, number, at_utc_ms, by, what, body, personal)

    def erase(self, numbers: Iterable[int]) -> None:
        """Take the personal texts of these callbacks out of the file; their `forgotten` facts stand."""
        erase(self._connection, numbers)
        self.has_erased = True

    def rebuild(self) -> int:
        """Derive what every callback is now anew from its facts; how many rows differed."""
        return callbacks.rebuild(self._connection)
