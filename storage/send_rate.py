"""
How fast all processes together may send: one row for each pace, with the moment of its next turn.

The row is moved on by whoever takes a turn (the generic cell rate algorithm, without bursts), and
by whoever is told to wait, for everybody. On PostgreSQL the database's clock decides; a SQLite file
is used on one machine, whose clock is as good.
"""

import math
import time

import sqlalchemy as sa

from storage.columns import BIG, TEXT
from storage.database import Connection, insert_ignoring
from storage.schema import table

_MICROS = 1_000_000

send_rate = table(
    "send_rate",
    sa.Column("key", TEXT, primary_key=True),
    sa.Column("tat", BIG, nullable=False),
    sa.CheckConstraint("tat >= 0", name="tat_not_negative"),
)


async def take(connection: Connection, key: str, every_s: float, turns: int = 1) -> float:
    """
    Take *turns* turns at once, if it is time; the next are due when all of these are used up.

    Args:
        key: Names the pace.
        every_s: The distance of two turns.

    Returns:
        0.0 if they were taken; else how many seconds it is until the next turn, and nothing
        was taken.
    """
    now = _now(connection)
    taken = await connection.execute(
        sa.update(send_rate)
        .where(send_rate.c.key == key, send_rate.c.tat <= now)
        .values(tat=now + math.ceil(every_s * turns * _MICROS))
    )
    if taken.rowcount:
        return 0.0
    wait = await connection.scalar(sa.select(send_rate.c.tat - now).where(send_rate.c.key == key))
    if wait is not None:
        return max(float(wait) / _MICROS, 0.001)
    await connection.execute(insert_ignoring(connection, send_rate).values(key=key, tat=0))
    return await take(connection, key, every_s, turns)


async def push(connection: Connection, key: str, wait_s: float) -> None:
    """Nobody takes a turn for *wait_s* seconds from now; never sooner than it was said before."""
    until = _now(connection) + math.ceil(wait_s * _MICROS)
    await connection.execute(insert_ignoring(connection, send_rate).values(key=key, tat=0))
    await connection.execute(
        sa.update(send_rate)
        .where(send_rate.c.key == key, send_rate.c.tat < until)
        .values(tat=until)
    )


def _now(connection: Connection) -> sa.ColumnElement[int]:
    """Microseconds since 1970."""
    if connection.dialect.name == "postgresql":
        clock = sa.extract("epoch", sa.func.clock_timestamp()) * _MICROS
        return sa.cast(clock, sa.BigInteger)
    return sa.literal(time.time_ns() // 1000, BIG)
