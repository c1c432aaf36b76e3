"""
Deliveries: who is told, whose turn it is, and what became of each.

A sender takes a few that are due and has them in hand until a time; what a dead sender had in hand
is due again after it. Right before a message goes out its row becomes `sending`, and right after it
`sent`: whatever is left `sending` after its time may have arrived or not. It is never sent again by
itself; staff see it and decide.
"""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from storage import people
from storage.broadcasts import BroadcastState, DeliveryState, Kind, broadcast, delivery
from storage.columns import BLOB, Flag, UnixTime
from storage.database import Connection
from storage.followers import Pace, Quiet, follower, subscription
from storage.people import Person, person
from storage.sealing import Seal

_MESSAGE = "delivery"
BETWEEN_TWO = dt.timedelta(seconds=2)
"""So long one chat is left alone after a message: one a second, and seconds are cut off here."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """
    One piece of news to one follower, in the hand of a sender.

    Attributes:
        attempts: How often it was tried before.
        until: When it is no longer in this sender's hand.
    """

    id: int
    broadcast_id: int
    kind: Kind
    case_id: int | None
    subject_id: int
    person_id: int
    attempts: int
    until: dt.datetime


@dataclass(frozen=True, slots=True)
class SentMessage:
    """A message that tells news, as it stands in a chat."""

    delivery_id: int
    person_id: int
    message_id: int
    has_picture: bool


@dataclass(frozen=True, slots=True)
class Uncertain:
    """
    A delivery of which nobody knows whether it arrived.

    Attributes:
        why: `no_answer`, or None: the sender died on the way.
    """

    id: int
    person_id: int
    since: dt.datetime
    why: str | None


@dataclass(frozen=True, slots=True)
class Hearer:
    """
    Somebody who follows and can be reached, as a sender needs them.

    Attributes:
        quiet: None: news may come at any hour.
    """

    person: Person
    chat_id: int
    pace: Pace
    quiet: Quiet | None


async def claim(
    connection: Connection, now: dt.datetime, until: dt.datetime, most: int
) -> list[Delivery]:
    """
    Take about *most* due deliveries in hand, at most one of a person.

    Every broadcast that runs gets the same share, so that a small one does not wait for a large.
    """
    running = (
        await connection.execute(
            sa.select(broadcast.c.id, broadcast.c.kind, broadcast.c.case_id, broadcast.c.subject_id)
            .where(broadcast.c.state == BroadcastState.RUNNING)
            .order_by(broadcast.c.id)
        )
    ).all()
    taken: dict[int, Delivery] = {}
    for each in running:
        share = -(-most // len(running))
        for row in await _take(connection, each.id, now, until, share):
            # Another of the same person waits until this one's time is over.
            taken.setdefault(
                row.person_id,
                Delivery(
                    row.id, each.id, Kind(each.kind), each.case_id, each.subject_id,
                    row.person_id, row.attempts, until,
                ),
            )  # fmt: skip
    return sorted(taken.values(), key=lambda one: one.id)


async def _take(
    connection: Connection, broadcast_id: int, now: dt.datetime, until: dt.datetime, most: int
) -> Sequence[sa.Row[tuple[int, int, int]]]:
    chosen = (
        sa.select(delivery.c.id)
        .where(
            delivery.c.broadcast_id == broadcast_id,
            delivery.c.state == DeliveryState.PENDING,
            delivery.c.due_at <= now,
        )
        .order_by(delivery.c.due_at)
        .limit(most)
    )
    if connection.dialect.name == "postgresql":
        chosen = chosen.with_for_update(skip_locked=True)
    found = await connection.execute(
        sa.update(delivery)
        .where(delivery.c.id.in_(chosen))
        .values(due_at=until)
        .returning(delivery.c.id, delivery.c.person_id, delivery.c.attempts)
    )
    return found.all()


async def begin(
    connection: Connection, mine: Sequence[Delivery], now: dt.datetime, until: dt.datetime
) -> set[int]:
    """
    Let *mine* be on their way from now; hand back the ids of those that may go out.

    Not those of a broadcast that does not run any more, those that are in my hand no longer, those
    to somebody who has stopped to follow, and those of a chat that was written to a moment ago. If
    nobody says what became of one until *until*, it is uncertain.
    """
    begun = await connection.execute(
        _BEGIN, _in_hand(mine) | {"b_later": until, "b_moment": now - BETWEEN_TWO}
    )
    return set(begun.scalars())


def _in_hand(mine: Sequence[Delivery]) -> dict[str, object]:
    """The values for `_IN_HAND`; all of *mine* were taken by one claim."""
    (until,) = {each.until for each in mine}
    return {"b_ids": [each.id for each in mine], "b_until": until}


def _may_go_out() -> sa.ColumnElement[bool]:
    """The broadcast runs, and the person still wants to hear of it."""
    follows = sa.exists().where(
        subscription.c.person_id == delivery.c.person_id,
        subscription.c.case_id == broadcast.c.case_id,
    )
    hears = sa.exists().where(
        follower.c.person_id == delivery.c.person_id,
        sa.or_(broadcast.c.kind == Kind.DIGEST, follower.c.follows_new == sa.literal(True, Flag())),
    )
    by_kind = sa.case((broadcast.c.kind.in_((Kind.DIGEST, Kind.NEW_CASE)), hears), else_=follows)
    return sa.exists().where(
        broadcast.c.id == delivery.c.broadcast_id,
        broadcast.c.state == BroadcastState.RUNNING,
        by_kind,
    )


_IN_HAND = sa.and_(
    delivery.c.id.in_(sa.bindparam("b_ids", expanding=True)),
    delivery.c.state == DeliveryState.PENDING,
    delivery.c.due_at == sa.bindparam("b_until", type_=UnixTime),
)
"""What nobody else has taken since."""


def _was_written_to() -> sa.ColumnElement[bool]:
    """Another message to the same chat is on its way, or arrived since the moment given."""
    other = delivery.alias("other")
    return sa.exists().where(
        other.c.person_id == delivery.c.person_id,
        other.c.state.in_((DeliveryState.SENDING, DeliveryState.SENT)),
        other.c.due_at > sa.bindparam("b_moment", type_=UnixTime),
    )


# These two are made once: they are carried out for every message.
_BEGIN = (
    sa.update(delivery)
    .where(_IN_HAND, _may_go_out(), ~_was_written_to())
    .values(
        state=DeliveryState.SENDING,
        attempts=delivery.c.attempts + 1,
        due_at=sa.bindparam("b_later", type_=UnixTime),
    )
    .returning(delivery.c.id)
)
_SENT = (
    sa.update(delivery)
    .where(
        delivery.c.id == sa.bindparam("b_id"),
        delivery.c.state == DeliveryState.SENDING,
        delivery.c.attempts == sa.bindparam("b_attempts"),
    )
    .values(
        state=DeliveryState.SENT,
        due_at=sa.bindparam("b_now", type_=UnixTime),
        message_sealed=sa.bindparam("b_message", type_=BLOB),
        last_error=None,
    )
)


async def give_back(connection: Connection, mine: Sequence[Delivery], due_at: dt.datetime) -> None:
    """Let *mine* out of hand, which never were on their way: they are due at *due_at*."""
    statement = sa.update(delivery).where(_IN_HAND).values(due_at=due_at)
    await connection.execute(statement, _in_hand(mine))


async def settle(
    connection: Connection, mine: Delivery, state: DeliveryState, reason: str | None = None
) -> None:
    """Say of one in hand, which never was on its way, that it is not to be sent now, or ever."""
    statement = sa.update(delivery).where(_IN_HAND).values(state=state, last_error=reason)
    await connection.execute(statement, _in_hand([mine]))


async def sent(
    connection: Connection,
    seal: Seal,
    arrived: Sequence[tuple[Delivery, int, bool]],
    now: dt.datetime,
) -> None:
    """Each of these arrived: as which message, and whether it has a picture."""
    await connection.execute(
        _SENT,
        [
            {
                "b_id": mine.id,
                "b_attempts": mine.attempts + 1,
                "b_now": now,
                "b_message": seal.seal(_MESSAGE, f"{message_id} {int(has_picture)}".encode()),
            }
            for mine, message_id, has_picture in arrived
        ],
    )


async def again(connection: Connection, mine: Delivery, due_at: dt.datetime, reason: str) -> None:
    """It was certainly refused, and is to be sent again at *due_at*."""
    await _ended(connection, mine, state=DeliveryState.PENDING, due_at=due_at, last_error=reason)


async def asked_to_wait(connection: Connection, mine: Delivery, due_at: dt.datetime) -> None:
    """The whole bot was told to wait: no fault of this one's, so no attempt is counted."""
    await _ended(
        connection, mine, state=DeliveryState.PENDING, due_at=due_at, attempts=mine.attempts
    )


