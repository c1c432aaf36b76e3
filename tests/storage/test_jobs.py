"""The port to durable jobs, in one process: wanted with the fact, done at least once, told of."""

import asyncio
import datetime as dt

import pytest
from dbos import _dbos

from storage import alarms, executors, jobs_watch
from storage.database import Database
from storage.errors import DatabaseUnavailable
from storage.executors import beats
from storage.jobs import Jobs, JobsRunAlready, Patience, enqueue
from tests.storage.jobs_rig import (
    PACE,
    QUICK,
    Doing,
    alarms_of,
    carried_out,
    rows,
    states,
    until,
    until_states,
    want,
    want_in_vain,
    with_job,
)
from values.clock import utc_now

pytestmark = pytest.mark.usefixtures("unread_logs", "no_thread_of_the_library_left")


async def test_a_job_is_awaited_in_the_loop_of_the_program_with_its_subject(database):
    act = Doing()

    async with carried_out(with_job(database, act)):
        await want(database, 41)
        assert await act.until(1) == [41]

    assert act.loops == {asyncio.get_running_loop()}
    assert act.seen_of_the_library == {None}
    assert await states(database) == {"act:41": "SUCCESS"}


async def test_a_job_is_rolled_back_with_the_transaction_that_wanted_it(database):
    act = Doing()

    async with carried_out(with_job(database, act)):
        with pytest.raises(KeyError):
            await want_in_vain(database, 41)
        await want(database, 42)
        assert await act.until(1) == [42]

    assert await states(database) == {"act:42": "SUCCESS"}


async def test_a_job_comes_with_other_statements_of_its_transaction(database):
    async with database.write() as connection:
        await alarms.ring(connection, "before", "it", utc_now())
        await enqueue(connection, "act", 41, key="41")
        await alarms.ring(connection, "after", "it", utc_now())

    assert await states(database) == {"act:41": "ENQUEUED"}
    assert await alarms_of(database) == [("after", "it"), ("before", "it")]


async def test_the_same_key_twice_is_done_once(database):
    act = Doing()

    async with carried_out(with_job(database, act)):
        async with database.write() as connection:
            await enqueue(connection, "act", 41, key="a fact")
            await enqueue(connection, "act", 41, key="a fact")
        await want(database, 41, "a fact")
        await act.until(1)
        await want(database, 41, "a fact")
        assert await act.until(1) == [41]
        await want(database, 41, "another fact")
        assert await act.until(2) == [41, 41]


async def test_a_job_can_be_wanted_where_nothing_carries_jobs_out(database):
    await want(database, 41)

    assert _dbos._dbos_global_instance is None
    assert await states(database) == {"act:41": "ENQUEUED"}


async def test_what_is_kept_of_a_job_is_its_name_and_a_number_as_json(database):
    await want(database, 41)

    (kept,) = await rows(database, "workflow_input", "inputs")

    assert kept == ('{"namedArgs":{},"positionalArgs":[41]}',)


async def test_a_failing_job_is_repeated_until_it_succeeds(database):
    act = Doing(failures=2)

    async with carried_out(with_job(database, act)):
        await want(database, 41)
        assert await act.until(3) == [41, 41, 41]

    assert await states(database) == {"act:41": "SUCCESS"}
    assert await alarms_of(database) == []


async def test_a_job_that_fails_to_the_last_ends_with_an_alarm(database):
    act = Doing(failures=99)

    async with carried_out(with_job(database, act)):
        await want(database, 41)
        await until_states(database, {"act:41": "ERROR"})
        await asyncio.sleep(0.2)

    assert act.subjects == [41, 41, 41]
    assert await alarms_of(database) == [("job_failed", "act:41")]
    kept = await rows(database, "workflow_output", "error")
    assert "words of a person" not in str(kept)
    assert "act:41 failed 3 times" in str(kept)


def test_patience_grows_with_each_failure():
    patience = Patience(attempts=4, first_pause_s=2.0, factor=3.0)

    assert [patience.pause_s(failures) for failures in (1, 2, 3)] == [2.0, 6.0, 18.0]


async def test_a_database_that_is_away_costs_no_patience(database, monkeypatch):
    monkeypatch.setattr("storage.jobs._AFTER_NO_DATABASE_S", 0.0)
    tries = []

    async def act(subject_id):
        tries.append(subject_id)
        if len(tries) < 10:
            raise DatabaseUnavailable("not now")

    async with carried_out(with_job(database, act)):
        await want(database, 41)
        await until_states(database, {"act:41": "SUCCESS"})

    assert len(tries) == 10


async def test_what_is_under_way_at_the_end_is_done_by_the_next(database):
    begun = asyncio.Event()

    async def endless(_subject_id):
        begun.set()
        await asyncio.sleep(60)

    async with carried_out(with_job(database, endless)):
        await want(database, 41)
        await asyncio.wait_for(begun.wait(), 10)
    assert await states(database) == {"act:41": "ENQUEUED"}
    async with database.read() as connection:
        assert await beats(connection) == {}
    act = Doing()

    async with carried_out(with_job(database, act)):
        assert await act.until(1) == [41]

    assert await states(database) == {"act:41": "SUCCESS"}


async def test_who_can_give_no_sign_of_life_stops_and_begins_again_later(database, monkeypatch):
    begun = []
    is_away = False
    beat = executors.beat

    async def act(subject_id):
        begun.append(subject_id)
        if len(begun) == 1:
            await asyncio.sleep(60)

    async def beat_or_not(*what):
        if is_away:
            raise DatabaseUnavailable("not now")
        await beat(*what)

    async def is_stopped():
        return begun and "act:41" not in jobs._under_way

    monkeypatch.setattr(executors, "beat", beat_or_not)
    jobs = with_job(database, act, pace=QUICK)

    async with carried_out(jobs):
        await want(database, 41)
        await until(lambda: begun)
        is_away = True
        await until(is_stopped)
        assert await states(database) == {"act:41": "PENDING"}
        is_away = False
        await until_states(database, {"act:41": "SUCCESS"})

    assert begun == [41, 41]


