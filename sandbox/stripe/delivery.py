"""
Webhooks out: signed, retried on a growing schedule, and as badly behaved as one likes.

Source: docs.stripe.com/webhooks (read 2026-11): any answer but 2xx is retried for up to three days;
events may come twice and in any order; the signature is `t=...,v1=HMAC-SHA256(secret, "t.body")`.
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
import random
from collections.abc import Coroutine, Iterable
from dataclasses import dataclass
from typing import Any

import aiohttp

from sandbox.stripe.world import Obj, World

RETRIES_S = (300, 1800, 7200, 18_000, 36_000, 36_000, 43_200, 43_200, 43_200)
"""Waits between attempts: minutes first, twelve hours at the end, less than three days in all."""

ANSWER_WITHIN_S = 20.0


def signature(secret: str, timestamp: int, body: bytes) -> str:
    """The `Stripe-Signature` header of *body*."""
    signed = hmac.new(secret.encode(), b"%d." % timestamp + body, hashlib.sha256).hexdigest()
    return f"t={timestamp},v1={signed}"


@dataclass(frozen=True)
class Attempt:
    """One attempt. *status* is None if there was no answer."""

    event_id: str
    event_type: str
    status: int | None


class Delivery:
    """
    Delivers the events of one world to one address.

    Attributes:
        url: Where to; None delivers nothing, and events count as delivered.
        enabled_events: Types to deliver; None is all.
        deliver_twice: Every event comes a second time, right after the first was taken.
        at_once: With deliver_twice: both at the same moment.
        shuffle_window_s: Events of so many seconds are gathered and sent in another order, each
            after the one before was answered. 0 sends each at once, in order.
        delay_s: Every first attempt waits so long.
        lose_next: So many of the coming events are never delivered.
        lose_types: Events of these types are never delivered.
        loss_rate: Which part of all events is never delivered, 0 to 1.
        time_scale: Factor on the waits between attempts.
        attempts: All that were made, oldest first.
    """

    def __init__(
        self, world: World, secret: str, url: str | None, *, randomness: random.Random
    ) -> None:
        self._world = world
        self._secret = secret
        self._random = randomness
        self._client: aiohttp.ClientSession | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self._gathered: list[Obj] = []
        self.url = url
        self.enabled_events: frozenset[str] | None = None
        self.deliver_twice = False
        self.at_once = False
        self.shuffle_window_s = 0.0
        self.delay_s = 0.0
        self.lose_next = 0
        self.lose_types: frozenset[str] = frozenset()
        self.loss_rate = 0.0
        self.time_scale = 1.0
        self.attempts: list[Attempt] = []

    async def start(self) -> None:
        """Begin, with what an earlier run left undelivered."""
        self._client = aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=ANSWER_WITHIN_S))
        undelivered = self._world.waiting if self.url is not None else {}
        for event_id, state in list(undelivered.items()):
            event = self._world.objects["event"][event_id]
            wait = max(0.0, state["at"] - self._world.moment())
            self._spawn(event, state["attempt"], wait)

    async def close(self) -> None:
        """Stop. What is undelivered is taken up by the next start."""
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        if self._client is not None:
            await self._client.close()
            self._client = None

    def take(self, event: Obj) -> None:
        """A new event."""
        if self.url is None:
            return
        if self.enabled_events is not None and event["type"] not in self.enabled_events:
            return
        event["pending_webhooks"] = 1
        if self._lost(event):
            return
        self._world.waiting[event["id"]] = {"attempt": 0, "at": self._world.moment()}
        if self._client is None:
            return
        if self.shuffle_window_s > 0:
            self._gathered.append(event)
            if len(self._gathered) == 1:
                self._keep(self._send_shuffled())
        else:
            self._spawn(event, 0, self.delay_s)

    async def redeliver(self, event: Obj) -> int | None:
        """Deliver an event once more, now, whatever became of it. Returns the answer's status."""
        return await self._attempt(event)

    async def settled(self, timeout_s: float) -> None:
        """
        Wait until nothing is being delivered and nothing waits for another attempt.

        Raises:
            TimeoutError: something still is after *timeout_s*; it says what.
        """
        deadline = asyncio.get_running_loop().time() + timeout_s
        while self._tasks:
            left = deadline - asyncio.get_running_loop().time()
            if left <= 0:
                known = self._world.objects["event"]
                names = ", ".join(known[of]["type"] for of in self._world.waiting)
                raise TimeoutError(f"webhooks still under way after {timeout_s} s: {names}")
            await asyncio.wait(set(self._tasks), timeout=left)

    def _lost(self, event: Obj) -> bool:
        if event["type"] in self.lose_types or self._random.random() < self.loss_rate:
            return True
        if self.lose_next > 0:
            self.lose_next -= 1
            return True
        return False

    def _spawn(self, event: Obj, attempt: int, wait_s: float) -> None:
        self._keep(self._deliver(event, attempt, wait_s))

    def _keep(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _send_shuffled(self) -> None:
        await asyncio.sleep(self.shuffle_window_s)
        events, self._gathered = self._gathered, []
        for event in _another_order(events, self._random):
            await self._deliver(event, 0, 0.0)

    async def _deliver(self, event: Obj, attempt: int, wait_s: float) -> None:
        waits = RETRIES_S[attempt:]
        while True:
            if wait_s > 0:
                await asyncio.sleep(wait_s)
            if await self._came_through(event):
                event["pending_webhooks"] = 0
                break
            if not waits:
                break
            wait_s, waits = waits[0] * self.time_scale, waits[1:]
            attempt += 1
            self._world.waiting[event["id"]] = {
                "attempt": attempt,
                "at": self._world.moment() + wait_s,
            }
            self._world.when_changed()
        self._world.waiting.pop(event["id"], None)
        self._world.when_changed()

    async def _came_through(self, event: Obj) -> bool:
        if self.deliver_twice and self.at_once:
            both = await asyncio.gather(self._attempt(event), self._attempt(event))
            return any(_taken(status) for status in both)
        if not _taken(await self._attempt(event)):
            return False
        if self.deliver_twice:
            await self._attempt(event)
        return True

    async def _attempt(self, event: Obj) -> int | None:
        if self._client is None or self.url is None:
            raise RuntimeError("the stand-in for Stripe is not started, or has no webhook address")
        body = json.dumps(event, indent=2, ensure_ascii=False).encode()
        headers = {
            "Content-Type": "application/json; charset=utf-8",
            "Stripe-Signature": signature(self._secret, self._world.now(), body),
            "User-Agent": "Stripe/1.0 (stand-in)",
        }
        status: int | None = None
        try:
            async with self._client.post(
                self.url, data=body, headers=headers, allow_redirects=False
            ) as answer:
                await answer.read()
                status = answer.status
        except (aiohttp.ClientError, TimeoutError):
            status = None
        self.attempts.append(Attempt(event["id"], event["type"], status))
        return status


def _taken(status: int | None) -> bool:
    return status is not None and 200 <= status < 300


def _another_order(events: list[Obj], randomness: random.Random) -> Iterable[Obj]:
    shuffled = list(events)
    while len(events) > 1 and shuffled == events:
        randomness.shuffle(shuffled)
    return shuffled
