"""A gift as its giver may see it: received, fee and who bears it, held for this case."""

import datetime as dt
from dataclasses import dataclass

from services.catalogue import PublicCase, Shelf, public_case
from storage import cases as case_rows
from storage import checkouts, holds, stripe_facts
from storage.checkouts import CheckoutState
from storage.database import Connection
from storage.holds import Hold, HoldState
from values.money import Money


@dataclass(frozen=True, slots=True)
class Receipt:
    """
    One gift and where its money is.

    Attributes:
        case: What may be shown of the case; None when its story may not be shown any more.
        fee: What the payment provider took, borne by the organisation; None until settled.
        pay_url: Where it can still be paid; None if it cannot.
        pay_until: Until when it can be paid.
    """

    reference: str
    state: HoldState
    amount: Money
    created_at: dt.datetime
    case: PublicCase | None
    case_code: str
    fee: Money | None
    pay_url: str | None
    pay_until: dt.datetime | None


async def receipt(
    connection: Connection, shelf: Shelf, channel: str, now: dt.datetime, reference: str
) -> Receipt | None:
    """The receipt with this reference, or None."""
    hold = await holds.by_reference(connection, reference)
    return None if hold is None else await _receipt(connection, shelf, channel, now, hold)


async def receipt_of_hold(
    connection: Connection, shelf: Shelf, channel: str, now: dt.datetime, hold_id: int
) -> Receipt | None:
    """The receipt of this hold, or None."""
    hold = await holds.by_id(connection, hold_id)
    return None if hold is None else await _receipt(connection, shelf, channel, now, hold)


async def gifts_of(
    connection: Connection, shelf: Shelf, now: dt.datetime, person_id: int, limit: int = 5
) -> list[Receipt]:
    """The person's newest gifts, paid or still to be paid, newest first."""
    mine = await holds.of_person(connection, person_id, limit)
    return [await _receipt(connection, shelf, "bot", now, hold) for hold in mine]


async def _receipt(
    connection: Connection, shelf: Shelf, channel: str, now: dt.datetime, hold: Hold
) -> Receipt:
    case = await case_rows.by_id(connection, hold.case_id)
    if case is None:
        raise LookupError(f"hold {hold.id} belongs to case {hold.case_id}, which does not exist")
    checkout = await checkouts.newest(connection, hold.id)
    settlement = await stripe_facts.settlement_of(connection, hold.id)
    payable = (
        hold.state is HoldState.OPEN
        and checkout is not None
        and checkout.state is CheckoutState.OPEN
        and now < checkout.expires_at
    )
    return Receipt(
        reference=hold.reference,
        state=hold.state,
        amount=hold.amount,
        created_at=hold.created_at,
        case=await public_case(connection, shelf, channel, now, case),
        case_code=case.code,
        fee=settlement.fee if settlement else None,
        pay_url=checkout.url if checkout and payable else None,
        pay_until=checkout.expires_at if checkout and payable else None,
    )
