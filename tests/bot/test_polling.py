"""Fetching updates: one is confirmed only after it was answered, and nothing stops the fetching."""

import asyncio
import datetime as dt
from typing import cast

import aiohttp
import pytest
from telegram.error import NetworkError, RetryAfter

import bot.polling
from bot.app import TelegramBot
from bot.polling import poll
from bot.setup import remove_webhook
from conversations.routes import Give, encode
from services.house import DatabaseUnavailable
from tests.bot.rig import TOKEN, until
from tests.conversations.rig import both_engines, case_of


@pytest.fixture
async def pauses(monkeypatch):
    """The pauses that the poller asked for; each is over at once."""
    asked = []

    async def pause(seconds):
        asked.append(seconds)
        await asyncio.sleep(0)

    class Instantly:
        sleep = staticmethod(pause)

    monkeypatch.setattr(bot.polling, "asyncio", Instantly)
    return asked


@pytest.fixture
async def polled(office, pauses):
    """The bot fetches its updates."""
    await remove_webhook(office.bot.application.bot)
    task = asyncio.create_task(poll(office.bot))
    yield office
    assert not task.done()
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


def offsets(office):
    return [
        call.params.get("offset") for call in office.telegram.calls if call.method == "getUpdates"
    ]


async def test_an_update_is_answered_and_then_confirmed(polled, layla):
    await layla.send("/start")
    await until(lambda: len(offsets(polled)) > 1, "the next is fetched")

    calls = polled.calls("getUpdates", "sendPhoto")
    assert calls == ["getUpdates", "sendPhoto", "getUpdates"]
    assert offsets(polled) == [None, 500_000_002]
    assert layla.last_text == "Choose your language"


async def test_what_failed_is_answered_before_the_next_is_fetched(polled, layla, pauses):
    polled.telegram.faults.fail("sendPhoto", 2, status=500)

    await layla.send("/start")
    await until(lambda: len(offsets(polled)) > 1, "the next is fetched")

    assert polled.calls("getUpdates", "sendPhoto") == [
        "getUpdates", "sendPhoto", "sendPhoto", "sendPhoto", "getUpdates",
    ]  # fmt: skip
    assert pauses == [3.0, 3.0]
    assert layla.last_text == "Choose your language"


async def test_what_fails_for_ever_is_set_aside_and_the_next_is_answered(polled, layla):
    polled.telegram.faults.fail("sendPhoto", 3, status=500)
    await layla.send("/start")
    await layla.send("/stories")

    await until(lambda: len(layla.messages) == 3, "the second is answered")

    assert layla.last_text.startswith("Whose story")
    assert [kind for kind, _ in await polled.alarms()] == ["telegram_update_set_aside"]


async def test_while_the_database_is_away_nothing_is_confirmed(polled, layla, pauses, monkeypatch):
    answer, failures = polled.bot._conversation.answer, 5

    async def away(came):
        nonlocal failures
        failures -= 1
        if failures >= 0:
            raise DatabaseUnavailable("away")
        await answer(came)

    monkeypatch.setattr(polled.bot._conversation, "answer", away)

    await layla.send("/start")
    await until(lambda: len(offsets(polled)) > 1, "the next is fetched")

    assert pauses == [5] * 5
    assert layla.last_text == "Choose your language"
    assert await polled.alarms() == []


async def test_another_poller_is_waited_for(polled, layla, pauses):
    await until(lambda: offsets(polled), "it fetches")

    async with aiohttp.ClientSession() as session:
        # Telegram ends the poll that waits with a 409.
        await session.post(f"{polled.api_base}/bot{TOKEN}/getUpdates")
    await layla.send("/start")
    await until(lambda: layla.messages[1:], "it is answered")

    assert pauses[0] == 3.0
    assert layla.last_text == "Choose your language"


async def test_telegram_busy_is_waited_for_as_long_as_it_asks(pauses):
    telegram = Busy(RetryAfter(dt.timedelta(seconds=9)), NetworkError("away"))

    task = asyncio.create_task(poll(cast("TelegramBot", telegram)))
    await until(lambda: telegram.fetched == 3, "it fetches again")
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)

    assert pauses == [9.0, 3.0]


class Busy:
    """A bot whose Telegram refuses to hand out updates, and then has none."""

    def __init__(self, *refusals):
        self._refusals = list(refusals)
        self.fetched = 0
        self.application = self.bot = self

    async def get_updates(self, **_):
        self.fetched += 1
        if self._refusals:
            raise self._refusals.pop(0)
        await asyncio.Event().wait()


@both_engines
async def test_a_yes_that_is_fetched_twice_reserves_once(office, layla, pauses):
    """The process died after the answer and before the next fetch: the update comes again."""
    await office.arrive(layla)
    code = (await case_of(office.house)).code
    await remove_webhook(office.bot.application.bot)
    await layla.press_data(layla.last["message_id"], encode(Give(code, 2500)))
    (update,) = await office.bot.application.bot.get_updates()
    await office.bot.take(update.to_dict())
    office.forget_calls()

    task = asyncio.create_task(poll(office.bot))
    await until(lambda: len(offsets(office)) == 2, "the next is fetched")
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)

    assert offsets(office) == [None, update.update_id + 1]
    assert await office.rows("SELECT count(*) FROM hold") == [(1,)]
