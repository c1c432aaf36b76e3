"""Events over HTTP, at the address of the whole web application."""

import asyncio
import io
import json
import time
from types import SimpleNamespace
from typing import Any

import pytest
from aiohttp.test_utils import TestClient, TestServer

from homeward.assembly import Parts
from homeward.settings import load
from homeward.web import STRIPE_PATH, web_application
from sandbox.stripe.delivery import signature
from sandbox.stripe.faults import Fault
from services import stripe_events
from storage.database import Database
from tests.payments.rig import KEY, SECRET, usd

NEW_SECRET = "whsec_after_the_rotation"


class Door:
    """The webhook's address."""

    def __init__(self, client):
        self._client = client

    async def send(self, event, *, secret=SECRET, age_s=0, **headers):
        """Deliver *event* (bytes as they are); the answer's status."""
        body = event if isinstance(event, bytes) else json.dumps(event).encode()
        headers.setdefault("Stripe-Signature", signature(secret, int(time.time()) - age_s, body))
        return (await self.post(body, headers)).status

    async def post(self, body, headers):
        # As a stream: aiohttp warns of large bytes.
        sent = io.BytesIO(body)
        async with self._client.post(STRIPE_PATH, data=sent, headers=headers) as answer:
            await answer.read()
            return answer


@pytest.fixture
async def door(till):
    settings = load(
        _env_file=None, stripe_webhook_secret=f"{SECRET},{NEW_SECRET}", stripe_api_key=KEY
    )
    bot: Any = SimpleNamespace(username="homeward_bot")
    nobody: Any = None
    cards: Any = SimpleNamespace(in_memory=nobody)
    parts = Parts(
        settings=settings,
        house=till.house,
        languages=till.gifts._languages,
        gifts=till.gifts,
        refunds=till.refunds,
        gateway=till.gateway,
        bot=bot,
        postman=nobody,
        recaller=nobody,
        broadcaster=nobody,
        retractor=nobody,
        cards=cards,
    )
    async with TestClient(TestServer(web_application(parts))) as client:
        yield Door(client)


@pytest.fixture
async def gift(till):
    """A gift that is paid and settled at Stripe; the program has heard nothing of it."""
    case = await till.case()
    hold = await till.paid(case, usd(25))
    await till.stripe.settle_now()
    [completed] = till.happened(hold, "checkout.session.completed")
    return SimpleNamespace(case=case, hold=hold, completed=completed)


async def nothing_known(till, gift):
    assert await till.state(gift.hold) == "open"
    assert await till.rows("SELECT * FROM stripe_event") == []


async def test_event_signed_with_our_secret_books(till, door, gift):
    assert await door.send(gift.completed) == 200

    assert await till.funds(gift.case) == (2500, 0)
    assert await till.outcome(gift.completed) == "handled"


async def test_event_without_a_signature_is_refused_before_its_body_is_read(till, door, gift):
    server = door._client.server
    reader, writer = await asyncio.open_connection(server.host, server.port)
    head = f"POST {STRIPE_PATH} HTTP/1.1\r\nHost: x\r\nContent-Length: 5000000\r\n\r\n"

    writer.write(head.encode())  # and nothing of the body
    status = await asyncio.wait_for(reader.readline(), 5)
    writer.close()
    await writer.wait_closed()

    assert status.split()[1] == b"403"
    await nothing_known(till, gift)


@pytest.mark.parametrize(
    "wrong",
    [
        {"secret": "whsec_of_somebody_else"},
        {"age_s": 400},
        {"age_s": -400},
        {"Stripe-Signature": "t=,v1="},
        {"Stripe-Signature": "nonsense"},
        {"Stripe-Signature": f"t={int(time.time())},v1={'0' * 64}"},
    ],
    ids=["secret", "stale", "future", "empty", "nonsense", "zeros"],
)
async def test_event_with_a_wrong_signature_is_refused(till, door, gift, wrong):
    assert await door.send(gift.completed, **wrong) == 403

    await nothing_known(till, gift)


@pytest.mark.parametrize("age_s", [280, -280])
async def test_event_within_five_minutes_is_taken(till, door, gift, age_s):
    assert await door.send(gift.completed, age_s=age_s) == 200

    assert await till.state(gift.hold) == "settled"


async def test_time_that_was_not_signed_does_not_hide_a_future_one(till, door, gift):
    body = json.dumps(gift.completed).encode()
    recorded = signature(SECRET, int(time.time()) + 86_400, body)
    header = {"Stripe-Signature": f"{recorded},t={int(time.time())}"}

    assert await door.send(body, **header) == 403

    await nothing_known(till, gift)


async def test_body_changed_after_signing_is_refused(till, door, gift):
    body = json.dumps(gift.completed).encode()
    signed = signature(SECRET, int(time.time()), body)

    assert await door.send(body + b" ", **{"Stripe-Signature": signed}) == 403

    await nothing_known(till, gift)


@pytest.mark.parametrize("secret", [SECRET, NEW_SECRET])
async def test_both_secrets_of_a_rotation_open(till, door, gift, secret):
    assert await door.send(gift.completed, secret=secret) == 200

    assert await till.state(gift.hold) == "settled"


