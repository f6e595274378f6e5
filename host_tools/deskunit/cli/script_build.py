"""`deskunit script build`: the packs of a library, one a language, with their licences beside them."""

import sys
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from deskunit.cli.help import Command
from deskunit.cli.options import data_option, json_option, print_json, say, word
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
from deskunit.cli.table import Column, print_table

if TYPE_CHECKING:
    from deskunit.scripts.library import Library
    from deskunit.scripts.packs import About
    from deskunit.settings import Site


@click.command(cls=Command, help=word("script_build_help"))
@folder_argument
@click.option("--lang", "languages", multiple=True, metavar="LANG", help=word("opt_lang"))
@click.option("--flavour", metavar="NAME", help=word("opt_flavour"))
@click.option("--large/--no-large", default=True, help=word("opt_large"))
@click.option(
    "--out", default=Path("packs"), type=click.Path(path_type=Path), metavar="DIR",
    help=word("opt_packs_out"),
)  # fmt: skip
@json_option
@data_option
def build(
    folder: Path | None,
    languages: tuple[str, ...],
    flavour: str | None,
    large: bool,
    out: Path,
    as_json: bool,
    data_dir: Path,
) -> None:
    from deskunit.scripts.compiler import packs_of, write
    from deskunit.scripts.packs import about

    library, site = opened(folder, data_dir), site_of(data_dir)
    _refuse_errors(library, site)
    wanted, chosen = choices(library, languages, flavour or site.flavour)
    contents = packs_of(library, languages=wanted, flavour=chosen, site=site, large=large)
    write(contents, out)
    made = {name: about(one) for name, one in contents.items() if name.endswith(".pack")}
    if as_json:
        print_json([{"file": str(out / name), **one.as_json()} for name, one in made.items()])
        return
    _print(made)
    head = library.head
    say("script_built", folder=shown(out), name=head.name, version=head.version, flavour=chosen)


def packs_of_folder(
    folder: Path | None, data_dir: Path, languages: Iterable[str], *, large: bool, extra_text: str
) -> dict[str, bytes]:
    """{file name: content} of the checked library in `folder`, to be sent."""
    from deskunit.scripts.compiler import packs_of

    library, site = opened(folder, data_dir), site_of(data_dir)
    _refuse_errors(library, site)
    wanted, flavour = choices(library, languages, site.flavour)
    return packs_of(
        library,
        languages=wanted,
        flavour=flavour,
        site=site,
        large=large,
        extra_text=extra_text,
    )


def _refuse_errors(library: "Library", site: "Site") -> None:
    found = all_findings(library, site)
    for finding in found:
        click.echo(sentence(finding, library.folder), err=True)
    if has_errors(found):
        say("script_not_built")
        sys.exit(1)


def _print(made: "dict[str, About]") -> None:
    left = [Column(word("pack_file"))]
    heads = ("pack_size", "pack_glyphs", "pack_large", "pack_prompts")
    figures = [Column(word(head), right=True) for head in heads]
    rows = [
        [name, *map(str, (one.size, one.glyphs, one.large, one.prompts)), one.checksum]
        for name, one in made.items()
    ]
    print_table([*left, *figures, Column(word("pack_crc"))], rows)
