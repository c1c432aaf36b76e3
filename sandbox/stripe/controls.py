"""
`/sim/stripe/...`: the same handles as in Python, for whoever drives the stand-in from outside.

Only JSON is taken, which a foreign web page cannot send without being asked first.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Awaitable, Callable
from typing import Any

from aiohttp import web

from sandbox.stripe.api import Api
from sandbox.stripe.delivery import Delivery
from sandbox.stripe.errors import Refused
from sandbox.stripe.faults import Fault
from sandbox.stripe.vocabulary import words
from sandbox.stripe.world import Obj, World

Action = Callable[..., Awaitable[Any]]

_TUNABLE = words(
    "deliver_twice at_once shuffle_window_s delay_s lose_next lose_types loss_rate time_scale "
    "enabled_events url"
)
_SETS = frozenset(["lose_types", "enabled_events"])


class Controls:
    """Serves `/sim/stripe/...`."""

    def __init__(
        self, world: World, api: Api, delivery: Delivery, actions: dict[str, Action]
    ) -> None:
        self._world = world
        self._api = api
        self._delivery = delivery
        self._actions = actions

    def add_to(self, app: web.Application) -> None:
        """Add its routes."""
        app.router.add_post("/sim/stripe/faults", self._add_fault)
        app.router.add_delete("/sim/stripe/faults", self._clear_faults)
        app.router.add_post("/sim/stripe/delivery", self._tune)
        app.router.add_get("/sim/stripe/state", self._state)
        app.router.add_get("/sim/stripe/calls", self._calls)
        app.router.add_post("/sim/stripe/{action}", self._act)

    async def _add_fault(self, request: web.Request) -> web.StreamResponse:
        try:
            self._api.faults.add(Fault(**await _json(request)))
        except (TypeError, ValueError) as wrong:
            raise web.HTTPBadRequest(text=str(wrong)) from None
        return web.json_response({"ok": True})

    async def _clear_faults(self, _: web.Request) -> web.StreamResponse:
        self._api.faults.clear()
        return web.json_response({"ok": True})

    async def _tune(self, request: web.Request) -> web.StreamResponse:
        wanted = await _json(request)
        if not set(wanted) <= set(_TUNABLE):
            raise web.HTTPBadRequest(text=f"only {', '.join(sorted(_TUNABLE))} can be set")
        for name, value in wanted.items():
            as_set = name in _SETS and value is not None
            setattr(self._delivery, name, frozenset(value) if as_set else value)
        return web.json_response({"ok": True})

    async def _act(self, request: web.Request) -> web.StreamResponse:
        action = self._actions.get(request.match_info["action"])
        if action is None:
            raise web.HTTPNotFound(text=f"one of {', '.join(sorted(self._actions))} is meant")
        try:
            result = await action(**await _json(request))
        except (TypeError, ValueError, TimeoutError, Refused) as wrong:
            raise web.HTTPBadRequest(text=str(wrong)) from None
        return web.json_response({"ok": True, "result": result})

    async def _state(self, _: web.Request) -> web.StreamResponse:
        objects = {
            kind: [self._world.shown(thing) for thing in things.values()]
            for kind, things in self._world.objects.items()
        }
        attempts = [dataclasses.asdict(attempt) for attempt in self._delivery.attempts]
        return web.json_response({"objects": objects, "attempts": attempts})

    async def _calls(self, _: web.Request) -> web.StreamResponse:
        return web.json_response([dataclasses.asdict(call) for call in self._api.calls])


async def _json(request: web.Request) -> Obj:
    if request.content_type != "application/json":
        raise web.HTTPUnsupportedMediaType(text="send application/json")
    try:
        given = await request.json()
    except ValueError:
        raise web.HTTPBadRequest(text="that is not JSON") from None
    if not isinstance(given, dict):
        raise web.HTTPBadRequest(text="send a JSON object")
    return given
