"""
News that is sent to followers: what is told and to whom, read when it is sent.

A notice is made of a kind and of ids alone. Whether it may be said (the follow, the consent, a
recall), in which words and in which language is as it is at that moment.
"""

import datetime as dt
from dataclasses import dataclass

from services.catalogue import PublicCase, public_case, public_cases
from services.house import House, Person
from services.news import News, news_of
from services.notices import Unsaid
from storage import cases as case_rows
from storage import disbursements, followers, people, reviews
from storage.broadcasts import Kind
from storage.cases import Case
from storage.database import Connection
from storage.followers import Follower, Pace
from values.lines import BudgetLine

__all__ = ["Kind", "NewsNotice", "Unsaid", "prepare"]

FUNDED_AT = (50, 90, 100)
"""Percent of a plan that are told, once each."""


@dataclass(frozen=True, slots=True)
class Funded:
    """So many percent of the plan are there: one of `FUNDED_AT`."""

    percent: int


@dataclass(frozen=True, slots=True)
class Spent:
    """Something was paid for."""

    line: BudgetLine


@dataclass(frozen=True, slots=True)
class Over:
    """The plan is complete, or it has ended otherwise; why is told nobody."""

    is_complete: bool


@dataclass(frozen=True, slots=True)
class Newcomer:
    """There is somebody new: the notice's case."""


@dataclass(frozen=True, slots=True)
class Entry:
    """
    What a week brought of one person.

    Attributes:
        updates: How often there was news of her; they can be opened.
        spendings: How often something was paid for.
    """

    case: PublicCase
    updates: int
    spendings: int


@dataclass(frozen=True, slots=True)
class Digest:
    """
    What a week brought: at least one entry or one newcomer.

    Attributes:
        newcomers: How many people are new; none unless one wants to hear of them.
    """

    entries: tuple[Entry, ...]
    newcomers: int


Fact = News | Funded | Spent | Over | Newcomer | Digest


@dataclass(frozen=True, slots=True)
class NewsNotice:
    """
    A message to a follower, ready to be worded (`conversations.news_notice`).

    Attributes:
        case: Whom it is about; None in a digest, and where a plan ended whose story may not be
            shown any more.
    """

    person: Person
    chat_id: int
    case: PublicCase | None
    fact: Fact


async def prepare(
    house: House, kind: Kind, case_id: int | None, subject_id: int, person_id: int
) -> NewsNotice | Unsaid:
    """
    Read what is to be told and to whom, as it is now.

    Args:
        case_id: Whom it is about; None in a digest.
        subject_id: The update of an UPDATE, the percent of FUNDED, the disbursement of SPENT; of a
            DIGEST since when, in seconds since 1970. Nothing else has one; 0 will do.

    Returns:
        `Unsaid` for a fixed reason: `nobody_to_tell` (the person is gone or forgotten),
        `not_followed` (any more), `pace` (they hear of it in the other way by now), `not_shown`
        (recalled, not consented to, stopped), `nothing_to_tell` (it is no longer so).
    """
    async with house.read() as connection:
        person = await people.by_id(connection, person_id)
        chat_id = await people.chat_of(connection, house.seal, person_id)
        if person is None or chat_id is None or person.gone:
            return Unsaid("nobody_to_tell")
        follower = await followers.find(connection, person_id)
        why = _unwanted(follower, kind, case_id)
        if follower is None or why is not None:
            return Unsaid(why or "not_followed")
        if kind is Kind.DIGEST:
            since = dt.datetime.fromtimestamp(subject_id, dt.UTC)
            digest = await _digest(house, connection, follower, since)
            return (
                digest if isinstance(digest, Unsaid) else NewsNotice(person, chat_id, None, digest)
            )
        told = await told_of(house, connection, kind, case_id, subject_id)
    return told if isinstance(told, Unsaid) else NewsNotice(person, chat_id, *told)


