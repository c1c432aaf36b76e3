"""What no gift explains: booked once where a person finds it, reported, and explained later."""

import pytest

from sandbox.stripe.faults import Fault
from services import strays
from storage import stripe_facts
from tests.payments.rig import usd
from tests.payments.test_reconciling import nothing_more_to_do, without_events

TRANSACTIONS = "/v1/balance_transactions"


def told(report):
    return [(difference.what, difference.found) for difference in report.differences]


async def in_books(till, *kinds):
    """What stands in accounts of the organisation, in minor units."""
    return [await till.balance(None, kind) for kind in kinds]


async def test_payment_of_another_product_stands_in_suspense_with_an_alarm(till):
    charge = await till.foreign(2500)

    report = await till.reconcile()

    assert await in_books(till, "suspense", "fees") == [2500, 103]
    assert await till.alarms() == ["unexplained"]
    assert told(report) == [("unexplained", f"25.00 USD (charge, payment {charge['id']})")]
    assert report.strays_booked == 1
    again = await nothing_more_to_do(till)
    assert again.differences == report.differences


async def test_payment_of_another_product_that_was_given_back_is_not_reported(till):
    charge = await till.foreign(2500)
    await till.reconcile()
    await till.stripe.refund(charge["id"], 1000)

    half = await till.reconcile()
    await till.stripe.refund(charge["id"])
    whole = await till.reconcile()

    assert told(half) == [("unexplained", f"15.00 USD (charge, refund, payment {charge['id']})")]
    assert whole.differences == []
    assert await in_books(till, "suspense", "unexplained") == [2500, 2500]
    assert await till.alarms() == ["unexplained"] * 3
    await nothing_more_to_do(till)


async def test_dispute_of_another_product_is_nobodys_loss_but_the_organisations(till):
    case = await till.case()
    await till.settled(case, usd(25))
    charge = await till.foreign(4000)
    await till.stripe.dispute(charge["id"])

    await till.reconcile()

    assert await till.funds(case) == (2500, 0)
    assert await in_books(till, "suspense", "unexplained") == [4000, 4000]
    assert await till.verify() == []


@pytest.mark.parametrize("kind", ["stripe_fee", "stripe_fx_fee", "tax_fee"])
async def test_fee_of_the_account_is_the_organisations(till, kind):
    await till.stripe.move(kind, -700, "usd")

    report = await till.reconcile()

    assert await in_books(till, "fees", "own_means", "suspense", "unexplained") == [
        700, -700, 0, 0,
    ]  # fmt: skip
    assert (report.fees_booked, report.strays_booked, report.differences) == (1, 0, [])
    assert await till.alarms() == []
    await nothing_more_to_do(till)


async def test_fee_that_is_given_back_makes_fees_less(till):
    """The newest is listed first: it must not be booked before what it gives back."""
    await till.stripe.move("stripe_fee", -700, "usd")
    await till.stripe.move("stripe_fee", 200, "usd")

    report = await till.reconcile()

    assert await in_books(till, "fees", "own_means", "suspense") == [500, -500, 0]
    assert (report.fees_booked, report.differences) == (2, [])
    await nothing_more_to_do(till)


async def test_more_than_all_fees_is_not_given_back_as_a_fee(till):
    await till.stripe.move("stripe_fee", -700, "usd")
    await till.stripe.move("stripe_fee", 701, "usd")

    report = await till.reconcile()

    assert await in_books(till, "fees", "suspense") == [700, 701]
    assert told(report) == [("unexplained", "7.01 USD (stripe_fee)")]
    await nothing_more_to_do(till)


@pytest.mark.parametrize(("minor", "account"), [(500, "suspense"), (-500, "unexplained")])
async def test_adjustment_nobody_explains_is_booked_by_its_sign(till, minor, account):
    await till.stripe.move("adjustment", minor, "usd", fee=20)

    report = await till.reconcile()

    assert await in_books(till, account, "fees") == [500, 20]
    assert told(report) == [("unexplained", f"{'-' if minor < 0 else ''}5.00 USD (adjustment)")]
    await nothing_more_to_do(till)


