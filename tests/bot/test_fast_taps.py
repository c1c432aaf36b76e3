"""Fast taps over HTTP: what the person sees when Telegram is slow or refuses."""

import asyncio

import pytest

from conversations.routes import Give, Step, encode
from tests.bot.rig import Pause, tap_update, until
from tests.conversations.rig import case_of


@pytest.fixture
async def sleep():
    return Pause()


@pytest.fixture
async def reading(office, layla):
    """Layla at the first card of Mala's story; her chat's code beside her."""
    await office.arrive(layla)
    code = (await case_of(office.house)).code
    await layla.press_data(layla.last["message_id"], encode(Step(code, 0)))
    await office.telegram.settled()
    office.forget_calls()
    return layla, code


async def test_five_fast_taps_over_http_end_at_the_last_card(office, reading):
    layla, code = reading
    message, lanes = layla.last, office.bot._conversation._lanes
    edits = Edits(office.telegram)

    async def tap(position):
        data = encode(Step(code, position))
        return await office.bot.take(tap_update(position, layla, message, data))

    taps = [asyncio.create_task(tap(position)) for position in (1, 2, 3, 4, 6)]
    await until(lambda: len(office.calls("answerCallbackQuery")) == 5, "all five are answered")
    await until(lambda: edits.under_way == 1, "an edit is under way")
    await until(lambda: sum(lane.guests for lane in lanes._lanes.values()) + done(taps) == 5, "in")
    edits.open.set()
    verdicts = await asyncio.gather(*taps)

    assert {verdict.status for verdict in verdicts} == {200}
    assert layla.last_text.startswith("Exploitation · 2 of 4")
    assert edits.most_under_way == 1
    assert 1 <= len(office.calls("editMessageMedia")) <= 2


def done(tasks):
    return sum(task.done() for task in tasks)


class Edits:
    """The edits that reach Telegram: each waits until it is let through."""

    def __init__(self, telegram):
        self.under_way = 0
        self.most_under_way = 0
        self.open = asyncio.Event()
        telegram.on_request, telegram.on_response = self._begin, self._end

    async def _begin(self, method, _params):
        if method == "editMessageMedia":
            self.under_way += 1
            self.most_under_way = max(self.most_under_way, self.under_way)
            await self.open.wait()

    async def _end(self, method, _params):
        self.under_way -= method == "editMessageMedia"


async def test_too_many_requests_hold_no_webhook_and_the_newest_card_comes_after(
    office, reading, sleep
):
    layla, code = reading
    office.bot._conversation._lanes._sleep = sleep
    office.telegram.faults.fail("editMessageMedia", retry_after_s=3)
    for position in (1, 2, 3):
        await layla.press_data(layla.last["message_id"], encode(Step(code, position)))
        await office.telegram.settled()
        assert layla.last_text.startswith("Before · 1 of 5")
    assert all(attempt.is_accepted for attempt in office.telegram.attempts)

    sleep.over.set()

    await until(lambda: layla.last_text.startswith("Before · 4 of 5"), "the newest card is shown")
    assert office.calls("editMessageMedia") == ["editMessageMedia"] * 2
    assert sleep.asked == [3.0]


async def test_a_payment_page_is_not_covered_by_a_card_that_waited(office, reading, sleep):
    layla, code = reading
    office.bot._conversation._lanes._sleep = sleep
    office.telegram.faults.fail("editMessageMedia", retry_after_s=3)
    await layla.press_data(layla.last["message_id"], encode(Step(code, 1)))
    await office.telegram.settled()
    await layla.press_data(layla.last["message_id"], encode(Give(code, 2500)))
    await office.telegram.settled()
    assert "is reserved for the plan of" in layla.last_text

    sleep.over.set()
    await until(lambda: not office.bot._conversation._lanes._lanes, "nothing waits any more")

    assert "is reserved for the plan of" in layla.last_text


async def test_too_many_requests_for_an_act_are_answered_by_a_wait_and_done_once(office, reading):
    layla, code = reading
    office.telegram.faults.fail("editMessageMedia", retry_after_s=3)

    await layla.press_data(layla.last["message_id"], encode(Give(code, 2500)))
    await office.telegram.settled()

    refused, *_ = [a for a in office.telegram.attempts if not a.is_accepted]
    assert refused.wait_s == 4
    assert "is reserved for the plan of" in layla.last_text
    assert await office.rows("SELECT count(*) FROM hold") == [(1,)]
    assert await office.rows("SELECT sum(failures) FROM telegram_update") == [(0,)]
