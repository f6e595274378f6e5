"""Host tests import the sibling implementations that stand beside them, and the synthetic floor."""

import sys
from pathlib import Path

for folder in (Path(__file__).parent, Path(__file__).parents[1] / "synthetic"):
    if str(folder) not in sys.path:
        sys.path.insert(0, str(folder))
