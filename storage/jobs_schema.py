"""
The tables in which DBOS, the library behind `storage.jobs`, keeps the jobs.

They lie in our database, so that a job is wanted in the transaction of the fact that wants it: on
SQLite in the same file, on PostgreSQL in a schema of their own. They belong to no migration of
ours. The library brings its own, and would carry them out step by step, each in a transaction;
`storage.migrate` carries them out in its one transaction instead, so that a database is at the
current schema entirely or not at all. The tests compare what comes of it with what the library
would make.
"""

# ruff: noqa: S608 - what is put together here is our own text

import re

from sqlalchemy import Connection, text

SCHEMA = "dbos"
"""Where they lie on PostgreSQL."""

VERSION = 125
"""
How far the library's own migrations go in the version that is pinned.

Stands here so that a process can ask whether the schema is current without loading the library.
"""

TABLES = (
    "application_versions",
    "dbos_migrations",
    "event_dispatch_kv",
    "notifications",
    "operation_outputs",
    "queues",
    "streams",
    "workflow_events",
    "workflow_events_history",
    "workflow_input",
    "workflow_output",
    "workflow_schedules",
    "workflow_status",
)
"""The names of the library's tables. On SQLite they stand among ours."""

# On PostgreSQL: gives a table the key that older versions of the library forgot. The tables that
# it makes today have it from the start, and it leaves this step out as we do.
_MISSING_KEY = 10


def version(connection: Connection) -> int:
    """How far the library's tables are; 0 where there are none."""
    if connection.dialect.name == "postgresql":
        found = connection.scalar(text(f"SELECT to_regclass('{SCHEMA}.dbos_migrations')"))
    else:
        found = connection.scalar(
            text("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'dbos_migrations'")
        )
    if found is None:
        return 0
    return connection.scalar(text(f"SELECT version FROM {_prefix(connection)}dbos_migrations")) or 0


def is_current(connection: Connection) -> bool:
    """Whether the library finds the tables it needs. A newer version of them serves it too."""
    return version(connection) >= VERSION


def bring_up(connection: Connection) -> None:
    """Make the library's tables, or bring them up to the version that is pinned."""
    done = version(connection)
    if done >= VERSION:
        return
    prefix = _prefix(connection)
    if done == 0:
        _begin(connection, prefix)
    for statements in _migrations(connection)[done:]:
        if statements.strip():
            _run(connection, statements)
    connection.execute(
        text(f"UPDATE {prefix}dbos_migrations SET version = :version"),
        {"version": VERSION},
    )


def _begin(connection: Connection, prefix: str) -> None:
    """Make the place where the library notes how far its tables are."""
    number = "INTEGER"
    if connection.dialect.name == "postgresql":
        number = "BIGINT"
        # One that was made beforehand, for a role that may not, is as good.
        if connection.scalar(text(f"SELECT to_regnamespace('{SCHEMA}')")) is None:
            connection.exec_driver_sql(f"CREATE SCHEMA {SCHEMA}")
    connection.exec_driver_sql(
        f"CREATE TABLE {prefix}dbos_migrations (version {number} NOT NULL PRIMARY KEY)"
    )
    connection.exec_driver_sql(f"INSERT INTO {prefix}dbos_migrations VALUES (0)")


def _prefix(connection: Connection) -> str:
    return f"{SCHEMA}." if connection.dialect.name == "postgresql" else ""


def _migrations(connection: Connection) -> list[str]:
    """The library's migrations, in order; some are empty."""
    # Loading it takes half a second; only a database that is not current needs it.
    from dbos import _migration as library  # noqa: PLC0415

    if connection.dialect.name == "sqlite":
        return library.sqlite_migrations
    # Without NOTIFY: nothing of ours waits for the library's messages.
    steps = library.get_dbos_migrations(SCHEMA, use_listen_notify=False)
    return ["" if step == _MISSING_KEY else text for step, text in enumerate(steps, start=1)]


def _run(connection: Connection, statements: str) -> None:
    """Run *statements*, one or several with semicolons between."""
    if connection.dialect.name == "sqlite":
        for statement in statements.split(";"):
            if statement.strip():
                connection.exec_driver_sql(statement)
        return
    # CONCURRENTLY is for a table that others write to meanwhile, and no transaction allows it.
    plain = re.sub(r"\bCONCURRENTLY\b", "", statements)
    # A prepared statement, as the driver makes of each, holds one command; its plain way many.
    adapted = connection.connection.dbapi_connection
    adapted.run_async(lambda driver: driver.execute(plain))  # type: ignore[union-attr]
