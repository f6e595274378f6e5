"""What a layer of the fault suite did and what broke: counted figures, and a sentence for each failure.

Every layer has `run(seed, rounds) -> Report`; reports of parts that ran in several processes add up.
"""

from dataclasses import asdict, dataclass, field
from typing import Any

SHOWN = 20


@dataclass
class Report:
    """`figures`: name → how many. A figure whose name begins with `most_` is a maximum, not a sum."""

    layer: str
    seed: int
    figures: dict[str, float] = field(default_factory=dict)
    failures: list[str] = field(default_factory=list)
    seconds: float = 0.0

    def count(self, name: str, by: float = 1) -> None:
        self.figures[name] = self.figures.get(name, 0) + by

    def most(self, name: str, value: float) -> None:
        """Keep the highest `value` under most_`name`."""
        self.figures[f"most_{name}"] = max(value, self.figures.get(f"most_{name}", value))

    def fail(self, seed: object, sentence: str) -> None:
        """`seed`: what repeats it."""
        self.failures.append(f"{self.layer}, seed {seed}: {sentence}")

    def add(self, other: "Report") -> None:
        """The same layer's work elsewhere at the same time."""
        for name, value in other.figures.items():
            if name.startswith("most_"):
                self.most(name.removeprefix("most_"), value)
            else:
                self.count(name, value)
        self.failures += other.failures
        self.seconds = max(self.seconds, other.seconds)

    def line(self) -> str:
        """One line for a person."""
        figures = ", ".join(
            f"{name.replace('_', ' ')} {_shown(self.figures[name])}" for name in self.figures
        )
        verdict = "ok" if not self.failures else f"{len(self.failures)} FAILED"
        return f"{self.layer}: {verdict} in {self.seconds:.0f} s, seed {self.seed}: {figures}"

    def told(self) -> str:
        """The failures, at most twenty of them."""
        more = len(self.failures) - SHOWN
        return "\n".join([*self.failures[:SHOWN], *([f"… and {more} more"] if more > 0 else [])])

    def values(self) -> dict[str, Any]:
        """For JSON."""
        return asdict(self)


def _shown(value: float) -> str:
    return f"{value:,.0f}".replace(",", " ") if value == int(value) else f"{value:.2f}"
