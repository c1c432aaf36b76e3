"""
Who follows whom, how often they want to hear of it, and when they want quiet.

Nothing is kept of somebody who follows nobody: with the last follow goes all that is here.
"""

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum

import sqlalchemy as sa

from storage import rows
from storage.columns import BIG, TEXT, Flag, UnixTime
from storage.database import Connection, insert_ignoring
from storage.schema import table


class Pace(StrEnum):
    """How often a follower hears: as it happens, or once a week all together."""

    AT_ONCE = "at_once"
    WEEKLY = "weekly"


follower = table(
    "follower",
    sa.Column("person_id", BIG, sa.ForeignKey("person.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("pace", TEXT, nullable=False),
    sa.Column("follows_new", Flag, nullable=False),
    sa.Column("offset_minutes", BIG),
    sa.Column("quiet_from", BIG),
    sa.Column("quiet_until", BIG),
    sa.CheckConstraint("pace IN ('at_once', 'weekly')", name="known_pace"),
    sa.CheckConstraint(
        "offset_minutes BETWEEN -720 AND 840 AND offset_minutes % 15 = 0", name="clocks_go_so"
    ),
    sa.CheckConstraint("quiet_from BETWEEN 0 AND 1439", name="quiet_from_a_minute"),
    sa.CheckConstraint("quiet_until BETWEEN 0 AND 1439", name="quiet_until_a_minute"),
    sa.CheckConstraint("quiet_from <> quiet_until", name="quiet_for_a_while"),
    sa.CheckConstraint("(quiet_from IS NULL) = (quiet_until IS NULL)", name="quiet_has_two_ends"),
    sa.CheckConstraint(
        "(quiet_from IS NULL) = (offset_minutes IS NULL)", name="quiet_in_their_own_time"
    ),
)

subscription = table(
    "subscription",
    sa.Column(
        "person_id", BIG, sa.ForeignKey("follower.person_id", ondelete="CASCADE"), primary_key=True
    ),
    sa.Column("case_id", BIG, sa.ForeignKey("cases.id"), primary_key=True, index=True),
    sa.Column("since", UnixTime, nullable=False),
)


@dataclass(frozen=True, slots=True)
class Quiet:
    """
    Hours in which a follower wants no news.

    Attributes:
        offset_minutes: Their own time minus UTC.
        from_minute: When it begins, in minutes of their own day.
        until_minute: When it ends; it goes past midnight if that is less than *from_minute*.
    """

    offset_minutes: int
    from_minute: int
    until_minute: int


@dataclass(frozen=True, slots=True)
class Follower:
    """
    Somebody who follows.

    Attributes:
        follows_new: They want to hear of anyone new.
        quiet: None: news may come at any hour.
        case_ids: Whom they follow, the oldest follow first; may be empty if *follows_new*.
    """

    pace: Pace
    follows_new: bool
    quiet: Quiet | None
    case_ids: tuple[int, ...]


async def find(connection: Connection, person_id: int) -> Follower | None:
    """What the person follows; None if nobody."""
    found = await connection.execute(sa.select(follower).where(follower.c.person_id == person_id))
    row = found.one_or_none()
    if row is None:
        return None
    quiet = (row.offset_minutes, row.quiet_from, row.quiet_until)
    followed = await connection.execute(
        sa.select(subscription.c.case_id)
        .where(subscription.c.person_id == person_id)
        .order_by(subscription.c.since, subscription.c.case_id)
    )
    return Follower(
        Pace(row.pace),
        row.follows_new,
        None if None in quiet else Quiet(*quiet),
        tuple(followed.scalars()),
    )


async def follows(connection: Connection, person_id: int, case_id: int) -> bool:
    """Whether the person follows the case."""
    return bool(await rows.count(connection, subscription, *_one(person_id, case_id)))


async def follow(connection: Connection, person_id: int, case_id: int, now: dt.datetime) -> bool:
    """
    The person follows the case from now on; said twice, it began the first time.

    Returns:
        Whether it began now.
    """
    await _ensure(connection, person_id)
    begun = await connection.execute(
        insert_ignoring(connection, subscription).values(
            person_id=person_id, case_id=case_id, since=now
        )
    )
    return bool(begun.rowcount)


async def follow_new(connection: Connection, person_id: int) -> None:
    """The person wants to hear of anyone new."""
    await _ensure(connection, person_id)
    await _update(connection, person_id, follows_new=True)


async def stop(connection: Connection, person_id: int, case_id: int) -> None:
    """The person does not follow the case any more."""
    await connection.execute(sa.delete(subscription).where(*_one(person_id, case_id)))
    await _forget_if_idle(connection, person_id)


async def stop_new(connection: Connection, person_id: int) -> None:
    """The person does not want to hear of anyone new any more."""
    await _update(connection, person_id, follows_new=False)
    await _forget_if_idle(connection, person_id)


async def stop_all(connection: Connection, person_id: int) -> None:
    """The person follows nobody any more."""
    await connection.execute(sa.delete(subscription).where(subscription.c.person_id == person_id))
    await connection.execute(sa.delete(follower).where(follower.c.person_id == person_id))


async def set_pace(connection: Connection, person_id: int, pace: Pace) -> None:
    """Remember how often the person wants to hear; nothing if they follow nobody."""
    await _update(connection, person_id, pace=pace)


async def set_quiet(connection: Connection, person_id: int, quiet: Quiet | None) -> None:
    """
    Remember when the person wants quiet; None: never, and their own time is forgotten.

    Nothing is remembered if they follow nobody.
    """
    await _update(
        connection,
        person_id,
        offset_minutes=None if quiet is None else quiet.offset_minutes,
        quiet_from=None if quiet is None else quiet.from_minute,
        quiet_until=None if quiet is None else quiet.until_minute,
    )


async def subscribers(connection: Connection, case_id: int) -> int:
    """How many people follow the case."""
    return await rows.count(connection, subscription, subscription.c.case_id == case_id)


def _one(person_id: int, case_id: int) -> tuple[sa.ColumnElement[bool], ...]:
    return subscription.c.person_id == person_id, subscription.c.case_id == case_id


async def _ensure(connection: Connection, person_id: int) -> None:
    await connection.execute(
        insert_ignoring(connection, follower).values(
            person_id=person_id, pace=Pace.AT_ONCE, follows_new=False
        )
    )


async def _update(connection: Connection, person_id: int, **values: object) -> None:
    await connection.execute(
        sa.update(follower).where(follower.c.person_id == person_id).values(**values)
    )


async def _forget_if_idle(connection: Connection, person_id: int) -> None:
    anybody = sa.exists().where(subscription.c.person_id == follower.c.person_id)
    await connection.execute(
        sa.delete(follower).where(
            follower.c.person_id == person_id,
            follower.c.follows_new == sa.literal(False, Flag()),
            ~anybody,
        )
    )
