"""Alarms: what the operator must look at. One row for each thing, however often it is noticed."""

import datetime as dt
from dataclasses import dataclass

import sqlalchemy as sa

from storage import rows
from storage.columns import BIG, TEXT, UnixTime
from storage.database import Connection, insert_ignoring
from storage.schema import table

alarm = table(
    "alarm",
    sa.Column("id", BIG, primary_key=True),
    sa.Column("kind", TEXT, nullable=False),
    sa.Column("subject", TEXT, nullable=False),
    sa.Column("raised_at", UnixTime, nullable=False),
    sa.UniqueConstraint("kind", "subject"),
)


@dataclass(frozen=True, slots=True)
class Alarm:
    """An alarm as it was rung; `kind` and `subject` as `ring` says."""

    kind: str
    subject: str
    raised_at: dt.datetime


async def ring(connection: Connection, kind: str, subject: str, now: dt.datetime) -> bool:
    """
    Raise an alarm; True if it is a new one.

    Args:
        kind: What happened, a fixed word.
        subject: Which thing it happened to, an identifier; never a name or a text.
    """
    added = await connection.execute(
        insert_ignoring(connection, alarm).values(kind=kind, subject=subject, raised_at=now)
    )
    return bool(added.rowcount)


async def count(connection: Connection) -> int:
    """How many alarms there are."""
    return await rows.count(connection, alarm)


async def since(connection: Connection, moment: dt.datetime) -> list[Alarm]:
    """The alarms rung at *moment* or later, newest first."""
    found = await connection.execute(
        sa.select(alarm.c.kind, alarm.c.subject, alarm.c.raised_at)
        .where(alarm.c.raised_at >= moment)
        .order_by(alarm.c.raised_at.desc(), alarm.c.id.desc())
    )
    return [Alarm(*row) for row in found]
