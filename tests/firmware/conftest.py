"""Firmware tests see a board's sys.path and open files from the project's root."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

for folder in (ROOT / "firmware", Path(__file__).parent):
    if str(folder) not in sys.path:
        sys.path.insert(0, str(folder))


@pytest.fixture(autouse=True)
def _project_root(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """As in the interpreter, whose file system has tests/vectors at its root."""
    monkeypatch.chdir(ROOT)
    yield