@pytest.mark.parametrize(
    "body",
    [
        b"\xff\xfe not text",
        b"{",
        b"",
        b"null",
        b"[]",
        b"7",
        b'"event"',
        b"{}",
        b'{"object": "event", "id": "evt_1", "type": "charge.updated", "created": 1}',
        b'{"object": "event", "id": "evt_1", "livemode": false, "data": {"object": null}}',
        b'{"object": "v2.core.event", "id": "evt_1"}',
    ],
)
async def test_what_is_signed_and_no_event_is_a_bad_request(till, door, body):
    assert await door.send(body) == 400

    assert await till.rows("SELECT * FROM stripe_event") == []


async def test_body_of_more_than_a_mebibyte_is_too_large(till, door, gift):
    padded = {**gift.completed, "padding": "x" * 1024 * 1024}

    assert await door.send(padded) == 413

    await nothing_known(till, gift)


async def test_body_of_nearly_a_mebibyte_is_taken(till, door, gift):
    padded = {**gift.completed, "padding": "x" * (1024 * 1024 - 20_000)}

    assert await door.send(padded) == 200

    assert await till.state(gift.hold) == "settled"


async def test_event_of_live_mode_is_refused_by_a_test_key(till, door, gift):
    assert await door.send({**gift.completed, "livemode": True}) == 400

    await nothing_known(till, gift)


@pytest.mark.parametrize("kind", ["customer.created", "checkout.session.unheard_of"])
async def test_unknown_type_is_ignored(till, door, gift, kind):
    event = {**gift.completed, "type": kind}

    assert await door.send(event) == 200

    assert await till.outcome(event) == "ignored"
    assert await till.state(gift.hold) == "open"
    assert await till.alarms() == []


@pytest.mark.parametrize("reference", [None, "", "22222222222222222222222222zz", 7])
async def test_event_of_another_product_on_the_account_is_ignored(till, door, gift, reference):
    stranger = {
        **gift.completed["data"]["object"],
        "id": "cs_test_of_another_product",
        "client_reference_id": gift.hold.reference,  # a payer can put this into an address
        "metadata": {} if reference is None else {"homeward_reference": reference},
    }
    event = {**gift.completed, "data": {"object": stranger}}
    before = len(till.stripe.calls)

    assert await door.send(event) == 200

    assert await till.outcome(event) == "ignored"
    assert len(till.stripe.calls) == before
    assert await till.state(gift.hold) == "open"


async def test_duplicates_at_once_post_once(till, door, gift):
    statuses = await asyncio.gather(*(door.send(gift.completed) for _ in range(6)))

    assert set(statuses) <= {200, 503}
    assert 200 in statuses
    assert await till.funds(gift.case) == (2500, 0)
    assert await till.fees() == 103
    assert await till.verify() == []


async def test_event_that_was_finished_is_not_looked_at_again(till, door, gift):
    await door.send(gift.completed)
    before = len(till.stripe.calls)

    assert await door.send(gift.completed) == 200

    assert len(till.stripe.calls) == before


async def test_event_whose_reader_died_is_dealt_with_when_it_comes_again(till, door, gift):
    pointed = stripe_events.Event(
        gift.completed["id"], gift.completed["type"], gift.hold.reference, till.clock()
    )
    assert await stripe_events.remember(till.house, pointed)  # and then the process was killed

    assert await door.send(gift.completed) == 200

    assert await till.funds(gift.case) == (2500, 0)


async def test_stripe_away_is_told_to_come_again_and_later_books(till, door, gift):
    till.stripe.fail(Fault("GET", status=503, times=3))
    body = json.dumps(gift.completed).encode()
    header = {"Stripe-Signature": signature(SECRET, int(time.time()), body)}

    answer = await door.post(body, header)
    later = await door.send(gift.completed)

    assert (answer.status, later) == (503, 200)
    assert int(answer.headers["Retry-After"]) > 0
    assert await till.funds(gift.case) == (2500, 0)


async def test_page_that_stripe_refuses_to_show_is_set_aside(till, door, gift):
    till.stripe.fail(Fault("GET", status=403, times=1))

    assert await door.send(gift.completed) == 200

    assert await till.outcome(gift.completed) == "set_aside"
    assert await till.alarms() == ["stripe_object_unreadable"]
    till.clock.advance(seconds=20)
    await till.gifts.look_at_due()
    assert await till.funds(gift.case) == (2500, 0)


NOWHERE = {
    "sqlite": "sqlite:////nowhere/at/all.db",
    "postgresql": "postgresql://nobody@127.0.0.1:1/x",
}


async def test_database_away_is_told_to_come_again_and_later_books(till, door, gift):
    there = till.house.database
    nowhere = Database.open(NOWHERE[there.dialect])
    body = json.dumps(gift.completed).encode()
    header = {"Stripe-Signature": signature(SECRET, int(time.time()), body)}

    object.__setattr__(till.house, "database", nowhere)
    answer = await door.post(body, header)
    object.__setattr__(till.house, "database", there)
    await nowhere.close()
    later = await door.send(gift.completed)

    assert (answer.status, later) == (503, 200)
    assert int(answer.headers["Retry-After"]) > 0
    assert await till.funds(gift.case) == (2500, 0)
    assert await till.verify() == []
