"""
The phone in the browser and what it is driven by.

The addresses under `/sim/telegram` are not Telegram's; they play the people. Those that change
something want JSON, which a strange page cannot send here without being asked first.
"""

import asyncio
import contextlib
import json
import re
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from aiohttp import web

from sandbox.telegram.about import shown_about
from sandbox.telegram.faults import Faults
from sandbox.telegram.people import NotPossible, Person
from sandbox.telegram.refusals import Refusal
from sandbox.telegram.world import World

Json = dict[str, Any]
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

_PAGE = Path(__file__).parent / "phone"
_PING_S = 15.0
_PAYLOAD = re.compile(r"[A-Za-z0-9_-]{0,64}")
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
    "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
_PAGE_HEADERS = {
    "Content-Security-Policy": _POLICY,
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-cache",
}
_TYPES = {".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml"}


class PhoneRoutes:
    """The routes of the phone, over the same world as the Bot API's."""

    def __init__(
        self,
        world: World,
        faults: Faults,
        find_person: Callable[[int], Person],
        add_person: Callable[[str, str | None], Person],
    ) -> None:
        self._world = world
        self._faults = faults
        self._find_person = find_person
        self._add_person = add_person

    def add_to(self, app: web.Application) -> None:
        """Put the routes into *app*."""
        person = "/sim/telegram/people/{person_id:[0-9]+}"
        app.router.add_get("/phone", self._page)
        app.router.add_get("/phone/static/{name:[a-z_]+[.](?:js|css|svg)}", self._static)
        app.router.add_get("/t.me/{username}", self._open_bot)
        app.router.add_get("/sim/telegram/files/{unique_id}", self._picture)
        app.router.add_get("/sim/telegram/faults", self._show_faults)
        app.router.add_post("/sim/telegram/faults", _explained(self._order_faults))
        app.router.add_post("/sim/telegram/people", _explained(self._new_person))
        app.router.add_get(person, _explained(self._show_person))
        app.router.add_get(f"{person}/messages", _explained(self._messages))
        app.router.add_get(f"{person}/events", _explained(self._events))
        app.router.add_post(f"{person}/{{act:[a-z]+}}", _explained(self._act))

    async def _page(self, _: web.Request) -> web.StreamResponse:
        page = (_PAGE / "index.html").read_text("utf-8")
        return web.Response(text=page, content_type="text/html", headers=_PAGE_HEADERS)

    async def _static(self, request: web.Request) -> web.StreamResponse:
        path = _PAGE / request.match_info["name"]
        if not path.is_file():
            raise web.HTTPNotFound
        return web.Response(
            text=path.read_text("utf-8"),
            content_type=_TYPES[path.suffix],
            headers=_PAGE_HEADERS,
        )

    async def _open_bot(self, request: web.Request) -> web.StreamResponse:
        """What t.me does: it opens the app at the bot, with the payload of the link."""
        payload = request.query.get("start", "")
        is_this_bot = request.match_info["username"].lower() == self._world.username.lower()
        if not is_this_bot or not _PAYLOAD.fullmatch(payload):
            raise web.HTTPNotFound
        raise web.HTTPFound(f"/phone?start={payload}")

    async def _picture(self, request: web.Request) -> web.StreamResponse:
        found = self._world.pictures.read(request.match_info["unique_id"])
        if found is None:
            raise web.HTTPNotFound
        # The bytes behind an id never change.
        headers = {"Cache-Control": "private, max-age=31536000, immutable"}
        return web.Response(body=found[0], content_type=found[1], headers=headers)

    async def _show_faults(self, _: web.Request) -> web.StreamResponse:
        return web.json_response(self._faults.shown())

    async def _order_faults(self, request: web.Request) -> web.StreamResponse:
        self._faults.order(await _body(request))
        return web.json_response(self._faults.shown())

    async def _new_person(self, request: web.Request) -> web.StreamResponse:
        body = await _body(request)
        person = self._add_person(str(body.get("name") or "Guest"), body.get("language_code"))
        return web.json_response(person.shown(), status=201)

    async def _show_person(self, request: web.Request) -> web.StreamResponse:
        return web.json_response(self._shown(self._person(request)))

    async def _messages(self, request: web.Request) -> web.StreamResponse:
        return web.json_response({"messages": self._person(request).messages})

    async def _act(self, request: web.Request) -> web.StreamResponse:
        person, body = self._person(request), await _body(request)
        answer: Json = {}
        match request.match_info["act"]:
            case "send":
                answer = {"message": await person.send(str(body.get("text", "")))}
            case "press":
                message_id, data = int(body.get("message_id", 0)), str(body.get("data", ""))
                answer = {"callback_query_id": await person.press_data(message_id, data)}
            case "block":
                await person.block()
            case "unblock":
                await person.unblock()
            case "language":
                person.language_code = body.get("language_code")
            case "clear":
                person.clear_chat()
            case _:
                raise web.HTTPNotFound
        return web.json_response(answer)

    async def _events(self, request: web.Request) -> web.StreamResponse:
        """First everything, then every change. A phone that lost touch simply asks again."""
        person = self._person(request)
        queue = self._world.changes.listen(person.id)
        response = web.StreamResponse(headers={"Cache-Control": "no-store"})
        response.content_type = "text/event-stream"
        hello = self._shown(person) | {"kind": "hello", "messages": person.messages}
        try:
            await response.prepare(request)
            await _write_event(response, hello)
            while (event := await _next(queue)) is not None:
                await _write_event(response, event)
        except ConnectionError:
            pass
        finally:
            self._world.changes.leave(person.id, queue)
        return response

    def _shown(self, person: Person) -> Json:
        about = shown_about(self._world, person.language_code)
        return {"person": person.shown(), "bot": about}

    def _person(self, request: web.Request) -> Person:
        return self._find_person(int(request.match_info["person_id"]))


async def _next(queue: asyncio.Queue[Json | None]) -> Json | None:
    """The next event; an empty one after a while, so that a closed connection is noticed."""
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(_PING_S):
            return await queue.get()
    return {"kind": "ping"}


async def _write_event(response: web.StreamResponse, event: Json) -> None:
    await response.write(f"data: {json.dumps(event)}\n\n".encode())


async def _body(request: web.Request) -> Json:
    if request.content_type != "application/json":
        raise web.HTTPUnsupportedMediaType
    try:
        body = await request.json()
    except ValueError:
        raise web.HTTPBadRequest(text="the body must be JSON") from None
    if not isinstance(body, dict):
        raise web.HTTPBadRequest(text="the body must be a JSON object")
    return body


def _explained(handler: Handler) -> Handler:
    """Turn what cannot be done into an answer that says so."""

    async def explain(request: web.Request) -> web.StreamResponse:
        try:
            return await handler(request)
        except KeyError:
            return web.json_response({"error": "there is no such person"}, status=404)
        except NotPossible as error:
            return web.json_response({"error": str(error)}, status=409)
        except Refusal as refusal:
            return web.json_response({"error": refusal.description}, status=400)

    return explain
