"""Names and addresses that Stripe's events hold are nowhere in the database."""

from tests.clear import everything, found
from tests.payments.rig import usd

PRIVATE = ("payer@stand-in.example", "Stand-in Payer", "4242")


async def test_nothing_of_the_payer_is_kept(till):
    case = await till.case()
    hold = await till.paid(case, usd(25), person_id=await till.person())
    await till.stripe.settle_now()
    for event in till.happened(hold):
        await till.deliver(event)
    told = str(till.happened(hold))

    kept = await everything(till.house.database)

    assert all(word in told for word in PRIVATE)  # so the search below can fail
    assert hold.reference.encode() in kept  # and it looks in the right place
    assert found(PRIVATE, kept) == []
