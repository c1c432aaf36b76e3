"""Fast taps folded: the last state wins, one edit at a time, and Telegram's waits are kept."""

import asyncio
import datetime as dt
from itertools import count

import pytest
from telegram.error import Forbidden, NetworkError, RetryAfter

from bot.lanes import Lanes, wait_s
from tests.bot.rig import Pause, until

CHAT = 7


class Screens:
    """Screens to show: each waits until it is let through, and says that it was shown."""

    def __init__(self):
        self.shown = []
        self.under_way = 0
        self.most_under_way = 0
        self.open = asyncio.Event()
        self.numbers = count(1)

    def __call__(self, name, *refusals):
        """The number of an update, and how its screen is shown."""
        waiting = list(refusals)

        async def show():
            self.under_way += 1
            self.most_under_way = max(self.most_under_way, self.under_way)
            await self.open.wait()
            self.under_way -= 1
            if waiting:
                raise waiting.pop(0)
            self.shown.append(name)

        return next(self.numbers), show


@pytest.fixture
async def sleep():
    return Pause()


@pytest.fixture
async def lanes(sleep):
    lanes = Lanes(sleep)
    yield lanes
    await lanes.close()
    assert lanes._lanes.keys() <= {CHAT}


@pytest.fixture
async def screens():
    return Screens()


async def test_of_five_fast_taps_the_first_and_the_last_are_shown(lanes, screens):
    taps = [asyncio.create_task(lanes.show(CHAT, *screens(name))) for name in "abcde"]
    await until(lambda: screens.under_way, "the first is under way")

    screens.open.set()
    await asyncio.gather(*taps)

    assert screens.shown == ["a", "e"]
    assert screens.most_under_way == 1
    assert lanes._lanes == {}


async def test_an_older_tap_that_comes_late_is_not_shown(lanes, screens):
    older, newer = screens("older"), screens("newer")
    first = asyncio.create_task(lanes.show(CHAT, *newer))
    await until(lambda: screens.under_way, "the newer is under way")
    late = asyncio.create_task(lanes.show(CHAT, *older))
    await late

    screens.open.set()
    await first

    assert screens.shown == ["newer"]


async def test_chats_do_not_wait_for_one_another(lanes, screens):
    taps = [asyncio.create_task(lanes.show(chat, *screens(chat))) for chat in (1, 2, 3)]

    await until(lambda: screens.under_way == 3, "all three are under way")

    screens.open.set()
    await asyncio.gather(*taps)
    assert sorted(screens.shown) == [1, 2, 3]
    assert lanes._lanes == {}


async def test_a_refusal_waits_as_long_as_telegram_asks_and_shows_the_newest(lanes, screens, sleep):
    screens.open.set()
    await lanes.show(CHAT, *screens("a", RetryAfter(dt.timedelta(seconds=3))))
    await lanes.show(CHAT, *screens("b"))
    await lanes.show(CHAT, *screens("c"))
    assert screens.shown == []

    sleep.over.set()

    await until(lambda: screens.shown, "something is shown after the wait")
    await until(lambda: not lanes._lanes, "the lane is cleared")
    assert screens.shown == ["c"]
    assert sleep.asked == [3.0]


async def test_a_second_refusal_waits_again(lanes, screens, sleep):
    screens.open.set()
    twice = [RetryAfter(dt.timedelta(seconds=seconds)) for seconds in (1, 4)]
    await lanes.show(CHAT, *screens("a", *twice))

    sleep.over.set()
    await until(lambda: len(sleep.asked) == 2, "the second wait has begun")
    sleep.over.set()

    await until(lambda: screens.shown == ["a"], "it is shown in the end")
    assert sleep.asked == [1.0, 4.0]


async def test_what_must_be_shown_makes_forget_what_waits(lanes, screens, sleep):
    screens.open.set()
    await lanes.show(CHAT, *screens("old", RetryAfter(dt.timedelta(seconds=3))))
    await lanes.show_now(CHAT, *screens("paid"))

    sleep.over.set()

    await until(lambda: not lanes._lanes, "the wait is over")
    assert screens.shown == ["paid"]


async def test_what_must_be_shown_waits_for_its_turn_and_skips_those_before(lanes, screens):
    first = asyncio.create_task(lanes.show(CHAT, *screens("a")))
    await until(lambda: screens.under_way, "the first is under way")
    second = asyncio.create_task(lanes.show(CHAT, *screens("b")))
    last = asyncio.create_task(lanes.show_now(CHAT, *screens("paid")))
    await asyncio.sleep(0)

    screens.open.set()
    await asyncio.gather(first, second, last)

    assert screens.shown == ["a", "paid"]
    assert screens.most_under_way == 1


async def test_what_must_be_shown_hands_a_refusal_on(lanes, screens):
    screens.open.set()

    with pytest.raises(RetryAfter):
        await lanes.show_now(CHAT, *screens("paid", RetryAfter(dt.timedelta(seconds=3))))

    assert lanes._lanes == {}


async def test_another_failure_is_the_callers_to_know(lanes, screens):
    screens.open.set()

    with pytest.raises(NetworkError):
        await lanes.show(CHAT, *screens("a", NetworkError("gone")))

    assert lanes._lanes == {}


@pytest.mark.parametrize("error", [Forbidden("blocked"), RuntimeError("the database is away")])
async def test_a_failure_after_the_wait_harms_nobody(lanes, screens, sleep, error):
    screens.open.set()
    await lanes.show(CHAT, *screens("a", RetryAfter(dt.timedelta(seconds=3)), error))

    sleep.over.set()
    await until(lambda: not lanes._lanes, "the lane is cleared")
    await lanes.show(CHAT, *screens("b"))

    assert screens.shown == ["b"]


async def test_closing_gives_up_what_waits_and_what_is_shown_late(screens, sleep):
    lanes = Lanes(sleep)
    late = screens("late", RetryAfter(dt.timedelta(seconds=3)))
    screens.open.set()
    await lanes.show(1, *screens("waits", RetryAfter(dt.timedelta(seconds=3))))
    await lanes.show(2, *late)
    screens.open.clear()
    sleep.over.set()
    await until(lambda: screens.under_way == 1, "one is being shown late")

    await lanes.close()

    screens.open.set()
    await asyncio.sleep(0)
    assert screens.shown == []
    assert lanes._late == set()


@pytest.mark.parametrize("asked", [3, dt.timedelta(seconds=3)])
def test_the_wait_is_in_seconds(asked):
    assert wait_s(RetryAfter(asked)) == 3.0
