"""A pack of one's own to spoil, and what every test of cards starts from."""

import shutil
from dataclasses import dataclass
from pathlib import Path

import pytest

from stories.pack import SHIPPED, Pack, load_pack
from tests.two_stories import two_packs


@dataclass(frozen=True)
class Folder:
    """A copy of a shipped pack that can be edited."""

    path: Path

    def replace(self, file: str, old: str, new: str) -> None:
        """Put *new* for the one *old* in *file*; it must be there, or the test tests nothing."""
        text = (self.path / file).read_text(encoding="utf-8")
        assert text.count(old) == 1, f"{file} holds {old!r} {text.count(old)} times"
        (self.path / file).write_text(text.replace(old, new), encoding="utf-8")


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    shutil.copytree(SHIPPED / "mala", tmp_path / "mala", ignore=_other_languages)
    return Folder(tmp_path / "mala")


def _other_languages(_folder: str, names: list[str]) -> list[str]:
    """All but what a pack has in every language, English and Arabic."""
    return [name for name in names if name not in ("story.toml", "en.toml", "ar.toml")]


@pytest.fixture(scope="session")
def mala() -> Pack:
    pack: Pack = two_packs()[1]
    return pack


@pytest.fixture(scope="session")
def arif() -> Pack:
    return load_pack(SHIPPED / "arif")