async def ended(connection: Connection, mine: Delivery, state: DeliveryState, reason: str) -> None:
    """It was certainly refused, and is not sent again: `GONE` or `DEAD`."""
    await _ended(connection, mine, state=state, last_error=reason)


async def lost_sight(connection: Connection, mine: Delivery, now: dt.datetime) -> None:
    """Nobody answered: it is uncertain from now on."""
    await _ended(connection, mine, state=DeliveryState.SENDING, due_at=now, last_error="no_answer")


async def _ended(connection: Connection, mine: Delivery, **values: object) -> None:
    await connection.execute(
        sa.update(delivery)
        .where(
            delivery.c.id == mine.id,
            delivery.c.state == DeliveryState.SENDING,
            delivery.c.attempts == mine.attempts + 1,
        )
        .values(**values)
    )


async def hearers(
    connection: Connection, seal: Seal, person_ids: Sequence[int]
) -> dict[int, Hearer]:
    """Those of these people who follow anybody and can be reached, as they are now."""
    found = await connection.execute(
        sa.select(
            *people.COLUMNS,
            person.c.chat_sealed,
            follower.c.pace,
            follower.c.offset_minutes,
            follower.c.quiet_from,
            follower.c.quiet_until,
        )
        .join(follower, follower.c.person_id == person.c.id)
        .where(person.c.id.in_(person_ids), person.c.gone == sa.literal(False, Flag()))
    )
    return {
        row.id: Hearer(
            Person(*row[: len(people.COLUMNS)]),
            people.unseal_chat(seal, row.chat_sealed),
            Pace(row.pace),
            None
            if row.quiet_from is None
            else Quiet(row.offset_minutes, row.quiet_from, row.quiet_until),
        )
        for row in found
    }


