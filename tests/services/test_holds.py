"""Taking a hold: what is refused, and what each limit counts."""

import pytest

from services import giving
from services.giving import (
    Held,
    LeavesTooLittle,
    NothingMissing,
    NotOpen,
    TooLarge,
    TooManyOpen,
    TooSmall,
)
from tests.payments.rig import usd

ADDRESS, OTHER_ADDRESS = b"\x01" * 32, b"\xfe" * 32


async def test_hold_reserves_its_amount_and_wants_a_page(till):
    case = await till.case(usd(100))

    hold = await till.hold(case, usd(25), request_key="a request")

    progress = await till.progress(case)
    assert (progress.held, progress.missing, progress.funded) == (usd(25), usd(75), usd(0))
    checkout = await till.checkout(hold)
    assert (checkout.state, checkout.attempt) == ("wanted", 1)
    assert (checkout.expires_at - till.clock()) == giving.CHECKOUT_LASTS
    assert await till.verify() == []


@pytest.mark.parametrize(
    ("amount", "refusal"),
    [
        (usd(0.49), TooSmall),
        (usd(70.01), TooLarge),
        (usd(100), TooLarge),
        (usd(69.51), LeavesTooLittle),
    ],
)
async def test_amount_that_does_not_fit_what_is_missing_is_refused(till, amount, refusal):
    case = await till.case(usd(100))
    await till.hold(case, usd(30))

    assert isinstance(await till.take(case, amount), refusal)

    assert (await till.progress(case)).missing == usd(70)
    assert isinstance(await till.take(case, usd(69.50)), Held)


async def test_rest_that_no_card_can_pay_is_never_left(till):
    case = await till.case(usd(100))
    await till.hold(case, usd(99))

    assert isinstance(await till.take(case, usd(0.51)), LeavesTooLittle)

    await till.hold(case, usd(1))
    assert (await till.progress(case)).missing == usd(0)


async def test_plan_that_is_all_reserved_takes_nothing_more(till):
    case = await till.case(usd(30))
    await till.hold(case, usd(30))

    assert await till.take(case, usd(1)) == NothingMissing()


async def test_case_that_is_closed_or_unknown_takes_nothing(till):
    case = await till.case()
    unknown = type("Nobody", (), {"code": "nobodyis"})
    await till.run("UPDATE cases SET state = 'closed' WHERE id = :id", id=case.id)

    assert await till.take(case, usd(25)) == NotOpen()
    assert await till.take(unknown, usd(25)) == NotOpen()
    assert await till.rows("SELECT * FROM hold") == []


async def test_same_request_takes_nothing_twice(till):
    case = await till.case(usd(100))
    first = await till.hold(case, usd(25), request_key="telegram:7")

    second = await till.take(case, usd(25), request_key="telegram:7")

    assert isinstance(second, Held)
    assert second.hold == first
    assert (await till.progress(case)).held == usd(25)


async def test_repeated_request_gets_its_hold_also_where_nothing_is_missing_any_more(till):
    case = await till.case(usd(25))
    first = await till.hold(case, usd(25), request_key="telegram:7")
    await till.run("UPDATE cases SET state = 'closed'")

    again = await till.take(case, usd(25), request_key="telegram:7")

    assert isinstance(again, Held)
    assert again.hold.id == first.id


async def test_one_donor_holds_at_most_two_over_all_cases(till):
    donor, other = await till.person(), await till.person()
    cases = [await till.case() for _ in range(3)]
    await till.hold(cases[0], usd(25), person_id=donor)
    await till.hold(cases[1], usd(25), person_id=donor)

    assert await till.take(cases[2], usd(25), person_id=donor) == TooManyOpen(2)
    assert isinstance(await till.take(cases[2], usd(25), person_id=other), Held)


@pytest.mark.parametrize(
    ("state", "frees"),
    [("open", False), ("promised", False), ("paid", True), ("set_aside", True), ("released", True)],
)
async def test_only_what_is_paid_or_given_up_frees_a_donors_place(till, state, frees):
    donor, case = await till.person(), await till.case()
    first = await till.hold(case, usd(5), person_id=donor)
    await till.hold(case, usd(5), person_id=donor)
    await till.run("UPDATE hold SET state = :state WHERE id = :id", state=state, id=first.id)

    assert isinstance(await till.take(case, usd(5), person_id=donor), Held) is frees


async def test_one_address_holds_at_most_two_over_all_cases(till):
    cases = [await till.case() for _ in range(3)]
    for case in cases[:2]:
        await till.hold(case, usd(5), address_hash=ADDRESS)

    assert await till.take(cases[2], usd(5), address_hash=ADDRESS) == TooManyOpen(2)
    assert isinstance(await till.take(cases[2], usd(5), address_hash=OTHER_ADDRESS), Held)


async def test_promise_from_an_address_keeps_its_place(till):
    case = await till.case()
    for _ in range(2):
        hold = await till.hold(case, usd(5), address_hash=ADDRESS)
        await till.run("UPDATE hold SET state = 'promised' WHERE id = :id", id=hold.id)

    assert await till.take(case, usd(5), address_hash=ADDRESS) == TooManyOpen(2)


async def test_people_on_the_web_share_ten_holds_of_a_case(till):
    case, other_case = await till.case(), await till.case()
    for number in range(10):
        await till.hold(case, usd(5), address_hash=bytes([number]) * 32)

    assert await till.take(case, usd(5), address_hash=ADDRESS * 2) == TooManyOpen(10)
    assert isinstance(await till.take(other_case, usd(5), address_hash=ADDRESS), Held)
    assert isinstance(await till.take(case, usd(5), person_id=await till.person()), Held)


async def test_promises_do_not_shut_the_web_out_of_a_case(till):
    case = await till.case()
    for number in range(10):
        hold = await till.hold(case, usd(5), address_hash=bytes([number]) * 32)
        await till.run("UPDATE hold SET state = 'promised' WHERE id = :id", id=hold.id)

    assert isinstance(await till.take(case, usd(5), address_hash=ADDRESS * 2), Held)
