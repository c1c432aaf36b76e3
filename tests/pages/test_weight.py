"""What a first visit costs a reader who pays for each byte: all that is sent, as it is sent."""

import pytest

from tests.pages.rig import usd
from tests.pages.test_browser import PATHS

STORY_BYTES = 28_500
"""For the sixteen steps of the stories that ship, so that eighteen stay below 30,000."""
PAGE_BYTES = 20_000


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
