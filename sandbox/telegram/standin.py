"""Telegram, played: the Bot API over HTTP, the people behind it, and a phone in the browser."""

import asyncio
import contextlib
import json
import re
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any, NamedTuple

from aiohttp import web

from sandbox.state import StateFile
from sandbox.telegram.delivery import Attempt, Delivery
from sandbox.telegram.elsewhere import Group
from sandbox.telegram.faults import Faults
from sandbox.telegram.methods import APPLIED, LIMITED, NAMES
from sandbox.telegram.pace import ChatPace
from sandbox.telegram.parameters import Parameters, read_parameters
from sandbox.telegram.people import Person
from sandbox.telegram.phone_routes import PhoneRoutes
from sandbox.telegram.pictures import Pictures
from sandbox.telegram.refusals import Refusal
from sandbox.telegram.world import Clock, World

Json = dict[str, Any]
Hook = Callable[[str, Json], Awaitable[None]]

_TOKEN = re.compile(r"[1-9][0-9]*:[A-Za-z0-9_-]+")
_MOST_CALLS_KEPT = 20_000
_STRUCTURED = (
    "reply_markup", "media", "commands", "scope", "allowed_updates", "entities", "message_ids",
    "caption_entities", "link_preview_options", "menu_button", "reply_parameters",
    "results",
)  # fmt: skip


class Call(NamedTuple):
    """A request of the bot: the method's documented name and its parameters, JSON decoded."""

    method: str
    params: Json


class Refused(NamedTuple):
    """A request that was refused, by a rule or by a planned fault."""

    method: str
    code: int
    description: str


