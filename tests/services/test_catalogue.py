"""What is shown follows the consents at this very moment."""

import datetime as dt

import pytest

from tests.services.desk import a_desk, a_story, in_two_languages


@pytest.fixture
async def desk(database):
    return await a_desk(database)


async def test_story_is_hidden_the_second_its_consent_ends(desk):
    ends = desk.now + dt.timedelta(days=30)
    await desk.consent()
    await desk.published(a_story())

    desk.now = ends - dt.timedelta(seconds=1)
    assert await desk.shown("bot") is not None
    assert await desk.shown("web") is not None
    desk.now = ends
    assert await desk.shown("bot") is None
    assert await desk.shown("web") is None


async def test_withdrawing_on_one_channel_hides_it_there_at_once(desk):
    await desk.consent()
    await desk.published(a_story())

    await desk.run("UPDATE consent SET withdrawn_at = given_at WHERE channel = 'web'")

    assert await desk.shown("web") is None
    assert await desk.shown("bot") is not None


async def test_language_whose_consent_is_withdrawn_is_not_told(desk):
    await desk.consent(locales=["en", "fr"])
    await desk.published(in_two_languages(a_story()))
    assert (await desk.shown()).told_in("fr") == "fr"

    await desk.run("UPDATE consent SET withdrawn_at = given_at WHERE locale = 'fr'")

    shown = await desk.shown()
    assert shown.locales == {"en"}
    assert shown.told_in("fr") == "en"


async def test_story_told_only_in_french_is_told_in_french_to_everybody(desk):
    await desk.consent(locales=["en", "fr"])
    await desk.published(in_two_languages(a_story()))

    await desk.run("UPDATE consent SET withdrawn_at = given_at WHERE locale = 'en'")

    shown = await desk.shown()
    assert shown.locales == {"fr"}
    assert shown.told_in("th") == "fr"


async def test_consent_in_a_language_it_is_not_written_in_shows_nothing(desk):
    await desk.consent(locales=["en", "th"])
    await desk.published(a_story())

    await desk.run("UPDATE consent SET withdrawn_at = given_at WHERE locale = 'en'")

    assert await desk.shown() is None


async def test_new_consent_after_a_withdrawal_shows_it_again(desk):
    await desk.consent()
    await desk.published(a_story())
    await desk.run("UPDATE consent SET withdrawn_at = given_at")
    assert await desk.shown() is None

    await desk.consent()

    assert await desk.shown() is not None


async def test_shelf_gives_what_is_public_and_not_what_it_remembers(desk):
    await desk.consent()
    await desk.published(a_story(title="The first title"))
    first = await desk.shown()

    await desk.published(a_story(title="The second title"))

    assert first.story.title("en").text == "The first title"
    assert (await desk.shown()).story.title("en").text == "The second title"
