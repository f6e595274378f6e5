"""`deskunit script preview`: every screen of a library as pictures and as a page, one scenario as a film."""

import sys
from pathlib import Path

import click

from deskunit.cli.help import Command
from deskunit.cli.options import data_option, say, word
from deskunit.cli.script_library import (
    all_findings,
    choices,
    folder_argument,
    has_errors,
    opened,
    sentence,
    shown,
    site_of,
)


@click.command(cls=Command, help=word("script_preview_help"))
@folder_argument
@click.option("--lang", "languages", multiple=True, metavar="LANG", help=word("opt_lang"))
@click.option("--flavour", metavar="NAME", help=word("opt_flavour"))
@click.option("--large", is_flag=True, help=word("opt_preview_large"))
@click.option("--scenario", metavar="ID", help=word("opt_scenario"))
@click.option(
    "--out", default=Path("preview"), type=click.Path(path_type=Path), metavar="DIR",
    help=word("opt_preview_out"),
)  # fmt: skip
@data_option
def preview(
    folder: Path | None,
    languages: tuple[str, ...],
    flavour: str | None,
    large: bool,
    scenario: str | None,
    out: Path,
    data_dir: Path,
) -> None:
    from deskunit.exports import terminal_progress
    from deskunit.fleet import build_tree
    from deskunit.preview.making import previewed
    from deskunit.scripts.compiler import write

    library, site = opened(folder, data_dir), site_of(data_dir)
    found = all_findings(library, site, fit=False)
    if has_errors(found):
        for finding in found:
            click.echo(sentence(finding, library.folder), err=True)
        say("script_not_built")
        sys.exit(1)
    wanted, chosen = choices(library, languages, flavour or site.flavour)
    with terminal_progress(word("previewing")) as progress:
        contents = previewed(
            library, build_tree(), languages=wanted, flavour=chosen, site=site, large=large,
            scenario=scenario, findings=found, progress=progress,
        )  # fmt: skip
    write(contents, out)
    for name in contents:
        click.echo(str(shown(out / name)))
