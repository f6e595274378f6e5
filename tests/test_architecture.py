"""Who may import whom: parsed from the sources, so that a wrong import fails before a review."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
FIRMWARE = ROOT / "firmware"
BOARDS = ROOT / "boards"
HOST = ROOT / "host_tools" / "deskunit"
HARDWARE = {"machine", "framebuf", "esp32", "hw", "uctypes", "network", "bluetooth"}
DRIVERS = {"adafruit_ssd1306", "adafruit_bus_device", "ssd1306_windowed"}
# From the bottom up; a module imports its own layer and those below it.
BOTTOM = {"words", "errors"}
MIDDLE = {"store", "wire", "port", "clock"}
TOP = {"cli", "__main__"}
# these, and whatever says of itself that it is
PURE = (
    *("wire.py", "intervals.py", "epochs.py", "daytime.py", "scripts/usage.py"),
    *(
        "transfer.py",
        "errands.py",
        "correction.py",
        "local_time.py",
        "states.py",
        "reasons.py",
        "setting_ranges.py",
    ),
    *(f"state_log/{name}.py" for name in ("piece", "days")),
    *(f"corrections/{name}.py" for name in ("rules", "rows", "orders")),
    *(f"measures/{name}.py" for name in ("adherence", "calls", "catalogue", "figures", "holds")),
    *(f"measures/{name}.py" for name in ("limits", "measuring", "moments", "period", "portions")),
    *(f"measures/{name}.py" for name in ("shifts", "sign_ins", "stretches", "tally", "targets")),
    *(
        f"queue_log/{name}.py"
        for name in (
            "row",
            "order",
            "seat",
            "writing",
            "visits",
            "figures",
            "people",
            "presses",
            "matching",
        )
    ),
    *(
        f"reports/{name}.py"
        for name in ("model", "material", "markup", "wall", "wording", "palette", "parts")
    ),
    *(f"reports/{name}.py" for name in ("timeline", "drawing", "fragments", "tables", "talks")),
    *(f"reports/{name}.py" for name in ("colophon", "laying", "counting", "noticing", "asking")),
    *(f"exports/{name}.py" for name in ("table", "times", "instants", "options", "meanings")),
    *(f"exports/{name}.py" for name in ("rendering", "asking", "xlsx/cells", "xlsx/parts")),
    *(f"callbacks/{name}.py" for name in ("kinds", "folding", "due", "fields", "actions")),
    *(
        f"callbacks/{name}.py"
        for name in ("conflicts", "masking", "repeats", "rows", "measures", "shaping", "orders")
    ),
)
REDUCERS = {"deskunit.callbacks.folding", "deskunit.callbacks.kinds"}  # pure, as intervals.py is
INPUT_OUTPUT = {
    *("socket", "threading", "subprocess", "os", "io", "time", "sqlite3", "sqlalchemy", "serial"),
    *("pathlib", "tempfile", "shutil", "asyncio", "select", "signal", "multiprocessing"),
}


def imports(path: Path) -> Iterator[str]:
    """Dotted names that a file imports, wherever in it."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"), str(path))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path} imports relatively"
            yield node.module or ""
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def roots(path: Path) -> set[str]:
    return {name.split(".")[0] for name in imports(path)}


def sources(folder: Path) -> list[Path]:
    found = sorted(folder.rglob("*.py"))
    assert found, f"nothing in {folder}"
    return found


