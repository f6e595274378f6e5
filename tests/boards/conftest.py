"""Trees to boot from, and units that are gone after the test."""

import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from deskunit.virtual import VirtualUnit

ROOT = Path(__file__).parents[2]
sys.path[:0] = [str(ROOT / "boards"), str(Path(__file__).parent)]  # programs, not packages

from talk import UID, MakeUnit, Talk  # noqa: E402

import build  # noqa: E402


@pytest.fixture(scope="session")
def firmware_tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The real firmware for the virtual board."""
    return build.build("virtual", tmp_path_factory.mktemp("firmware") / "tree")


@pytest.fixture(scope="session")
def demo_tree(firmware_tree: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The real board and driver under the firmware in tests/boards/demo."""
    tree = tmp_path_factory.mktemp("demo") / "tree"
    shutil.copytree(firmware_tree, tree, ignore=shutil.ignore_patterns("unit", "*.pack", "PACKS*"))
    shutil.copytree(Path(__file__).parent / "demo", tree, dirs_exist_ok=True)
    return tree


@pytest.fixture
def make_unit() -> Iterator[MakeUnit]:
    """make_unit(tree, time=…): a unit that is switched on."""
    made = []

    def make(tree: Path, *, time: str = "virtual", **options: object) -> VirtualUnit:
        unit = VirtualUnit(tree, UID, time=time, **options)
        made.append(unit)
        unit.power_on()
        return unit

    yield make
    for unit in made:
        unit.close()


@pytest.fixture
def talk(demo_tree: Path, make_unit: MakeUnit) -> Talk:
    """The demo firmware, up and with its first frame sent."""
    talking = Talk(make_unit(demo_tree))
    assert talking.line() == "up PWRON"
    talking.rest()
    return talking
