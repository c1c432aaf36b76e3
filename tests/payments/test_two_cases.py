"""Any gifts to two cases, whatever becomes of each: neither case ever has a cent of the other."""

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from services.giving import Held, judge
from tests.payments.rig import usd

FATES = ("settled", "paid", "promised", "sent back", "expired", "open", "late", "cancelled")

a_gift = st.tuples(st.sampled_from([0, 1]), st.integers(50, 9000), st.sampled_from(FATES))


@settings(
    max_examples=5,
    phases=[Phase.generate],
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(gifts=st.lists(a_gift, min_size=2, max_size=8), shuffled=st.randoms(use_true_random=False))
async def test_two_cases_never_mix(till, gifts, shuffled):
    both = [await till.case(usd(100)), await till.case(usd(150))]
    holds = []
    for which, cents, fate in gifts:
        amount = usd(cents / 100)
        if judge(amount, (await till.progress(both[which])).missing) is None:
            holds.append(await meets(till, both[which], amount, fate))
    events = [event for hold in holds for event in till.happened(hold)]
    shuffled.shuffle(events)
    for event in events:
        assert await till.deliver(event) == 200
    await agrees_with_stripe(till, both)
    await till.stripe.settle_now()
    for hold in holds:
        for event in till.happened(hold, "charge.updated"):
            assert await till.deliver(event) == 200
    await agrees_with_stripe(till, both)


async def agrees_with_stripe(till, cases):
    """The books are sound, and each case has exactly what Stripe says was given for it."""
    assert await till.verify() == []
    for case in cases:
        brought = of_case(till, case)
        assert sum(await till.funds(case)) == sum(one["amount"] for one in brought)
    everything = till.stripe.balance_transactions
    assert await till.fees() == sum(one["fee"] for one in everything)


async def meets(till, case, amount, fate):
    """A gift of *amount* that meets its *fate* at Stripe; the program is not told of it."""
    outcome = await till.take(case, amount)
    assert isinstance(outcome, Held)
    hold = outcome.hold
    await till.gifts.open_page(hold.id)
    page = till.page(hold)["id"]
    if fate == "late":  # given up on our side only, and paid all the same
        await till.run("UPDATE hold SET state = 'released' WHERE id = :id", id=hold.id)
        await till.run("UPDATE checkout SET state = 'done' WHERE hold_id = :id", id=hold.id)
    if fate in ("settled", "paid", "late"):
        await till.stripe.pay(page)
    if fate in ("settled", "late"):
        await till.stripe.settle_now()
    if fate in ("promised", "sent back"):
        await till.stripe.pay(page, "bank")
    if fate == "sent back":
        await till.stripe.arrive(page, succeed=False)
    if fate == "expired":
        await till.stripe.expire(page)
    if fate == "cancelled":
        await till.gifts.cancel(hold.id)
    return hold


def of_case(till, case):
    """What Stripe says it brought for one case."""
    charges = {
        charge["balance_transaction"]
        for charge in till.stripe.charges
        if charge["metadata"].get("case") == case.code
    }
    return [one for one in till.stripe.balance_transactions if one["id"] in charges]
