"""A payment becomes one posting and one receipt, however its events come."""

from itertools import permutations

import pytest

from tests.payments.rig import usd
from values.money import Money

TELLING = (
    "charge.succeeded",
    "payment_intent.succeeded",
    "checkout.session.completed",
    "charge.updated",
)


async def test_case_gets_the_gross_and_the_organisation_bears_the_fee(till):
    case = await till.case()
    hold = await till.paid(case, usd(25))
    await till.stripe.settle_now()

    await till.gifts.settle(hold.id)

    [brought] = till.stripe.balance_transactions
    assert (brought["amount"], brought["fee"]) == (2500, 103)
    assert await till.funds(case) == (2500, 0)
    assert await till.fees() == 103
    accounts = await till.rows("SELECT DISTINCT book_id FROM account WHERE kind = 'fees'")
    assert accounts == [(1,)]  # there is no account in a case's book that could bear a fee
    progress = await till.progress(case)
    assert (progress.funded, progress.missing) == (usd(25), usd(75))
    assert await till.verify() == []


async def test_every_order_of_the_events_twice_over_books_once(till):
    case = await till.case(usd(10_000))
    orders = list(permutations(TELLING))
    for order in orders:
        hold = await till.paid(case, usd(10))
        await till.stripe.settle_now()
        for name in order + order[:2]:
            [event] = till.happened(hold, name)
            assert await till.deliver(event) == 200
        assert await till.state(hold) == "settled"

    assert await till.funds(case) == (1000 * len(orders), 0)
    assert await till.fees() == sum(brought["fee"] for brought in till.stripe.balance_transactions)
    assert await till.rows("SELECT kind, COUNT(*) FROM posting GROUP BY kind ORDER BY kind") == [
        ("donation", len(orders)),
        ("fee", len(orders)),
    ]
    assert await till.alarms() == []
    assert await till.verify() == []


@pytest.mark.parametrize("settled_after", range(4))
async def test_money_counts_only_when_stripe_has_settled_it(till, settled_after):
    case = await till.case()
    hold = await till.paid(case, usd(25))
    first = [event for event in till.happened(hold) if event["type"] in TELLING]

    for event in first[:settled_after]:
        await till.deliver(event)
        progress = await till.progress(case)
        assert (progress.funded, progress.arriving) == (usd(0), usd(25))
        assert await till.funds(case) == (0, 0)
        assert (await till.checkout(hold)).state == "open"  # it is looked at until it is settled
    await till.stripe.settle_now()
    for event in first[settled_after:] + till.happened(hold, "charge.updated"):
        await till.deliver(event)

    progress = await till.progress(case)
    assert (progress.funded, progress.arriving) == (usd(25), usd(0))
    assert (await till.checkout(hold)).state == "done"
    assert await till.verify() == []


async def test_receipt_is_put_into_the_outbox_once_when_the_gift_is_paid(till):
    person = await till.person()
    hold = await till.paid(await till.case(), usd(25), person_id=person)
    receipts = "SELECT kind, subject_id, person_id, state FROM outbox"
    before = await till.rows(receipts)

    await till.gifts.settle(hold.id)
    unsettled = await till.rows(receipts)
    await till.stripe.settle_now()
    for _ in range(2):
        await till.gifts.settle(hold.id)

    assert before == []
    assert unsettled == [("receipt", hold.id, person, "pending")]
    assert await till.rows(receipts) == unsettled


async def test_gift_on_the_web_has_nobody_to_write_to(till):
    hold = await till.settled(await till.case(), usd(25))

    assert await till.rows("SELECT * FROM outbox") == []
    assert await till.state(hold) == "settled"


async def test_second_charge_update_after_settling_changes_nothing(till):
    case = await till.case()
    hold = await till.settled(case, usd(25))
    rows = "SELECT * FROM transfer ORDER BY seq"
    before = await till.rows(rows)

    for event in till.happened(hold):
        await till.deliver(event, id=f"{event['id']}again")

    assert await till.rows(rows) == before
    assert await till.state(hold) == "settled"


async def test_settled_gift_whose_page_was_left_open_is_not_looked_at_for_ever(till):
    hold = await till.settled(await till.case(), usd(25))
    await till.run("UPDATE checkout SET state = 'open' WHERE hold_id = :id", id=hold.id)
    till.clock.advance(hours=1)

    assert await till.gifts.look_at_due() == 1
    till.clock.advance(hours=1)
    assert await till.gifts.look_at_due() == 0


async def test_declined_card_leaves_the_gift_to_be_paid(till):
    case = await till.case()
    hold = await till.opened(case, usd(25))
    page = till.page(hold)["id"]
    await till.stripe.decline(page)

    for event in till.happened(hold, "payment_intent.payment_failed"):
        await till.deliver(event)
    declined = await till.state(hold)
    await till.stripe.pay(page)
    await till.stripe.settle_now()
    for event in till.happened(hold):
        await till.deliver(event)

    assert declined == "open"
    assert await till.funds(case) == (2500, 0)
    assert await till.verify() == []


async def test_yen_are_booked_as_yen(till):
    case = await till.case(Money(100_000, "JPY"))
    await till.settled(case, Money(2500, "JPY"))

    [charge] = till.stripe.charges
    assert (charge["amount"], charge["currency"]) == (2500, "jpy")
    assert await till.funds(case) == (2500, 0)
    assert (await till.progress(case)).funded == Money(2500, "JPY")
    assert await till.verify() == []
