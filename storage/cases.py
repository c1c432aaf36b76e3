"""
Cases: a person's assistance plan, what it needs, and the staff who answer for it.

A case's id is the id of its book in the ledger. No column here can hold a name, a place or a date
of a person's life: what is shown comes out of an approved story (`storage.stories`).
"""

import datetime as dt
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from enum import StrEnum

import sqlalchemy as sa

from storage import rows
from storage.columns import BIG, TEXT, Flag, UnixTime
from storage.database import Connection
from storage.guards import Guard, append_only
from storage.ledger import open_book
from storage.schema import table
from values.lines import BudgetLine
from values.money import Money


class Outcome(StrEnum):
    """
    How a plan ended. Only staff see which; readers are told that it is complete, or that it ended.
    """

    COMPLETE = "complete"
    NOT_NEEDED = "not_needed"
    WITHDRAWN = "withdrawn"
    UNREACHABLE = "unreachable"
    DIED = "died"


staff = table(
    "staff",
    sa.Column("id", BIG, primary_key=True),
    sa.Column("code", TEXT, nullable=False, unique=True),
    sa.Column("invented", Flag, nullable=False),
)

cases = table(
    "cases",
    sa.Column("id", BIG, primary_key=True, autoincrement=False),
    sa.Column("book_kind", TEXT, nullable=False, default="case"),
    sa.Column("code", TEXT, nullable=False, unique=True),
    sa.Column("slug", TEXT, nullable=False, unique=True),
    sa.Column("currency", TEXT, nullable=False),
    sa.Column("state", TEXT, nullable=False),
    sa.Column("invented", Flag, nullable=False),
    sa.Column("opened_at", UnixTime, nullable=False),
    sa.Column("outcome", TEXT),
    sa.Column("training", Flag, nullable=False),
    sa.UniqueConstraint("id", "currency"),
    sa.ForeignKeyConstraint(["id", "book_kind"], ["book.id", "book.kind"]),
    sa.CheckConstraint("book_kind = 'case'", name="is_a_case"),
    sa.CheckConstraint("state IN ('open', 'closed')", name="known_state"),
    sa.CheckConstraint(
        "outcome IN ('complete', 'not_needed', 'withdrawn', 'unreachable', 'died')",
        name="known_outcome",
    ),
    sa.CheckConstraint("outcome IS NULL OR state = 'closed'", name="ended_is_closed"),
)

_IS_REAL = cases.c.training == False  # noqa: E712 - SQL's comparison, not Python's

need_line = table(
    "need_line",
    sa.Column("case_id", BIG, sa.ForeignKey("cases.id"), primary_key=True),
    sa.Column("line", TEXT, primary_key=True),
    sa.Column("position", BIG, nullable=False),
    sa.Column("amount_minor", BIG, nullable=False),
    sa.UniqueConstraint("case_id", "position"),
    sa.CheckConstraint("amount_minor > 0", name="amount_positive"),
)

plan_change = table(
    "plan_change",
    sa.Column("id", BIG, primary_key=True),
    sa.Column("case_id", BIG, sa.ForeignKey("cases.id"), nullable=False, index=True),
    sa.Column("from_line", TEXT, nullable=False),
    sa.Column("to_line", TEXT),
    sa.Column("amount_minor", BIG, nullable=False),
    sa.Column("staff_id", BIG, sa.ForeignKey("staff.id"), nullable=False),
    sa.Column("changed_at", UnixTime, nullable=False),
    sa.CheckConstraint("amount_minor > 0", name="amount_positive"),
    sa.CheckConstraint("to_line IS NULL OR to_line <> from_line", name="another_line"),
)

_IS_OF_A_COURSE = "EXISTS (SELECT 1 FROM cases WHERE id = NEW.{} AND training = 1)"


def _never_for_training(table: str, case: str) -> Guard:
    """No row of *table* is of a training case."""
    of_a_course = _IS_OF_A_COURSE.format(case)
    name = f"guard_{table}_training"
    return Guard(
        sqlite=(
            f"CREATE TRIGGER {name} BEFORE INSERT ON {table} BEGIN"
            f" SELECT RAISE(ABORT, 'training_case') WHERE {of_a_course}; END",
        ),
        postgresql=(
            f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql"
            " SET search_path FROM CURRENT AS $$ BEGIN"
            f" IF {of_a_course} THEN RAISE EXCEPTION 'training_case: case %', NEW.{case}"
            " USING ERRCODE = 'check_violation', CONSTRAINT = 'training_case';"
            " END IF; RETURN NEW; END $$",
            f"CREATE TRIGGER {name} BEFORE INSERT ON {table}"
            f" FOR EACH ROW EXECUTE FUNCTION {name}()",
        ),
    )


