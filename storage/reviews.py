"""
What becomes of a version that was handed in: returned with a note, or approved and then public
after a while, in which it can still be stopped.
"""

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum

import sqlalchemy as sa

from storage import rows
from storage.columns import BIG, BLOB, TEXT, UnixTime
from storage.database import Connection
from storage.guards import Guard, append_only
from storage.schema import table
from storage.sealing import Seal
from storage.stories import approval, story_version

_NOTE = "review note"


class PlanState(StrEnum):
    """
    WAITING: it becomes public when its time has come. STOPPED: somebody stopped it. PUBLISHED: it
    became public. REFUSED: when its time had come it did not pass the rules any more.
    """

    WAITING = "waiting"
    STOPPED = "stopped"
    PUBLISHED = "published"
    REFUSED = "refused"


story_return = table(
    "story_return",
    sa.Column("version_id", BIG, sa.ForeignKey("story_version.id"), primary_key=True,
              autoincrement=False),
    sa.Column("staff_id", BIG, sa.ForeignKey("staff.id"), nullable=False),
    sa.Column("note_sealed", BLOB, nullable=False),
    sa.Column("returned_at", UnixTime, nullable=False),
)  # fmt: skip

publication_plan = table(
    "publication_plan",
    sa.Column("approval_id", BIG, primary_key=True, autoincrement=False),
    sa.Column("version_id", BIG, nullable=False),
    sa.Column("case_id", BIG, nullable=False),
    sa.Column("due_at", UnixTime, nullable=False),
    sa.Column("state", TEXT, nullable=False),
    sa.Column("stopped_by", BIG, sa.ForeignKey("staff.id")),
    sa.Column("ended_at", UnixTime),
    sa.ForeignKeyConstraint(
        ["approval_id", "version_id", "case_id"],
        ["approval.id", "approval.version_id", "approval.case_id"],
        name="fk_publication_plan_approved_version",
    ),
    sa.CheckConstraint(
        "state IN ('waiting', 'stopped', 'published', 'refused')", name="known_state"
    ),
    sa.CheckConstraint(
        "(state = 'stopped') = (stopped_by IS NOT NULL)", name="somebody_stopped_it"
    ),
    sa.CheckConstraint("(state = 'waiting') = (ended_at IS NULL)", name="ended_unless_it_waits"),
    sa.Index("publication_plan_due", "state", "due_at"),
)

_ENDED_STAYS = Guard(
    sqlite=(
        "CREATE TRIGGER guard_publication_plan_ended BEFORE UPDATE ON publication_plan BEGIN"
        " SELECT RAISE(ABORT, 'plan_has_ended') WHERE OLD.state <> 'waiting'; END",
    ),
    postgresql=(
        "CREATE FUNCTION guard_publication_plan_ended() RETURNS trigger LANGUAGE plpgsql"
        " SET search_path FROM CURRENT AS $$ BEGIN"
        " IF OLD.state <> 'waiting' THEN"
        " RAISE EXCEPTION 'plan_has_ended: approval %', OLD.approval_id"
        " USING ERRCODE = 'check_violation', CONSTRAINT = 'plan_has_ended';"
        " END IF; RETURN NEW; END $$",
        "CREATE TRIGGER guard_publication_plan_ended BEFORE UPDATE ON publication_plan"
        " FOR EACH ROW EXECUTE FUNCTION guard_publication_plan_ended()",
    ),
)
"""What was stopped stays stopped, whoever writes."""

GUARDS: tuple[Guard, ...] = (append_only(story_return), _ENDED_STAYS)


@dataclass(frozen=True, slots=True)
class Return:
    """A version was given back; *note* says why, to staff alone."""

    staff_id: int
    note: str
    returned_at: dt.datetime


@dataclass(frozen=True, slots=True)
class Plan:
    """When an approved version becomes public, and what came of it."""

    approval_id: int
    version_id: int
    case_id: int
    due_at: dt.datetime
    state: PlanState


async def give_back(
    connection: Connection,
    seal: Seal,
    version_id: int,
    *,
    staff_id: int,
    note: str,
    now: dt.datetime,
) -> None:
    """Write down that a version was returned; once for each."""
    await connection.execute(
        sa.insert(story_return).values(
            version_id=version_id,
            staff_id=staff_id,
            note_sealed=seal.seal(_NOTE, note.encode()),
            returned_at=now,
        )
    )


async def returned(connection: Connection, seal: Seal, version_id: int) -> Return | None:
    """Who returned the version, with which note; None if nobody did."""
    found = await connection.execute(
        sa.select(story_return).where(story_return.c.version_id == version_id)
    )
    row = found.one_or_none()
    if row is None:
        return None
    return Return(row.staff_id, seal.unseal(_NOTE, row.note_sealed).decode(), row.returned_at)


