"""A gift as its giver may see it: received, fee and who bears it, held for this case."""

import datetime as dt
from dataclasses import dataclass

from services.catalogue import PublicCase, Shelf, public_case
from services.tracing import Trace, trace
from storage import cases as case_rows
from storage import checkouts, holds, ledger, refund_orders, surplus
from storage.checkouts import CheckoutState
from storage.database import Connection
from storage.holds import Hold, HoldState
from storage.refund_orders import RefundOrder
from storage.surplus import Why
from values.money import Money


@dataclass(frozen=True, slots=True)
class Asked:
    """
    A question to the donor that is open.

    Attributes:
        why: Why something is left.
        case_id: In whose book it is left.
        amount: How much.
        answer_by: After that it goes back.
    """

    id: int
    why: Why
    case_id: int
    amount: Money
    answer_by: dt.datetime


@dataclass(frozen=True, slots=True)
class Receipt:
    """
    One gift and where its money is.

    Attributes:
        charge: What was or is to be paid: the amount and what was added for the fee, or a sum in
            another currency.
        origin: Where it was given, "chat" or "web"; its questions are answered there.
        case: What may be shown of the case; None when its story may not be shown any more.
        trace: Where the money is; None until it is in the ledger.
        questions: What the donor is asked about it and has not answered, oldest first.
        refunds: Decisions that money of it goes back, oldest first.
        pay_url: Where it can still be paid; None if it cannot.
        pay_until: Until when it can be paid.
    """

    reference: str
    state: HoldState
    amount: Money
    charge: Money
    origin: str
    created_at: dt.datetime
    case: PublicCase | None
    case_code: str
    trace: Trace | None
    questions: tuple[Asked, ...]
    refunds: tuple[RefundOrder, ...]
    pay_url: str | None
    pay_until: dt.datetime | None

    @property
    def cover(self) -> Money:
        """What was added for the payment fee."""
        if self.charge.currency == self.amount.currency:
            return self.charge - self.amount
        return Money(0, self.amount.currency)


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
        charge=hold.charge,
        origin=hold.origin,
        created_at=hold.created_at,
        case=await public_case(connection, shelf, channel, now, case),
        case_code=case.code,
        trace=await trace(connection, shelf, channel, now, hold),
        questions=await _questions(connection, hold),
        refunds=tuple(await refund_orders.of_hold(connection, hold.id)),
        pay_url=checkout.url if checkout and payable else None,
        pay_until=checkout.expires_at if checkout and payable else None,
    )


async def _questions(connection: Connection, hold: Hold) -> tuple[Asked, ...]:
    if hold.donation_id is None:
        return ()
    open_ones = await surplus.questions_of(connection, hold.id)
    if not open_ones:
        return ()
    standing = await ledger.standing(connection, hold.donation_id)
    nothing = Money(0, hold.amount.currency)
    asked = (
        Asked(
            question.id,
            question.why,
            question.case_id,
            standing.get((question.case_id, "over_goal"), nothing),
            question.answer_by,
        )
        for question in open_ones
    )
    # A bank may have taken it since: then there is nothing to decide.
    return tuple(question for question in asked if question.amount)
