"""Which help lines the operator has called, and when. Rows are added and never changed."""

import datetime as dt
from dataclasses import dataclass

import sqlalchemy as sa

from storage.columns import BIG, BLOB, TEXT, UnixTime
from storage.database import Connection
from storage.guards import Guard, append_only
from storage.schema import table

helpline_check = table(
    "helpline_check",
    sa.Column("id", BIG, primary_key=True),
    sa.Column("line_id", TEXT, nullable=False),
    sa.Column("line_sha256", BLOB, nullable=False),
    sa.Column("checked_at", UnixTime, nullable=False),
    sa.Column("checked_by", TEXT, nullable=False),
    sa.CheckConstraint("length(line_sha256) = 32", name="sha256_has_32_bytes"),
    sa.CheckConstraint("length(checked_by) BETWEEN 1 AND 60", name="somebody_checked"),
)

GUARDS: tuple[Guard, ...] = (append_only(helpline_check),)


@dataclass(frozen=True, slots=True)
class Check:
    """
    Somebody called a line and found it to be as it is written.

    Attributes:
        line_sha256: Of what was written then.
    """

    line_sha256: bytes
    checked_at: dt.datetime
    checked_by: str


async def add(connection: Connection, line_id: str, check: Check) -> None:
    """Write down that a line was called."""
    await connection.execute(
        helpline_check.insert().values(
            line_id=line_id,
            line_sha256=check.line_sha256,
            checked_at=check.checked_at,
            checked_by=check.checked_by,
        )
    )


async def newest(connection: Connection) -> dict[str, Check]:
    """The newest check of each line that was ever checked."""
    columns = helpline_check.c
    rows = await connection.execute(sa.select(helpline_check).order_by(columns.id))
    return {row.line_id: Check(row.line_sha256, row.checked_at, row.checked_by) for row in rows}
