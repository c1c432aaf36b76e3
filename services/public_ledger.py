"""
The ledger as everybody may see it: totals, each case, each transfer; never a donor.

The sums are of all cases. A case that may not be shown now appears by its code and its sums only;
its transfers are counted and not listed.
"""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from services.catalogue import PublicCase, public_among
from services.look import Look
from storage import cases as case_rows
from storage import disbursements, ledger
from storage.cases import Case
from storage.disbursements import Disbursement
from storage.ledger import ORGANISATION_BOOK, AccountKind, Entry, PostingKind
from values.lines import BudgetLine
from values.money import Money

_CASE_ACCOUNTS: tuple[AccountKind, ...] = (
    "world",
    "fund",
    "over_goal",
    "spent",
    "fees",
    "refund_due",
    "refunded",
    "disputed",
    "charged_back",
    "shortfall",
    "moved_in",
    "moved_out",
)
_ORGANISATIONS: tuple[AccountKind, ...] = ("fees", "covered", "contributed")
CASES_A_PAGE = 50
_HOLDING = ("fund", "over_goal")
_SOURCES = ("world", "moved_in", "shortfall")
"""Of these accounts comes whatever a plan has."""


class Kind(StrEnum):
    """What a transfer was, as a reader of the public ledger is told it."""

    GIFT = "gift"
    GIFT_OVER_GOAL = "gift_over_goal"
    FEE = "fee"
    SPENDING = "spending"
    LEFT_OVER = "left_over"
    REFUND_SET_APART = "refund_set_apart"
    REFUND_PUT_BACK = "refund_put_back"
    REFUND = "refund"
    DISPUTED = "disputed"
    DISPUTE_LOST = "dispute_lost"
    DISPUTE_WON = "dispute_won"
    MOVED_HERE = "moved_here"
    MOVED_ON = "moved_on"
    PAID_IN = "paid_in"
    LOSS_BORNE = "loss_borne"
    REVERSAL = "reversal"


@dataclass(frozen=True, slots=True)
class Row:
    """
    One transfer.

    Attributes:
        when: "2026-11-23", or "2026-11" for spending, whose day is nobody's business.
        change: Positive if the plan holds more by it, negative if less; zero where it only goes
            from one place to another.
        amount: How much was moved; positive.
        line: What was paid for, in spending; else None.
    """

    when: str
    kind: Kind
    change: Money
    amount: Money
    line: BudgetLine | None = None

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

    What came in is what is there and what went out, to the minor unit:
    `given + moved_here + loss_borne = held + over_goal + spent + fees + refund_due + refunded
    + disputed + charged_back + moved_on`.

    Attributes:
        given: By donors, gross; taken-back entries are taken off.
        moved_here: From another case by a donor's consent, or paid in by the organisation.
        loss_borne: Paid in by the organisation for money that was spent and then taken back.
        held: For the plan, not yet spent.
        over_goal: Not needed for the plan; belongs to its donors.
        spent: On the plan.
        fees: Taken by payment providers, where gifts bear them.
        refund_due: On its way back to donors.
        refunded: Back to donors.
        disputed: Taken by donors' banks, and nothing is decided.
        charged_back: Kept by donors' banks.
        moved_on: To another case, by a donor's consent.
    """

    given: Money
    moved_here: Money
    loss_borne: Money
    held: Money
    over_goal: Money
    spent: Money
    fees: Money
    refund_due: Money
    refunded: Money
    disputed: Money
    charged_back: Money
    moved_on: Money

    @property
    def came_in(self) -> Money:
        """All of it, wherever it is now."""
        return self.given + self.moved_here + self.loss_borne


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
        fees: What payment providers took of the organisation's money, by currency.
        covered: What donors added for fees, by currency.
        paid_in: What the organisation paid into plans, by currency.
        cases: Those of the page that was asked for, or every case; oldest first.
    """

    totals: tuple[Sums, ...]
    fees: tuple[Money, ...]
    covered: tuple[Money, ...]
    paid_in: tuple[Money, ...]
    cases: tuple[CaseSums, ...]


