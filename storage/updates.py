"""
Updates: news of a case, written by one person and approved by another, public after a while.

An update is a milestone of the vocabulary and a month, and perhaps a note in some languages, which
is sealed. Rows are added and never changed.
"""

import datetime as dt
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from storage import rows
from storage.columns import BIG, BLOB, TEXT, Flag, UnixTime
from storage.database import Connection
from storage.guards import Guard, append_only
from storage.schema import table
from storage.sealing import Seal

_NOTE = "update"

case_update = table(
    "case_update",
    sa.Column("id", BIG, primary_key=True),
    sa.Column("case_id", BIG, sa.ForeignKey("cases.id"), nullable=False, index=True),
    sa.Column("milestone", TEXT, nullable=False),
    sa.Column("month", TEXT, nullable=False),
    sa.Column("notes_sealed", BLOB, nullable=False),
    sa.Column("content_sha256", BLOB, nullable=False),
    sa.Column("author_id", BIG, sa.ForeignKey("staff.id"), nullable=False),
    sa.Column("written_at", UnixTime, nullable=False),
    sa.UniqueConstraint("id", "content_sha256", "author_id"),
    sa.CheckConstraint("length(month) = 7", name="month_only"),
    sa.CheckConstraint("length(content_sha256) = 32", name="sha256_has_32_bytes"),
)

update_decision = table(
    "update_decision",
    sa.Column("update_id", BIG, primary_key=True, autoincrement=False),
    sa.Column("content_sha256", BLOB, nullable=False),
    sa.Column("author_id", BIG, nullable=False),
    sa.Column("decider_id", BIG, sa.ForeignKey("staff.id"), nullable=False),
    sa.Column("approved", Flag, nullable=False),
    sa.Column("public_from", UnixTime),
    sa.Column("decided_at", UnixTime, nullable=False),
    sa.ForeignKeyConstraint(
        ["update_id", "content_sha256", "author_id"],
        ["case_update.id", "case_update.content_sha256", "case_update.author_id"],
        name="fk_update_decision_exact_words",
    ),
    sa.CheckConstraint("approved = 0 OR decider_id <> author_id", name="four_eyes"),
    sa.CheckConstraint(
        "(approved = 1) = (public_from IS NOT NULL)", name="approved_becomes_public"
    ),
)

update_stop = table(
    "update_stop",
    sa.Column("update_id", BIG, sa.ForeignKey("update_decision.update_id"), primary_key=True,
              autoincrement=False),
    sa.Column("staff_id", BIG, sa.ForeignKey("staff.id"), nullable=False),
    sa.Column("stopped_at", UnixTime, nullable=False),
)  # fmt: skip

GUARDS: tuple[Guard, ...] = (
    append_only(case_update),
    append_only(update_decision),
    append_only(update_stop),
)


@dataclass(frozen=True, slots=True)
class Update:
    """
    News of a case.

    Attributes:
        milestone: A name of `stories.milestones`.
        month: "2026-11".
        notes: Language to text; may be empty.
        approved: None while nobody has decided.
        public_from: When an approved one may be shown; None for any other.
    """

    id: int
    case_id: int
    milestone: str
    month: str
    notes: Mapping[str, str]
    content_sha256: bytes
    author_id: int
    approved: bool | None
    public_from: dt.datetime | None
    stopped: bool


async def add(
    connection: Connection,
    seal: Seal,
    *,
    case_id: int,
    milestone: str,
    month: str,
    notes: Mapping[str, str],
    content_sha256: bytes,
    author_id: int,
    now: dt.datetime,
) -> int:
    """Keep an update; hand back its id. Nobody sees it yet."""
    return await rows.add(
        connection,
        case_update,
        case_id=case_id,
        milestone=milestone,
        month=month,
        notes_sealed=seal.seal(_NOTE, json.dumps(dict(notes), ensure_ascii=False).encode()),
        content_sha256=content_sha256,
        author_id=author_id,
        written_at=now,
    )


async def decide(
    connection: Connection,
    update: Update,
    *,
    decider_id: int,
    public_from: dt.datetime | None,
    now: dt.datetime,
) -> None:
    """Approve exactly this update, public from then on; None: it is turned down."""
    await connection.execute(
        sa.insert(update_decision).values(
            update_id=update.id,
            content_sha256=update.content_sha256,
            author_id=update.author_id,
            decider_id=decider_id,
            approved=public_from is not None,
            public_from=public_from,
            decided_at=now,
        )
    )


async def decided_by(connection: Connection, update_id: int) -> tuple[int, bool] | None:
    """Who decided on it, and whether they approved; None while nobody has."""
    found = await connection.execute(
        sa.select(update_decision.c.decider_id, update_decision.c.approved).where(
            update_decision.c.update_id == update_id
        )
    )
    row = found.one_or_none()
    return None if row is None else (row.decider_id, row.approved)


async def stop(connection: Connection, update_id: int, *, staff_id: int, now: dt.datetime) -> None:
    """An approved update is not shown, or not any more; once for each."""
    await connection.execute(
        sa.insert(update_stop).values(update_id=update_id, staff_id=staff_id, stopped_at=now)
    )


async def by_id(connection: Connection, seal: Seal, update_id: int) -> Update | None:
    """The update with this id, or None."""
    found = await _load(connection, seal, case_update.c.id == update_id)
    return found[0] if found else None


async def of_case(connection: Connection, seal: Seal, case_id: int) -> list[Update]:
    """Every update of the case, whatever became of it, oldest first."""
    return await _load(connection, seal, case_update.c.case_id == case_id)


async def waiting(connection: Connection, seal: Seal) -> list[Update]:
    """The updates on which nobody has decided, oldest first."""
    return await _load(connection, seal, update_decision.c.update_id.is_(None))


async def undecided_twin(
    connection: Connection, seal: Seal, *, case_id: int, content_sha256: bytes, author_id: int
) -> Update | None:
    """The same news by the same author on which nobody has decided, or None."""
    found = await _load(
        connection,
        seal,
        sa.and_(
            case_update.c.case_id == case_id,
            case_update.c.content_sha256 == content_sha256,
            case_update.c.author_id == author_id,
            update_decision.c.update_id.is_(None),
        ),
    )
    return found[0] if found else None


async def shown(
    connection: Connection, seal: Seal, case_ids: Sequence[int], now: dt.datetime
) -> list[Update]:
    """The approved updates of these cases whose time has come and that nobody stopped."""
    return await _load(
        connection,
        seal,
        sa.and_(
            case_update.c.case_id.in_(case_ids),
            update_decision.c.public_from <= now,
            update_stop.c.update_id.is_(None),
        ),
    )


async def _load(connection: Connection, seal: Seal, where: sa.ColumnElement[bool]) -> list[Update]:
    found = await connection.execute(
        sa.select(
            case_update,
            update_decision.c.approved,
            update_decision.c.public_from,
            update_stop.c.update_id.label("stop"),
        )
        .outerjoin(update_decision, update_decision.c.update_id == case_update.c.id)
        .outerjoin(update_stop, update_stop.c.update_id == case_update.c.id)
        .where(where)
        .order_by(case_update.c.id)
    )
    return [
        Update(
            row.id,
            row.case_id,
            row.milestone,
            row.month,
            json.loads(seal.unseal(_NOTE, row.notes_sealed)),
            row.content_sha256,
            row.author_id,
            row.approved,
            row.public_from,
            row.stop is not None,
        )
        for row in found
    ]
