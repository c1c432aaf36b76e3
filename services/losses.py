"""What the organisation bears: it pays into a plan what was taken back after it was spent."""

import datetime as dt

from services.postings import HOUSE, digest
from services.shares import Share
from storage import ledger
from storage.database import Connection
from storage.ledger import ORGANISATION_BOOK, AccountKind
from values.money import Money


async def bear(
    connection: Connection, name: str, spent: tuple[Share, ...], now: dt.datetime
) -> None:
    """
    Pay *spent* into the funds that no longer hold it, out of the reserve as far as that goes.

    A survivor is never in debt, and another case never pays. It stands in the case's book as
    `shortfall`, for everybody to see.

    Args:
        name: Of the loss, so that it is borne once.
    """
    for share in spent:
        currency = share.amount.currency
        await ledger.lock_organisation(connection, currency)
        reserve = await ledger.balance(connection, ORGANISATION_BOOK, "reserve", currency)
        out_of_reserve = min(share.amount, reserve)
        sources: tuple[tuple[AccountKind, Money], ...] = (
            ("reserve", out_of_reserve),
            ("own_means", share.amount - out_of_reserve),
        )
        for place, part in sources:
            if part:
                await ledger.contribute(
                    connection,
                    source=HOUSE,
                    external_ref=f"shortfall:{name}:{share.book_id}:{place}",
                    payload_sha256=digest([name, share.book_id]),
                    to_case=share.book_id,
                    amount=part,
                    now=now,
                    out_of=place,
                    into="shortfall",
                )
