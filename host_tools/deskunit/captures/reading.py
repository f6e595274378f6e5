"""Reads a capture, or a file of raw bytes with made-up times; every pass opens the file anew."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from deskunit.captures import lines
from deskunit.captures.lines import Chunk, Header, Malformed
from deskunit.errors import DeskunitError

RAW_LINE_MS = 10  # made up: a hundred lines a second are below every limit of the link
LINE_LIMIT_BYTES = 8 * lines.CHUNK_LIMIT_BYTES + 32  # four characters a byte, and some room


class Capture:
    """A file to replay. DeskunitError from every method: what is wrong, and in which line."""

    def __init__(self, file: Path) -> None:
        self.file = file
        self.cut_off = (
            False  # known after a pass: the last line is not whole, its writer was killed
        )
        with self._opened() as source:
            first = source.readline(LINE_LIMIT_BYTES)
            self.is_raw = not first.startswith(lines.MAGIC.encode())
            self.header = self._raw_header() if self.is_raw else self._header(first)

    def chunks(self) -> Iterator[Chunk]:
        """All of it, in the order of the wire."""
        with self._opened() as source:
            yield from self._raw(source) if self.is_raw else self._lines(source)

    def _header(self, first: bytes) -> Header:
        try:
            return lines.parse_header(first.decode("utf-8", "replace").rstrip("\r\n"))
        except Malformed as error:
            raise self._wrong(error, 1) from error

    def _raw_header(self) -> Header:
        return Header(self.file.name, self.file.stat().st_mtime_ns // 1_000_000, 0)

    def _raw(self, source: BinaryIO) -> Iterator[Chunk]:
        ms = 0
        while data := source.readline(lines.CHUNK_LIMIT_BYTES):
            yield Chunk(ms, "<", data)
            ms += RAW_LINE_MS

    def _lines(self, source: BinaryIO) -> Iterator[Chunk]:
        source.readline(LINE_LIMIT_BYTES)
        last_ms, number = 0, 1
        while raw := source.readline(LINE_LIMIT_BYTES):
            number += 1
            is_whole = raw.endswith(b"\n")
            if not is_whole and len(raw) < LINE_LIMIT_BYTES:
                self.cut_off = True
                return
            try:
                if not is_whole:
                    raise Malformed("capture_chunk")
                chunk = lines.parse_chunk(raw.decode("ascii", "replace").rstrip("\r\n"))
                if chunk.ms < last_ms:
                    raise Malformed("capture_backwards")
            except Malformed as error:
                raise self._wrong(error, number) from error
            last_ms = chunk.ms
            yield chunk

    def _wrong(self, error: Malformed, number: int) -> DeskunitError:
        return DeskunitError(str(error), file=self.file, line=number)

    @contextmanager
    def _opened(self) -> Iterator[BinaryIO]:
        try:
            with self.file.open("rb") as source:
                yield source
        except OSError as error:
            raise DeskunitError("capture_unreadable", file=self.file, why=error.strerror) from error
