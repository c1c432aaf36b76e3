"""
An auditor from outside: the ledger's transfers on one side, the account at Stripe on the other.

It trusts no table but the ledger's own, and shares no code with `ledger verify`.
"""

from collections import Counter
from itertools import chain

import sqlalchemy as sa

_TRANSFERS = sa.text(
    "SELECT p.external_ref, t.debit_kind, t.credit_kind, t.currency, t.amount_minor"
    " FROM transfer t JOIN posting p ON p.id = t.posting_id WHERE p.source = 'stripe'"
)
# Where money is that came from somewhere else than a book, or is no longer in one.
_OUTSIDE = ("world", "refunded", "disputed", "charged_back")


async def differences(database, stripe) -> list[str]:
    """
    A line for each transaction of the account that the ledger says otherwise, or not, or twice.

    Of each transaction that is no payout the ledger must show, to the cent, what came in or
    went out, and what was paid as a fee; and of nothing else.

    Args:
        stripe: The stand-in, whose `balance_transactions` are what really happened.
    """
    moved: Counter[tuple[str, str]] = Counter()
    fees: Counter[tuple[str, str]] = Counter()
    async with database.read() as connection:
        for name, debit, credit, currency, minor in await connection.execute(_TRANSFERS):
            key = name.split(":")[1], currency
            moved[key] += minor * ((debit in _OUTSIDE) - (credit in _OUTSIDE))
            fees[key] += minor * ((credit == "fees") - (debit == "fees"))
    there = {
        (one["id"], one["currency"].upper()): (one["amount"], one["fee"])
        for one in stripe.balance_transactions
        if one["type"] != "payout"
    }
    return [
        f"{key[0]}: Stripe says {there.get(key)}, the ledger {moved[key], fees[key]} {key[1]}"
        for key in sorted({*chain(there, moved)})
        if there.get(key) != (moved[key], fees[key])
    ]
