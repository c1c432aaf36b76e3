"""What followers are sent: true when it is sent, worded for its reader, and no word of a story."""

import datetime as dt

import pytest
import sqlalchemy as sa

from conversations.following_routes import (
    Follow,
    Follows,
    Newcomers,
    News,
    NewsList,
    Unfollow,
    UnfollowAll,
)
from conversations.news_notice import worded
from conversations.routes import Cases, Help, Need, SetLanguage, Who
from conversations.screens import NewsPicture
from conversations.visit import SentSomething
from services import news_notices
from services.following import Pace
from services.news_notices import Kind, NewsNotice, Unsaid
from storage import followers
from storage.cases import Outcome
from tests.conversations.rig import (
    Chat,
    both_engines,
    case_of,
    check_limits,
    fund,
    stop_news,
    tell_news,
    unpublish,
    usd,
    values,
    withdraw,
)
from tests.provider import end, spend
from values.lines import BudgetLine

NOTE = "She can sew shirts and skirts now."
UPDATE = "<b>There is news of {name}.</b>"


class Follower(Chat):
    """Somebody who gets news of Mala; what she is sent is her `screen`."""

    async def begin(self, *slugs, pace=Pace.AT_ONCE, newcomers=False):
        for slug in slugs:
            await self.tap(Follow((await case_of(self.house, slug)).code))
        if newcomers:
            await self.tap(Newcomers("on"))
        await self.choose(pace)
        return self

    async def choose(self, pace):
        person = await self.person()
        async with self.house.write() as connection:
            await followers.set_pace(connection, person.id, pace)

    async def sent(self, kind, subject_id=0, slug="mala"):
        """Send it; hands back the notice, or why nothing is said."""
        person = await self.person()
        case_id = None if kind is Kind.DIGEST else (await case_of(self.house, slug)).id
        notice = await news_notices.prepare(self.house, kind, case_id, subject_id, person.id)
        if isinstance(notice, NewsNotice):
            assert notice.chat_id == self.chat_id
            async with self.house.looking() as look:
                self.screen = worded(await self.talk(look, SentSomething()), notice)
            check_limits(await self.rendered())
        return notice


@pytest.fixture
async def layla(house, languages):
    return await Follower(house, languages, "en").begin("mala")


@pytest.fixture
async def mala(house):
    return await case_of(house)


async def change(house, sql):
    async with house.write() as connection:
        await connection.execute(sa.text(sql))


@both_engines
async def test_news_says_of_whom_and_of_what_kind_and_opens_at_a_press(layla, house, code):
    update_id = await tell_news(house, notes={"en": NOTE})

    await layla.sent(Kind.UPDATE, update_id)

    assert layla.says == [UPDATE, "It is about: {kind}", "Press the button to read it."]
    assert values(layla.screen, "It is about: {kind}")["kind"].msgid == "Learning"
    assert layla.routes == [News(code, update_id), Need(code), Unfollow(code), Help()]
    assert layla.screen.picture == NewsPicture("school")
    assert layla.screen.is_story


async def test_no_message_holds_what_happened_or_what_was_written(layla, house):
    update_id = await tell_news(house, "mala", "medical_care_begun", notes={"en": NOTE})

    await layla.sent(Kind.UPDATE, update_id)

    words = (await layla.rendered()).html
    assert "Health" in words
    assert NOTE not in words
    assert "Medical care begun" not in words
    assert "2026" not in words
    assert "September" not in words


async def test_it_speaks_the_language_the_follower_has_then(layla, house):
    update_id = await tell_news(house)
    await layla.tap(SetLanguage("ar"))

    await layla.sent(Kind.UPDATE, update_id)

    arabic = layla.languages.i18n("ar")
    words = (await layla.rendered()).html
    assert words.startswith(arabic.html(layla.screen.blocks[0][0]))
    assert "ملا" in words or "مالا" in words


@both_engines
@pytest.mark.parametrize(
    ("taken", "why"),
    [("follow", "not_followed"), ("stopped", "not_shown"), ("recalled", "not_shown"),
     ("consent", "not_shown"), ("pace", "pace"), ("gone", "nobody_to_tell"),
     ("forgotten", "nobody_to_tell")],
)  # fmt: skip
async def test_what_may_not_be_said_any_more_is_not_said(layla, house, code, taken, why):
    update_id = await tell_news(house)
    assert isinstance(await layla.sent(Kind.UPDATE, update_id), NewsNotice)
    person = await layla.person()
    if taken == "follow":
        await layla.tap(Unfollow(code))
    elif taken == "stopped":
        await stop_news(house, update_id)
    elif taken == "recalled":
        await unpublish(house)
    elif taken == "consent":
        await withdraw(house)
    elif taken == "pace":
        await layla.choose(Pace.WEEKLY)
    elif taken == "gone":
        await change(house, "UPDATE person SET gone = 1")
    else:
        await change(house, "DELETE FROM person")

    case = await case_of(house)
    said = await news_notices.prepare(house, Kind.UPDATE, case.id, update_id, person.id)

    assert said == Unsaid(why)


