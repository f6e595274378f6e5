"""What is wrong with a script library as a whole; each module asks one kind of question."""

from deskunit.scripts.checks import sentences, structure, ways
from deskunit.scripts.filling import NO_SITE
from deskunit.scripts.findings import Finding, Findings
from deskunit.scripts.library import Library
from deskunit.settings import Site


def findings_of(library: Library, site: Site = NO_SITE) -> tuple[Finding, ...]:
    """All findings but those of the layout, which takes the unit's own code. Fast: a page may ask."""
    findings = Findings(list(library.mistakes))
    structure.check(library, findings)
    ways.check(library, findings)
    sentences.check(library, site, findings)
    return findings.ordered()


__all__ = ["findings_of"]
