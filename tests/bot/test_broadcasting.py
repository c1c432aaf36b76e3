"""News goes to each follower once, in the language they have then, whatever goes wrong."""

import asyncio
import dataclasses
import datetime as dt

import pytest

from bot.broadcasting import Broadcaster
from bot.retracting import Retractor
from conversations.news_notice import worded
from services import broadcast_acts, broadcasting, delivering, recalling
from services.broadcasting import Kind
from services.terms import Terms
from storage import followers, people
from tests.bot.rig import until
from tests.conversations.rig import both_engines, case_of, tell_news
from tests.crowd import deliveries, states
from tests.staff import a_member

MINUTE = dt.timedelta(minutes=1)
FAST = Terms(broadcast_after=dt.timedelta(), broadcast_rate=1000)


class Press:
    """A broadcast of somebody new, to those who asked for it."""

    def __init__(self, office):
        self.office = office
        self.house = dataclasses.replace(office.house, terms=FAST)
        self.people = []

    def sender(self, **how):
        return Broadcaster(self.house, self.office.languages, self.office.bot.sender, **how)

    async def follower(self, locale="en"):
        person = self.office.telegram.person(f"F{len(self.people)}", locale)
        self.office.telegram._world.accounts[person.id].has_started = True
        async with self.house.write() as connection:
            known = await people.ensure(connection, self.house.seal, person.id)
            await people.set_locale(connection, known.id, locale)
            await followers.follow_new(connection, known.id)
        self.people.append(person)
        return person

    async def began(self, slug="mala"):
        """Wanted and made; hand back its id."""
        case = await case_of(self.house, slug)
        async with self.house.write() as connection:
            await broadcasting.want(self.house, connection, Kind.NEW_CASE, case.id)
        assert await broadcasting.start_due(self.house) == 1
        self.office.forget_calls()
        return (await self.office.rows("SELECT MAX(id) FROM broadcast"))[0][0]

    async def deliver(self, **how):
        """Everything that is due."""
        sender = self.sender(**how)
        return sum([taken async for taken in _until_none(sender)])

    async def states(self):
        async with self.house.read() as connection:
            return await states(connection)

    async def rows(self):
        async with self.house.read() as connection:
            return [row[1:] for row in await deliveries(connection)]

    def news(self, person):
        return [message for message in person.messages if message["from"]["is_bot"]]


async def _until_none(sender):
    while taken := await sender.deliver_due():
        yield taken


@pytest.fixture
async def press(office):
    return Press(office)


@both_engines
async def test_everybody_is_told_once_in_their_language(press):
    layla, nour, nobody = (
        await press.follower("en"), await press.follower("ar"), press.office.telegram.person("N")
    )  # fmt: skip
    await press.began()

    assert await press.deliver() == 2
    assert await press.deliver() == 0

    (english,), (arabic,) = press.news(layla), press.news(nour)
    assert english["caption"] != arabic["caption"]
    assert nobody.messages == []
    assert await press.states() == {"sent": 2}


async def test_the_language_is_the_one_they_have_then(press):
    layla, nour = await press.follower("en"), await press.follower("ar")
    await press.began()
    await press.office.change("UPDATE person SET locale = 'ar'")

    await press.deliver()

    assert layla.last["caption"] == nour.last["caption"]


async def test_who_wants_no_pictures_gets_words(press):
    layla = await press.follower()
    await press.office.change("UPDATE person SET text_only = 1")
    await press.began()

    await press.deliver()

    assert "text" in layla.last


@pytest.mark.parametrize(
    "fault", [{"retry_after_s": 1}, {"status": 502}, {"status": 400, "description": "Bad Request"}]
)
@both_engines
async def test_what_was_certainly_refused_comes_once_all_the_same(press, fault):
    layla = await press.follower()
    await press.began()
    press.office.telegram.faults.fail("sendPhoto", 2, **fault)

    for _ in range(3):
        await press.deliver()
        press.house.clock.now += MINUTE
        await asyncio.sleep(1.0 if "retry_after_s" in fault else 0)

    assert len(press.news(layla)) == 1
    assert await press.states() == {"sent": 1}


async def test_who_is_told_to_wait_tells_everybody(press):
    for _ in range(5):
        await press.follower()
    await press.began()
    press.office.telegram.faults.fail("sendPhoto", 1, retry_after_s=1)

    await press.deliver(at_once=1)

    assert press.office.calls("sendPhoto") == ["sendPhoto"] * 5


@both_engines
async def test_what_was_not_answered_may_have_arrived_and_is_not_sent_again(press):
    layla = await press.follower()
    await press.began()
    press.office.telegram.faults.drop("sendPhoto", when="after")

    await press.deliver()
    press.house.clock.now += dt.timedelta(hours=1)
    await press.deliver()

    assert len(press.news(layla)) == 1
    assert await press.rows() == [("sending", 1, "no_answer")]


async def test_staff_send_again_what_is_uncertain(press):
    layla = await press.follower()
    broadcast_id = await press.began()
    press.office.telegram.faults.drop("sendPhoto", when="before")
    await press.deliver()
    async with press.house.write() as connection:
        await a_member(connection, "officer", "case_officer")
    found = await broadcast_acts.uncertain(press.house, broadcast_id)
    assert isinstance(found, list)
    assert len(found) == 1

    assert await broadcast_acts.resend(press.house, broadcast_id, by="officer") == 1
    await press.deliver()

    assert len(press.news(layla)) == 1
    assert await press.states() == {"sent": 1}


async def test_nobody_to_connect_to_is_no_uncertainty(press):
    await press.follower()
    await press.began()
    sender = press.sender()
    bot = press.office.bot.application.bot
    there, bot._base_url = bot._base_url, "http://127.0.0.1:1/bot"

    await sender.deliver_due()
    bot._base_url = there

    assert await press.rows() == [("pending", 1, "Unreached")]


