"""Payouts against what they are made of, and the account's balance against all that moved it."""

import dataclasses
import datetime as dt

import pytest

from tests.payments.rig import usd
from tests.payments.test_reconciling import nothing_more_to_do

PAYOUTS = "/v1/payouts"


@pytest.fixture
def till(till):
    """One that expects no events: here they are never delivered, and days go by."""
    till.house = dataclasses.replace(till.house, hears_events=False)
    return till


async def much_later(till):
    """So much later, and so much has moved since, that nothing of before is listed again."""
    till.clock.advance(days=10)
    await till.stripe.move("stripe_fee", -1, "usd")
    await till.reconcile()


def told(report):
    return [
        (difference.what, difference.subject, difference.expected, difference.found)
        for difference in report.differences
    ]


async def paid_out(till, *gifts):
    """A payout of some gifts, a refund and a fee."""
    case = await till.case(usd(1000))
    for gift in gifts:
        hold = await till.settled(case, gift)
    await till.stripe.refund(till.page(hold)["id"], 500)
    await till.stripe.move("stripe_fee", -100, "usd")
    return await till.stripe.payout("usd")


async def test_payout_is_kept_with_what_it_is_made_of(till):
    payout = await paid_out(till, usd(25), usd(40))

    report = await till.reconcile()

    assert report.differences == []
    assert report.payouts_read == 1
    assert await till.rows("SELECT id, amount_minor, status FROM stripe_payout") == [
        (payout["id"], payout["amount"], "paid")
    ]
    contained = await till.rows(
        "SELECT kind, SUM(net_minor), COUNT(*) FROM stripe_transaction WHERE payout_id = :id"
        " GROUP BY kind ORDER BY kind",
        id=payout["id"],
    )
    assert contained == [
        ("charge", 2397 + 3854, 2),
        ("fee", -100, 1),
        ("payout", -payout["amount"], 1),
        ("refund", -500, 1),
    ]
    await nothing_more_to_do(till)


async def test_payout_that_is_not_its_sum_is_reported_every_time(till):
    payout = await paid_out(till, usd(25))
    till.raw(payout)["amount"] += 1

    report = await till.reconcile()

    [(what, subject, _, found)] = told(report)
    assert (what, subject) == ("payout_differs", f"payout {payout['id']}")
    assert found == "17.97 USD"
    assert await till.alarms() == ["payout_differs"]
    await much_later(till)
    again = await nothing_more_to_do(till)
    assert again.differences == report.differences


async def test_payout_that_lacks_a_transaction_is_reported(till):
    payout = await paid_out(till, usd(25))
    fee = next(one for one in till.stripe.balance_transactions if one["type"] == "stripe_fee")
    del till.stripe._world.notes[fee["id"]]["payout"]

    report = await till.reconcile()

    assert ("payout_differs", f"payout {payout['id']}", "17.97 USD", "18.97 USD") in told(report)


async def test_payout_by_hand_is_not_held_against_a_sum_that_nobody_knows(till):
    await till.settled(await till.case(), usd(25))
    await till.stripe.payout("usd", 1000)

    report = await till.reconcile()

    assert report.differences == []
    assert await till.rows("SELECT automatic, itemised FROM stripe_payout") == [(0, 0)]
    await nothing_more_to_do(till)


async def test_payout_that_comes_back_is_shown_and_its_money_is_here_again(till):
    payout = await paid_out(till, usd(25))
    await till.reconcile()
    await till.stripe.fail_payout(payout["id"])

    report = await till.reconcile()

    assert told(report) == [
        ("payout_failed", f"payout {payout['id']}", "paid", "failed (account_closed)")
    ]
    assert await till.alarms() == ["payout_failed"]
    assert await till.rows("SELECT SUM(net_minor) FROM stripe_transaction") == [(1797,)]
    assert await till.verify() == []