async def waiting(connection: Connection) -> list[tuple[int, int]]:
    """(version id, case id) of what nobody has approved or returned, oldest first."""
    found = await connection.execute(
        sa.select(story_version.c.id, story_version.c.case_id)
        .where(
            ~sa.exists().where(approval.c.version_id == story_version.c.id),
            ~sa.exists().where(story_return.c.version_id == story_version.c.id),
        )
        .order_by(story_version.c.id)
    )
    return [(row.id, row.case_id) for row in found]


async def returned_to(connection: Connection, staff_id: int) -> list[tuple[int, int]]:
    """
    (version id, case id) of what was returned to its author or who edited it last, newest first;
    not where something newer of the case was handed in.
    """
    newer = story_version.alias("newer")
    found = await connection.execute(
        sa.select(story_version.c.id, story_version.c.case_id)
        .join(story_return, story_return.c.version_id == story_version.c.id)
        .where(
            sa.or_(
                story_version.c.author_id == staff_id, story_version.c.last_editor_id == staff_id
            ),
            ~sa.exists().where(
                newer.c.case_id == story_version.c.case_id, newer.c.id > story_version.c.id
            ),
        )
        .order_by(story_version.c.id.desc())
    )
    return [(row.id, row.case_id) for row in found]


async def writers(
    connection: Connection, version_ids: Collection[int]
) -> dict[int, tuple[int, int]]:
    """Version id to (author, last editor)."""
    columns = story_version.c
    found = await connection.execute(
        sa.select(columns.id, columns.author_id, columns.last_editor_id).where(
            columns.id.in_(version_ids)
        )
    )
    return {row.id: (row.author_id, row.last_editor_id) for row in found}


async def of_case(connection: Connection, case_id: int) -> list[int]:
    """Every version of a case, newest first."""
    found = await connection.scalars(
        sa.select(story_version.c.id)
        .where(story_version.c.case_id == case_id)
        .order_by(story_version.c.id.desc())
    )
    return list(found)


async def plan(
    connection: Connection, approval_id: int, *, version_id: int, case_id: int, due_at: dt.datetime
) -> None:
    """The approved version becomes public at *due_at*, unless somebody stops it."""
    await connection.execute(
        sa.insert(publication_plan).values(
            approval_id=approval_id,
            version_id=version_id,
            case_id=case_id,
            due_at=due_at,
            state=PlanState.WAITING,
        )
    )


async def plans(connection: Connection, version_id: int) -> list[Plan]:
    """The plans of a version, oldest first."""
    of = publication_plan.c.version_id == version_id
    found = await connection.execute(
        sa.select(publication_plan).where(of).order_by(publication_plan.c.approval_id)
    )
    return [_plan(row) for row in found]


async def planned(connection: Connection) -> list[Plan]:
    """The plans that wait for their time, the next one first."""
    columns = publication_plan.c
    found = await connection.execute(
        sa.select(publication_plan)
        .where(columns.state == PlanState.WAITING)
        .order_by(columns.due_at, columns.approval_id)
    )
    return [_plan(row) for row in found]


async def due(connection: Connection, now: dt.datetime) -> list[Plan]:
    """The plans whose time has come, oldest first."""
    columns = publication_plan.c
    found = await connection.execute(
        sa.select(publication_plan)
        .where(columns.state == PlanState.WAITING, columns.due_at <= now)
        .order_by(columns.due_at, columns.approval_id)
    )
    return [_plan(row) for row in found]


async def end(
    connection: Connection,
    approval_id: int,
    state: PlanState,
    *,
    now: dt.datetime,
    stopped_by: int | None = None,
) -> bool:
    """End a plan that waits; False if it does not wait any more."""
    ended = await connection.execute(
        sa.update(publication_plan)
        .where(
            publication_plan.c.approval_id == approval_id,
            publication_plan.c.state == PlanState.WAITING,
        )
        .values(state=state, stopped_by=stopped_by, ended_at=now)
    )
    return ended.rowcount == 1


async def published_times(connection: Connection, case_id: int) -> int:
    """How often a story of the case became public."""
    columns = publication_plan.c
    return await rows.count(
        connection,
        publication_plan,
        columns.case_id == case_id,
        columns.state == PlanState.PUBLISHED,
    )


def _plan(row: sa.Row[tuple[object, ...]]) -> Plan:
    return Plan(row.approval_id, row.version_id, row.case_id, row.due_at, PlanState(row.state))
