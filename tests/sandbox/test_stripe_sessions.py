"""Checkout Sessions: what is taken, what is refused, how one ends."""

import pytest
import stripe

from sandbox.stripe.endpoints import Account
from tests.sandbox.stripe_rig import SHOP, Clock, a_line, a_stripe

MINUTES = 60
HOURS = 3600


async def refused(rig, **changed):
    """Ask for a session that must not be opened; what was said to it."""
    with pytest.raises(stripe.InvalidRequestError) as caught:
        await rig.session(**changed)
    assert rig.standin.sessions == []
    return caught.value.http_status, caught.value.code, caught.value.param


async def test_a_new_session_is_open_unpaid_and_has_no_payment_intent_yet():
    async with a_stripe() as rig:
        session = await rig.session()

    assert (session.status, session.payment_status) == ("open", "unpaid")
    assert session.payment_intent is None
    assert (session.amount_total, session.currency) == (2500, "usd")
    assert (session.client_reference_id, session.livemode) == ("41", False)
    assert session.metadata.to_dict() == {"donation": "41", "case": "7"}
    assert session.url.startswith(f"{rig.base}/pay/{session.id}#")
    assert session.id.startswith("cs_test_")


async def test_items_add_up():
    async with a_stripe() as rig:
        session = await rig.session(line_items=[a_line(1000, quantity=3), a_line(50)])
        items = await rig.sessions.line_items.list_async(session.id)

    assert session.amount_total == 3050
    assert [(item.quantity, item.amount_total) for item in items.data] == [(3, 3000), (1, 50)]


@pytest.mark.parametrize(
    ("changed", "code", "param"),
    [
        ({"payment_method_types": ["card"]}, "parameter_unknown", "payment_method_types"),
        ({"colour": "red"}, "parameter_unknown", "colour"),
        (
            {"line_items": [{**a_line(), "price_dat": 1}]},
            "parameter_unknown",
            "line_items[0][price_dat]",
        ),
        ({"success_url": None}, "parameter_missing", "success_url"),
        ({"mode": None}, "parameter_missing", "mode"),
        ({"line_items": None}, "parameter_missing", "line_items"),
        (
            {"line_items": [{"quantity": 1}]},
            "parameter_missing",
            "line_items[0][price_data]",
        ),
        ({"success_url": "not an address"}, "url_invalid", "success_url"),
        ({"client_reference_id": ""}, "parameter_invalid_empty", "client_reference_id"),
        ({"client_reference_id": "x" * 201}, None, "client_reference_id"),
        ({"locale": "km"}, None, "locale"),
        ({"submit_type": "gift"}, None, "submit_type"),
        ({"mode": "free"}, None, "mode"),
        ({"expires_at": "soon"}, "parameter_invalid_integer", "expires_at"),
        ({"adaptive_pricing": {"enabled": "maybe"}}, None, "adaptive_pricing[enabled]"),
        ({"metadata": {"k" * 41: "v"}}, None, f"metadata[{'k' * 41}]"),
        ({"metadata": {"k": "v" * 501}}, None, "metadata[k]"),
        ({"metadata": {f"k{n}": "v" for n in range(51)}}, None, "metadata"),
        ({"allowed_payment_method_types": ["gold"]}, None, "allowed_payment_method_types[0]"),
        (
            {
                "allowed_payment_method_types": ["card"],
                "excluded_payment_method_types": ["konbini"],
            },
            None,
            "excluded_payment_method_types",
        ),
        (
            {"line_items": [a_line(currency="xyz")]},
            None,
            "line_items[0][price_data][currency]",
        ),
        ({"line_items": [a_line(), a_line(currency="eur")]}, None, "line_items"),
    ],
)
async def test_what_stripe_would_refuse_is_refused(changed, code, param):
    async with a_stripe() as rig:
        assert await refused(rig, **changed) == (400, code, param)


@pytest.mark.parametrize(
    "changed",
    [
        {"mode": "subscription"},
        {"shipping_options": [{"shipping_rate": "shr_1"}]},
        {"ui_mode": "embedded_page"},
        {"invoice_creation": {"enabled": True}},
    ],
)
async def test_what_the_stand_in_does_not_play_is_named(changed):
    async with a_stripe() as rig:
        status, code, param = await refused(rig, **changed)

    assert (status, code) == (400, "stand_in_does_not_play")
    assert param.startswith(next(iter(changed)))


