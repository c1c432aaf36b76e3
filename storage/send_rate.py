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
    moment = {} if _has_clock(connection) else {"b_now": _micros()}
    step = {"b_key": key, "b_step": math.ceil(every_s * turns * _MICROS)}
    taken = await connection.execute(_TAKE[_has_clock(connection)], moment | step)
    if taken.rowcount:
        return 0.0
    wait = await connection.scalar(_WAIT[_has_clock(connection)], moment | {"b_key": key})
    if wait is not None:
        return max(float(wait) / _MICROS, 0.001)
    await connection.execute(insert_ignoring(connection, send_rate).values(key=key, tat=0))
    return await take(connection, key, every_s, turns)


async def push(connection: Connection, key: str, wait_s: float) -> None:
    """Nobody takes a turn for *wait_s* seconds from now; never sooner than it was said before."""
    now = _DATABASE_CLOCK if _has_clock(connection) else sa.literal(_micros(), BIG)
    until = now + math.ceil(wait_s * _MICROS)
    await connection.execute(insert_ignoring(connection, send_rate).values(key=key, tat=0))
    await connection.execute(
        sa.update(send_rate)
        .where(send_rate.c.key == key, send_rate.c.tat < until)
        .values(tat=until)
    )


def _has_clock(connection: Connection) -> bool:
    return connection.dialect.name == "postgresql"


def _micros() -> int:
    """Microseconds since 1970."""
    return time.time_ns() // 1000


_DATABASE_CLOCK = sa.cast(sa.extract("epoch", sa.func.clock_timestamp()) * _MICROS, sa.BigInteger)
_KEY = send_rate.c.key == sa.bindparam("b_key", type_=TEXT)
_NOW: dict[bool, sa.ColumnElement[int]] = {
    True: _DATABASE_CLOCK,
    False: sa.bindparam("b_now", type_=BIG),
}
# Made once: they are carried out for every message.
_TAKE = {
    has_clock: sa.update(send_rate)
    .where(_KEY, send_rate.c.tat <= now)
    .values(tat=now + sa.bindparam("b_step", type_=BIG))
    for has_clock, now in _NOW.items()
}
_WAIT = {has_clock: sa.select(send_rate.c.tat - now).where(_KEY) for has_clock, now in _NOW.items()}