@dataclass(frozen=True, slots=True)
class SoFar:
    """
    What a plan had received and spent by the end of a month, taken-back entries taken off.

    Attributes:
        month: "2026-11".
    """

    month: str
    came_in: Money
    spent: Money

    @property
    def year_and_month(self) -> tuple[int, int]:
        """The month."""
        return int(self.month[:4]), int(self.month[5:7])


@dataclass(frozen=True, slots=True)
class Statement:
    """
    One case's book.

    Attributes:
        months: From the first month to the last in which something happened, none left out.
        rows: The newest month first; in a month what has no day first, then the newest day.
        left_out: How many older transfers are not in *rows*.
    """

    case: PublicCase
    sums: Sums
    months: tuple[SoFar, ...]
    rows: tuple[Row, ...]
    left_out: int


async def overview(look: Look) -> Overview:
    """The totals and every case, as of one moment."""
    return await _overview(look, await case_rows.of_the_ledger(look.connection))


async def overview_page(look: Look, page: int) -> tuple[Overview, int] | None:
    """
    The totals and a page of the cases, and how many pages there are, as of one moment.

    Args:
        page: Counted from 1. None is handed back for a page that is not there.
    """
    count = await case_rows.how_many_of_the_ledger(look.connection)
    pages = max(1, -(-count // CASES_A_PAGE))
    if not 1 <= page <= pages:
        return None
    first = (page - 1) * CASES_A_PAGE
    cases = await case_rows.of_the_ledger(look.connection, first, CASES_A_PAGE)
    return await _overview(look, cases), pages


async def _overview(look: Look, cases: Sequence[Case]) -> Overview:
    connection = look.connection
    public = await public_among(connection, look.shelf, look.channel, look.now, cases, look.locale)
    shown = {case.case.id: case for case in public}
    books = _books(await ledger.balances(connection, [case.id for case in cases], _CASE_ACCOUNTS))
    ours = await ledger.balances(connection, (ORGANISATION_BOOK,), _ORGANISATIONS)

    def of_ours(kind: AccountKind) -> tuple[Money, ...]:
        return tuple(ours[key] for key in sorted(ours) if key[1] == kind)

    return Overview(
        totals=_totals(await ledger.totals(connection, _CASE_ACCOUNTS)),
        fees=of_ours("fees"),
        covered=of_ours("covered"),
        paid_in=of_ours("contributed"),
        cases=tuple(
            CaseSums(case.code, shown.get(case.id), _sums(books.get(case.id, {}), case.currency))
            for case in cases
        ),
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
    spendings = await disbursements.by_posting(look.connection, case_id)
    rows = sorted((_row(entry, spendings) for entry in entries), key=_place, reverse=True)
    kept = tuple(rows if most is None else rows[:most])
    months = _month_by_month(entries, spendings, currency)
    sums = _sums(_books(balances).get(case_id, {}), currency)
    return Statement(case, sums, months, kept, len(rows) - len(kept))


def _month_by_month(
    entries: Iterable[Entry], spendings: Mapping[int, Disbursement], currency: str
) -> tuple[SoFar, ...]:
    came_in: dict[str, int] = {}
    spent: dict[str, int] = {}
    for entry in entries:
        paid = spendings.get(entry.posting_id)
        month = entry.recorded_at.date().isoformat()[:7] if paid is None else paid.month
        minor = entry.amount.amount_minor
        sign = (entry.debit in _SOURCES) - (entry.credit in _SOURCES)
        came_in[month] = came_in.get(month, 0) + sign * minor
        sign = (entry.credit == "spent") - (entry.debit == "spent")
        spent[month] = spent.get(month, 0) + sign * minor
    found: list[SoFar] = []
    received, used = 0, 0
    for month in _months(came_in):
        received += came_in.get(month, 0)
        used += spent.get(month, 0)
        found.append(SoFar(month, Money(received, currency), Money(used, currency)))
    return tuple(found)


def _months(of: Iterable[str]) -> Iterable[str]:
    """Every month from the first of *of* to the last."""
    in_order = sorted(of)
    if not in_order:
        return
    month, last = in_order[0], in_order[-1]
    while month <= last:
        yield month
        year, number = int(month[:4]), int(month[5:])
        month = f"{year + number // 12:04}-{number % 12 + 1:02}"


def _books(
    balances: Mapping[tuple[int, str, str], Money],
) -> dict[int, dict[tuple[str, str], Money]]:
    """The balances of each case, by kind and currency."""
    books: dict[int, dict[tuple[str, str], Money]] = {}
    for (case_id, kind, currency), amount in balances.items():
        books.setdefault(case_id, {})[kind, currency] = amount
    return books


def _sums(balances: Mapping[tuple[str, str], Money], currency: str) -> Sums:
    def of(kind: AccountKind) -> Money:
        return balances.get((kind, currency), Money(0, currency))

    nothing = Money(0, currency)
    return Sums(
        given=nothing - of("world"),
        moved_here=nothing - of("moved_in"),
        loss_borne=nothing - of("shortfall"),
        held=of("fund"),
        over_goal=of("over_goal"),
        spent=of("spent"),
        fees=of("fees"),
        refund_due=of("refund_due"),
        refunded=of("refunded"),
        disputed=of("disputed"),
        charged_back=of("charged_back"),
        moved_on=of("moved_out"),
    )


def _totals(balances: Mapping[tuple[str, str], Money]) -> tuple[Sums, ...]:
    """The sums of all cases together, by currency."""
    return tuple(_sums(balances, currency) for currency in sorted({key[1] for key in balances}))


def _row(entry: Entry, spendings: Mapping[int, Disbursement]) -> Row:
    kind = _kind(entry)
    spending = "spent" in (entry.debit, entry.credit)
    day = entry.recorded_at.date().isoformat()
    paid = spendings.get(entry.posting_id)
    sign = (entry.credit in _HOLDING) - (entry.debit in _HOLDING)
    change = Money(sign * entry.amount.amount_minor, entry.amount.currency)
    if paid is not None:
        return Row(paid.month, kind, change, entry.amount, paid.line)
    return Row(day[:7] if spending else day, kind, change, entry.amount)


def _kind(entry: Entry) -> Kind:
    match entry.posting_kind:
        case "donation":
            return Kind.GIFT if entry.credit == "fund" else Kind.GIFT_OVER_GOAL
        case "re-earmark":
            return Kind.MOVED_HERE if entry.credit == "fund" else Kind.MOVED_ON
        case "contribution":
            return Kind.LOSS_BORNE if entry.debit == "shortfall" else Kind.PAID_IN
        case kind if kind in _KINDS:
            return _KINDS[kind]
        case _:
            raise ValueError(f"transfer {entry.seq} is of the organisation's book, not of a case's")


_KINDS: Mapping[PostingKind, Kind] = {
    "fee": Kind.FEE,
    "disbursement": Kind.SPENDING,
    "leftover": Kind.LEFT_OVER,
    "refund_decided": Kind.REFUND_SET_APART,
    "refund_left": Kind.REFUND_PUT_BACK,
    "refund": Kind.REFUND,
    "dispute": Kind.DISPUTED,
    "dispute_lost": Kind.DISPUTE_LOST,
    "dispute_won": Kind.DISPUTE_WON,
    "reversal": Kind.REVERSAL,
}


def _place(row: Row) -> tuple[str, str]:
    """
    Sorts rows without a day to one end of their month: where they stand must not tell the day.

    "~" is behind every digit.
    """
    return row.when[:7], row.when[8:] or "~"
