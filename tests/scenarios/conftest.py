"""--accept: write what came out as the new expectation, to be read before it is committed."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--accept", action="store_true", help="rewrite the scenarios' expectations")


@pytest.fixture(scope="session")
def site_pack() -> bytes:
    """The pack of the scenarios' own script library."""
    from deskunit.scripts.compiler import packs_of
    from deskunit.scripts.library import read_library

    return packs_of(read_library(Path(__file__).parent / "library"))["zh.pack"]


@pytest.fixture(scope="session")
def tree() -> Path:
    """The virtual unit's tree, as `make build BOARD=virtual` writes it."""
    subprocess.run([sys.executable, ROOT / "boards" / "build.py", "virtual"], check=True)
    return ROOT / "build" / "virtual"
