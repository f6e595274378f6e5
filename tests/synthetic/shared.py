"""The synthetic floor that a test session shares: made once, also when several processes test."""

import os
import pickle
from collections.abc import Callable
from pathlib import Path

from filelock import FileLock
from pytest import TempPathFactory
from truth import Truth


def made_once(
    factory: TempPathFactory, name: str, make: Callable[[Path], Truth]
) -> tuple[Path, Truth]:
    """The folder, and what is true of it."""
    base = factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:  # each worker has its own folder in that of the session
        base = base.parent
    folder, kept = base / name, base / f"{name}.truth"
    with FileLock(base / f"{name}.lock"):
        if not kept.exists():
            truth = make(folder)
            kept.write_bytes(pickle.dumps(truth))
    return folder, pickle.loads(kept.read_bytes())
