"""
Who comes by the link of a campaign: where it leads, how far she gets, which gift came of it.

A link never leads nowhere: before its campaign begins and after it ends it still opens the story,
and only nothing is counted.
"""

import datetime as dt
from dataclasses import dataclass
from enum import IntEnum

from storage import campaigns
from storage import cases as case_rows
from storage.campaigns import Campaign
from storage.database import Connection

__all__ = ["PAYLOAD", "Campaign", "Landing", "Stage"]

PAYLOAD = "c-"
"""How the payload of a bot link begins; a case's code has no hyphen."""


class Stage(IntEnum):
    """
    How far somebody came. Step *n* of a story, counted from 0, is `STEP + n`; no story has so many
    that it reaches `NEED`.

    On the web a story is one page, and only what is asked for next is known: the plan's ledger, or
    the payment.
    """

    PLAN_ON_WEB = -2
    OPENED_ON_WEB = -1
    OPENED = 0
    STEP = 1
    NEED = 1000
    FOLLOWED = 2000


@dataclass(frozen=True, slots=True)
class Landing:
    """
    Where the links of a campaign lead.

    Attributes:
        case_code: The case whose story they open; None: the list of stories.
        slug: That story's address on the page.
    """

    campaign: Campaign
    case_code: str | None
    slug: str | None

    @property
    def locale(self) -> str | None:
        """The language they open in; None: the reader's own."""
        return self.campaign.locale


async def landing(connection: Connection, code: str) -> Landing | None:
    """Where the links of this campaign lead; None if there is no such campaign."""
    campaign = await campaigns.by_code(connection, code)
    if campaign is None:
        return None
    case = None
    if campaign.case_id is not None:
        case = await case_rows.by_id(connection, campaign.case_id)
    return Landing(
        campaign,
        None if case is None else case.code,
        None if case is None else case.slug,
    )


async def came_by_link(connection: Connection, person_id: int) -> bool:
    """Whether the person came by the link of a campaign."""
    return await campaigns.campaign_of_person(connection, person_id) is not None


async def arrived(
    connection: Connection, code: str, person_id: int, locale: str, now: dt.datetime
) -> None:
    """The person opened the link in the chat. A code that is unknown changes nothing."""
    campaign = await campaigns.by_code(connection, code)
    if campaign is None or not campaign.runs(now):
        return
    await campaigns.came_by(connection, person_id, campaign.id)
    await _count(connection, campaign, Stage.OPENED, locale, now)


async def visited(
    connection: Connection, campaign: Campaign, locale: str, now: dt.datetime
) -> None:
    """The link was opened on the web, by somebody who is not recognised."""
    if campaign.runs(now):
        await _count(connection, campaign, Stage.OPENED_ON_WEB, locale, now)


async def went_on(connection: Connection, code: str, locale: str, now: dt.datetime) -> None:
    """Who came by this link on the web wants to see the plan, or to pay. Unknown: nothing."""
    campaign = await campaigns.by_code(connection, code)
    if campaign is not None and campaign.runs(now):
        await _count(connection, campaign, Stage.PLAN_ON_WEB, locale, now)


async def followed(connection: Connection, person_id: int, locale: str, now: dt.datetime) -> None:
    """
    The person follows a case from now on; counted if she came by a campaign's link.

    Call it once for each new subscription, in its transaction.
    """
    campaign = await campaigns.campaign_of_person(connection, person_id)
    if campaign is not None and campaign.runs(now):
        await _count(connection, campaign, Stage.FOLLOWED, locale, now)


async def got_to(
    connection: Connection, person_id: int, stage: int, locale: str, now: dt.datetime
) -> None:
    """The person sees this stage; counted the first time, if she came by a campaign's link."""
    if not await campaigns.got_to(connection, person_id, stage):
        return
    campaign = await campaigns.campaign_of_person(connection, person_id)
    if campaign is not None and campaign.runs(now):
        await _count(connection, campaign, stage, locale, now)


async def credit_person(
    connection: Connection, hold_id: int, person_id: int, now: dt.datetime
) -> None:
    """The gift of somebody in the chat came by the link she came by, if any."""
    campaign = await campaigns.campaign_of_person(connection, person_id)
    if campaign is not None and campaign.runs(now):
        await campaigns.credit(connection, hold_id, campaign.id)


async def credit_code(connection: Connection, hold_id: int, code: str, now: dt.datetime) -> None:
    """The gift of somebody on the web came by this link. An unknown code changes nothing."""
    campaign = await campaigns.by_code(connection, code)
    if campaign is not None and campaign.runs(now):
        await campaigns.credit(connection, hold_id, campaign.id)


async def _count(
    connection: Connection, campaign: Campaign, stage: int, locale: str, now: dt.datetime
) -> None:
    await campaigns.count(connection, campaign.id, day=now.date(), locale=locale, stage=stage)
