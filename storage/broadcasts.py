"""
Broadcasts: one piece of news to all who follow, and a row for each of them.

A broadcast names the fact (update 12 of a case, half of a plan funded), never a text, and there is
one for each fact. It is wanted in the transaction of the fact, rests for a while so that staff can
look, and then becomes deliveries, all in one statement.
"""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

import sqlalchemy as sa

from storage import rows
from storage.columns import BIG, BLOB, TEXT, Flag, UnixTime
from storage.database import Connection, insert_ignoring
from storage.followers import Pace, follower, subscription
from storage.people import person
from storage.schema import table


class Kind(StrEnum):
    """
    What is told, and what the subject of its broadcast is.

    UPDATE: news of a case; the update. FUNDED: how far a plan is funded; 50, 90 or 100. SPENT: on
    a line; the disbursement. ENDED: a plan is complete, or ended; the case. NEW_CASE: somebody
    new, told to those who asked for it; the case. DIGEST: all that waited for whoever wants to
    hear once a week; the week as 202649, of no case.
    """

    UPDATE = "update"
    FUNDED = "funded"
    SPENT = "spent"
    COMPLETE = "complete"
    ENDED = "ended"
    NEW_CASE = "new_case"
    DIGEST = "digest"


AT_ONCE_TO_ALL = (Kind.COMPLETE, Kind.ENDED, Kind.DIGEST)
"""What is not held for a digest: the last that is heard of a plan, and the digest itself."""


class BroadcastState(StrEnum):
    """
    WANTED: it rests until it starts. PAUSED: nothing is sent until somebody lets it go on. RUNNING:
    its deliveries are there, and are sent. CANCELLED: nothing more is sent. DONE: nothing is left.
    """

    WANTED = "wanted"
    PAUSED = "paused"
    RUNNING = "running"
    CANCELLED = "cancelled"
    DONE = "done"


class DeliveryState(StrEnum):
    """
    PENDING: to be sent when it is due, unless somebody has it in hand until then. SENDING: on its
    way; after its time nobody knows whether it arrived, and only staff send it again. SENT: it
    arrived. GONE: the chat takes nothing. DEAD: refused too often. HELD: for the week's digest.
    RETRACTED: dropped, or edited away. UNSAID: there was nothing to tell when its turn came.
    """

    PENDING = "pending"
    SENDING = "sending"
    SENT = "sent"
    GONE = "gone"
    DEAD = "dead"
    HELD = "held"
    RETRACTED = "retracted"
    UNSAID = "unsaid"


def _words(words: type[StrEnum]) -> str:
    return ", ".join(f"'{word}'" for word in words)


broadcast = table(
    "broadcast",
    sa.Column("id", BIG, primary_key=True),
    # Case and subject once more: in a key of several columns NULL is never the same as NULL.
    sa.Column("fact", TEXT, nullable=False, unique=True),
    sa.Column("kind", TEXT, nullable=False),
    sa.Column("case_id", BIG, sa.ForeignKey("cases.id"), index=True),
    sa.Column("subject_id", BIG, nullable=False),
    sa.Column("state", TEXT, nullable=False),
    sa.Column("wanted_at", UnixTime, nullable=False),
    sa.Column("starts_at", UnixTime, nullable=False),
    sa.Column("made_at", UnixTime),
    sa.CheckConstraint(f"kind IN ({_words(Kind)})", name="known_kind"),
    sa.CheckConstraint(f"state IN ({_words(BroadcastState)})", name="known_state"),
    sa.CheckConstraint("(kind = 'digest') = (case_id IS NULL)", name="digest_of_no_case"),
    sa.CheckConstraint(
        "state NOT IN ('running', 'done') OR made_at IS NOT NULL", name="made_before_it_runs"
    ),
    sa.Index("ix_broadcast_state", "state", "starts_at"),
)

delivery = table(
    "delivery",
    sa.Column("id", BIG, primary_key=True),
    sa.Column("broadcast_id", BIG, sa.ForeignKey("broadcast.id"), nullable=False),
    sa.Column("person_id", BIG, sa.ForeignKey("person.id", ondelete="CASCADE"), nullable=False),
    sa.Column("state", TEXT, nullable=False),
    sa.Column("attempts", BIG, nullable=False),
    sa.Column("due_at", UnixTime, nullable=False),
    sa.Column("message_sealed", BLOB),
    sa.Column("opened", Flag, nullable=False),
    sa.Column("last_error", TEXT),
    sa.UniqueConstraint("broadcast_id", "person_id"),
    sa.CheckConstraint(f"state IN ({_words(DeliveryState)})", name="known_state"),
    sa.CheckConstraint("attempts >= 0", name="attempts_not_negative"),
    sa.Index("ix_delivery_broadcast_id", "broadcast_id", "state", "due_at"),
    sa.Index("ix_delivery_person_id", "person_id", "state", "due_at"),
)