def shown(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def part(path: Path) -> str:
    """The module or package of deskunit that a host file belongs to."""
    return path.relative_to(HOST).parts[0].removesuffix(".py")


def ours(path: Path) -> set[str]:
    """Parts of deskunit that a host file imports."""
    return {name.split(".")[1] for name in imports(path) if name.startswith("deskunit.")}


@pytest.mark.parametrize("path", sources(FIRMWARE / "unit"), ids=shown)
def test_the_logic_of_the_unit_imports_no_hardware(path: Path) -> None:
    assert not roots(path) & (HARDWARE | DRIVERS | {"board", "time", "deskunit"})
    of_micropython = {name for name in imports(path) if name.startswith("micropython.")}
    assert of_micropython <= {"micropython.const"}  # what the compiler reads, not the chip


@pytest.mark.parametrize("path", sources(FIRMWARE / "unit"), ids=shown)
def test_the_unit_imports_itself_and_what_micropython_has(path: Path) -> None:
    built_in = {"array", "binascii", "gc", "io", "json", "micropython", "struct", "sys"}
    # traceback is CPython's half of a try: MicroPython prints with sys.print_exception
    assert roots(path) <= {"unit", "traceback"} | built_in


def test_main_knows_board_and_app_only() -> None:
    assert set(imports(FIRMWARE / "main.py")) == {"board", "unit.app", "unit.app.App"}


@pytest.mark.parametrize("path", sorted(BOARDS.glob("*/board.py")), ids=shown)
def test_a_board_knows_hardware_and_no_logic(path: Path) -> None:
    assert not roots(path) & {"unit", "main", "deskunit"}


@pytest.mark.parametrize("path", sorted(BOARDS.glob("*/board.py")), ids=shown)
def test_a_board_offers_the_six_things(path: Path) -> None:
    offered = {
        name.id
        for node in ast.parse(path.read_text("utf-8")).body
        if isinstance(node, ast.Assign)
        for name in node.targets
        if isinstance(name, ast.Name) and name.id.islower()
    }
    assert offered == {"buttons", "canvas", "stream", "ticks_ms", "storage", "chip"}


@pytest.mark.parametrize("path", sources(HOST), ids=shown)
def test_the_host_does_not_import_the_firmware(path: Path) -> None:
    assert not roots(path) & ({"unit", "board", "main"} | HARDWARE | DRIVERS)


def test_one_module_imports_serial_and_one_package_the_database() -> None:
    serial = {part(path) for path in sources(HOST) if "serial" in roots(path)}
    database = {
        part(path) for path in sources(HOST) if roots(path) & {"sqlalchemy", "sqlite3", "psycopg"}
    }
    assert serial == {"port"}
    assert database == {"store"}


def say_pure() -> set[str]:
    """Host files whose head says "Pure", and not "Pure but …"."""
    files = {path.relative_to(HOST).as_posix(): path for path in sources(HOST)}
    heads = {
        name: ast.get_docstring(ast.parse(path.read_text("utf-8"))) or ""
        for name, path in files.items()
    }
    return {name for name, head in heads.items() if re.search(r"\bPure\b(?!\s+but)", head)}


@pytest.mark.parametrize("name", sorted({*PURE, *say_pure()}))
def test_the_pure_modules_do_no_io_and_ask_no_clock(name: str) -> None:
    assert not roots(HOST / name) & INPUT_OUTPUT
    assert not ours(HOST / name) & {"store", "port", "control", "logger", "virtual"}
    calls = {
        ast.unparse(n.func)
        for n in ast.walk(ast.parse((HOST / name).read_text("utf-8")))
        if isinstance(n, ast.Call)
    }
    assert not calls & {"open", "print", "input", "datetime.now", "datetime.utcnow"}


@pytest.mark.parametrize("path", [p for p in sources(HOST) if part(p) in BOTTOM], ids=shown)
def test_errors_and_words_stand_on_nothing(path: Path) -> None:
    assert ours(path) <= BOTTOM | {"words"}


@pytest.mark.parametrize("path", [p for p in sources(HOST) if part(p) in MIDDLE], ids=shown)
def test_store_wire_port_and_clock_know_no_feature(path: Path) -> None:
    values = {"correction", "events", "states", "reasons", "intervals", "epochs", "agents"}
    assert ours(path) - {"callbacks"} <= MIDDLE | BOTTOM | values | {part(path)}
    of_callbacks = {name for name in imports(path) if name.startswith("deskunit.callbacks")}
    assert {".".join(name.split(".")[:3]) for name in of_callbacks} <= REDUCERS


@pytest.mark.parametrize("path", [p for p in sources(HOST) if part(p) not in TOP], ids=shown)
def test_only_the_command_line_is_above_the_features(path: Path) -> None:
    assert "cli" not in ours(path)
    assert not roots(path) & {"click", "rich_click"}
