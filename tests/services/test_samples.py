"""The invented cases for a first look: never among real ones, and harmless the second time."""

import pytest

from services.catalogue import Shelf, public_cases
from services.house import House
from services.publishing import NotPublishable
from services.samples import NotInvented, RealCaseThere, put_sample_news, put_samples
from storage.sealing import Seal, new_data_key
from stories.pack import shipped_packs
from tests.services.desk import EVERYWHERE, a_desk, a_story
from values.clock import utc_now

NOW = utc_now()
SEAL = Seal(new_data_key())
SLUGS = [pack.slug for pack in shipped_packs()]


async def put(database, packs):
    async with database.write() as connection:
        return await put_samples(connection, SEAL, packs, NOW)


async def slugs(database, channel="bot"):
    async with database.read() as connection:
        shown = await public_cases(connection, Shelf(SEAL), channel, NOW)
    return [case.case.slug for case in shown]


async def test_samples_are_shown_on_every_channel_and_marked_as_invented(database):
    assert await put(database, shipped_packs()) == SLUGS

    for channel in EVERYWHERE:
        assert await slugs(database, channel) == SLUGS
    async with database.read() as connection:
        shown = await public_cases(connection, Shelf(SEAL), "web", NOW)
    assert all(case.case.invented for case in shown)
    assert all(case.story and case.story.invented_note("en") for case in shown)


async def test_samples_twice_are_harmless(database):
    await put(database, shipped_packs())

    assert await put(database, shipped_packs()) == []

    assert await slugs(database) == SLUGS


async def test_samples_that_are_new_come_beside_the_old_ones(database):
    mala = [pack for pack in shipped_packs() if pack.slug == "mala"]
    await put(database, mala)

    assert await put(database, shipped_packs()) == [slug for slug in SLUGS if slug != "mala"]


async def test_samples_refuse_to_stand_beside_a_real_case(database):
    desk = await a_desk(database)

    with pytest.raises(RealCaseThere):
        await put(database, shipped_packs())

    assert await slugs(database) == []
    await desk.consent()
    await desk.published(a_story())


async def test_real_story_is_no_sample(database):
    with pytest.raises(NotInvented):
        await put(database, [*shipped_packs(), a_story()])

    assert await slugs(database) == []


async def test_samples_pass_the_same_gate(database):
    with pytest.raises(NotPublishable):
        await put(database, [a_story(invented=True, title="On 3 May 2019")])

    assert await slugs(database) == []


async def test_samples_have_news_that_everybody_may_read(database):
    house = House(database, SEAL, Shelf(SEAL), "Safe Way Home", "http://page.example")
    await put(database, shipped_packs())
    async with database.write() as connection:
        await put_sample_news(house, connection, SLUGS)

    for channel in EVERYWHERE:
        async with house.looking(channel) as look:
            for case in await look.cases():
                news = await look.news(case)
                assert [one.milestone for one in news] == ["papers_received", "safe_home"]
                assert news[0].locales == case.locales
