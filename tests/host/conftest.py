"""Host tests import the sibling implementations that stand beside them, and share a synthetic floor."""

import sys
from pathlib import Path

import pytest

HERE = Path(__file__).parent
SYNTHETIC = HERE.parent / "synthetic"
sys.path[:0] = [str(path) for path in (HERE, SYNTHETIC) if str(path) not in sys.path]

from floor import make_day, make_month  # noqa: E402
from shared import made_once  # noqa: E402
from truth import Truth  # noqa: E402


@pytest.fixture(scope="session")
def month_and_truth(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Truth]:
    """A month of 50 agents, seed 1, and what is true of it; read only."""
    return made_once(tmp_path_factory, "month", make_month)


@pytest.fixture(scope="session")
def month(month_and_truth: tuple[Path, Truth]) -> Path:
    """The data folder of a month of 50 agents, seed 1; read only."""
    return month_and_truth[0]


@pytest.fixture(scope="session")
def day(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The data folder of a day of 50 agents, seed 1; read only."""
    return made_once(tmp_path_factory, "day", make_day)[0]
