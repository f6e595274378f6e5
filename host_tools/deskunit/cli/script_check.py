"""`deskunit script check`: everything that is wrong with a library, a line each."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from deskunit.cli.help import Command
from deskunit.cli.options import data_option, json_option, print_json, say, word
from deskunit.cli.script_library import (
    all_findings,
    folder_argument,
    has_errors,
    opened,
    sentence,
    shown,
    site_of,
)

if TYPE_CHECKING:
    from deskunit.scripts.findings import Finding
    from deskunit.scripts.library import Library


@click.command(cls=Command, help=word("script_check_help"))
@folder_argument
@click.option("--strict", is_flag=True, help=word("opt_strict"))
@click.option("--no-fit", is_flag=True, help=word("opt_no_fit"))
@json_option
@data_option
def check(folder: Path | None, strict: bool, no_fit: bool, as_json: bool, data_dir: Path) -> None:
    library = opened(folder, data_dir)
    found = all_findings(library, site_of(data_dir), not no_fit)
    if as_json:
        print_json(_document(library, found))
    else:
        _print(library, found, not no_fit)
    if has_errors(found) or (strict and found):
        sys.exit(1)


def _print(library: "Library", found: "tuple[Finding, ...]", fit: bool) -> None:
    for finding in found:
        click.echo(sentence(finding, library.folder))
    counts = {f"{kind}s": _count(found, kind) for kind in ("error", "warning")}
    say("script_summary", folder=shown(library.folder), **_sizes(library), **counts)
    if fit and has_errors(found):
        say("script_fit_later")


def _document(library: "Library", found: "tuple[Finding, ...]") -> dict[str, object]:
    return {
        "folder": str(library.folder),
        "name": library.head.name,
        "version": library.head.version,
        **_sizes(library),
        "errors": _count(found, "error"),
        "warnings": _count(found, "warning"),
        "findings": [
            {
                "file": one.file,
                "line": one.line,
                "severity": one.severity,
                "key": one.key,
                "what": one.what(),
                "mend": one.mend(),
            }
            for one in found
        ],
    }


def _sizes(library: "Library") -> dict[str, int]:
    from deskunit.scripts import sentences

    return {
        "scenarios": len(library.scenarios),
        "prompts": len(list(sentences.said(library))),
        "languages": len(library.head.languages),
    }


def _count(found: "tuple[Finding, ...]", severity: str) -> int:
    return sum(one.severity == severity for one in found)
