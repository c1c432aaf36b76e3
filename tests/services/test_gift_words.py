"""A gift in words: whatever becomes of it, its parts add up to what was given."""

import dataclasses

import pytest

from services import surplus
from services.gift_words import GiftWords
from services.reading import DisputeStatus
from services.receipts import receipt
from services.surplus import Wish
from services.terms import FeeBearer, FeeRate, Terms
from storage.cases import Outcome
from storage.refund_orders import RefundReason
from tests.payments.rig import usd
from tests.provider import Provider, end, spend

SPENT = "Spent for {name} · {line}"
HELD = "Held for the plan of {name}"
YOURS = "Not needed for the plan of {name}, yours to decide"


@pytest.fixture
def provider(till):
    return Provider(till.house)


async def words_of(till, hold):
    async with till.house.read() as connection:
        found = await receipt(connection, till.house.shelf, "bot", till.clock(), hold.reference)
    assert found is not None
    return GiftWords(found, "Safe Way Home", "en")


async def told(till, hold):
    """What each part is and comes to, in order; what was added, if anything was, comes last."""
    words = await words_of(till, hold)
    trace = words.receipt.trace
    added = words.added()
    more = usd(0) if added is None else added.amount
    assert words.total() == trace.given + trace.cover + more
    parts = [(part.words.msgid, part.amount) for part in words.parts()]
    return parts if added is None else [*parts, (added.words.msgid, added.amount)]


async def settled(till, provider, case, amount, **options):
    hold = await till.hold(case, amount, **options)
    await provider.settle(hold.reference)
    return hold


async def test_before_it_arrives_there_is_nothing_to_add_up(till):
    words = await words_of(till, await till.hold(await till.case(), usd(25)))

    assert (words.parts(), words.added(), words.notes()) == ((), None, ())
    assert not words.is_whole()


async def test_what_came_too_late_stands_apart_from_what_found_room(till, provider):
    case = await till.case(usd(30))
    hold = await till.hold(case, usd(25))
    await till.run("UPDATE hold SET state = 'released'")
    await settled(till, provider, case, usd(20))

    await provider.settle(hold.reference)

    assert await told(till, hold) == [(HELD, usd(10)), (YOURS, usd(15))]


async def test_what_moved_is_told_where_it_is_and_that_it_moved(till, provider):
    case, other = await till.case(usd(30)), await till.case()
    hold = await settled(till, provider, case, usd(25))
    await end(till.house, case)
    async with till.house.write() as connection:
        [question] = await till.questions(hold)
        assert question == ("ended", case.id)
        [(question_id,)] = await till.rows("SELECT id FROM surplus_question")
        await surplus.answer(till.house, connection, question_id, Wish(other.code, "en", bytes(32)))

    words = await words_of(till, hold)
    assert [(part.words.values["name"].text, part.amount) for part in words.parts()] == [
        (other.code, usd(25))
    ]
    [moved] = [note for note in words.notes() if "moved" in note.msgid]
    assert [moved.values[name].text for name in ("name", "other")] == [case.code, other.code]


@pytest.mark.parametrize("back", [None, 10])
async def test_what_went_back_takes_the_cover_last(till, provider, back):
    terms = Terms(fee_rates={"USD": FeeRate(290, usd(0.3))})
    till.house = provider.house = dataclasses.replace(till.house, terms=terms)
    hold = await settled(till, provider, await till.case(), usd(25), covers_fee=True)
    assert await told(till, hold) == [(HELD, usd(25)), ("For the payment fee", usd(1.06))]

    await provider.refund(hold.reference, back and usd(back))

    assert await told(till, hold) == (
        [("Back with you", usd(26.06))]
        if back is None
        else [(HELD, usd(15)), ("For the payment fee", usd(1.06)), ("Back with you", usd(10))]
    )


async def test_a_fee_that_the_gift_bears_is_a_part_of_it(till, provider):
    terms = Terms(fee_bearer=FeeBearer.GIFT)
    till.house = provider.house = dataclasses.replace(till.house, terms=terms)
    hold = await settled(till, provider, await till.case(), usd(25))

    assert await told(till, hold) == [
        (HELD, usd(23.97)),
        ("Fee of the payment provider", usd(1.03)),
    ]


@pytest.mark.parametrize("status", ["needs_response", "lost"])
async def test_what_a_bank_took_after_it_was_spent_was_added_while_it_is_open(
    till, provider, status
):
    case = await till.case()
    hold = await settled(till, provider, case, usd(25))
    till.clock.advance(days=8)
    await spend(till.house, case, usd(20))
    await provider.dispute(hold.reference)
    await provider.dispute(hold.reference, status=DisputeStatus(status))

    assert await told(till, hold) == (
        [("Kept by your bank", usd(25))]
        if status == "lost"
        else [
            (SPENT, usd(20)),
            ("Taken back by your bank, not decided yet", usd(25)),
            ("Added by {organisation}", usd(20)),
        ]
    )


async def test_gifts_are_spent_the_oldest_first(till, provider):
    case = await till.case()
    first = await settled(till, provider, case, usd(25))
    second = await settled(till, provider, case, usd(25))
    till.clock.advance(days=8)
    await spend(till.house, case, usd(30))

    assert await told(till, first) == [(SPENT, usd(25))]
    assert await told(till, second) == [(HELD, usd(20)), (SPENT, usd(5))]


async def test_reason_of_an_end_stands_in_no_word(till, provider):
    case = await till.case()
    hold = await settled(till, provider, case, usd(25))
    await end(till.house, case, Outcome.DIED)

    words = await words_of(till, hold)
    [asked] = words.receipt.questions
    everything = repr((words.state(), words.parts(), words.notes(), words.asked(asked)))

    assert "died" not in everything.casefold()
    assert RefundReason.ENDED not in everything.replace("has ended", "")
