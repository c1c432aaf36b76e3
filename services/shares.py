"""
Of what a sum is made up when it leaves one gift: which account of which book gives how much.

First what is over the goal, then the fund of the plan it was given to, then funds it moved on to,
and last what the donor added for the fee.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from storage import ledger
from storage.database import Connection
from storage.holds import Hold
from storage.ledger import ORGANISATION_BOOK, AccountKind, Leg
from values.money import Money

_ORDER: tuple[AccountKind, ...] = ("over_goal", "fund", "covered")
_FUND: tuple[AccountKind, ...] = ("fund",)


@dataclass(frozen=True, slots=True)
class Share:
    """So much out of one account of one book."""

    book_id: int
    kind: AccountKind
    amount: Money


@dataclass(frozen=True, slots=True)
class Shares:
    """
    What one gift can give of a sum.

    Attributes:
        there: What it has and the accounts hold.
        spent: What it gave to a fund that has since been spent; nobody holds it any more.
        rest: What neither is: more than the gift has left.
    """

    there: tuple[Share, ...]
    spent: tuple[Share, ...]
    rest: Money


async def shares_of(
    connection: Connection, hold: Hold, wanted: Money, kinds: Sequence[AccountKind] = _ORDER
) -> Shares:
    """
    Make up *wanted* out of the gift of *hold*. The caller has locked the cases it stands in.

    Args:
        kinds: The accounts that may give.
    """
    standing = await standing_of(connection, hold)
    funds = await ledger.balances(connection, {book for book, _ in standing}, _FUND)
    there, spent, rest = [], [], wanted
    for (book_id, kind), amount in _in_order(standing, hold, kinds):
        has = min(amount, rest)
        held = funds.get((book_id, kind, has.currency), Money(0, has.currency))
        gives = has if kind != "fund" else min(has, held)
        if gives:
            there.append(Share(book_id, kind, gives))
        if has - gives:
            spent.append(Share(book_id, kind, has - gives))
        rest -= has
    return Shares(tuple(there), tuple(spent), rest)


async def standing_of(
    connection: Connection, hold: Hold
) -> Mapping[tuple[int, AccountKind], Money]:
    """Where the gift of *hold* stands; nothing for one that is not in the ledger."""
    if hold.donation_id is None:
        return {}
    return await ledger.standing(connection, hold.donation_id)


def total(shares: Iterable[Share], currency: str) -> Money:
    """What *shares* come to."""
    return sum((share.amount for share in shares), Money(0, currency))


def legs(shares: Iterable[Share], to: AccountKind, donation_id: int) -> list[Leg]:
    """The transfers that bring *shares* to the account *to* of their own books."""
    return [Leg(share.book_id, share.kind, to, share.amount, donation_id) for share in shares]


def books_of(standing: Iterable[tuple[int, AccountKind]]) -> list[int]:
    """The cases among the books."""
    return sorted({book for book, _ in standing if book != ORGANISATION_BOOK})


def _in_order(
    standing: Mapping[tuple[int, AccountKind], Money], hold: Hold, kinds: Sequence[AccountKind]
) -> list[tuple[tuple[int, AccountKind], Money]]:
    usable = [item for item in standing.items() if item[0][1] in kinds]
    return sorted(
        usable,
        key=lambda item: (_ORDER.index(item[0][1]), item[0][0] != hold.case_id, item[0][0]),
    )
