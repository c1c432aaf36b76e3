"""
The secret list of a case: keyed hashes of words that must be nowhere in what is told of it.

No word is kept. A list only grows: a row is never changed and never goes.
"""

import datetime as dt
from collections.abc import Collection

import sqlalchemy as sa

from storage import rows
from storage.columns import BIG, BLOB, UnixTime
from storage.database import Connection
from storage.guards import Guard, append_only
from storage.schema import table

case_secret = table(
    "case_secret",
    sa.Column("id", BIG, primary_key=True),
    sa.Column("case_id", BIG, sa.ForeignKey("cases.id"), nullable=False),
    sa.Column("print", BLOB, nullable=False),
    sa.Column("staff_id", BIG, sa.ForeignKey("staff.id"), nullable=False),
    sa.Column("kept_at", UnixTime, nullable=False),
    sa.UniqueConstraint("case_id", "print"),
    # A length, and 16 bytes of a hash: what is shorter would fit too many words.
    sa.CheckConstraint("length(print) = 17", name="print_has_17_bytes"),
)

GUARDS: tuple[Guard, ...] = (append_only(case_secret),)


async def add(
    connection: Connection,
    case_id: int,
    prints: Collection[bytes],
    *,
    staff_id: int,
    now: dt.datetime,
) -> int:
    """Keep *prints*, as far as they are not there; hand back how many are new."""
    new = sorted(frozenset(prints) - await of_case(connection, case_id))
    for one in new:
        await rows.add(
            connection, case_secret, case_id=case_id, print=one, staff_id=staff_id, kept_at=now
        )
    return len(new)


async def of_case(connection: Connection, case_id: int) -> frozenset[bytes]:
    """The prints of the case; may be none."""
    found = await connection.scalars(
        sa.select(case_secret.c.print).where(case_secret.c.case_id == case_id)
    )
    return frozenset(found)
