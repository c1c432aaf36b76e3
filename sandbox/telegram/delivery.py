"""
How updates reach the bot: by webhook or by long polling, with the real server's patience.

Updates stand in queues: one for the messages of a chat, one for its member changes, one for the
taps of a person. Of each queue one update is under way, the next follows only after a 2xx; queues
do not wait for one another, so a tap can arrive beside a message of the same person. Anything but a
2xx, or no answer, is a failure: the first repeat is immediate, then after 2, 4, 8 ... seconds up to
60 to 120, or as Retry-After says; what would be repeated after its life is dropped.
Source: tdlib/telegram-bot-api `WebhookActor.cpp`, `Client.cpp` (read 2026-11).
"""

import asyncio
import contextlib
import json
import random
import time
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import asdict, dataclass, field
from typing import Any

import aiohttp

from sandbox.telegram.faults import Faults
from sandbox.telegram.parameters import Parameters
from sandbox.telegram.refusals import Refusal, conflict
from sandbox.telegram.webhook import ALL_UPDATES, allowed_updates_of, webhook_of
from sandbox.telegram.world import Clock

Json = dict[str, Any]

MESSAGE_LIFE_S = 24 * 3600
CALLBACK_LIFE_S = 150
WEBHOOK_TIMEOUT_S = 60.0
_MOST_WAIT_S = 60
_MOST_RETRY_AFTER_S = 3600
_MOST_POLL_S = 50
_FIRST_UPDATE_ID = 500_000_001


@dataclass(slots=True)
class Pending:
    """
    An update that was not yet accepted.

    Attributes:
        queue: Which updates it must not overtake.
        body: The update itself, `update_id` included.
        expires_at: Unix seconds.
        wait_s: The next wait is twice this, after the first.
    """

    queue: str
    body: Json
    expires_at: float
    wait_s: float = 1.0
    failures: int = 0


@dataclass(slots=True)
class Attempt:
    """
    One delivery to the webhook, for tests of the schedule.

    Attributes:
        at: When its answer came, on the monotonic clock.
        wait_s: How long the repeat was put off, before scaling; None if there was none to come.
    """

    at: float
    update_id: int
    is_accepted: bool
    wait_s: float | None = None


@dataclass(slots=True)
class _Error:
    at: int = 0
    text: str = ""


@dataclass(slots=True)
class _Route:
    """Where updates go: a webhook or None, and which of them are wanted (empty: all)."""

    webhook: Json | None = None
    allowed: list[str] = field(default_factory=list)


