"""From a hold to its payment page, whatever happens to the request on the way."""

import asyncio

import pytest

from payments.gateway import Gateway
from sandbox.stripe.faults import Fault
from tests.payments.rig import SESSIONS, usd

NO_ANSWER = {
    "500 not stored": Fault("POST", SESSIONS, status=500, kept=False),
    "503": Fault("POST", SESSIONS, status=503),
    "409": Fault("POST", SESSIONS, status=409),
    "429": Fault("POST", SESSIONS, status=429),
    "dropped before": Fault("POST", SESSIONS, drop=True),
    "dropped after": Fault("POST", SESSIONS, drop=True, when="after"),
}
ALL_TRIES = 3
"""The first request and the stripe package's two repeats."""


def again(fault, times=ALL_TRIES):
    return Fault(**{**fault.__dict__, "times": times})


async def test_page_asks_for_the_amount_held_and_names_the_gift(till):
    case = await till.case()
    hold = await till.opened(case, usd(25))

    page = till.page(hold)
    assert (page["amount_total"], page["currency"]) == (2500, "usd")
    assert page["client_reference_id"] == hold.reference
    assert page["metadata"] == {"homeward_reference": hold.reference, "case": case.code}
    assert page["adaptive_pricing"] == {"enabled": False}
    assert page["submit_type"] == "donate"
    checkout = await till.checkout(hold)
    assert (checkout.state, checkout.stripe_session_id) == ("open", page["id"])
    assert checkout.url == page["url"]
    assert page["expires_at"] == int(checkout.expires_at.timestamp())


async def test_payment_bears_the_reference_too(till):
    hold = await till.paid(await till.case(), usd(25))

    [intent], [charge] = till.stripe.payment_intents, till.stripe.charges
    assert intent["metadata"]["homeward_reference"] == hold.reference
    assert charge["metadata"]["homeward_reference"] == hold.reference


async def test_opening_twice_opens_one_page(till):
    hold = await till.opened(await till.case(), usd(25))

    await till.gifts.open_page(hold.id)

    assert len(till.asked()) == 1
    assert len(till.stripe.sessions) == 1


async def test_two_processes_opening_at_once_open_one_page(till):
    hold = await till.hold(await till.case(), usd(25))

    await asyncio.gather(*(till.gifts.open_page(hold.id) for _ in range(4)))

    assert len(till.stripe.sessions) == 1
    assert (await till.checkout(hold)).stripe_session_id == till.page(hold)["id"]
    assert await till.alarms() == []


async def test_key_is_kept_before_the_request_goes_out(till):
    hold = await till.hold(await till.case(), usd(25))
    kept = []

    async def look(call):
        kept.append((call.idempotency_key, (await till.checkout(hold)).idempotency_key))

    till.stripe.on_request = look
    await till.gifts.open_page(hold.id)

    assert kept == [(f"homeward:{hold.reference}:checkout:1",) * 2]


async def test_process_that_dies_before_the_request_leaves_a_page_to_open(till, monkeypatch):
    hold = await till.hold(await till.case(), usd(25))

    with monkeypatch.context() as patch:
        patch.setattr(Gateway, "create", _die)
        with pytest.raises(_Died):
            await till.gifts.open_page(hold.id)
    before = await till.checkout(hold)
    till.clock.advance(seconds=20)
    looked_at = await till.gifts.look_at_due()

    assert (before.state, till.asked()[0].idempotency_key) == ("wanted", before.idempotency_key)
    assert looked_at == 1
    assert (await till.checkout(hold)).stripe_session_id == till.page(hold)["id"]


async def test_process_that_dies_after_the_request_gets_the_same_page_again(till, monkeypatch):
    hold = await till.hold(await till.case(), usd(25))
    create = Gateway.create

    async def create_and_die(self, order, *, line):
        await create(self, order, line=line)
        raise _Died

    with monkeypatch.context() as patch:
        patch.setattr(Gateway, "create", create_and_die)
        with pytest.raises(_Died):
            await till.gifts.open_page(hold.id)
    await till.gifts.open_page(hold.id)

    assert [call.replayed for call in till.asked()] == [False, True]
    assert (await till.checkout(hold)).stripe_session_id == till.page(hold)["id"]


class _Died(BaseException):
    """The process was killed here."""


