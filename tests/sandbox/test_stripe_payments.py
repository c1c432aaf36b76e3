"""Money: cards, bank transfers, fees, refunds, disputes, payouts."""

import pytest
import stripe

from sandbox.stripe.balance import fee_minor
from sandbox.stripe.errors import Invalid
from tests.sandbox.stripe_rig import Clock, a_line, a_stripe


async def a_paid(rig, **changed):
    """A session that is paid and settled."""
    session = await rig.session(**changed)
    await rig.standin.pay(session.id)
    await rig.standin.settle_now()
    return session


def types(rig):
    return [event["type"] for event in rig.standin.events]


async def test_a_card_pays_at_once_and_what_it_comes_to_is_known_later():
    clock = Clock()
    async with a_stripe(clock=clock, settle_after_s=60) as rig:
        session = await rig.session()
        await rig.standin.pay(session.id)
        clock.advance(seconds=59)
        await rig.standin.tick()
        early = rig.standin.charges[0]["balance_transaction"]
        clock.advance(seconds=1)
        await rig.standin.tick()
        paid = await rig.sessions.retrieve_async(session.id)
        intent = await rig.client.v1.payment_intents.retrieve_async(paid.payment_intent)
        charge = await rig.client.v1.charges.retrieve_async(intent.latest_charge)
        found = await rig.client.v1.balance_transactions.retrieve_async(charge.balance_transaction)

    assert (paid.status, paid.payment_status, paid.url) == ("complete", "paid", None)
    assert (intent.status, intent.amount_received) == ("succeeded", 2500)
    assert intent.metadata.to_dict() == {"donation": "41"}
    assert (charge.paid, charge.captured, charge.status) == (True, True, "succeeded")
    assert early is None
    assert (found.amount, found.fee, found.net, found.source) == (2500, 103, 2397, charge.id)
    assert (found.type, found.exchange_rate) == ("charge", None)
    assert types(rig) == [
        "payment_intent.created",
        "charge.succeeded",
        "payment_intent.succeeded",
        "checkout.session.completed",
        "charge.updated",
    ]
    assert rig.standin.events[-1]["data"]["previous_attributes"] == {"balance_transaction": None}


async def test_a_session_is_paid_once():
    async with a_stripe() as rig:
        session = await rig.session()
        await rig.standin.pay(session.id)

        with pytest.raises(ValueError, match="complete"):
            await rig.standin.pay(session.id)

    assert len(rig.standin.charges) == 1


async def test_a_declined_card_leaves_the_session_open_for_another():
    async with a_stripe() as rig:
        session = await rig.session()
        declined = await rig.standin.decline(session.id)
        waiting = rig.standin.payment_intents[0]
        paid = await rig.standin.pay(session.id)

    assert (declined["status"], declined["payment_status"]) == ("open", "unpaid")
    assert waiting["status"] == "requires_payment_method"
    assert waiting["last_payment_error"]["code"] == "card_declined"
    assert paid["payment_intent"] == declined["payment_intent"]
    failed, succeeded = rig.standin.charges
    assert (failed["status"], failed["paid"], failed["captured"]) == ("failed", False, False)
    assert rig.standin.payment_intents[0]["latest_charge"] == succeeded["id"]
    assert types(rig)[:3] == [
        "payment_intent.created",
        "charge.failed",
        "payment_intent.payment_failed",
    ]


async def test_a_bank_transfer_completes_the_session_unpaid_and_arrives_later():
    async with a_stripe() as rig:
        session = await rig.session()
        complete = await rig.standin.pay(session.id, "bank")
        pending = rig.standin.charges[0]
        arrived = await rig.standin.arrive(session.id)

        with pytest.raises(ValueError, match="no bank transfer"):
            await rig.standin.arrive(session.id)

    assert (complete["status"], complete["payment_status"]) == ("complete", "unpaid")
    assert (pending["status"], pending["paid"]) == ("pending", False)
    assert arrived["payment_status"] == "paid"
    assert types(rig) == [
        "payment_intent.created",
        "payment_intent.processing",
        "charge.pending",
        "checkout.session.completed",
        "charge.succeeded",
        "payment_intent.succeeded",
        "checkout.session.async_payment_succeeded",
    ]
    snapshots = [e["data"]["object"] for e in rig.standin.events if "checkout" in e["type"]]
    assert [shown["payment_status"] for shown in snapshots] == ["unpaid", "paid"]


