"""The stand-in for Stripe on a real port, Stripe's own client, and an inbox for webhooks."""

from __future__ import annotations

import contextlib
import datetime as dt
import json
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import stripe
from aiohttp import web
from aiohttp.test_utils import unused_port

from sandbox.stripe.standin import StripeStandIn

KEY = "sk_test_stand_in"
SECRET = "whsec_stand_in"
SHOP = "https://charity.example"


class Clock:
    """A clock that is set by hand."""

    def __init__(self) -> None:
        self.now = dt.datetime(2026, 11, 20, 12, tzinfo=dt.UTC)

    def __call__(self) -> dt.datetime:
        return self.now

    def advance(self, **by: float) -> None:
        self.now += dt.timedelta(**by)

    @property
    def seconds(self) -> int:
        return int(self.now.timestamp())


class Inbox:
    """Takes webhooks. *answers* are given in turn, then 200."""

    def __init__(self) -> None:
        self.got: list[tuple[str, bytes]] = []
        self.answers: list[int] = []

    async def take(self, request: web.Request) -> web.Response:
        self.got.append((request.headers["Stripe-Signature"], await request.read()))
        status = self.answers.pop(0) if self.answers else 200
        return web.Response(status=status, headers={"Location": "/elsewhere"})

    @property
    def types(self) -> list[str]:
        return [json.loads(body)["type"] for _, body in self.got]

    @property
    def ids(self) -> list[str]:
        return [json.loads(body)["id"] for _, body in self.got]


class Rig:
    """What `a_stripe` gives."""

    def __init__(self, base: str, standin: StripeStandIn, inbox: Inbox) -> None:
        self.base = base
        self.standin = standin
        self.inbox = inbox
        self.http = stripe.AIOHTTPClient(timeout=10)
        # Any: tests read what was sent, whatever the package's types promise of it.
        self.client: Any = stripe.StripeClient(
            KEY, base_addresses={"api": base}, http_client=self.http, max_network_retries=0
        )
        self.web = aiohttp.ClientSession(base)

    @property
    def sessions(self) -> Any:
        return self.client.v1.checkout.sessions

    async def session(self, *, key: str | None = None, **changed: Any) -> Any:
        """Open a session as the program would."""
        options: Any = {} if key is None else {"idempotency_key": key}
        return await self.sessions.create_async(gift(**changed), options)

    async def post(self, path: str, body: str, **headers: str) -> tuple[int, Any, Any]:
        """A call with nothing but what is written here. Status, JSON, headers."""
        form = {"Content-Type": "application/x-www-form-urlencoded"}
        sent = {"Authorization": f"Bearer {KEY}", **form, **headers}
        async with self.web.post(path, data=body, headers=sent) as answer:
            return answer.status, await answer.json(), answer.headers

    async def get(self, path: str) -> Any:
        """The JSON of a GET, as it goes over the wire."""
        async with self.web.get(path, headers={"Authorization": f"Bearer {KEY}"}) as answer:
            return await answer.json()


def gift(**changed: Any) -> Any:
    """What the program asks for when it opens a checkout; a None takes a parameter away."""
    asked = {
        "mode": "payment",
        "line_items": [a_line()],
        "client_reference_id": "41",
        "metadata": {"donation": "41", "case": "7"},
        "payment_intent_data": {"metadata": {"donation": "41"}, "description": "Gift 41"},
        "success_url": f"{SHOP}/en/r/41?session={{CHECKOUT_SESSION_ID}}",
        "cancel_url": f"{SHOP}/en/stories/mala",
        "locale": "en",
        "submit_type": "donate",
        "adaptive_pricing": {"enabled": False},
        **changed,
    }
    return {name: value for name, value in asked.items() if value is not None}


def a_line(amount: int = 2500, currency: str = "usd", quantity: int = 1) -> Any:
    """One line of a checkout."""
    product = {"name": "The assistance plan of Mala"}
    price = {"currency": currency, "unit_amount": amount, "product_data": product}
    return {"price_data": price, "quantity": quantity}


@contextlib.asynccontextmanager
async def a_stripe(
    *, port: int | None = None, with_webhooks: bool = True, **options: Any
) -> AsyncIterator[Rig]:
    """A started stand-in. Balance transactions appear when `settle_now` is called."""
    base = f"http://127.0.0.1:{port or (port := unused_port())}"
    inbox = Inbox()
    app = web.Application()
    app.router.add_post("/hook", inbox.take)
    options = {"settle_after_s": 3600.0, "seed": 1, **options}
    url = f"{base}/hook" if with_webhooks else None
    standin = StripeStandIn(KEY, SECRET, webhook_url=url, public_url=base, **options)
    standin.add_to(app)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    await standin.start()
    rig = Rig(base, standin, inbox)
    try:
        yield rig
    finally:
        await rig.web.close()
        await rig.http.close_async()
        await standin.close()
        await runner.cleanup()