@dataclass(frozen=True, slots=True)
class Broadcast:
    """
    One piece of news to all who follow.

    Attributes:
        case_id: None for a digest.
        subject_id: What it is about; see `Kind`.
        starts_at: Not before; until then it rests.
        made_at: When its deliveries were made; None if they are not.
    """

    id: int
    kind: Kind
    case_id: int | None
    subject_id: int
    state: BroadcastState
    wanted_at: dt.datetime
    starts_at: dt.datetime
    made_at: dt.datetime | None


async def want(
    connection: Connection,
    kind: Kind,
    case_id: int | None,
    subject_id: int,
    *,
    now: dt.datetime,
    starts_at: dt.datetime,
    state: BroadcastState = BroadcastState.WANTED,
) -> int | None:
    """
    Want this told; hand back the broadcast's id, or None if it was wanted before.

    Args:
        state: `CANCELLED` for what shall never be told, because something newer says more.
    """
    added = await connection.execute(
        insert_ignoring(connection, broadcast)
        .values(
            fact=_fact(kind, case_id, subject_id),
            kind=kind,
            case_id=case_id,
            subject_id=subject_id,
            state=state,
            wanted_at=now,
            starts_at=starts_at,
        )
        .returning(broadcast.c.id)
    )
    broadcast_id: int | None = added.scalar_one_or_none()
    return broadcast_id


async def by_id(connection: Connection, broadcast_id: int) -> Broadcast | None:
    """The broadcast with this id, or None."""
    found = await _load(connection, broadcast.c.id == broadcast_id)
    return found[0] if found else None


async def lock(connection: Connection, broadcast_id: int) -> Broadcast | None:
    """The same, and nobody else changes it until the transaction ends."""
    if connection.dialect.name == "postgresql":
        await connection.execute(
            sa.select(broadcast.c.id).where(broadcast.c.id == broadcast_id).with_for_update()
        )
    return await by_id(connection, broadcast_id)


async def newest(connection: Connection, most: int) -> list[Broadcast]:
    """The last ones that were wanted, newest first."""
    return await _load(connection, sa.true(), newest_first=True, most=most)


async def any_runs(connection: Connection) -> bool:
    """Whether there may be anything to send."""
    runs = broadcast.c.state == BroadcastState.RUNNING
    return bool(await rows.count(connection, broadcast, runs))


async def due_to_start(connection: Connection, now: dt.datetime) -> list[Broadcast]:
    """Those that have rested long enough, oldest first."""
    rested = sa.and_(
        broadcast.c.state == BroadcastState.WANTED,
        broadcast.c.made_at.is_(None),
        broadcast.c.starts_at <= now,
    )
    return await _load(connection, rested)


async def make(connection: Connection, broadcast_id: int, now: dt.datetime) -> int | None:
    """
    Make the deliveries of a broadcast that has rested, and let it run; hand back how many.

    None if it is not its time, or it was paused, cancelled or made before.
    """
    begun = await connection.execute(
        sa.update(broadcast)
        .where(
            broadcast.c.id == broadcast_id,
            broadcast.c.state == BroadcastState.WANTED,
            broadcast.c.made_at.is_(None),
            broadcast.c.starts_at <= now,
        )
        .values(state=BroadcastState.RUNNING, made_at=now)
        .returning(broadcast.c.kind, broadcast.c.case_id)
    )
    row = begun.one_or_none()
    if row is None:
        return None
    chosen = recipients(Kind(row.kind), row.case_id).subquery()
    is_held = sa.false() if row.kind in AT_ONCE_TO_ALL else chosen.c.pace == Pace.WEEKLY
    columns = ("broadcast_id", "person_id", "state", "attempts", "due_at", "opened")
    made = await connection.execute(
        sa.insert(delivery).from_select(
            columns,
            sa.select(
                sa.literal(broadcast_id, BIG),
                chosen.c.person_id,
                sa.case((is_held, DeliveryState.HELD), else_=DeliveryState.PENDING),
                sa.literal(0, BIG),
                sa.literal(now, UnixTime),
                sa.literal(False, Flag()),
            ),
            include_defaults=False,
        )
    )
    return int(made.rowcount)


