"""
Campaigns: a link that is spread, and counts of what it reached.

Nobody's path is kept. Of a person who came by a link stands which link, and how far she got in the
furthest; of a gift, which link it came by. Both can be erased with the person. All else is a count
by day and language.
"""

import datetime as dt
from dataclasses import dataclass

import sqlalchemy as sa

from storage import rows
from storage.columns import BIG, TEXT, UnixTime
from storage.database import Connection, insert, insert_ignoring
from storage.holds import HoldState, hold
from storage.schema import table

campaign = table(
    "campaign",
    sa.Column("id", BIG, primary_key=True),
    sa.Column("code", TEXT, nullable=False, unique=True),
    sa.Column("name", TEXT, nullable=False),
    sa.Column("case_id", BIG, sa.ForeignKey("cases.id")),
    sa.Column("locale", TEXT),
    sa.Column("begins_at", UnixTime, nullable=False),
    sa.Column("ends_at", UnixTime),
    sa.CheckConstraint("length(name) BETWEEN 1 AND 60", name="has_a_name"),
    sa.CheckConstraint("ends_at IS NULL OR ends_at > begins_at", name="ends_after_it_begins"),
)

campaign_count = table(
    "campaign_count",
    sa.Column("campaign_id", BIG, sa.ForeignKey("campaign.id"), primary_key=True),
    sa.Column("day", TEXT, primary_key=True),
    sa.Column("locale", TEXT, primary_key=True),
    sa.Column("stage", BIG, primary_key=True),
    sa.Column("times", BIG, nullable=False),
    sa.CheckConstraint("times > 0", name="times_positive"),
)

arrival = table(
    "arrival",
    sa.Column("person_id", BIG, sa.ForeignKey("person.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("campaign_id", BIG, sa.ForeignKey("campaign.id"), nullable=False),
    sa.Column("furthest", BIG, nullable=False),
)

gift_source = table(
    "gift_source",
    sa.Column("hold_id", BIG, sa.ForeignKey("hold.id"), primary_key=True),
    sa.Column("campaign_id", BIG, sa.ForeignKey("campaign.id"), nullable=False, index=True),
)


@dataclass(frozen=True, slots=True)
class Campaign:
    """
    A campaign.

    Attributes:
        code: What stands in its links; random, and names nobody.
        name: What staff call it; no reader sees it.
        case_id: Whose story its links open; None: the list of stories.
        locale: The language its links open in; None: the reader's own.
        ends_at: From then on nothing is counted; its links go on leading to the story. None: never.
    """

    id: int
    code: str
    name: str
    case_id: int | None
    locale: str | None
    begins_at: dt.datetime
    ends_at: dt.datetime | None

    def runs(self, now: dt.datetime) -> bool:
        """Whether it is counted at this moment."""
        return self.begins_at <= now and (self.ends_at is None or now < self.ends_at)


@dataclass(frozen=True, slots=True)
class Count:
    """So many came so far (`stage`) on a day, in UTC, in a language."""

    day: str
    locale: str
    stage: int
    times: int


@dataclass(frozen=True, slots=True)
class Given:
    """Settled gifts that came by a link on a day, in a language, a place and a currency."""

    day: str
    locale: str
    origin: str
    currency: str
    gifts: int
    amount_minor: int


async def add(
    connection: Connection,
    *,
    code: str,
    name: str,
    case_id: int | None,
    locale: str | None,
    begins_at: dt.datetime,
    ends_at: dt.datetime | None,
) -> Campaign:
    """Keep a new campaign."""
    campaign_id = await rows.add(
        connection,
        campaign,
        code=code,
        name=name,
        case_id=case_id,
        locale=locale,
        begins_at=begins_at,
        ends_at=ends_at,
    )
    return Campaign(campaign_id, code, name, case_id, locale, begins_at, ends_at)


async def by_code(connection: Connection, code: str) -> Campaign | None:
    """The campaign with this code, or None."""
    found = await connection.execute(sa.select(campaign).where(campaign.c.code == code))
    row = found.one_or_none()
    return None if row is None else Campaign(*row)


async def all_of_them(connection: Connection) -> list[Campaign]:
    """Every campaign, the newest first."""
    found = await connection.execute(sa.select(campaign).order_by(campaign.c.id.desc()))
    return [Campaign(*row) for row in found]


async def count(
    connection: Connection, campaign_id: int, *, day: dt.date, locale: str, stage: int
) -> None:
    """One more came so far."""
    adding = insert(connection, campaign_count).values(
        campaign_id=campaign_id, day=day.isoformat(), locale=locale, stage=stage, times=1
    )
    await connection.execute(
        adding.on_conflict_do_update(
            index_elements=["campaign_id", "day", "locale", "stage"],
            set_={"times": campaign_count.c.times + 1},
        )
    )


async def counts(connection: Connection, campaign_id: int) -> list[Count]:
    """Every count of a campaign, by day, language and stage."""
    found = await connection.execute(
        sa.select(
            campaign_count.c.day,
            campaign_count.c.locale,
            campaign_count.c.stage,
            campaign_count.c.times,
        )
        .where(campaign_count.c.campaign_id == campaign_id)
        .order_by(campaign_count.c.day, campaign_count.c.locale, campaign_count.c.stage)
    )
    return [Count(*row) for row in found]


async def came_by(connection: Connection, person_id: int, campaign_id: int) -> None:
    """The person came by this link, and has seen nothing yet; whatever she came by before."""
    await connection.execute(sa.delete(arrival).where(arrival.c.person_id == person_id))
    await connection.execute(
        sa.insert(arrival).values(person_id=person_id, campaign_id=campaign_id, furthest=0)
    )


async def campaign_of_person(connection: Connection, person_id: int) -> Campaign | None:
    """The campaign by whose link the person came last, or None."""
    found = await connection.execute(
        sa.select(campaign)
        .join(arrival, arrival.c.campaign_id == campaign.c.id)
        .where(arrival.c.person_id == person_id)
    )
    row = found.one_or_none()
    return None if row is None else Campaign(*row)


async def got_to(connection: Connection, person_id: int, stage: int) -> bool:
    """Remember that the person got as far as *stage*; true if that is further than before."""
    moved = await connection.execute(
        sa.update(arrival)
        .where(arrival.c.person_id == person_id, arrival.c.furthest < stage)
        .values(furthest=stage)
    )
    return bool(moved.rowcount)


async def credit(connection: Connection, hold_id: int, campaign_id: int) -> None:
    """The gift came by this link. Said twice, it is kept once."""
    await connection.execute(
        insert_ignoring(connection, gift_source).values(hold_id=hold_id, campaign_id=campaign_id)
    )


async def given(connection: Connection, campaign_id: int) -> list[Given]:
    """What was given and arrived by a campaign's links, by day, language, place and currency."""
    found = await connection.execute(
        sa.select(
            hold.c.created_at, hold.c.locale, hold.c.origin, hold.c.currency, hold.c.amount_minor
        )
        .join(gift_source, gift_source.c.hold_id == hold.c.id)
        .where(gift_source.c.campaign_id == campaign_id, hold.c.state == HoldState.SETTLED)
        .order_by(hold.c.id)
    )
    sums: dict[tuple[str, str, str, str], tuple[int, int]] = {}
    for row in found:
        key = (row.created_at.date().isoformat(), row.locale, row.origin, row.currency)
        gifts, amount_minor = sums.get(key, (0, 0))
        sums[key] = gifts + 1, amount_minor + row.amount_minor
    return [Given(*key, *sums[key]) for key in sorted(sums)]
