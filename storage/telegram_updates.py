"""
Telegram updates that change something: claimed once, answered once.

The claim, the change and the route of the answer are written in one transaction. An update that
comes again finds its claim: answered, there is nothing to do; unanswered (the process died before
it could send), the screen of the route is made and sent now. A route names what to show and holds
no text.
"""

import datetime as dt
from dataclasses import dataclass

import sqlalchemy as sa

from storage.columns import BIG, TEXT, UnixTime
from storage.database import Connection, insert_ignoring
from storage.schema import table

telegram_update = table(
    "telegram_update",
    sa.Column("update_id", BIG, primary_key=True, autoincrement=False),
    sa.Column("seen_at", UnixTime, nullable=False),
    sa.Column("claimed_at", UnixTime),
    sa.Column("answered_at", UnixTime),
    sa.Column("set_aside_at", UnixTime),
    sa.Column("failures", BIG, nullable=False, default=0),
    sa.Column("answer_route", TEXT),
    sa.Index("telegram_update_seen", "seen_at"),
)


@dataclass(frozen=True, slots=True)
class Claim:
    """
    What is known of an update that came before.

    Attributes:
        is_new: This transaction claimed it.
        is_finished: It was answered or set aside; there is nothing to do.
        answer_route: Where the answer is, in its short form; None if it is new or finished.
    """

    is_new: bool
    is_finished: bool
    answer_route: str | None


async def claim(connection: Connection, update_id: int, now: dt.datetime) -> Claim:
    """Claim the update for this transaction, unless it was claimed before."""
    await connection.execute(
        insert_ignoring(connection, telegram_update).values(
            update_id=update_id, seen_at=now, failures=0
        )
    )
    taken = await connection.execute(
        sa.update(telegram_update)
        .where(
            telegram_update.c.update_id == update_id,
            telegram_update.c.claimed_at.is_(None),
            telegram_update.c.set_aside_at.is_(None),
        )
        .values(claimed_at=now)
    )
    if taken.rowcount:
        return Claim(is_new=True, is_finished=False, answer_route=None)
    row = (
        await connection.execute(
            sa.select(telegram_update).where(telegram_update.c.update_id == update_id)
        )
    ).one()
    is_finished = row.answered_at is not None or row.set_aside_at is not None
    return Claim(is_new=False, is_finished=is_finished, answer_route=row.answer_route)


async def keep_answer(connection: Connection, update_id: int, answer_route: str) -> None:
    """Keep where the answer is, which is to be sent after the commit."""
    await _update(connection, update_id, answer_route=answer_route)


async def answered(connection: Connection, update_id: int, now: dt.datetime) -> None:
    """Write down that the answer was sent, and forget it."""
    await _update(connection, update_id, answered_at=now, answer_route=None)


async def failed(connection: Connection, update_id: int, now: dt.datetime) -> int:
    """Count a failure of this update; hand back how many there were."""
    await connection.execute(
        insert_ignoring(connection, telegram_update).values(
            update_id=update_id, seen_at=now, failures=0
        )
    )
    counted: int = (
        await connection.execute(
            sa.update(telegram_update)
            .where(telegram_update.c.update_id == update_id)
            .values(failures=telegram_update.c.failures + 1)
            .returning(telegram_update.c.failures)
        )
    ).scalar_one()
    return counted


async def set_aside(connection: Connection, update_id: int, now: dt.datetime) -> None:
    """Give the update up, so that it cannot block its sender."""
    await _update(connection, update_id, set_aside_at=now, answer_route=None)


async def forget_before(connection: Connection, before: dt.datetime) -> int:
    """Delete claims older than *before* (Telegram repeats an update for 24 hours at most)."""
    deleted = await connection.execute(
        sa.delete(telegram_update).where(telegram_update.c.seen_at < before)
    )
    return deleted.rowcount


async def _update(connection: Connection, update_id: int, **values: object) -> None:
    await connection.execute(
        sa.update(telegram_update).where(telegram_update.c.update_id == update_id).values(**values)
    )
