"""
A till without Stripe: what Stripe would say of a gift is laid down fact by fact, and read.

So a test of what is booked needs no HTTP. That Stripe's objects become these facts is tested in
tests/payments.
"""

import asyncio
import dataclasses
import datetime as dt
from itertools import count
from typing import Any

from services import closing, refunds, settling, spending, surplus
from services.catalogue import Shelf
from services.house import House
from services.reading import (
    Charge,
    Dispute,
    DisputeStatus,
    Reading,
    Refund,
    RefundStatus,
    SessionStatus,
    Transaction,
    TransactionKind,
)
from services.refunds import RefundReason
from services.surplus import Wish, digest_of_words
from storage import cases, checkouts, holds, ledger
from storage import surplus as questions
from storage.ledger import ORGANISATION_BOOK, Leg, Posting
from storage.sealing import Seal, new_data_key
from tests.payments.rig import Clock, Till
from values.lines import BudgetLine
from values.money import Money

_numbers = count(1)
AVAILABLE_AFTER = dt.timedelta(days=2)


def wish(to=None, words="If her plan is filled first, give it back."):
    """What a donor says: move it to the plan *to*, or back."""
    return Wish(None if to is None else to.code, "en", digest_of_words(words))


async def at_once(acts):
    """Carry out all *acts*, (function, argument...) each, at once; what came of each."""
    start = asyncio.Event()

    async def one(act, *arguments):
        await start.wait()
        return await act(*arguments)

    tasks = [asyncio.create_task(one(*act)) for act in acts]
    await asyncio.sleep(0)
    start.set()
    return await asyncio.gather(*tasks)


@dataclasses.dataclass
class Said:
    """What Stripe says of one gift so far."""

    charge: Charge
    settlement: Transaction
    refunds: dict[str, Refund] = dataclasses.field(default_factory=dict)
    disputes: dict[str, Dispute] = dataclasses.field(default_factory=dict)


