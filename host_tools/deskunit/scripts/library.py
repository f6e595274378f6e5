"""A script library: a folder of TOML files that a team leader writes (docs/scripts.md).

`read_library` reads all of it and collects what is wrong with single fields; what is wrong with the whole
is told by checks/.
"""

import shutil
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from deskunit.errors import DeskunitError
from deskunit.scripts.findings import Finding, Findings
from deskunit.scripts.forbidden import Phrases, read_phrases
from deskunit.scripts.reading import LANGUAGES, Table, Texts, read_toml
from deskunit.scripts.scenario import CALLBACKS, Scenario, read_scenario

DEFAULT = Path(__file__).parent / "library"
FOLDER_NAME = "library"  # of a site's own, in the data folder
HEAD, STATES, FORBIDDEN, SCENARIOS = "library.toml", "states.toml", "forbidden.toml", "scenarios"
STATE_NAMES = (
    *("hold_consent", "hold_wait", "hold_remind", "hold_back"),
    *("wrap_up", "not_ready", "idle"),
)
VERSION = r"[A-Za-z0-9.-]{1,16}"
GROUP_ID = r"[a-z][a-z0-9_]{0,15}"


@dataclass(frozen=True)
class Group:
    id: str
    title: Texts
    line: int


@dataclass(frozen=True)
class Head:
    """library.toml. `read` False: it could not be, and these are defaults."""

    name: str = ""
    version: str = ""
    license: str = ""
    languages: tuple[str, ...] = LANGUAGES
    flavours: tuple[str, ...] = ()
    flavour: str = ""
    pages_max: int = 3
    groups: tuple[Group, ...] = ()
    company: Texts = field(default_factory=lambda: Texts(1))
    hotline: Texts = field(default_factory=lambda: Texts(1))
    promises: Mapping[str, Texts] = field(default_factory=dict)
    longest: Mapping[str, Texts] = field(default_factory=dict)
    read: bool = False


@dataclass(frozen=True)
class Library:
    """What was read; parts that could not be read are not in it, but among the `mistakes`.

    `states`: {state: sentence}.
    """

    folder: Path
    head: Head
    states: Mapping[str, Texts]
    scenarios: tuple[Scenario, ...]
    phrases: Phrases
    mistakes: tuple[Finding, ...] = ()

    def in_flavour(self, flavour: str) -> list[Scenario]:
        """The scenarios of a pack, in the order of the menu."""
        chosen = [one for one in self.scenarios if one.in_flavour(flavour)]
        return sorted(chosen, key=lambda one: (one.order, one.id))


def find_library(data_dir: Path) -> Path:
    """The site's own library in the data folder if there is one, else the one that comes with deskunit."""
    own = data_dir / FOLDER_NAME
    return own if own.is_dir() else DEFAULT


def read_library(folder: Path) -> Library:
    """The library in `folder`, with what is wrong with its fields. DeskunitError: there is no such folder."""
    if folder.is_file():
        raise DeskunitError("script_file", exit_code=2, file=folder)
    if not folder.is_dir():
        raise DeskunitError("script_no_folder", folder=folder)
    findings = Findings()
    head = _head(folder, findings)
    states = _states(folder, findings)
    phrases = read_phrases(read_toml(folder, FORBIDDEN, findings))
    scenarios = [_scenario(folder, name, head, findings) for name in _names(folder, findings)]
    whole = tuple(one for one in scenarios if one is not None)
    return Library(folder, head, states, whole, phrases, tuple(findings.found))


def _names(folder: Path, findings: Findings) -> list[str]:
    """The scenario files; others in their folder are told, hidden ones passed over."""
    inside = folder / SCENARIOS
    found = sorted(path.name for path in inside.iterdir()) if inside.is_dir() else []
    shown = [name for name in found if not name.startswith(".")]
    for name in shown:
        if not name.endswith(".toml"):
            findings.warning(f"{SCENARIOS}/{name}", 1, "not_read")
    names = [f"{SCENARIOS}/{name}" for name in shown if name.endswith(".toml")]
    if not names:
        findings.error(SCENARIOS, 1, "no_scenarios")
    return names


def _scenario(folder: Path, name: str, head: Head, findings: Findings) -> Scenario | None:
    table = read_toml(folder, name, findings)
    return None if table is None else read_scenario(table, head.flavours)


def _states(folder: Path, findings: Findings) -> dict[str, Texts]:
    table = read_toml(folder, STATES, findings)
    if table is None:
        return {}
    found = {}
    for state in STATE_NAMES:
        inner = table.table(state, required=True)
        say = None if inner is None else inner.texts("say")
        if inner is not None:
            inner.done()
        if say is not None:
            found[state] = say
    table.done()
    return found


def _head(folder: Path, findings: Findings) -> Head:
    table = read_toml(folder, HEAD, findings)
    if table is None:
        return Head()
    if table.number("format", 1, 1, 0) == 0 and not table.has("format"):
        table.error("format", "missing_field", field="format")
    languages = table.choices("languages", (*LANGUAGES, "zh-Hans"))
    flavours = _flavours(table)
    head = Head(
        name=table.text("name") or "",
        version=table.matching("version", VERSION, "wanted_version") or "",
        license=table.text("license") or "",
        languages=tuple(dict.fromkeys("zh" if one == "zh-Hans" else one for one in languages))
        or LANGUAGES,
        flavours=flavours,
        flavour=table.choice("flavour", flavours) or (flavours[0] if flavours else ""),
        pages_max=table.number("pages_max", 1, 9, 3),
        groups=_groups(table),
        company=table.texts("company") or Texts(1),
        hotline=table.texts("hotline") or Texts(1),
        promises=_by_name(table, "promise", CALLBACKS),
        longest=_by_name(table, "longest", ("agent", "name", "caller", "seat")),
        read=True,
    )
    table.done()
    return head


def _flavours(table: Table) -> tuple[str, ...]:
    found = table.choices("flavours", ())
    if not found:
        table.error("flavours", "missing_field", field="flavours")
    return found


def _groups(table: Table) -> tuple[Group, ...]:
    groups = []
    for inner in table.tables("group"):
        name = inner.matching("id", GROUP_ID, "wanted_group_id")
        title = inner.texts("title")
        inner.done()
        if name is not None and title is not None:
            groups.append(Group(name, title, inner.line))
    if not groups:
        table.error("group", "missing_field", field="group")
    return tuple(groups)


def _by_name(table: Table, name: str, known: tuple[str, ...]) -> dict[str, Texts]:
    """{key: its texts} of the tables [name.key]."""
    outer = table.table(name)
    if outer is None:
        return {}
    found = {key: outer.texts(key, required=False) for key in known}
    outer.done()
    return {key: texts for key, texts in found.items() if texts is not None}


def copy_library(source: Path, folder: Path) -> None:
    """Copy a library to `folder`, a new or an empty one. DeskunitError: it is not, or cannot be written."""
    try:
        if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
            raise DeskunitError("script_not_empty", folder=folder)
        shutil.copytree(
            source, folder, dirs_exist_ok=True, ignore=shutil.ignore_patterns("__pycache__", ".*"),
            copy_function=shutil.copyfile,
        )  # fmt: skip
    except (OSError, shutil.Error) as error:
        why = getattr(error, "strerror", None) or str(error)
        raise DeskunitError("out_unwritable", file=folder, why=why) from error
