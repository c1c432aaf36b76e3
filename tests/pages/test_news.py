"""What has happened since her story, on her page and beside her money, and gone with a recall."""

import pytest

from tests.conversations.rig import stop_news, tell_news

NOTE = "She can sew shirts and skirts now."
PATHS = ["/stories/mala", "/ledger/mala"]
HEADING = "What has happened since"


@pytest.fixture(params=PATHS)
def path(request):
    return request.param


async def test_where_there_is_no_news_nothing_is_said_of_it(world, path):
    assert HEADING not in (await world.get(f"/en{path}")).words


async def test_news_stands_with_its_month_and_its_note(world, path):
    await tell_news(world.house, month="2026-08", milestone="course_begun")
    await tell_news(world.house, notes={"en": NOTE})

    words = (await world.get(f"/en{path}")).words

    told = ["Course finished", "September 2026", NOTE, "Course begun", "August 2026"]
    places = [words.index(one) for one in (HEADING, *told)]
    assert places == sorted(places)


async def test_a_note_of_another_language_is_marked(world, path):
    await tell_news(world.house, notes={"en": NOTE})

    page = await world.get(f"/ar{path}")

    assert f'<p lang="en" dir="ltr">{NOTE}</p>' in page.text


async def test_news_of_another_person_is_not_there(world, path):
    await tell_news(world.house, "arif")

    assert HEADING not in (await world.get(f"/en{path}")).words


async def test_what_was_stopped_or_is_not_consented_to_on_the_web_is_not_there(world, path):
    update_id = await tell_news(world.house)
    async with world.house.write() as connection:
        await connection.exec_driver_sql(
            "UPDATE consent SET withdrawn_at = given_at"
            " WHERE purpose = 'publish_updates' AND channel = 'web'"
        )
    assert HEADING not in (await world.get(f"/en{path}")).words
    other = await tell_news(world.house)
    assert HEADING in (await world.get(f"/en{path}")).words

    await stop_news(world.house, update_id)
    await stop_news(world.house, other)

    assert HEADING not in (await world.get(f"/en{path}")).words


async def test_privacy_tells_what_is_kept_of_who_gets_news(world):
    words = (await world.get("/en/privacy")).words

    assert "We keep whose news you get, since when, how often you want it" in words
