"""
Overrides of the disclosure budget: one protection officer asks, another grants.

Each is for one case, for exactly the facts that are told together, and for one caseload: with
another combination or a new import it counts for nothing. Rows are added and never changed.
"""

import datetime as dt
import json
from collections.abc import Mapping
from dataclasses import dataclass

import sqlalchemy as sa

from storage import rows
from storage.columns import BIG, BLOB, TEXT, UnixTime
from storage.database import Connection
from storage.guards import Guard, append_only
from storage.schema import table
from storage.sealing import Seal

_REASON = "disclosure override"

disclosure_override = table(
    "disclosure_override",
    sa.Column("id", BIG, primary_key=True),
    sa.Column("case_id", BIG, sa.ForeignKey("cases.id"), nullable=False, index=True),
    sa.Column("caseload_id", BIG, sa.ForeignKey("caseload.id"), nullable=False),
    sa.Column("facts", TEXT, nullable=False),
    sa.Column("people", BIG, nullable=False),
    sa.Column("reason_sealed", BLOB, nullable=False),
    sa.Column("asked_by", BIG, sa.ForeignKey("staff.id"), nullable=False),
    sa.Column("asked_at", UnixTime, nullable=False),
    sa.UniqueConstraint("id", "asked_by"),
    sa.CheckConstraint("people >= 0", name="people_not_negative"),
)

disclosure_grant = table(
    "disclosure_grant",
    sa.Column("override_id", BIG, primary_key=True, autoincrement=False),
    sa.Column("asked_by", BIG, nullable=False),
    sa.Column("granted_by", BIG, sa.ForeignKey("staff.id"), nullable=False),
    sa.Column("granted_at", UnixTime, nullable=False),
    sa.ForeignKeyConstraint(
        ["override_id", "asked_by"],
        ["disclosure_override.id", "disclosure_override.asked_by"],
        name="fk_disclosure_grant_exact_override",
    ),
    sa.CheckConstraint("granted_by <> asked_by", name="two_people"),
)

GUARDS: tuple[Guard, ...] = (append_only(disclosure_override), append_only(disclosure_grant))


@dataclass(frozen=True, slots=True)
class Override:
    """
    Somebody asked that facts be told which fit few people.

    Attributes:
        facts: Told together, by column.
        people: How many they fitted when it was asked.
        granted_by: Who agreed; None while nobody has.
    """

    id: int
    case_id: int
    caseload_id: int
    facts: Mapping[str, str]
    people: int
    reason: str
    asked_by: int
    asked_at: dt.datetime
    granted_by: int | None


async def ask(
    connection: Connection,
    seal: Seal,
    case_id: int,
    *,
    caseload_id: int,
    facts: Mapping[str, str],
    people: int,
    reason: str,
    asked_by: int,
    now: dt.datetime,
) -> int:
    """Write down that an override is asked for; hand back its id."""
    return await rows.add(
        connection,
        disclosure_override,
        case_id=case_id,
        caseload_id=caseload_id,
        facts=_canonical(facts),
        people=people,
        reason_sealed=seal.seal(_REASON, reason.encode()),
        asked_by=asked_by,
        asked_at=now,
    )


async def grant(
    connection: Connection, override: Override, *, granted_by: int, now: dt.datetime
) -> None:
    """Grant what somebody else asked for; once for each."""
    await connection.execute(
        sa.insert(disclosure_grant).values(
            override_id=override.id,
            asked_by=override.asked_by,
            granted_by=granted_by,
            granted_at=now,
        )
    )


async def by_id(connection: Connection, seal: Seal, override_id: int) -> Override | None:
    """The override with this id, or None."""
    found = await _load(connection, seal, disclosure_override.c.id == override_id)
    return found[0] if found else None


async def of_case(connection: Connection, seal: Seal, case_id: int) -> list[Override]:
    """Every override of the case, oldest first."""
    return await _load(connection, seal, disclosure_override.c.case_id == case_id)


async def granted(
    connection: Connection, case_id: int, *, caseload_id: int, facts: Mapping[str, str]
) -> bool:
    """Whether two people agreed to tell exactly these facts of the case, by this caseload."""
    columns = disclosure_override.c
    found = await connection.scalar(
        sa.select(columns.id)
        .join(disclosure_grant, disclosure_grant.c.override_id == columns.id)
        .where(
            columns.case_id == case_id,
            columns.caseload_id == caseload_id,
            columns.facts == _canonical(facts),
        )
        .limit(1)
    )
    return found is not None


def _canonical(facts: Mapping[str, str]) -> str:
    return json.dumps(dict(facts), sort_keys=True, separators=(",", ":"))


async def _load(
    connection: Connection, seal: Seal, where: sa.ColumnElement[bool]
) -> list[Override]:
    found = await connection.execute(
        sa.select(disclosure_override, disclosure_grant.c.granted_by)
        .outerjoin(disclosure_grant, disclosure_grant.c.override_id == disclosure_override.c.id)
        .where(where)
        .order_by(disclosure_override.c.id)
    )
    return [
        Override(
            row.id,
            row.case_id,
            row.caseload_id,
            json.loads(row.facts),
            row.people,
            seal.unseal(_REASON, row.reason_sealed).decode(),
            row.asked_by,
            row.asked_at,
            row.granted_by,
        )
        for row in found
    ]
