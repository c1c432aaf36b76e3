"""What wants to be told, when it begins and to whom, and that it is told once."""

import dataclasses
import datetime as dt

import pytest
import sqlalchemy as sa

from services import broadcasting, delivering, recalling
from services.broadcasting import Kind
from services.catalogue import Shelf
from services.delivering import Arrived, DeliveryState, LostSight, NotNow, Refused, ToldToWait
from services.house import House
from services.terms import Terms
from storage import deliveries, followers
from storage.cases import Outcome
from storage.followers import Pace, Quiet
from tests.crowd import a_crowd, a_follower, states
from tests.crowd import deliveries as all_deliveries
from tests.services.desk import a_desk, a_story
from tests.staff import a_member

MINUTE = dt.timedelta(minutes=1)


class Press:
    """A house whose clock goes as the test says, and its followers."""

    def __init__(self, desk):
        self.desk = desk
        terms = Terms(broadcast_after=10 * MINUTE, broadcast_rate=10_000)
        house = House(desk.database, desk.seal, Shelf(desk.seal), "Safe", "http://x", terms=terms)
        self.house = dataclasses.replace(house, clock=lambda: desk.now)
        self.case_id = desk.case_id

    async def want(self, kind=Kind.SPENT, subject=1, case_id=-1):
        async with self.house.write() as connection:
            await broadcasting.want(
                self.house, connection, kind, self.case_id if case_id == -1 else case_id, subject
            )

    async def began(self, kind=Kind.SPENT, subject=1, case_id=-1):
        """Told, rested and made."""
        await self.want(kind, subject, case_id)
        self.desk.now += 10 * MINUTE
        assert await broadcasting.start_due(self.house) == 1

    async def follower(self, number, **how):
        async with self.house.write() as connection:
            return await a_follower(
                connection, self.desk.seal, number, how.pop("case_id", self.case_id),
                now=self.desk.now, **how,
            )  # fmt: skip

    async def crowd(self, many):
        async with self.house.write() as connection:
            return await a_crowd(connection, self.desk.seal, many, self.case_id, now=self.desk.now)

    async def act(self, act, *arguments, **named):
        async with self.house.write() as connection:
            return await act(connection, *arguments, **named)

    async def rows(self, statement):
        async with self.house.read() as connection:
            return [tuple(row) for row in await connection.execute(sa.text(statement))]

    async def states(self):
        async with self.house.read() as connection:
            return await states(connection)

    async def deliveries(self):
        async with self.house.read() as connection:
            return await all_deliveries(connection)

    async def out(self, most=100):
        """Take what is due and let it out; hand back what may be sent."""
        mine = await delivering.claim(self.house, most)
        allowed = await delivering.let_out(self.house, mine) if mine else set()
        assert isinstance(allowed, set)
        return [each for each in mine if each.id in allowed]

    async def note(self, *outcomes):
        await delivering.note(self.house, outcomes)


@pytest.fixture
async def press(database):
    return Press(await a_desk(database))


async def test_what_is_wanted_twice_is_told_once(press):
    await press.crowd(2)
    await press.began()
    await press.want()
    press.desk.now += 20 * MINUTE

    assert await broadcasting.start_due(press.house) == 0
    assert await press.states() == {"pending": 2}


async def test_nothing_is_told_before_it_has_rested(press):
    await press.crowd(1)
    await press.want()
    press.desk.now += 9 * MINUTE

    assert await broadcasting.start_due(press.house) == 0
    press.desk.now += MINUTE
    assert await broadcasting.start_due(press.house) == 1


async def test_what_is_undone_with_its_fact_is_never_told(press):
    async def fail_after(connection):
        await broadcasting.want(press.house, connection, Kind.SPENT, press.case_id, 1)
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await press.act(fail_after)

    assert await press.rows("SELECT id FROM broadcast") == []


async def test_only_those_are_told_who_follow_and_can_be_reached(press):
    told = await press.follower(1)
    gone = await press.follower(2)
    await press.follower(3, case_id=None)
    await press.act(lambda c: c.execute(sa.text(f"UPDATE person SET gone = 1 WHERE id = {gone}")))

    await press.began()

    assert [row[:2] for row in await press.deliveries()] == [(told, "pending")]


async def test_somebody_new_is_told_to_those_who_asked_for_it(press):
    await press.follower(1)
    asked = await press.follower(2, case_id=None)

    await press.began(Kind.NEW_CASE, 0)

    assert [row[:2] for row in await press.deliveries()] == [(asked, "pending")]


