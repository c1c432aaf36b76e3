"""The feed says that there is news and not which; who has copied it has copied nothing."""

import datetime as dt
import re
from itertools import count
from xml.etree import ElementTree as ET

import pytest

from services import recalling
from services.staff import Role
from storage import stories, updates
from storage.stories import Consent
from stories.milestones import VOCABULARY
from tests.pages.atom import ATOM, faults
from tests.pages.rig import NOW
from tests.staff import a_member

_numbers = count(1)


@pytest.fixture
async def newsroom(world):
    """Tell of a milestone of a plan; consents first."""
    async with world.house.write() as connection:
        author = await a_member(connection, "author", Role.CASE_OFFICER)
        decider = await a_member(connection, "decider", Role.CASE_OFFICER)
        for slug in ("mala", "arif"):
            await _consent(connection, (await world.case(slug)).id, "en", author)

    async def tell(slug="mala", month="2026-09", public_from=NOW - dt.timedelta(days=10)):
        case = await world.case(slug)
        async with world.house.write() as connection:
            seal = world.house.seal
            update_id = await updates.add(
                connection, seal, case_id=case.id, milestone="job_found", month=month,
                notes={"en": "Mala has work again."}, author_id=author, now=NOW,
                content_sha256=next(_numbers).to_bytes(32),
            )  # fmt: skip
            update = await updates.by_id(connection, seal, update_id)
            assert update is not None
            await updates.decide(
                connection, update, decider_id=decider, public_from=public_from, now=NOW
            )
        return update_id

    return tell


async def _consent(connection, case_id, locale, witness):
    given = Consent("publish_updates", "web", locale, NOW, NOW + dt.timedelta(days=99), None)
    await stories.add_consent(connection, case_id, given, witness_id=witness)


async def recall(world, slug):
    async with world.house.write() as connection:
        await a_member(connection, "anybody", Role.FINANCE)
    await recalling.recall(world.house, slug, by="anybody")


def entries(answer):
    return ET.fromstring(answer.text).findall(f"{ATOM}entry")  # noqa: S314 - our own


async def test_a_feed_is_what_feed_readers_expect(world, newsroom):
    await newsroom()
    await newsroom("arif")
    code = (await world.case()).code

    for path in ("/en/feed.xml", f"/en/feed/{code}.xml", "/ar/feed.xml"):
        answer = await world.get(path)
        assert answer.status == 200
        assert answer.headers["Content-Type"] == "application/atom+xml; charset=utf-8"
        assert faults(answer.text) == [], path


def test_what_is_no_feed_is_found():
    broken = (
        '<feed xmlns="http://www.w3.org/2005/Atom"><id>x</id><entry><title> </title></entry></feed>'
    )

    assert "feed: the id is no IRI" in faults(broken)
    assert "entry 0: no title" in faults(broken)
    assert "entry 0: nobody wrote it" in faults(broken)


async def test_an_entry_tells_that_there_is_news_and_the_month_and_nothing_else(world, newsroom):
    await newsroom()
    code = (await world.case()).code

    answer = await world.get("/en/feed.xml")
    (entry,) = entries(answer)

    assert entry.findtext(f"{ATOM}title") == "There is news. Open the page."
    assert entry.findtext(f"{ATOM}summary") == "September 2026"
    assert entry.findtext(f"{ATOM}updated") == "2026-11-01T00:00:00Z"
    assert entry.find(f"{ATOM}link").get("href") == f"http://page.example/en/news/{code}"
    for told in ("Mala", "mala", "work", *VOCABULARY):
        assert told not in answer.text


async def test_all_kinds_of_news_look_alike_and_each_is_told_apart(world, newsroom):
    for _ in range(2):
        await newsroom()

    first, second = entries(await world.get("/en/feed.xml"))
    again = entries(await world.get("/en/feed.xml"))

    names = [entry.findtext(f"{ATOM}id") for entry in (first, second)]
    assert len(set(names)) == 2
    assert [entry.findtext(f"{ATOM}id") for entry in again] == names
    assert all(re.fullmatch(r"urn:uuid:[0-9a-f-]{36}", name) for name in names)


async def test_the_feed_of_a_plan_has_its_news_alone(world, newsroom):
    await newsroom()
    await newsroom("arif")
    code = (await world.case()).code

    assert len(entries(await world.get("/en/feed.xml"))) == 2
    assert len(entries(await world.get(f"/en/feed/{code}.xml"))) == 1
    assert (await world.get("/en/feed/nosuchcode.xml")).status == 404


async def test_a_recall_empties_it_and_says_nothing(world, newsroom):
    await newsroom()
    await newsroom("arif")
    code = (await world.case()).code
    await world.get("/en/feed.xml")

    await recall(world, "mala")
    everything, own = await world.get("/en/feed.xml"), await world.get(f"/en/feed/{code}.xml")

    assert len(entries(everything)) == 1
    assert code not in everything.text
    assert (own.status, entries(own), faults(own.text)) == (200, [], [])
    assert (await world.get(f"/en/news/{code}")).status == 410


async def test_news_is_in_the_feed_of_the_languages_that_were_consented_to(world, newsroom):
    await newsroom()

    assert len(entries(await world.get("/en/feed.xml"))) == 1
    assert entries(await world.get("/ar/feed.xml")) == []


async def test_news_that_waits_or_was_stopped_is_not_in_it(world, newsroom):
    await newsroom(public_from=world.now + dt.timedelta(hours=1))
    stopped = await newsroom()
    async with world.house.write() as connection:
        staff = await a_member(connection, "stopper", Role.PROTECTION_OFFICER)
        await updates.stop(connection, stopped, staff_id=staff, now=NOW)
    before = entries(await world.get("/en/feed.xml"))

    world.now += dt.timedelta(hours=1)

    assert before == []
    assert len(entries(await world.get("/en/feed.xml"))) == 1


async def test_a_program_that_has_it_is_told_so(world, newsroom):
    await newsroom()
    seen = await world.get("/en/feed.xml")
    known = {"If-None-Match": seen.headers["ETag"]}

    again = await world.get("/en/feed.xml", headers=known)
    await newsroom()

    assert seen.headers["Cache-Control"] == "no-cache"
    assert again.status == 304
    assert (await world.get("/en/feed.xml", headers=known)).status == 200


async def test_every_page_says_where_its_feed_is(world):
    code = (await world.case()).code
    for path, feeds in (
        ("/ar/", ["/ar/feed.xml"]),
        ("/en/stories/mala", [f"/en/feed/{code}.xml", "/en/feed.xml"]),
    ):
        page = await world.get(path)
        found = re.findall(r'type="application/atom\+xml" title="[^"]+" href="([^"]+)"', page.text)
        assert found == feeds
        for feed in feeds:
            assert (await world.get(feed)).status == 200


async def test_an_entry_leads_to_the_story(world):
    code = (await world.case()).code

    answer = await world.get(f"/ar/news/{code}")

    assert (answer.status, answer.headers["Location"]) == (302, "/ar/stories/mala")
    assert (await world.get("/en/news/nosuchcode")).status == 404