async def test_a_bank_transfer_that_is_sent_back_leaves_the_session_complete_and_unpaid():
    async with a_stripe() as rig:
        session = await rig.session()
        await rig.standin.pay(session.id, "bank")
        after = await rig.standin.arrive(session.id, succeed=False)

    assert (after["status"], after["payment_status"]) == ("complete", "unpaid")
    assert rig.standin.charges[0]["status"] == "failed"
    assert types(rig)[-3:] == [
        "charge.failed",
        "payment_intent.payment_failed",
        "checkout.session.async_payment_failed",
    ]
    assert rig.standin.balance_transactions == []


async def test_a_bank_transfer_arrives_by_itself_if_a_time_is_set():
    clock = Clock()
    async with a_stripe(clock=clock, bank_after_s=86_400) as rig:
        session = await rig.session()
        await rig.standin.pay(session.id, "bank")
        clock.advance(days=1)
        after = await rig.sessions.retrieve_async(session.id)

    assert after.payment_status == "paid"


@pytest.mark.parametrize(
    "changed",
    [
        {"line_items": [a_line(5000, "thb")]},
        {"allowed_payment_method_types": ["card"]},
        {"excluded_payment_method_types": ["us_bank_account"]},
    ],
)
async def test_a_session_is_not_paid_by_a_method_that_it_does_not_offer(changed):
    async with a_stripe() as rig:
        session = await rig.session(**changed)

        assert session.payment_method_types == ["card"]
        with pytest.raises(ValueError, match="cannot be paid by bank"):
            await rig.standin.pay(session.id, "bank")


async def test_a_session_without_card_is_paid_by_bank_only():
    async with a_stripe() as rig:
        session = await rig.session(excluded_payment_method_types=["card"])

        with pytest.raises(ValueError, match="cannot be paid by card"):
            await rig.standin.pay(session.id, "card")
        after = await rig.standin.pay(session.id, "bank")

    assert after["payment_status"] == "unpaid"


@pytest.mark.parametrize(
    ("amount", "currency", "fee"),
    [(2500, "usd", 103), (50, "usd", 31), (5000, "thb", 745), (500, "jpy", 45)],
)
def test_the_fee_is_a_part_and_a_fixed_sum_and_less_than_the_payment(amount, currency, fee):
    assert fee_minor(amount, currency) == fee


async def test_another_settlement_currency_brings_a_rate_and_converted_sums():
    async with a_stripe() as rig:
        await rig.standin.settle_in("jpy", 150.0)
        await a_paid(rig)
        session = rig.standin.sessions[0]
        await rig.standin.refund(session["id"], 1000)
        charged, returned = rig.standin.balance_transactions

    assert (charged["currency"], charged["amount"], charged["exchange_rate"]) == (
        "jpy",
        3750,
        150.0,
    )
    assert charged["net"] == charged["amount"] - charged["fee"]
    assert (returned["amount"], returned["fee"], returned["exchange_rate"]) == (-1500, 0, 150.0)