async def test_a_job_that_nobody_knows_is_not_lost(database):
    await want(database, 41)
    async with carried_out(Jobs(database, pace=QUICK)):
        await until_states(database, {"act:41": "PENDING"})
        await until_states(database, {"act:41": "ENQUEUED"})
        await until_states(database, {"act:41": "PENDING"})
    act = Doing()

    async with carried_out(with_job(database, act)):
        assert await act.until(1) == [41]


async def test_of_a_job_that_nobody_knows_for_long_the_operator_is_told(database, monkeypatch):
    monkeypatch.setattr(jobs_watch, "_UNKNOWN_ATTEMPTS", 2)
    monkeypatch.setattr(jobs_watch, "MOST_ATTEMPTS", 2)
    await want(database, 41)

    async def is_told():
        return await alarms_of(database) == [("job_unknown", "act")]

    async with carried_out(Jobs(database, pace=QUICK)):
        await until(is_told)

    assert await states(database) == {"act:41": "ENQUEUED"}


async def test_a_job_that_is_taken_and_never_finished_is_given_up(database, monkeypatch):
    monkeypatch.setattr(jobs_watch, "MOST_ATTEMPTS", 2)
    tries = []

    async def deadly(subject_id):
        tries.append(subject_id)
        raise asyncio.CancelledError  # as if it had never ended

    async with carried_out(with_job(database, deadly, pace=QUICK)):
        await want(database, 41)
        await until_states(database, {"act:41": "CANCELLED"})

    assert tries == [41, 41]
    assert await alarms_of(database) == [("job_failed", "act:41")]


async def test_an_alarm_that_cannot_be_written_yet_is_not_forgotten(database, monkeypatch):
    monkeypatch.setattr("storage.jobs._AFTER_NO_DATABASE_S", 0.0)
    ring = alarms.ring
    tries = []

    async def ring_at_last(*what):
        tries.append(what)
        if len(tries) < 4:
            raise DatabaseUnavailable("words of a person")
        return await ring(*what)

    monkeypatch.setattr(alarms, "ring", ring_at_last)

    async with carried_out(with_job(database, Doing(failures=99))):
        await want(database, 41)
        await until_states(database, {"act:41": "ERROR"})

    assert await alarms_of(database) == [("job_failed", "act:41")]
    assert "words of a person" not in str(await rows(database, "workflow_output", "error"))


async def test_a_schedule_is_carried_out_and_its_failure_is_told_once(database):
    act = Doing(failures=99)
    jobs = Jobs(database, pace=PACE)
    jobs.schedule("tick", "* * * * * *", act, Patience(attempts=1))

    async with carried_out(jobs):
        await act.until(2)

    assert act.loops == {asyncio.get_running_loop()}
    assert await alarms_of(database) == [("job_failed", "tick")]


async def test_a_schedule_that_is_no_more_is_forgotten(database):
    jobs = Jobs(database, pace=PACE)
    jobs.schedule("tick", "0 0 1 1 *", Doing())
    async with carried_out(jobs):
        assert len(await rows(database, "workflow_schedules")) == 2

    async with carried_out(Jobs(database, pace=PACE)):
        pass

    assert await rows(database, "workflow_schedules", "schedule_name") == [
        ("forget_finished_jobs",)
    ]


async def test_what_was_finished_long_ago_is_forgotten(database):
    act = Doing()
    async with carried_out(with_job(database, act)):
        await want(database, 41)
        await act.until(1)
        await want(database, 42, job="later")
        await until_states(database, {"act:41": "SUCCESS", "later:42": "PENDING"})
    clock = [utc_now() + dt.timedelta(days=89)]
    jobs = Jobs(database, pace=PACE, clock=lambda: clock[0])

    async with carried_out(jobs):
        await jobs._forget_finished()
        assert set(await states(database)) == {"act:41", "later:42"}
        clock[0] += dt.timedelta(days=2)
        await jobs._forget_finished()
        assert set(await states(database)) == {"later:42"}


async def test_two_cannot_be_started_in_one_process(database):
    async with carried_out(Jobs(database, pace=PACE)):
        with pytest.raises(JobsRunAlready):
            await Jobs(database, pace=PACE).start()
        await asyncio.sleep(0.3)
        assert len(await rows(database, "queues")) == 1

    async with carried_out(Jobs(database, pace=PACE)):
        pass


async def test_without_a_database_nothing_starts_and_the_next_can(database, tmp_path):
    for address in (f"sqlite:///{tmp_path}/none.db", "postgresql://nobody@127.0.0.1:1/none"):
        away = Database.open(address)
        with pytest.raises(DatabaseUnavailable):
            await Jobs(away, pace=PACE).start()
        await away.close()

    async with carried_out(Jobs(database, pace=PACE)):
        pass


async def test_a_start_that_is_broken_off_leaves_nothing(database):
    jobs = Jobs(database, pace=PACE)
    starting = asyncio.create_task(jobs.start())
    # At a moment that does not depend on the machine's pace, and that no event tells of.
    while jobs._runtime is None:  # noqa: ASYNC110
        await asyncio.sleep(0)
    starting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await starting

    async with carried_out(Jobs(database, pace=PACE)):
        pass