@pytest.mark.parametrize(
    ("amount", "currency", "code"),
    [
        (49, "usd", "amount_too_small"),
        (29, "gbp", "amount_too_small"),
        (49, "jpy", "amount_too_small"),
        (999, "thb", "amount_too_small"),
        (100_000_000, "usd", "amount_too_large"),
        (10_050, "isk", "invalid_charge_amount_no_decimal_compatible"),
    ],
)
async def test_a_sum_that_cannot_be_charged_is_refused(amount, currency, code):
    async with a_stripe() as rig:
        told = await refused(rig, line_items=[a_line(amount, currency)])

    assert told == (400, code, "line_items[0][price_data][unit_amount]")


@pytest.mark.parametrize(
    ("amount", "currency"),
    [(50, "usd"), (30, "gbp"), (50, "jpy"), (1000, "thb"), (99_999_999, "usd"), (10_100, "isk")],
)
async def test_the_smallest_and_the_largest_sum_can_be_charged(amount, currency):
    async with a_stripe() as rig:
        session = await rig.session(line_items=[a_line(amount, currency)])

    assert session.amount_total == amount


@pytest.mark.parametrize(
    ("after_s", "taken"),
    [
        (30 * MINUTES - 1, False),
        (30 * MINUTES, True),
        (24 * HOURS, True),
        (24 * HOURS + 1, False),
        (-1, False),
    ],
)
async def test_a_session_may_last_from_thirty_minutes_to_a_day(after_s, taken):
    clock = Clock()
    async with a_stripe(clock=clock) as rig:
        expires_at = clock.seconds + after_s
        if taken:
            session = await rig.session(expires_at=expires_at)
            assert session.expires_at == expires_at
        else:
            assert await refused(rig, expires_at=expires_at) == (400, None, "expires_at")


async def test_a_session_lasts_a_day_if_nothing_is_said():
    clock = Clock()
    async with a_stripe(clock=clock) as rig:
        session = await rig.session()

    assert session.expires_at == clock.seconds + 24 * HOURS


async def test_a_session_expires_by_the_clock_and_says_so_once():
    clock = Clock()
    async with a_stripe(clock=clock) as rig:
        session = await rig.session(expires_at=clock.seconds + 30 * MINUTES)
        clock.advance(minutes=29, seconds=59)
        assert (await rig.sessions.retrieve_async(session.id)).status == "open"

        clock.advance(seconds=1)
        late = await rig.sessions.retrieve_async(session.id)
        await rig.standin.tick()
        await rig.standin.settled()

    assert (late.status, late.url, late.payment_status) == ("expired", None, "unpaid")
    assert rig.inbox.types == ["checkout.session.expired"]


async def test_an_expired_session_cannot_be_paid():
    clock = Clock()
    async with a_stripe(clock=clock) as rig:
        session = await rig.session()
        clock.advance(hours=24)

        with pytest.raises(ValueError, match="expired"):
            await rig.standin.pay(session.id)


async def test_only_an_open_session_can_be_expired():
    async with a_stripe() as rig:
        unpaid, paid = await rig.session(), await rig.session()
        await rig.standin.pay(paid.id)

        expired = await rig.sessions.expire_async(unpaid.id)
        for session in (unpaid, paid):
            with pytest.raises(stripe.InvalidRequestError) as caught:
                await rig.sessions.expire_async(session.id)
            assert caught.value.http_status == 400
        still = await rig.sessions.retrieve_async(paid.id)

    assert expired.status == "expired"
    assert (still.status, still.payment_status) == ("complete", "paid")


async def test_expiring_after_a_declined_card_cancels_the_payment_intent():
    async with a_stripe() as rig:
        session = await rig.session()
        declined = await rig.standin.decline(session.id)
        await rig.sessions.expire_async(session.id)
        intent = await rig.client.v1.payment_intents.retrieve_async(declined["payment_intent"])

    assert intent.status == "canceled"
    assert intent.canceled_at is not None


async def test_sessions_are_listed_newest_first_by_status_intent_and_time():
    clock = Clock()
    async with a_stripe(clock=clock) as rig:
        ids = []
        for _ in range(3):
            ids.append((await rig.session()).id)
            clock.advance(minutes=1)
        paid = await rig.standin.pay(ids[1])
        cases = [
            ({}, [ids[2], ids[1], ids[0]]),
            ({"status": "open"}, [ids[2], ids[0]]),
            ({"payment_intent": paid["payment_intent"]}, [ids[1]]),
            ({"created": {"gte": clock.seconds - 120}}, [ids[2], ids[1]]),
            ({"created": {"lt": clock.seconds - 120}}, [ids[0]]),
            ({"limit": 1}, [ids[2]]),
            ({"starting_after": ids[2]}, [ids[1], ids[0]]),
            ({"ending_before": ids[1]}, [ids[2]]),
        ]

        for asked, expected in cases:
            listed = await rig.sessions.list_async(asked)
            assert [session.id for session in listed.data] == expected, asked


