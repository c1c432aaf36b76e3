"""What goes wrong during a storm: the server is killed, the database crashes, the disk is full."""

import asyncio
import os
from http import HTTPStatus

import aiohttp
import sqlalchemy as sa


class Killing:
    """
    The server is killed with -9 each second, and started again.

    Attributes:
        kills: How often.
        problems: None; there is nobody who could do wrong.
    """

    ALIVE_S = 1.0
    LEAST = 5

    def __init__(self, nursery):
        self.kills = 0
        self.problems = []
        self._nursery = nursery

    @property
    def is_enough(self):
        return self.kills >= self.LEAST

    async def does(self, till):
        while True:
            pid = await self._nursery.start("serve")
            await asyncio.sleep(self.ALIVE_S)
            await self._nursery.kill(pid)
            self.kills += 1
            await half_a_minute_passes(till)


class Outage:
    """
    Something that the server needs is away, again and again; the server lives on.

    Attributes:
        problems: What the server did and should not have, a line each.
        times: How often it was away.
    """

    LEAST = 4

    def __init__(self, nursery, url, away, back, *, for_s, reads_on):
        self.problems = []
        self.times = 0
        self._nursery = nursery
        self._url = url
        self._away, self._back = away, back
        self._for_s = for_s
        self._reads_on = reads_on

    @property
    def is_enough(self):
        return self.times >= self.LEAST

    async def does(self, till):
        pid = await self._nursery.start("serve")
        await self.until_ready()
        while True:
            going = asyncio.create_task(asyncio.to_thread(self._away))
            try:
                await asyncio.shield(going)
                await self._is_borne()
            finally:  # also when the storm is over just now
                await going
                await asyncio.to_thread(self._back)
            self.times += 1
            await half_a_minute_passes(till)
            await self.until_ready()
            os.kill(pid, 0)  # it is the same process
            await asyncio.sleep(0.7)

    async def _is_borne(self):
        """See that the server answers as it should while something is away."""
        await asyncio.sleep(self._for_s)
        wanted = HTTPStatus.OK if self._reads_on else HTTPStatus.SERVICE_UNAVAILABLE
        for path in ("/readyz", "/en/ledger"):
            if (status := await self._status(path)) != wanted:
                self.problems.append(f"{path} was answered with {status}")

    async def until_ready(self):
        """Wait until the server says that it can serve."""
        while await self._status("/readyz") != HTTPStatus.OK:  # noqa: ASYNC110 - asked over HTTP
            await asyncio.sleep(0.05)

    async def _status(self, path):
        try:
            async with aiohttp.ClientSession() as session, session.get(self._url + path) as answer:
                return answer.status
        except aiohttp.ClientError:
            return None


async def half_a_minute_passes(till):
    """What a dead process, or one that lost its database, had taken for itself is free again."""
    async with till.house.write() as connection:
        await connection.execute(sa.text("UPDATE hold SET leased_until = 0"))