async def end_held(
    connection: Connection, person_id: int, before: dt.datetime, state: DeliveryState
) -> None:
    """What was held for this person until *before* is told, or nothing is left of it."""
    await connection.execute(
        sa.update(delivery)
        .where(
            delivery.c.person_id == person_id,
            delivery.c.state == DeliveryState.HELD,
            delivery.c.due_at <= before,
        )
        .values(state=state)
    )


async def uncertain(connection: Connection, broadcast_id: int, now: dt.datetime) -> list[Uncertain]:
    """The deliveries of which nobody knows whether they arrived, oldest first."""
    found = await connection.execute(
        sa.select(delivery.c.id, delivery.c.person_id, delivery.c.due_at, delivery.c.last_error)
        .where(_is_uncertain(broadcast_id, now))
        .order_by(delivery.c.id)
    )
    return [Uncertain(*row) for row in found]


async def resend(
    connection: Connection, broadcast_id: int, now: dt.datetime, ids: Sequence[int] | None
) -> int:
    """
    Send again what is uncertain or dead; hand back how many.

    Args:
        ids: Of deliveries; None: all that are uncertain.
    """
    which = _is_uncertain(broadcast_id, now)
    if ids is not None:
        dead = sa.and_(
            delivery.c.broadcast_id == broadcast_id, delivery.c.state == DeliveryState.DEAD
        )
        which = sa.and_(sa.or_(which, dead), delivery.c.id.in_(ids))
    again = await connection.execute(
        sa.update(delivery)
        .where(which)
        .values(state=DeliveryState.PENDING, attempts=0, due_at=now, last_error=None)
    )
    return again.rowcount


