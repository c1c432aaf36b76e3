"""Runs that die, meet one another, or find Stripe away; many pages; where the marks are then."""

import asyncio
import datetime as dt

import pytest

from payments import gateway, listings, reconciling
from payments.reconciling import Reconciler
from sandbox.stripe.faults import Fault
from services import checkouts, stripe_account
from services.stripe_account import Statement
from tests.payments.rig import SESSIONS, usd
from tests.payments.test_reconciling import nothing_more_to_do, without_events
from tests.payments.test_refunds import a_decision
from tests.storage.jobs_rig import rows

STATEMENTS = ["/v1/events", "/v1/balance_transactions", "/v1/payouts", "/v1/balance"]


async def a_busy_account(till):
    """Gifts with all that can befall them, nothing of which anybody told; hands back the case."""
    case = await till.case(usd(1000))
    paid = [await till.paid(case, usd(25)) for _ in range(3)]
    await till.stripe.settle_now()
    for amount in (100, 200, 300):
        await till.stripe.refund(till.page(paid[1])["id"], amount)
    for end in ("won", "lost"):
        dispute = await till.stripe.dispute(till.page(paid[2])["id"], 500)
        await till.stripe.move_dispute(dispute["id"], end)
    await till.foreign(4000)
    for minor in (-100, -200, 50):
        await till.stripe.move("stripe_fee", minor, "usd")
    await till.stripe.payout("usd")
    await till.stripe.move("stripe_fee", -1, "usd")
    return case


async def all_is_in_the_books(till, case):
    assert await till.funds(case) == (2500 + 1900 + 2000, 0)
    assert await till.balance(case, "refunded") == 600
    assert await till.balance(case, "charged_back") == 500
    assert await till.balance(None, "suspense") == 4000
    assert await till.fees() == 3 * 103 + 146 + 2 * 1500 + 251
    report = await nothing_more_to_do(till)
    assert [difference.what for difference in report.differences] == ["unexplained"]


@pytest.fixture
def small_pages(monkeypatch):
    for module in (gateway, listings):
        monkeypatch.setattr(module, "MOST_A_PAGE", 2)
    monkeypatch.setattr(listings, "_MOST_TYPES", 5)
    monkeypatch.setattr(reconciling, "_AT_A_TIME", 2)


@pytest.mark.parametrize("events", [True, False])
async def test_more_than_one_page_of_everything(till, small_pages, events):
    case = await a_busy_account(till)
    if not events:
        without_events(till)

    report = await till.reconcile()

    assert report.transactions_read == len(till.stripe.balance_transactions) == 15
    following = {call.path for call in till.stripe.calls if "starting_after" in call.params}
    assert following >= {"/v1/balance_transactions", "/v1/refunds"}
    await all_is_in_the_books(till, case)


async def test_a_full_page_of_a_hundred_is_followed_by_the_next(till):
    for _ in range(230):
        await till.stripe.move("stripe_fee", -1, "usd")

    report = await till.reconcile()

    assert (report.transactions_read, report.fees_booked) == (230, 230)
    assert await till.fees() == 230


async def run_that_dies(till, after):
    """A run that is killed as Stripe answers for the *after*th time; whether it lived so long."""
    asked = 0

    def count(_call):
        nonlocal asked
        asked += 1
        if asked == after:
            run.cancel()

    till.stripe.on_response = count
    run = asyncio.create_task(till.reconcile())
    await asyncio.wait([run])
    till.stripe.on_response = None
    return run.cancelled()


async def test_run_that_dies_anywhere_is_made_up_for_by_the_next(till, small_pages):
    case = await a_busy_account(till)
    died = 0

    while await run_that_dies(till, after=2 + 5 * died):
        died += 1

    assert died > 5
    await all_is_in_the_books(till, case)


async def test_runs_at_once_do_each_thing_once(till, small_pages):
    case = await a_busy_account(till)

    reports = await asyncio.gather(*(till.reconcile() for _ in range(3)))

    assert [report.stop for report in reports] == [None] * 3
    assert sum(report.strays_booked for report in reports) == 1
    assert sum(report.fees_booked for report in reports) == 4
    await all_is_in_the_books(till, case)


async def test_no_transaction_is_open_while_stripe_is_asked(till):
    case = await a_busy_account(till)

    async def write(_call):
        async with asyncio.timeout(5):
            await till.run("UPDATE cases SET state = state")

    till.stripe.on_request = write

    await till.reconcile()

    till.stripe.on_request = None
    await all_is_in_the_books(till, case)


