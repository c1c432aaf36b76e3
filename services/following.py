"""Following a person: to begin, to stop, how often and when not; all that one follows."""

import datetime as dt
from dataclasses import dataclass

from services import arrivals
from services.catalogue import PublicCase, Shelf, public_cases
from storage import cases as case_rows
from storage import followers, people
from storage.database import Connection
from storage.followers import Pace, Quiet

__all__ = ["Pace", "Quiet"]

HOURS = tuple(range(-11 * 60, 12 * 60 + 1, 60))
"""Clocks that go by whole hours, as minutes ahead of UTC: one for each hour of the day."""

_BETWEEN = (-675, -615, -570, -210, -150, 210, 270, 330, 345, 390, 525, 570, 630)
"""
Clocks that do not. Of those of the far east a day is taken off: they show the same time of day.
Source: IANA time zone database 2026a.
"""


@dataclass(frozen=True, slots=True)
class Follow:
    """Hear the news of this case from now on."""

    case_code: str


@dataclass(frozen=True, slots=True)
class Unfollow:
    """Hear no news of this case any more."""

    case_code: str


@dataclass(frozen=True, slots=True)
class HearOfNewcomers:
    """Hear of anyone new, or not any more."""

    wanted: bool


@dataclass(frozen=True, slots=True)
class UnfollowAll:
    """Hear no news at all any more; nothing is kept of it."""


@dataclass(frozen=True, slots=True)
class ChoosePace:
    """Hear so often."""

    pace: Pace


@dataclass(frozen=True, slots=True)
class ChooseQuiet:
    """Hear nothing in these hours; None: at any hour, and the own time is forgotten."""

    quiet: Quiet | None


FollowAct = Follow | Unfollow | HearOfNewcomers | UnfollowAll | ChoosePace | ChooseQuiet


async def carry_out(
    connection: Connection, person_id: int, act: FollowAct, *, locale: str, now: dt.datetime
) -> None:
    """
    Carry out *act* for the person; nothing comes of it if there is no such case.

    Args:
        locale: The language the person reads now; a campaign counts by it.
    """
    await people.lock(connection, person_id)
    match act:
        case Follow(code) | Unfollow(code):
            case = await case_rows.by_code(connection, code)
            if case is None:
                return
            if isinstance(act, Follow):
                if await followers.follow(connection, person_id, case.id, now):
                    await arrivals.followed(connection, person_id, locale, now)
            else:
                await followers.stop(connection, person_id, case.id)
        case HearOfNewcomers(True):
            await followers.follow_new(connection, person_id)
        case HearOfNewcomers():
            await followers.stop_new(connection, person_id)
        case UnfollowAll():
            await followers.stop_all(connection, person_id)
        case ChoosePace(pace):
            await followers.set_pace(connection, person_id, pace)
        case ChooseQuiet(quiet_hours):
            await followers.set_quiet(connection, person_id, quiet_hours)


@dataclass(frozen=True, slots=True)
class Followed:
    """
    Somebody who is followed.

    Attributes:
        case: What may be shown of the case; None when its story may not be shown any more.
    """

    code: str
    case: PublicCase | None


@dataclass(frozen=True, slots=True)
class Follows:
    """
    All that a person follows, and how they want to hear of it.

    Attributes:
        people: The oldest follow first; may be empty if *anyone_new*.
        quiet: None: news may come at any hour.
    """

    people: tuple[Followed, ...]
    anyone_new: bool
    pace: Pace
    quiet: Quiet | None


async def follows_of(
    connection: Connection, shelf: Shelf, channel: str, now: dt.datetime, person_id: int
) -> Follows | None:
    """What the person follows; None if nobody."""
    found = await followers.find(connection, person_id)
    if found is None:
        return None
    cases = await case_rows.by_ids(connection, found.case_ids)
    shown = {
        case.case.id: case
        for case in await public_cases(connection, shelf, channel, now)
        if case.case.id in cases
    }
    people = tuple(Followed(cases[case_id].code, shown.get(case_id)) for case_id in found.case_ids)
    return Follows(people, found.follows_new, found.pace, found.quiet)


def clocks_near(offset_minutes: int) -> tuple[int, ...]:
    """Of all clocks those that differ by less than an hour from this one, and this one."""

    def ahead(other: int) -> int:
        return (other - offset_minutes + 720) % 1440 - 720

    near = [other for other in _BETWEEN if abs(ahead(other)) < 60]
    return tuple(sorted((offset_minutes, *near), key=ahead))


def time_of_day(offset_minutes: int, now: dt.datetime) -> int:
    """What the clock shows at *now*, in minutes of its day."""
    utc = now.astimezone(dt.UTC)
    return (utc.hour * 60 + utc.minute + offset_minutes) % 1440


def quiet(offset_minutes: int, from_minute: int, until_minute: int) -> Quiet | None:
    """Hours of quiet; None if there is no such clock or no such time of day."""
    is_clock = -720 <= offset_minutes <= 840 and offset_minutes % 15 == 0
    is_time = max(from_minute, until_minute) < 1440 and from_minute != until_minute
    return Quiet(offset_minutes, from_minute, until_minute) if is_clock and is_time else None
