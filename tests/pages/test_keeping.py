"""A page is made once and handed out as long as nothing was committed; never longer."""

import asyncio
import datetime as dt

import pytest
import structlog
from aiohttp import web

from pages.keeping import LASTS, Keeping
from pages.printed import Printed
from services import recalling
from services.house import House
from services.staff import Role
from storage.database import Database
from tests.pages.rig import usd
from tests.staff import a_member

NOW = dt.datetime(2026, 11, 23, 12, tzinfo=dt.UTC)


class Shelf:
    """Pages, a mark that a test changes, and how often a page was made."""

    def __init__(self):
        self.mark = 1
        self.now = NOW
        self.made = 0
        self.keeping = Keeping(self._mark, lambda: self.now)

    async def _mark(self):
        return self.mark

    async def make(self):
        self.made += 1
        return Printed(200, (), str(self.mark).encode(), b"")

    async def get(self, key="page"):
        return int((await self.keeping.get(key, self.make)).before)


@pytest.fixture
def shelf():
    return Shelf()


async def test_as_long_as_nothing_is_committed_a_page_is_made_once(shelf):
    seen = [await shelf.get() for _ in range(5)]

    assert (seen, shelf.made) == ([1] * 5, 1)


async def test_whatever_is_committed_the_next_reader_sees(shelf):
    before = await shelf.get(), await shelf.get("other")
    shelf.mark = 2

    assert (before, await shelf.get(), await shelf.get("other")) == ((1, 1), 2, 2)


async def test_nothing_is_kept_longer_than_a_consent_may_have_ended(shelf):
    await shelf.get()

    shelf.now += LASTS
    await shelf.get()

    assert shelf.made == 2


async def test_a_clock_that_goes_back_keeps_nothing(shelf):
    await shelf.get()

    shelf.now -= dt.timedelta(hours=1)
    await shelf.get()

    assert shelf.made == 2


async def test_without_a_mark_nothing_is_kept(shelf):
    shelf.mark = None
    shelf.make = lambda: _page(b"5")

    pages = [await shelf.keeping.get("page", shelf.make) for _ in range(2)]

    assert pages[0] is not pages[1]


async def _page(body):
    return Printed(200, (), body, b"")


async def test_a_page_that_was_looked_at_before_a_commit_is_not_kept_for_after(shelf):
    go = asyncio.Event()

    async def slowly():
        seen = shelf.mark
        await go.wait()
        return Printed(200, (), str(seen).encode(), b"")

    early = asyncio.create_task(shelf.keeping.get("page", slowly))
    await asyncio.sleep(0.01)
    shelf.mark = 2
    assert await shelf.get("other") == 2
    go.set()

    assert (await early).before == b"1"
    assert await shelf.get() == 2


async def test_what_failed_is_not_kept(shelf):
    async def gone():
        raise web.HTTPGone

    with pytest.raises(web.HTTPGone):
        await shelf.keeping.get("page", gone)

    assert await shelf.get() == 1


async def test_more_than_there_is_room_for_is_made_anew(shelf, monkeypatch):
    monkeypatch.setattr("pages.keeping.MOST_BYTES", 4)
    for key in ("a", "b", "c", "a", "b", "c"):
        await shelf.get(key)

    assert shelf.made == 3 + 1


async def test_a_recall_by_another_process_hides_the_story_with_its_commit(world):
    """The other process has a connection to the same database, and shares nothing else."""
    async with world.house.write() as connection:
        await a_member(connection, "anybody", Role.FINANCE)
    other = Database.open(world.house.database.address.render_as_string(hide_password=False))
    elsewhere = House(
        other, world.house.seal, world.house.shelf, "Safe Harbour", "", clock=world.house.clock
    )
    paths = ("/en/", "/en/stories/mala", "/en/ledger", "/en/ledger/mala")
    before = [(await world.get(path)).status for path in paths for _ in range(2)]

    await recalling.recall(elsewhere, "mala", by="anybody")
    after = {path: await world.get(path) for path in paths}
    await other.close()

    assert before == [200] * 8
    assert [answer.status for answer in after.values()] == [200, 410, 200, 404]
    assert [path for path, answer in after.items() if "Mala" in answer.text] == []


async def test_a_story_whose_consent_ends_is_shown_no_longer(world):
    case = await world.case()
    ends = int((world.now + dt.timedelta(minutes=1)).timestamp())
    async with world.house.write() as connection:
        await connection.exec_driver_sql(
            f"UPDATE consent SET valid_until = {ends} WHERE case_id = {case.id}"
        )
    before = [(await world.get("/en/stories/mala")).status for _ in range(2)]

    world.now += dt.timedelta(minutes=1)

    assert before == [200, 200]
    assert (await world.get("/en/stories/mala")).status == 404


async def test_a_gift_changes_the_next_page(world):
    first = await world.get("/en/ledger")
    await world.gift(usd(30))

    assert "Given by donors 30 USD" not in first.words
    assert "Given by donors 30 USD" in (await world.get("/en/ledger")).words


@pytest.mark.parametrize("path", ["/en/", "/en/ledger", "/en/ledger/mala", "/en/ledger.json"])
async def test_who_has_the_page_already_is_told_so_until_it_changes(world, path):
    seen = await world.get(path)
    known = {"If-None-Match": f'W/"another", {seen.headers["ETag"]}'}

    again = await world.get(path, headers=known)
    await world.gift(usd(30))
    changed = await world.get(path, headers=known)

    assert (again.status, again.text) == (304, "")
    assert again.headers["ETag"] == seen.headers["ETag"]
    assert "Content-Security-Policy" in again.headers
    assert changed.status == 200
    assert changed.headers["ETag"] != seen.headers["ETag"]


async def test_a_page_with_a_form_has_no_tag(world):
    """Who showed it from memory would send the form that somebody sent before."""
    assert "ETag" not in (await world.get("/en/stories/mala")).headers


async def test_two_campaigns_never_share_a_page(world):
    one, other, none = [
        await world.get(f"/en/stories/mala{query}") for query in ("?c=one", "?c=other", "")
    ]

    assert ('value="one"' in one.text, 'value="other"' in other.text) == (True, True)
    assert 'name="c"' not in none.text


async def test_a_line_is_written_for_each_look_and_not_for_each_reader(world):
    with structlog.testing.capture_logs() as logged:
        for _ in range(3):
            await world.get("/en/stories/mala")

    answered = [each for each in logged if each["event"] == "page_answered"]
    assert [each["route"] for each in answered] == ["/{locale}/stories/{slug}"]
