"""
How a need grows after the first gift: by a dated note to its donors, and in no other way.

A note is kept for ever and never changed. What a plan needs may be set freely before anybody has
given; from then on the database asks for the row that says why: a note, or a change of the plan
(`storage.cases`).
"""

# ruff: noqa: S608 - what is put together here is our own text

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from storage import rows
from storage.columns import BIG, BLOB, TEXT, UnixTime
from storage.database import Connection
from storage.guards import Guard, append_only
from storage.holds import HoldState, hold
from storage.ledger_tables import transfer
from storage.schema import table
from storage.sealing import Seal
from values.lines import BudgetLine
from values.money import Money

_NOTE = "need"

need_note = table(
    "need_note",
    sa.Column("id", BIG, primary_key=True),
    sa.Column("case_id", BIG, sa.ForeignKey("cases.id"), nullable=False, index=True),
    sa.Column("line", TEXT, nullable=False),
    sa.Column("before_minor", BIG, nullable=False),
    sa.Column("after_minor", BIG, nullable=False),
    sa.Column("notes_sealed", BLOB, nullable=False),
    sa.Column("month", TEXT, nullable=False),
    sa.Column("staff_id", BIG, sa.ForeignKey("staff.id"), nullable=False),
    sa.Column("noted_at", UnixTime, nullable=False),
    sa.CheckConstraint("before_minor >= 0", name="before_not_negative"),
    sa.CheckConstraint("after_minor > before_minor", name="it_grew"),
    sa.CheckConstraint("length(month) = 7", name="month_only"),
)


def _given_to(case: str) -> str:
    """Somebody has reserved or given something for the case."""
    return (
        f"(EXISTS (SELECT 1 FROM hold WHERE case_id = {case} AND state <> 'released')"
        f" OR EXISTS (SELECT 1 FROM transfer WHERE book_id = {case}))"
    )


def _noted(before: str) -> str:
    """A note says that the line grew from *before* to what it is now."""
    return (
        "EXISTS (SELECT 1 FROM need_note WHERE case_id = NEW.case_id AND line = NEW.line"
        f" AND before_minor = {before} AND after_minor = NEW.amount_minor)"
    )


def _changed(line: str, of: str, amount: str) -> str:
    """A change of the plan says that so much went to the line, or off it."""
    return (
        f"EXISTS (SELECT 1 FROM plan_change WHERE case_id = {of}.case_id AND {line} = {of}.line"
        f" AND amount_minor = {amount})"
    )


_APPEARS = (
    f"{_given_to('NEW.case_id')} AND NOT {_noted('0')}"
    f" AND NOT {_changed('to_line', 'NEW', 'NEW.amount_minor')}"
)
_GROWS = (
    f"{_given_to('NEW.case_id')} AND NEW.amount_minor > OLD.amount_minor"
    f" AND NOT {_noted('OLD.amount_minor')}"
    f" AND NOT {_changed('to_line', 'NEW', 'NEW.amount_minor - OLD.amount_minor')}"
)
_SHRINKS = (
    f"{_given_to('OLD.case_id')} AND NEW.amount_minor < OLD.amount_minor"
    f" AND NOT {_changed('from_line', 'OLD', 'OLD.amount_minor - NEW.amount_minor')}"
)
_BECOMES_ANOTHER = "NEW.case_id <> OLD.case_id OR NEW.line <> OLD.line"
_GOES = f"{_given_to('OLD.case_id')} AND NOT {_changed('from_line', 'OLD', 'OLD.amount_minor')}"


def _refusing(event: str, back: str, refusals: Mapping[str, str]) -> Guard:
    """A line of a need is not written so, if one of *refusals* (word to condition) holds."""
    name = f"guard_need_line_{event.lower()}"
    tells = " ".join(
        f"IF {condition} THEN RAISE EXCEPTION '{word}: a line of a need after the first gift'"
        f" USING ERRCODE = 'restrict_violation', CONSTRAINT = '{word}'; END IF;"
        for word, condition in refusals.items()
    )
    aborts = "".join(
        f" SELECT RAISE(ABORT, '{word}') WHERE {condition};" for word, condition in refusals.items()
    )
    return Guard(
        sqlite=(f"CREATE TRIGGER {name} BEFORE {event} ON need_line BEGIN{aborts} END",),
        postgresql=(
            f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql"
            f" SET search_path FROM CURRENT AS $$ BEGIN {tells} RETURN {back}; END $$",
            f"CREATE TRIGGER {name} BEFORE {event} ON need_line"
            f" FOR EACH ROW EXECUTE FUNCTION {name}()",
        ),
    )


GUARDS: tuple[Guard, ...] = (
    append_only(need_note),
    _refusing("INSERT", "NEW", {"line_without_a_note": _APPEARS}),
    _refusing(
        "UPDATE",
        "NEW",
        {
            "line_stays": _BECOMES_ANOTHER,
            "grows_without_a_note": _GROWS,
            "shrinks_without_a_change": _SHRINKS,
        },
    ),
    _refusing("DELETE", "OLD", {"goes_without_a_change": _GOES}),
)


@dataclass(frozen=True, slots=True)
class NeedNote:
    """
    Why a line of a need grew, told to those who gave before.

    Attributes:
        before: What the line was; zero if the plan did not have it.
        notes: Language to text; at least one.
        month: "2026-11".
    """

    id: int
    case_id: int
    line: BudgetLine
    before: Money
    after: Money
    notes: Mapping[str, str]
    month: str
    staff_id: int


async def was_given_to(connection: Connection, case_id: int) -> bool:
    """Whether somebody has reserved or given something for the case, whatever became of it."""
    held = sa.exists().where(hold.c.case_id == case_id, hold.c.state != HoldState.RELEASED)
    moved = sa.exists().where(transfer.c.book_id == case_id)
    return bool(await connection.scalar(sa.select(sa.or_(held, moved))))


async def add_note(
    connection: Connection,
    seal: Seal,
    *,
    case_id: int,
    line: BudgetLine,
    before: Money,
    after: Money,
    notes: Mapping[str, str],
    staff_id: int,
    now: datetime,
) -> int:
    """Keep a note, before the line itself is changed; hand back its id."""
    return await rows.add(
        connection,
        need_note,
        case_id=case_id,
        line=line,
        before_minor=before.amount_minor,
        after_minor=after.amount_minor,
        notes_sealed=seal.seal(_NOTE, json.dumps(dict(notes), ensure_ascii=False).encode()),
        month=f"{now:%Y-%m}",
        staff_id=staff_id,
        noted_at=now,
    )


async def notes_of(
    connection: Connection, seal: Seal, case_id: int, currency: str
) -> list[NeedNote]:
    """Every note of the case, oldest first; its amounts are in *currency*, the case's."""
    found = await connection.execute(
        sa.select(need_note).where(need_note.c.case_id == case_id).order_by(need_note.c.id)
    )
    return [
        NeedNote(
            row.id,
            row.case_id,
            BudgetLine(row.line),
            Money(row.before_minor, currency),
            Money(row.after_minor, currency),
            json.loads(seal.unseal(_NOTE, row.notes_sealed)),
            row.month,
            row.staff_id,
        )
        for row in found
    ]
