"""
Cases of somebody under 18: asked for by one protection officer, confirmed by another.

Beside the two stands who looks after the child, a word of a closed list, and the month of that
record; no name. Until it is confirmed the case is closed; and no story or news is ever told of it.
The database holds all of that itself.
"""

import datetime as dt
from dataclasses import dataclass

import sqlalchemy as sa

from storage.cases import cases
from storage.columns import BIG, TEXT, UnixTime
from storage.database import Connection
from storage.guards import Guard, append_only
from storage.schema import table
from values.bands import Guardian

minor_case = table(
    "minor_case",
    sa.Column("case_id", BIG, sa.ForeignKey("cases.id"), primary_key=True, autoincrement=False),
    sa.Column("guardian", TEXT, nullable=False),
    sa.Column("month", TEXT, nullable=False),
    sa.Column("asked_by", BIG, sa.ForeignKey("staff.id"), nullable=False),
    sa.Column("asked_at", UnixTime, nullable=False),
    sa.UniqueConstraint("case_id", "asked_by"),
    sa.CheckConstraint(
        f"guardian IN ({', '.join(repr(word.value) for word in Guardian)})", name="known_guardian"
    ),
    sa.CheckConstraint("length(month) = 7", name="month_only"),
)

minor_confirmation = table(
    "minor_confirmation",
    sa.Column("case_id", BIG, primary_key=True, autoincrement=False),
    sa.Column("asked_by", BIG, nullable=False),
    sa.Column("confirmed_by", BIG, sa.ForeignKey("staff.id"), nullable=False),
    sa.Column("confirmed_at", UnixTime, nullable=False),
    sa.ForeignKeyConstraint(
        ["case_id", "asked_by"],
        ["minor_case.case_id", "minor_case.asked_by"],
        name="fk_minor_confirmation_exact_request",
    ),
    sa.CheckConstraint("confirmed_by <> asked_by", name="two_people"),
)

_IS_MINOR = "EXISTS (SELECT 1 FROM minor_case WHERE case_id = NEW.case_id)"
_UNCONFIRMED = """
 EXISTS (SELECT 1 FROM minor_case WHERE case_id = NEW.{id}
            AND NOT EXISTS (SELECT 1 FROM minor_confirmation WHERE case_id = NEW.{id}))"""
_IS_UNDER_18 = """
 'under_18' = (SELECT age_band FROM case_facts WHERE case_id = NEW.case_id
                ORDER BY id DESC LIMIT 1)"""
_IS_OPEN = "'open' = (SELECT state FROM cases WHERE id = NEW.case_id)"


def _refuse(table: str, event: str, word: str, where: str) -> Guard:
    """No row of *table* comes by *event* where that is so; *word* is what the refusal says."""
    name = f"guard_{table}_{word}"
    return Guard(
        sqlite=(
            f"CREATE TRIGGER {name} BEFORE {event} ON {table} BEGIN"
            f" SELECT RAISE(ABORT, '{word}') WHERE {where}; END",
        ),
        postgresql=(
            f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql"
            " SET search_path FROM CURRENT AS $$ BEGIN"
            f" IF {where} THEN RAISE EXCEPTION '{word}'"
            f" USING ERRCODE = 'check_violation', CONSTRAINT = '{word}';"
            " END IF; RETURN NEW; END $$",
            f"CREATE TRIGGER {name} BEFORE {event} ON {table}"
            f" FOR EACH ROW EXECUTE FUNCTION {name}()",
        ),
    )


GUARDS: tuple[Guard, ...] = (
    append_only(minor_case),
    append_only(minor_confirmation),
    _refuse("minor_case", "INSERT", "minor_is_closed", _IS_OPEN),
    _refuse("cases", "UPDATE", "not_confirmed",
            f"NEW.state = 'open' AND {_UNCONFIRMED.format(id='id')}"),
    _refuse("hold", "INSERT", "not_confirmed", _UNCONFIRMED.format(id="case_id")),
    *(
        _refuse(told, "INSERT", "under_18", _IS_MINOR)
        for told in ("story_draft", "story_version", "case_update")
    ),
    _refuse("publication", "INSERT", "under_18", f"{_IS_MINOR} OR {_IS_UNDER_18}"),
    # A card with the need alone may be shown, once two have confirmed the case.
    _refuse("need_card_shown", "INSERT", "under_18",
            f"{_UNCONFIRMED.format(id='case_id')} OR ({_IS_UNDER_18} AND NOT {_IS_MINOR})"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Minor:
    """
    What stands beside a case of somebody under 18.

    Attributes:
        guardian: Who looks after the child.
        month: Of the guardian's or best-interest record: "2026-11".
        confirmed_by: The second protection officer; None while nobody has confirmed.
    """

    guardian: Guardian
    month: str
    asked_by: int
    confirmed_by: int | None


async def ask(
    connection: Connection,
    case_id: int,
    *,
    guardian: Guardian,
    month: str,
    asked_by: int,
    now: dt.datetime,
) -> None:
    """The case is of somebody under 18: it closes, until another protection officer confirms."""
    await connection.execute(sa.update(cases).where(cases.c.id == case_id).values(state="closed"))
    await connection.execute(
        sa.insert(minor_case).values(
            case_id=case_id, guardian=guardian, month=month, asked_by=asked_by, asked_at=now
        )
    )


async def confirm(
    connection: Connection, case_id: int, minor: Minor, *, confirmed_by: int, now: dt.datetime
) -> None:
    """Another protection officer agrees, and the case opens; once for each."""
    await connection.execute(
        sa.insert(minor_confirmation).values(
            case_id=case_id, asked_by=minor.asked_by, confirmed_by=confirmed_by, confirmed_at=now
        )
    )
    await connection.execute(sa.update(cases).where(cases.c.id == case_id).values(state="open"))


async def of_case(connection: Connection, case_id: int) -> Minor | None:
    """What stands beside the case; None if it was not opened as one of somebody under 18."""
    return (await of_each(connection, [case_id])).get(case_id)


async def of_each(connection: Connection, case_ids: list[int]) -> dict[int, Minor]:
    """The same of each of these cases that was opened so, by case id."""
    found = await connection.execute(
        sa.select(minor_case, minor_confirmation.c.confirmed_by)
        .outerjoin(minor_confirmation, minor_confirmation.c.case_id == minor_case.c.case_id)
        .where(minor_case.c.case_id.in_(case_ids))
    )
    return {
        row.case_id: Minor(Guardian(row.guardian), row.month, row.asked_by, row.confirmed_by)
        for row in found
    }


async def unconfirmed(connection: Connection) -> list[int]:
    """The ids of the cases that wait to be confirmed, oldest first."""
    found = await connection.scalars(
        sa.select(minor_case.c.case_id)
        .where(~sa.exists().where(minor_confirmation.c.case_id == minor_case.c.case_id))
        .order_by(minor_case.c.asked_at, minor_case.c.case_id)
    )
    return list(found)
