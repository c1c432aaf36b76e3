"""
What a donor wants done with money that a plan does not need: consents and open questions.

A consent is given before paying or as an answer; its words are kept as a digest. A question is
open until it is answered or its time is over.
"""

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum

import sqlalchemy as sa

from storage import rows
from storage.columns import BIG, BLOB, TEXT, Flag, UnixTime
from storage.database import Connection, insert_ignoring
from storage.guards import Guard, append_only
from storage.schema import table


class Choice(StrEnum):
    """MOVE: to another person's plan. REFUND: back to the donor."""

    MOVE = "move"
    REFUND = "refund"


class Why(StrEnum):
    """
    Why money is left for its donor to decide.

    OVER_GOAL: it came when the plan was full. LEFTOVER: the plan cost less. ENDED: the plan ended.
    """

    OVER_GOAL = "over_goal"
    LEFTOVER = "leftover"
    ENDED = "ended"


surplus_consent = table(
    "surplus_consent",
    sa.Column("id", BIG, primary_key=True),
    sa.Column("hold_id", BIG, sa.ForeignKey("hold.id"), nullable=False, index=True),
    sa.Column("choice", TEXT, nullable=False),
    sa.Column("to_case_id", BIG, sa.ForeignKey("cases.id")),
    sa.Column("before_paying", Flag, nullable=False),
    sa.Column("locale", TEXT, nullable=False),
    sa.Column("text_sha256", BLOB, nullable=False),
    sa.Column("given_at", UnixTime, nullable=False),
    sa.CheckConstraint("choice IN ('move', 'refund')", name="known_choice"),
    sa.CheckConstraint("(choice = 'move') = (to_case_id IS NOT NULL)", name="move_names_a_case"),
    sa.CheckConstraint("length(text_sha256) = 32", name="text_sha256"),
)

surplus_question = table(
    "surplus_question",
    sa.Column("id", BIG, primary_key=True),
    sa.Column("hold_id", BIG, sa.ForeignKey("hold.id"), nullable=False),
    sa.Column("case_id", BIG, sa.ForeignKey("cases.id"), nullable=False),
    sa.Column("why", TEXT, nullable=False),
    sa.Column("asked_at", UnixTime, nullable=False),
    sa.Column("answer_by", UnixTime, nullable=False),
    sa.Column("closed_at", UnixTime),
    sa.CheckConstraint("why IN ('over_goal', 'leftover', 'ended')", name="known_why"),
    sa.CheckConstraint("answer_by > asked_at", name="leaves_time"),
    sa.Index(
        "surplus_question_open",
        "hold_id",
        "case_id",
        unique=True,
        sqlite_where=sa.text("closed_at IS NULL"),
        postgresql_where=sa.text("closed_at IS NULL"),
    ),
    sa.Index("surplus_question_due", "answer_by"),
)

GUARDS: tuple[Guard, ...] = (append_only(surplus_consent),)


@dataclass(frozen=True, slots=True)
class Consent:
    """
    What a donor agreed to.

    Attributes:
        to_case_id: Where the money may move to; None for a refund.
        text_sha256: Of the exact words the donor saw.
    """

    id: int
    hold_id: int
    choice: Choice
    to_case_id: int | None
    text_sha256: bytes

    @property
    def reference(self) -> str:
        """Its name in the ledger."""
        return f"consent {self.id}"


@dataclass(frozen=True, slots=True)
class Question:
    """An open question to a donor: what shall become of the money over the goal of this case?"""

    id: int
    hold_id: int
    case_id: int
    why: Why
    asked_at: dt.datetime
    answer_by: dt.datetime


async def add_consent(
    connection: Connection,
    *,
    hold_id: int,
    choice: Choice,
    to_case_id: int | None,
    before_paying: bool,
    locale: str,
    text_sha256: bytes,
    now: dt.datetime,
) -> Consent:
    """Write down what a donor agreed to."""
    consent_id = await rows.add(
        connection,
        surplus_consent,
        hold_id=hold_id,
        choice=choice,
        to_case_id=to_case_id,
        before_paying=before_paying,
        locale=locale,
        text_sha256=text_sha256,
        given_at=now,
    )
    return Consent(consent_id, hold_id, choice, to_case_id, text_sha256)


async def consent_before_paying(connection: Connection, hold_id: int) -> Consent | None:
    """What the donor of this gift agreed to before paying; None if nothing."""
    columns = surplus_consent.c
    found = await connection.execute(
        sa.select(surplus_consent)
        .where(columns.hold_id == hold_id, columns.before_paying == True)  # noqa: E712
        .order_by(columns.id)
        .limit(1)
    )
    row = found.one_or_none()
    if row is None:
        return None
    return Consent(row.id, row.hold_id, Choice(row.choice), row.to_case_id, row.text_sha256)


async def ask(
    connection: Connection,
    *,
    hold_id: int,
    case_id: int,
    why: Why,
    now: dt.datetime,
    answer_by: dt.datetime,
) -> Question:
    """Ask the donor; the question that is open already, if there is one."""
    await connection.execute(
        insert_ignoring(connection, surplus_question).values(
            hold_id=hold_id, case_id=case_id, why=why, asked_at=now, answer_by=answer_by
        )
    )
    [question] = await _questions(
        connection,
        surplus_question.c.hold_id == hold_id,
        surplus_question.c.case_id == case_id,
    )
    return question


async def question(
    connection: Connection, question_id: int, *, locked: bool = False
) -> Question | None:
    """The open question with this id; None if it is closed. *locked*: until the end."""
    found = await _questions(connection, surplus_question.c.id == question_id, locked=locked)
    return found[0] if found else None


async def questions_of(connection: Connection, hold_id: int) -> list[Question]:
    """The open questions about one gift, oldest first."""
    return await _questions(connection, surplus_question.c.hold_id == hold_id)


async def lapsed(connection: Connection, now: dt.datetime, limit: int) -> list[Question]:
    """Open questions whose time is over, oldest first."""
    return (await _questions(connection, surplus_question.c.answer_by <= now))[:limit]


async def close(connection: Connection, question_id: int, now: dt.datetime) -> None:
    """Nothing is left to be asked."""
    await connection.execute(
        sa.update(surplus_question)
        .where(surplus_question.c.id == question_id, surplus_question.c.closed_at.is_(None))
        .values(closed_at=now)
    )


async def _questions(
    connection: Connection, *where: sa.ColumnElement[bool], locked: bool = False
) -> list[Question]:
    columns = surplus_question.c
    query = (
        sa.select(
            columns.id,
            columns.hold_id,
            columns.case_id,
            columns.why,
            columns.asked_at,
            columns.answer_by,
        )
        .where(columns.closed_at.is_(None), *where)
        .order_by(columns.id)
    )
    found = await connection.execute(query.with_for_update(key_share=True) if locked else query)
    return [
        Question(row.id, row.hold_id, row.case_id, Why(row.why), row.asked_at, row.answer_by)
        for row in found
    ]
