"""
What staff know of a case beside its plan: its pseudonym, coarse facts, and how risky telling is.

Facts and risk are never changed: a newer row stands before the older ones. No column here can hold
a name, a place or a date of a person's life; every one but the pseudonym is of a closed list.
"""

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import sqlalchemy as sa

from storage import rows
from storage.columns import BIG, TEXT, Flag, UnixTime
from storage.database import Connection
from storage.guards import Guard, append_only
from storage.schema import table
from values.bands import Gender, Limit, PeriodBand, RiskLevel
from values.facts import AgeBand, ExploitationForm, Region


def _one_of(column: str, words: type[StrEnum]) -> sa.CheckConstraint:
    listed = ", ".join(f"'{word.value}'" for word in words)
    return sa.CheckConstraint(f"{column} IN ({listed})", name=f"known_{column}")


case_name = table(
    "case_name",
    sa.Column("case_id", BIG, sa.ForeignKey("cases.id"), primary_key=True, autoincrement=False),
    sa.Column("pseudonym", TEXT, nullable=False, unique=True),
    sa.Column("opened_by", BIG, sa.ForeignKey("staff.id"), nullable=False),
    sa.Column("request_key", TEXT, unique=True),
)

case_facts = table(
    "case_facts",
    sa.Column("id", BIG, primary_key=True),
    sa.Column("case_id", BIG, sa.ForeignKey("cases.id"), nullable=False, index=True),
    sa.Column("region", TEXT, nullable=False),
    sa.Column("age_band", TEXT, nullable=False),
    sa.Column("exploitation", TEXT, nullable=False),
    sa.Column("gender", TEXT, nullable=False),
    sa.Column("period_band", TEXT, nullable=False),
    sa.Column("staff_id", BIG, sa.ForeignKey("staff.id"), nullable=False),
    sa.Column("said_at", UnixTime, nullable=False),
    _one_of("region", Region),
    _one_of("age_band", AgeBand),
    _one_of("exploitation", ExploitationForm),
    _one_of("gender", Gender),
    _one_of("period_band", PeriodBand),
)

case_risk = table(
    "case_risk",
    sa.Column("id", BIG, primary_key=True),
    sa.Column("case_id", BIG, sa.ForeignKey("cases.id"), nullable=False, index=True),
    sa.Column("trafficker_at_large", Flag, nullable=False),
    sa.Column("court_case", Flag, nullable=False),
    sa.Column("minor", Flag, nullable=False),
    sa.Column("returns_to_same_area", Flag, nullable=False),
    *(sa.Column(limit.value, Flag, nullable=False) for limit in Limit),
    sa.Column("level", TEXT, nullable=False),
    sa.Column("staff_id", BIG, sa.ForeignKey("staff.id"), nullable=False),
    sa.Column("said_at", UnixTime, nullable=False),
    _one_of("level", RiskLevel),
    sa.CheckConstraint("minor = 0 OR level = 'high'", name="minor_is_high"),
)

GUARDS: tuple[Guard, ...] = (
    append_only(case_name),
    append_only(case_facts),
    append_only(case_risk),
)


@dataclass(frozen=True, slots=True)
class Facts:
    """The coarse facts of a case, each a band."""

    region: Region
    age_band: AgeBand
    exploitation: ExploitationForm
    gender: Gender
    period_band: PeriodBand


@dataclass(frozen=True, slots=True)
class Risk:
    """
    What the risk form says.

    Attributes:
        limits: What the survivor does not want told.
        level: As the officer judges it, never below what the answers ask for.
    """

    trafficker_at_large: bool
    court_case: bool
    minor: bool
    returns_to_same_area: bool
    limits: frozenset[Limit]
    level: RiskLevel


async def name_case(
    connection: Connection,
    case_id: int,
    pseudonym: str,
    *,
    staff_id: int,
    request_key: str | None = None,
) -> None:
    """
    Give the case its pseudonym. It never changes, and no other case has it.

    Args:
        request_key: Names the act that opened it; None: that act cannot be repeated.
    """
    await connection.execute(
        sa.insert(case_name).values(
            case_id=case_id, pseudonym=pseudonym, opened_by=staff_id, request_key=request_key
        )
    )


