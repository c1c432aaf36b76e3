"""The API over HTTP: key, version, parameters, idempotency, faults, and the answer."""

from __future__ import annotations

import asyncio
import base64
import inspect
import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

from sandbox.stripe import form
from sandbox.stripe.endpoints import Endpoint, Endpoints
from sandbox.stripe.errors import Invalid, Refused, wrong_key
from sandbox.stripe.faults import Fault, Faults
from sandbox.stripe.idempotency import Answer, Keys
from sandbox.stripe.vocabulary import API_VERSION
from sandbox.stripe.world import Obj, World


@dataclass
class Call:
    """
    One call of the API.

    Attributes:
        params: As they were sent: strings, nested.
        status: None while there is no answer; 0 if the connection was cut instead.
        replayed: Whether the answer came from the idempotency key.
    """

    method: str
    path: str
    params: Obj
    request_id: str
    idempotency_key: str | None
    status: int | None = None
    body: Obj | None = None
    replayed: bool = False
    headers: dict[str, str] = field(default_factory=dict)


Hook = Callable[[Call], Awaitable[None] | None]


class _Cut(Exception):
    """The connection is cut instead of an answer."""


class Api:
    """
    Answers `/v1/...`.

    Attributes:
        calls: Every call with a right key, oldest first.
        on_request: Called before anything is applied.
        on_response: Called after it is applied, before the answer is written.
    """

    def __init__(self, world: World, endpoints: Endpoints, api_key: str) -> None:
        self._world = world
        self._endpoints = endpoints
        self._api_key = api_key
        self._keys = Keys(world)
        self.faults = Faults()
        self.calls: list[Call] = []
        self.on_request: Hook | None = None
        self.on_response: Hook | None = None
        self.before_each: Callable[[], None] = lambda: None

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """Answer one call."""
        request_id = self._world.new_id("req", 14)
        call = Call(
            request.method, request.path, {}, request_id, request.headers.get("Idempotency-Key")
        )
        try:
            await self._read(request, call)
            self.before_each()
            await self._serve(call)
        except Refused as refusal:
            call.status, call.body = refusal.status, refusal.body
        except _Cut:
            call.status = 0
            if request.transport is not None:
                request.transport.abort()
        return _response(call)

    async def _read(self, request: web.Request, call: Call) -> None:
        shown = _key_of(request.headers.get("Authorization", ""))
        if shown != self._api_key:
            raise wrong_key(shown)
        self.calls.append(call)
        version = request.headers.get("Stripe-Version", API_VERSION)
        if version != API_VERSION:
            raise Invalid(f"Invalid Stripe API version: {version}")
        in_body = request.method == "POST"
        as_form = request.content_type == "application/x-www-form-urlencoded"
        if in_body and request.can_read_body and not as_form:
            raise Invalid(f"Invalid Content-Type: {request.content_type}")
        text = await request.text() if in_body else request.query_string
        call.params = form.decode(text)

    async def _serve(self, call: Call) -> None:
        endpoint, object_id = self._endpoints.find(call.method, call.path)
        key = call.idempotency_key if call.method == "POST" else None
        kept = None
        if key is not None:
            kept = self._keys.begin(key, call.method, call.path, call.params)
            call.headers["Idempotency-Key"] = key
        try:
            fault = self.faults.take(call.method, call.path)
            await _call_hook(self.on_request, call)
            await self._answer(call, endpoint, object_id, kept, fault)
            await _call_hook(self.on_response, call)
            if fault is not None and fault.when == "after" and fault.drop:
                raise _Cut
        finally:
            if key is not None:
                self._keys.finish(key)

    async def _answer(
        self,
        call: Call,
        endpoint: Endpoint,
        object_id: str,
        kept: tuple[Answer, str] | None,
        fault: Fault | None,
    ) -> None:
        if fault is not None and fault.when == "before":
            await asyncio.sleep(fault.delay_s)
            if fault.drop:
                raise _Cut
            if fault.status is not None:
                self._fail(call, fault)
                return
        if kept is not None:
            answer, first_request_id = kept
            call.status, call.body, call.replayed = answer.status, answer.body, True
            call.headers["Idempotent-Replayed"] = "true"
            call.headers["Original-Request"] = first_request_id
        else:
            self._apply(call, endpoint, object_id, fault)
        if fault is not None and fault.when == "after":
            await asyncio.sleep(fault.delay_s)

    def _apply(self, call: Call, endpoint: Endpoint, object_id: str, fault: Fault | None) -> None:
        keep = True
        with self._world.asked_by(call.request_id, call.idempotency_key):
            try:
                call.status = 200
                call.body = self._endpoints.run(endpoint, object_id, call.params)
            except Refused as refusal:
                call.status, call.body, keep = refusal.status, refusal.body, refusal.kept
        if fault is not None and fault.when == "after" and fault.status is not None:
            self._fail(call, fault)
        elif keep:
            self._keep(call)

    def _fail(self, call: Call, fault: Fault) -> None:
        call.status, call.body = fault.answer()
        if fault.is_kept:
            self._keep(call)
            # A retry with the same key would only get the same again, so Stripe advises against.
            call.headers["Stripe-Should-Retry"] = "false"
        call.headers.update(fault.headers)

    def _keep(self, call: Call) -> None:
        if call.method == "POST" and call.idempotency_key is not None:
            answer = Answer(call.status or 0, call.body or {})
            self._keys.keep(
                call.idempotency_key, call.method, call.path, call.params, answer, call.request_id
            )


def _key_of(authorization: str) -> str:
    scheme, _, rest = authorization.partition(" ")
    if scheme.lower() == "basic":
        try:
            return base64.b64decode(rest, validate=True).decode().partition(":")[0]
        except ValueError:
            return ""
    return rest.strip() if scheme.lower() == "bearer" else ""


async def _call_hook(hook: Hook | None, call: Call) -> None:
    if hook is None:
        return
    waited_for: Any = hook(call)
    if inspect.isawaitable(waited_for):
        await waited_for


def _response(call: Call) -> web.Response:
    headers = {"Request-Id": call.request_id, "Stripe-Version": API_VERSION, **call.headers}
    return web.Response(
        status=call.status or 500,
        text=json.dumps(call.body, indent=2, ensure_ascii=False),
        content_type="application/json",
        headers=headers,
    )
