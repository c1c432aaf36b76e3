"""
Events that Stripe sent: remembered once, with what became of each.

Of an event only its id, type, object and times are kept: its body holds names and e-mails of
donors. Everything else is read again from Stripe when it is needed.
"""

import datetime as dt
from collections.abc import Collection

import sqlalchemy as sa

from storage.columns import TEXT, Flag, UnixTime
from storage.database import Connection, insert_ignoring
from storage.schema import table

stripe_event = table(
    "stripe_event",
    sa.Column("id", TEXT, primary_key=True),
    sa.Column("type", TEXT, nullable=False),
    sa.Column("object_id", TEXT, nullable=False),
    sa.Column("created_at", UnixTime, nullable=False),
    sa.Column("received_at", UnixTime, nullable=False),
    sa.Column("outcome", TEXT),
    sa.Column("delivered", Flag, nullable=False),
    sa.CheckConstraint("outcome IN ('handled', 'ignored', 'set_aside')", name="known_outcome"),
)


async def remember(
    connection: Connection,
    *,
    event_id: str,
    event_type: str,
    object_id: str,
    created_at: dt.datetime,
    now: dt.datetime,
    delivered: bool = True,
) -> str | None:
    """
    Remember the event; hand back its outcome, None if it is still to be dealt with.

    Args:
        delivered: It came by itself; else somebody had to ask for it.
    """
    added = await connection.execute(
        insert_ignoring(connection, stripe_event).values(
            id=event_id,
            type=event_type,
            object_id=object_id,
            created_at=created_at,
            received_at=now,
            delivered=delivered,
        )
    )
    if delivered and not added.rowcount:
        event = stripe_event.c
        await connection.execute(
            sa.update(stripe_event)
            .where(event.id == event_id, event.delivered == False)  # noqa: E712
            .values(delivered=True)
        )
    outcome: str | None = await connection.scalar(
        sa.select(stripe_event.c.outcome).where(stripe_event.c.id == event_id)
    )
    return outcome


async def set_outcome(connection: Connection, event_id: str, outcome: str) -> None:
    """Write down what became of an event: handled, ignored or set_aside."""
    await connection.execute(
        sa.update(stripe_event).where(stripe_event.c.id == event_id).values(outcome=outcome)
    )


async def dealt_with(connection: Connection, event_ids: Collection[str]) -> set[str]:
    """Those of the events that need nothing more."""
    rows = await connection.execute(
        sa.select(stripe_event.c.id).where(
            stripe_event.c.id.in_(event_ids), stripe_event.c.outcome.is_not(None)
        )
    )
    return set(rows.scalars())


async def newest_delivered(connection: Connection) -> dt.datetime | None:
    """When the newest event that came by itself was made; None if none ever came."""
    found: dt.datetime | None = await connection.scalar(
        sa.select(stripe_event.c.created_at)
        .where(stripe_event.c.delivered == True)  # noqa: E712
        .order_by(stripe_event.c.created_at.desc())
        .limit(1)
    )
    return found