@dataclasses.dataclass
class Books(Till):
    """
    The books, and the people around them.

    Attributes:
        said: What Stripe says, by hold.
    """

    said: dict[int, Said] = dataclasses.field(default_factory=dict)

    async def plan(self, **lines):
        """A case with these budget lines: `plan(shelter=usd(60), legal=usd(40))`."""
        number = next(_numbers)
        [currency] = {amount.currency for amount in lines.values()}
        async with self.house.write() as connection:
            case_id = await cases.add_case(
                connection,
                code=f"plan{number:04d}",
                slug=f"plan-{number}",
                currency=currency,
                lines=[(BudgetLine(line), amount) for line, amount in lines.items()],
                invented=True,
                now=self.clock(),
            )
            return await cases.by_id(connection, case_id)

    async def now(self, case):
        """The case as it is now."""
        async with self.house.read() as connection:
            return await cases.by_id(connection, case.id)

    # Gifts

    async def given(self, case, amount, *, gross=None, fee_minor=100, times=2, **options):
        """A gift that is in the books."""
        hold = await self.hold(case, amount, **options)
        self.pay(hold, gross=gross, fee_minor=fee_minor)
        await self.tell(hold, times)
        return hold

    async def late(self, case, amount, **options):
        """A hold that was given up on our side, and can still be paid."""
        hold = await self.hold(case, amount, **options)
        await self.run("UPDATE hold SET state = 'released' WHERE id = :id", id=hold.id)
        await self.run("UPDATE checkout SET state = 'done' WHERE hold_id = :id", id=hold.id)
        return hold

    async def over(self, case, amount, **options):
        """A gift for a plan that others filled before it arrived: all of it is over the goal."""
        [hold] = await self.all_over(case, amount, **options)
        return hold

    async def all_over(self, case, *amounts, **options):
        """Several such gifts for one plan."""
        late = [await self.late(case, amount, **options) for amount in amounts]
        await self.given(case, (await self.progress(case)).missing, times=1)
        for hold in late:
            self.pay(hold)
            await self.tell(hold)
        return late

    def pay(self, hold, *, gross=None, fee_minor=100):
        """The page of *hold* is paid and settled: as *gross*, less the fee."""
        number, now = next(_numbers), self.clock()
        charge = Charge(f"ch_{number}", f"pi_{number}", hold.charge, 0, False, now)
        settlement = self._moved(
            TransactionKind.CHARGE, charge.id, gross or hold.charge, charge.id, fee_minor
        )
        self.said[hold.id] = Said(charge, settlement)

    async def tell(self, hold, times=2):
        """Write down what Stripe says of the gift now, as often as it is delivered."""
        for _ in range(times):
            async with self.house.write() as connection:
                await self.write_down(connection, hold)

    async def write_down(self, connection, hold):
        """The same inside a transaction of the caller's."""
        known = await self.known(connection, hold)
        checkout = await checkouts.newest(connection, hold.id)
        case = await cases.by_id(connection, hold.case_id)
        assert checkout is not None
        assert case is not None
        return await settling.apply(
            self.house, connection, known, checkout, self.reading(hold, case), case.code
        )

    async def known(self, connection, hold):
        """The gift as it is now, its row locked."""
        known = await holds.locked(connection, hold.id)
        assert known is not None
        return known

    def reading(self, hold, case):
        """All that Stripe says of the gift now."""
        said = self.said[hold.id]
        return Reading(
            session_id=f"cs_{hold.id}",
            status=SessionStatus.COMPLETE,
            is_of_our_mode=True,
            reference=hold.reference,
            case_code=case.code,
            amount=hold.charge,
            is_paid=True,
            has_failed=False,
            charge=said.charge,
            settlement=said.settlement,
            refunds=tuple(said.refunds.values()),
            disputes=tuple(said.disputes.values()),
        )

    # What is taken back

    def refund(self, hold, amount=None, *, order=None, status="succeeded", sent=True):
        """
        A refund at Stripe, of all if no *amount* (in the currency paid) is said; hands back its id.

        Args:
            order: The order that it carries out; None: made at the dashboard.
            sent: The money has left.
        """
        said, refund_id = self.said[hold.id], f"re_{next(_numbers)}"
        amount = amount or (hold.charge if order is None else order.charge)
        refund = Refund(
            refund_id,
            said.charge.id,
            amount,
            RefundStatus(status),
            None if order is None else order.reference,
            None,
            None,
            self.clock(),
        )
        said.refunds[refund_id] = refund
        if sent:
            self.sent(hold, refund_id, status)
        return refund_id

    def sent(self, hold, refund_id, status="succeeded"):
        """The money of a refund leaves."""
        said = self.said[hold.id]
        refund = said.refunds[refund_id]
        left = self._settled(hold, refund.amount, -1)
        said.refunds[refund_id] = dataclasses.replace(
            refund,
            status=RefundStatus(status),
            gone=self._moved(TransactionKind.REFUND, refund_id, left, said.charge.id),
        )

    def leaves(self, hold, refund_id, amount):
        """What left for a refund is *amount*, for the rate has moved."""
        said = self.said[hold.id]
        gone = said.refunds[refund_id].gone
        assert gone is not None
        gross = Money(-amount.amount_minor, amount.currency)
        said.refunds[refund_id] = dataclasses.replace(
            said.refunds[refund_id], gone=dataclasses.replace(gone, gross=gross)
        )

    def failed(self, hold, refund_id):
        """A refund fails; what had left comes back."""
        said = self.said[hold.id]
        refund = said.refunds[refund_id]
        back = None
        if refund.gone is not None:
            gross = Money(-refund.gone.gross.amount_minor, refund.gone.gross.currency)
            back = self._moved(TransactionKind.REFUND_FAILURE, refund_id, gross, said.charge.id)
        said.refunds[refund_id] = dataclasses.replace(
            refund, status=RefundStatus.FAILED, came_back=back
        )

    def cancelled(self, hold, refund_id):
        """A refund that waited for its donor is given up."""
        said = self.said[hold.id]
        said.refunds[refund_id] = dataclasses.replace(
            said.refunds[refund_id], status=RefundStatus.CANCELED
        )

    def dispute(self, hold, amount=None, *, inquiry=False):
        """A bank asks (inquiry) or takes the money; hands back the dispute's id."""
        said, dispute_id = self.said[hold.id], f"du_{next(_numbers)}"
        said.disputes[dispute_id] = Dispute(
            dispute_id,
            said.charge.id,
            amount or hold.charge,
            DisputeStatus.WARNING_NEEDS_RESPONSE if inquiry else DisputeStatus.NEEDS_RESPONSE,
            (),
            self.clock(),
        )
        if not inquiry:
            self._withdraw(hold, dispute_id)
        return dispute_id

    def move_dispute(self, hold, dispute_id, to):
        """The dispute's next status; the money moves with it."""
        said = self.said[hold.id]
        said.disputes[dispute_id] = dataclasses.replace(
            said.disputes[dispute_id], status=DisputeStatus(to)
        )
        if to == "needs_response":
            self._withdraw(hold, dispute_id)
        if to == "won":
            self._move_dispute_money(hold, dispute_id, TransactionKind.DISPUTE_REVERSAL, 1, 0)

    def _withdraw(self, hold, dispute_id):
        self._move_dispute_money(hold, dispute_id, TransactionKind.DISPUTE, -1, 1500)

    def _move_dispute_money(self, hold, dispute_id, kind, sign, fee_minor):
        said = self.said[hold.id]
        dispute = said.disputes[dispute_id]
        gross = self._settled(hold, dispute.amount, sign)
        moved = self._moved(kind, dispute_id, gross, said.charge.id, fee_minor)
        said.disputes[dispute_id] = dataclasses.replace(
            dispute, transactions=(*dispute.transactions, moved)
        )

    def _settled(self, hold, amount, sign):
        """What *amount* of the currency paid is in the settlement currency, halves rounded up."""
        gross = self.said[hold.id].settlement.gross
        paid = hold.charge.amount_minor
        return Money(sign * ((2 * amount.amount_minor * gross.amount_minor + paid) // (2 * paid)),
                     gross.currency)  # fmt: skip

    def _moved(self, kind, source, gross, charge_id, fee_minor=0):
        now = self.clock()
        return Transaction(
            f"txn_{next(_numbers)}",
            kind,
            source,
            gross,
            Money(fee_minor, gross.currency),
            now,
            now + AVAILABLE_AFTER,
            charge_id,
        )

    # What people do

    async def send_back(self, hold, amount=None, reason=RefundReason.ASKED):
        """Decide that *amount* of a gift goes back, None: all of it; whatever comes of it."""
        async with self.house.write() as connection:
            known = await self.known(connection, hold)
            return await refunds.refund_gift(self.house, connection, known, amount, reason)

    async def answers(self, hold, wish):
        """The giver answers the oldest question about the gift that is still about money."""
        async with self.house.write() as connection:
            for question in await questions.questions_of(connection, hold.id):
                done = await surplus.answer_about(
                    self.house, connection, hold.id, question.id, wish
                )
                if not isinstance(done, surplus.NotAsked):
                    return done
        return surplus.NotAsked()

    async def end(self, case, outcome=closing.Outcome.WITHDRAWN):
        """The plan ends; whatever comes of it."""
        async with self.house.write() as connection:
            return await closing.end_plan(self.house, connection, case_id=case.id, outcome=outcome)

    async def finish(self, case, line, to=None):
        """A line is done; what is left on it goes to the line *to*, or away."""
        staff_id = await self.staff("officer")
        async with self.house.write() as connection:
            return await closing.finish_line(
                self.house,
                connection,
                case_id=case.id,
                line=BudgetLine(line),
                to_line=None if to is None else BudgetLine(to),
                staff_id=staff_id,
            )

    async def staff(self, code):
        """Somebody who works here."""
        async with self.house.write() as connection:
            return await cases.add_staff(connection, code, invented=True)

    async def record(self, case, amount, *, line="shelter", by="one", month=None, key=None):
        """Record spending; whatever comes of it."""
        recorder_id = await self.staff(by)
        async with self.house.write() as connection:
            return await spending.record(
                self.house,
                connection,
                case_id=case.id,
                line=BudgetLine(line),
                amount=amount,
                month=self.clock().strftime("%Y-%m") if month is None else month,
                recorder_id=recorder_id,
                request_key=key or f"spending:{next(_numbers)}",
            )

    async def approve(self, recorded, *, by="other"):
        """Approve spending; whatever comes of it."""
        approver_id = await self.staff(by)
        async with self.house.write() as connection:
            return await spending.approve(self.house, connection, recorded.id, approver_id)

    async def spend(self, case, amount, *, line="shelter"):
        """Spend money of the plan after the safety period."""
        self.clock.advance(days=8)
        approved = await self.approve(await self.record(case, amount, line=line))
        assert isinstance(approved, spending.Disbursement), approved
        return approved

    async def pay_in(self, case, amount):
        """The organisation pays its own money into a plan."""
        async with self.house.write() as connection:
            await ledger.contribute(
                connection,
                source="test",
                external_ref=f"advance:{next(_numbers)}",
                payload_sha256=bytes(32),
                to_case=case.id,
                amount=amount,
                now=self.clock(),
            )

    async def reserve(self, amount):
        """The organisation sets money aside for losses."""
        leg = Leg(ORGANISATION_BOOK, "own_means", "reserve", amount)
        async with self.house.write() as connection:
            await ledger.post(
                connection,
                Posting("test", f"provision:{next(_numbers)}", "provision", [leg], bytes(32)),
                self.clock(),
            )

    async def book_of(self, case):
        """What is in each account of a case's book (None: the organisation's), nothing left out."""
        book = ORGANISATION_BOOK if case is None else case.id
        rows = await self.rows(
            "SELECT a.kind, b.amount_minor FROM account a JOIN balance b ON b.account_id = a.id"
            " WHERE a.book_id = :book AND b.amount_minor <> 0",
            book=book,
        )
        return dict(rows)

    async def orders(self):
        """Every refund order: (state, amount in minor units), oldest first."""
        return await self.rows("SELECT state, amount_minor FROM refund_order ORDER BY id")

    async def told(self):
        """Messages that wait for somebody: kinds, in their order."""
        return [kind for (kind,) in await self.rows("SELECT kind FROM outbox ORDER BY id")]


def books_over(database):
    """Books without a Stripe beside them."""
    seal, clock = Seal(new_data_key()), Clock()
    nobody: Any = None
    house = House(database, seal, Shelf(seal), "Safe Way Home", "http://page.example", clock=clock)
    return Books(house, nobody, nobody, nobody, nobody, nobody, "", clock)
