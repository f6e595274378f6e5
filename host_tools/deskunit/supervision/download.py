"""What a browser fetches: bytes as they come, or a file that goes when it was fetched."""

import shutil
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
        if self.file is not None:
            shutil.rmtree(self.file.parent, ignore_errors=True)
        self.chunks = iter(())


def _blocks(file: Path) -> Iterator[bytes]:
    with file.open("rb") as source:
        while block := source.read(BLOCK_BYTES):
            yield block
