"""
The caseload: how many people the organisation knows with which coarse facts. Counts, and nobody.

Each import is a new set with its date, and the newest is the one that counts. None is changed.
"""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from storage import rows
from storage.columns import BIG, TEXT, UnixTime
from storage.database import Connection
from storage.guards import Guard, append_only
from storage.schema import table
from values.bands import COLUMNS

caseload = table(
    "caseload",
    sa.Column("id", BIG, primary_key=True),
    sa.Column("people", BIG, nullable=False),
    sa.Column("staff_id", BIG, sa.ForeignKey("staff.id"), nullable=False),
    sa.Column("imported_at", UnixTime, nullable=False),
    sa.CheckConstraint("people > 0", name="people_positive"),
)

caseload_count = table(
    "caseload_count",
    sa.Column("caseload_id", BIG, sa.ForeignKey("caseload.id"), primary_key=True,
              autoincrement=False),
    *(sa.Column(column, TEXT, primary_key=True) for column in COLUMNS),
    sa.Column("people", BIG, nullable=False),
    *(
        sa.CheckConstraint(
            f"{column} IN ({', '.join(repr(word.value) for word in words)})",
            name=f"known_{column}",
        )
        for column, words in COLUMNS.items()
    ),
    sa.CheckConstraint("people > 0", name="people_positive"),
)  # fmt: skip

GUARDS: tuple[Guard, ...] = (append_only(caseload), append_only(caseload_count))


class CountsDoNotAddUp(Exception):
    """The counts of the newest caseload are not those that were imported. Import it again."""


@dataclass(frozen=True, slots=True)
class Caseload:
    """
    One import.

    Attributes:
        counts: Facts by column, and how many people have them.
    """

    id: int
    people: int
    counts: tuple[tuple[Mapping[str, str], int], ...]
    staff_id: int
    imported_at: dt.datetime


async def add(
    connection: Connection,
    counts: Sequence[tuple[Mapping[str, str], int]],
    *,
    staff_id: int,
    now: dt.datetime,
) -> int:
    """
    Keep *counts* as the caseload from now on; hand back its id.

    Args:
        counts: At least one; each combination once, with one person or more.
    """
    caseload_id = await rows.add(
        connection,
        caseload,
        people=sum(people for _, people in counts),
        staff_id=staff_id,
        imported_at=now,
    )
    await connection.execute(
        sa.insert(caseload_count),
        [{"caseload_id": caseload_id, "people": people, **facts} for facts, people in counts],
    )
    return caseload_id


async def newest(connection: Connection) -> Caseload | None:
    """
    The caseload that counts now; None if none was ever imported.

    Raises:
        CountsDoNotAddUp: somebody has put counts beside those that were imported.
    """
    head = (
        await connection.execute(sa.select(caseload).order_by(caseload.c.id.desc()).limit(1))
    ).one_or_none()
    if head is None:
        return None
    found = await connection.execute(
        sa.select(caseload_count)
        .where(caseload_count.c.caseload_id == head.id)
        .order_by(*(caseload_count.c[column] for column in COLUMNS))
    )
    counts = tuple(
        ({column: getattr(row, column) for column in COLUMNS}, int(row.people)) for row in found
    )
    if sum(people for _, people in counts) != head.people:
        raise CountsDoNotAddUp(CountsDoNotAddUp.__doc__)
    return Caseload(head.id, head.people, counts, head.staff_id, head.imported_at)
