"""The store: the only package that touches the database. See docs/store.md.

`open_store` gives a Store; the other names are what its methods take and hand out.
"""

from deskunit.store.backup import Backup, back_up
from deskunit.store.intake import Gap
from deskunit.store.opening import FILE_NAME, open_store
from deskunit.store.rebuilding import Rebuilt
from deskunit.store.rows import Changes, Commit, Counts, SpokenPack, Unit
from deskunit.store.store import Store

__all__ = [
    "FILE_NAME",
    "Backup",
    "Changes",
    "Commit",
    "Counts",
    "Gap",
    "Rebuilt",
    "SpokenPack",
    "Store",
    "Unit",
    "back_up",
    "open_store",
]
