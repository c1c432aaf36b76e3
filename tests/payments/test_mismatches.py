"""A payment that is not the one we asked for stands in suspense with an alarm; no case gets it."""

import pytest

from payments.readings import Unreadable
from tests.payments.rig import usd


async def settle(till, hold):
    """Have Stripe settle the payment, then read it."""
    await till.stripe.settle_now()
    return await till.gifts.settle(hold.id)


async def in_suspense(till, case, alarm, amount=2500, currency="USD"):
    """All that came is in suspense, the fee is the organisation's, and the operator is told."""
    assert await till.funds(case) == (0, 0)
    kinds = await till.rows("SELECT kind FROM posting ORDER BY id")
    assert kinds == [("suspense",), ("fee",)]
    suspense = "SELECT currency, amount_minor FROM transfer WHERE credit_kind = 'suspense'"
    assert await till.rows(suspense) == [(currency, amount)]
    assert await till.rows("SELECT * FROM outbox") == []
    assert await till.alarms() == [alarm]
    assert await till.verify() == []


async def nothing_posted(till, case, alarm):
    assert await till.funds(case) == (0, 0)
    assert await till.rows("SELECT * FROM posting") == []
    assert await till.rows("SELECT * FROM outbox") == []
    assert await till.alarms() == [alarm]
    assert await till.verify() == []


@pytest.mark.parametrize("reference", ["", None, "other"])
async def test_page_with_another_reference_is_set_aside(till, reference):
    case = await till.case()
    other = await till.opened(await till.case(), usd(25))
    hold = await till.paid(case, usd(25))
    till.raw(till.page(hold))["client_reference_id"] = (
        other.reference if reference == "other" else reference
    )

    await settle(till, hold)

    await in_suspense(till, case, "payment_for_another_gift")
    assert await till.state(other) == "open"


async def test_page_whose_metadata_name_another_gift_is_set_aside(till):
    case, other_case = await till.case(), await till.case()
    other = await till.opened(other_case, usd(25))
    hold = await till.paid(case, usd(25))
    page = till.raw(till.page(hold))
    page["metadata"] = {**page["metadata"], "homeward_reference": other.reference}

    await settle(till, hold)

    await in_suspense(till, case, "payment_for_another_gift")
    assert await till.funds(other_case) == (0, 0)


async def test_both_marks_of_another_gift_do_not_move_money_to_it(till):
    case, other_case = await till.case(), await till.case()
    other = await till.opened(other_case, usd(25))
    hold = await till.paid(case, usd(25))
    page = till.raw(till.page(hold))
    page["client_reference_id"] = other.reference
    page["metadata"] = {"homeward_reference": other.reference}
    await till.stripe.settle_now()
    [completed] = till.happened(other, "checkout.session.completed") or [
        event for event in till.stripe.events if event["type"] == "checkout.session.completed"
    ]

    await till.deliver(completed, data={"object": page})
    await till.gifts.settle(hold.id)

    assert await till.state(other) == "open"
    assert await till.funds(other_case) == (0, 0)
    await in_suspense(till, case, "payment_for_another_gift")


@pytest.mark.parametrize("where", ["page", "charge"])
async def test_payment_of_another_amount_is_set_aside(till, where):
    case = await till.case()
    hold = await till.paid(case, usd(25))
    if where == "page":
        till.raw(till.page(hold))["amount_total"] = 2600
    else:
        till.raw(till.stripe.charges[0])["amount"] = 2600

    await settle(till, hold)

    amount = 2500 if where == "page" else 2600
    await in_suspense(till, case, "payment_of_another_amount", amount)


async def test_payment_in_another_currency_is_set_aside(till):
    case = await till.case()
    hold = await till.paid(case, usd(25))
    till.raw(till.stripe.charges[0])["currency"] = "eur"

    await till.gifts.settle(hold.id)

    await nothing_posted(till, case, "payment_of_another_amount")


@pytest.mark.parametrize(("currency", "rate"), [("eur", 0.9), ("eur", 1.0)])
async def test_settlement_in_another_currency_is_set_aside(till, currency, rate):
    case = await till.case()
    await till.stripe.settle_in(currency, rate)
    hold = await till.paid(case, usd(25))

    await settle(till, hold)

    amount = round(2500 * rate)
    await in_suspense(till, case, "payment_settled_in_another_currency", amount, "EUR")


async def test_settlement_of_another_amount_is_set_aside(till):
    case = await till.case()
    hold = await till.paid(case, usd(25))
    await till.stripe.settle_now()
    till.raw(till.stripe.balance_transactions[0])["amount"] = 2400

    await till.gifts.settle(hold.id)

    await in_suspense(till, case, "payment_settled_in_another_amount", 2400)


