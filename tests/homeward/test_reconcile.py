"""`homeward reconcile`: what it prints, and how it ends."""

import asyncio
import socket
import threading
from concurrent.futures import Future
from typing import Any

import pytest
import stripe as stripe_package
from aiohttp import web

from homeward.cli.main import main
from sandbox.stripe.faults import Fault
from sandbox.stripe.standin import StripeStandIn
from tests.homeward.conftest import SET

KEY = SET["STRIPE_API_KEY"]
CLEAN = """\
Events: 0 read, 0 missed and dealt with.
Gifts in waiting: 0 read, 0 moved on.
Transactions: 0 read, 0 of gifts repaired, 0 fees booked, 0 that no gift explains.
Payouts: 0 read.
Refunds: 0 asked for again.
"""
SOUND = "Nothing is left unexplained.\n"


class Outside:
    """The stand-in for Stripe in a thread of its own: the command has this one to itself."""

    def __init__(self):
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever)
        self._thread.start()
        self.stripe = self.do(self._start())

    async def _start(self):
        stripe = StripeStandIn(KEY, "whsec_x", webhook_url=None, public_url="http://pay.example")
        app = web.Application()
        stripe.add_to(app)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        server: Any = site._server
        self.base = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        await stripe.start()
        return stripe

    def do(self, act):
        """What an awaitable of the stand-in gives."""
        done: Future[Any] = asyncio.run_coroutine_threadsafe(act, self._loop)
        return done.result(30)

    def close(self):
        self.do(self.stripe.close())
        self.do(self._runner.cleanup())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()


@pytest.fixture
def outside():
    outside = Outside()
    yield outside
    outside.close()


@pytest.fixture
def run(capfd, environment, outside, database_url, monkeypatch):
    """Call it with arguments and settings to get the exit code and what was said."""
    monkeypatch.setattr(stripe_package.HTTPClient, "INITIAL_DELAY", 0.0)

    def call(*arguments, **settings):
        given = {**SET, "DATABASE_URL": database_url, "STRIPE_API_BASE": outside.base}
        environment(**{**given, **settings})
        try:
            main(["reconcile", *arguments])
        except SystemExit as end:
            code = end.code
        told = capfd.readouterr()
        return code, told.out, told.err

    return call


def test_nothing_to_do_is_said_and_is_a_success(run):
    assert run() == (0, CLEAN + SOUND, "")


def test_what_was_repaired_is_counted(run, outside):
    outside.do(outside.stripe.move("stripe_fee", -70, "usd"))
    outside.do(outside.stripe.move("stripe_fee", -30, "usd"))

    first, second = run(), run()

    assert first[0] == second[0] == 0
    counted = "Transactions: 2 read, 0 of gifts repaired, {} fees booked, 0 that no gift explains."
    assert counted.format(2) in first[1]
    assert counted.format(0) in second[1]


def test_what_cannot_be_explained_is_a_line_and_exit_code_1_each_time(run, outside):
    moved = outside.do(outside.stripe.move("adjustment", 1234, "usd"))

    first, second = run(), run()

    line = f"unexplained: transaction {moved['id']}: expected a gift, found 12.34 USD (adjustment)"
    for code, out, err in (first, second):
        assert (code, err) == (1, "")
        assert out.splitlines()[5:] == [line]
    assert "1 that no gift explains" in first[1]
    assert "0 that no gift explains" in second[1]


def test_since_a_day_reads_from_that_day(run, outside):
    outside.do(outside.stripe.move("stripe_fee", -70, "usd"))

    later = run("--since", "2999-01-01")
    long_ago = run("--since", "2015-01-01")

    assert "Transactions: 0 read" in later[1]
    assert "balance_differs: balance USD: expected -0.70 USD, found 0.00 USD" in later[1]
    assert later[0] == 1
    assert "Transactions: 1 read" in long_ago[1]
    assert long_ago[0] == 0


def test_a_day_that_is_none_is_refused(run):
    code, _, told = run("--since", "yesterday")

    assert code == 2
    assert "--since" in told


def test_a_stripe_that_is_away_is_told_with_its_setting(run):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        base = f"http://127.0.0.1:{free.getsockname()[1]}"

    code, out, told = run(STRIPE_API_BASE=base)

    assert (code, out) == (2, CLEAN)
    assert told.startswith("STRIPE_API_BASE: Stripe does not answer")
    assert told.count("\n") == 1


def test_a_stripe_that_asks_to_wait_is_told_after_what_was_read(run, outside):
    outside.do(outside.stripe.move("stripe_fee", -70, "usd"))
    outside.stripe.fail(Fault("GET", "/v1/payouts", times=9, status=429))

    code, out, told = run()

    assert code == 2
    assert "1 fees booked" in out
    assert told.startswith("STRIPE_API_BASE: ")
    assert "payouts" in told


def test_a_key_that_stripe_does_not_know_is_told_and_not_repeated(run):
    code, out, told = run(STRIPE_API_KEY="sk_test_another")

    assert (code, out) == (2, CLEAN)
    assert told.startswith("STRIPE_API_KEY: Stripe will not show events")
    assert told.count("\n") == 1
    assert "sk_test_another" not in told


def test_a_right_that_the_key_lacks_is_told_by_what_it_is_for(run, outside):
    outside.stripe.fail(Fault("GET", "/v1/payouts", times=9, status=403))

    code, _, told = run()

    assert code == 2
    assert told.startswith("STRIPE_API_KEY: Stripe will not show payouts")


@pytest.mark.parametrize("name", ["DATA_KEY", "ORGANISATION", "STRIPE_API_KEY"])
def test_a_missing_setting_is_named(run, name):
    code, out, told = run(**{name: ""})

    assert (code, out) == (2, "")
    assert told.startswith(f"{name} is missing.")
