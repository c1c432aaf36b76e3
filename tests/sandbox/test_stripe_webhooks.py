"""Events and webhooks: signed, retried, doubled, shuffled, late, lost; what a restart keeps."""

import asyncio
import json

import pytest
import stripe

from sandbox.stripe.delivery import RETRIES_S, signature
from tests.sandbox.stripe_rig import SECRET, Clock, a_stripe

PAID = [
    "payment_intent.created",
    "charge.succeeded",
    "payment_intent.succeeded",
    "checkout.session.completed",
]


async def a_gift(rig):
    session = await rig.session()
    await rig.standin.pay(session.id)
    return session


async def test_a_webhook_passes_stripes_own_check_and_says_what_happened():
    async with a_stripe() as rig:
        session = await a_gift(rig)
        await rig.standin.settled()
        header, body = rig.inbox.got[-1]
        event = stripe.Webhook.construct_event(body, header, SECRET)

    assert event.type == "checkout.session.completed"
    assert event.data.object.id == session.id
    assert (event.livemode, event.api_version) == (False, stripe.api_version)
    assert event.pending_webhooks == 1
    assert event.request.id is None


async def test_a_signature_of_another_secret_or_another_body_does_not_pass():
    async with a_stripe() as rig:
        await a_gift(rig)
        await rig.standin.settled()
        header, body = rig.inbox.got[0]

    for sent, secret in ((body, "whsec_other"), (body + b" ", SECRET)):
        with pytest.raises(stripe.SignatureVerificationError):
            stripe.Webhook.construct_event(sent, header, secret)


def test_a_signature_bears_its_time():
    assert signature(SECRET, 1_700_000_000, b"{}").startswith("t=1700000000,v1=")


async def test_an_event_of_a_call_names_the_request_and_its_key():
    async with a_stripe() as rig:
        session = await rig.session()
        await rig.sessions.expire_async(session.id, options={"idempotency_key": "don:41:expire:1"})
        event = rig.standin.events[-1]
        call = rig.standin.calls[-1]

    assert event["request"] == {"id": call.request_id, "idempotency_key": "don:41:expire:1"}


async def test_a_snapshot_does_not_change_afterwards():
    async with a_stripe() as rig:
        await a_gift(rig)
        await rig.standin.settle_now()
        listed = await rig.client.v1.events.list_async({"type": "charge.succeeded"})

    assert listed.data[0].data.object.balance_transaction is None


async def test_what_is_not_answered_with_2xx_is_sent_again_until_it_is():
    async with a_stripe() as rig:
        rig.standin.delivery.time_scale = 0.0
        rig.inbox.answers = [500, 302, 404, 200]
        session = await rig.session()
        await rig.standin.expire(session.id)
        await rig.standin.settled()
        attempts = rig.standin.attempts

    assert [attempt.status for attempt in attempts] == [500, 302, 404, 200]
    assert len(set(rig.inbox.ids)) == 1
    assert rig.standin.events[0]["pending_webhooks"] == 0


async def test_after_the_last_attempt_it_gives_up():
    async with a_stripe() as rig:
        rig.standin.delivery.time_scale = 0.0
        rig.inbox.answers = [500] * 99
        session = await rig.session()
        await rig.standin.expire(session.id)
        await rig.standin.settled()

    assert len(rig.standin.attempts) == 1 + len(RETRIES_S)
    assert rig.standin.events[0]["pending_webhooks"] == 1


def test_the_waits_grow_and_last_less_than_three_days():
    assert list(RETRIES_S) == sorted(RETRIES_S)
    assert sum(RETRIES_S) < 3 * 86_400


async def test_waiting_for_what_is_under_way_says_what_it_is():
    async with a_stripe() as rig:
        rig.inbox.answers = [500]
        session = await rig.session()
        await rig.standin.expire(session.id)

        with pytest.raises(TimeoutError, match=r"checkout\.session\.expired"):
            await rig.standin.settled(0.05)


@pytest.mark.parametrize("at_once", [False, True])
async def test_every_event_comes_twice_on_demand(at_once):
    async with a_stripe() as rig:
        rig.standin.deliver_twice = True
        rig.standin.delivery.at_once = at_once
        await a_gift(rig)
        await rig.standin.settled()

    assert sorted(rig.inbox.types) == sorted(PAID * 2)
    assert len(set(rig.inbox.ids)) == len(PAID)


async def test_events_come_in_another_order_on_demand():
    async with a_stripe() as rig:
        rig.standin.delivery.shuffle_window_s = 0.02
        await a_gift(rig)
        await rig.standin.settled()

    assert rig.inbox.types != PAID
    assert sorted(rig.inbox.types) == sorted(PAID)


async def test_events_come_late_on_demand():
    async with a_stripe() as rig:
        rig.standin.delivery.delay_s = 0.1
        await a_gift(rig)
        await asyncio.sleep(0.02)
        early = list(rig.inbox.types)
        await rig.standin.settled()

    assert early == []
    assert sorted(rig.inbox.types) == sorted(PAID)


