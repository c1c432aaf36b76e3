"""
The outbox: messages that nobody asked for, written in the transaction of the fact they tell.

A row names the fact, never a text: it is worded at delivery, in the language the person has then.
The subject of a receipt is a hold, of a question a question, of a refund (or one that failed) its
order, of what moved its posting.
"""

import datetime as dt
from dataclasses import dataclass

import sqlalchemy as sa

from storage.columns import BIG, TEXT, UnixTime
from storage.database import Connection, insert_ignoring
from storage.schema import table

outbox = table(
    "outbox",
    sa.Column("id", BIG, primary_key=True),
    sa.Column("kind", TEXT, nullable=False),
    sa.Column("subject_id", BIG, nullable=False),
    sa.Column("person_id", BIG, sa.ForeignKey("person.id", ondelete="CASCADE"), nullable=False),
    sa.Column("state", TEXT, nullable=False),
    sa.Column("attempts", BIG, nullable=False),
    sa.Column("due_at", UnixTime, nullable=False),
    sa.Column("last_error", TEXT),
    sa.UniqueConstraint("kind", "subject_id", "person_id"),
    sa.CheckConstraint(
        "kind IN ('receipt', 'question', 'moved', 'refund', 'refund_failed')", name="known_kind"
    ),
    sa.CheckConstraint("state IN ('pending', 'sending', 'sent', 'dead')", name="known_state"),
    sa.Index("outbox_due", "state", "due_at"),
)


@dataclass(frozen=True, slots=True)
class Message:
    """A message to be delivered: what it tells (kind and subject) and to whom."""

    id: int
    kind: str
    subject_id: int
    person_id: int
    attempts: int


async def enqueue(
    connection: Connection, kind: str, subject_id: int, person_id: int, now: dt.datetime
) -> None:
    """Put a message into the outbox, once for each fact and person."""
    await connection.execute(
        insert_ignoring(connection, outbox).values(
            kind=kind,
            subject_id=subject_id,
            person_id=person_id,
            state="pending",
            attempts=0,
            due_at=now,
        )
    )


async def claim(
    connection: Connection, now: dt.datetime, until: dt.datetime, limit: int
) -> list[Message]:
    """
    Take up to *limit* due messages for sending, until *until*.

    A message whose sender died is due again after that time: a receipt that comes twice is better
    than one that never comes.
    """
    chosen = (
        sa.select(outbox.c.id)
        .where(outbox.c.state.in_(("pending", "sending")), outbox.c.due_at <= now)
        .order_by(outbox.c.due_at)
        .limit(limit)
    )
    if connection.dialect.name == "postgresql":
        chosen = chosen.with_for_update(skip_locked=True)
    rows = await connection.execute(
        sa.update(outbox)
        .where(outbox.c.id.in_(chosen))
        .values(state="sending", due_at=until, attempts=outbox.c.attempts + 1)
        .returning(
            outbox.c.id, outbox.c.kind, outbox.c.subject_id, outbox.c.person_id, outbox.c.attempts
        )
    )
    return sorted((Message(*row) for row in rows), key=lambda message: message.id)


async def sent(connection: Connection, message_id: int) -> None:
    """Write down that the message arrived."""
    await _update(connection, message_id, state="sent", last_error=None)


async def again(connection: Connection, message_id: int, due_at: dt.datetime, error: str) -> None:
    """Write down that the message was certainly refused and is to be sent again at *due_at*."""
    await _update(connection, message_id, state="pending", due_at=due_at, last_error=error)


async def asked_to_wait(
    connection: Connection, message_id: int, due_at: dt.datetime, error: str
) -> None:
    """The whole bot was told to wait: no fault of this message, so no attempt is counted."""
    await _update(
        connection,
        message_id,
        state="pending",
        due_at=due_at,
        last_error=error,
        attempts=outbox.c.attempts - 1,
    )


async def dead(connection: Connection, message_id: int, error: str) -> None:
    """Write down that the message will not be sent any more, and why."""
    await _update(connection, message_id, state="dead", last_error=error)


async def _update(connection: Connection, message_id: int, **values: object) -> None:
    await connection.execute(sa.update(outbox).where(outbox.c.id == message_id).values(**values))
