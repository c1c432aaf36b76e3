"""What `homeward ledger verify` says of gifts: nothing while all is sound, else what is wrong."""

import asyncio

import pytest
from click.testing import CliRunner

from homeward.books import differences
from homeward.cli.ledger import ledger
from homeward.settings import load
from tests.payments.rig import usd

PLANTED = {
    "a settled gift released": (
        "UPDATE hold SET state = 'released', donation_id = NULL WHERE state = 'settled'",
        {"booked_gift_not_settled"},
    ),
    "a settled gift reopened": (
        "UPDATE hold SET state = 'open', donation_id = NULL WHERE state = 'settled'",
        {"booked_gift_not_settled", "hold_without_checkout"},
    ),
    "a gift that is another posting": (
        "UPDATE hold SET donation_id = (SELECT id FROM posting WHERE kind = 'fee')"
        " WHERE state = 'settled'",
        {"settled_gift_not_booked", "booked_gift_not_settled"},
    ),
    "a gift that can be paid released": (
        "UPDATE hold SET state = 'released' WHERE state = 'open'",
        {"released_hold_payable"},
    ),
    "an amount changed after booking": (
        "UPDATE hold SET amount_minor = amount_minor + 1, charge_minor = charge_minor + 1"
        " WHERE state = 'settled'",
        {"charge_of_another_amount"},
    ),
    "a gift moved to another case": (
        "UPDATE hold SET case_id = (SELECT MAX(id) FROM cases) WHERE state = 'settled'",
        {"settled_gift_not_booked"},
    ),
    "a page of an open gift forgotten": (
        "UPDATE checkout SET state = 'done' WHERE state = 'open'",
        {"hold_without_checkout"},
    ),
    "a fee changed": (
        "UPDATE stripe_transaction SET fee_minor = fee_minor + 1, net_minor = net_minor - 1",
        {"fee_not_booked"},
    ),
    "a settlement changed": (
        "UPDATE stripe_transaction SET amount_minor = amount_minor + 1, net_minor = net_minor + 1",
        {"transaction_not_booked"},
    ),
    "a transaction under another name": (
        "UPDATE stripe_transaction SET id = 'txn_other'",
        {"transaction_not_booked", "fee_not_booked", "booked_without_transaction"},
    ),
}


@pytest.fixture
async def books(till):
    """A gift in each state, and a second case."""
    case = await till.case(usd(1000))
    await till.case()
    await till.settled(case, usd(25))
    await till.opened(case, usd(10))
    await till.gifts.cancel((await till.opened(case, usd(20))).id)
    slow = await till.opened(case, usd(30))
    await till.stripe.pay(till.page(slow)["id"], "bank")
    await till.gifts.settle(slow.id)
    await till.gifts.settle((await till.paid(case, usd(40))).id)
    states = "SELECT state FROM hold ORDER BY state"
    assert [state for (state,) in await till.rows(states)] == [
        "open",
        "paid",
        "promised",
        "released",
        "settled",
    ]
    return till


async def test_sound_books_have_no_difference(books):
    assert await books.verify() == []


@pytest.mark.parametrize("what", PLANTED)
async def test_difference_that_was_planted_is_named(books, what):
    sql, names = PLANTED[what]

    await books.run(sql)

    found = await books.verify()
    assert {line.partition(":")[0] for line in found} == names
    assert all("expected" in line and "found" in line for line in found)


async def test_command_exits_with_1_and_a_line_for_each_difference(books, database_url):
    def verify():
        return CliRunner().invoke(ledger, ["verify"], env={"DATABASE_URL": database_url})

    sound = await asyncio.to_thread(verify)
    await books.run("UPDATE checkout SET state = 'done' WHERE state = 'open'")
    broken = await asyncio.to_thread(verify)

    assert (sound.exit_code, sound.output) == (
        0,
        "The ledger is sound: 2 plans, 1 gift, 0 differences.\n",
    )
    assert broken.exit_code == 1
    assert broken.output.splitlines() == await differences(load(database_url=database_url))
    assert broken.output.startswith("hold_without_checkout: gift ")