async def opened_by_request(connection: Connection, request_key: str) -> int | None:
    """The case that this act opened before, or None."""
    found: int | None = await connection.scalar(
        sa.select(case_name.c.case_id).where(case_name.c.request_key == request_key)
    )
    return found


async def pseudonym_of(connection: Connection, case_id: int) -> str | None:
    """The pseudonym staff gave the case; None for one that came with an imported story."""
    found: str | None = await connection.scalar(
        sa.select(case_name.c.pseudonym).where(case_name.c.case_id == case_id)
    )
    return found


async def say_facts(
    connection: Connection, case_id: int, facts: Facts, *, staff_id: int, now: dt.datetime
) -> int:
    """Write the facts down in place of the earlier ones; hand back the row's id."""
    return await rows.add(
        connection,
        case_facts,
        case_id=case_id,
        region=facts.region,
        age_band=facts.age_band,
        exploitation=facts.exploitation,
        gender=facts.gender,
        period_band=facts.period_band,
        staff_id=staff_id,
        said_at=now,
    )


async def pseudonyms_of(connection: Connection, case_ids: list[int]) -> dict[int, str]:
    """The pseudonym of each of these cases that staff gave one, by case id."""
    found = await connection.execute(
        sa.select(case_name.c.case_id, case_name.c.pseudonym).where(
            case_name.c.case_id.in_(case_ids)
        )
    )
    return {row.case_id: row.pseudonym for row in found}


async def facts_of(connection: Connection, case_id: int) -> Facts | None:
    """The facts as they were last said; None if nobody has said any."""
    return (await facts_of_each(connection, [case_id])).get(case_id)


async def facts_of_each(connection: Connection, case_ids: list[int]) -> dict[int, Facts]:
    """The same of each of these cases, by case id."""
    found = await connection.execute(_newest(case_facts, case_ids))
    return {row.case_id: _facts(row) for row in found}


def _facts(row: sa.Row[Any]) -> Facts:
    return Facts(
        Region(row.region),
        AgeBand(row.age_band),
        ExploitationForm(row.exploitation),
        Gender(row.gender),
        PeriodBand(row.period_band),
    )


async def say_risk(
    connection: Connection, case_id: int, risk: Risk, *, staff_id: int, now: dt.datetime
) -> int:
    """Write the risk form down in place of the earlier one; hand back the row's id."""
    return await rows.add(
        connection,
        case_risk,
        case_id=case_id,
        trafficker_at_large=risk.trafficker_at_large,
        court_case=risk.court_case,
        minor=risk.minor,
        returns_to_same_area=risk.returns_to_same_area,
        **{limit.value: limit in risk.limits for limit in Limit},
        level=risk.level,
        staff_id=staff_id,
        said_at=now,
    )


async def risk_of(connection: Connection, case_id: int) -> Risk | None:
    """The risk form as it was last filled in; None if nobody has."""
    return (await risk_of_each(connection, [case_id])).get(case_id)


async def risk_of_each(connection: Connection, case_ids: list[int]) -> dict[int, Risk]:
    """The same of each of these cases, by case id."""
    found = await connection.execute(_newest(case_risk, case_ids))
    return {row.case_id: _risk(row) for row in found}


def _risk(row: sa.Row[Any]) -> Risk:
    return Risk(
        row.trafficker_at_large,
        row.court_case,
        row.minor,
        row.returns_to_same_area,
        frozenset(limit for limit in Limit if getattr(row, limit.value)),
        RiskLevel(row.level),
    )


async def said(connection: Connection) -> tuple[set[int], set[int]]:
    """The cases whose facts somebody has said, and those whose risk form somebody filled in."""
    facts = await connection.scalars(sa.select(case_facts.c.case_id).distinct())
    risk = await connection.scalars(sa.select(case_risk.c.case_id).distinct())
    return set(facts), set(risk)


def _newest(of: sa.Table, case_ids: list[int]) -> sa.Select[Any]:
    newest = sa.select(sa.func.max(of.c.id)).where(of.c.case_id.in_(case_ids))
    return sa.select(of).where(of.c.id.in_(newest.group_by(of.c.case_id)))
