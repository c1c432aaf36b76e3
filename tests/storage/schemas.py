"""Databases at another revision than the newest."""

import json
from pathlib import Path

import sqlalchemy as sa

from storage import guards, jobs_schema, migrate
from storage.engines import migrator, parse
from storage.models import METADATA


async def run(url, act):
    """What *act* comes to, over a connection that may change tables."""
    engine = migrator(parse(url))
    try:
        async with engine.begin() as connection:
            return await connection.run_sync(act)
    finally:
        await engine.dispose()


def drop_all(connection):
    """Leave nothing of a migrated database."""
    guards.drop(connection)
    connection.exec_driver_sql("DROP TABLE alembic_version")
    if connection.dialect.name == "postgresql":
        METADATA.drop_all(connection)
        connection.exec_driver_sql(f"DROP SCHEMA {jobs_schema.SCHEMA} CASCADE")
        return
    for name in jobs_schema.TABLES:
        connection.exec_driver_sql(f"DROP TABLE IF EXISTS {name}")
    # On SQLite a constraint of a circle cannot be dropped first; the checks are off here instead.
    for table in METADATA.tables.values():
        table.drop(connection)


def old_rows():
    """
    What an installation of revision 0002 held: columns and rows, by table.

    The program of that revision wrote it: the sample cases; gifts that were open, promised, paid,
    settled, released, and one of which a part came over the goal.
    """
    text = (Path(__file__).parent / "revision_0002.json").read_text()
    return {
        table: (held["columns"], [tuple(_value(value) for value in row) for row in held["rows"]])
        for table, held in json.loads(text).items()
    }


def _value(value):
    return bytes.fromhex(value["hex"]) if isinstance(value, dict) else value


def become_old(connection):
    """Make an empty database what `old_rows` says."""
    migrate.migrate(connection, "0002")
    connection.execute(sa.text("DELETE FROM book"))  # it is in the rows
    for table, (columns, rows) in old_rows().items():
        insert = sa.table(table, *map(sa.column, columns)).insert()
        connection.execute(insert, [dict(zip(columns, row, strict=True)) for row in rows])
        if connection.dialect.name == "postgresql" and isinstance(rows[0][0], int):
            _go_on_numbering(connection, table, columns[0])


def _go_on_numbering(connection, table, column):
    connection.execute(
        sa.text(
            f"SELECT setval(pg_get_serial_sequence('{table}', '{column}'), MAX({column}))"
            f" FROM {table} HAVING pg_get_serial_sequence('{table}', '{column}') IS NOT NULL"
        )
    )
