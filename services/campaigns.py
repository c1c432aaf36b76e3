"""
Campaigns for staff: making one, and what it reached.

What is counted are people in the chat, each stage of each once, and visits on the web, where
nobody is recognised.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from locales.known import LOCALES
from services import audit, permits
from services.arrivals import Campaign, Landing, Stage, landing
from services.house import House
from services.permits import Act, NoSuchMember, NotAllowed
from storage import campaigns
from storage import cases as case_rows
from storage.campaigns import Count, Given
from storage.codes import new_code

__all__ = ["Campaign", "Count", "Given", "Landing", "Report", "Stage", "Unknown", "Wrong"]

MOST_OF_A_NAME = 60

_CODE_LENGTH = 10
"""47 random bits: nobody finds a campaign by trying."""


@dataclass(frozen=True, slots=True)
class Unknown:
    """There is no such case or campaign: *named* as it was asked for."""

    named: str


@dataclass(frozen=True, slots=True)
class Wrong:
    """
    Nothing was made.

    Attributes:
        why: A fixed word: `name` (its length), `locale` (there is none) or `dates` (it would end
            before it begins).
    """

    why: str


@dataclass(frozen=True, slots=True)
class Report:
    """What a campaign reached: counts by day and language, and the gifts that arrived."""

    landing: Landing
    counts: Sequence[Count]
    given: Sequence[Given]


async def create(
    house: House,
    *,
    name: str,
    case: str | None,
    locale: str | None,
    begins_at: dt.datetime | None,
    ends_at: dt.datetime | None,
    by: str = audit.OPERATOR,
) -> Campaign | Unknown | Wrong | NotAllowed | NoSuchMember:
    """
    A new campaign.

    Args:
        name: What staff call it.
        case: A case's code or address; None: all stories.
        begins_at: None: now.
        by: The code of a member of staff, or the operator.
    """
    name = name.strip()
    begins = begins_at or house.clock()
    wrong = _wrong(name, locale, begins, ends_at)
    if wrong is not None:
        return wrong
    async with house.write() as connection:
        if by != audit.OPERATOR:
            member = await permits.allowed(connection, by, Act.MAKE_CAMPAIGN)
            if isinstance(member, NotAllowed | NoSuchMember):
                return member
        found = None
        if case is not None:
            found = await case_rows.by_code(connection, case)
            found = found or await case_rows.by_slug(connection, case)
            if found is None:
                return Unknown(case)
        made = await campaigns.add(
            connection,
            code=new_code(_CODE_LENGTH),
            name=name,
            case_id=None if found is None else found.id,
            locale=locale,
            begins_at=begins,
            ends_at=ends_at,
        )
        await audit.record(
            connection,
            by=by,
            act="campaign.made",
            about="" if found is None else audit.of_case(found),
            detail={"campaign": made.code},
            now=house.clock(),
        )
        return made


def _wrong(
    name: str, locale: str | None, begins_at: dt.datetime, ends_at: dt.datetime | None
) -> Wrong | None:
    if not 1 <= len(name) <= MOST_OF_A_NAME:
        return Wrong("name")
    if locale is not None and locale not in LOCALES:
        return Wrong("locale")
    if ends_at is not None and ends_at <= begins_at:
        return Wrong("dates")
    return None


async def every(house: House) -> list[Campaign]:
    """Every campaign, the newest first."""
    async with house.read() as connection:
        return await campaigns.all_of_them(connection)


async def report(house: House, code: str) -> Report | Unknown:
    """What the campaign reached."""
    async with house.read() as connection:
        found = await landing(connection, code)
        if found is None:
            return Unknown(code)
        return Report(
            found,
            await campaigns.counts(connection, found.campaign.id),
            await campaigns.given(connection, found.campaign.id),
        )
