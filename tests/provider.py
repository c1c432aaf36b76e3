"""What the payment provider says of a gift, booked as the program books it; nobody is asked."""

import json
from dataclasses import replace
from itertools import count
from typing import Any

from services import closing, giving, settling, spending
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
from services.samples import put_samples
from storage import cases, checkouts, holds
from storage.cases import Outcome
from stories.pack import Pack
from values.lines import BudgetLine
from values.money import Money

_numbers = count(1)


class Provider:
    """
    Knows of each gift what came of it.

    Attributes:
        house: Where it is booked.
        fee: What is kept of each payment.
    """

    def __init__(self, house, fee=None):
        self.house = house
        self.fee = fee or Money(103, "USD")
        self._refunds: dict[int, list[Refund]] = {}
        self._disputes: dict[int, list[Dispute]] = {}

    async def settle(self, reference):
        """The gift arrives, whatever became of its hold; also what was taken back of it since."""
        async with self.house.write() as connection:
            hold = await holds.by_reference(connection, reference)
            assert hold is not None
            checkout = await checkouts.newest(connection, hold.id)
            if checkout is None:
                now = self.house.clock()
                await giving.want_checkout(connection, hold, attempt=1, now=now)
                checkout = await checkouts.newest(connection, hold.id)
            case = await cases.by_id(connection, hold.case_id)
            assert checkout is not None
            assert case is not None
            reading = self._reading(hold, case.code)
            return await settling.apply(self.house, connection, hold, checkout, reading, case.code)

    async def refund(self, reference, amount=None, *, status=RefundStatus.SUCCEEDED, order=None):
        """A refund from the dashboard, or of an order; what becomes of it, if it is told again."""
        hold = await self._hold(reference)
        known = self._refunds.setdefault(hold.id, [])
        number = next(_numbers)
        gross = amount or hold.charge
        gone = self._moved(hold, TransactionKind.REFUND, f"re_{number}", gross, out=True)
        known.append(
            Refund(f"re_{number}", f"ch_{hold.id}", gross, status, order,
                   gone if status is RefundStatus.SUCCEEDED else None, None, self.house.clock())
        )  # fmt: skip
        await self.settle(reference)

    async def refund_fails(self, reference):
        """The newest refund of a gift comes back."""
        hold = await self._hold(reference)
        last = self._refunds[hold.id][-1]
        back = self._moved(hold, TransactionKind.REFUND_FAILURE, last.id, last.amount, out=False)
        failed = replace(last, status=RefundStatus.FAILED, came_back=back)
        self._refunds[hold.id][-1] = failed
        await self.settle(reference)

    async def dispute(self, reference, amount=None, status=DisputeStatus.NEEDS_RESPONSE):
        """A bank takes the gift back; told again, how that stands now. An inquiry takes nothing."""
        hold = await self._hold(reference)
        known = self._disputes.setdefault(hold.id, [])
        gross = amount or hold.charge
        if known:
            known[-1] = replace(known[-1], status=status)
        else:
            name = f"du_{next(_numbers)}"
            taken = self._moved(hold, TransactionKind.DISPUTE, name, gross, out=True)
            moved = () if status.startswith("warning_") else (taken,)
            known.append(Dispute(name, f"ch_{hold.id}", gross, status, moved, self.house.clock()))
        await self.settle(reference)

    async def _hold(self, reference):
        async with self.house.read() as connection:
            hold = await holds.by_reference(connection, reference)
        assert hold is not None
        return hold

    def _moved(self, hold, kind, source, amount, *, out):
        gross = Money(-amount.amount_minor if out else amount.amount_minor, amount.currency)
        now = self.house.clock()
        nothing = Money(0, amount.currency)
        charge = f"ch_{hold.id}"
        return Transaction(f"txn_{next(_numbers)}", kind, source, gross, nothing, now, now, charge)

    def _reading(self, hold, case_code):
        now, charge = self.house.clock(), f"ch_{hold.id}"
        return Reading(
            session_id=f"cs_{hold.id}",
            status=SessionStatus.COMPLETE,
            is_of_our_mode=True,
            reference=hold.reference,
            case_code=case_code,
            amount=hold.charge,
            is_paid=True,
            has_failed=False,
            charge=Charge(charge, f"pi_{hold.id}", hold.charge, 0, False, now),
            settlement=Transaction(
                f"txn_of_{hold.id}", TransactionKind.CHARGE, charge, hold.charge, self.fee, now,
                now, charge,
            ),
            refunds=tuple(self._refunds.get(hold.id, ())),
            disputes=tuple(self._disputes.get(hold.id, ())),
        )  # fmt: skip


async def spend(house, case, amount, line=BudgetLine.SHELTER):
    """Spend money of the plan, recorded by one and approved by another."""
    async with house.write() as connection:
        one = await cases.add_staff(connection, "one", invented=True)
        other = await cases.add_staff(connection, "other", invented=True)
        recorded = await spending.record(
            house, connection, case_id=case.id, line=line, amount=amount,
            month=house.clock().strftime("%Y-%m"), recorder_id=one,
            request_key=f"spend {next(_numbers)}",
        )  # fmt: skip
        assert isinstance(recorded, spending.Disbursement), recorded
        approved = await spending.approve(house, connection, recorded.id, other)
        assert isinstance(approved, spending.Disbursement), approved


async def end(house, case, outcome=Outcome.COMPLETE):
    """The plan ends."""
    async with house.write() as connection:
        await closing.end_plan(house, connection, case_id=case.id, outcome=outcome)


async def more_people(house, pack, **names):
    """Publish more invented cases like *pack*: by slug, what each person is called in English."""
    made = []
    for slug, name in names.items():
        story: dict[str, Any] = json.loads(pack.to_json())
        story["slug"] = slug
        for texts in story["texts"].values():
            texts["pseudonym"] = name
        made.append(Pack.from_json(json.dumps(story)))
    async with house.write() as connection:
        await put_samples(connection, house.seal, made, house.clock())
