"""The program's jobs: what is registered; the worker carries it out, or waits until it can."""

import asyncio
import contextlib
import datetime as dt
import shutil
from types import SimpleNamespace

import pytest
import sqlalchemy as sa
import structlog
from dbos import DBOS

from homeward import workflows
from homeward.worker import work
from services.catalogue import Shelf
from services.house import House
from storage import executors, telegram_updates
from storage.database import Database
from storage.jobs_schema import SCHEMA
from storage.sealing import Seal, new_data_key
from values.clock import utc_now


async def nothing():
    """What an empty outbox gives."""
    return 0


def parts_over(database):
    """The parts that the background needs."""
    seal = Seal(new_data_key())
    house = House(database, seal, Shelf(seal), "Safe Way Home", "http://page.example")
    return SimpleNamespace(
        house=house,
        postman=SimpleNamespace(deliver_due=nothing),
        gifts=SimpleNamespace(look_at_due=nothing, close_page=nothing),
        refunds=SimpleNamespace(carry_out=nothing),
        recaller=SimpleNamespace(carry_out=nothing),
        retractor=SimpleNamespace(carry_out=nothing),
        broadcaster=SimpleNamespace(deliver_due=nothing),
        gateway=SimpleNamespace(is_live=False, client=SimpleNamespace(v1=None)),
    )


@contextlib.asynccontextmanager
async def at_work(parts, how=work):
    """The background process, or a part of it, for as long as the block lasts."""
    working = asyncio.create_task(how(parts))
    try:
        yield
    finally:
        working.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await working


async def until(true, timeout_s=15.0):
    deadline = asyncio.get_running_loop().time() + timeout_s
    while asyncio.get_running_loop().time() < deadline:
        if await true():
            return
        await asyncio.sleep(0.02)
    raise AssertionError(f"waited {timeout_s} s")


async def schedules(database):
    prefix = f"{SCHEMA}." if database.dialect == "postgresql" else ""
    async with database.read() as connection:
        found = await connection.execute(
            sa.text(f"SELECT schedule_name, schedule FROM {prefix}workflow_schedules")
        )
        return {row.schedule_name: row.schedule for row in found}


async def claims(database):
    async with database.read() as connection:
        query = sa.select(telegram_updates.telegram_update.c.update_id)
        return (await connection.scalars(query)).all()


async def test_the_worker_forgets_old_claims_every_hour(database):
    async with database.write() as connection:
        for update_id, days in ((1, 3), (2, 1)):
            seen_at = utc_now() - dt.timedelta(days=days)
            await telegram_updates.claim(connection, update_id, seen_at)

    async with at_work(parts_over(database)):

        async def is_scheduled():
            return (await schedules(database)).get("forget_old_claims") == "7 * * * *"

        async def is_forgotten():
            return await claims(database) == [2]

        await until(is_scheduled)
        await asyncio.to_thread(DBOS.trigger_schedule, "forget_old_claims")
        await until(is_forgotten)


async def test_the_worker_leaves_no_executor_behind(database):
    async def is_there():
        return len(await beats()) == 1

    async def beats():
        async with database.read() as connection:
            return await executors.beats(connection)

    async with at_work(parts_over(database)):
        await until(is_there)

    assert await beats() == {}


async def test_jobs_begin_when_the_database_is_there(tmp_path, migrated_sqlite, monkeypatch):
    monkeypatch.setattr(workflows, "_AFTER_A_FAILURE_S", 0.05)
    path = tmp_path / "later.db"
    database = Database.open(f"sqlite:///{path}")
    away = {"event": "database_unavailable", "task": "jobs", "log_level": "error"}

    async def is_told():
        return away in logged

    async def is_scheduled():
        return "forget_old_claims" in await schedules(database)

    with structlog.testing.capture_logs() as logged:
        async with at_work(parts_over(database), workflows.carry_out_jobs):
            await until(is_told)
            shutil.copyfile(migrated_sqlite, tmp_path / "copy")
            (tmp_path / "copy").rename(path)
            await until(is_scheduled)
    await database.close()


@pytest.mark.parametrize("name", ["forget_old_claims", "forget_finished_jobs"])
async def test_a_schedule_has_a_minute_of_its_own(database, name):
    jobs = workflows.registered(parts_over(database))

    minutes = {each: cron.split()[0] for each, (cron, _) in jobs._schedules.items()}

    assert list(minutes.values()).count(minutes[name]) == 1
