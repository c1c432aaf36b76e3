"""
A storm over a broadcast: Telegram refuses, fails and loses answers by chance, and the processes
that tell the followers are killed with -9 and started again.
"""

import asyncio
import bisect
import datetime as dt
import random
from contextlib import asynccontextmanager
from dataclasses import dataclass

import sqlalchemy as sa

from homeward.assembly import opened_house
from homeward.sample_cases import load_samples
from homeward.settings import load
from locales.known import KNOWN
from sandbox.telegram.faults import Weather
from services import updating
from services.samples import INVENTED_STAFF
from storage import cases, followers, holds, outbox, people, stories
from storage.holds import HoldState
from storage.jobs import load as load_jobs
from storage.sealing import new_data_key
from storage.stories import Consent
from tests.crowd import states
from tests.journeys.nursery import Nursery
from tests.journeys.outside import environment, free_port, outside_world
from tests.journeys.weather import _till_of
from tests.payments.rig import usd

_REFUSING = 0.03
_SENDS = ("sendPhoto", "sendMessage")


@dataclass(frozen=True)
class Size:
    """
    How large a storm is.

    Attributes:
        rate: Messages a second that may be sent.
        every_s: Between two kills.
        retry_after_s: What a 429 says. The real one says a second or more; with a third of all
            calls refused, 10,000 followers would then take an hour and a half.
        at_once: Messages on their way at the same time, of one process.
        receipts: Receipts that are wanted meanwhile.
    """

    followers: int
    rate: int
    kills: int
    every_s: float
    retry_after_s: float
    at_once: int
    receipts: int = 10


SMALL = Size(300, 100, 5, 1.5, 0.05, at_once=1)
FULL = Size(10_000, 25, 20, 25.0, 0.1, at_once=4, receipts=200)


class Town:
    """
    The followers and their telephones, as the stand-in sees them.

    Attributes:
        telegram: The stand-in.
        news_at: When it saw each call that tells news, by its own clock, oldest first.
        refusing: Chats that have blocked the bot.
    """

    def __init__(self, settings, house, telegram, size):
        self.settings = settings
        self.house = house
        self.telegram = telegram
        self.size = size
        self.news_at = []
        self.kills = 0
        self.chats = {}
        self.refusing = set()
        self.given = {}
        telegram.on_request = self._saw

    async def _saw(self, method, params):
        if method in _SENDS and int(params["chat_id"]) in self.chats:
            self.news_at.append(asyncio.get_running_loop().time())

    @property
    def weather(self):
        return self.telegram.faults.weather

    async def fill(self, till):
        """Followers in twelve languages, some of whom refuse; donors who wait for a receipt."""
        chance = random.Random(5)  # noqa: S311 - a draw, no secret
        now = self.house.clock()
        async with self.house.write() as connection:
            case = await cases.by_slug(connection, "mala")
            assert case is not None
            await self._consent(connection, case, now)
            for number in range(self.size.followers):
                locale = list(KNOWN)[number % len(KNOWN)]
                phone = self._phone(f"F{number}", locale)
                person = await people.ensure(connection, self.house.seal, phone)
                await people.set_locale(connection, person.id, locale)
                await followers.follow(connection, person.id, case.id, now)
                self.chats[phone] = person.id
                if chance.random() < _REFUSING:
                    self.refusing.add(phone)
                    self.telegram._world.accounts[phone].is_blocking = True
        for number in range(self.size.receipts):
            phone = self._phone(f"D{number}", "en")
            async with self.house.write() as connection:
                person = await people.ensure(connection, self.house.seal, phone)
            plan = await till.case(usd(1000))
            hold = await till.hold(plan, usd(10), person_id=person.id)
            self.given[phone] = hold.id, person.id
            async with self.house.write() as connection:
                await holds.set_state(connection, hold.id, HoldState.PAID)
        return case

    def _phone(self, name, locale):
        account = self.telegram._world.add_account(name, locale)
        account.has_started = True
        return account.id

    async def _consent(self, connection, case, now):
        until = now + dt.timedelta(days=30)
        witness = await _staff(connection, 0)
        for channel in ("bot", "web"):
            for locale in KNOWN:
                given = Consent("publish_updates", channel, locale, now, until, None)
                await stories.add_consent(connection, case.id, given, witness_id=witness)

    async def publish(self, case):
        """News of the case, approved, public at once; its broadcast is wanted with it."""
        await load_jobs()
        async with self.house.write() as connection:
            author, approver = [await _staff(connection, number) for number in range(2)]
            update = await updating.write(
                self.house, connection, case_id=case.id, milestone="job_found", month="2026-01",
                notes={}, author_id=author,
            )  # fmt: skip
            assert isinstance(update, updating.Update), update
            done = await updating.approve(
                self.house, connection, update.id, approver_id=approver, wait=dt.timedelta
            )
            assert isinstance(done, updating.Update), done

    def storm(self):
        """From now on a third of what is sent fails."""
        self.telegram.faults.weather = Weather(
            _SENDS, seed=6, too_many=0.30, retry_after_s=self.size.retry_after_s,
            broken=0.05, unheard=0.01,
        )  # fmt: skip

    async def thank(self):
        """Want the receipts, one after the other, all through the storm."""
        for hold_id, person_id in self.given.values():
            async with self.house.write() as connection:
                await outbox.enqueue(connection, "receipt", hold_id, person_id, self.house.clock())
            await asyncio.sleep(self.size.kills * self.size.every_s / len(self.given))

    async def kill(self, nursery, workers):
        """Kill one worker after the other, and start it again."""
        pids = [await nursery.start("worker") for _ in range(workers)]
        await self.until(lambda found: found.get("sent", 0) > 0, "the first is told", 90)
        while self.kills < self.size.kills:
            await asyncio.sleep(self.size.every_s)
            turn = self.kills % workers
            await nursery.kill(pids[turn])
            self.kills += 1
            pids[turn] = await nursery.start("worker")

    async def until(self, true, what, timeout_s):
        """Wait until *true* of how many deliveries are in which state."""
        deadline = asyncio.get_running_loop().time() + timeout_s
        while True:
            found = await self.states()
            if true(found):
                return found
            assert asyncio.get_running_loop().time() < deadline, (what, found)
            await asyncio.sleep(0.2)

    async def states(self):
        async with self.house.read() as connection:
            return await states(connection)

    async def rows(self, statement):
        async with self.house.read() as connection:
            return [tuple(row) for row in await connection.execute(sa.text(statement))]

    def told(self, chat):
        """How many messages stand in a chat."""
        return len(self.telegram._world.messages[chat])

    def most_in_a_second(self):
        """The most calls of news that the stand-in saw within any second."""
        return max(
            bisect.bisect_left(self.news_at, at + 1.0) - number
            for number, at in enumerate(self.news_at)
        )


