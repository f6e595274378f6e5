"""The numbers that measures are taken by, as a site chose them. Pure data."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from deskunit.settings import Settings


@dataclass(frozen=True, slots=True)
class Limits:
    """Defaults are the HANDBOOK's; every one is a setting ([unit] or [measures])."""

    hold_max_s: int = 120
    wrap_up_s: int = 60
    remind_grace_s: int = 15
    sign_in_early_s: int = 300
    adherence_grace_s: int = 0
    overtime_counts: bool = True
    call_max_s: int = 14400

    @property
    def adherence_key(self) -> str:
        """The key of the adherence that this site goes by."""
        return "adherence" if self.overtime_counts else "adherence_without_overtime"


def limits_of(settings: "Settings") -> Limits:
    """The limits of a site's settings."""
    chosen = settings.measures
    return Limits(
        hold_max_s=settings.unit["hold_max_s"],
        wrap_up_s=settings.unit["wrap_up_s"],
        remind_grace_s=chosen.remind_grace_s,
        sign_in_early_s=chosen.sign_in_early_s,
        adherence_grace_s=chosen.adherence_grace_s,
        overtime_counts=bool(chosen.overtime_counts),
        call_max_s=chosen.call_max_s,
    )