async def test_a_refund_takes_a_part_then_the_rest_and_never_more():
    async with a_stripe() as rig:
        session = await a_paid(rig)
        intent = rig.standin.sessions[0]["payment_intent"]
        charge = rig.standin.charges[0]["id"]
        create = rig.client.v1.refunds.create_async
        with pytest.raises(stripe.InvalidRequestError) as too_much:
            await create({"payment_intent": intent, "amount": 2501})
        part = await create({"payment_intent": intent, "amount": 500, "metadata": {"a": "b"}})
        with pytest.raises(stripe.InvalidRequestError):
            await create({"charge": charge, "amount": 2001})
        rest = await create({"charge": charge, "reason": "requested_by_customer"})
        with pytest.raises(stripe.InvalidRequestError) as again:
            await create({"charge": charge})
        after = rig.standin.charges[0]

    assert (too_much.value.param, again.value.code) == ("amount", "charge_already_refunded")
    assert (part.amount, part.status, rest.amount) == (500, "succeeded", 2000)
    assert (after["amount_refunded"], after["refunded"]) == (2500, True)
    assert sum(entry["net"] for entry in rig.standin.balance_transactions) == -103
    refunded = [e["data"]["object"] for e in rig.standin.events if e["type"] == "charge.refunded"]
    assert [shown["amount_refunded"] for shown in refunded] == [500, 2500]
    assert session.id == rig.standin.sessions[0]["id"]


@pytest.mark.parametrize(
    ("asked", "status", "param"),
    [
        ({}, 400, "payment_intent"),
        ({"charge": "ch_nobody"}, 404, "charge"),
        ({"payment_intent": "pi_nobody"}, 404, "payment_intent"),
        ({"charge": "ch_a", "payment_intent": "pi_b"}, 400, "charge"),
        ({"charge": "ch_a", "amount": 0}, 400, "amount"),
        ({"charge": "ch_a", "reason": "regret"}, 400, "reason"),
        ({"charge": "ch_a", "colour": "red"}, 400, "colour"),
    ],
)
async def test_a_refund_of_nothing_known_is_refused(asked, status, param):
    async with a_stripe() as rig:
        with pytest.raises(stripe.InvalidRequestError) as caught:
            await rig.client.v1.refunds.create_async(asked)

    assert (caught.value.http_status, caught.value.param) == (status, param)


async def test_money_that_is_not_here_is_not_refunded():
    async with a_stripe() as rig:
        session = await rig.session()
        await rig.standin.pay(session.id, "bank")
        charge = rig.standin.charges[0]["id"]

        with pytest.raises(stripe.InvalidRequestError):
            await rig.client.v1.refunds.create_async({"charge": charge})

    assert rig.standin.refunds == []


async def test_a_refund_may_wait_for_the_balance_and_then_go_through():
    async with a_stripe() as rig:
        session = await a_paid(rig)
        rig.standin.next_refunds.append("waiting")
        intent = rig.standin.sessions[0]["payment_intent"]
        waiting = await rig.client.v1.refunds.create_async({"payment_intent": intent})
        balances = len(rig.standin.balance_transactions)
        done = await rig.standin.finish_refund(waiting.id)

    assert (waiting.status, waiting.balance_transaction) == ("pending", None)
    assert waiting.pending_reason == "insufficient_funds"
    assert balances == 1
    assert done["status"] == "succeeded"
    assert done["balance_transaction"] is not None
    assert types(rig)[-3:] == ["refund.created", "charge.refunded", "refund.updated"]
    assert session.id


@pytest.mark.parametrize("outcome", ["pending", "succeeded"])
async def test_a_refund_may_come_back_even_after_success(outcome):
    async with a_stripe() as rig:
        session = await a_paid(rig)
        refund = await rig.standin.refund(session.id, 700, outcome=outcome)
        back = await rig.standin.finish_refund(refund["id"], succeed=False)
        with pytest.raises(ValueError, match="failed"):
            await rig.standin.finish_refund(refund["id"])
        charge = rig.standin.charges[0]
        taken, returned = rig.standin.balance_transactions[1:]

    assert (back["status"], back["failure_balance_transaction"]) == ("failed", returned["id"])
    assert (taken["net"], returned["net"]) == (-700, 700)
    assert (charge["amount_refunded"], charge["refunded"]) == (0, False)
    assert "refund.failed" in types(rig)