class Delivery:
    """
    The queues.

    Args:
        clock: Unix seconds; decides what is expired.
        time_scale: Waits between repeats are divided by it.
        on_change: Called after anything changed that must survive a restart.
        on_reply: Takes a method that the webhook's answer asks for, and its parameters.
    """

    def __init__(
        self,
        clock: Clock,
        faults: Faults,
        time_scale: float,
        on_change: Callable[[], None],
        on_reply: Callable[[str, Parameters], Awaitable[None]],
    ) -> None:
        self._clock = clock
        self._faults = faults
        self._time_scale = time_scale
        self._changed = on_change
        self._on_reply = on_reply
        self._route = _Route()
        self._pending: dict[int, Pending] = {}
        self._queues: dict[str, deque[Pending]] = {}
        self._workers: dict[str, asyncio.Task[None]] = {}
        self._last_update_id = _FIRST_UPDATE_ID - 1
        self._error = _Error()
        self._session: aiohttp.ClientSession | None = None
        self._connections = asyncio.Semaphore(40)
        self._arrived = asyncio.Event()
        self._poll: asyncio.Future[Refusal | None] | None = None
        self.attempts: list[Attempt] = []

    async def start(self) -> None:
        """Deliver what is pending, and from now on."""
        timeout = aiohttp.ClientTimeout(total=WEBHOOK_TIMEOUT_S)
        self._session = aiohttp.ClientSession(timeout=timeout)
        self.wake()

    async def close(self) -> None:
        """Stop; what was not accepted stays pending."""
        self.end_polls()
        await self._stop_workers()
        if self._session is not None:
            await self._session.close()
            self._session = None

    def add(self, kind: str, owner_id: int, content: Json, life_s: int = MESSAGE_LIFE_S) -> None:
        """A new update of *kind*; dropped if the bot did not ask for this kind."""
        if kind not in (self._route.allowed or ALL_UPDATES):
            return
        self._last_update_id += 1
        body = {"update_id": self._last_update_id, kind: content}
        self._put(Pending(f"{kind}/{owner_id}", body, self._clock() + life_s))
        self._changed()
        self.wake()

    def is_busy(self) -> bool:
        """An update is under way, or waits for a webhook or a poll that is there to take it."""
        if any(not worker.done() for worker in self._workers.values()):
            return not self._faults.is_held
        listens = self._route.webhook is not None or self._poll is not None
        return bool(self._pending) and listens and not self._faults.is_held

    async def set_webhook(self, request: Parameters) -> bool:
        """setWebhook; deleteWebhook is one without an address."""
        webhook = webhook_of(request)
        await self._stop_workers()
        if request.flag("drop_pending_updates"):
            self._pending.clear()
            self._queues.clear()
        self._route = _Route(webhook, allowed_updates_of(request, self._route.allowed))
        self._error = _Error()
        if webhook is not None:
            self._connections = asyncio.Semaphore(webhook["max_connections"])
            self.end_polls(conflict("terminated by setWebhook request"))
        self._changed()
        self.wake()
        return True

    def webhook_info(self) -> Json:
        """getWebhookInfo. The secret is not told."""
        webhook = self._route.webhook or {}
        info: Json = {
            "url": webhook.get("url", ""),
            "has_custom_certificate": False,
            "pending_update_count": len(self._pending),
        }
        if webhook:
            info["max_connections"] = webhook["max_connections"]
        if self._error.text:
            info |= {"last_error_date": self._error.at, "last_error_message": self._error.text}
        if self._route.allowed:
            info["allowed_updates"] = self._route.allowed
        return info

    async def poll(self, request: Parameters) -> list[Json]:
        """
        getUpdates. An offset confirms all before it; a negative one counts from the end.

        Raises:
            Refusal: 409 while a webhook is set, or because another poll began.
        """
        if self._route.webhook is not None:
            raise conflict(
                "can't use getUpdates method while webhook is active; "
                "use deleteWebhook to delete the webhook first"
            )
        self.end_polls(
            conflict(
                "terminated by other getUpdates request; "
                "make sure that only one bot instance is running"
            )
        )
        self._route.allowed = allowed_updates_of(request, self._route.allowed)
        limit = min(max(request.integer("limit", 100), 1), 100)
        deadline = time.monotonic() + min(max(request.integer("timeout"), 0), _MOST_POLL_S)
        self._confirm(request.integer("offset"))
        ended = self._poll = asyncio.get_running_loop().create_future()
        try:
            return await self._wait_for_updates(ended, limit, deadline)
        finally:
            if self._poll is ended:
                self._poll = None

    def end_polls(self, reason: Refusal | None = None) -> None:
        """Let a waiting getUpdates go: refused with *reason*, else with nothing."""
        if self._poll is not None and not self._poll.done():
            self._poll.set_result(reason)
            self._arrived.set()

    def state(self) -> Json:
        """What `restore` needs."""
        return {
            "route": asdict(self._route),
            "pending": [asdict(pending) for pending in self._pending.values()],
            "last_update_id": self._last_update_id,
        }

    def restore(self, state: Json) -> None:
        """Take up what `state` gave."""
        self._route = _Route(**state["route"])
        self._last_update_id = state["last_update_id"]
        for pending in state["pending"]:
            self._put(Pending(**pending))

    def _put(self, pending: Pending) -> None:
        self._pending[pending.body["update_id"]] = pending
        self._queues.setdefault(pending.queue, deque()).append(pending)

    def _drop(self, pending: Pending) -> None:
        del self._pending[pending.body["update_id"]]
        queue = self._queues[pending.queue]
        queue.remove(pending)
        if not queue:
            del self._queues[pending.queue]
        self._changed()

    def wake(self) -> None:
        """See whether something can be delivered."""
        self._arrived.set()
        if self._route.webhook is None or self._session is None:
            return
        for queue in self._queues:
            worker = self._workers.get(queue)
            if worker is None or worker.done():
                self._workers[queue] = asyncio.create_task(self._work(queue))

    async def _stop_workers(self) -> None:
        workers, self._workers = list(self._workers.values()), {}
        for worker in workers:
            worker.cancel()
        await asyncio.gather(*workers, return_exceptions=True)

    async def _work(self, queue: str) -> None:
        """Deliver one queue until it is empty."""
        while queue in self._queues:
            await self._faults.gate()
            pending = self._queues[queue][0]
            if pending.expires_at < self._clock():
                self._drop(pending)
                continue
            async with self._connections:
                is_accepted, retry_after_s = await self._deliver(pending)
            if is_accepted:
                self._drop(pending)
            else:
                await self._wait_or_drop(pending, retry_after_s)
        self._workers.pop(queue, None)

    async def _deliver(self, pending: Pending) -> tuple[bool, int]:
        """Once, or as often as the faults say; accepted if one of them was."""
        mode = self._faults.duplicates
        if mode == "together":
            outcomes = await asyncio.gather(self._post(pending), self._post(pending))
            return max(outcomes)
        outcome = await self._post(pending)
        if mode == "after" and outcome[0]:
            await self._post(pending)
        return outcome

    async def _post(self, pending: Pending) -> tuple[bool, int]:
        """One request; whether it was accepted, and its Retry-After or 0."""
        webhook, session = self._route.webhook, self._session
        if webhook is None or session is None:
            return False, 0
        headers = {"Content-Type": "application/json"}
        if webhook["secret_token"]:
            headers["X-Telegram-Bot-Api-Secret-Token"] = webhook["secret_token"]
        body = json.dumps(pending.body).encode()
        is_accepted, retry_after_s = False, 0
        try:
            async with session.post(
                webhook["url"], data=body, headers=headers, allow_redirects=False
            ) as answer:
                is_accepted = 200 <= answer.status <= 299
                content = await answer.read()
                if not is_accepted:
                    self._note(f"Wrong response from the webhook: {answer.status} {answer.reason}")
                    retry_after_s = _seconds(answer.headers.get("Retry-After", ""))
        except TimeoutError:
            self._note("Read timeout expired")
        except aiohttp.ClientError:
            self._note("Webhook connection closed")
        self.attempts.append(Attempt(time.monotonic(), pending.body["update_id"], is_accepted))
        if is_accepted:
            await self._reply(content)
        return is_accepted, retry_after_s

    def _note(self, text: str) -> None:
        self._error = _Error(int(self._clock()), text)

    async def _reply(self, content: bytes) -> None:
        """A method in the webhook's answer is carried out, and its outcome told to nobody."""
        with contextlib.suppress(ValueError):
            asked = json.loads(content) if content.startswith(b"{") else {}
            method = str(asked.pop("method", "")).lower()
            if method and not method.startswith("get") and not method.endswith("webhook"):
                await self._on_reply(method, Parameters(asked))

    async def _wait_or_drop(self, pending: Pending, retry_after_s: int) -> None:
        delay_s: float = min(max(retry_after_s, 0), _MOST_RETRY_AFTER_S)
        if retry_after_s == 0 and pending.failures > 0:
            most = random.uniform(_MOST_WAIT_S, 2 * _MOST_WAIT_S)  # noqa: S311 - spreads repeats
            delay_s = pending.wait_s = min(most, pending.wait_s * 2)
        pending.failures += 1
        if self._clock() + delay_s > pending.expires_at:
            self._drop(pending)
        else:
            self.attempts[-1].wait_s = delay_s
            await asyncio.sleep(delay_s / self._time_scale)

    def _confirm(self, offset: int) -> None:
        if offset < 0:
            offset = self._last_update_id + offset + 1
        for pending in list(self._pending.values()):
            is_old = pending.expires_at < self._clock()
            if is_old or (offset > 0 and pending.body["update_id"] < offset):
                self._drop(pending)

    async def _wait_for_updates(
        self, ended: asyncio.Future[Refusal | None], limit: int, deadline: float
    ) -> list[Json]:
        while not ended.done():
            self._arrived.clear()
            if self._pending and not self._faults.is_held:
                return [pending.body for pending in self._pending.values()][:limit]
            left_s = deadline - time.monotonic()
            if left_s <= 0:
                return []
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(left_s):
                    await self._arrived.wait()
        reason = ended.result()
        if reason is not None:
            raise reason
        return []


def _seconds(header: str) -> int:
    return int(header) if header.isdigit() else 0