async def test_only_the_consent_to_news_counts_for_news(layla, house, mala):
    update_id = await tell_news(house)
    await change(
        house, "UPDATE consent SET withdrawn_at = given_at WHERE purpose = 'publish_updates'"
    )

    assert await layla.sent(Kind.UPDATE, update_id) == Unsaid("not_shown")
    await fund(house, usd(mala.need.amount_minor // 200))
    assert isinstance(await layla.sent(Kind.FUNDED, 50), NewsNotice)


async def test_news_of_another_case_and_of_none_is_not_said(layla, house):
    update_id = await tell_news(house, "arif")

    assert await layla.sent(Kind.UPDATE, update_id) == Unsaid("not_shown")
    assert await layla.sent(Kind.UPDATE, update_id, "arif") == Unsaid("not_followed")
    person = await layla.person()
    for kind in (Kind.FUNDED, Kind.NEW_CASE):
        said = await news_notices.prepare(house, kind, 999, 0, person.id)
        assert said == Unsaid("not_followed")


@both_engines
async def test_of_the_funding_only_the_step_that_is_reached_is_told(layla, house, mala):
    half = mala.need.amount_minor / 200
    assert await layla.sent(Kind.FUNDED, 50) == Unsaid("nothing_to_tell")
    for given, percent, words in (
        (half, 50, "<b>The plan of {name} is half funded.</b>"),
        (half * 0.8, 90, "<b>{percent} of the plan of {name} is funded.</b>"),
        (half * 0.2, 100, "<b>The plan of {name} is funded.</b>"),
    ):
        await fund(house, usd(given))
        await layla.sent(Kind.FUNDED, percent)
        assert layla.says[0] == words
        others = {50, 90, 100} - {percent}
        for other in others:
            assert await layla.sent(Kind.FUNDED, other) == Unsaid("nothing_to_tell")


async def test_of_money_that_was_spent_the_line_is_told_and_no_amount(layla, house, mala):
    await fund(house, usd(100))
    house.clock.now += dt.timedelta(days=30)
    await spend(house, mala, usd(10), BudgetLine.SHELTER)
    async with house.read() as connection:
        spent = await connection.scalar(sa.text("SELECT MAX(id) FROM disbursement"))

    await layla.sent(Kind.SPENT, spent)

    assert layla.says == [
        "<b>Something was paid for in the plan of {name}.</b>", "It is for: {line}"
    ]  # fmt: skip
    assert "10" not in (await layla.rendered()).html
    assert await layla.sent(Kind.SPENT, spent + 1) == Unsaid("nothing_to_tell")


async def test_spending_that_nobody_approved_is_not_told(layla, house, mala):
    await fund(house, usd(100))
    house.clock.now += dt.timedelta(days=30)
    await spend(house, mala, usd(10))
    async with house.write() as connection:
        await connection.execute(
            sa.text("INSERT INTO disbursement SELECT 77, 'k', case_id, line, currency, 1, month,"
                    " recorder_id, recorded_at FROM disbursement")
        )  # fmt: skip

    assert await layla.sent(Kind.SPENT, 77) == Unsaid("nothing_to_tell")


@pytest.mark.parametrize("pace", Pace)
@pytest.mark.parametrize("outcome", Outcome)
async def test_an_end_is_told_at_once_to_everybody_and_never_why(
    layla, house, mala, code, outcome, pace
):
    await layla.choose(pace)
    kind, other = Kind.ENDED, Kind.COMPLETE
    words = "This plan has ended. What was not spent belongs to those who gave it."
    if outcome is Outcome.COMPLETE:
        kind, other, words = other, kind, "This plan is complete. Thank you."
    assert await layla.sent(kind) == Unsaid("nothing_to_tell")
    await end(house, mala, outcome)

    await layla.sent(kind)

    assert layla.says == ["<b>The plan of {name} has come to its end.</b>", words]
    assert layla.routes == [Need(code), Unfollow(code), Help()]
    assert await layla.sent(other) == Unsaid("nothing_to_tell")


async def test_the_end_of_a_plan_that_is_not_shown_names_nobody(layla, house, mala):
    await end(house, mala, Outcome.WITHDRAWN)
    await unpublish(house)

    await layla.sent(Kind.ENDED)

    assert layla.says[0] == "<b>A plan of which you got news has come to its end.</b>"
    assert "Mala" not in (await layla.rendered()).html
    assert Follows() in layla.routes


async def test_somebody_new_is_told_to_who_asked_for_it(layla, house, code):
    assert await layla.sent(Kind.NEW_CASE) == Unsaid("not_followed")
    await layla.begin(newcomers=True)

    await layla.sent(Kind.NEW_CASE)

    assert layla.says[0] == "<b>There is somebody new.</b>"
    assert layla.routes == [Who(code), Newcomers("off"), Help()]
    await unpublish(house)
    assert await layla.sent(Kind.NEW_CASE) == Unsaid("not_shown")


@both_engines
async def test_a_week_is_told_by_names_with_counts(layla, house, mala, code):
    """Two updates of Mala and something that was paid; nothing of Arif."""
    await fund(house, usd(mala.need.amount_minor / 200))
    house.clock.now += dt.timedelta(days=30)
    await layla.begin("arif", pace=Pace.WEEKLY)
    await tell_news(house)
    since = int(house.clock.now.timestamp())
    house.clock.now += dt.timedelta(days=1)
    await tell_news(house, month="2026-10")
    await tell_news(house, "mala", "job_found", month="2026-11")
    await spend(house, mala, usd(10))

    notice = await layla.sent(Kind.DIGEST, since)

    assert [(e.case.case.slug, e.updates, e.spendings) for e in notice.fact.entries] == [
        ("mala", 2, 1)
    ]
    line = values(layla.screen, "{name}: {news} · {percent} funded")
    assert (line["news"].count, line["percent"].percent) == (3, 50)
    assert layla.routes == [NewsList(code), Follows(), UnfollowAll(), Help()]
    assert NOTE not in (await layla.rendered()).html


async def test_a_week_without_news_is_not_told(layla, house):
    await tell_news(house)
    await layla.choose(Pace.WEEKLY)

    since = int(house.clock.now.timestamp())
    assert await layla.sent(Kind.DIGEST, since) == Unsaid("nothing_to_tell")
    await layla.choose(Pace.AT_ONCE)
    assert await layla.sent(Kind.DIGEST, since - 1) == Unsaid("pace")


async def test_a_week_holds_nothing_of_a_story_that_is_not_shown(layla, house):
    since = int(house.clock.now.timestamp()) - 1
    await tell_news(house)
    await layla.choose(Pace.WEEKLY)
    await unpublish(house)

    assert await layla.sent(Kind.DIGEST, since) == Unsaid("nothing_to_tell")


@both_engines
async def test_a_week_tells_how_many_are_new(house, languages):
    since = int(house.clock.now.timestamp()) - 60
    layla = await Follower(house, languages, "en").begin(newcomers=True, pace=Pace.WEEKLY)

    await layla.sent(Kind.DIGEST, since)
    assert values(layla.screen, "There is {count} new person.")["count"] == 2
    assert layla.routes == [Cases(), Follows(), UnfollowAll(), Help()]

    later = int(house.clock.now.timestamp())
    assert await layla.sent(Kind.DIGEST, later) == Unsaid("nothing_to_tell")


@both_engines
async def test_who_is_published_again_is_not_new(house, languages, mala):
    since = int(house.clock.now.timestamp()) - 60
    layla = await Follower(house, languages, "en").begin(newcomers=True, pace=Pace.WEEKLY)
    await change(
        house,
        "INSERT INTO publication_plan (approval_id, version_id, case_id, due_at, state, ended_at)"
        " SELECT approval_id, version_id, case_id, 1, 'published', 1 FROM publication"
        f" WHERE case_id = {mala.id}",
    )

    await layla.sent(Kind.DIGEST, since)

    assert values(layla.screen, "There is {count} new person.")["count"] == 1


async def test_a_long_week_is_told_in_part(house, languages, monkeypatch):
    monkeypatch.setattr("conversations.news_notice._MOST_IN_A_DIGEST", 1)
    layla = await Follower(house, languages, "en").begin("mala", "arif", pace=Pace.WEEKLY)
    since = int(house.clock.now.timestamp()) - 1
    for slug in ("mala", "arif"):
        await tell_news(house, slug)

    await layla.sent(Kind.DIGEST, since)

    assert values(layla.screen, "And {count} more person.")["count"] == 1


async def test_where_only_money_moved_the_plan_is_opened(layla, house, mala, code):
    await fund(house, usd(100))
    house.clock.now += dt.timedelta(days=30)
    await layla.choose(Pace.WEEKLY)
    since = int(house.clock.now.timestamp()) - 1
    await spend(house, mala, usd(10))

    await layla.sent(Kind.DIGEST, since)

    assert layla.routes[0] == Need(code)