async def test_who_hears_once_a_week_is_held_and_told_together(press):
    weekly = await press.follower(1, pace=Pace.WEEKLY)
    await press.began(subject=1)
    await press.began(subject=2)
    assert await press.states() == {"held": 2}

    await press.began(Kind.DIGEST, 1_000, case_id=None)
    (mine,) = await press.out()
    await press.note(Arrived(mine, 7, has_picture=False))

    assert (mine.person_id, mine.kind) == (weekly, Kind.DIGEST)
    assert await press.states() == {"sent": 3}


async def test_the_end_of_a_plan_is_not_held(press):
    await press.follower(1, pace=Pace.WEEKLY)

    await press.began(Kind.COMPLETE, 0)

    assert await press.states() == {"pending": 1}


async def test_a_digest_is_for_those_for_whom_something_is_held(press):
    await press.follower(1, pace=Pace.WEEKLY)

    await press.began(Kind.DIGEST, 1_000, case_id=None)

    assert await press.states() == {}


async def test_a_week_has_one_digest(press):
    assert await broadcasting.want_digest(press.house)
    assert not await broadcasting.want_digest(press.house)
    press.desk.now += dt.timedelta(days=7)
    assert await broadcasting.want_digest(press.house)


async def test_a_gift_that_takes_several_steps_tells_the_last(press):
    async def funded(percent):
        await press.act(lambda c: broadcasting.want_funded(press.house, c, press.case_id, percent))

    for percent in (10, 95, 60, 100, 100):
        await funded(percent)

    assert await press.rows("SELECT subject_id, state FROM broadcast ORDER BY subject_id") == [
        (50, "cancelled"), (90, "wanted"), (100, "wanted"),
    ]  # fmt: skip


async def test_an_end_is_told_by_what_it_is(press):
    await press.act(
        lambda c: broadcasting.want_ended(press.house, c, press.case_id, Outcome.WITHDRAWN)
    )

    assert await press.rows("SELECT kind FROM broadcast") == [("ended",)]


async def test_two_senders_never_have_the_same_in_hand(press):
    await press.crowd(5)
    await press.began()

    one = await delivering.claim(press.house, 3)
    other = await delivering.claim(press.house, 3)

    assert len(one) == 3
    assert len({each.id for each in one + other}) == 5


async def test_what_a_dead_sender_had_in_hand_is_taken_up_and_the_dead_has_no_right_any_more(press):
    await press.crowd(1)
    await press.began()
    dead = await delivering.claim(press.house, 1)
    assert await delivering.claim(press.house, 1) == []
    press.desk.now += delivering.CLAIM_LASTS

    (alive,) = await press.out()

    assert alive.id == dead[0].id
    assert await delivering.let_out(press.house, dead) == set()


async def test_what_nobody_spoke_of_again_is_uncertain_and_not_sent_by_itself(press):
    await press.crowd(2)
    await press.began()
    lost, unheard = await press.out()
    await press.note(LostSight(lost))
    press.desk.now += dt.timedelta(hours=1)

    assert await delivering.claim(press.house, 10) == []
    async with press.house.read() as connection:
        found = await deliveries.uncertain(connection, lost.broadcast_id, press.desk.now)
    assert {(each.id, each.why) for each in found} == {(lost.id, "no_answer"), (unheard.id, None)}


async def test_a_certain_refusal_is_tried_again_and_given_up_at_last(press):
    await press.crowd(1)
    await press.began()

    for _ in range(delivering.ATTEMPTS_ALLOWED):
        (mine,) = await press.out()
        await press.note(Refused(mine, "NetworkError"))
        assert await press.out() == []
        press.desk.now += dt.timedelta(minutes=11)

    assert [row[1:] for row in await press.deliveries()] == [("dead", 8, "NetworkError")]
    assert await press.rows("SELECT kind FROM alarm") == [("deliveries_dead",)]


async def test_who_is_told_to_wait_is_tried_as_often_as_it_takes(press):
    await press.crowd(1)
    await press.began()

    for _ in range(2 * delivering.ATTEMPTS_ALLOWED):
        (mine,) = await press.out()
        await press.note(ToldToWait(mine, 0.001))
        press.desk.now += MINUTE

    assert [row[1:3] for row in await press.deliveries()] == [("pending", 0)]


async def test_a_wait_is_everybodys(press):
    await press.crowd(2)
    await press.began()
    mine, other = await delivering.claim(press.house, 2)
    assert await delivering.let_out(press.house, [mine]) == {mine.id}

    await press.note(ToldToWait(mine, 30))

    wait_s = await delivering.let_out(press.house, [other])
    assert isinstance(wait_s, float)
    assert wait_s > 25


