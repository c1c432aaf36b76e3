"""
Spending on a plan: recorded by one person, approved by another, never more than may be spent.

What may be spent is what the fund holds, without gifts that are too young, not yet available at
Stripe, or that a bank is asking about: money that may still be taken back is not given out.
"""

import re
from dataclasses import dataclass

from services import broadcasting
from services.broadcasting import Kind
from services.house import House
from services.landing import case_of
from services.postings import post_decision
from storage import cases as case_rows
from storage import disbursements, ledger, resting
from storage.cases import Case
from storage.database import Connection
from storage.disbursements import Disbursement
from storage.ledger import Leg
from values.lines import BudgetLine
from values.money import Money

__all__ = ["Disbursement"]

_MONTH = re.compile(r"20[0-9]{2}-(0[1-9]|1[0-2])")


@dataclass(frozen=True, slots=True)
class Spendable:
    """
    What may be spent of a plan now.

    Attributes:
        held: What the fund holds.
        resting: The part of it that may still be taken back.
        now: The rest: what may be spent.
    """

    held: Money
    resting: Money

    @property
    def now(self) -> Money:
        """Never negative."""
        return max(self.held - self.resting, Money(0, self.held.currency))


@dataclass(frozen=True, slots=True)
class NotInThePlan:
    """
    The line is not in the plan, or so much is not left on it: change the plan first.

    Attributes:
        left: What may still be spent on the line.
    """

    left: Money


@dataclass(frozen=True, slots=True)
class TooMuch:
    """More than may be spent now."""

    spendable: Spendable


@dataclass(frozen=True, slots=True)
class NotAMonth:
    """It is no month, or one that has not begun."""


@dataclass(frozen=True, slots=True)
class SamePerson:
    """Who recorded it cannot approve it."""


@dataclass(frozen=True, slots=True)
class AlreadyDecided:
    """Somebody has approved it or turned it down before; or there is no such record."""


NotSpent = NotInThePlan | TooMuch | NotAMonth | SamePerson | AlreadyDecided


async def record(
    house: House,
    connection: Connection,
    *,
    case_id: int,
    line: BudgetLine,
    amount: Money,
    month: str,
    recorder_id: int,
    request_key: str,
) -> Disbursement | NotSpent:
    """
    Record spending on a line, to be approved by somebody else. The same *request_key* records once.

    Args:
        month: "2026-11"; nothing finer is kept.
    """
    await case_rows.lock(connection, case_id)
    known = await disbursements.by_request(connection, request_key)
    if known is not None:
        return known
    if not _MONTH.fullmatch(month) or month > house.clock().strftime("%Y-%m"):
        return NotAMonth()
    case = await case_of(connection, case_id)
    refusal = await _refusal(house, connection, case, line, amount)
    if refusal is not None:
        return refusal
    spending_id = await disbursements.add(
        connection,
        request_key=request_key,
        case_id=case_id,
        line=line,
        amount=amount,
        month=month,
        recorder_id=recorder_id,
        now=house.clock(),
    )
    return Disbursement(spending_id, case_id, line, amount, month, recorder_id, None)


async def approve(
    house: House, connection: Connection, disbursement_id: int, approver_id: int
) -> Disbursement | NotSpent:
    """Approve what somebody else recorded, and book it."""
    spending = await disbursements.by_id(connection, disbursement_id)
    if spending is None:
        return AlreadyDecided()
    await case_rows.lock(connection, spending.case_id)
    spending = await disbursements.by_id(connection, disbursement_id)
    if spending is None or spending.approved is not None:
        return AlreadyDecided()
    if spending.recorder_id == approver_id:
        return SamePerson()
    case = await case_of(connection, spending.case_id)
    refusal = await _refusal(house, connection, case, spending.line, spending.amount)
    if refusal is not None:
        return refusal
    leg = Leg(case.id, "fund", "spent", spending.amount)
    posting_id = await post_decision(connection, "disbursement", spending.id, [leg], house.clock())
    await disbursements.decide(
        connection, spending, decider_id=approver_id, posting_id=posting_id, now=house.clock()
    )
    await broadcasting.want(house, connection, Kind.SPENT, case.id, spending.id)
    return await disbursements.by_id(connection, spending.id) or spending


async def turn_down(
    house: House, connection: Connection, disbursement_id: int, decider_id: int
) -> Disbursement | NotSpent:
    """Turn down what was recorded; who recorded it may take it back so."""
    spending = await disbursements.by_id(connection, disbursement_id)
    if spending is None:
        return AlreadyDecided()
    await case_rows.lock(connection, spending.case_id)
    spending = await disbursements.by_id(connection, disbursement_id)
    if spending is None or spending.approved is not None:
        return AlreadyDecided()
    await disbursements.decide(
        connection, spending, decider_id=decider_id, posting_id=None, now=house.clock()
    )
    return await disbursements.by_id(connection, spending.id) or spending


async def spendable(house: House, connection: Connection, case: Case) -> Spendable:
    """What may be spent of the plan now."""
    held = await ledger.balance(connection, case.id, "fund", case.currency)
    now = house.clock()
    rests = await resting.in_fund(
        connection, case.id, case.currency, paid_after=now - house.terms.safety_period, now=now
    )
    return Spendable(held, rests)


async def left_on(connection: Connection, case: Case, line: BudgetLine) -> Money:
    """What the plan has for *line* and has not spent; zero if the line is not in the plan."""
    nothing = Money(0, case.currency)
    planned = dict(case.lines).get(line, nothing)
    return planned - (await disbursements.spent_by_line(connection, case.id)).get(line, nothing)


async def _refusal(
    house: House, connection: Connection, case: Case, line: BudgetLine, amount: Money
) -> NotSpent | None:
    left = await left_on(connection, case, line)
    if amount.amount_minor <= 0 or amount > left:
        return NotInThePlan(left)
    may_be = await spendable(house, connection, case)
    return TooMuch(may_be) if amount > may_be.now else None
