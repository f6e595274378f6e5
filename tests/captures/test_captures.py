"""Every capture in this folder is replayed: its print-out and what the store takes of it stand in .exp.

A new .cap is a new test. README.md says how to write its .exp.
"""

import os
import subprocess
import sys
from pathlib import Path

import pytest

FOLDER = Path(__file__).parent
CAPTURES = sorted(FOLDER.glob("*.cap"))


def replayed(*words: str) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "deskunit", "replay", *words],
        env={**os.environ, "DESKUNIT_LANG": "en"}, capture_output=True, text=True, check=True,
    )  # fmt: skip
    return done.stdout


@pytest.mark.parametrize("file", CAPTURES, ids=lambda one: one.stem)
def test_capture_is_understood_and_stored_as_it_was(file: Path, tmp_path: Path) -> None:
    got = replayed(str(file)) + replayed(str(file), "--into", str(tmp_path / "new"), "--json")
    assert got == file.with_suffix(".exp").read_text("utf-8")


def test_no_capture_is_forgotten() -> None:
    assert len(CAPTURES) >= 4
    assert {one.stem for one in FOLDER.glob("*.exp")} == {one.stem for one in CAPTURES}
