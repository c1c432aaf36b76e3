"""Each fact that followers want to hear of wants its broadcast, in its own transaction and once."""

import datetime as dt

import pytest
import sqlalchemy as sa

from services import closing, reviewing, updating
from services.catalogue import Shelf
from services.house import House
from services.terms import Terms
from storage.cases import Outcome
from tests.payments.rig import usd
from tests.services.desk import a_desk, a_story


async def wanted(house):
    async with house.read() as connection:
        found = await connection.execute(
            sa.text("SELECT kind, case_id, subject_id, state FROM broadcast ORDER BY id")
        )
        return [tuple(row) for row in found]


async def test_gifts_that_take_the_plan_to_a_step_are_told_when_they_settle(till):
    case = await till.case(usd(100))
    hold = await till.paid(case, usd(60))
    assert await wanted(till.house) == []

    await till.stripe.settle_now()
    for _ in range(2):
        await till.gifts.settle(hold.id)
    assert await wanted(till.house) == [("funded", case.id, 50, "wanted")]

    await till.settled(case, usd(40))
    assert await wanted(till.house) == [
        ("funded", case.id, 50, "wanted"),
        ("funded", case.id, 100, "wanted"),
        ("funded", case.id, 90, "cancelled"),
    ]


async def test_spending_is_told_when_it_is_approved(till):
    case = await till.case(usd(100))
    await till.settled(case, usd(20))
    recorded = await till.spend(case, usd(5))

    assert ("spent", case.id, recorded.id, "wanted") in await wanted(till.house)
    assert len(await wanted(till.house)) == 1


@pytest.mark.parametrize(
    ("outcome", "kind"), [(Outcome.COMPLETE, "complete"), (Outcome.DIED, "ended")]
)
async def test_the_end_of_a_plan_is_told_and_not_why(till, outcome, kind):
    case = await till.case()

    async with till.house.write() as connection:
        await closing.end_plan(till.house, connection, case_id=case.id, outcome=outcome)
        await closing.end_plan(till.house, connection, case_id=case.id, outcome=outcome)

    assert await wanted(till.house) == [(kind, case.id, 0, "wanted")]


@pytest.fixture
async def desk(database):
    return await a_desk(database)


@pytest.fixture
def house(desk):
    terms = Terms(publish_after=dt.timedelta(), update_after=dt.timedelta())
    return House(
        desk.database, desk.seal, Shelf(desk.seal), "Safe", "http://x", terms=terms,
        clock=lambda: desk.now,
    )  # fmt: skip


async def test_somebody_new_is_told_when_her_story_is_public_and_never_again(desk, house):
    await desk.consent(valid_until=desk.now + dt.timedelta(days=300))
    for title in ("The paper", "Another paper"):
        version = await desk.draft(a_story(title=title))
        async with house.write() as connection:
            done = await reviewing.approve(house, connection, version, approver_id=desk.reviewer)
            assert isinstance(done, reviewing.Approved), done
        assert await reviewing.publish_due(house) == 1

    assert await wanted(house) == [("new_case", desk.case_id, 0, "wanted")]


async def test_an_update_is_told_from_when_it_is_public_and_not_if_it_is_stopped(desk, house):
    await desk.consent(purpose="publish_updates", valid_until=desk.now + dt.timedelta(days=300))
    async with house.write() as connection:
        update = await updating.write(
            house, connection, case_id=desk.case_id, milestone="job_found",
            month=f"{desk.now:%Y-%m}", notes={}, author_id=desk.author,
        )  # fmt: skip
        assert isinstance(update, updating.Update), update
        done = await updating.approve(
            house, connection, update.id, approver_id=desk.reviewer,
            wait=lambda: dt.timedelta(hours=5),
        )  # fmt: skip
        assert isinstance(done, updating.Update), done

    async with house.read() as connection:
        starts_at = await connection.scalar(sa.text("SELECT starts_at FROM broadcast"))
    rest = dt.timedelta(hours=5) + house.terms.broadcast_after
    assert starts_at == int((desk.now + rest).timestamp())

    async with house.write() as connection:
        await updating.stop(house, connection, update.id, staff_id=desk.reviewer)
    assert await wanted(house) == [("update", desk.case_id, update.id, "cancelled")]