class TelegramStandIn:
    """
    One bot's Telegram.

    Args:
        token: As BotFather gives it: `<number>:<secret>`.
        state_file: Where everything is kept over a restart; pictures lie in the folder
            `telegram-pictures` beside it. None keeps nothing.
        clock: Unix seconds. Dates, and how long updates and taps live, follow it.
        public_url: Scheme and host this is served at.
        time_scale: Waits between repeats of a delivery are divided by it.

    Attributes:
        calls: Every known method that was called, oldest first, refused ones included.
        refused: Every refusal, oldest first.
        faults: What shall go wrong.
        chat_pace: The limit of messages for each chat, or None for no limit.
        on_request: Awaited before a method is applied.
        on_response: Awaited after a method was applied and before its answer is written.
    """

    def __init__(
        self,
        token: str,
        *,
        bot_username: str = "homeward_demo_bot",
        bot_name: str = "Homeward",
        state_file: Path | None = None,
        clock: Clock = time.time,
        public_url: str,
        time_scale: float = 1.0,
    ) -> None:
        if not _TOKEN.fullmatch(token):
            raise ValueError("a bot token is <number>:<letters>, as BotFather gives it")
        self._token = token
        self._public_url = public_url.rstrip("/")
        self._state_file = StateFile(state_file)
        folder = None if state_file is None else state_file.parent / "telegram-pictures"
        pictures = Pictures(folder, int(token.partition(":")[0]))
        self._world = World(token, bot_username, bot_name, clock, pictures, self._keep)
        self.faults = Faults()
        self._delivery = Delivery(clock, self.faults, time_scale, self._keep, self._reply)
        self.faults.on_release = self._delivery.wake
        self._phone = PhoneRoutes(self._world, self.faults, self.find_person, self.person)
        self._under_way = 0
        self.calls: list[Call] = []
        self.refused: list[Refused] = []
        self.chat_pace: ChatPace | None = None
        self.on_request: Hook | None = None
        self.on_response: Hook | None = None
        self._restore()

    def add_to(self, app: web.Application) -> None:
        """Put the routes into *app*; its shutdown ends what waits for news."""
        app.router.add_route("*", "/bot{token}/{method}", self._answer)
        app.router.add_get("/file/bot{token}/photos/{name}", self._file)
        self._phone.add_to(app)
        app.on_shutdown.append(self._end_waits)

    async def start(self) -> None:
        """Begin to deliver updates. Needs a running loop."""
        await self._delivery.start()

    async def close(self) -> None:
        """Stop delivering and write what is not yet written."""
        await self._end_waits(None)
        await self._delivery.close()
        self._state_file.flush()

    @property
    def phone_url(self) -> str:
        """Where the phone is."""
        return f"{self._public_url}/phone"

    @property
    def attempts(self) -> list[Attempt]:
        """Every delivery to the webhook so far."""
        return self._delivery.attempts

    @property
    def people(self) -> list[Person]:
        """Everybody."""
        return [self.find_person(person_id) for person_id in self._world.accounts]

    def person(self, name: str, language_code: str | None = "en") -> Person:
        """Somebody new who has not yet opened the bot."""
        account = self._world.add_account(name, language_code)
        return Person(account, self._world, self._delivery)

    def group(self, title: str) -> Group:
        """A group that the bot was put into."""
        return Group(self._world.add_group(title), self._world, self._delivery)

    def find_person(self, person_id: int) -> Person:
        """
        Somebody by id.

        Raises:
            KeyError: there is no such person.
        """
        return Person(self._world.accounts[person_id], self._world, self._delivery)

    def say(self, person: Person, text: str, *, protected: bool = False) -> Json:
        """A message that the bot sent long ago, put into her chat as if it had."""
        account = self._world.accounts[person.id]
        account.has_started = True
        content = {"text": text, "has_protected_content": True} if protected else {"text": text}
        return self._world.new_message(account, self._world.bot_user(), content)

    def forget_file_ids(self) -> None:
        """From now on every file id given so far is refused as wrong."""
        self._world.pictures.forget_ids()

    def limit_chats(self, *, interval_s: float = 1.0, burst: int = 5) -> None:
        """Refuse with 429 what is sent to one chat too fast."""
        self.chat_pace = ChatPace(self._world.clock, interval_s=interval_s, burst=burst)

    async def settled(self, timeout_s: float = 10.0) -> None:
        """
        Wait until no update waits or is under way and no request of the bot is being answered.

        Held updates, and updates that nobody is there to take, are not waited for.

        Raises:
            TimeoutError: it did not come to rest.
        """
        async with asyncio.timeout(timeout_s):
            # Two parts would have to agree on one event; a look every 2 ms is simpler.
            while self._under_way or self._delivery.is_busy():  # noqa: ASYNC110
                await asyncio.sleep(0.002)

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        token, method = request.match_info["token"], request.match_info["method"].lower()
        try:
            if token != self._token:
                raise Refusal(401, "Unauthorized")
            if method not in NAMES:
                raise Refusal(404, "Not Found: method not found")
            parameters = await read_parameters(request)
            result = await self._serve(request, method, parameters)
        except Refusal as refusal:
            self.refused.append(Refused(NAMES.get(method, method), refusal.code, str(refusal)))
            headers = {}
            if refusal.retry_after_s is not None:
                headers["Retry-After"] = str(refusal.retry_after_s)
            return web.json_response(refusal.envelope(), status=refusal.code, headers=headers)
        return web.json_response({"ok": True, "result": result})

    async def _serve(self, request: web.Request, method: str, parameters: Parameters) -> Any:
        """One call from its arrival to its result, with all that may go wrong in between."""
        call = self._log(method, parameters)
        if method == "getupdates":
            return await self._delivery.poll(parameters)
        self._under_way += 1
        try:
            if self.on_request is not None:
                await self.on_request(*call)
            refusal, drop = self.faults.take(method)
            if drop == "before":
                return _hang_up(request)
            if refusal is not None:
                raise refusal
            result = await self._apply(method, parameters)
            if self.on_response is not None:
                await self.on_response(*call)
            return _hang_up(request) if drop == "after" else result
        finally:
            self._under_way -= 1

    async def _apply(self, method: str, parameters: Parameters) -> Any:
        if method in {"setwebhook", "deletewebhook"}:
            if method == "deletewebhook":
                parameters.values["url"] = ""
            return await self._delivery.set_webhook(parameters)
        if method == "getwebhookinfo":
            return self._delivery.webhook_info()
        if method in LIMITED and self.chat_pace is not None:
            self.chat_pace.spend(parameters.integer("chat_id"))
        return APPLIED[method](self._world, parameters)

    async def _reply(self, method: str, parameters: Parameters) -> None:
        """What the bot asked for in its answer to an update. It does not learn the outcome."""
        if method in APPLIED:
            self._log(method, parameters)
            try:
                await self._apply(method, parameters)
            except Refusal as refusal:
                self.refused.append(Refused(NAMES[method], refusal.code, str(refusal)))

    def _log(self, method: str, parameters: Parameters) -> Call:
        params = dict(parameters.values)
        for name in _STRUCTURED:
            if isinstance(params.get(name), str):
                with contextlib.suppress(ValueError):
                    params[name] = json.loads(params[name])
        call = Call(NAMES[method], params)
        self.calls.append(call)
        if len(self.calls) > _MOST_CALLS_KEPT:
            del self.calls[: _MOST_CALLS_KEPT // 2]
        return call

    async def _file(self, request: web.Request) -> web.Response:
        found = self._world.pictures.read(request.match_info["name"].partition(".")[0])
        if request.match_info["token"] != self._token or found is None:
            return web.json_response(Refusal(404, "Not Found").envelope(), status=404)
        return web.Response(body=found[0], content_type=found[1])

    async def _end_waits(self, _: web.Application | None) -> None:
        self._delivery.end_polls()
        self._world.changes.end()

    def _keep(self) -> None:
        self._state_file.save_soon(self._state)

    def _state(self) -> Json:
        return {"world": self._world.state(), "delivery": self._delivery.state()}

    def _restore(self) -> None:
        state = self._state_file.load()
        if state:
            self._world.restore(state["world"])
            self._delivery.restore(state["delivery"])


def _hang_up(request: web.Request) -> None:
    """Close the connection under the answer, so that none arrives."""
    if request.transport is not None:
        request.transport.abort()
