"""
Need cards: a case that is shown with its need alone, and without a story.

All that a card says is of closed lists, so that what is approved is the showing of exactly these
facts, lines and this pseudonym, by their SHA-256. One asks, another decides; the database itself
refuses that it be one person, that a card is shown that nobody approved, and that one is shown
that was approved before the case was taken back.
"""

import datetime as dt
from dataclasses import dataclass

import sqlalchemy as sa

from storage import rows
from storage.columns import BIG, BLOB, INT, Flag, UnixTime
from storage.database import Connection
from storage.guards import Guard, append_only
from storage.schema import table

need_card = table(
    "need_card",
    sa.Column("id", BIG, primary_key=True),
    sa.Column("case_id", BIG, sa.ForeignKey("cases.id"), nullable=False, index=True),
    sa.Column("content_sha256", BLOB, nullable=False),
    sa.Column("asked_by", BIG, sa.ForeignKey("staff.id"), nullable=False),
    sa.Column("asked_at", UnixTime, nullable=False),
    sa.UniqueConstraint("id", "case_id", "content_sha256", "asked_by", name="uq_need_card_exact"),
    sa.CheckConstraint("length(content_sha256) = 32", name="sha256_has_32_bytes"),
)

need_card_decision = table(
    "need_card_decision",
    sa.Column("id", BIG, primary_key=True),
    sa.Column("need_card_id", BIG, nullable=False, unique=True),
    sa.Column("case_id", BIG, nullable=False),
    sa.Column("content_sha256", BLOB, nullable=False),
    sa.Column("asked_by", BIG, nullable=False),
    sa.Column("approved", Flag, nullable=False),
    sa.Column("decided_by", BIG, sa.ForeignKey("staff.id"), nullable=False),
    sa.Column("decided_at", UnixTime, nullable=False),
    sa.ForeignKeyConstraint(
        ["need_card_id", "case_id", "content_sha256", "asked_by"],
        ["need_card.id", "need_card.case_id", "need_card.content_sha256", "need_card.asked_by"],
        name="fk_need_card_decision_exact_card",
    ),
    sa.UniqueConstraint("id", "case_id", "approved", name="uq_need_card_decision_of_case"),
    sa.CheckConstraint("approved = 0 OR decided_by <> asked_by", name="four_eyes"),
)

need_card_shown = table(
    "need_card_shown",
    sa.Column("case_id", BIG, sa.ForeignKey("cases.id"), primary_key=True),
    sa.Column("decision_id", BIG, nullable=False),
    sa.Column("approved", INT, nullable=False),
    sa.Column("shown_since", UnixTime, nullable=False),
    sa.ForeignKeyConstraint(
        ["decision_id", "case_id", "approved"],
        [
            "need_card_decision.id",
            "need_card_decision.case_id",
            "need_card_decision.approved",
        ],
        name="fk_need_card_shown_approved",
    ),
    sa.CheckConstraint("approved = 1", name="somebody_approved_it"),
)

_APPROVED_BEFORE = """
 EXISTS (SELECT 1 FROM recall JOIN need_card_decision decision ON decision.id = NEW.decision_id
          WHERE recall.case_id = NEW.case_id AND recall.recalled_at >= decision.decided_at)"""

GUARDS: tuple[Guard, ...] = (
    append_only(need_card),
    append_only(need_card_decision),
    Guard(
        sqlite=tuple(
            f"CREATE TRIGGER guard_need_card_shown_recalled_{event.lower()} BEFORE {event}"
            " ON need_card_shown BEGIN SELECT RAISE(ABORT, 'recalled') WHERE"
            f"{_APPROVED_BEFORE}; END"
            for event in ("INSERT", "UPDATE")
        ),
        postgresql=(
            "CREATE FUNCTION guard_need_card_shown_recalled() RETURNS trigger LANGUAGE plpgsql"
            " SET search_path FROM CURRENT AS $$ BEGIN"
            f" IF {_APPROVED_BEFORE} THEN"
            " RAISE EXCEPTION 'recalled: approved before the case was taken back'"
            " USING ERRCODE = 'restrict_violation', CONSTRAINT = 'recalled'; END IF;"
            " RETURN NEW; END $$",
            "CREATE TRIGGER guard_need_card_shown_recalled BEFORE INSERT OR UPDATE"
            " ON need_card_shown FOR EACH ROW EXECUTE FUNCTION guard_need_card_shown_recalled()",
        ),
    ),
)


