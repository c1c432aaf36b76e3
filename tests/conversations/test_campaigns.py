"""Coming by the link of a campaign: its story at once, counted once a stage, never a dead end."""

import datetime as dt

import pytest

from conversations.routes import Cases, Give, Landing, Languages, Need, SetLanguage, Step, Who
from conversations.screens import Share
from services import arrivals, campaigns
from services.campaigns import Stage
from storage.holds import HoldState
from tests.conversations.rig import Chat, both_engines, case_of, count_people, move, said, usd

pytestmark = both_engines


async def a_campaign(house, **options):
    given = {"name": "Spring", "case": "mala", "locale": None, "begins_at": None, "ends_at": None}
    return await campaigns.create(house, **{**given, **options})


async def reported(house, campaign):
    found = await campaigns.report(house, campaign.code)
    assert isinstance(found, campaigns.Report)
    return found


async def counted(house, campaign):
    return {count.stage: count.times for count in (await reported(house, campaign)).counts}


async def test_a_link_opens_its_story_at_once_in_its_language(house, chat):
    made = await a_campaign(house, locale="ar")

    await chat.command("start", f"c-{made.code}")

    assert chat.route == Landing(made.code)
    assert Step((await case_of(house)).code, 0) in chat.routes
    assert (await chat.person()).locale == "ar"
    assert await counted(house, made) == {Stage.OPENED: 1}


async def test_a_link_without_language_asks_for_it_first_and_keeps_nothing_before(house, chat):
    made = await a_campaign(house)

    await chat.command("start", f"c-{made.code}")
    asked = chat.route
    people_then, counts_then = await count_people(house), await counted(house, made)
    await chat.tap(SetLanguage("en", asked.then))

    assert asked == Languages(f"la.{made.code}")
    assert (people_then, counts_then) == (0, {})
    assert Step((await case_of(house)).code, 0) in chat.routes
    assert await counted(house, made) == {Stage.OPENED: 1}


async def test_a_link_to_no_one_story_opens_them_all(house, chat):
    made = await a_campaign(house, case=None, locale="en")

    await chat.command("start", f"c-{made.code}")

    assert {type(route) for route in chat.routes} >= {Who}


async def test_each_stage_counts_each_person_once(house, languages):
    made = await a_campaign(house, locale="en")
    code = (await case_of(house)).code
    for reader in (Chat(house, languages, "en"), Chat(house, languages, "en")):
        await reader.command("start", f"c-{made.code}")
        for position in (0, 1, 0, 1, 2):
            await reader.tap(Step(code, position))
    await reader.tap(Need(code))
    await reader.tap(Need(code))

    assert await counted(house, made) == {
        Stage.OPENED: 2,
        Stage.STEP: 2,
        Stage.STEP + 1: 2,
        Stage.STEP + 2: 2,
        Stage.NEED: 1,
    }


async def test_who_came_by_no_link_is_counted_nowhere(house, chat):
    made = await a_campaign(house)
    await chat.tap(SetLanguage("en"))

    await chat.tap(Step((await case_of(house)).code, 0))

    assert await counted(house, made) == {}


async def test_a_gift_is_the_campaigns_once_it_has_arrived(house, chat):
    made = await a_campaign(house, locale="en")
    case = await case_of(house)
    await chat.command("start", f"c-{made.code}")
    await chat.tap(Give(case.code, 2500))
    before = (await reported(house, made)).given

    await move(house, chat.route.reference, HoldState.SETTLED)
    (given,) = (await reported(house, made)).given

    assert before == []
    assert (given.gifts, given.amount_minor, given.currency) == (1, usd(25).amount_minor, "USD")


@pytest.mark.parametrize("days", [(1, 2), (-2, -1)])
async def test_before_and_after_it_runs_a_link_leads_on_and_is_not_counted(house, chat, days):
    begins, ends = (house.clock() + dt.timedelta(days=day) for day in days)
    made = await a_campaign(house, locale="en", begins_at=begins, ends_at=ends)

    await chat.command("start", f"c-{made.code}")
    code = (await case_of(house)).code
    assert Step(code, 0) in chat.routes
    await chat.tap(Step(code, 0))

    assert await counted(house, made) == {}


async def test_a_link_that_nobody_made_loses_nobody(house, chat):
    await chat.command("start", "c-nosuchlink")

    assert chat.route == Languages()


async def test_an_invitation_holds_a_link_and_no_story(house, chat):
    case = await case_of(house)
    await chat.tap(SetLanguage("en"))
    await chat.tap(Need(case.code))
    (share,) = [b for row in chat.screen.keyboard for b in row if isinstance(b, Share)]

    rendered = await chat.rendered()

    urls = [b.url for row in rendered.keyboard.inline_keyboard for b in row if b.url]
    (sent,) = [url for url in urls if url.startswith("https://t.me/share/url?")]
    assert "Follow%20one%20person%27s%20way%20home" in sent
    assert "stories%2Fmala" in sent
    assert share.invitation.values == {}
    assert "Mala" not in sent


async def test_privacy_says_what_a_link_leaves(chat):
    await chat.tap(SetLanguage("en"))
    await chat.command("privacy")

    assert "If you came by a shared link: which it was, how far you read." in said(chat.screen)
    assert Cases not in {type(route) for route in chat.routes}


@pytest.mark.parametrize("tag", ["ar", "zh_Hans"])
async def test_who_comes_from_the_page_opens_that_story_and_keeps_the_link(house, chat, tag):
    made = await a_campaign(house, case=None)
    case = await case_of(house)

    await chat.command("start", f"{case.code}_{tag}_c-{made.code}")

    assert Step(case.code, 0) in chat.routes
    assert (await chat.person()).locale == tag
    assert await counted(house, made) == {Stage.OPENED: 1}


async def test_who_follows_is_the_campaigns_and_who_came_by_none_is_not(house, languages):
    made = await a_campaign(house, locale="en")
    came, other = Chat(house, languages, "en"), Chat(house, languages, "en")
    await came.command("start", f"c-{made.code}")
    await other.tap(SetLanguage("en"))

    async with house.write() as connection:
        for reader in (came, other):
            person = await reader.person()
            await arrivals.followed(connection, person.id, "en", house.clock())

    assert (await counted(house, made))[Stage.FOLLOWED] == 1
