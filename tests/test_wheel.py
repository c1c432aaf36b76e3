"""What is installed holds everything the program needs beside its modules."""

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def names(tmp_path_factory):
    """The names of all files in a wheel built of this checkout, without a network."""
    folder = tmp_path_factory.mktemp("wheel")
    subprocess.run(
        [
            sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation",
            "--disable-pip-version-check", "--wheel-dir", folder, ROOT,
        ],
        check=True, stdin=subprocess.DEVNULL,
    )  # fmt: skip
    (wheel,) = folder.iterdir()
    with zipfile.ZipFile(wheel) as packed:
        return set(packed.namelist())


@pytest.mark.parametrize(
    "pattern",
    [
        "locales/*/LC_MESSAGES/messages.po",
        "protection/gate/words/*.toml",
        "pages/templates/*.html",
        "pages/templates/desk/*.html",
        "pages/static/*",
        "sandbox/telegram/phone/*",
        "sandbox/stripe/checkout/*",
        "stories/packs/*/*.toml",
        "stories/icons/**/*.svg",
        "storage/migrations/**/*.py",
        "homeward/cli/*.py",
        "webhook.py",
    ],
)
def test_the_wheel_holds(names, pattern):
    wanted = {path.relative_to(ROOT).as_posix() for path in ROOT.glob(pattern)}

    assert wanted
    assert wanted <= names


def test_the_wheel_holds_the_compiled_catalogs(names):
    assert {"locales/en/LC_MESSAGES/messages.mo", "locales/ar/LC_MESSAGES/messages.mo"} <= names


def test_the_wheel_holds_licences_and_no_tests(names):
    assert any(name.endswith("licenses/LICENSE") for name in names)
    assert not any(name.startswith(("tests/", "benchmarks/", "docs/")) for name in names)
