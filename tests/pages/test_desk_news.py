"""News is written at the desk by one, approved by another, and stopped by whoever protects."""

import pytest

from storage import updates
from tests.pages.desk_words import AUTHOR, PROTECTOR, REVIEWER, Room


@pytest.fixture
def database_url(sqlite_url):
    """One engine: what the pages call is tried on both."""
    return sqlite_url


@pytest.fixture
async def room(front):
    made = Room(front)
    await made.open()
    return made


NEWS = {"milestone": "papers_received", "month": "2026-10"}


async def write(room, by=AUTHOR, **fields):
    return await room.send(by, f"/desk/cases/{room.case}/news", **{**NEWS, **fields})


async def kept(room):
    async with room.house.read() as connection:
        return await updates.waiting(connection, room.house.seal)


async def test_news_is_written_by_one_and_approved_by_another(room):
    await room.consents("en", "fr", purpose="publish_updates")
    page = await room.get(AUTHOR, f"/desk/cases/{room.case}/news")

    written = await write(room, **{"note.en": "She holds\r\nthem <b>now</b>. ", "note.fr": ""})
    [update] = await kept(room)
    at = f"/desk/news/{update.id}"
    own, home = await room.get(AUTHOR, at), await room.get(REVIEWER, "/desk/")
    seen = await room.get(REVIEWER, at)
    approved = await room.send(REVIEWER, at, answer="approve")
    after = await room.get(REVIEWER, approved.headers["Location"])

    assert 'name="note.fr" lang="fr"' in page.text
    assert written.headers["Location"].endswith("told=news_written")
    assert update.notes == {"en": "She holds them <b>now</b>."}
    assert "You wrote it. Somebody else approves it." in own.words
    assert f'href="{at}"' in home.text
    assert "She holds them &lt;b&gt;now&lt;/b&gt;." in seen.text
    assert "She holds" not in home.words
    assert "shown from" in after.words
    looks = [(by, act) for by, act, _ in await room.front.acts() if act == "story.draft_seen"]
    assert looks == [(AUTHOR, "story.draft_seen")] + [(REVIEWER, "story.draft_seen")] * 2


async def test_nobody_approves_her_own_news(room):
    await room.consents("en", purpose="publish_updates")
    await write(room)
    [update] = await kept(room)

    refused = await room.send(AUTHOR, f"/desk/news/{update.id}", answer="approve")
    turned_down = await room.send(AUTHOR, f"/desk/news/{update.id}", answer="turn_down")

    assert (refused.status, "Somebody else approves it." in refused.words) == (409, True)
    assert turned_down.headers["Location"].endswith("told=turned_down")


async def test_code_is_asked_again(room):
    await write(room)
    [update] = await kept(room)
    browser = await room.at_desk(REVIEWER)

    answer = await browser.send(f"/desk/news/{update.id}", answer="approve")

    assert answer.status == 401


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"milestone": "won_the_lottery"}, "Choose what has happened."),
        ({"month": "2999-01"}, "Choose a month that has begun."),
        ({"note.en": "I was seventeen years old."}, "Write no exact age"),
        ({"note.en": "x" * 351}, "shorten it to 350"),
        ({"note.xx": "Hello."}, "This language is not known."),
    ],
)
async def test_what_cannot_be_kept_is_told_and_stays(room, fields, told):
    await room.consents("en", purpose="publish_updates")

    answer = await write(room, **{"note.en": "She has them.", **fields})

    assert answer.status == 422
    assert told in answer.words
    assert f"\n{fields.get('note.en', 'She has them.')}</textarea>" in answer.text
    if "milestone" not in fields:
        assert 'value="papers_received" required checked' in answer.text
    assert await kept(room) == []


async def test_without_consent_it_is_said_before_anybody_writes(room):
    page = await room.get(AUTHOR, f"/desk/cases/{room.case}/news")
    await write(room)
    [update] = await kept(room)

    refused = await room.send(REVIEWER, f"/desk/news/{update.id}", answer="approve")

    assert "No consent to updates is valid" in page.words
    assert (refused.status, "No consent to updates" in refused.words) == (409, True)


async def test_approved_news_is_stopped_by_whoever_protects(room):
    await room.consents("en", purpose="publish_updates")
    await write(room)
    [update] = await kept(room)
    at = f"/desk/news/{update.id}"
    await room.send(REVIEWER, at, answer="approve")

    officer = await room.send(REVIEWER, f"{at}/stop")
    stopped = await room.send(PROTECTOR, f"{at}/stop")
    again = await room.send(PROTECTOR, f"{at}/stop")
    seen = await room.get(REVIEWER, at)

    assert officer.status == 403
    assert stopped.headers["Location"].endswith("told=stopped")
    assert (again.status, "It was stopped before." in again.words) == (409, True)
    assert "stopped" in seen.words


async def test_news_that_is_not_there_is_told(room):
    assert (await room.get(REVIEWER, "/desk/news/99")).status == 404
    assert (await room.send(REVIEWER, "/desk/news/99", answer="approve")).status == 404
