"""A gift as its giver sees it, at each step."""

import pytest

from services.receipts import gifts_of, receipt
from tests.payments.rig import usd


async def seen(till, hold):
    async with till.house.read() as connection:
        return await receipt(connection, till.house.shelf, "web", till.clock(), hold.reference)


async def test_receipt_of_an_open_gift_leads_to_its_page_until_it_expires(till):
    hold = await till.hold(await till.case(), usd(25))
    wanted = await seen(till, hold)
    await till.gifts.open_page(hold.id)
    opened = await seen(till, hold)
    address = till.page(hold)["url"]
    till.clock.now = opened.pay_until
    expired = await seen(till, hold)

    assert (wanted.state, wanted.pay_url, wanted.pay_until) == ("open", None, None)
    assert opened.pay_url == address
    assert (expired.state, expired.pay_url) == ("open", None)


@pytest.mark.parametrize("state", ["promised", "paid", "settled", "released"])
async def test_nothing_is_to_be_paid_in_any_other_state(till, state):
    case = await till.case()
    if state == "settled":
        hold = await till.settled(case, usd(25))
    else:
        hold = await till.opened(case, usd(25))
        await till.run("UPDATE hold SET state = :state", state=state)

    assert (await seen(till, hold)).pay_url is None


async def test_fee_is_told_when_it_is_known(till):
    case = await till.case()
    paid = await till.paid(case, usd(25))
    await till.gifts.settle(paid.id)
    before = await seen(till, paid)
    await till.stripe.settle_now()
    await till.gifts.settle(paid.id)
    after = await seen(till, paid)

    assert (before.state, before.trace) == ("paid", None)
    assert (after.state, after.trace.fee) == ("settled", usd(1.03))
    assert after.amount == usd(25)
    assert after.case is None  # its story is not published: only the code may be told
    assert after.case_code == case.code


async def test_reference_that_is_nobodys_has_no_receipt(till):
    hold = await till.hold(await till.case(), usd(25))

    async with till.house.read() as connection:
        for reference in ("", hold.reference[:-1], hold.reference.upper()):
            found = await receipt(connection, till.house.shelf, "web", till.clock(), reference)
            assert found is None


async def test_my_gifts_are_mine_newest_first_without_what_was_given_up(till):
    me, somebody = await till.person(), await till.person()
    case = await till.case()
    first = await till.settled(case, usd(5), person_id=me)
    await till.settled(case, usd(6), person_id=somebody)
    given_up = await till.opened(case, usd(7), person_id=me)
    await till.gifts.cancel(given_up.id)
    last = await till.opened(case, usd(8), person_id=me)

    async with till.house.read() as connection:
        mine = await gifts_of(connection, till.house.shelf, till.clock(), me)

    assert [gift.reference for gift in mine] == [last.reference, first.reference]
