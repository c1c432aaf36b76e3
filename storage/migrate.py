"""
Bring a database to the current schema.

One transaction: guards away, migrations, the tables of the jobs, guards back. If anything fails
nothing has changed.
Several processes may try at once; they wait for each other.
"""

from __future__ import annotations

import asyncio
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text

from storage import engines, guards, jobs_schema
from storage.database import Database
from storage.errors import DatabaseUnavailable, StorageError, told
from storage.models import GUARDS

# Any number, as long as nothing else in the database uses it.
_POSTGRESQL_LOCK = 5_271_966


class BrokenReferences(StorageError):
    """A migration left rows whose foreign keys point at nothing; it was undone."""


def upgrade(url: str) -> None:
    """
    Bring the database at *url* to the current schema, creating it where there is none.

    For a place without a running event loop; `upgrade_async` is for the others.

    Raises:
        DatabaseUnavailable: it cannot be reached.
        BrokenReferences: see there.
    """
    asyncio.run(upgrade_async(url))


async def upgrade_async(url: str) -> None:
    """As `upgrade`, inside an event loop."""
    address = engines.parse(url)
    engines.create_private(address)
    engine = engines.migrator(address)
    try:
        async with engine.begin() as connection:
            await connection.run_sync(migrate)
    except OSError as error:  # asyncpg lets them through while connecting
        raise DatabaseUnavailable(str(error)) from error
    except Exception as error:
        ours = told(error)
        if ours is error:
            raise
        raise ours from error
    finally:
        await engine.dispose()


def migrate(connection: Connection, revision: str = "head") -> None:
    """
    Migrate over *connection*, which is in a transaction, and see that all references hold.

    Guards are put back only at the head: they speak of the tables as they are there.
    """
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _POSTGRESQL_LOCK})
    guards.drop(connection)
    settings = config()
    settings.attributes["connection"] = connection
    command.upgrade(settings, revision)
    if revision == "head":
        jobs_schema.bring_up(connection)
        guards.create(connection, GUARDS)
    if connection.dialect.name == "sqlite":
        broken = connection.exec_driver_sql("PRAGMA foreign_key_check").all()
        if broken:
            raise BrokenReferences(f"{len(broken)} rows, the first in table {broken[0][0]}")


def head() -> str:
    """The newest revision this program knows."""
    newest = ScriptDirectory.from_config(config()).get_current_head()
    if newest is None:
        raise AssertionError("there are no migrations in this installation")
    return newest


async def current(db: Database) -> str | None:
    """
    The revision the database is at; None if it was never migrated.

    Raises:
        DatabaseUnavailable: it cannot be reached; a SQLite file that is not there counts as such.
    """
    async with db.read() as connection:
        return await connection.run_sync(_revision)


async def schema_is_current(db: Database) -> bool:
    """Whether the database has the schema this program was written for, guards included."""
    async with db.read() as connection:
        if await connection.run_sync(_revision) != head():
            return False
        if not await connection.run_sync(jobs_schema.is_current):
            return False
        return not await connection.run_sync(guards.missing, GUARDS)


def config() -> Config:
    """Alembic's settings; there is no alembic.ini."""
    settings = Config()
    here = str(Path(__file__).parent / "migrations")
    settings.set_main_option("script_location", here.replace("%", "%%"))
    settings.set_main_option("file_template", "%%(rev)s_%%(slug)s")
    return settings


def _revision(connection: Connection) -> str | None:
    return MigrationContext.configure(connection).get_current_revision()
