"""
Money that goes back to its donor: decided here or at Stripe's dashboard, set apart, gone.

What is decided is set apart in the ledger at once, so that nobody spends it meanwhile. What then
happens is read from Stripe: gone, come back, called off.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from services import losses, surplus_questions
from services.house import House
from services.landing import landing
from services.postings import (
    HOUSE,
    STRIPE,
    legs_of,
    name_of,
    opposite,
    post_decision,
    post_fee,
    post_more,
    post_stripe,
)
from services.shares import Share, books_of, legs, shares_of, standing_of, total
from storage import alarms, holds, jobs, outbox, refund_orders, stripe_facts
from storage import cases as case_rows
from storage.codes import new_reference
from storage.database import Connection
from storage.holds import Hold
from storage.ledger import ORGANISATION_BOOK, AccountKind, Leg
from storage.refund_orders import RefundOrder, RefundReason, RefundState
from storage.stripe_facts import OVER, Refund, RefundStatus, Transaction
from storage.surplus import Why
from values.currencies import currency
from values.money import Money

__all__ = ["RefundOrder", "RefundReason", "RefundState"]

REFUND = "refund"
"""The job that asks Stripe for a refund; its subject is an order."""


@dataclass(frozen=True, slots=True)
class Disputed:
    """A bank is taking this gift back, or has: it is not refunded a second time."""


@dataclass(frozen=True, slots=True)
class NothingToRefund:
    """
    Nothing of the gift is left, or less than can be sent.

    Attributes:
        unspent: What is left of it and is not spent.
    """

    unspent: Money


NoRefund = Disputed | NothingToRefund


async def is_disputed(connection: Connection, hold_id: int) -> bool:
    """Whether a bank has taken money of this gift; not for an inquiry, which only asks."""
    return any(
        status not in OVER and not status.startswith("warning_")
        for status in await stripe_facts.disputes_of(connection, hold_id)
    )


async def orders_of(connection: Connection, hold_id: int) -> list[RefundOrder]:
    """Every decision that money of this gift goes back, oldest first."""
    return await refund_orders.of_hold(connection, hold_id)


async def refund_gift(
    house: House, connection: Connection, hold: Hold, amount: Money | None, reason: RefundReason
) -> RefundOrder | NoRefund:
    """
    Decide that *amount* of a gift goes back; None for all that is unspent.

    The caller has locked the hold. More than what is unspent is refused: only the organisation can
    pay that, and it does so at Stripe's dashboard.
    """
    await lock_gift(connection, hold)
    nothing = Money(0, hold.amount.currency)
    standing = await standing_of(connection, hold)
    everything = sum(
        (has for (_, kind), has in standing.items() if kind in ("over_goal", "fund", "covered")),
        nothing,
    )
    shares = await shares_of(connection, hold, everything if amount is None else amount)
    unspent = total(shares.there, nothing.currency)
    if amount is not None and (shares.spent or shares.rest):
        return NothingToRefund(unspent)
    return await decide(house, connection, hold, shares.there, reason)


async def decide(
    house: House,
    connection: Connection,
    hold: Hold,
    shares: Sequence[Share],
    reason: RefundReason,
) -> RefundOrder | NoRefund:
    """
    Decide that *shares* go back, and set them apart. The caller has locked the hold and its cases.
    """
    amount = total(shares, hold.amount.currency)
    if await is_disputed(connection, hold.id):
        return Disputed()
    charge = await _in_the_currency_paid(connection, hold, amount)
    if hold.donation_id is None or not charge:
        return NothingToRefund(amount)
    reference, now = new_reference(), house.clock()
    set_apart = legs(shares, "refund_due", hold.donation_id)
    await post_decision(connection, "refund_decided", reference, set_apart, now)
    order = await refund_orders.add(
        connection,
        reference=reference,
        hold_id=hold.id,
        amount=amount,
        charge=charge,
        reason=reason,
        now=now,
    )
    await jobs.enqueue(connection, REFUND, order.id, key=order.idempotency_key)
    return order


async def adopt(house: House, connection: Connection, hold: Hold, refund: Refund) -> RefundOrder:
    """
    The order that *refund* carries out; one is made for a refund from Stripe's dashboard.

    Whoever refunds there decides for the organisation: it bears what has been spent already. So it
    is with a refund that went out although its order was called off at the same moment.
    """
    order_id = await stripe_facts.order_of_refund(connection, refund.id)
    if order_id is not None:
        known = await refund_orders.by_id(connection, order_id, locked=True)
        if known is None:
            raise LookupError(f"refund {refund.id} is of order {order_id}, which does not exist")
        return known
    known = await refund_orders.by_reference(connection, refund.order_reference or "")
    if known is None or known.hold_id != hold.id:
        return await _order_from_stripe(house, connection, hold, refund)
    if known.state is RefundState.CANCELLED:
        await _set_all_apart(house, connection, hold, known.reference, known.amount, refund)
    if known.state in _NOT_ASKED:
        await refund_orders.update(
            connection, known.id, stripe_refund_id=refund.id, state=RefundState.ASKED
        )
    return known


_NOT_ASKED = (RefundState.WANTED, RefundState.FAILED, RefundState.CANCELLED)
"""Orders that, as far as was known, Stripe did not have."""


async def _order_from_stripe(
    house: House, connection: Connection, hold: Hold, refund: Refund
) -> RefundOrder:
    amount = await _in_the_plans_currency(connection, hold, refund)
    reference = new_reference()
    await _set_all_apart(house, connection, hold, reference, amount, refund)
    return await refund_orders.add(
        connection,
        reference=reference,
        hold_id=hold.id,
        amount=amount,
        charge=refund.amount,
        reason=RefundReason.AT_STRIPE,
        now=house.clock(),
        stripe_refund_id=refund.id,
    )


async def gone(
    house: House, connection: Connection, hold: Hold, order: RefundOrder, left: Transaction
) -> None:
    """The money of *order* has left: book exactly what did, and what it did not need."""
    now, name = house.clock(), name_of("refund", left.id)
    if await legs_of(connection, STRIPE, name):
        return
    rest = opposite(left.gross)
    out: list[Leg] = []
    for share in await _set_apart(connection, order):
        part = min(share.amount, rest)
        rest -= part
        if part:
            out.append(Leg(share.book_id, "refund_due", "refunded", part, hold.donation_id))
    if rest:  # a rate that moved, or more than was set apart: the organisation's
        extra = Leg(ORGANISATION_BOOK, "own_means", "refund_due", rest, hold.donation_id)
        await post_more(connection, "refund_decided", order.reference, [extra], now)
        out.append(Leg(ORGANISATION_BOOK, "refund_due", "refunded", rest, hold.donation_id))
    await post_stripe(connection, "refund", left, out, now)
    await post_fee(connection, left, now)


async def came_back(
    house: House, connection: Connection, refund: Refund, back: Transaction
) -> None:
    """A refund failed and its money is here again: it is due as before."""
    if refund.gone is None:
        return
    sent = await legs_of(connection, STRIPE, name_of("refund", refund.gone.id))
    again = [
        Leg(leg.book_id, leg.credit, leg.debit, leg.amount, leg.donation_id, reverses=leg.seq)
        for leg in sent
    ]
    await post_stripe(connection, "reversal", back, again, house.clock())
    await post_fee(connection, back, house.clock())


async def conclude(house: House, connection: Connection, hold: Hold, refund: Refund) -> None:
    """Derive from what Stripe says where the order is, and tell whom it concerns."""
    order_id = await stripe_facts.order_of_refund(connection, refund.id)
    order = None if order_id is None else await refund_orders.by_id(connection, order_id)
    if order is None or order.stripe_refund_id != refund.id:
        return  # an earlier attempt; the order has gone on
    state = _STATES[refund.status]
    if state is RefundState.GONE and refund.gone is None:
        state = RefundState.ASKED
    if state is order.state or order.state is RefundState.CANCELLED:
        return
    await refund_orders.update(connection, order.id, state=state)
    if state is RefundState.CANCELLED:
        await give_back(house, connection, hold, order)
    elif state is RefundState.FAILED:
        await alarms.ring(connection, "refund_failed", refund.id, house.clock())
        await _tell(house, connection, hold, "refund_failed", order)
    elif state is RefundState.GONE:
        await give_back(house, connection, hold, order)
        await _tell(house, connection, hold, "refund", order)


_STATES = {
    RefundStatus.PENDING: RefundState.ASKED,
    RefundStatus.REQUIRES_ACTION: RefundState.ASKED,
    RefundStatus.SUCCEEDED: RefundState.GONE,
    RefundStatus.FAILED: RefundState.FAILED,
    RefundStatus.CANCELED: RefundState.CANCELLED,
}


async def call_off(house: House, connection: Connection, hold: Hold, order: RefundOrder) -> None:
    """Nothing will go out for *order*: what was set apart goes back to where it was."""
    await refund_orders.update(connection, order.id, state=RefundState.CANCELLED)
    await give_back(house, connection, hold, order)


async def make_way(house: House, connection: Connection, hold: Hold) -> set[int]:
    """
    The money goes another way: call off the refunds that have not gone out.

    Hand back the cases over whose goal something of it stands now. When it is known what is left
    there, its donor is to be asked: `ask_about`.
    """
    over_goal: set[int] = set()
    for order in await refund_orders.of_hold(connection, hold.id):
        if order.state in (RefundState.WANTED, RefundState.FAILED):
            await refund_orders.update(connection, order.id, state=RefundState.CANCELLED)
            over_goal |= await _put_back(house, connection, hold, order)
    return over_goal


async def give_back(house: House, connection: Connection, hold: Hold, order: RefundOrder) -> None:
    """
    What was set apart for *order* and is not needed goes back to where it was.

    To the fund as far as the plan has room; else its donor is asked.
    """
    await ask_about(house, connection, hold, await _put_back(house, connection, hold, order))


async def ask_about(
    house: House, connection: Connection, hold: Hold, case_ids: Iterable[int]
) -> None:
    """Ask the donor about what stands over the goal of these cases, where anything does."""
    standing = await standing_of(connection, hold)
    for case_id in sorted(case_ids):
        if (case_id, "over_goal") in standing:
            await surplus_questions.ask(house, connection, hold, case_id, Why.OVER_GOAL)


async def _put_back(
    house: House, connection: Connection, hold: Hold, order: RefundOrder
) -> set[int]:
    if hold.donation_id is None:
        return set()
    over_goal: set[int] = set()
    back: list[Leg] = []
    for share in await _set_apart(connection, order):
        parts: list[tuple[AccountKind, Money]] = [(share.kind, share.amount)]
        if share.kind == "fund":
            room = await landing(connection, share.book_id, share.amount)
            parts = [("fund", room.to_plan), ("over_goal", room.over)]
        back += [
            Leg(share.book_id, "refund_due", kind, part, hold.donation_id)
            for kind, part in parts
            if part
        ]
        if any(kind == "over_goal" and part for kind, part in parts):
            over_goal.add(share.book_id)
    if back:
        await post_more(connection, "refund_left", order.reference, back, house.clock())
    return over_goal


async def lock_gift(connection: Connection, hold: Hold, to_case_id: int | None = None) -> None:
    """Lock every case in which the gift stands, and the one to which it is to move."""
    stands = books_of([*await standing_of(connection, hold), (hold.case_id, "fund")])
    await case_rows.lock(connection, *stands, *([] if to_case_id is None else [to_case_id]))


async def _set_apart(connection: Connection, order: RefundOrder) -> list[Share]:
    """What stands set apart for *order* now, and where it came from."""
    taken: dict[tuple[int, AccountKind], Money] = {}
    for leg in await legs_of(connection, HOUSE, name_of("refund_decided", order.reference)):
        place = (leg.book_id, leg.debit)
        taken[place] = taken.get(place, Money(0, leg.amount.currency)) + leg.amount
    gone_out = await _gone_out(connection, order)
    shares = []
    for (book_id, kind), amount in taken.items():
        used = min(amount, gone_out.get(book_id, Money(0, amount.currency)))
        if used:
            gone_out[book_id] -= used
        if amount - used:
            shares.append(Share(book_id, kind, amount - used))
    return shares


async def _gone_out(connection: Connection, order: RefundOrder) -> dict[int, Money]:
    """What has left `refund_due` for *order*, by book: sent and not come back, or put back."""
    left: dict[int, Money] = {}
    names = [(HOUSE, name_of("refund_left", order.reference))]
    for sent, returned in await stripe_facts.transactions_of_order(connection, order.id):
        names.append((STRIPE, name_of("refund", sent)))
        if returned is not None:
            names.append((STRIPE, name_of("reversal", returned)))
    for source, name in names:
        for leg in await legs_of(connection, source, name):
            amount = leg.amount if leg.debit == "refund_due" else opposite(leg.amount)
            left[leg.book_id] = left.get(leg.book_id, Money(0, amount.currency)) + amount
    return left


async def _set_all_apart(
    house: House, connection: Connection, hold: Hold, reference: str, amount: Money, refund: Refund
) -> None:
    """
    Set *amount* apart whatever has become of the gift; the organisation bears what is gone.

    What other refunds were to take that have not gone out is not gone: they are called off for it.
    """
    if hold.donation_id is None:
        raise LookupError(f"hold {hold.id} is not in the ledger")
    put_back: set[int] = set()
    shares = await shares_of(connection, hold, amount)
    if shares.rest:
        put_back = await make_way(house, connection, hold)
        shares = await shares_of(connection, hold, amount)
    await losses.bear(connection, refund.id, shares.spent, house.clock())
    made = legs((*shares.there, *shares.spent), "refund_due", hold.donation_id)
    if shares.rest:
        made.append(
            Leg(ORGANISATION_BOOK, "own_means", "refund_due", shares.rest, hold.donation_id)
        )
    await post_more(connection, "refund_decided", reference, made, house.clock())
    await ask_about(house, connection, hold, put_back)


async def _in_the_currency_paid(connection: Connection, hold: Hold, amount: Money) -> Money:
    """
    What to ask Stripe for so that *amount* goes back: in the currency that was paid, in its steps.

    Rounded down; nothing if that is less than can be sent.
    """
    step = currency(hold.charge.currency).step_minor
    if hold.charge.currency == amount.currency:
        minor = amount.amount_minor
    else:
        settlement = await stripe_facts.settlement_of(connection, hold.id)
        if settlement is None:
            raise LookupError(f"hold {hold.id} is not settled")
        minor = hold.charge.amount_minor * amount.amount_minor // settlement.gross.amount_minor
    return Money(minor - minor % step, hold.charge.currency)


async def _in_the_plans_currency(connection: Connection, hold: Hold, refund: Refund) -> Money:
    """What *refund* takes of the gift: what left, or about what will, if nothing has."""
    if refund.gone is not None:
        return opposite(refund.gone.gross)
    if refund.amount.currency == hold.amount.currency:
        return refund.amount
    settlement = await stripe_facts.settlement_of(connection, hold.id)
    if settlement is None:
        raise LookupError(f"hold {hold.id} is not settled")
    minor = settlement.gross.amount_minor * refund.amount.amount_minor // hold.charge.amount_minor
    return Money(max(minor, 1), hold.amount.currency)


async def _tell(
    house: House, connection: Connection, hold: Hold, kind: str, order: RefundOrder
) -> None:
    person_id = await holds.giver_of(connection, hold.id)
    if person_id is not None:
        await outbox.enqueue(connection, kind, order.id, person_id, house.clock())