_STAYS = Guard(
    sqlite=(
        "CREATE TRIGGER guard_cases_training BEFORE UPDATE ON cases BEGIN"
        " SELECT RAISE(ABORT, 'training_stays') WHERE NEW.training <> OLD.training; END",
    ),
    postgresql=(
        "CREATE FUNCTION guard_cases_training() RETURNS trigger LANGUAGE plpgsql"
        " SET search_path FROM CURRENT AS $$ BEGIN"
        " IF NEW.training <> OLD.training THEN RAISE EXCEPTION 'training_stays: case %', NEW.id"
        " USING ERRCODE = 'check_violation', CONSTRAINT = 'training_stays';"
        " END IF; RETURN NEW; END $$",
        "CREATE TRIGGER guard_cases_training BEFORE UPDATE ON cases"
        " FOR EACH ROW EXECUTE FUNCTION guard_cases_training()",
    ),
)
"""A case for courses never becomes a real one, nor the reverse."""

GUARDS: tuple[Guard, ...] = (
    append_only(plan_change),
    _STAYS,
    # Without an account nothing can be booked; without a hold no payment page is opened.
    _never_for_training("account", "book_id"),
    _never_for_training("hold", "case_id"),
    _never_for_training("publication", "case_id"),
    _never_for_training("need_card_shown", "case_id"),
)


@dataclass(frozen=True, slots=True)
class Case:
    """
    A case.

    Attributes:
        code: Short and public; what buttons and links carry.
        slug: Its address on the companion page.
        lines: The need, line by line, in the order the officer gave; their sum is the goal.
        invented: A composite that ships with the project and belongs to nobody.
        is_open: Gifts are taken.
        outcome: How the plan ended; None while it has not.
        training: For courses: never public, and takes no money; the database says so too.
    """

    id: int
    code: str
    slug: str
    currency: str
    is_open: bool
    invented: bool
    lines: tuple[tuple[BudgetLine, Money], ...]
    outcome: Outcome | None = None
    training: bool = False

    @property
    def is_complete(self) -> bool:
        """The plan has ended because all of it is done."""
        return self.outcome is Outcome.COMPLETE

    @property
    def need(self) -> Money:
        """The sum of the budget lines."""
        return sum((amount for _, amount in self.lines), Money(0, self.currency))


async def add_staff(connection: Connection, code: str, *, invented: bool) -> int:
    """Add a member of staff; hand back the id, the old one if the code is there already."""
    known = await staff_id(connection, code)
    if known is not None:
        return known
    return await rows.add(connection, staff, code=code, invented=invented)


async def staff_id(connection: Connection, code: str) -> int | None:
    """The id of the member of staff with this code, or None."""
    found: int | None = await connection.scalar(sa.select(staff.c.id).where(staff.c.code == code))
    return found


async def add_case(
    connection: Connection,
    *,
    code: str,
    slug: str,
    currency: str,
    lines: Sequence[tuple[BudgetLine, Money]],
    invented: bool,
    now: dt.datetime,
    training: bool = False,
) -> int:
    """Open a case with its book in the ledger; hand back its id."""
    case_id = await open_book(connection, "case")
    await connection.execute(
        sa.insert(cases).values(
            id=case_id,
            book_kind="case",
            code=code,
            slug=slug,
            currency=currency,
            state="open",
            invented=invented,
            opened_at=now,
            training=training,
        )
    )
    await connection.execute(
        sa.insert(need_line),
        [
            {"case_id": case_id, "position": at, "line": line, "amount_minor": money.amount_minor}
            for at, (line, money) in enumerate(lines)
        ],
    )
    return case_id


async def all_cases(connection: Connection) -> tuple[Case, ...]:
    """Every case, oldest first."""
    return await _load(connection, sa.true())


async def of_the_ledger(
    connection: Connection, first: int = 0, most: int | None = None
) -> tuple[Case, ...]:
    """Every case but those for courses, oldest first; *most* of them, from the *first* on."""
    wanted = sa.select(cases.c.id).where(_IS_REAL).order_by(cases.c.id)
    return await _load(connection, cases.c.id.in_(wanted.offset(first).limit(most)))


async def how_many_of_the_ledger(connection: Connection) -> int:
    """How many cases there are but those for courses."""
    wanted = sa.select(sa.func.count()).select_from(cases).where(_IS_REAL)
    return int(await connection.scalar(wanted) or 0)


async def by_code(connection: Connection, code: str) -> Case | None:
    """The case with this code, or None."""
    return _only(await _load(connection, cases.c.code == code))


