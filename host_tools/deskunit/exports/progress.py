"""Shows on stderr how far a long export is, when somebody watches."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager


@contextmanager
def terminal_progress(label: str) -> Iterator[Callable[[int, int | None], None] | None]:
    """A progress bar to hand to an export: done, expected (None: nobody knows). None: no terminal."""
    if not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console  # only here: it takes 60 ms to import
    from rich.progress import Progress

    with Progress(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(label, total=None)

        def show(done: int, expected: int | None) -> None:
            bar.update(task, completed=done, total=expected)

        yield show