@pytest.mark.parametrize(
    "asked",
    [
        {"status": "done"},
        {"limit": 101},
        {"limit": 0},
        {"starting_after": "cs_test_nobody"},
        {"starting_after": "cs_test_a", "ending_before": "cs_test_b"},
        {"colour": "red"},
        {"created": {"after": 1}},
    ],
)
async def test_a_list_refuses_what_is_not_a_filter(asked):
    async with a_stripe() as rig:
        with pytest.raises(stripe.InvalidRequestError) as caught:
            await rig.sessions.list_async(asked)

    assert caught.value.http_status == 400


async def test_expanding_goes_from_the_session_to_what_the_money_came_to():
    async with a_stripe() as rig:
        session = await rig.session()
        await rig.standin.pay(session.id)
        await rig.standin.settle_now()

        path = "payment_intent.latest_charge.balance_transaction"
        whole = await rig.sessions.retrieve_async(session.id, {"expand": [path, "line_items"]})

    charge = whole.payment_intent.latest_charge
    assert (charge.amount, charge.balance_transaction.net) == (2500, 2397)
    assert whole.line_items.data[0].description == "The assistance plan of Mala"


async def test_expanding_null_leaves_null_and_expanding_nonsense_is_refused():
    async with a_stripe() as rig:
        session = await rig.session()
        path = "payment_intent.latest_charge.balance_transaction"

        open_one = await rig.sessions.retrieve_async(session.id, {"expand": [path]})
        listed = await rig.sessions.list_async({"expand": [f"data.{path}"]})
        for wrong in (
            "payment_intent.colour",
            "status",
            "payment_intent.latest_charge.payment_intent.latest_charge.refunds",
        ):
            with pytest.raises(stripe.InvalidRequestError):
                await rig.sessions.retrieve_async(session.id, {"expand": [wrong]})

    assert open_one.payment_intent is None
    assert listed.data[0].payment_intent is None


@pytest.mark.parametrize(
    "path",
    [
        "/v1/checkout/sessions/cs_test_x",
        "/v1/payment_intents/pi_x",
        "/v1/charges/ch_x",
        "/v1/events/evt_x",
        "/v1/nonsense",
    ],
)
async def test_an_unknown_id_or_address_is_404(path):
    async with a_stripe() as rig:
        error = (await rig.get(path))["error"]
        status, _, _ = await rig.post("/v1/checkout/sessions/cs_test_x/expire", "")

    assert error["type"] == "invalid_request_error"
    assert error.get("code") == (None if path.endswith("nonsense") else "resource_missing")
    assert status == 404


@pytest.mark.parametrize("sent", ["Bearer sk_test_other", "Bearer ", "Basic x", ""])
async def test_a_wrong_key_is_401_and_is_not_shown(sent):
    async with a_stripe() as rig:
        status, body, _ = await rig.post("/v1/checkout/sessions", "", Authorization=sent)

    assert status == 401
    assert "sk_test" not in body["error"]["message"]
    assert rig.standin.calls == []


async def test_another_version_of_the_api_is_refused():
    async with a_stripe() as rig:
        wrong = {"Stripe-Version": "2020-08-27"}
        status, body, headers = await rig.post("/v1/refunds", "charge=ch_nobody", **wrong)

    assert (status, body["error"]["type"]) == (400, "invalid_request_error")
    assert "2020-08-27" in body["error"]["message"]
    assert headers["Request-Id"].startswith("req_")


async def test_brackets_may_be_empty_or_numbered_and_a_value_is_not_a_hash():
    async with a_stripe() as rig:
        form = (
            "mode=payment&line_items[][price_data][currency]=usd"
            f"&success_url={SHOP}&expand[]=line_items"
        )
        status, body, _ = await rig.post("/v1/checkout/sessions", form)
        mixed, _, _ = await rig.post("/v1/checkout/sessions", "metadata=1&metadata[a]=2")
        wild, _, _ = await rig.post("/v1/checkout/sessions", "[a]=2")

    assert (status, body["error"]["param"]) == (400, "line_items[0][quantity]")
    assert (mixed, wild) == (400, 400)


async def test_the_account_says_its_country_and_no_other_account_can_be_seen():
    async with a_stripe(account=Account(country="DE", default_currency="eur")) as rig:
        own = await rig.client.v1.accounts.retrieve_current_async()
        with pytest.raises(stripe.PermissionError):
            await rig.client.v1.accounts.retrieve_async("acct_other")

    assert (own.country, own.default_currency, own.charges_enabled) == ("DE", "eur", True)
