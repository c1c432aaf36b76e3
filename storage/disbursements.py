"""
Disbursements: money spent on a budget line, recorded by one person and decided on by another.

Nothing says when in the month, where, or in which shop.
"""

import datetime as dt
from dataclasses import dataclass

import sqlalchemy as sa

from storage import rows
from storage.columns import BIG, TEXT, Flag, UnixTime
from storage.database import Connection
from storage.guards import Guard, append_only
from storage.schema import table
from values.lines import BudgetLine
from values.money import Money

disbursement = table(
    "disbursement",
    sa.Column("id", BIG, primary_key=True),
    sa.Column("request_key", TEXT, nullable=False, unique=True),
    sa.Column("case_id", BIG, nullable=False),
    sa.Column("line", TEXT, nullable=False),
    sa.Column("currency", TEXT, nullable=False),
    sa.Column("amount_minor", BIG, nullable=False),
    sa.Column("month", TEXT, nullable=False),
    sa.Column("recorder_id", BIG, sa.ForeignKey("staff.id"), nullable=False),
    sa.Column("recorded_at", UnixTime, nullable=False),
    sa.UniqueConstraint("id", "recorder_id"),
    sa.ForeignKeyConstraint(["case_id", "currency"], ["cases.id", "cases.currency"]),
    sa.CheckConstraint("amount_minor > 0", name="amount_positive"),
    sa.CheckConstraint("length(month) = 7", name="month_only"),
    sa.Index("disbursement_case_line", "case_id", "line"),
)

disbursement_decision = table(
    "disbursement_decision",
    sa.Column("disbursement_id", BIG, primary_key=True, autoincrement=False),
    sa.Column("recorder_id", BIG, nullable=False),
    sa.Column("decider_id", BIG, sa.ForeignKey("staff.id"), nullable=False),
    sa.Column("approved", Flag, nullable=False),
    sa.Column("posting_id", BIG, sa.ForeignKey("posting.id"), unique=True),
    sa.Column("decided_at", UnixTime, nullable=False),
    sa.ForeignKeyConstraint(
        ["disbursement_id", "recorder_id"], ["disbursement.id", "disbursement.recorder_id"]
    ),
    sa.CheckConstraint("approved = 0 OR decider_id <> recorder_id", name="four_eyes"),
    sa.CheckConstraint("(approved = 1) = (posting_id IS NOT NULL)", name="approved_is_booked"),
)

GUARDS: tuple[Guard, ...] = (append_only(disbursement), append_only(disbursement_decision))


@dataclass(frozen=True, slots=True)
class Disbursement:
    """
    Spending that was recorded.

    Attributes:
        month: "2026-11".
        recorder_id: Who recorded it; somebody else approves.
        approved: None while nobody has decided.
    """

    id: int
    case_id: int
    line: BudgetLine
    amount: Money
    month: str
    recorder_id: int
    approved: bool | None


async def add(
    connection: Connection,
    *,
    request_key: str,
    case_id: int,
    line: BudgetLine,
    amount: Money,
    month: str,
    recorder_id: int,
    now: dt.datetime,
) -> int:
    """Record spending; hand back its id. Nothing is booked yet."""
    return await rows.add(
        connection,
        disbursement,
        request_key=request_key,
        case_id=case_id,
        line=line,
        currency=amount.currency,
        amount_minor=amount.amount_minor,
        month=month,
        recorder_id=recorder_id,
        recorded_at=now,
    )


async def decide(
    connection: Connection,
    spending: Disbursement,
    *,
    decider_id: int,
    posting_id: int | None,
    now: dt.datetime,
) -> None:
    """Write down the decision: approved as *posting_id*, or turned down if it is None."""
    await connection.execute(
        sa.insert(disbursement_decision).values(
            disbursement_id=spending.id,
            recorder_id=spending.recorder_id,
            decider_id=decider_id,
            approved=posting_id is not None,
            posting_id=posting_id,
            decided_at=now,
        )
    )


async def by_id(connection: Connection, disbursement_id: int) -> Disbursement | None:
    """The disbursement with this id, or None."""
    return _only(await _load(connection, disbursement.c.id == disbursement_id))


async def by_request(connection: Connection, request_key: str) -> Disbursement | None:
    """The disbursement that this act recorded before, or None."""
    return _only(await _load(connection, disbursement.c.request_key == request_key))


async def of_case(connection: Connection, case_id: int) -> list[Disbursement]:
    """Every disbursement of the case, oldest first."""
    return await _load(connection, disbursement.c.case_id == case_id)


async def waiting(connection: Connection) -> list[Disbursement]:
    """Every disbursement that nobody has decided on, oldest first."""
    return await _load(connection, disbursement_decision.c.disbursement_id.is_(None))


async def decided_by(connection: Connection, disbursement_id: int) -> tuple[int, bool] | None:
    """Who decided on it, and whether they approved; None while nobody has."""
    found = await connection.execute(
        sa.select(disbursement_decision.c.decider_id, disbursement_decision.c.approved).where(
            disbursement_decision.c.disbursement_id == disbursement_id
        )
    )
    row = found.one_or_none()
    return None if row is None else (row.decider_id, row.approved)


async def spent_by_line(connection: Connection, case_id: int) -> dict[BudgetLine, Money]:
    """What has been spent on each line of the case; lines without spending are not there."""
    found = await connection.execute(
        sa.select(
            disbursement.c.line,
            disbursement.c.currency,
            sa.func.sum(disbursement.c.amount_minor).label("minor"),
        )
        .join(disbursement_decision, disbursement_decision.c.disbursement_id == disbursement.c.id)
        .where(disbursement.c.case_id == case_id, disbursement_decision.c.approved == True)  # noqa: E712
        .group_by(disbursement.c.line, disbursement.c.currency)
    )
    return {BudgetLine(row.line): Money(int(row.minor), row.currency) for row in found}


async def by_posting(connection: Connection, case_id: int) -> dict[int, Disbursement]:
    """The approved disbursements of the case, by the posting that booked each."""
    found = await connection.execute(
        sa.select(disbursement_decision.c.posting_id, disbursement)
        .join(disbursement, disbursement.c.id == disbursement_decision.c.disbursement_id)
        .where(disbursement.c.case_id == case_id, disbursement_decision.c.posting_id.is_not(None))
    )
    return {row.posting_id: _disbursement(row, approved=True) for row in found}


def _only(found: list[Disbursement]) -> Disbursement | None:
    return found[0] if found else None


async def _load(connection: Connection, where: sa.ColumnElement[bool]) -> list[Disbursement]:
    found = await connection.execute(
        sa.select(disbursement, disbursement_decision.c.approved)
        .outerjoin(
            disbursement_decision, disbursement_decision.c.disbursement_id == disbursement.c.id
        )
        .where(where)
        .order_by(disbursement.c.id)
    )
    return [_disbursement(row, approved=row.approved) for row in found]


def _disbursement(row: sa.Row[tuple[object, ...]], *, approved: bool | None) -> Disbursement:
    return Disbursement(
        row.id,
        row.case_id,
        BudgetLine(row.line),
        Money(row.amount_minor, row.currency),
        row.month,
        row.recorder_id,
        approved,
    )