def recipients(kind: Kind, case_id: int | None) -> sa.Select[tuple[int, str, str | None]]:
    """Who is to be told: person_id, pace and the language chosen, of those who can be reached."""
    chosen = sa.select(
        person.c.id.label("person_id"), follower.c.pace, person.c.locale
    ).select_from(person.join(follower, follower.c.person_id == person.c.id))
    reached = chosen.where(person.c.gone == sa.literal(False, Flag()))
    match kind:
        case Kind.DIGEST:
            return reached.where(person.c.id.in_(_have_something_held()))
        case Kind.NEW_CASE:
            return reached.where(follower.c.follows_new == sa.literal(True, Flag()))
    followed = sa.select(subscription.c.person_id).where(subscription.c.case_id == case_id)
    return reached.where(person.c.id.in_(followed))


def _have_something_held() -> sa.Select[tuple[int]]:
    return sa.select(delivery.c.person_id).where(delivery.c.state == DeliveryState.HELD)


async def set_state(connection: Connection, broadcast_id: int, state: BroadcastState) -> None:
    """Let the broadcast be in this state; whoever calls has locked it."""
    await connection.execute(
        sa.update(broadcast).where(broadcast.c.id == broadcast_id).values(state=state)
    )


async def cancel_of_case(connection: Connection, case_id: int) -> int:
    """Nothing more is told of the case for now; hand back how many broadcasts that ended."""
    ended = await connection.execute(
        sa.update(broadcast)
        .where(broadcast.c.case_id == case_id, broadcast.c.state.in_(_NOT_OVER))
        .values(state=BroadcastState.CANCELLED)
    )
    return ended.rowcount


async def cancel(connection: Connection, kind: Kind, case_id: int | None, subject_id: int) -> None:
    """This is told no more, if it was wanted and is not all told."""
    await connection.execute(
        sa.update(broadcast)
        .where(
            broadcast.c.fact == _fact(kind, case_id, subject_id), broadcast.c.state.in_(_NOT_OVER)
        )
        .values(state=BroadcastState.CANCELLED)
    )


async def finish(connection: Connection, now: dt.datetime) -> list[int]:
    """End the broadcasts of which nothing waits and nothing is on its way; hand back which."""
    open_one = sa.exists().where(
        delivery.c.broadcast_id == broadcast.c.id,
        sa.or_(
            delivery.c.state == DeliveryState.PENDING,
            sa.and_(delivery.c.state == DeliveryState.SENDING, delivery.c.due_at > now),
        ),
    )
    ended = await connection.execute(
        sa.update(broadcast)
        .where(broadcast.c.state == BroadcastState.RUNNING, ~open_one)
        .values(state=BroadcastState.DONE)
        .returning(broadcast.c.id)
    )
    return list(ended.scalars())


async def languages(
    connection: Connection, kind: Kind, case_id: int | None
) -> Mapping[str | None, int]:
    """How many would be told now, by the language they chose; None: they chose none."""
    chosen = recipients(kind, case_id).subquery()
    counted = await connection.execute(
        sa.select(chosen.c.locale, sa.func.count()).group_by(chosen.c.locale)
    )
    return {row[0]: row[1] for row in counted}


async def states(connection: Connection, broadcast_id: int) -> Mapping[DeliveryState, int]:
    """How many deliveries of the broadcast are in each state."""
    counted = await connection.execute(
        sa.select(delivery.c.state, sa.func.count())
        .where(delivery.c.broadcast_id == broadcast_id)
        .group_by(delivery.c.state)
    )
    return {DeliveryState(row[0]): row[1] for row in counted}


async def opened(connection: Connection, broadcast_id: int) -> int:
    """How many have opened what they were told."""
    is_open = delivery.c.opened == sa.literal(True, Flag())
    return await rows.count(connection, delivery, delivery.c.broadcast_id == broadcast_id, is_open)


_NOT_OVER = (BroadcastState.WANTED, BroadcastState.PAUSED, BroadcastState.RUNNING)


def _fact(kind: Kind, case_id: int | None, subject_id: int) -> str:
    return f"{kind}/{'' if case_id is None else case_id}/{subject_id}"


async def _load(
    connection: Connection,
    where: sa.ColumnElement[bool],
    *,
    newest_first: bool = False,
    most: int | None = None,
) -> list[Broadcast]:
    order = broadcast.c.id.desc() if newest_first else broadcast.c.id
    found: Sequence[sa.Row[tuple[object, ...]]] = (
        await connection.execute(sa.select(broadcast).where(where).order_by(order).limit(most))
    ).all()
    return [
        Broadcast(
            row.id,
            Kind(row.kind),
            row.case_id,
            row.subject_id,
            BroadcastState(row.state),
            row.wanted_at,
            row.starts_at,
            row.made_at,
        )
        for row in found
    ]
