"""What the migrations make is what the models say, guards and rules included."""

import asyncio
import re

import pytest
import sqlalchemy as sa

from storage import guards, ledger_rules, migrate
from storage.database import Database
from storage.engines import migrator, parse
from storage.models import GUARDS, METADATA

# What pg_dump would print of columns, constraints, indexes, triggers, functions and views.
POSTGRESQL = """
SELECT 'column', c.relname, a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull::text,
       COALESCE(pg_get_expr(d.adbin, d.adrelid), '') || a.attgenerated::text
  FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
  LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
 WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'v') AND a.attnum > 0
UNION ALL
SELECT 'constraint', conrelid::regclass::text, conname, pg_get_constraintdef(oid), '', ''
  FROM pg_constraint WHERE connamespace = 'public'::regnamespace AND contype <> 'n'
UNION ALL
SELECT 'index', tablename, indexname, indexdef, '', ''
  FROM pg_indexes WHERE schemaname = 'public'
UNION ALL
SELECT 'trigger', tgrelid::regclass::text, tgname, pg_get_triggerdef(pg_trigger.oid),
       tgenabled::text, ''
  FROM pg_trigger JOIN pg_class c ON c.oid = tgrelid
 WHERE NOT tgisinternal AND c.relnamespace = 'public'::regnamespace
UNION ALL
SELECT 'function', proname, '', pg_get_functiondef(oid), '', ''
  FROM pg_proc WHERE pronamespace = 'public'::regnamespace
UNION ALL
SELECT 'view', viewname, '', definition, '', '' FROM pg_views WHERE schemaname = 'public'
"""

SQLITE = "SELECT type, name, tbl_name, sql FROM sqlite_master WHERE sql IS NOT NULL"


def fingerprint(connection):
    """Everything the schema consists of, in an order of its own, without Alembic's table."""
    if connection.dialect.name == "postgresql":
        rows = connection.exec_driver_sql(POSTGRESQL).all()
        return sorted(tuple(row) for row in rows if "alembic_version" not in row[1])
    rows = connection.exec_driver_sql(SQLITE).all()
    return sorted(
        (kind, name, _clauses(sql)) for kind, name, _, sql in rows if name != "alembic_version"
    )


def _clauses(sql):
    """The lines of a CREATE statement in an order of their own; words are kept as they are."""
    lines = re.sub(r"\n\s+", "\n", sql.replace('"', "")).split("\n")
    return sorted(line.strip().rstrip(",") for line in lines if line.strip())


async def run(url, act):
    engine = migrator(parse(url))
    try:
        async with engine.begin() as connection:
            return await connection.run_sync(act)
    finally:
        await engine.dispose()


def create_all(connection):
    METADATA.create_all(connection)
    guards.create(connection, GUARDS)


def drop_all(connection):
    guards.drop(connection)
    connection.exec_driver_sql("DROP TABLE alembic_version")
    if connection.dialect.name == "postgresql":
        METADATA.drop_all(connection)
        return
    # On SQLite a constraint of a circle cannot be dropped first; the checks are off here instead.
    for table in METADATA.tables.values():
        table.drop(connection)


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
