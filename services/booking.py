"""Booking what a payment brought: the gift for its case, the fee to whoever bears it."""

import datetime as dt

from services import broadcasting, surplus
from services.closing_pages import close_pages
from services.house import House
from services.landing import Landing, case_of, landing
from services.postings import post_fee, post_stripe
from services.progress import progress_of
from storage import cases as case_rows
from storage import holds
from storage.database import Connection
from storage.holds import FeeBearer, Hold
from storage.ledger import ORGANISATION_BOOK, AccountKind, Leg
from storage.stripe_facts import Transaction
from values.money import Money


async def book(house: House, connection: Connection, hold: Hold, settlement: Transaction) -> None:
    """
    Credit the case with what settled, and let the fee be borne as the donor was told.

    The case's row is locked, so that what is missing cannot change while it is decided how much
    belongs to the plan and how much is more than it needs; and with it that of the plan to which
    the rest may move, because rows locked one after the other can deadlock.
    """
    now = house.clock()
    other = await surplus.agreed_case(connection, hold.id)
    await case_rows.lock(connection, *({hold.case_id} if other is None else {hold.case_id, other}))
    arrived = await landing(connection, hold.case_id, settlement.gross - hold.cover, own=hold)
    legs = [Leg(hold.case_id, "world", kind, part) for kind, part in _parts(arrived) if part]
    donation_id = await post_stripe(connection, "donation", settlement, legs, now)
    await holds.set_settled(connection, hold.id, donation_id)
    if hold.cover:
        cover = Leg(ORGANISATION_BOOK, "world", "covered", hold.cover, donation_id)
        await post_stripe(connection, "fee_cover", settlement, [cover], now)
    if hold.fee_bearer is FeeBearer.GIFT and settlement.fee.amount_minor > 0:
        await _fee_of_the_gift(connection, hold, donation_id, settlement, arrived, now)
    else:
        await post_fee(connection, settlement, now)
    if arrived.over:
        await surplus.arrived(house, connection, hold.id)
    case = await case_of(connection, hold.case_id)
    progress = (await progress_of(connection, (case,)))[case.id]
    await broadcasting.want_funded(house, connection, case.id, progress.percent)
    if progress.is_filled:
        await close_pages(connection, case.id)


async def set_aside(connection: Connection, settlement: Transaction, now: dt.datetime) -> None:
    """Money that is not the gift that was asked for: into suspense, for a person to see."""
    leg = Leg(ORGANISATION_BOOK, "world", "suspense", settlement.gross)
    await post_stripe(connection, "suspense", settlement, [leg], now)
    await post_fee(connection, settlement, now)


async def _fee_of_the_gift(
    connection: Connection,
    hold: Hold,
    donation_id: int,
    settlement: Transaction,
    arrived: Landing,
    now: dt.datetime,
) -> None:
    """The fee out of the gift; what is more than the whole gift the organisation bears."""
    from_plan = min(settlement.fee, arrived.to_plan)
    from_over = min(settlement.fee - from_plan, arrived.over)
    parts = _parts(Landing(from_plan, from_over))
    legs = [Leg(hold.case_id, kind, "fees", part, donation_id) for kind, part in parts if part]
    rest = settlement.fee - from_plan - from_over
    if rest:
        legs.append(Leg(ORGANISATION_BOOK, "own_means", "fees", rest))
    await post_stripe(connection, "fee", settlement, legs, now)


def _parts(arrived: Landing) -> tuple[tuple[AccountKind, Money], ...]:
    return ("fund", arrived.to_plan), ("over_goal", arrived.over)