async def test_a_lost_event_never_comes_and_is_found_among_the_undelivered():
    async with a_stripe() as rig:
        rig.standin.delivery.lose_types = frozenset(["checkout.session.completed"])
        rig.standin.delivery.lose_next = 1
        await a_gift(rig)
        await rig.standin.settled()
        list_events = rig.client.v1.events.list_async
        undelivered = await list_events({"delivery_success": False})
        delivered = await list_events({"delivery_success": True})
        by_hand = await rig.standin.redeliver(undelivered.data[0].id)

    assert [event.type for event in undelivered.data] == [PAID[3], PAID[0]]
    assert [event.type for event in delivered.data] == [PAID[2], PAID[1]]
    assert by_hand == 200
    assert rig.inbox.types[-1] == PAID[3]


async def test_all_events_can_be_lost():
    async with a_stripe() as rig:
        rig.standin.delivery.loss_rate = 1.0
        await a_gift(rig)
        await rig.standin.settled()

    assert rig.inbox.got == []


async def test_only_the_enabled_types_are_delivered():
    async with a_stripe() as rig:
        rig.standin.delivery.enabled_events = frozenset(["checkout.session.completed"])
        await a_gift(rig)
        await rig.standin.settled()

    assert rig.inbox.types == ["checkout.session.completed"]
    assert [event["type"] for event in rig.standin.events] == PAID


async def test_events_are_listed_by_type_and_time_page_by_page_both_ways():
    clock = Clock()
    async with a_stripe(clock=clock, with_webhooks=False) as rig:
        for _ in range(3):
            await a_gift(rig)
            clock.advance(minutes=1)
        list_events = rig.client.v1.events.list_async
        types = {"types": ["checkout.session.completed", "charge.succeeded"]}
        ids = [event["id"] for event in rig.standin.events if event["type"] in types["types"]]
        newest_first = await list_events({**types, "limit": 2})
        in_order = await list_events({**types, "limit": 2, "ending_before": ids[0]})
        late = await list_events({**types, "created": {"gte": clock.seconds - 60}})
        starred = await list_events({"type": "charge.*"})
        forth = [event.id async for event in newest_first.auto_paging_iter()]
        back = [event.id async for event in in_order.auto_paging_iter()]
        with pytest.raises(stripe.InvalidRequestError):
            await list_events({**types, "type": "charge.succeeded"})
        with pytest.raises(stripe.InvalidRequestError):
            await list_events({"types": ["charge.succeeded"] * 21})
        clock.advance(days=31)
        old = await list_events()

    assert forth == ids[::-1]
    assert back == ids[1:]
    assert newest_first.has_more
    assert [event.id for event in late.data] == ids[:-3:-1]
    assert {event.type for event in starred.data} == {"charge.succeeded"}
    assert {event.type for event in old.data} == {"charge.updated"}  # those of today


async def test_a_restart_keeps_objects_keys_jobs_and_what_is_undelivered(tmp_path):
    clock = Clock()
    kept = {"state_file": tmp_path / "stripe.json", "clock": clock, "settle_after_s": 3600}
    async with a_stripe(**kept) as rig:
        port = int(rig.base.rpartition(":")[2])
        rig.inbox.answers = [503] * 9
        paid = await a_gift(rig)
        opened = await rig.session(key="a", expires_at=clock.seconds + 1800)
        await asyncio.sleep(0.02)
    clock.advance(hours=1)
    async with a_stripe(port=port, **kept) as rig:
        again = await rig.sessions.retrieve_async(paid.id)
        replayed = await rig.session(key="a", expires_at=clock.seconds - 1800)
        expired = await rig.sessions.retrieve_async(opened.id)
        await rig.standin.settled()
        charge = rig.standin.charges[0]

    assert again.payment_status == "paid"
    assert (replayed.id, replayed.status) == (opened.id, "open")
    assert expired.status == "expired"
    assert charge["balance_transaction"] is not None
    assert sorted(rig.inbox.types) == sorted([*PAID, "charge.updated", "checkout.session.expired"])


async def test_ids_stay_different_after_a_restart(tmp_path):
    file = tmp_path / "stripe.json"
    async with a_stripe(state_file=file) as rig:
        first = await rig.session()
    async with a_stripe(state_file=file) as rig:
        second = await rig.session()
        listed = await rig.sessions.list_async()

    assert [session.id for session in listed.data] == [second.id, first.id]


async def test_without_a_state_file_nothing_is_remembered():
    async with a_stripe() as rig:
        await rig.session()
    async with a_stripe() as rig:
        assert rig.standin.sessions == []


async def test_a_killed_stand_in_has_written_what_it_answered(tmp_path):
    file = tmp_path / "stripe.json"
    async with a_stripe(state_file=file) as rig:
        session = await rig.session()
        await asyncio.sleep(0.3)

        written = json.loads(file.read_text("utf-8"))

    assert session.id in written["objects"]["checkout.session"]