@asynccontextmanager
async def raging(database_url, data_dir, drawn_cards, size, workers):
    """The town after the storm: all is quiet, and everybody was told or is on the list."""
    (data_dir / "cards").symlink_to(drawn_cards)
    program_url = f"http://127.0.0.1:{free_port()}"
    async with outside_world(program_url, deliver_twice=False) as outside:
        names = environment(database_url, data_dir, program_url, outside.url, new_data_key())
        names |= {
            "BROADCAST_DELAY_MINUTES": "0",
            "BROADCAST_RATE": f"{size.rate}",
            "BROADCAST_AT_ONCE": f"{size.at_once}",
        }
        settings = load(_env_file=None, **{key.lower(): of for key, of in names.items()})
        await load_samples(settings)
        async with (
            _till_of(settings, outside) as till,
            opened_house(settings) as house,
            Nursery(names, data_dir / "log") as nursery,
        ):
            town = Town(settings, house, outside.telegram, size)
            case = await town.fill(till)
            town.storm()
            await town.publish(case)
            receipts = asyncio.create_task(town.thank())
            await town.kill(nursery, workers)
            await receipts
            longest = 120 + 4 * size.followers / size.rate
            await town.until(lambda found: not found.get("pending"), "nothing waits", longest)
            await _receipts_are_out(town)
            yield town


async def _staff(connection, number):
    found = await cases.staff_id(connection, list(INVENTED_STAFF)[number])
    assert found is not None
    return found


async def _receipts_are_out(town):
    deadline = asyncio.get_running_loop().time() + 300
    while any(not town.told(chat) for chat in town.given):
        late = await town.rows("SELECT state, attempts, last_error FROM outbox")
        assert asyncio.get_running_loop().time() < deadline, late
        await asyncio.sleep(0.2)