async def by_slug(connection: Connection, slug: str) -> Case | None:
    """The case at this address, or None."""
    return _only(await _load(connection, cases.c.slug == slug))


async def by_id(connection: Connection, case_id: int) -> Case | None:
    """The case with this id, or None."""
    return _only(await _load(connection, cases.c.id == case_id))


async def slugs(connection: Connection, named: Collection[str]) -> set[str]:
    """Which of the addresses *named* a case has."""
    return set(await connection.scalars(sa.select(cases.c.slug).where(cases.c.slug.in_(named))))


async def lock(connection: Connection, *case_ids: int) -> None:
    """
    Hold the cases' rows until the transaction ends, so that what they miss can be relied on.

    Several are taken in one order, so that two who want the same wait and do not deadlock. On
    SQLite there is one writer at a time and nothing to lock.
    """
    if connection.dialect.name == "postgresql":
        await connection.execute(
            sa.select(cases.c.id)
            .where(cases.c.id.in_(case_ids))
            .order_by(cases.c.id)
            .with_for_update(key_share=True)
        )


async def by_ids(connection: Connection, case_ids: Collection[int]) -> dict[int, Case]:
    """The cases with these ids, by id."""
    found = await _load(connection, cases.c.id.in_(case_ids))
    return {case.id: case for case in found}


async def end(connection: Connection, case_id: int, outcome: Outcome) -> None:
    """The plan has ended: no gifts are taken any more."""
    await connection.execute(
        sa.update(cases).where(cases.c.id == case_id).values(state="closed", outcome=outcome)
    )


async def change_plan(
    connection: Connection,
    case: Case,
    *,
    from_line: BudgetLine,
    to_line: BudgetLine | None,
    amount: Money,
    staff_id: int,
    now: dt.datetime,
) -> None:
    """
    Take *amount* off one line, and put it on another; None: the plan needs so much less.

    The caller has locked the case. A line with nothing left is taken out of the plan.
    """
    await connection.execute(
        sa.insert(plan_change).values(
            case_id=case.id,
            from_line=from_line,
            to_line=to_line,
            amount_minor=amount.amount_minor,
            staff_id=staff_id,
            changed_at=now,
        )
    )
    planned = dict(case.lines)
    await put_line(connection, case, from_line, planned[from_line] - amount)
    if to_line is not None:
        before = planned.get(to_line, Money(0, case.currency))
        await put_line(connection, case, to_line, before + amount)


async def put_line(connection: Connection, case: Case, line: BudgetLine, amount: Money) -> None:
    """
    Write down what a line of the need is; zero takes it out of the plan, a new one stands last.

    The caller has locked the case. After the first gift the database asks for the row that says
    why (`storage.needs`).
    """
    at = need_line.c.case_id == case.id
    if not amount:
        await connection.execute(sa.delete(need_line).where(at, need_line.c.line == line))
    elif line in dict(case.lines):
        await connection.execute(
            sa.update(need_line)
            .where(at, need_line.c.line == line)
            .values(amount_minor=amount.amount_minor)
        )
    else:
        last = await connection.scalar(sa.select(sa.func.max(need_line.c.position)).where(at))
        await connection.execute(
            sa.insert(need_line).values(
                case_id=case.id,
                line=line,
                position=0 if last is None else last + 1,
                amount_minor=amount.amount_minor,
            )
        )


async def real_case_exists(connection: Connection) -> bool:
    """Whether the database holds a case that is not an invented one."""
    found = await connection.scalar(sa.select(cases.c.id).where(cases.c.invented == False).limit(1))  # noqa: E712
    return found is not None


def _only(found: tuple[Case, ...]) -> Case | None:
    return found[0] if found else None


async def _load(connection: Connection, where: sa.ColumnElement[bool]) -> tuple[Case, ...]:
    rows = await connection.execute(
        sa.select(cases, need_line.c.line, need_line.c.amount_minor)
        .join(need_line, need_line.c.case_id == cases.c.id)
        .where(where)
        .order_by(cases.c.id, need_line.c.position)
    )
    found: dict[int, Case] = {}
    for row in rows:
        line = (BudgetLine(row.line), Money(row.amount_minor, row.currency))
        known = found.get(row.id)
        found[row.id] = Case(
            id=row.id,
            code=row.code,
            slug=row.slug,
            currency=row.currency,
            is_open=row.state == "open",
            invented=row.invented,
            lines=(*known.lines, line) if known else (line,),
            outcome=None if row.outcome is None else Outcome(row.outcome),
            training=row.training,
        )
    return tuple(found.values())
