"""
The style sheet, the script, the icons and the mark: a name with a hash each, so that they are kept
for good.

The colours of the chapters are those of the cards in the chat, taken from the same table.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, fields
from functools import cache, lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import Self

from aiohttp import hdrs, web

from stories import icons
from stories.palette import PALETTES

_STATIC = Path(__file__).with_name("static")
_BITS = {name: bit for bit, name in enumerate(icons.VOCABULARY)}
_FOR_GOOD = "public, max-age=31536000, immutable"
_TYPES = {"css": "text/css", "js": "text/javascript", "svg": "image/svg+xml"}


@dataclass(frozen=True, slots=True)
class Asset:
    """One file. `name` is without the hash: `page.css`."""

    name: str
    content: bytes
    digest: str

    @property
    def path(self) -> str:
        """Where it is served; another content has another path."""
        stem, _, ending = self.name.rpartition(".")
        return f"/static/{stem}.{self.digest}.{ending}"


@dataclass(frozen=True, slots=True)
class Assets:
    """All files, read once."""

    _by_name: MappingProxyType[str, Asset]

    @classmethod
    def load(cls) -> Self:
        """Read and make them."""
        style = (_STATIC / "page.css").read_text(encoding="utf-8") + chapter_colours()
        contents = {
            "page.css": style.encode(),
            "story.js": bare((_STATIC / "story.js").read_text(encoding="utf-8")).encode(),
            "desk.css": (_STATIC / "desk.css").read_bytes(),
            "mark.svg": (_STATIC / "mark.svg").read_bytes(),
        }
        return cls(MappingProxyType({name: _asset(name, data) for name, data in contents.items()}))

    def path(self, name: str) -> str:
        """The address of the file *name*, with its hash."""
        return self._by_name[name].path

    def icons_path(self, names: Iterable[str]) -> str:
        """The address of a file with just these icons; the address itself says which they are."""
        wanted = sum(1 << _BITS[name] for name in set(names))
        return f"/static/icons-{wanted:x}.{_all_icons()}.svg"

    def answer(self, request: web.Request) -> web.Response:
        """
        Serve a file. A hash of another day gets today's content, not to be kept: a page that was
        loaded before an upgrade is still dressed.
        """
        stem, digest, ending = (request.match_info[part] for part in ("stem", "digest", "ending"))
        kind, _, wanted = stem.partition("-")
        asset = _some_icons(int(wanted, 16)) if wanted else self._by_name.get(f"{kind}.{ending}")
        if asset is None:
            raise web.HTTPNotFound
        response = web.Response(body=asset.content, content_type=_TYPES[ending], charset="utf-8")
        response.headers[hdrs.CACHE_CONTROL] = _FOR_GOOD if digest == asset.digest else "no-cache"
        response.enable_compression()
        return response


def bare(script: str) -> str:
    """
    *script* without what only its authors read: lines of comment, and the room before a line.

    It is no minifier: names stay, and a line stays a line. Nothing in a script may reach over two
    lines that is a text.
    """
    lines = (line.strip() for line in script.splitlines())
    return "\n".join(line for line in lines if line and not line.startswith("//"))


def chapter_colours() -> str:
    """CSS custom properties for each chapter: `.ch-before{--sky-top:#...;...}`."""
    return "".join(
        f".ch-{chapter}{{"
        + ";".join(
            f"--{field.name.replace('_', '-')}:{getattr(palette, field.name)}"
            for field in fields(palette)
        )
        + "}\n"
        for chapter, palette in PALETTES.items()
    )


@lru_cache(maxsize=256)
def _some_icons(wanted: int) -> Asset | None:
    """The icons whose bits are set; None if that is none or more than there are."""
    names = frozenset(name for name, bit in _BITS.items() if wanted >> bit & 1)
    if not names or wanted >> len(_BITS):
        return None
    return Asset("icons.svg", icons.sprite(names).encode(), _all_icons())


@cache
def _all_icons() -> str:
    """A hash of all drawings: when one of them changes, every file of icons has a new name."""
    return _asset("icons.svg", icons.sprite().encode()).digest


def _asset(name: str, content: bytes) -> Asset:
    return Asset(name, content, hashlib.sha256(content).hexdigest()[:16])
