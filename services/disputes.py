"""
A bank takes a gift back: withdrawn, given back, lost, won after an appeal.

While nothing is decided the money stands apart. What is lost is paid by the plan if it still holds
it, else by the organisation; never by another case, and a survivor is never in debt.
"""

from dataclasses import dataclass

from services import losses, refunds, surplus_questions
from services.house import House
from services.landing import landing
from services.postings import (
    HOUSE,
    STRIPE,
    is_posted,
    legs_of,
    name_of,
    opposite,
    post_decision,
    post_fee,
    post_stripe,
)
from services.shares import Share, legs, shares_of, standing_of
from storage import alarms
from storage.database import Connection
from storage.holds import Hold
from storage.ledger import ORGANISATION_BOOK, AccountKind, Entry, Leg
from storage.stripe_facts import LOST, Dispute, Transaction
from storage.surplus import Why
from values.money import Money


async def withdrawn(house: House, connection: Connection, hold: Hold, taken: Transaction) -> None:
    """The bank has taken *taken*: set it apart out of the gift; the rest is the organisation's."""
    now, name = house.clock(), name_of("dispute", taken.id)
    if hold.donation_id is None or await is_posted(connection, STRIPE, name):
        return
    put_back = await refunds.make_way(house, connection, hold)
    amount = opposite(taken.gross)
    shares = await shares_of(connection, hold, amount)
    made = legs(shares.there, "disputed", hold.donation_id)
    rest = amount - sum((leg.amount for leg in made), Money(0, amount.currency))
    if rest:
        made.append(Leg(ORGANISATION_BOOK, "own_means", "disputed", rest, hold.donation_id))
    await post_stripe(connection, "dispute", taken, made, now)
    await post_fee(connection, taken, now)
    await refunds.ask_about(house, connection, hold, put_back)


async def given_back(
    house: House, connection: Connection, hold: Hold, dispute: Dispute, back: Transaction
) -> None:
    """The bank has given *back*: to where it was taken, as far as the plan still has room."""
    now = house.clock()
    is_booked = [
        await is_posted(connection, STRIPE, name_of(kind, back.id))
        for kind in ("dispute_won", "recovery")
    ]
    if hold.donation_id is None or any(is_booked):
        return
    account = await _where_it_stands(connection, dispute)
    asked: list[int] = []
    made: list[Leg] = []
    rest = back.gross
    for share in account.shares:
        part = min(share.amount, rest)
        rest -= part
        for kind, landed in await _landed(connection, share, part):
            made.append(Leg(share.book_id, account.kind, kind, landed, hold.donation_id))
            if kind == "over_goal":
                asked.append(share.book_id)
    if made:
        await post_stripe(connection, "dispute_won", back, made, now)
    if rest:
        leg = Leg(ORGANISATION_BOOK, "world", "reserve", rest)
        await post_stripe(connection, "recovery", back, [leg], now)
    await post_fee(connection, back, now)
    for case_id in asked:
        await surplus_questions.ask(house, connection, hold, case_id, Why.OVER_GOAL)


async def conclude(house: House, connection: Connection, hold: Hold, dispute: Dispute) -> None:
    """Book a loss once the bank has kept the money, and let the operator know of every dispute."""
    await alarms.ring(connection, "dispute", dispute.id, house.clock())
    if dispute.status in LOST:
        await _lose(house, connection, hold, dispute)


async def _lose(house: House, connection: Connection, hold: Hold, dispute: Dispute) -> None:
    name, account = _lost_name(dispute), await _where_it_stands(connection, dispute)
    if hold.donation_id is None or account.kind == "charged_back" or not account.shares:
        return
    made: list[Leg] = []
    for share in account.shares:
        if share.kind != "own_means":
            made.append(
                Leg(share.book_id, "disputed", "charged_back", share.amount, hold.donation_id)
            )
            continue
        spent = await _spent_of(connection, hold, share.amount)
        await losses.bear(connection, name, spent, house.clock())
        made += legs(spent, "charged_back", hold.donation_id)
        borne = sum((part.amount for part in spent), Money(0, share.amount.currency))
        ours: tuple[tuple[AccountKind, Money], ...] = (
            ("own_means", borne),
            ("charged_back", share.amount - borne),
        )
        made += [
            Leg(ORGANISATION_BOOK, "disputed", kind, part, hold.donation_id)
            for kind, part in ours
            if part
        ]
    await post_decision(connection, "dispute_lost", name, made, house.clock())
    if any(share.kind == "own_means" for share in account.shares):
        await alarms.ring(connection, "dispute_lost_after_spending", dispute.id, house.clock())


async def _spent_of(connection: Connection, hold: Hold, amount: Money) -> tuple[Share, ...]:
    """Of *amount*, what the gift gave to plans: its money was there, and has been spent."""
    spent, rest = [], amount
    for (book_id, kind), has in (await standing_of(connection, hold)).items():
        part = min(has, rest) if kind == "fund" else Money(0, amount.currency)
        rest -= part
        if part:
            spent.append(Share(book_id, kind, part))
    return tuple(spent)


@dataclass(frozen=True, slots=True)
class _Standing:
    """
    What a bank has of a gift by one dispute: out of which places, and in which account it stands.

    Attributes:
        kind: disputed, or charged_back once it is lost.
    """

    kind: AccountKind
    shares: tuple[Share, ...]


async def _where_it_stands(connection: Connection, dispute: Dispute) -> _Standing:
    taken: dict[tuple[int, AccountKind], Money] = {}

    def change(leg: Entry, place: AccountKind, amount: Money) -> None:
        known = taken.get((leg.book_id, place), Money(0, amount.currency))
        taken[leg.book_id, place] = known + amount

    for moved in dispute.transactions:
        for leg in await legs_of(connection, STRIPE, name_of("dispute", moved.id)):
            change(leg, leg.debit, leg.amount)
        for leg in await legs_of(connection, STRIPE, name_of("dispute_won", moved.id)):
            # What was taken from a fund may have come back over the goal.
            was_there = (leg.book_id, leg.credit) in taken
            change(leg, leg.credit if was_there else "fund", opposite(leg.amount))
    lost = await legs_of(connection, HOUSE, name_of("dispute_lost", _lost_name(dispute)))
    for leg in lost:
        if leg.credit == "own_means":
            change(leg, "own_means", opposite(leg.amount))
    shares = tuple(Share(book, kind, left) for (book, kind), left in taken.items() if left)
    return _Standing("charged_back" if lost else "disputed", shares)


async def _landed(
    connection: Connection, share: Share, part: Money
) -> list[tuple[AccountKind, Money]]:
    """Where *part* of a share arrives when it comes back: nothing for nothing."""
    if share.kind != "fund":
        return [(share.kind, part)] if part else []
    room = await landing(connection, share.book_id, part)
    parts: tuple[tuple[AccountKind, Money], ...] = (
        ("fund", room.to_plan),
        ("over_goal", room.over),
    )
    return [(kind, landed) for kind, landed in parts if landed]


def _lost_name(dispute: Dispute) -> str:
    """A loss is booked once for each time the bank took the money."""
    times = sum(1 for moved in dispute.transactions if moved.gross.amount_minor < 0)
    return f"{dispute.id}.{times}"
