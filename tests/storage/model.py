"""
The ledger in plain Python: sums in dictionaries, and which of them may not fall below zero.

It knows accounts, donations and acts. It knows nothing of rows and takes nothing from the rules of
the program, so that no error of theirs can hide in it.
"""

from collections import defaultdict
from dataclasses import dataclass

MAY_BE_NEGATIVE = frozenset({"world", "own_means", "moved_in", "shortfall"})

CAN_BE_TAKEN_BACK = frozenset(
    {"donation", "fee_cover", "fee", "unexplained", "provision", "disbursement", "refund"}
)
"""Kinds of postings; and what came into suspense."""


@dataclass(frozen=True)
class Leg:
    """Value that leaves one account of a book for another; *gift* None: it is nobody's gift."""

    book: int
    debit: str
    credit: str
    amount: int
    gift: int | None = None
    currency: str = "EUR"


@dataclass
class Booked:
    """A leg that was booked: under which posting, as its which leg, and whether it was reversed."""

    posting_id: int
    number: int
    kind: str
    leg: Leg
    taken_back: bool = False

    @property
    def can_be_taken_back(self) -> bool:
        """Its kind is reversible, and it was not reversed."""
        into_suspense = self.kind == "suspense" and self.leg.credit == "suspense"
        return not self.taken_back and (self.kind in CAN_BE_TAKEN_BACK or into_suspense)


class Books:
    """
    What is in every account, and what every gift has in it.

    Attributes:
        balance: By book, kind of account and currency.
        own: The same of one gift's money, by the gift too.
        booked: Every leg, oldest first.
        gifts: The donations, oldest first.
    """

    def __init__(self) -> None:
        self.balance: defaultdict[tuple[int, str, str], int] = defaultdict(int)
        self.own: defaultdict[tuple[int, int, str, str], int] = defaultdict(int)
        self.booked: list[Booked] = []
        self.gifts: list[int] = []

    def allows(self, legs: list[Leg]) -> bool:
        """Whether every account and every gift has what *legs* take, one after the other."""
        balance, own = self.balance.copy(), self.own.copy()
        for leg in legs:
            account, mine = _keys(leg)
            _move(balance, own, leg)
            if leg.debit in MAY_BE_NEGATIVE:
                continue
            if balance[account] < 0 or (mine is not None and own[mine] < 0):
                return False
        return True

    def book(self, posting_id: int, kind: str, legs: list[Leg]) -> None:
        """Book *legs*, which are allowed."""
        if kind == "donation":
            self.gifts.append(posting_id)
            legs = [Leg(leg.book, leg.debit, leg.credit, leg.amount, posting_id, leg.currency)
                    for leg in legs]  # fmt: skip
        for number, leg in enumerate(legs, start=1):
            _move(self.balance, self.own, leg)
            self.booked.append(Booked(posting_id, number, kind, leg))


def taken_back(leg: Leg) -> Leg:
    """The exact swap of *leg*."""
    return Leg(leg.book, leg.credit, leg.debit, leg.amount, leg.gift, leg.currency)


def _move(balance: dict[tuple[int, str, str], int], own: dict[tuple[int, int, str, str], int],
          leg: Leg) -> None:  # fmt: skip
    for kind, amount in ((leg.debit, -leg.amount), (leg.credit, leg.amount)):
        balance[leg.book, kind, leg.currency] += amount
        if leg.gift is not None:
            own[leg.gift, leg.book, kind, leg.currency] += amount


def _keys(leg: Leg) -> tuple[tuple[int, str, str], tuple[int, int, str, str] | None]:
    account = (leg.book, leg.debit, leg.currency)
    return account, None if leg.gift is None else (leg.gift, *account)
