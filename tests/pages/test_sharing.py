"""One look for all who ask at once: never older than the question, and each form its own."""

import asyncio
import gzip
import re
import zlib

import pytest
from aiohttp import web
from hypothesis import given
from hypothesis import strategies as st

from pages.printed import ONCE, Printed
from tests.pages.rig import usd
from values.sharing import Sharing


class Asked:
    """A thing that takes a while to look at, and counts the looks."""

    def __init__(self):
        self.now = 0
        self.looks = 0
        self.go = asyncio.Event()

    async def look(self):
        self.looks += 1
        seen = self.now
        await self.go.wait()
        return seen


async def test_who_asks_before_the_look_begins_shares_it():
    asked, sharing = Asked(), Sharing[int]()
    asked.go.set()

    seen = await asyncio.gather(*(sharing.get("page", asked.look) for _ in range(50)))

    assert seen == [0] * 50
    assert asked.looks == 1


async def test_who_asks_while_a_look_is_under_way_gets_a_later_one():
    asked, sharing = Asked(), Sharing[int]()
    early = asyncio.create_task(sharing.get("page", asked.look))
    await asyncio.sleep(0.01)
    asked.now = 1
    late = [asyncio.create_task(sharing.get("page", asked.look)) for _ in range(20)]
    await asyncio.sleep(0.01)

    asked.go.set()

    assert await early == 0
    assert await asyncio.gather(*late) == [1] * 20
    assert asked.looks == 2


async def test_different_pages_are_looked_at_apart():
    asked, sharing = Asked(), Sharing[int]()
    asked.go.set()

    await asyncio.gather(*(sharing.get(page, asked.look) for page in "ab"))

    assert asked.looks == 2


async def test_a_look_that_fails_fails_for_all_who_waited_and_for_nobody_later():
    sharing: Sharing[str] = Sharing()

    async def fail():
        raise web.HTTPNotFound

    async def work():
        return "there"

    told = await asyncio.gather(
        *(sharing.get("page", fail) for _ in range(3)), return_exceptions=True
    )

    assert [type(one) for one in told] == [web.HTTPNotFound] * 3
    assert await sharing.get("page", work) == "there"


async def test_who_goes_away_takes_nothing_from_the_others():
    asked, sharing = Asked(), Sharing[int]()
    first, second = (asyncio.create_task(sharing.get("page", asked.look)) for _ in range(2))
    await asyncio.sleep(0.01)
    first.cancel()

    asked.go.set()

    assert await second == 0


@given(st.binary(), st.binary(min_size=1), st.text(alphabet="ab-_", max_size=40))
def test_what_was_put_together_is_one_gzip_file(before, after, once):
    printed = Printed(200, (), before, after)

    whole = printed._gzip(once.encode())

    assert gzip.decompress(whole) == before + once.encode() + after
    one = zlib.decompressobj(zlib.MAX_WBITS | 16)
    one.decompress(whole)
    assert one.eof
    assert one.unused_data == b""


@pytest.mark.parametrize("encoding", ["gzip", "identity"])
async def test_two_readers_of_one_look_have_forms_of_their_own(world, encoding):
    pages = await asyncio.gather(
        *(world.get("/en/stories/mala", headers={"Accept-Encoding": encoding}) for _ in range(20))
    )

    assert len({page.hidden("request") for page in pages}) == 20
    assert len({re.sub(r'name="request" value="[^"]*"', "", page.text) for page in pages}) == 1
    assert all(page.headers["Vary"] == "Accept-Encoding" for page in pages)


async def test_what_changed_is_seen_by_the_next_reader(world, withdraw):
    before = await asyncio.gather(*(world.get("/en/stories/mala") for _ in range(5)))
    await world.gift(usd(300))
    funded = await asyncio.gather(*(world.get("/en/stories/mala") for _ in range(5)))
    await withdraw("en")
    await withdraw("ar")
    gone = await asyncio.gather(*(world.get("/en/stories/mala") for _ in range(5)))

    assert {page.status for page in before + funded} == {200}
    assert all("Funded: 0 USD of 1,500 USD" in page.words for page in before)
    assert all("Funded: 300 USD of 1,500 USD" in page.words for page in funded)
    assert {page.status for page in gone} == {404}


def test_a_page_without_a_place_that_differs_is_handed_out_as_it_is():
    response = web.Response(body=b"all of it")
    response[ONCE] = "not in it"
    printed = Printed.of(response)

    assert (printed.before, printed.after) == (b"all of it", b"")
