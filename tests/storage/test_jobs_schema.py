"""The tables of the jobs: made in our transaction, and just as the library would make them."""

import sqlalchemy as sa
from dbos import DBOSPortableJSONSerializer, _sys_db

from storage import jobs_schema, migrate
from storage.engines import parse, threaded
from storage.models import METADATA
from tests.storage.fingerprint import fingerprint_of_jobs
from tests.storage.schemas import drop_all, run


def made_by_the_library(url):
    """The library's tables as it makes them itself, where there are none."""
    engine = threaded(parse(url))
    if engine.dialect.name == "sqlite":
        # For this alone the library begins its transactions by itself.
        engine = sa.create_engine(engine.url, isolation_level="AUTOCOMMIT")
    _sys_db.SystemDatabase.create(
        system_database_url=engine.dialect.name,
        engine_kwargs={},
        engine=engine,
        schema=jobs_schema.SCHEMA,
        serializer=DBOSPortableJSONSerializer(),
        executor_id=None,
        use_listen_notify=False,
    ).run_migrations()
    engine.dispose()


async def test_the_tables_are_those_that_the_library_makes(database_url):
    ours = await run(database_url, fingerprint_of_jobs)
    version = await run(database_url, jobs_schema.version)
    await run(database_url, drop_all)
    assert await run(database_url, fingerprint_of_jobs) == []

    made_by_the_library(database_url)

    assert await run(database_url, fingerprint_of_jobs) == ours
    assert await run(database_url, jobs_schema.version) == version == jobs_schema.VERSION
    assert len(ours) > 30


async def test_every_table_of_the_library_is_listed(postgresql_url):
    def listed(connection):
        found = connection.scalars(
            sa.text("SELECT tablename FROM pg_tables WHERE schemaname = :schema"),
            {"schema": jobs_schema.SCHEMA},
        )
        return sorted(found)

    assert await run(postgresql_url, listed) == sorted(jobs_schema.TABLES)


async def test_no_table_of_ours_has_a_name_of_the_library():
    assert set(METADATA.tables) & set(jobs_schema.TABLES) == set()


async def test_database_without_the_tables_of_the_jobs_is_not_current(database, database_url):
    def older(connection):
        prefix = f"{jobs_schema.SCHEMA}." if connection.dialect.name == "postgresql" else ""
        connection.exec_driver_sql(f"UPDATE {prefix}dbos_migrations SET version = 124")

    assert await migrate.schema_is_current(database)

    await run(database_url, older)

    assert not await migrate.schema_is_current(database)


async def test_tables_of_an_earlier_version_are_brought_up(database, database_url, monkeypatch):
    whole = await run(database_url, fingerprint_of_jobs)
    await run(database_url, drop_all)
    steps = jobs_schema._migrations
    monkeypatch.setattr(jobs_schema, "_migrations", lambda connection: steps(connection)[:110])
    monkeypatch.setattr(jobs_schema, "VERSION", 110)
    await migrate.upgrade_async(database_url)
    assert await run(database_url, fingerprint_of_jobs) != whole
    monkeypatch.undo()
    assert not await migrate.schema_is_current(database)

    await migrate.upgrade_async(database_url)

    assert await run(database_url, fingerprint_of_jobs) == whole
    assert await migrate.schema_is_current(database)


async def test_a_newer_library_elsewhere_stops_nobody(database, database_url):
    def newer(connection):
        prefix = f"{jobs_schema.SCHEMA}." if connection.dialect.name == "postgresql" else ""
        connection.exec_driver_sql(f"UPDATE {prefix}dbos_migrations SET version = 999")

    await run(database_url, newer)

    assert await migrate.schema_is_current(database)
    await migrate.upgrade_async(database_url)
    assert await run(database_url, jobs_schema.version) == 999