async def test_a_dispute_takes_the_money_and_a_fee_and_a_win_gives_the_money_back():
    async with a_stripe() as rig:
        session = await a_paid(rig)
        dispute = await rig.standin.dispute(session.id, 2600)
        opened = await rig.client.v1.disputes.retrieve_async(dispute["id"])
        await rig.standin.move_dispute(dispute["id"], "under_review")
        won = await rig.standin.move_dispute(dispute["id"], "won")
        charge = rig.standin.charges[0]

    assert (opened.status, opened.amount) == ("needs_response", 2600)
    assert [entry.net for entry in opened.balance_transactions] == [-4100]
    assert [entry["net"] for entry in won["balance_transactions"]] == [-4100, 2600]
    assert charge["disputed"] is True
    assert [kind for kind in types(rig) if "dispute" in kind] == [
        "charge.dispute.created",
        "charge.dispute.funds_withdrawn",
        "charge.dispute.updated",
        "charge.dispute.funds_reinstated",
        "charge.dispute.updated",
        "charge.dispute.closed",
    ]


async def test_a_lost_dispute_moves_no_more_money_and_may_be_appealed():
    async with a_stripe() as rig:
        session = await a_paid(rig)
        dispute = await rig.standin.dispute(session.id)
        lost = await rig.standin.move_dispute(dispute["id"], "lost")
        await rig.standin.move_dispute(dispute["id"], "appeal_under_review")
        won = await rig.standin.move_dispute(dispute["id"], "won")
        with pytest.raises(ValueError, match="cannot follow"):
            await rig.standin.move_dispute(dispute["id"], "lost")

    assert (lost["status"], len(lost["balance_transactions"])) == ("lost", 1)
    assert [entry["amount"] for entry in won["balance_transactions"]] == [-2500, 2500]


async def test_an_inquiry_moves_no_money_and_a_refund_is_still_possible():
    async with a_stripe() as rig:
        session = await a_paid(rig)
        inquiry = await rig.standin.dispute(session.id, inquiry=True)
        await rig.standin.refund(session.id, 100)
        closed = await rig.standin.move_dispute(inquiry["id"], "warning_closed")

    assert (inquiry["status"], inquiry["balance_transactions"]) == ("warning_needs_response", [])
    assert closed["balance_transactions"] == []


async def test_an_inquiry_may_become_a_dispute():
    async with a_stripe() as rig:
        session = await a_paid(rig)
        inquiry = await rig.standin.dispute(session.id, inquiry=True)
        dispute = await rig.standin.move_dispute(inquiry["id"], "needs_response")

    assert [entry["amount"] for entry in dispute["balance_transactions"]] == [-2500]
    assert "charge.dispute.funds_withdrawn" in types(rig)


async def test_a_disputed_charge_is_not_refunded():
    async with a_stripe() as rig:
        session = await a_paid(rig)
        await rig.standin.dispute(session.id)
        charge = rig.standin.charges[0]["id"]

        with pytest.raises(stripe.InvalidRequestError) as caught:
            await rig.client.v1.refunds.create_async({"charge": charge})

    assert caught.value.code == "charge_disputed"


async def test_a_payout_is_the_sum_of_what_it_lists():
    async with a_stripe() as rig:
        session = await a_paid(rig)
        await a_paid(rig, line_items=[a_line(4000)])
        await rig.standin.refund(session.id, 500)
        payout = await rig.standin.payout("usd")
        listed = await rig.client.v1.balance_transactions.list_async(
            {"payout": payout["id"], "limit": 100}
        )
        left = await rig.client.v1.balance.retrieve_async()
        with pytest.raises(ValueError, match="positive"):
            await rig.standin.payout("usd")

    own = [entry for entry in listed.data if entry.type == "payout"]
    others = [entry.net for entry in listed.data if entry.type != "payout"]
    assert sum(others) == payout["amount"] == -own[0].net
    assert sorted(others) == [-500, 2397, 3854]
    assert [part.amount for part in (*left.available, *left.pending)] == [0, 0]
    assert types(rig)[-3:] == ["payout.created", "payout.paid", "payout.reconciliation_completed"]