async def test_what_moves_another_balance_of_the_account_is_not_ours(till):
    await till.stripe.move("reserve_hold", 500, "usd", of_balance="risk_reserved")

    report = await till.reconcile()

    assert report.differences == []
    assert await till.rows("SELECT * FROM stripe_transaction") == []


async def test_currency_that_is_not_in_the_table_is_named_and_never_guessed(till):
    await till.foreign(50_000, "mxn")
    await till.foreign(2500)
    await till.stripe.payout("mxn")

    report = await till.reconcile()

    assert ("unknown_currency", "MXN") in [
        (difference.what, difference.subject) for difference in report.differences
    ]
    assert await till.rows("SELECT DISTINCT currency FROM stripe_transaction") == [("USD",)]
    assert await till.rows("SELECT COUNT(*) FROM alarm WHERE subject = 'MXN'") == [(1,)]
    await nothing_more_to_do(till)


async def test_balance_in_a_currency_that_is_not_in_the_table_is_named(till):
    await till.foreign(50_000, "mxn")
    await till.run(
        "INSERT INTO stripe_cursor VALUES ('transactions', :at)",
        at=int(till.clock().timestamp()) + 10 * 86_400,
    )

    report = await till.reconcile()

    [difference] = report.differences
    assert (difference.what, difference.subject) == ("unknown_currency", "MXN")
    assert difference.found.endswith("minor units at Stripe")


async def test_stray_that_turns_out_to_be_a_gift_is_booked_as_one(till):
    case = await till.case()
    hold = await till.paid(case, usd(25))
    await till.stripe.settle_now()
    await till.stripe.refund(till.page(hold)["id"], 1000)
    without_events(till)
    await hidden(till, hold, True)
    await till.reconcile()
    assert await in_books(till, "suspense", "unexplained") == [2500, 1000]
    assert await till.verify() == []
    await hidden(till, hold, False)

    await till.gifts.settle(hold.id)

    assert await in_books(till, "suspense", "unexplained", "fees") == [0, 0, 103]
    assert await till.standing(hold) == {(case.code, "fund"): 1500, (case.code, "refunded"): 1000}
    assert await till.rows("SELECT * FROM stray") == []
    report = await nothing_more_to_do(till)
    assert report.differences == []


async def test_stray_that_turns_out_to_be_a_disputed_gift_is_booked_as_one(till):
    case = await till.case()
    hold = await till.paid(case, usd(25))
    await till.stripe.settle_now()
    dispute = await till.stripe.dispute(till.page(hold)["id"])
    await till.stripe.move_dispute(dispute["id"], "won")
    without_events(till)
    await hidden(till, hold, True)
    await till.reconcile()
    assert await in_books(till, "suspense", "unexplained") == [5000, 2500]
    await hidden(till, hold, False)

    await till.gifts.settle(hold.id)

    assert await in_books(till, "suspense", "unexplained") == [0, 0]
    assert await till.funds(case) == (2500, 0)
    await nothing_more_to_do(till)


async def test_stray_that_turns_out_to_be_for_another_gift_stays_in_suspense(till):
    hold = await till.paid(await till.case(), usd(25))
    await till.stripe.settle_now()
    await till.stripe.refund(till.page(hold)["id"], 1000)
    without_events(till)
    await hidden(till, hold, True)
    await till.reconcile()
    await hidden(till, hold, False)
    till.raw(till.page(hold))["client_reference_id"] = "tampered with"

    await till.gifts.settle(hold.id)

    assert await till.state(hold) == "set_aside"
    # What was booked while nobody knew stays: it is in suspense either way.
    assert await in_books(till, "suspense", "unexplained", "fees") == [2500, 1000, 103]
    assert await till.rows("SELECT * FROM stray") == []
    await till.gifts.settle(hold.id)
    await nothing_more_to_do(till)