@pytest.mark.parametrize("path", STATEMENTS)
@pytest.mark.parametrize("status", [429, 503, None])
async def test_stripe_away_ends_the_run_and_the_next_one_finishes(till, path, status):
    case = await till.case()
    await till.paid(case, usd(25))
    await till.stripe.settle_now()
    await till.stripe.payout("usd")
    till.stripe.fail(Fault("GET", path, times=100, status=status, drop=status is None))

    report = await till.reconcile()

    assert report.stop is not None
    assert not report.stop.is_refusal
    till.stripe.faults.clear()
    whole = await till.reconcile()
    assert (whole.stop, whole.differences, whole.payouts_read) == (None, [], 1)
    assert await till.funds(case) == (2500, 0)


@pytest.mark.parametrize("path", STATEMENTS)
async def test_key_that_may_not_see_a_statement_is_told(till, path):
    till.stripe.fail(Fault("GET", path, times=2, status=403))

    report = await till.reconcile()

    assert report.stop is not None
    assert report.stop.is_refusal


async def test_one_gift_without_an_answer_holds_no_other_up(till):
    case = await till.case()
    first, second = await till.paid(case, usd(25)), await till.paid(case, usd(30))
    await till.stripe.settle_now()
    without_events(till)
    till.stripe.fail(Fault("GET", f"{SESSIONS}/{till.page(second)['id']}", status=500))

    report = await till.reconcile()

    assert await till.state(first) == "settled"
    assert await till.state(second) == "open"
    assert (report.stop is None, report.postponed) == (False, 1)
    await till.reconcile()
    assert await till.state(second) == "settled"
    await nothing_more_to_do(till)


async def test_stripe_is_left_alone_after_the_third_gift_without_an_answer(till):
    case = await till.case()
    for _ in range(5):
        await till.paid(case, usd(10))
    await till.stripe.settle_now()
    without_events(till)
    till.stripe.fail(Fault("GET", f"{SESSIONS}/", times=1000, status=429))

    report = await till.reconcile()

    assert len(till.asked("GET", f"{SESSIONS}/")) == 3
    assert report.stop is not None
    assert till.asked("GET", "/v1/balance") == till.asked("GET", "/v1/balance_transactions")


async def test_gift_somebody_works_on_is_left_for_the_next_run(till, monkeypatch):
    monkeypatch.setattr("payments.gifts._LEASE_TRIES", 0)
    hold = await till.paid(await till.case(), usd(25))
    await till.stripe.settle_now()
    without_events(till)
    await checkouts.lease(till.house, hold.id)

    report = await till.reconcile()
    till.clock.advance(days=10)
    again = await till.reconcile()

    assert (report.postponed, report.strays_booked, report.stop) == (1, 0, None)
    assert again.gifts_repaired + again.gifts_moved == 1
    assert await till.state(hold) == "settled"


async def test_payout_of_a_gift_that_is_left_is_not_summed_yet(till):
    hold = await till.paid(await till.case(), usd(25))
    await till.stripe.settle_now()
    await till.stripe.payout("usd")
    without_events(till)
    till.stripe.fail(Fault("GET", f"{SESSIONS}/", status=500))

    half = await till.reconcile()
    asked = len(till.asked("GET", f"{SESSIONS}/"))
    whole = await till.reconcile()

    assert (asked, half.postponed) == (1, 1)
    assert (half.differences, whole.differences) == ([], [])
    assert await till.state(hold) == "settled"
    assert await till.rows("SELECT itemised FROM stripe_payout") == [(1,)]


async def test_mark_does_not_move_past_what_is_left(till):
    case = await till.case()
    stuck = await till.paid(case, usd(25))
    await till.stripe.settle_now()
    without_events(till)
    till.raw(till.page(stuck))["status"] = "paused"
    made_at = int(till.clock().timestamp())
    till.clock.advance(days=10)
    await till.paid(case, usd(25))
    await till.stripe.settle_now()

    await till.reconcile()

    marks = "SELECT statement, read_until FROM stripe_cursor ORDER BY statement"
    assert await till.rows(marks) == [
        ("events", int(till.clock().timestamp())),
        ("transactions", made_at),
    ]


