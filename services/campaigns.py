"""
Campaigns for staff: making one, and what it reached.

What is counted are people in the chat, each stage of each once, and visits on the web, where
nobody is recognised.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from services.arrivals import Campaign, Landing, Stage, landing
from services.house import House
from storage import campaigns
from storage import cases as case_rows
from storage.campaigns import Count, Given
from storage.codes import new_code

__all__ = ["Campaign", "Count", "Given", "Landing", "Report", "Stage", "Unknown"]

_CODE_LENGTH = 10
"""47 random bits: nobody finds a campaign by trying."""


@dataclass(frozen=True, slots=True)
class Unknown:
    """There is no such case or campaign: *named* as it was asked for."""

    named: str


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
) -> Campaign | Unknown:
    """
    A new campaign.

    Args:
        case: A case's code or address; None: all stories.
        begins_at: None: now.
    """
    async with house.write() as connection:
        case_id = None
        if case is not None:
            found = await case_rows.by_code(connection, case)
            found = found or await case_rows.by_slug(connection, case)
            if found is None:
                return Unknown(case)
            case_id = found.id
        return await campaigns.add(
            connection,
            code=new_code(_CODE_LENGTH),
            name=name,
            case_id=case_id,
            locale=locale,
            begins_at=begins_at or house.clock(),
            ends_at=ends_at,
        )


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
