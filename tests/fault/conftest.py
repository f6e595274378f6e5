"""Fault tests see each other, a board's sys.path and the parts that firmware tests are made of."""

import shutil
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

HERE = Path(__file__).parent
ROOT = HERE.parents[1]

for folder in (ROOT / "tests" / "firmware", ROOT / "firmware", HERE):
    if str(folder) not in sys.path:
        sys.path.insert(0, str(folder))


@pytest.fixture(autouse=True)
def _project_root(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.chdir(ROOT)
    yield


@pytest.fixture
def disk_path(request: pytest.FixtureRequest) -> Iterator[Path]:
    """A folder on the disk, where a commit takes long enough to be hit; kept when the test fails."""
    failed = request.session.testsfailed
    folder = Path(tempfile.mkdtemp(prefix="deskunit-fault-"))
    short = folder / "short"  # the seeds' own names hold it
    short.mkdir()
    yield short
    if request.session.testsfailed == failed:
        shutil.rmtree(folder)
