"""What was read of a page, in any order and as often as one likes, comes to the same books."""

import dataclasses
from itertools import permutations

import pytest

from services.reading import Charge, Reading, SessionStatus, Transaction, TransactionKind
from services.settling import apply
from storage import checkouts, holds
from tests.payments.rig import usd
from values.money import Money


def readings(till, case, hold):
    """What Stripe says of a gift, step by step; the last two are of the same payment."""
    number = f"{hold.id}"
    charge = Charge(f"ch_{number}", f"pi_{number}", hold.amount, 0, False, till.clock())
    brought = Transaction(
        f"txn_{number}",
        TransactionKind.CHARGE,
        charge.id,
        hold.amount,
        Money(103, "USD"),
        till.clock(),
        till.clock(),
        charge.id,
    )

    def said(status, is_paid=False, charge=None, settlement=None):
        page = f"cs_{number}"
        return Reading(
            session_id=page,
            status=status,
            is_of_our_mode=True,
            reference=hold.reference,
            case_code=case.code,
            amount=hold.amount,
            is_paid=is_paid,
            has_failed=False,
            charge=charge,
            settlement=settlement,
        )

    return {
        "open": said(SessionStatus.OPEN),
        "promised": said(SessionStatus.COMPLETE),
        "paid": said(SessionStatus.COMPLETE, True, charge),
        "settled": said(SessionStatus.COMPLETE, True, charge, brought),
        "expired": said(SessionStatus.EXPIRED),
    }


async def write_down(till, hold, reading):
    async with till.house.write() as connection:
        known = await holds.by_id(connection, hold.id)
        checkout = await checkouts.newest(connection, hold.id)
        assert known is not None
        assert checkout is not None
        return await apply(till.house, connection, known, checkout, reading, reading.case_code)


async def test_every_order_of_the_readings_twice_over_comes_to_the_same_books(till):
    case = await till.case(usd(10_000))
    orders = list(permutations(("open", "promised", "paid", "settled")))
    donor = await till.person()
    for order in orders:
        hold = await till.hold(case, usd(10), person_id=donor)
        read = readings(till, case, hold)
        for name in (*order, *order):
            await write_down(till, hold, read[name])
        assert await till.state(hold) == "settled"
        assert (await till.checkout(hold)).state == "done"

    assert await till.funds(case) == (1000 * len(orders), 0)
    assert await till.fees() == 103 * len(orders)
    assert await till.rows("SELECT COUNT(*) FROM outbox") == [(len(orders),)]
    assert await till.alarms() == []
    assert await till.verify() == []


@pytest.mark.parametrize("late", ["open", "promised", "paid", "expired"])
async def test_late_reading_after_settling_changes_nothing(till, late):
    case = await till.case()
    hold = await till.hold(case, usd(25))
    read = readings(till, case, hold)
    await write_down(till, hold, read["settled"])

    assert await write_down(till, hold, read[late]) == "settled"

    assert await till.state(hold) == "settled"
    assert await till.funds(case) == (2500, 0)
    assert await till.verify() == []


@pytest.mark.parametrize("late", ["open", "promised", "expired"])
async def test_late_reading_does_not_take_back_what_was_paid(till, late):
    case = await till.case()
    hold = await till.hold(case, usd(25))
    read = readings(till, case, hold)
    await write_down(till, hold, read["paid"])

    assert await write_down(till, hold, read[late]) == "paid"
    assert (await till.checkout(hold)).state != "done"  # it is looked at until it is settled
    assert await write_down(till, hold, read["settled"]) == "settled"

    assert await till.funds(case) == (2500, 0)


async def test_money_wins_from_a_page_that_was_said_to_be_expired(till):
    case = await till.case()
    hold = await till.hold(case, usd(25))
    read = readings(till, case, hold)

    assert await write_down(till, hold, read["expired"]) == "released"
    assert await write_down(till, hold, read["settled"]) == "settled"

    assert await till.funds(case) == (2500, 0)
    assert await till.verify() == []


async def test_gift_without_a_fee_books_no_fee(till):
    case = await till.case()
    hold = await till.hold(case, usd(25))
    settled = readings(till, case, hold)["settled"]
    free = dataclasses.replace(settled.settlement, fee=usd(0))
    reading = dataclasses.replace(settled, settlement=free)

    assert await write_down(till, hold, reading) == "settled"

    assert await till.funds(case) == (2500, 0)
    assert await till.rows("SELECT kind FROM posting") == [("donation",)]
    assert await till.verify() == []
