"""
The whole way of one gift, from the ledger's rows: where every minor unit of it is.

Spending is a plan's and not one gift's. To say which spending a gift paid, gifts are taken in the
order in which they were given: the oldest are spent first.
"""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from services.catalogue import PublicCase, Shelf, public_case
from storage import cases as case_rows
from storage import disbursements, ledger, stripe_facts
from storage.database import Connection
from storage.holds import FeeBearer, Hold
from storage.ledger import AccountKind
from storage.stripe_facts import LOST, OVER
from values.lines import BudgetLine
from values.money import Money


@dataclass(frozen=True, slots=True)
class InPlan:
    """
    What one plan has of a gift.

    Attributes:
        case: What may be shown of the case; None when its story may not be shown any more.
        held: For the plan, not yet spent.
        spent: Spent on the plan, by line.
        over_goal: Not needed for the plan: its donor decides.
        moved_on: Went on to another plan, by the donor's consent.
        fees: Taken by the payment provider, where the gift bears it.
    """

    case_id: int
    case_code: str
    case: PublicCase | None
    held: Money
    spent: tuple[tuple[BudgetLine, Money], ...]
    over_goal: Money
    moved_on: Money
    fees: Money


@dataclass(frozen=True, slots=True)
class Trace:
    """
    Where a gift is.

    `given + cover` is what all plans have of it, what is left of the cover, and the rest below;
    less what the organisation added, where a bank or a refund took more than was there.

    Attributes:
        given: What arrived for the plan, gross.
        cover: What the donor added for the fee; in the organisation's book.
        cover_left: What of that is still there.
        fee: What the payment provider took.
        fee_bearer: Who bears it.
        plans: The plan it was given to first, then those it moved on to.
        refund_due: On its way back to the donor.
        refunded: With the donor again.
        disputed: With the donor's bank, and nothing is decided.
        charged_back: Kept by the donor's bank.
        is_disputed: A bank asks about it or has taken it back, and that is not over.
    """

    given: Money
    cover: Money
    cover_left: Money
    fee: Money
    fee_bearer: FeeBearer
    plans: tuple[InPlan, ...]
    refund_due: Money
    refunded: Money
    disputed: Money
    charged_back: Money
    is_disputed: bool


async def trace(
    connection: Connection, shelf: Shelf, channel: str, now: dt.datetime, hold: Hold
) -> Trace | None:
    """Where the gift of *hold* is; None while it is not in the ledger."""
    settlement = await stripe_facts.settlement_of(connection, hold.id)
    if hold.donation_id is None or settlement is None:
        return None
    standing = await ledger.standing(connection, hold.donation_id)
    nothing = Money(0, hold.amount.currency)

    def all_in(*kinds: AccountKind) -> Money:
        return sum((has for (_, kind), has in standing.items() if kind in kinds), nothing)

    statuses = await stripe_facts.disputes_of(connection, hold.id)
    return Trace(
        given=settlement.gross - hold.cover,
        cover=hold.cover,
        cover_left=all_in("covered"),
        fee=settlement.fee,
        fee_bearer=hold.fee_bearer,
        plans=await _plans(connection, shelf, channel, now, hold, standing),
        refund_due=all_in("refund_due"),
        refunded=all_in("refunded"),
        disputed=all_in("disputed"),
        charged_back=all_in("charged_back"),
        is_disputed=any(status not in (*OVER, *LOST) for status in statuses),
    )


async def _plans(
    connection: Connection,
    shelf: Shelf,
    channel: str,
    now: dt.datetime,
    hold: Hold,
    standing: Mapping[tuple[int, AccountKind], Money],
) -> tuple[InPlan, ...]:
    cases = await case_rows.by_ids(connection, {hold.case_id, *(book for book, _ in standing)})
    plans = []
    for case_id in sorted(cases, key=lambda each: (each != hold.case_id, each)):
        case = cases[case_id]

        def of(kind: AccountKind, case_id: int = case_id) -> Money:
            return standing.get((case_id, kind), Money(0, hold.amount.currency))

        spent = await _spent(connection, case_id, hold.donation_id or 0, of("fund"))
        plans.append(
            InPlan(
                case_id=case_id,
                case_code=case.code,
                case=await public_case(connection, shelf, channel, now, case),
                held=of("fund") - sum((amount for _, amount in spent), Money(0, case.currency)),
                spent=spent,
                over_goal=of("over_goal"),
                moved_on=of("moved_out"),
                fees=of("fees"),
            )
        )
    return tuple(plans)


async def _spent(
    connection: Connection, case_id: int, donation_id: int, in_fund: Money
) -> tuple[tuple[BudgetLine, Money], ...]:
    """
    Which spending of the case this gift paid, by line.

    Gifts lie one behind the other in the order they were given, and spending likewise; a gift paid
    for what lies beside it.
    """
    begins = (
        await ledger.given_before(connection, case_id, donation_id, in_fund.currency)
    ).amount_minor
    ends = begins + in_fund.amount_minor
    paid: dict[BudgetLine, Money] = {}
    so_far = 0
    for spending in await disbursements.of_case(connection, case_id):
        if not spending.approved or not in_fund:
            continue
        first, so_far = so_far, so_far + spending.amount.amount_minor
        part = min(ends, so_far) - max(begins, first)
        if part > 0:
            known = paid.get(spending.line, Money(0, in_fund.currency))
            paid[spending.line] = known + Money(part, in_fund.currency)
    return tuple(paid.items())
