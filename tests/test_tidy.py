"""The habits of the house that a program can check. Each message says what to do."""

import ast
import re
import subprocess
import tomllib
from pathlib import Path

import pytest
from importlinter.cli import EXIT_STATUS_SUCCESS, lint_imports

ROOT = Path(__file__).parents[1]
LONGEST_FUNCTION = 70
LONGEST_FILE = 500


def files(*patterns):
    """The files git knows, and new ones it does not ignore."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "--", *patterns],
        cwd=ROOT, capture_output=True, text=True, check=True,
    ).stdout.split("\n")  # fmt: skip
    return [ROOT / name for name in listed if name and (ROOT / name).is_file()]


SOURCES = files("*.py")
ROOMS = [path for path in SOURCES if path.relative_to(ROOT).parts[0] != "tests"]


def trees(paths):
    for path in paths:
        yield path.relative_to(ROOT), ast.parse(path.read_text(encoding="utf-8"))


def imported(tree):
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module


def test_the_tidy_tests_look_at_something():
    assert len(ROOMS) > 100


def test_every_arrow_between_rooms_is_allowed(monkeypatch, capsys):
    monkeypatch.chdir(ROOT)

    status = lint_imports(no_cache=True)

    assert status == EXIT_STATUS_SUCCESS, capsys.readouterr().out


def test_package_inits_are_empty():
    full = [path for path in ROOMS if path.name == "__init__.py" and path.read_text().strip()]

    assert full == [], "an import hidden in __init__.py escapes the contracts; move it to a module"


def test_webhook_imports_only_homeward_and_nobody_imports_webhook():
    (_, entry), *_ = trees([ROOT / "webhook.py"])

    strangers = [name for name in imported(entry) if name.split(".")[0] != "homeward"]
    importers = [name for name, tree in trees(SOURCES) if "webhook" in imported(tree)]

    assert strangers == [], "webhook.py is an entry without logic; put it into homeward"
    assert importers == [], "nobody imports the entry; import from homeward"


def test_only_the_sandbox_is_loaded_by_the_demo_alone():
    importers = {
        name.as_posix()
        for name, tree in trees(ROOMS)
        if any(module.split(".")[0] == "sandbox" for module in imported(tree))
        and name.parts[0] not in ("sandbox", "benchmarks")
    }

    assert importers <= {"homeward/demo.py"}


def test_a_function_fits_on_a_screen():
    long = [
        f"{name}:{node.lineno} {node.name}"
        for name, tree in trees(SOURCES)
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and (node.end_lineno or 0) - node.lineno >= LONGEST_FUNCTION
    ]

    assert long == [], f"more than {LONGEST_FUNCTION} lines; take out a step with a name"


def test_a_file_is_one_idea():
    long = [
        path.relative_to(ROOT).as_posix()
        for path in SOURCES
        if len(path.read_text(encoding="utf-8").splitlines()) > LONGEST_FILE
    ]

    assert long == [], f"more than {LONGEST_FILE} lines; split by idea"


def test_public_functions_and_classes_say_what_they_are():
    silent = [
        f"{name}:{node.lineno} {node.name}"
        for name, tree in trees(ROOMS)
        if "versions" not in name.parts
        for node in tree.body
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)
        and not node.name.startswith("_")
        and not ast.get_docstring(node)
    ]

    assert silent == [], "write a docstring: shapes, units, None, errors, source"


def test_nothing_is_left_open():
    mark = re.compile(r"TO" r"DO|FIX" r"ME|NotImplemented" r"Error|pragma: no " r"cover")

    open_ends = [
        path.relative_to(ROOT).as_posix()
        for path in files("*.py", "*.js", "*.html", "*.css")
        if mark.search(path.read_text(encoding="utf-8"))
    ]

    assert open_ends == [], "finish it, or take it out"


@pytest.mark.parametrize("name", ["requirements.txt", "requirements-dev.txt"])
def test_requirements_are_pinned_with_hashes_and_name_no_registry(name):
    text = (ROOT / name).read_text()

    pins = re.findall(r"^[a-z0-9][^\s;]*==", text, re.MULTILINE)
    assert len(pins) > 30
    assert "://" not in text, "make requirements"
    for block in re.split(r"\n(?=[a-z0-9])", text)[1:]:
        assert "--hash=sha256:" in block, block.splitlines()[0]


def test_the_pinned_requirements_hold_everything_that_is_declared():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    lines = project["dependencies"] + [
        line for extra in project["optional-dependencies"].values() for line in extra
    ]
    declared = [re.split(r"[^A-Za-z0-9._-]", line)[0].casefold() for line in lines]
    pinned = re.findall(
        r"^([a-z0-9._-]+)(?:\[.*\])?==", (ROOT / "requirements-dev.txt").read_text(), re.M
    )

    missing = set(declared) - set(pinned)

    assert missing == set(), "make requirements"


def test_no_file_holds_a_path_of_a_machine_or_the_address_of_a_registry():
    held = re.compile(r"/(?:root|home/\w+|work)/|/simp" r"le/|\.w" r"hl\b|/-/[a-z0-9-]+\.tg" r"z")

    found = [
        path.relative_to(ROOT).as_posix()
        for path in files()
        if path.suffix not in (".png", ".mo", ".po")
        and path.name != "test_tidy.py"
        and held.search(path.read_text(encoding="utf-8", errors="replace"))
    ]

    assert found == []
