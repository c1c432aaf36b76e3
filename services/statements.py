"""
The ledger for the operator and for an auditor: a case's statement, and everything in rows.

No donor is in it: a gift is the number of its posting, and who gave it stands in a table of its
own. Spending is told by its month.
"""

from collections.abc import AsyncIterator
from dataclasses import dataclass

from storage import cases as case_rows
from storage import disbursements, ledger, ledger_export
from storage.cases import Case
from storage.database import Connection
from storage.ledger import ORGANISATION_BOOK, AccountKind, Entry
from values.lines import BudgetLine
from values.money import Money

__all__ = ["Entry"]

_ACCOUNTS: tuple[AccountKind, ...] = (
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


@dataclass(frozen=True, slots=True)
class CaseStatement:
    """
    The book of one case.

    Attributes:
        balances: What is in each account that was ever used, in the order of the ledger's rules.
        entries: The newest transfers, newest first.
        lines: The plan: each line, what is planned, and what has been spent on it.
    """

    case: Case
    balances: tuple[tuple[AccountKind, Money], ...]
    entries: tuple[Entry, ...]
    lines: tuple[tuple[BudgetLine, Money, Money], ...]


@dataclass(frozen=True, slots=True)
class Exported:
    """
    One transfer as it stands in an export.

    Attributes:
        recorded: The day, "2026-11-25"; the month alone where money was spent.
        book: The code of the case; "organisation".
        gift: The posting of the gift whose money moved; None where it is nobody's gift.
        named: How the posting is named, by whom: "stripe donation:txn_1".
    """

    seq: int
    recorded: str
    book: str
    posting: int
    posting_kind: str
    named: str
    debit: str
    credit: str
    amount: Money
    gift: int | None
    reverses: int | None


async def statement(connection: Connection, code_or_slug: str, most: int) -> CaseStatement | None:
    """
    The book of the case with this code or at this address; None if there is none.

    Args:
        most: At most so many transfers, the newest.
    """
    case = await case_rows.by_code(connection, code_or_slug)
    case = case or await case_rows.by_slug(connection, code_or_slug)
    if case is None:
        return None
    found = await ledger.balances(connection, (case.id,), _ACCOUNTS)
    spent = await disbursements.spent_by_line(connection, case.id)
    nothing = Money(0, case.currency)
    return CaseStatement(
        case=case,
        balances=tuple(
            (kind, found[case.id, kind, case.currency])
            for kind in _ACCOUNTS
            if (case.id, kind, case.currency) in found
        ),
        entries=tuple(await ledger.statement(connection, case.id, most)),
        lines=tuple((line, planned, spent.get(line, nothing)) for line, planned in case.lines),
    )


async def export(connection: Connection) -> AsyncIterator[Exported]:
    """Every transfer, oldest first, a few at a time: any number fits into little memory."""
    codes = {case.id: case.code for case in await case_rows.all_cases(connection)}
    codes[ORGANISATION_BOOK] = "organisation"
    async for entry, named in ledger_export.entries(connection):
        yield Exported(
            seq=entry.seq,
            recorded=recorded(entry),
            book=codes[entry.book_id],
            posting=entry.posting_id,
            posting_kind=entry.posting_kind,
            named=named,
            debit=entry.debit,
            credit=entry.credit,
            amount=entry.amount,
            gift=entry.donation_id,
            reverses=entry.reverses,
        )


def recorded(entry: Entry) -> str:
    """The day of a transfer; the month alone where money was spent."""
    day = entry.recorded_at.date().isoformat()
    return day[:7] if "spent" in (entry.debit, entry.credit) else day
