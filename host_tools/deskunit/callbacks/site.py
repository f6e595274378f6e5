"""The rules that a site's settings make for its callbacks; the logger, the page and the command line ask."""

from pathlib import Path

from deskunit import calendar, settings
from deskunit.callbacks.due import Rules
from deskunit.state_log.query import zone


def rules(site: settings.Settings, days: calendar.Calendar) -> Rules:
    """`days`: with the site's own. DeskunitError: unknown_zone."""
    chosen = site.callbacks
    return Rules(
        days,
        zone(site.zone),
        closing_time=chosen.closing_time,
        inquiry_h=chosen.inquiry_h,
        now_grace_s=chosen.now_grace_s,
        repeat_days=chosen.repeat_days,
    )


def rules_of(data_dir: Path) -> Rules:
    """As settings.toml and holidays.csv of that folder have it. DeskunitError: what is wrong in them."""
    site = settings.load(data_dir)
    own = calendar.load(data_dir / calendar.FILE_NAME)
    return rules(site, calendar.Calendar(site.site.country, own))
