"""What the commands of `deskunit script` share: which library, and how its findings are said."""

import os
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from deskunit.cli.options import chosen_dir, word
from deskunit.errors import DeskunitError

if TYPE_CHECKING:
    from deskunit.scripts.findings import Finding
    from deskunit.scripts.library import Library
    from deskunit.settings import Site

Command = TypeVar("Command", bound=Callable[..., Any])


def folder_argument(command: Command) -> Command:
    """FOLDER, given to the command as `folder`, None if it was left out."""
    return click.argument(
        "folder", required=False, type=click.Path(path_type=Path), callback=chosen_dir
    )(command)


def opened(folder: Path | None, data_dir: Path) -> "Library":
    """The library in `folder`; else the site's own, else the one that comes with deskunit."""
    from deskunit.scripts.library import find_library, read_library

    return read_library(folder or find_library(data_dir))


def site_of(data_dir: Path) -> "Site":
    """What settings.toml of the data folder says of the site."""
    from deskunit import settings

    return settings.load(data_dir).site


def choices(
    library: "Library", languages: Iterable[str], flavour: str | None
) -> tuple[list[str], str]:
    """(languages asked for, flavour) by the library's names. DeskunitError: it has no such one.

    `flavour` None: the library's own.
    """
    head = library.head
    wanted = ["zh" if one == "zh-Hans" else one for one in languages]
    for one in wanted:
        if one not in head.languages:
            known = ", ".join(head.languages)
            raise DeskunitError("script_no_language", exit_code=2, found=one, known=known)
    chosen = flavour or head.flavour
    if chosen not in head.flavours:
        known = ", ".join(head.flavours)
        raise DeskunitError("script_no_flavour", exit_code=2, found=chosen, known=known)
    return wanted, chosen


def all_findings(library: "Library", site: "Site", fit: bool = True) -> "tuple[Finding, ...]":
    """Also those of the layout, which only a library without other errors can be asked for."""
    from deskunit.scripts.checks import findings_of

    found = findings_of(library, site)
    if not fit or has_errors(found):
        return found
    from deskunit.fleet import build_tree
    from deskunit.scripts.checks.fit import fit_findings
    from deskunit.scripts.layout import unit_layout

    with unit_layout(build_tree(), library, site) as layout:
        return (*found, *fit_findings(library, layout, site))


def has_errors(found: "Iterable[Finding]") -> bool:
    return any(one.severity == "error" for one in found)


def sentence(finding: "Finding", folder: Path) -> str:
    """file:line: severity: what. How to mend."""
    severity = word("script_error" if finding.severity == "error" else "script_warning")
    what = finding.what()
    said = what + ("" if what.endswith("。") else " ") + finding.mend()
    return f"{shown(folder / finding.file)}:{finding.line}: {severity}: {said}"


def shown(path: Path) -> str:
    """As short as it is from the folder where the person is."""
    try:
        near = os.path.relpath(path)
    except ValueError:  # another drive
        return str(path)
    return str(path) if near.startswith("..") else near