async def test_payout_under_way_is_asked_for_until_it_has_arrived(till):
    payout = await paid_out(till, usd(25))
    till.raw(payout).update(status="in_transit", reconciliation_status="in_progress")
    await till.reconcile()
    assert await till.rows("SELECT status, itemised FROM stripe_payout") == [("in_transit", 0)]
    await much_later(till)
    till.raw(payout).update(status="paid", reconciliation_status="completed")
    assert till.asked("GET", f"{PAYOUTS}/") == []

    await till.reconcile()
    await till.reconcile()

    assert len(till.asked("GET", f"{PAYOUTS}/{payout['id']}")) == 1
    assert await till.rows("SELECT status, itemised FROM stripe_payout") == [("paid", 1)]


async def test_payout_of_transactions_older_than_what_is_read_knows_them(till):
    """The first reading begins in the middle; what a payout is made of may lie before."""
    await till.foreign(2500)
    till.clock.advance(days=9)
    payout = await till.stripe.payout("usd")

    report = await till.reconcile(since=till.clock() - dt.timedelta(days=1))

    assert ("payout_differs", f"payout {payout['id']}") not in [row[:2] for row in told(report)]
    assert await till.rows("SELECT COUNT(*) FROM stripe_transaction") == [(2,)]


async def test_payout_in_words_that_are_not_known_is_reported(till):
    payout = await paid_out(till, usd(25))
    till.raw(payout)["status"] = "on_a_boat"

    report = await till.reconcile()

    assert told(report) == [
        (
            "unreadable",
            f"payout {payout['id']}",
            "what is known here",
            "payout status 'on_a_boat'",
        )
    ]


@pytest.mark.parametrize(("off_by", "found"), [(1, "23.97 USD"), (-1, "23.95 USD")])
async def test_balance_that_is_not_the_sum_of_what_moved_is_reported(till, off_by, found):
    await till.settled(await till.case(), usd(25))
    assert (await till.reconcile()).differences == []
    await much_later(till)
    await till.run(
        "UPDATE stripe_transaction SET fee_minor = fee_minor - :by, net_minor = net_minor + :by"
        " WHERE kind = 'charge'",
        by=off_by,
    )

    report = await till.reconcile()

    assert told(report) == [("balance_differs", "balance USD", "23.96 USD", found)]
    assert await till.alarms() == ["balance_differs"]


async def test_transaction_that_is_not_what_stripe_says_is_named(till):
    await till.settled(await till.case(), usd(25))
    [transaction] = till.stripe.balance_transactions
    await till.run(
        "UPDATE stripe_transaction SET fee_minor = fee_minor - 1, net_minor = net_minor + 1"
    )

    report = await till.reconcile()

    assert told(report)[0] == (
        "transaction_differs",
        f"transaction {transaction['id']}",
        "25.00 USD less 1.03 USD",
        "25.00 USD less 1.02 USD",
    )


async def test_balance_is_held_against_the_books_in_every_currency(till):
    await till.foreign(2500)
    await till.foreign(3000, "jpy")
    await till.reconcile()
    await till.run("UPDATE stripe_transaction SET net_minor = net_minor + 5, fee_minor = fee_minor"
                   " - 5 WHERE currency = 'JPY'")  # fmt: skip

    report = await till.reconcile()

    assert [row[:2] for row in told(report) if row[0] == "balance_differs"] == [
        ("balance_differs", "balance JPY")
    ]


async def test_money_that_moves_while_the_balance_is_read_is_no_difference(till):
    case = await till.case()
    hold = await till.paid(case, usd(25))
    looks = 0

    async def move(call):
        nonlocal looks
        if call.path == "/v1/balance" and looks < 2:
            looks += 1
            await till.stripe.settle_now()
            await till.stripe.move("stripe_fee", -10 * looks, "usd")

    till.stripe.on_request = move

    report = await till.reconcile()

    assert looks == 2
    assert report.differences == []
    assert await till.state(hold) == "settled"
    assert await till.fees() == 103 + 10 + 20