async def test_a_payout_by_hand_does_not_say_what_it_is_made_of():
    async with a_stripe() as rig:
        await a_paid(rig)
        payout = await rig.standin.payout("usd", 1000)
        listed = await rig.client.v1.balance_transactions.list_async({"payout": payout["id"]})
        left = await rig.client.v1.balance.retrieve_async()
        with pytest.raises(ValueError, match="positive balance, got 1397"):
            await rig.standin.payout("usd", 1398)

    assert (payout["automatic"], payout["reconciliation_status"]) == (False, "not_applicable")
    assert (payout["status"], listed.data) == ("paid", [])
    assert left.available[0].amount == 1397
    assert types(rig)[-2:] == ["payout.created", "payout.paid"]


async def test_a_payout_that_comes_back_is_in_the_balance_again():
    async with a_stripe() as rig:
        await a_paid(rig)
        payout = await rig.standin.payout("usd")
        failed = await rig.standin.fail_payout(payout["id"])
        left = await rig.client.v1.balance.retrieve_async()
        with pytest.raises(ValueError, match="already"):
            await rig.standin.fail_payout(payout["id"])
        returned = rig.standin.balance_transactions[-1]

    assert (failed["status"], failed["failure_code"]) == ("failed", "account_closed")
    assert failed["failure_balance_transaction"] == returned["id"]
    assert (returned["type"], returned["source"], returned["net"]) == (
        "payout_failure",
        payout["id"],
        2397,
    )
    assert left.available[0].amount + left.pending[0].amount == 2397
    assert types(rig)[-1] == "payout.failed"


@pytest.mark.parametrize(
    ("kind", "amount", "currency", "of_balance", "told"),
    [
        ("charge", 100, "usd", "payments", "one of adjustment"),
        ("stripe_fee", 0, "usd", "payments", "nothing"),
        ("stripe_fee", -1, "usd", "savings", "one of issuing"),
        ("stripe_fee", -1, "xxx", "payments", "Invalid currency"),
    ],
)
async def test_only_what_stripe_could_do_moves_the_balance(
    kind, amount, currency, of_balance, told
):
    async with a_stripe() as rig:
        with pytest.raises((ValueError, Invalid), match=told):
            await rig.standin.move(kind, amount, currency, of_balance=of_balance)

    assert rig.standin.balance_transactions == []


async def test_what_moves_another_balance_leaves_that_of_payments():
    async with a_stripe() as rig:
        await rig.standin.move("adjustment", 500, "USD", fee=20)
        await rig.standin.move("reserve_hold", -100, "usd")
        await rig.standin.move("reserve_hold", 100, "usd", of_balance="risk_reserved")
        left = await rig.client.v1.balance.retrieve_async()
        adjusted = rig.standin.balance_transactions[0]

    assert left.available[0].amount + left.pending[0].amount == 380
    assert (adjusted["net"], adjusted["reporting_category"]) == (480, "other_adjustment")
    assert adjusted["source"] is None


async def test_money_is_pending_for_two_days_and_then_available():
    clock = Clock()
    async with a_stripe(clock=clock) as rig:
        await a_paid(rig)
        early = await rig.client.v1.balance.retrieve_async()
        clock.advance(days=2)
        late = await rig.client.v1.balance.retrieve_async()
        listed = await rig.client.v1.balance_transactions.list_async({"type": "charge"})

    assert (early.available[0].amount, early.pending[0].amount) == (0, 2397)
    assert (late.available[0].amount, late.pending[0].amount) == (2397, 0)
    assert listed.data[0].status == "available"