@pytest.mark.parametrize(
    ("sql", "told"),
    [
        ("DELETE FROM stray", "stray_not_noted"),
        ("UPDATE stripe_transaction SET kind = 'fee'", "stray_not_noted"),
        (
            "UPDATE stripe_transaction SET amount_minor = -amount_minor,"
            " net_minor = -amount_minor - fee_minor",
            "stray_in_a_wrong_place",
        ),
        (
            "UPDATE stripe_transaction SET amount_minor = amount_minor + 1,"
            " net_minor = net_minor + 1",
            "transaction_not_booked",
        ),
    ],
)
async def test_what_is_wrong_with_a_stray_is_found_in_the_books(till, sql, told):
    await till.stripe.move("adjustment", 500, "usd")
    await till.reconcile()
    assert await till.verify() == []

    await till.run(sql)

    assert told in {line.partition(":")[0] for line in await till.verify()}


async def test_reversal_without_its_stray_is_found_in_the_books(till):
    """What is taken back no longer counts: the transaction must then be booked as something."""
    await till.stripe.move("adjustment", 500, "usd")
    await till.reconcile()
    async with till.house.write() as connection:
        [(transaction_id,)] = await till.rows("SELECT transaction_id FROM stray")
        fact = await stripe_facts.transaction(connection, transaction_id)
        assert fact is not None
        await strays.take_back(connection, fact, till.clock())

    assert await in_books(till, "suspense") == [0]
    assert [line.partition(":")[0] for line in await till.verify()] == ["transaction_not_booked"]


async def test_second_payment_of_one_gift_is_a_stray(till):
    """Two pages of one hold can both be paid; the gift has one of them."""
    hold = await till.settled(await till.case(), usd(25))
    twin = await till.foreign(2500, homeward_reference=hold.reference)

    report = await till.reconcile()

    assert told(report) == [("unexplained", f"25.00 USD (charge, payment {twin['id']})")]
    assert await in_books(till, "suspense") == [2500]
    await nothing_more_to_do(till)


async def test_key_that_may_not_see_every_cause_reads_each_alone(till):
    case = await till.case()
    hold = await till.paid(case, usd(25))
    await till.stripe.settle_now()
    await till.stripe.refund(till.page(hold)["id"], 1000)
    foreign = await till.foreign(4000)
    await till.stripe.refund(foreign["id"], 500)
    await till.stripe.dispute((await till.foreign(3000))["id"])
    without_events(till)

    def forbid(call):
        if call.path == TRANSACTIONS and "expand" in call.params:
            till.stripe.fail(Fault("GET", TRANSACTIONS, status=403))

    till.stripe._api.before_each = lambda: forbid(till.stripe.calls[-1])
    report = await till.reconcile()

    alone = ("/v1/charges/", "/v1/refunds/", "/v1/disputes/")
    assert all(till.asked("GET", path) for path in alone)
    assert await till.funds(case) == (1500, 0)
    assert [difference.found for difference in report.differences] == [
        f"35.00 USD (charge, refund, payment {foreign['id']})"
    ]
    await nothing_more_to_do(till)


async def test_gift_that_cannot_be_read_is_reported_and_read_again_the_next_time(till):
    case = await till.case()
    hold, other = await till.paid(case, usd(25)), await till.paid(case, usd(30))
    await till.stripe.settle_now()
    without_events(till)
    page = till.raw(till.page(hold))
    page["status"] = "paused"

    report = await till.reconcile()

    assert ("unreadable", "session status 'paused'") in told(report)
    assert await till.funds(case) == (3000, 0)
    assert await till.state(other) == "settled"
    assert "unreadable" in await till.alarms()
    till.clock.advance(days=30)
    page["status"] = "complete"
    await till.reconcile()
    assert await till.funds(case) == (5500, 0)
    await nothing_more_to_do(till)


async def hidden(till, hold, is_hidden):
    """Whether Stripe shows what leads from the payment to the gift."""
    [charge] = till.stripe.charges
    page = till.raw(till.page(hold))
    till.raw(charge)["metadata"] = {} if is_hidden else {"homeward_reference": hold.reference}
    if is_hidden:
        page["_payment_intent"], page["payment_intent"] = page["payment_intent"], None
    else:
        page["payment_intent"] = page.pop("_payment_intent")
    await till.run(
        "UPDATE checkout SET look_at = :at", at=int(till.clock().timestamp()) + 10 * 86_400
    )
