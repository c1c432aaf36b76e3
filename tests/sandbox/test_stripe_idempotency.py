"""Idempotency keys, faults and the moments in between."""

import asyncio

import pytest
import stripe

from sandbox.stripe.faults import Fault
from tests.sandbox.stripe_rig import Clock, a_line, a_stripe

CREATE = "/v1/checkout/sessions"


async def test_the_same_key_gives_the_same_session_and_says_that_it_is_a_replay():
    async with a_stripe() as rig:
        first = await rig.session(key="don:41:checkout:1")
        await rig.standin.pay(first.id)
        second = await rig.session(key="don:41:checkout:1")

    assert second.id == first.id
    assert second.status == "open"  # the first answer, word for word, whatever happened since
    assert second.last_response.headers["Idempotent-Replayed"] == "true"
    assert "Idempotent-Replayed" not in first.last_response.headers
    assert len(rig.standin.sessions) == 1
    assert [call.replayed for call in rig.standin.calls] == [False, True]


async def test_another_key_gives_another_session():
    async with a_stripe() as rig:
        first, second = await rig.session(key="a"), await rig.session(key="b")

    assert first.id != second.id


async def test_the_same_key_with_other_parameters_or_another_address_is_refused():
    async with a_stripe() as rig:
        session = await rig.session(key="a")
        with pytest.raises(stripe.IdempotencyError) as other:
            await rig.session(key="a", line_items=[a_line(2600)])
        with pytest.raises(stripe.IdempotencyError):
            await rig.sessions.expire_async(session.id, options={"idempotency_key": "a"})

    assert other.value.http_status == 400
    assert len(rig.standin.sessions) == 1


async def test_a_refusal_of_validation_is_not_kept_under_the_key():
    async with a_stripe() as rig:
        with pytest.raises(stripe.InvalidRequestError):
            await rig.session(key="a", locale="km")

        session = await rig.session(key="a", locale="en")

    assert session.status == "open"


async def test_a_refusal_of_something_that_ran_is_kept_under_the_key():
    async with a_stripe() as rig:
        session = await rig.session()
        await rig.standin.pay(session.id)
        codes = []
        for _ in range(2):
            with pytest.raises(stripe.InvalidRequestError) as caught:
                await rig.sessions.expire_async(session.id, options={"idempotency_key": "x"})
            codes.append((caught.value.headers or {}).get("Idempotent-Replayed"))

    assert codes == [None, "true"]


async def test_a_stored_500_comes_back_until_the_key_changes():
    async with a_stripe() as rig:
        rig.standin.fail(Fault("POST", CREATE, status=500))
        for _ in range(3):
            with pytest.raises(stripe.APIError) as caught:
                await rig.session(key="don:41:checkout:1")
            assert caught.value.http_status == 500
        session = await rig.session(key="don:41:checkout:2")

    assert [call.replayed for call in rig.standin.calls] == [False, True, True, False]
    assert [made["id"] for made in rig.standin.sessions] == [session.id]


async def test_a_stored_500_may_hide_that_the_session_was_made():
    async with a_stripe() as rig:
        rig.standin.fail(Fault("POST", CREATE, status=500, when="after"))
        for _ in range(2):
            with pytest.raises(stripe.APIError):
                await rig.session(key="a")

    assert len(rig.standin.sessions) == 1


@pytest.mark.parametrize(
    ("status", "error"),
    [(429, stripe.RateLimitError), (409, stripe.APIError), (503, stripe.APIError)],
)
async def test_other_faults_pass_and_the_same_key_succeeds_then(status, error):
    async with a_stripe() as rig:
        rig.standin.fail(Fault("POST", CREATE, times=2, status=status))
        for _ in range(2):
            with pytest.raises(error) as caught:
                await rig.session(key="a")
            assert caught.value.http_status == status

        session = await rig.session(key="a")

    assert session.status == "open"


