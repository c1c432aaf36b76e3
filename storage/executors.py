"""
Executors: the processes that carry out jobs, and how the others notice that one is dead.

Each process counts up its own row as long as it lives. The others compare no clocks: an executor
is silent when its count has stood still for a while by the observer's own clock. So a clock that
is wrong, or a machine that slept, makes nobody dead.
"""

import datetime as dt
import time
from collections.abc import Callable, Hashable, Mapping

import sqlalchemy as sa

from storage.columns import BIG, TEXT, UnixTime
from storage.database import Connection, insert
from storage.schema import table

executor = table(
    "executor",
    sa.Column("id", TEXT, primary_key=True),
    sa.Column("beats", BIG, nullable=False),
    sa.Column("seen_at", UnixTime, nullable=False),
    sa.CheckConstraint("beats > 0", name="beats_positive"),
)


async def beat(connection: Connection, executor_id: str, now: dt.datetime) -> None:
    """Give a sign of life; the first makes the row, also after others took it away."""
    await connection.execute(
        insert(connection, executor)
        .values(id=executor_id, beats=1, seen_at=now)
        .on_conflict_do_update(
            index_elements=["id"], set_={"beats": executor.c.beats + 1, "seen_at": now}
        )
    )


async def beats(connection: Connection) -> dict[str, int]:
    """The count of every executor that has a row."""
    rows = await connection.execute(sa.select(executor.c.id, executor.c.beats))
    return {row.id: row.beats for row in rows}


async def forget(connection: Connection, executor_ids: set[str]) -> None:
    """Take the rows of these executors away. One that still lives makes its row anew."""
    await connection.execute(sa.delete(executor).where(executor.c.id.in_(executor_ids)))


class Silence:
    """
    Notices what has not changed for a while.

    What comes back after it was gone, or with another sign, is observed anew.
    """

    def __init__(self, limit_s: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._limit_s = limit_s
        self._clock = clock
        self._seen: dict[str, tuple[Hashable, float]] = {}

    def among(self, signs: Mapping[str, Hashable]) -> set[str]:
        """
        Observe all there is now, and hand back what has been silent for the limit or longer.

        Args:
            signs: What changes while the thing lives, by its name.
        """
        now = self._clock()
        self._seen = {
            name: self._seen[name]
            if name in self._seen and self._seen[name][0] == sign
            else (sign, now)
            for name, sign in signs.items()
        }
        return {name for name, (_, since) in self._seen.items() if now - since >= self._limit_s}
