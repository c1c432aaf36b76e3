"""
When a plan costs less than was planned, and when it ends: whose the money is then, and who is told.

First the same person's other lines, if she agrees; what is left belongs to those who gave it, the
newest gifts first, for the oldest are spent first. Why a plan ended is never told.
"""

from dataclasses import dataclass

from services import broadcasting, surplus_questions
from services.closing_pages import close_pages
from services.house import House
from services.landing import case_of
from services.postings import post_decision
from services.progress import progress_of
from services.shares import standing_of
from services.spending import left_on
from storage import cases as case_rows
from storage import holds, ledger
from storage.cases import Case, Outcome
from storage.codes import new_reference
from storage.database import Connection
from storage.holds import Hold
from storage.ledger import Leg
from storage.surplus import Why
from values.lines import BudgetLine
from values.money import Money

__all__ = ["Outcome"]


@dataclass(frozen=True, slots=True)
class PlanChanged:
    """
    A line got smaller by *amount*.

    Attributes:
        released: What is not needed any more and is now its donors' to decide.
    """

    amount: Money
    released: Money


@dataclass(frozen=True, slots=True)
class NothingLeft:
    """The line is not in the plan, or all of it is spent."""


@dataclass(frozen=True, slots=True)
class LastLine:
    """Nothing of the plan would be left: end it instead."""


@dataclass(frozen=True, slots=True)
class HasEnded:
    """The plan has ended before."""


@dataclass(frozen=True, slots=True)
class Ended:
    """The plan has ended; *released* is now its donors' to decide."""

    released: Money


async def finish_line(
    house: House,
    connection: Connection,
    *,
    case_id: int,
    line: BudgetLine,
    to_line: BudgetLine | None,
    staff_id: int,
) -> PlanChanged | NothingLeft | LastLine | HasEnded:
    """
    A line is done and cost less than planned: what is left on it goes to another line, or away.

    Args:
        to_line: Where she wants it instead; None if she needs it for nothing else.
        staff_id: Who asked her and writes it down.
    """
    await case_rows.lock(connection, case_id)
    case = await case_of(connection, case_id)
    if case.outcome is not None:
        return HasEnded()
    left = await left_on(connection, case, line)
    if not left or to_line is line:
        return NothingLeft()
    if to_line is None and left == case.need:
        return LastLine()
    await case_rows.change_plan(
        connection,
        case,
        from_line=line,
        to_line=to_line,
        amount=left,
        staff_id=staff_id,
        now=house.clock(),
    )
    smaller = await case_of(connection, case_id)
    progress = (await progress_of(connection, (smaller,)))[case_id]
    too_much = max(progress.funded - smaller.need, Money(0, case.currency))
    released = await _release(house, connection, smaller, too_much, Why.LEFTOVER)
    if progress.is_filled:
        await close_pages(connection, case_id)
    return PlanChanged(left, released)


async def end_plan(
    house: House, connection: Connection, *, case_id: int, outcome: Outcome
) -> Ended | HasEnded:
    """The plan ends: no gifts are taken, and all that is not spent is its donors' to decide."""
    await case_rows.lock(connection, case_id)
    case = await case_of(connection, case_id)
    if case.outcome is not None:
        return HasEnded()
    await case_rows.end(connection, case_id, outcome)
    await broadcasting.want_ended(house, connection, case_id, outcome)
    held = await ledger.balance(connection, case_id, "fund", case.currency)
    released = await _release(house, connection, case, held, Why.ENDED)
    await close_pages(connection, case_id)
    return Ended(released)


async def _release(
    house: House, connection: Connection, case: Case, amount: Money, why: Why
) -> Money:
    """
    Give *amount* of the fund back into its donors' hands, the newest gifts first.

    What the organisation paid in itself has no donor; it stays in the fund.
    """
    rest = amount
    for hold in await holds.donations_of_case(connection, case.id):
        if not rest:
            break
        released = await _release_of(house, connection, case, hold, rest, why)
        rest -= released
    return amount - rest


async def _release_of(
    house: House, connection: Connection, case: Case, hold: Hold, most: Money, why: Why
) -> Money:
    standing = await standing_of(connection, hold)
    part = min(most, standing.get((case.id, "fund"), Money(0, case.currency)))
    if not part or hold.donation_id is None:
        return Money(0, case.currency)
    leg = Leg(case.id, "fund", "over_goal", part, hold.donation_id)
    await post_decision(connection, "leftover", new_reference(), [leg], house.clock())
    await surplus_questions.ask(house, connection, hold, case.id, why)
    return part