async def test_two_calls_with_one_key_at_the_same_moment_conflict():
    async with a_stripe() as rig:
        reached, go_on = asyncio.Event(), asyncio.Event()

        async def hold(call):
            reached.set()
            await go_on.wait()

        rig.standin.on_request = hold
        first = asyncio.create_task(rig.session(key="a"))
        await reached.wait()
        with pytest.raises(stripe.APIError) as caught:
            await rig.session(key="a")
        go_on.set()
        session = await first

    assert caught.value.http_status == 409
    assert getattr(caught.value.error, "code", None) == "idempotency_key_in_use"
    assert [made["id"] for made in rig.standin.sessions] == [session.id]


async def test_a_key_is_forgotten_after_a_day():
    clock = Clock()
    async with a_stripe(clock=clock) as rig:
        first = await rig.session(key="a")
        clock.advance(hours=24)
        same = await rig.session(key="a")
        clock.advance(seconds=1)
        other = await rig.session(key="a")

    assert same.id == first.id != other.id


async def test_a_key_of_more_than_255_characters_is_refused():
    async with a_stripe() as rig:
        await rig.session(key="k" * 255)
        with pytest.raises(stripe.InvalidRequestError):
            await rig.session(key="k" * 256)


@pytest.mark.parametrize(("when", "made"), [("before", 0), ("after", 1)])
async def test_a_cut_connection_leaves_open_whether_it_was_applied_and_the_key_tells(when, made):
    async with a_stripe() as rig:
        rig.standin.fail(Fault("POST", CREATE, when=when, drop=True))
        with pytest.raises(stripe.APIConnectionError):
            await rig.session(key="a")
        after_the_cut = len(rig.standin.sessions)

        session = await rig.session(key="a")

    assert after_the_cut == made
    assert [one["id"] for one in rig.standin.sessions] == [session.id]
    assert [call.status for call in rig.standin.calls] == [0, 200]


async def test_the_hooks_stand_right_before_and_right_after_the_change():
    async with a_stripe() as rig:
        seen: list[tuple[object, int]] = []
        rig.standin.on_request = lambda call: seen.append((call.path, len(rig.standin.sessions)))
        rig.standin.on_response = lambda call: seen.append((call.status, len(rig.standin.sessions)))

        await rig.session()

    assert seen == [(CREATE, 0), (200, 1)]


async def test_a_fault_meets_only_the_calls_that_it_names_and_only_so_often():
    async with a_stripe() as rig:
        rig.standin.fail(Fault("POST", "/v1/refunds", status=500))
        session = await rig.session()
        with pytest.raises(stripe.APIError):
            await rig.client.v1.refunds.create_async({"charge": "ch_x"})
        with pytest.raises(stripe.InvalidRequestError):
            await rig.client.v1.refunds.create_async({"charge": "ch_x"})
        rig.standin.fail(Fault("GET", status=503))
        rig.standin.faults.clear()
        again = await rig.sessions.retrieve_async(session.id)

    assert again.id == session.id


async def test_a_fault_may_say_what_it_likes():
    async with a_stripe() as rig:
        body = {"error": {"type": "card_error", "message": "No.", "code": "x", "param": "y"}}
        headers = {"Stripe-Should-Retry": "false"}
        rig.standin.fail(Fault("GET", CREATE, status=402, body=body, headers=headers))
        with pytest.raises(stripe.CardError) as caught:
            await rig.sessions.list_async()

    assert caught.value.code == "x"
    assert (caught.value.headers or {})["Stripe-Should-Retry"] == "false"


async def test_the_log_of_calls_shows_what_was_sent():
    async with a_stripe() as rig:
        await rig.session(key="don:41:checkout:1")
        call = rig.standin.calls[0]

    assert (call.method, call.path, call.status) == ("POST", CREATE, 200)
    assert call.idempotency_key == "don:41:checkout:1"
    assert call.params["line_items"]["0"]["price_data"]["unit_amount"] == "2500"
    assert call.body == rig.standin.sessions[0]
