"""What a first visit costs a reader who pays for each byte: all that is sent, as it is sent."""

import re
from pathlib import Path

import pytest

from tests.pages.rig import usd
from tests.pages.test_browser import PATHS

STORY_BYTES = 28_500
"""For the sixteen steps of the stories that ship, so that eighteen stay below 30,000."""
PAGE_BYTES = 20_000
STATIC = Path(__file__).parents[2] / "pages/static"
SCRIPT_BYTES = 1_750
"""Keys, fingers, links to each step, the way around the hard chapter, sharing."""


@pytest.fixture
def database_url(sqlite_url):
    """One engine: nothing here depends on it."""
    return sqlite_url


async def weight(world, path):
    """The page and each file that it loads, as they travel."""
    page = await world.get(path)
    assert page.status == 200
    files = {
        address.partition("#")[0] for address in page.addresses if address.startswith("/static/")
    }
    return sum([await sent(world, address) for address in (path, "/manifest.webmanifest", *files)])


async def sent(world, path):
    """So many bytes travel for *path*, its headers left out."""
    async with world.client.get(
        path, headers={"Accept-Encoding": "gzip"}, auto_decompress=False
    ) as response:
        assert response.headers["Content-Encoding"] == "gzip", path
        return len(await response.read())


@pytest.mark.parametrize("locale", ["en", "ar", "my", "km"])
async def test_a_first_visit_of_a_page_is_light(world, locale):
    await world.gift(usd(300))

    heavy = {}
    for path in PATHS:
        found = await weight(world, f"/{locale}{path}")
        if found > (STORY_BYTES if "/stories/" in path else PAGE_BYTES):
            heavy[path] = found

    assert heavy == {}


async def test_the_script_of_a_story_is_small_and_says_what_its_file_says(world):
    page = await world.get("/en/stories/mala")
    (path,) = re.findall(r'<script src="([^"]+)"', page.text)

    script = (await world.get(path)).text

    assert await sent(world, path) <= SCRIPT_BYTES
    assert "//" not in script
    assert script.splitlines() == [
        line.strip()
        for line in (STATIC / "story.js").read_text(encoding="utf-8").splitlines()
        if line.strip() and not line.strip().startswith("//")
    ]