async def _die(*_positional, **_named):
    raise _Died


@pytest.mark.parametrize("fault", NO_ANSWER.values(), ids=NO_ANSWER)
async def test_page_without_an_answer_stays_wanted_and_is_opened_later(till, fault):
    hold = await till.hold(await till.case(), usd(25))
    till.stripe.fail(again(fault))

    await till.gifts.open_page(hold.id)
    unanswered = await till.checkout(hold)
    till.stripe.faults.clear()
    await till.gifts.open_page(hold.id)

    assert (unanswered.state, unanswered.attempt) == ("wanted", 1)
    assert await till.state(hold) == "open"
    opened = await till.checkout(hold)
    assert (opened.state, opened.attempt) == ("open", 1)
    assert opened.stripe_session_id == till.page(hold)["id"]
    assert len({call.idempotency_key for call in till.asked()}) == 1
    assert await till.alarms() == []


@pytest.mark.parametrize("fault", ["500 not stored", "dropped before", "dropped after"])
async def test_one_bad_moment_is_got_over_at_once(till, fault):
    hold = await till.hold(await till.case(), usd(25))
    till.stripe.fail(again(NO_ANSWER[fault], times=1))

    await till.gifts.open_page(hold.id)

    assert (await till.checkout(hold)).stripe_session_id == till.page(hold)["id"]


async def test_failure_stored_under_the_key_is_asked_again_under_another(till):
    hold = await till.hold(await till.case(), usd(25))
    till.stripe.fail(Fault("POST", SESSIONS, status=500))

    await till.gifts.open_page(hold.id)
    unsure = await till.checkout(hold)
    await till.gifts.open_page(hold.id)

    assert unsure.attempt == 1  # that first answer may have been a passing trouble
    checkout = await till.checkout(hold)
    assert (checkout.state, checkout.attempt) == ("open", 2)
    assert checkout.stripe_session_id == till.page(hold)["id"]
    assert await till.verify() == []


async def test_two_processes_that_find_the_key_spent_take_one_new_key(till):
    hold = await till.hold(await till.case(), usd(25))
    till.stripe.fail(Fault("POST", SESSIONS, status=500))
    await till.gifts.open_page(hold.id)

    await asyncio.gather(*(till.gifts.open_page(hold.id) for _ in range(4)))

    checkout = await till.checkout(hold)
    assert (checkout.state, checkout.attempt) == ("open", 2)
    assert checkout.stripe_session_id == till.page(hold)["id"]


async def test_refused_page_releases_the_amount_and_rings_an_alarm(till):
    case = await till.case()
    hold = await till.hold(case, usd(25))
    till.stripe.fail(Fault("POST", SESSIONS, status=400))

    await till.gifts.open_page(hold.id)

    assert await till.state(hold) == "released"
    assert (await till.checkout(hold)).state == "done"
    assert (await till.progress(case)).missing == usd(100)
    assert await till.alarms() == ["checkout_refused"]
    assert till.stripe.sessions == []


async def test_page_wanted_too_long_ago_is_released_without_an_alarm(till):
    hold = await till.hold(await till.case(), usd(25))
    till.stripe.fail(Fault("POST", SESSIONS, status=503, times=ALL_TRIES))
    await till.gifts.open_page(hold.id)

    till.clock.advance(minutes=6)  # Stripe opens no page for less than thirty minutes
    await till.gifts.open_page(hold.id)

    assert await till.state(hold) == "released"
    assert await till.alarms() == []
    assert await till.verify() == []


async def test_late_refusal_does_not_release_a_gift_that_was_paid_meanwhile(till):
    hold = await till.hold(await till.case(), usd(25))
    release = asyncio.Event()
    slow = asyncio.create_task(_refused_slowly(till, hold, release))
    await till.gifts.open_page(hold.id)
    await till.stripe.pay(till.page(hold)["id"])
    await till.stripe.settle_now()
    await till.gifts.settle(hold.id)

    release.set()
    await slow

    assert await till.state(hold) == "settled"
    assert await till.verify() == []


async def _refused_slowly(till, hold, release):
    """What a process does that asked long ago and is refused only now."""
    from services import checkouts  # noqa: PLC0415

    order = await checkouts.order_of(till.house, hold.id)
    assert order is not None
    await release.wait()
    await checkouts.refused(till.house, order, None)
