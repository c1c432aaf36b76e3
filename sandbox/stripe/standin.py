"""
A strict stand-in for the Stripe API over real HTTP, version 2026-10-28.endive.

It plays what a charity's gifts need: Checkout Sessions with their hosted page, payment intents,
charges, balance transactions that appear later, refunds, disputes, payouts, events and signed
webhooks. What Stripe would refuse it refuses; what it does not play it names.
"""

from __future__ import annotations

import asyncio
import contextlib
import datetime as dt
import random
from pathlib import Path

from aiohttp import web

from sandbox.state import StateFile
from sandbox.stripe import balance, charges, disputes, refunds, sessions
from sandbox.stripe.api import Api, Call, Hook
from sandbox.stripe.controls import Controls
from sandbox.stripe.delivery import Attempt, Delivery
from sandbox.stripe.disputes import FEE_MINOR as DISPUTE_FEE_MINOR
from sandbox.stripe.endpoints import Account, Endpoints
from sandbox.stripe.faults import Fault, Faults
from sandbox.stripe.hosted import HostedPage
from sandbox.stripe.refunds import Outcome
from sandbox.stripe.world import Clock, Obj, World

_LOOKS_EVERY_S = 0.05


def _now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)


class StripeStandIn:
    """
    The stand-in.

    Args:
        api_key: The only key that is let in. With `_live_` in it all objects say livemode.
        webhook_secret: Signs the webhooks.
        webhook_url: Where they go; None sends none. May be set later: `delivery.url`.
        public_url: Scheme and host under which the payer's browser finds `/pay/...`.
        state_file: Where it remembers across restarts; None forgets.
        clock: The time of everything it does, the signatures included.
        settle_after_s: So long after a payment its balance transaction appears.
        bank_after_s: So long a bank transfer takes to arrive; None waits for `arrive`.
        account: Whose account it is.
        seed: For tests that want the same shuffle every time.
    """

    def __init__(
        self,
        api_key: str,
        webhook_secret: str,
        *,
        webhook_url: str | None,
        public_url: str,
        state_file: Path | None = None,
        clock: Clock = _now,
        settle_after_s: float = 1.0,
        bank_after_s: float | None = None,
        account: Account | None = None,
        seed: int | None = None,
    ) -> None:
        chance = random.Random(seed)  # noqa: S311 - ids and mischief, no secrets
        account = account or Account()
        self._world = World(clock, livemode="_live_" in api_key, randomness=chance)
        self._state = StateFile(state_file)
        self._world.restore(self._state.load())
        self._settle_after_s = settle_after_s
        self._bank_after_s = bank_after_s
        self._ticker: asyncio.Task[None] | None = None
        self._endpoints = Endpoints(self._world, public_url.rstrip("/"), account)
        self._api = Api(self._world, self._endpoints, api_key)
        self._api.before_each = self._do_due
        self.delivery = Delivery(self._world, webhook_secret, webhook_url, randomness=chance)
        self._world.when_event = self.delivery.take
        self._page = HostedPage(self._world, self, account.name)
        actions = (
            self.pay, self.decline, self.expire, self.arrive, self.settle_now, self.settle_in,
            self.refund, self.finish_refund, self.dispute, self.move_dispute, self.payout,
            self.fail_payout, self.move, self.redeliver, self.settled, self.tick,
        )  # fmt: skip
        self._controls = Controls(
            self._world, self._api, self.delivery, {act.__name__: act for act in actions}
        )

    # Its life

    def add_to(self, app: web.Application) -> None:
        """Add `/v1/...`, `/pay/...` and `/sim/stripe/...` to *app*."""
        app.router.add_route("*", "/v1/{path:.*}", self._api.handle)
        self._page.add_to(app)
        self._controls.add_to(app)

    async def start(self) -> None:
        """Begin to deliver webhooks and to let time pass."""
        await self.delivery.start()
        self._world.when_changed = lambda: self._state.save_soon(self._world.snapshot)
        self._ticker = asyncio.create_task(self._run())

    async def close(self) -> None:
        """Stop, and write down what is to be remembered."""
        if self._ticker is not None:
            self._ticker.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._ticker
            self._ticker = None
        await self.delivery.close()
        self._world.when_changed = lambda: None
        self._state.flush()
        self._state.save(self._world.snapshot())

    async def tick(self) -> None:
        """Let happen what is due by the clock."""
        self._do_due()

    # What a test looks at

    @property
    def sessions(self) -> list[Obj]:
        """Checkout Sessions, oldest first, as they are now."""
        return self._seen("checkout.session")

    @property
    def payment_intents(self) -> list[Obj]:
        """Payment intents, oldest first."""
        return self._seen("payment_intent")

    @property
    def charges(self) -> list[Obj]:
        """Charges, failed ones too, oldest first."""
        return self._seen("charge")

    @property
    def balance_transactions(self) -> list[Obj]:
        """Balance transactions, oldest first."""
        return self._seen("balance_transaction")

    @property
    def refunds(self) -> list[Obj]:
        """Refunds, oldest first."""
        return self._seen("refund")

    @property
    def disputes(self) -> list[Obj]:
        """Disputes, oldest first."""
        return self._seen("dispute")

    @property
    def events(self) -> list[Obj]:
        """Events, oldest first, delivered or not."""
        return self._seen("event")

    @property
    def calls(self) -> list[Call]:
        """Calls of the API with the right key, oldest first."""
        return self._api.calls

    @property
    def attempts(self) -> list[Attempt]:
        """Deliveries of webhooks that were tried, oldest first."""
        return self.delivery.attempts

    # What a test sets

    @property
    def account(self) -> Account:
        """Whose account it is; may be changed."""
        return self._endpoints.account

    @property
    def faults(self) -> Faults:
        """What goes wrong with the coming calls; see `fail`."""
        return self._api.faults

    @property
    def next_refunds(self) -> list[Outcome]:
        """How the coming refunds by the API stand at first; empty is `succeeded`."""
        return self._endpoints.next_refunds

    @property
    def on_request(self) -> Hook | None:
        """Called, and awaited, with each call before anything is applied."""
        return self._api.on_request

    @on_request.setter
    def on_request(self, hook: Hook | None) -> None:
        self._api.on_request = hook

    @property
    def on_response(self) -> Hook | None:
        """Called, and awaited, after a call is applied and before its answer is written."""
        return self._api.on_response

    @on_response.setter
    def on_response(self, hook: Hook | None) -> None:
        self._api.on_response = hook

    @property
    def deliver_twice(self) -> bool:
        """Whether every webhook comes a second time."""
        return self.delivery.deliver_twice

    @deliver_twice.setter
    def deliver_twice(self, wanted: bool) -> None:
        self.delivery.deliver_twice = wanted

    @property
    def event_api_version(self) -> str:
        """The version that new events say they are rendered in."""
        return self._world.event_api_version

    @event_api_version.setter
    def event_api_version(self, version: str) -> None:
        self._world.event_api_version = version

    def fail(self, fault: Fault) -> None:
        """Have the next calls that match go wrong."""
        self._api.faults.add(fault)

    async def settle_in(self, currency: str | None, rate: float | None = None) -> None:
        """Settle new charges in *currency*, at *rate* of whole units. None: in their own."""
        if currency is not None and rate is None:
            raise ValueError("a settlement currency needs a rate")
        self._world.settlement = (
            None if currency is None else {"currency": currency.lower(), "rate": rate}
        )

    # What the payer does

    async def pay(self, session_id: str, method: str = "card") -> Obj:
        """
        Pay an open session: by `card`, or by `bank`, whose money arrives later.

        Returns:
            The session.

        Raises:
            ValueError: it is not open, or does not offer that method.
        """
        session = self._open(session_id)
        delayed = sessions.delayed_method(session)
        wanted = {"card": "card", "bank": delayed}.get(method)
        if wanted is None or wanted not in session["payment_method_types"]:
            raise ValueError(f"session {session_id} cannot be paid by {method}")
        intent = charges.open_intent(self._world, session)
        if method == "card":
            charges.pay_by_card(self._world, intent, self._settle_after_s)
        else:
            charges.begin_transfer(self._world, intent, wanted)
            if self._bank_after_s is not None:
                at = self._world.moment() + self._bank_after_s
                self._world.later(at, "arrive", session_id)
        sessions.complete(self._world, session, paid=method == "card")
        return self._world.shown(session)

    async def decline(self, session_id: str) -> Obj:
        """The payer's card is refused; the session stays open. Returns the session."""
        session = self._open(session_id)
        charges.decline(self._world, charges.open_intent(self._world, session))
        return self._world.shown(session)

    async def arrive(self, session_id: str, succeed: bool = True) -> Obj:
        """
        A bank transfer arrives, or is sent back. Returns the session.

        Raises:
            ValueError: none is under way.
        """
        session = self._world.get("checkout.session", session_id)
        intent_id = session["payment_intent"]
        intent = intent_id and self._world.get("payment_intent", intent_id)
        if not intent or intent["status"] != "processing":
            raise ValueError(f"no bank transfer is under way for {session_id}")
        if succeed:
            charges.arrive(self._world, intent, self._settle_after_s)
            sessions.money_came(self._world, session)
        else:
            charges.never_arrive(self._world, intent)
            sessions.money_failed(self._world, session)
        return self._world.shown(session)

    # What Stripe, a bank or the dashboard does

    async def expire(self, session_id: str) -> Obj:
        """Expire an open session now. Returns the session."""
        session = sessions.expire(self._world, self._open(session_id))
        return self._world.shown(session)

    async def settle_now(self) -> int:
        """Give every payment its balance transaction now. Returns how many got one."""
        before = len(self._world.objects.get("balance_transaction", {}))
        for _, charge_id in self._world.due("settle"):
            charges.settle(self._world, self._world.get("charge", charge_id))
        return len(self._world.objects.get("balance_transaction", {})) - before

    async def refund(
        self,
        of: str,
        amount: int | None = None,
        *,
        outcome: Outcome = "succeeded",
        reason: str = "requested_by_customer",
    ) -> Obj:
        """
        Refund from the dashboard, without the API.

        Args:
            of: Id of a session, payment intent or charge.
            amount: Minor units; None is what is left.

        Raises:
            Refused: as the API would.
        """
        asked: Obj = {"reason": reason} if amount is None else {"reason": reason, "amount": amount}
        refund = refunds.create(self._world, self._charge(of), asked, outcome)
        return self._world.shown(refund)

    async def finish_refund(self, refund_id: str, succeed: bool = True) -> Obj:
        """End a pending refund, or have a finished one come back. Returns the refund."""
        refund = self._world.get("refund", refund_id)
        return self._world.shown(refunds.finish(self._world, refund, succeed=succeed))

    async def dispute(
        self,
        of: str,
        amount: int | None = None,
        *,
        inquiry: bool = False,
        reason: str = "fraudulent",
        fee: int = DISPUTE_FEE_MINOR,
    ) -> Obj:
        """The payer's bank disputes a session, payment intent or charge. Returns the dispute."""
        dispute = disputes.create(
            self._world, self._charge(of), amount, inquiry=inquiry, reason=reason, fee=fee
        )
        return self._world.shown(dispute)

    async def move_dispute(self, dispute_id: str, to: str) -> Obj:
        """Bring a dispute to its next status: `won`, `lost`, `under_review`, and so on."""
        dispute = self._world.get("dispute", dispute_id)
        return self._world.shown(disputes.move(self._world, dispute, to))

    async def payout(self, currency: str, amount: int | None = None) -> Obj:
        """Send all in *currency* to the bank by schedule, or *amount* by hand. The payout."""
        return self._world.shown(balance.pay_out(self._world, currency.lower(), amount))

    async def fail_payout(self, payout_id: str) -> Obj:
        """The bank sends a payout back. Returns the payout."""
        payout = self._world.get("payout", payout_id)
        return self._world.shown(balance.fail_payout(self._world, payout))

    async def move(
        self, kind: str, amount: int, currency: str, *, fee: int = 0, of_balance: str = "payments"
    ) -> Obj:
        """
        A balance transaction that nothing else here causes: a fee, an adjustment, a reserve.

        Args:
            kind: Stripe's type of it; one of `balance.CATEGORIES`.
            amount: Minor units; negative where money leaves.
            of_balance: Which balance of the account it moves.
        """
        transaction = balance.move(
            self._world, kind, amount, currency.lower(), fee=fee, of_balance=of_balance
        )
        return self._world.shown(transaction)

    async def redeliver(self, event_id: str) -> int | None:
        """Deliver an event once more. Returns the status that was answered."""
        return await self.delivery.redeliver(self._world.get("event", event_id))

    async def settled(self, timeout_s: float = 10.0) -> None:
        """
        Wait until no webhook is under way or waits for another attempt.

        Raises:
            TimeoutError: some still are.
        """
        await self.delivery.settled(timeout_s)

    # Inside

    def _seen(self, kind: str) -> list[Obj]:
        return [self._world.shown(thing) for thing in self._world.all(kind)]

    def _open(self, session_id: str) -> Obj:
        self._do_due()
        session = self._world.get("checkout.session", session_id)
        if session["status"] != "open":
            raise ValueError(f"session {session_id} is {session['status']}, not open")
        return session

    def _charge(self, of: str) -> Obj:
        if of.startswith("cs_"):
            of = str(self._world.get("checkout.session", of)["payment_intent"])
        if of.startswith("pi_"):
            of = str(self._world.get("payment_intent", of)["latest_charge"])
        return self._world.get("charge", of)

    async def _run(self) -> None:
        while True:
            self._do_due()
            await asyncio.sleep(_LOOKS_EVERY_S)

    def _do_due(self) -> None:
        if self._world.nothing_due():
            return
        for job, object_id in self._world.due():
            if job == "settle":
                charges.settle(self._world, self._world.get("charge", object_id))
            elif job == "expire":
                self._expire_if_open(object_id)
            elif job == "arrive":
                self._arrive_if_awaited(object_id)

    def _expire_if_open(self, session_id: str) -> None:
        session = self._world.get("checkout.session", session_id)
        if session["status"] == "open":
            sessions.expire(self._world, session)

    def _arrive_if_awaited(self, session_id: str) -> None:
        session = self._world.get("checkout.session", session_id)
        intent = self._world.get("payment_intent", session["payment_intent"])
        if intent["status"] == "processing":
            charges.arrive(self._world, intent, self._settle_after_s)
            sessions.money_came(self._world, session)