async def count_uncertain(
    connection: Connection, now: dt.datetime, broadcast_ids: Sequence[int]
) -> Mapping[int, int]:
    """How many are uncertain in each of these broadcasts, where there are any."""
    counted = await connection.execute(
        sa.select(delivery.c.broadcast_id, sa.func.count())
        .where(
            delivery.c.broadcast_id.in_(broadcast_ids),
            delivery.c.state == DeliveryState.SENDING,
            delivery.c.due_at <= now,
        )
        .group_by(delivery.c.broadcast_id)
    )
    return {row[0]: row[1] for row in counted}


def _is_uncertain(broadcast_id: int, now: dt.datetime) -> sa.ColumnElement[bool]:
    return sa.and_(
        delivery.c.broadcast_id == broadcast_id,
        delivery.c.state == DeliveryState.SENDING,
        delivery.c.due_at <= now,
    )


async def drop_waiting(connection: Connection, broadcast_id: int) -> int:
    """What was not sent yet never will be; hand back how many."""
    dropped = await connection.execute(
        sa.update(delivery)
        .where(
            delivery.c.broadcast_id == broadcast_id,
            delivery.c.state.in_((DeliveryState.PENDING, DeliveryState.HELD)),
        )
        .values(state=DeliveryState.RETRACTED)
    )
    return dropped.rowcount


async def standing(
    connection: Connection, seal: Seal, broadcast_id: int, most: int
) -> list[SentMessage]:
    """Messages of the broadcast that stand in chats and were not edited away, at most so many."""
    found = await connection.execute(
        sa.select(delivery.c.id, delivery.c.person_id, delivery.c.message_sealed)
        .where(
            delivery.c.broadcast_id == broadcast_id,
            delivery.c.state == DeliveryState.SENT,
            delivery.c.message_sealed.is_not(None),
        )
        .order_by(delivery.c.id)
        .limit(most)
    )
    messages = []
    for row in found:
        message_id, has_picture = seal.unseal(_MESSAGE, row.message_sealed).decode().split()
        messages.append(SentMessage(row.id, row.person_id, int(message_id), has_picture == "1"))
    return messages


async def retracted(connection: Connection, became: Mapping[int, bool]) -> None:
    """
    What became of messages, by delivery: edited away, or Telegram will not change them.

    Those that will not change stay `sent`; their message is forgotten, for nothing can be done.
    """
    for was_edited in (True, False):
        ids = [each for each, edited in became.items() if edited is was_edited]
        if ids:
            state = DeliveryState.RETRACTED if was_edited else DeliveryState.SENT
            await connection.execute(
                sa.update(delivery)
                .where(delivery.c.id.in_(ids))
                .values(
                    state=state,
                    message_sealed=None,
                    last_error=None if was_edited else "not_editable",
                )
            )


async def on_their_way(connection: Connection, broadcast_id: int, now: dt.datetime) -> bool:
    """Whether any message of the broadcast may still arrive without anybody's doing."""
    found = await connection.scalar(
        sa.select(delivery.c.id)
        .where(
            delivery.c.broadcast_id == broadcast_id,
            delivery.c.state == DeliveryState.SENDING,
            delivery.c.due_at > sa.literal(now, UnixTime),
        )
        .limit(1)
    )
    return found is not None


async def open_all(connection: Connection, person_id: int, case_id: int) -> None:
    """The person has opened what she was told of this case."""
    of_case = sa.select(broadcast.c.id).where(broadcast.c.case_id == case_id)
    await connection.execute(
        sa.update(delivery)
        .where(
            delivery.c.person_id == person_id,
            delivery.c.state == DeliveryState.SENT,
            delivery.c.broadcast_id.in_(of_case),
            delivery.c.opened == sa.literal(False, Flag()),
        )
        .values(opened=True)
    )