async def test_mark_of_events_stays_before_one_that_is_left(till):
    hold = await till.paid(await till.case(), usd(25))
    till.stripe.fail(Fault("GET", f"{SESSIONS}/", times=3, status=503))
    reconciler = Reconciler(till.house, till.gateway, till.gifts)

    await reconciler.events_since_last()

    assert await till.rows("SELECT * FROM stripe_cursor") == []
    till.clock.advance(days=10)
    await reconciler.events_since_last()
    assert await till.state(hold) == "paid"


async def test_mark_never_goes_back(till):
    now = till.clock()

    for days in (3, 5, 4):
        await stripe_account.move_on(till.house, Statement.EVENTS, now + dt.timedelta(days=days))

    window = await stripe_account.window(till.house, Statement.EVENTS, None)
    at = (now + dt.timedelta(days=5)).replace(microsecond=0)
    assert window.since == at - dt.timedelta(hours=1)


async def test_events_older_than_thirty_days_do_not_come_and_the_gift_is_found_all_the_same(till):
    case = await till.case()
    await till.paid(case, usd(25))
    await till.stripe.settle_now()
    till.clock.advance(days=31)

    report = await till.reconcile()

    assert report.events_read == 0
    assert await till.funds(case) == (2500, 0)


async def test_only_what_is_new_is_listed_again(till):
    await till.stripe.move("stripe_fee", -1, "usd")
    await till.reconcile()
    till.clock.advance(days=4)
    await till.stripe.move("stripe_fee", -1, "usd")
    await till.reconcile()
    await till.stripe.move("stripe_fee", -1, "usd")

    report = await till.reconcile()

    assert (report.transactions_read, report.fees_booked) == (2, 1)


async def test_since_reads_from_that_day_and_leaves_the_gap_to_the_next_run(till):
    await till.stripe.move("stripe_fee", -1, "usd")
    till.clock.advance(days=40)
    await till.stripe.move("stripe_fee", -2, "usd")

    late = await till.reconcile(since=till.clock() - dt.timedelta(days=1))
    fees = await till.fees()
    whole = await till.reconcile()

    assert (late.transactions_read, fees) == (1, 2)
    assert [difference.what for difference in late.differences] == ["balance_differs"]
    assert (whole.transactions_read, await till.fees(), whole.differences) == (2, 3, [])


async def test_since_before_the_mark_reads_all_of_it_again(till):
    await till.stripe.move("stripe_fee", -1, "usd")
    await till.reconcile()
    till.clock.advance(days=40)
    await till.stripe.move("stripe_fee", -2, "usd")
    await till.reconcile()

    report = await till.reconcile(since=till.clock() - dt.timedelta(days=50))

    assert (report.transactions_read, report.fees_booked) == (2, 0)


async def test_refund_stripe_does_not_have_is_asked_for_again_each_hour(till):
    """A job that gave up is remembered with its key, so one with the same key would do nothing."""
    _, _, order = await a_decision(till)
    till.clock.advance(minutes=9)
    early = await till.reconcile()
    till.clock.advance(minutes=2)

    reports = [await till.reconcile() for _ in range(2)]
    till.clock.advance(hours=1)
    reports.append(await till.reconcile())

    assert early.refunds_asked_again == 0
    assert [report.refunds_asked_again for report in reports] == [1, 1, 1]
    keys = [row.workflow_uuid for row in await rows(till.house.database)]
    assert len(keys) == 3
    assert all(key.startswith(f"refund:{order.idempotency_key}") for key in keys)


async def test_silence_of_stripe_is_told_when_payments_were_made(till):
    case = await till.case()
    await till.settled(case, usd(25))
    for event in till.stripe.events:
        await till.deliver(event)
    till.clock.advance(hours=30)
    quiet = await till.reconcile()
    await till.settled(case, usd(25))
    soon = await till.reconcile()
    till.clock.advance(hours=2)

    report = await till.reconcile()

    assert (quiet.differences, soon.differences) == ([], [])
    [silence] = report.differences
    assert silence.what == "no_events"
    assert await till.alarms() == ["no_events"]
    [late] = [event for event in till.stripe.events if event["type"] == "charge.updated"][1:]
    await till.deliver(late)
    assert (await till.reconcile()).differences == []


async def test_silence_of_stripe_from_the_first_day_is_told(till):
    await till.settled(await till.case(), usd(25))
    till.clock.advance(hours=23)
    early = await till.reconcile()
    till.clock.advance(hours=2)

    report = await till.reconcile()

    assert early.differences == []
    assert [difference.found for difference in report.differences] == ["none"]