async def test_what_was_set_aside_takes_no_place_in_the_plan(till):
    """It is not the plan's money; others may give what is missing."""
    case = await till.case()
    hold = await till.paid(case, usd(25))
    till.raw(till.page(hold))["client_reference_id"] = "another"

    await settle(till, hold)

    assert (await till.progress(case)).missing == usd(100)
    assert await till.state(hold) == "set_aside"


async def test_one_mismatch_rings_once_however_often_it_is_read(till):
    case = await till.case()
    hold = await till.paid(case, usd(25))
    till.raw(till.page(hold))["client_reference_id"] = "another"

    for _ in range(3):
        await settle(till, hold)

    await in_suspense(till, case, "payment_for_another_gift")


@pytest.mark.parametrize(
    ("thing", "field", "word"),
    [
        ("page", "status", "paused"),
        ("page", "status", None),
        ("page", "currency", "xyz"),
        ("charge", "currency", "xyz"),
        ("brought", "currency", "xyz"),
    ],
)
async def test_what_stripe_says_in_unknown_words_is_set_aside(till, thing, field, word):
    case = await till.case()
    hold = await till.paid(case, usd(25))
    await till.stripe.settle_now()
    things = {
        "page": till.page(hold),
        "charge": till.stripe.charges[0],
        "brought": till.stripe.balance_transactions[0],
    }
    till.raw(things[thing])[field] = word
    [completed] = till.happened(hold, "checkout.session.completed")

    status = await till.deliver(completed)

    assert status == 200
    assert await till.outcome(completed) == "set_aside"
    await nothing_posted(till, case, "stripe_object_unreadable")
    with pytest.raises(Unreadable):
        await till.gifts.settle(hold.id)


@pytest.mark.parametrize("word", ["partially_paid", "no_payment_required", None])
async def test_unknown_kind_of_payment_is_never_paid(till, word):
    case = await till.case()
    hold = await till.paid(case, usd(25))
    till.raw(till.page(hold))["payment_status"] = word

    await settle(till, hold)

    assert await till.state(hold) == "promised"
    assert await till.funds(case) == (0, 0)


async def test_page_of_another_case_is_set_aside(till):
    case, other = await till.case(), await till.case()
    hold = await till.paid(case, usd(25))
    page = till.raw(till.page(hold))
    page["metadata"] = {**page["metadata"], "case": other.code}

    await settle(till, hold)

    await in_suspense(till, case, "payment_for_another_case")
    assert await till.funds(other) == (0, 0)


async def test_page_of_another_mode_is_set_aside(till):
    case = await till.case()
    hold = await till.paid(case, usd(25))
    till.raw(till.page(hold))["livemode"] = True

    await settle(till, hold)

    await in_suspense(till, case, "payment_of_another_mode")


async def test_refund_of_what_stands_in_suspense_empties_it(till):
    case = await till.case()
    hold = await till.paid(case, usd(25))
    till.raw(till.page(hold))["client_reference_id"] = "another"
    await settle(till, hold)
    await till.stripe.refund(till.page(hold)["id"])

    await till.gifts.settle(hold.id, was_taken_back=True)

    assert await till.balance(None, "suspense") == 0
    assert await till.funds(case) == (0, 0)
    assert await till.verify() == []


async def test_what_was_set_aside_is_not_booked_a_second_time_when_its_mark_is_mended(till):
    """Somebody corrects the page at the dashboard; only a person moves money out of suspense."""
    case = await till.case()
    hold = await till.paid(case, usd(25))
    page = till.raw(till.page(hold))
    page["client_reference_id"] = "another"
    await settle(till, hold)
    page["client_reference_id"] = hold.reference

    await settle(till, hold)

    assert await till.state(hold) == "set_aside"
    await in_suspense(till, case, "payment_for_another_gift")


async def test_dispute_of_more_than_stands_in_suspense_takes_nobody_elses(till):
    case = await till.case()
    hold, other = await till.paid(case, usd(25)), await till.paid(case, usd(30))
    for one in (hold, other):
        till.raw(till.page(one))["client_reference_id"] = "another"
        await settle(till, one)
    dispute = await till.stripe.dispute(till.page(hold)["id"], 2600)
    await till.gifts.settle(hold.id, was_taken_back=True)
    taken = await till.balance(None, "suspense"), await till.balance(None, "unexplained")

    await till.stripe.move_dispute(dispute["id"], "won")
    for _ in range(2):
        await till.gifts.settle(hold.id, was_taken_back=True)

    assert taken == (3000, 100)
    assert await till.balance(None, "suspense") == 3000 + 2600
    assert await till.verify() == []