@dataclass(frozen=True, slots=True)
class Asked:
    """
    Somebody asked for a need card to be shown.

    Attributes:
        content_sha256: Of the facts, lines and pseudonym that it would say.
        approved: None while nobody has decided.
        decided_by, decided_at: None while nobody has decided.
    """

    id: int
    case_id: int
    content_sha256: bytes
    asked_by: int
    asked_at: dt.datetime
    approved: bool | None
    decided_by: int | None
    decided_at: dt.datetime | None


async def ask(
    connection: Connection, case_id: int, content_sha256: bytes, *, staff_id: int, now: dt.datetime
) -> int:
    """Write down that *staff_id* asks for this card to be shown; hand back the row's id."""
    return await rows.add(
        connection,
        need_card,
        case_id=case_id,
        content_sha256=content_sha256,
        asked_by=staff_id,
        asked_at=now,
    )


async def newest(connection: Connection, case_id: int) -> Asked | None:
    """What was asked for last, and what was decided; None if nobody ever asked."""
    found = await connection.execute(
        sa.select(
            need_card,
            need_card_decision.c.approved,
            need_card_decision.c.decided_by,
            need_card_decision.c.decided_at,
        )
        .outerjoin(need_card_decision, need_card_decision.c.need_card_id == need_card.c.id)
        .where(need_card.c.case_id == case_id)
        .order_by(need_card.c.id.desc())
        .limit(1)
    )
    row = found.one_or_none()
    return None if row is None else Asked(*row)


async def waiting(connection: Connection) -> dict[int, int]:
    """Case id to who asked last, where nobody has decided on it; who waits longest first."""
    last = sa.select(sa.func.max(need_card.c.id)).group_by(need_card.c.case_id)
    decided = sa.exists().where(need_card_decision.c.need_card_id == need_card.c.id)
    found = await connection.execute(
        sa.select(need_card.c.case_id, need_card.c.asked_by)
        .where(need_card.c.id.in_(last), ~decided)
        .order_by(need_card.c.id)
    )
    return {row.case_id: row.asked_by for row in found}


async def decide(
    connection: Connection, asked: Asked, *, approved: bool, staff_id: int, now: dt.datetime
) -> int:
    """
    Write down what *staff_id* decided; hand back the row's id.

    The database refuses whoever asked as approver, and a second decision.
    """
    return await rows.add(
        connection,
        need_card_decision,
        need_card_id=asked.id,
        case_id=asked.case_id,
        content_sha256=asked.content_sha256,
        asked_by=asked.asked_by,
        approved=approved,
        decided_by=staff_id,
        decided_at=now,
    )


async def show(connection: Connection, case_id: int, decision_id: int, now: dt.datetime) -> None:
    """Show the card that was approved, in place of the one before."""
    await hide(connection, case_id)
    await connection.execute(
        sa.insert(need_card_shown).values(
            case_id=case_id, decision_id=decision_id, approved=1, shown_since=now
        )
    )


async def hide(connection: Connection, case_id: int) -> None:
    """Show no card of the case any more; it comes back only with another approval."""
    await connection.execute(sa.delete(need_card_shown).where(need_card_shown.c.case_id == case_id))


async def shown(
    connection: Connection, case_ids: list[int] | None = None
) -> dict[int, tuple[bytes, dt.datetime]]:
    """
    The cards that were approved and not taken back: case id to (SHA-256, shown since).

    Whether its facts still are what was approved is for who shows it to see.

    Args:
        case_ids: None: of all cases.
    """
    wanted = sa.select(
        need_card_shown.c.case_id,
        need_card_decision.c.content_sha256,
        need_card_shown.c.shown_since,
    ).join(need_card_decision, need_card_decision.c.id == need_card_shown.c.decision_id)
    if case_ids is not None:
        wanted = wanted.where(need_card_shown.c.case_id.in_(case_ids))
    rows = await connection.execute(wanted)
    return {row.case_id: (row.content_sha256, row.shown_since) for row in rows}


async def times_approved(connection: Connection, case_id: int) -> int:
    """How often a card of the case was approved: a use of a consent each."""
    found = await connection.scalar(
        sa.select(sa.func.count())
        .select_from(need_card_decision)
        .where(need_card_decision.c.case_id == case_id, need_card_decision.c.approved == 1)
    )
    return int(found or 0)
