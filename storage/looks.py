"""
"I looked": who has looked at which warning of the gate.

A mark is a keyed hash of the place, the kind and the text itself: with another text there is
another mark, and what was looked at before counts for nothing. Rows are added and never changed.
"""

import datetime as dt
from collections.abc import Collection

import sqlalchemy as sa

from storage.columns import BIG, BLOB, UnixTime
from storage.database import Connection
from storage.guards import Guard, append_only
from storage.schema import table

warning_look = table(
    "warning_look",
    sa.Column("case_id", BIG, sa.ForeignKey("cases.id"), primary_key=True, autoincrement=False),
    sa.Column("mark", BLOB, primary_key=True),
    sa.Column("staff_id", BIG, sa.ForeignKey("staff.id"), primary_key=True, autoincrement=False),
    sa.Column("looked_at", UnixTime, nullable=False),
    sa.CheckConstraint("length(mark) = 32", name="mark_has_32_bytes"),
)

GUARDS: tuple[Guard, ...] = (append_only(warning_look),)


async def add(
    connection: Connection,
    case_id: int,
    marks: Collection[bytes],
    *,
    staff_id: int,
    now: dt.datetime,
) -> int:
    """Write down that *staff_id* looked at *marks*; hand back how many of them are new."""
    known = await of_case(connection, case_id)
    new = sorted(mark for mark in frozenset(marks) if staff_id not in known.get(mark, frozenset()))
    if new:
        await connection.execute(
            sa.insert(warning_look),
            [
                {"case_id": case_id, "mark": mark, "staff_id": staff_id, "looked_at": now}
                for mark in new
            ],
        )
    return len(new)


async def of_case(connection: Connection, case_id: int) -> dict[bytes, frozenset[int]]:
    """Who looked at each mark of the case."""
    found = await connection.execute(
        sa.select(warning_look.c.mark, warning_look.c.staff_id).where(
            warning_look.c.case_id == case_id
        )
    )
    looked: dict[bytes, frozenset[int]] = {}
    for row in found:
        looked[row.mark] = looked.get(row.mark, frozenset()) | {row.staff_id}
    return looked