async def told_of(
    house: House, connection: Connection, kind: Kind, case_id: int | None, subject_id: int
) -> tuple[PublicCase | None, Fact] | Unsaid:
    """
    Of whom and what is told now, whoever hears it; not of a DIGEST, which is each follower's own.

    Returns:
        `Unsaid` for `not_shown` or `nothing_to_tell`; see `prepare`.
    """
    found = await case_rows.by_ids(connection, [case_id] if case_id is not None else [])
    if case_id not in found:
        return Unsaid("not_shown")
    case = found[case_id]
    shown = await public_case(connection, house.shelf, "bot", house.clock(), case)
    fact = await _fact(house, connection, kind, case, shown, subject_id)
    return fact if isinstance(fact, Unsaid) else (shown, fact)


def _unwanted(follower: Follower | None, kind: Kind, case_id: int | None) -> str | None:
    """Why the follower does not hear of it; None if they do."""
    if follower is None:
        return "not_followed"
    if kind is Kind.NEW_CASE and not follower.follows_new:
        return "not_followed"
    if kind not in (Kind.NEW_CASE, Kind.DIGEST) and case_id not in follower.case_ids:
        return "not_followed"
    if kind in (Kind.COMPLETE, Kind.ENDED):
        return None
    return None if (kind is Kind.DIGEST) == (follower.pace is Pace.WEEKLY) else "pace"


async def _fact(
    house: House,
    connection: Connection,
    kind: Kind,
    case: Case,
    shown: PublicCase | None,
    subject_id: int,
) -> Fact | Unsaid:
    if kind is Kind.ENDED:
        # It names nobody, so it may be said also where the story may not be shown any more.
        is_so = case.outcome is not None and not case.is_complete
        return Over(is_complete=False) if is_so else Unsaid("nothing_to_tell")
    if shown is None:
        return Unsaid("not_shown")
    match kind:
        case Kind.UPDATE:
            news = await news_of(connection, house.seal, "bot", house.clock(), [case.id])
            one = next((one for one in news[case.id] if one.id == subject_id), None)
            return one or Unsaid("not_shown")
        case Kind.FUNDED:
            is_so = _newest_step(shown.progress.percent) == subject_id
            return Funded(subject_id) if is_so else Unsaid("nothing_to_tell")
        case Kind.SPENT:
            spending = await disbursements.by_id(connection, subject_id)
            if spending is None or spending.case_id != case.id or not spending.approved:
                return Unsaid("nothing_to_tell")
            return Spent(spending.line)
        case Kind.COMPLETE:
            return Over(is_complete=True) if case.is_complete else Unsaid("nothing_to_tell")
        case _:
            # Whoever is shown with the need alone is found in the lists; no message names her.
            return Unsaid("not_shown") if shown.story is None else Newcomer()


def _newest_step(percent: int) -> int | None:
    """The highest of `FUNDED_AT` that is reached: of one that lies behind nothing is told."""
    return max((step for step in FUNDED_AT if step <= percent), default=None)


async def _digest(
    house: House, connection: Connection, follower: Follower, since: dt.datetime
) -> Digest | Unsaid:
    now = house.clock()
    shown = {case.case.id: case for case in await public_cases(connection, house.shelf, "bot", now)}
    followed = [case_id for case_id in follower.case_ids if case_id in shown]
    news = await news_of(connection, house.seal, "bot", now, followed)
    spent = await disbursements.approved_since(connection, followed, since)
    entries = (
        Entry(
            shown[case_id],
            sum(since < one.public_from for one in news[case_id]),
            spent.get(case_id, 0),
        )
        for case_id in followed
    )
    told = tuple(entry for entry in entries if entry.updates or entry.spendings)
    newcomers = 0
    if follower.follows_new:
        newcomers = len((await reviews.first_published_since(connection, since)) & shown.keys())
    return Digest(told, newcomers) if told or newcomers else Unsaid("nothing_to_tell")
