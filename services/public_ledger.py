"""
The ledger as everybody may see it: totals, each case, each transfer; never a donor.

The sums are of all cases. A case that may not be shown now appears by its code and its sums only;
its transfers are counted and not listed.
"""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from services.catalogue import PublicCase, public_cases
from services.look import Look
from storage import cases as case_rows
from storage import ledger
from storage.ledger import ORGANISATION_BOOK, AccountKind, Entry
from values.money import Money

_CASE_ACCOUNTS: tuple[AccountKind, ...] = (
    "world",
    "fund",
    "over_goal",
    "spent",
    "refunded",
    "moved_in",
    "moved_out",
)
_FEES: tuple[AccountKind, ...] = ("fees",)
_HOLDING = ("fund", "over_goal")


class Kind(StrEnum):
    """What a transfer was, as a reader of the public ledger is told it."""

    GIFT = "gift"
    GIFT_OVER_GOAL = "gift_over_goal"
    SPENDING = "spending"
    REFUND = "refund"
    MOVED_HERE = "moved_here"
    MOVED_ON = "moved_on"
    PAID_IN = "paid_in"
    REVERSAL = "reversal"


@dataclass(frozen=True, slots=True)
class Row:
    """
    One transfer.

    Attributes:
        when: "2026-11-23", or "2026-11" for spending, whose day is nobody's business.
        change: Positive if the book has more by it, negative if it has less.
    """

    when: str
    kind: Kind
    change: Money

    @property
    def day(self) -> dt.date | None:
        """The day; None where only the month is told."""
        return dt.date.fromisoformat(self.when) if len(self.when) == 10 else None

    @property
    def year_and_month(self) -> tuple[int, int]:
        """The month."""
        return int(self.when[:4]), int(self.when[5:7])


@dataclass(frozen=True, slots=True)
class Sums:
    """
    The money of one case, or of all cases of one currency.

    `given + moved_here = held + over_goal + spent + refunded + moved_on`, to the minor unit.

    Attributes:
        given: By donors, gross; taken-back entries are taken off.
        moved_here: From another case by a donor's consent, or paid in by the organisation.
        held: For the plan, not yet spent.
        over_goal: Came when nothing was missing any more; belongs to its donors.
        spent: On the plan.
        refunded: Back to donors.
        moved_on: To another case, by a donor's consent.
    """

    given: Money
    moved_here: Money
    held: Money
    over_goal: Money
    spent: Money
    refunded: Money
    moved_on: Money

    def __add__(self, other: "Sums") -> "Sums":
        return Sums(
            self.given + other.given,
            self.moved_here + other.moved_here,
            self.held + other.held,
            self.over_goal + other.over_goal,
            self.spent + other.spent,
            self.refunded + other.refunded,
            self.moved_on + other.moved_on,
        )


@dataclass(frozen=True, slots=True)
class CaseSums:
    """
    One case in the list.

    Attributes:
        shown: The case as it may be shown now; None if it may not.
    """

    code: str
    shown: PublicCase | None
    sums: Sums


@dataclass(frozen=True, slots=True)
class Overview:
    """
    Everything at a glance.

    Attributes:
        totals: The sums of all cases, one for each currency, by its code.
        fees: What payment providers took and the organisation paid, by currency.
        cases: Every case, oldest first.
    """

    totals: tuple[Sums, ...]
    fees: tuple[Money, ...]
    cases: tuple[CaseSums, ...]


@dataclass(frozen=True, slots=True)
class Statement:
    """
    One case's book.

    Attributes:
        rows: The newest month first; in a month what has no day first, then the newest day.
        left_out: How many older transfers are not in *rows*.
    """

    case: PublicCase
    sums: Sums
    rows: tuple[Row, ...]
    left_out: int


async def overview(look: Look) -> Overview:
    """The totals and every case, as of one moment."""
    cases = await case_rows.all_cases(look.connection)
    shown = {
        case.case.id: case
        for case in await public_cases(look.connection, look.shelf, look.channel, look.now)
    }
    balances = await ledger.balances(look.connection, [case.id for case in cases], _CASE_ACCOUNTS)
    listed = tuple(
        CaseSums(case.code, shown.get(case.id), _sums(balances, case.id, case.currency))
        for case in cases
    )
    fees = await ledger.balances(look.connection, (ORGANISATION_BOOK,), _FEES)
    return Overview(
        totals=_totals(case.sums for case in listed),
        fees=tuple(fees[key] for key in sorted(fees)),
        cases=listed,
    )


async def statement(look: Look, slug: str, most: int | None = None) -> Statement | None:
    """
    The book of the case at *slug*; None if there is none that may be shown.

    Args:
        most: At most so many rows, the newest; None for all.
    """
    case = await look.case_at(slug)
    if case is None:
        return None
    case_id, currency = case.case.id, case.case.currency
    balances = await ledger.balances(look.connection, (case_id,), _CASE_ACCOUNTS)
    entries = await ledger.statement(look.connection, case_id)
    rows = sorted((_row(entry) for entry in entries), key=_place, reverse=True)
    kept = tuple(rows if most is None else rows[:most])
    return Statement(case, _sums(balances, case_id, currency), kept, len(rows) - len(kept))


def _sums(balances: dict[tuple[int, str, str], Money], case_id: int, currency: str) -> Sums:
    def of(kind: AccountKind) -> Money:
        return balances.get((case_id, kind, currency), Money(0, currency))

    nothing = Money(0, currency)
    return Sums(
        given=nothing - of("world"),
        moved_here=nothing - of("moved_in"),
        held=of("fund"),
        over_goal=of("over_goal"),
        spent=of("spent"),
        refunded=of("refunded"),
        moved_on=of("moved_out"),
    )


def _totals(sums: Iterable[Sums]) -> tuple[Sums, ...]:
    by_currency: dict[str, Sums] = {}
    for one in sums:
        known = by_currency.get(one.given.currency)
        by_currency[one.given.currency] = one if known is None else known + one
    return tuple(by_currency[currency] for currency in sorted(by_currency))


def _row(entry: Entry) -> Row:
    kind = _kind(entry)
    spending = "spent" in (entry.debit, entry.credit)
    day = entry.recorded_at.date().isoformat()
    sign = (entry.credit in _HOLDING) - (entry.debit in _HOLDING)
    change = Money(sign * entry.amount.amount_minor, entry.amount.currency)
    return Row(day[:7] if spending else day, kind, change)


def _kind(entry: Entry) -> Kind:
    match entry.posting_kind:
        case "donation":
            return Kind.GIFT if entry.credit == "fund" else Kind.GIFT_OVER_GOAL
        case "disbursement":
            return Kind.SPENDING
        case "refund":
            return Kind.REFUND
        case "re-earmark":
            return Kind.MOVED_HERE if entry.credit == "fund" else Kind.MOVED_ON
        case "contribution":
            return Kind.PAID_IN
        case "reversal":
            return Kind.REVERSAL
        case "fee" | "suspense":
            raise ValueError(f"transfer {entry.seq} is of the organisation's book, not of a case's")


def _place(row: Row) -> tuple[str, str]:
    """
    Sorts rows without a day to one end of their month: where they stand must not tell the day.

    "~" is behind every digit.
    """
    return row.when[:7], row.when[8:] or "~"