@pytest.mark.parametrize(
    "gone", [{"status": 403, "description": "Forbidden: bot was blocked by the user"},
             {"status": 400, "description": "Bad Request: chat not found"}]
)  # fmt: skip
async def test_a_chat_that_refuses_is_gone_and_comes_back_by_itself(press, gone):
    layla = await press.follower()
    await press.began()
    press.office.telegram.faults.fail("sendPhoto", **gone)

    await press.deliver()

    assert await press.states() == {"gone": 1}
    assert await press.office.rows("SELECT gone FROM person") == [(1,)]
    await press.office.send(layla, "/start")
    assert await press.office.rows("SELECT gone FROM person") == [(0,)]
    await press.began("arif")
    await press.deliver()
    assert await press.states() == {"gone": 1, "sent": 1}


async def test_one_that_cannot_be_worded_keeps_none_behind_it(press, monkeypatch):
    await press.follower("ar")
    layla = await press.follower("en")
    await press.began()

    def sometimes(talk, notice):
        if talk.locale == "ar":
            raise LookupError
        return worded(talk, notice)

    monkeypatch.setattr("bot.broadcasting.worded", sometimes)

    await press.deliver()

    assert len(press.news(layla)) == 1
    assert await press.rows() == [("dead", 0, "LookupError"), ("sent", 1, None)]


async def test_a_recall_stops_what_waits(press):
    for _ in range(30):
        await press.follower()
    await press.began()
    async with press.house.write() as connection:
        await a_member(connection, "finance", "finance")
    await until_sent(press, 3, lambda: recalling.recall(press.house, "mala", by="finance"))

    calls = len(press.office.calls("sendPhoto"))
    await press.deliver()

    assert 3 <= calls < 30
    assert len(press.office.calls("sendPhoto")) == calls


@pytest.mark.parametrize("act", ["pause", "cancel"])
async def test_staff_stop_what_is_being_sent(press, act):
    for _ in range(30):
        await press.follower()
    broadcast_id = await press.began()
    async with press.house.write() as connection:
        await a_member(connection, "officer", "case_officer")
    await until_sent(
        press, 3, lambda: getattr(broadcast_acts, act)(press.house, broadcast_id, by="officer")
    )
    assert len(press.office.calls("sendPhoto")) < 30
    if act == "pause":
        await broadcast_acts.go_on(press.house, broadcast_id, by="officer")
        press.house.clock.now += MINUTE
        await press.deliver()
        assert await press.states() == {"sent": 30}


async def test_who_stops_meanwhile_gets_nothing_more(press):
    await press.follower()
    last = await press.follower()
    await press.began()
    async with press.house.write() as connection:
        known = await people.find(connection, press.house.seal, last.id)
        assert known is not None
        await followers.stop_all(connection, known.id)

    await press.deliver()

    assert press.news(last) == []
    assert await press.states() == {"sent": 1, "unsaid": 1}


async def test_whoever_is_stopped_ends_what_is_on_its_way_and_leaves_nothing_uncertain(press):
    for _ in range(20):
        await press.follower()
    await press.began()
    sent = asyncio.Event()

    async def on_response(method, _params):
        if method == "sendPhoto":
            sent.set()
            await asyncio.sleep(0.05)  # it is on its way for a while

    press.office.telegram.on_response = on_response
    working = asyncio.create_task(press.sender().deliver_due())
    await sent.wait()
    working.cancel()
    await asyncio.gather(working, return_exceptions=True)

    found = await press.states()
    assert set(found) == {"sent", "pending"}
    assert await press.deliver() == found["pending"]


async def test_what_was_sent_is_edited_away_when_it_is_taken_back(press):
    layla, nour = await press.follower("en"), await press.follower("ar")
    broadcast_id = await press.began()
    await press.deliver()
    async with press.house.write() as connection:
        await a_member(connection, "officer", "case_officer")

    await broadcast_acts.retract(press.house, broadcast_id, by="officer")
    retractor = Retractor(press.house, press.office.languages, press.office.bot.sender)
    for _ in range(2):
        await retractor.carry_out(broadcast_id)

    line = "This message was taken back."
    assert layla.last["caption"] == line
    assert nour.last["caption"] == press.office.languages.i18n("ar").t(line)
    assert await press.states() == {"retracted": 2}


async def until_sent(press, many, act):
    """Deliver; *act* as soon as so many have gone out; wait until nothing more goes out."""
    working = asyncio.create_task(press.sender(at_once=1).deliver_due())
    await until(lambda: len(press.office.calls("sendPhoto")) >= many, "some were sent")
    await act()
    await working
    press.house.clock.now += delivering.CLAIM_LASTS
    await press.sender().deliver_due()


async def test_news_of_a_person_is_told_and_who_opens_it_is_counted(press, layla):
    office = press.office
    await office.arrive(layla)
    case = await case_of(press.house)
    async with press.house.write() as connection:
        known = await people.find(connection, press.house.seal, layla.id)
        assert known is not None
        await followers.follow(connection, known.id, case.id, press.house.clock())
    update_id = await tell_news(press.house, notes={"en": "She can sew shirts now."})
    async with press.house.write() as connection:
        await broadcasting.want(press.house, connection, Kind.UPDATE, case.id, update_id)
    await broadcasting.start_due(press.house)

    await press.deliver()
    assert await office.rows("SELECT state, opened FROM delivery") == [("sent", 0)]
    await office.press(layla, "Read the news")

    assert "She can sew shirts now." in layla.last_text
    assert await office.rows("SELECT state, opened FROM delivery") == [("sent", 1)]