async def test_a_chat_that_refuses_is_gone(press):
    await press.crowd(1)
    await press.began()
    (mine,) = await press.out()

    await press.note(Refused(mine, "Forbidden", is_gone=True))

    assert [row[1] for row in await press.deliveries()] == ["gone"]
    assert await press.rows("SELECT gone FROM person") == [(1,)]


@pytest.mark.parametrize("state", ["paused", "cancelled"])
async def test_what_is_stopped_does_not_go_out_though_it_is_in_hand(press, state):
    await press.crowd(1)
    await press.began()
    mine = await delivering.claim(press.house, 1)

    await press.act(lambda c: c.execute(sa.text(f"UPDATE broadcast SET state = '{state}'")))

    assert await delivering.let_out(press.house, mine) == set()
    assert await press.states() == {"pending": 1}


async def test_what_a_recall_takes_back_does_not_go_out_though_it_is_in_hand(press):
    await press.desk.consent()
    await press.desk.published(a_story())
    await press.crowd(1)
    await press.began()
    mine = await delivering.claim(press.house, 1)
    await press.act(a_member, "anybody", "finance")
    code = (await press.rows("SELECT code FROM cases"))[0][0]

    await recalling.recall(press.house, code, by="anybody")

    assert await delivering.let_out(press.house, mine) == set()
    assert await press.rows("SELECT state FROM broadcast") == [("cancelled",)]


async def test_who_stops_gets_nothing_more_though_it_is_in_hand(press):
    (person_id,) = await press.crowd(1)
    await press.began()
    mine = await delivering.claim(press.house, 1)

    await press.act(followers.stop, person_id, press.case_id)

    assert await delivering.let_out(press.house, mine) == set()


async def test_one_chat_gets_one_message_at_a_time(press):
    await press.crowd(1)
    await press.began(subject=1)
    await press.began(subject=2)
    (first,) = await press.out()
    press.desk.now += delivering.CLAIM_LASTS
    assert await press.out() == []

    await press.note(Arrived(first, 7, has_picture=False))
    press.desk.now += dt.timedelta(seconds=1)
    assert await press.out() == []
    press.desk.now += dt.timedelta(seconds=5)
    assert len(await press.out()) == 1


async def test_a_small_broadcast_does_not_wait_for_a_large_one(press):
    await press.crowd(8)
    newcomer = await press.follower(77, case_id=None)
    await press.began()
    await press.began(Kind.NEW_CASE, 0)

    taken = await delivering.claim(press.house, 4)

    assert newcomer in {each.person_id for each in taken}
    assert len(taken) == 3


async def test_quiet_hours_are_waited_out(press):
    now = press.desk.now
    minute = now.hour * 60 + now.minute
    quiet = Quiet(60, (minute + 60) % 1440, (minute + 90) % 1440)  # their clock is an hour ahead

    until = delivering.quiet_until(quiet, now)

    assert until == (now + 30 * MINUTE).replace(second=0, microsecond=0)
    assert delivering.quiet_until(quiet, now + 30 * MINUTE) is None
    assert delivering.quiet_until(quiet, now - MINUTE) is None


async def test_who_wants_quiet_or_the_week_by_now_is_not_told_now(press):
    (person_id,) = await press.crowd(1)
    await press.began()
    (mine,) = await delivering.claim(press.house, 1)
    now = press.desk.now
    minute = now.hour * 60 + now.minute
    quiet = Quiet(0, minute, (minute + 5) % 1440)
    await press.act(followers.set_quiet, person_id, quiet)
    (hearer,) = await delivering.hearers(press.house, [mine])
    assert hearer is not None
    later = delivering.unwanted(hearer, mine, now)
    assert isinstance(later, NotNow)
    assert later.state is DeliveryState.PENDING

    await press.act(followers.set_pace, person_id, Pace.WEEKLY)
    (hearer,) = await delivering.hearers(press.house, [mine])
    assert hearer is not None
    await press.note(delivering.unwanted(hearer, mine, now))

    assert await press.states() == {"held": 1}


async def test_a_broadcast_is_done_when_nothing_waits_and_says_what_is_left(press):
    await press.crowd(2)
    await press.began()
    one, other = await press.out()
    await press.note(Arrived(one, 7, has_picture=True))
    assert await broadcasting.finish(press.house) == 0

    await press.note(LostSight(other))

    assert await broadcasting.finish(press.house) == 1
    assert await press.rows("SELECT state FROM broadcast") == [("done",)]
    assert await press.rows("SELECT kind FROM alarm") == [("deliveries_uncertain",)]
