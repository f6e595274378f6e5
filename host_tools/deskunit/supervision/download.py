"""What a browser fetches: bytes as they come, or a file that goes when it was fetched."""

import shutil
import weakref
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

BLOCK_BYTES = 1 << 18


@dataclass
class Download:
    """`file` lies alone in a temporary folder; without one, `chunks` are the content."""

    name: str  # ASCII
    media_type: str
    chunks: Iterator[bytes] = field(default_factory=lambda: iter(()))
    file: Path | None = None

    def __post_init__(self) -> None:
        folder = None if self.file is None else self.file.parent
        # also where a browser leaves before the first byte, and at the program's end
        self._gone = weakref.finalize(self, _remove, folder)

    def read(self) -> Iterator[bytes]:
        """The bytes, once; nothing is left of them then, however it ends."""
        try:
            if self.file is None:
                yield from self.chunks
            else:
                yield from _blocks(self.file)
        finally:
            self.close()

    def close(self) -> None:
        """Let go of it, fetched or not."""
        self._gone()
        self.chunks = iter(())


def _remove(folder: Path | None) -> None:
    if folder is not None:
        shutil.rmtree(folder, ignore_errors=True)


def _blocks(file: Path) -> Iterator[bytes]:
    with file.open("rb") as source:
        while block := source.read(BLOCK_BYTES):
            yield block
