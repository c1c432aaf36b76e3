"""
Guards: triggers (and views) that stand beside the tables and refuse what constraints cannot.

They belong to no migration. `storage.migrate` takes them all away before it changes tables and
puts those of `storage.models.GUARDS` back afterwards: an ALTER on SQLite that rebuilds a table
would otherwise lose its triggers without a word.

They bind every plain connection, the owner's too. Whoever may run DDL (DROP TRIGGER, ALTER TABLE,
a superuser's session_replication_role, PRAGMA writable_schema, another program on the file) can
take them away; for that there is `ledger verify`.
"""

# ruff: noqa: S608 - what is put together here is our own text

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, Table, UniqueConstraint, text


@dataclass(frozen=True, slots=True)
class Guard:
    """
    What stands beside a table, for each engine.

    Names of triggers and functions start with `guard_`; a view is named as it is read.

    Attributes:
        sqlite: CREATE statements, in order.
        postgresql: CREATE statements, in order. Functions are created with the search path of the
            schema alone; end their head with `SET search_path FROM CURRENT`.
        view: The name of the view they create, or "".
    """

    sqlite: tuple[str, ...]
    postgresql: tuple[str, ...]
    view: str = ""


def append_only(table: Table) -> Guard:
    """
    Rows of *table* may be added, and then never changed, replaced or deleted.

    On SQLite an INSERT whose key is there already is refused before any conflict clause is looked
    at: INSERT OR REPLACE would delete the old row without firing a DELETE trigger. So use
    `database.insert_once` on such a table, not ON CONFLICT.
    """
    name = table.name  # ours, and so are the names of its columns: no text from outside comes here
    key_taken = " OR ".join(
        "(" + " AND ".join(f"{column} = NEW.{column}" for column in key) + ")"
        for key in _keys(table)
    )
    return Guard(
        sqlite=(
            f"CREATE TRIGGER guard_{name}_insert BEFORE INSERT ON {name} BEGIN"
            f"{SQLITE_CHECKS_ARE_ON}"
            f" SELECT RAISE(ABORT, 'append_only') WHERE EXISTS"
            f" (SELECT 1 FROM {name} WHERE {key_taken}); END",
            *_sqlite_refusals(name, ("UPDATE", "DELETE")),
        ),
        postgresql=(_postgresql_refusal(name, "UPDATE OR DELETE OR TRUNCATE"),),
    )


def frozen(table: Table) -> Guard:
    """Rows of *table* are what the migrations put there: nothing is added, changed or deleted."""
    return Guard(
        sqlite=_sqlite_refusals(table.name, ("INSERT", "UPDATE", "DELETE")),
        postgresql=(_postgresql_refusal(table.name, "INSERT OR UPDATE OR DELETE OR TRUNCATE"),),
    )


REFUSE = Guard(
    sqlite=(),
    postgresql=(
        "CREATE FUNCTION guard_refuse() RETURNS trigger LANGUAGE plpgsql"
        " SET search_path FROM CURRENT AS $$ BEGIN"
        " RAISE EXCEPTION 'append_only: % is never changed', TG_TABLE_NAME"
        " USING ERRCODE = 'restrict_violation', CONSTRAINT = 'append_only'; END $$",
    ),
)
"""What the PostgreSQL triggers of `append_only` and `frozen` call; stands first in the list."""

SQLITE_CHECKS_ARE_ON = """
 SELECT RAISE(ABORT, 'foreign_keys_are_off')
  WHERE (SELECT foreign_keys FROM pragma_foreign_keys) = 0;
 SELECT RAISE(ABORT, 'checks_are_off')
  WHERE (SELECT ignore_check_constraints FROM pragma_ignore_check_constraints) = 1;"""
"""Trigger text: a connection that has switched the constraints off may not write."""


def create(connection: Connection, guards: Iterable[Guard]) -> None:
    """Put *guards* in place; none of them may be there yet."""
    dialect = connection.dialect.name
    if dialect == "postgresql":
        # What the functions name is looked up in this schema and never in a temporary one that
        # somebody put before it.
        connection.execute(
            text(
                "SELECT set_config('search_path',"
                " quote_ident(current_schema()) || ', pg_temp', true)"
            )
        )
    for guard in guards:
        for statement in guard.sqlite if dialect == "sqlite" else guard.postgresql:
            connection.exec_driver_sql(statement)


