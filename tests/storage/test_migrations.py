"""What the migrations make is what the models say, guards and rules included."""

import asyncio

import pytest
import sqlalchemy as sa

from storage import guards, jobs_schema, ledger_rules, migrate
from storage.database import Database
from storage.models import GUARDS, METADATA
from tests.storage.fingerprint import fingerprint
from tests.storage.schemas import drop_all, run


def create_all(connection):
    METADATA.create_all(connection)
    guards.create(connection, GUARDS)


@pytest.fixture
async def empty_url(database_url):
    """The address of an empty database, once for each engine."""
    await run(database_url, drop_all)
    return database_url


async def test_migrations_make_what_the_models_say(database_url):
    made = await run(database_url, fingerprint)
    await run(database_url, drop_all)
    assert await run(database_url, fingerprint) == []
    await run(database_url, create_all)

    said = await run(database_url, fingerprint)

    assert made == said
    assert len(said) > 50


async def test_rules_in_the_database_are_those_of_the_program(database):
    async with database.read() as connection:
        rules = await connection.execute(
            sa.text("SELECT posting_kind, debit_kind, credit_kind, shape, of_donation"
                    " FROM posting_rule")
        )  # fmt: skip
        kinds = await connection.execute(
            sa.text("SELECT kind, book_kind, floored FROM account_kind")
        )
        books = await connection.execute(sa.text("SELECT id, kind FROM book"))

    assert {tuple(row) for row in rules} == {
        (rule.posting_kind, rule.debit_kind, rule.credit_kind, rule.shape, int(rule.of_donation))
        for rule in ledger_rules.POSTING_RULES
    }
    assert {tuple(row) for row in kinds} == {
        (kind.kind, kind.book_kind, int(kind.floored)) for kind in ledger_rules.ACCOUNT_KINDS
    }
    assert [tuple(row) for row in books] == [(1, "organisation")]


async def test_migrated_database_is_current(database):
    assert await migrate.current(database) == migrate.head()
    assert await migrate.schema_is_current(database)


async def test_empty_database_is_not_current(empty_url):
    await run(empty_url, lambda connection: connection.exec_driver_sql("SELECT 1"))
    database = Database.open(empty_url)

    assert await migrate.current(database) is None
    assert not await migrate.schema_is_current(database)

    await database.close()


async def test_database_without_its_guards_is_not_current(database, database_url):
    await run(database_url, guards.drop)

    assert not await migrate.schema_is_current(database)


async def test_migrating_again_restores_lost_guards(database, database_url):
    before = await run(database_url, fingerprint)
    await run(database_url, guards.drop)

    await migrate.upgrade_async(database_url)

    assert await run(database_url, fingerprint) == before


async def test_migrating_twice_at_once_is_harmless(empty_url):
    await asyncio.gather(*(migrate.upgrade_async(empty_url) for _ in range(2)))

    database = Database.open(empty_url)
    assert await migrate.schema_is_current(database)
    await database.close()


async def test_failed_migration_changes_nothing(empty_url, monkeypatch):
    broken = guards.Guard(sqlite=("CREATE NONSENSE",), postgresql=("CREATE NONSENSE",))
    monkeypatch.setattr(migrate, "GUARDS", (*GUARDS, broken))

    with pytest.raises(sa.exc.DBAPIError):
        await migrate.upgrade_async(empty_url)

    assert await run(empty_url, fingerprint) == []
    assert await run(empty_url, jobs_schema.version) == 0


async def test_migration_that_breaks_references_is_undone(sqlite_url, monkeypatch):
    def upgrade(settings, _revision):
        connection = settings.attributes["connection"]
        connection.exec_driver_sql("INSERT INTO account VALUES (1, 99, 'case', 'fund', 'EUR', 1)")

    monkeypatch.setattr("alembic.command.upgrade", upgrade)

    with pytest.raises(migrate.BrokenReferences, match="account"):
        await migrate.upgrade_async(sqlite_url)


def test_upgrade_creates_a_database_where_there_is_none(tmp_path):
    path = tmp_path / "a name with % and ?.db"

    migrate.upgrade(f"sqlite:///{str(path).replace('%', '%25').replace('?', '%3F')}")

    assert path.exists()


def test_names_fit_into_postgresql():
    names = [
        str(getattr(constraint, "name", None))
        for table in METADATA.tables.values()
        for constraint in [*table.constraints, *table.indexes]
    ]

    assert [name for name in names if name == "None" or len(name) > 63] == []