def drop(connection: Connection) -> None:
    """Take away every guard that is there, whoever put it, and the views that are in the way."""
    if connection.dialect.name == "sqlite":
        for kind, name in connection.execute(text(_SQLITE_PRESENT)).all():
            connection.exec_driver_sql(f'DROP {kind.upper()} "{name}"')
        return
    for signature in connection.scalars(text(_POSTGRESQL_FUNCTIONS)).all():
        connection.exec_driver_sql(f"DROP FUNCTION {signature} CASCADE")
    for view in connection.scalars(text(_POSTGRESQL_VIEWS)).all():
        connection.exec_driver_sql(f"DROP VIEW {view}")


def missing(connection: Connection, guards: Sequence[Guard]) -> list[str]:
    """
    What of *guards* is not in the database, or not active: "trigger guard_balance_row".
    """
    if connection.dialect.name == "sqlite":
        statements = [statement for guard in guards for statement in guard.sqlite]
        rows = connection.execute(text(_SQLITE_PRESENT)).all()
        present = {f"{kind} {name}" for kind, name in rows}
    else:
        statements = [statement for guard in guards for statement in guard.postgresql]
        present = set(connection.scalars(text(_POSTGRESQL_PRESENT)).all())
    return sorted({_name(statement) for statement in statements} - present)


_SQLITE_PRESENT = """
SELECT type, name FROM sqlite_master
 WHERE (type = 'trigger' AND name GLOB 'guard_*') OR type = 'view'
 ORDER BY type, name
"""

_POSTGRESQL_FUNCTIONS = """
SELECT oid::regprocedure::text FROM pg_proc
 WHERE pronamespace = current_schema()::regnamespace AND starts_with(proname, 'guard_')
 ORDER BY 1
"""

_POSTGRESQL_VIEWS = """
SELECT oid::regclass::text FROM pg_class
 WHERE relnamespace = current_schema()::regnamespace AND relkind = 'v'
   AND NOT EXISTS (SELECT 1 FROM pg_depend WHERE objid = pg_class.oid AND deptype = 'e')
 ORDER BY 1
"""

# tgenabled O: fires for every session whose replication role is not "replica".
_POSTGRESQL_PRESENT = """
SELECT 'trigger ' || tgname FROM pg_trigger JOIN pg_class ON pg_class.oid = tgrelid
 WHERE relnamespace = current_schema()::regnamespace AND NOT tgisinternal
   AND tgenabled IN ('O', 'A')
UNION ALL
SELECT 'function ' || proname FROM pg_proc WHERE pronamespace = current_schema()::regnamespace
UNION ALL
SELECT 'view ' || relname FROM pg_class
 WHERE relnamespace = current_schema()::regnamespace AND relkind = 'v'
"""


def _name(statement: str) -> str:
    """`CREATE TRIGGER x ...` gives "trigger x"; so do functions and views."""
    _, kind, name, *_ = statement.split(maxsplit=3)
    return f"{kind.lower()} {name.partition('(')[0]}"


def _keys(table: Table) -> list[list[str]]:
    """The column sets that are unique in *table*, without those that contain a smaller one."""
    keys = [[column.name for column in table.primary_key.columns]]
    keys += [
        [column.name for column in constraint.columns]
        for constraint in table.constraints
        if isinstance(constraint, UniqueConstraint)
    ]
    return sorted(
        (key for key in keys if not any(set(other) < set(key) for other in keys)),
        key=lambda key: (len(key), key),
    )


def _sqlite_refusals(name: str, events: Sequence[str]) -> tuple[str, ...]:
    return tuple(
        f"CREATE TRIGGER guard_{name}_{event.lower()} BEFORE {event} ON {name} BEGIN"
        " SELECT RAISE(ABORT, 'append_only'); END"
        for event in events
    )


def _postgresql_refusal(name: str, events: str) -> str:
    return (
        f"CREATE TRIGGER guard_{name}_append_only BEFORE {events} ON {name}"
        f" FOR EACH STATEMENT EXECUTE FUNCTION guard_refuse()"
    )
