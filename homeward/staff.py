"""What staff do on the command line: what came of each act, in a line."""

from collections.abc import Awaitable, Callable
from decimal import Decimal
from typing import TypeVar

from homeward.assembly import opened_house
from homeward.errors import NotDone
from homeward.explaining import explaining
from homeward.members import refusal
from homeward.settings import Settings
from services import closing, refunds, spending, staff_acts
from services.house import House
from services.staff_acts import NotAllowed, Outcome, Unknown
from values.currencies import currency
from values.lines import BudgetLine
from values.money import Money, in_minor_units

_Done = TypeVar("_Done")


async def record_spending(
    settings: Settings, *, case: str, line: str, amount: str, month: str, by: str
) -> str:
    """Record spending; hand back what was done. Raises NotDone with what to do instead."""

    async def act(house: House) -> str:
        plan = await staff_acts.find_case(house, case)
        if isinstance(plan, Unknown):
            raise _unknown(plan)
        recorded = await staff_acts.record_spending(
            house, case=case, line=BudgetLine(line), amount=money(amount, plan.currency),
            month=month, by=by,
        )  # fmt: skip
        done = _spent(recorded)
        return f"Recorded as {done.id}: {done.amount} on {done.line}. Somebody else approves it."

    return await _do(settings, act)


async def decide_spending(
    settings: Settings, disbursement_id: int, *, approves: bool, by: str
) -> str:
    """Approve or turn down; hand back what was done. Raises NotDone."""

    async def act(house: House) -> str:
        decided = await staff_acts.decide_spending(house, disbursement_id, approves=approves, by=by)
        done = _spent(decided)
        what = "Approved and booked" if done.approved else "Turned down"
        return f"{what}: {done.amount} on {done.line}, {done.month}."

    return await _do(settings, act)


async def list_spending(settings: Settings, case: str) -> list[str]:
    """What may be spent of a case now, and a line for each record of spending."""

    async def act(house: House) -> list[str]:
        found = await staff_acts.spending_of(house, case)
        if isinstance(found, Unknown):
            raise _unknown(found)
        may_be, recorded = found
        words = {None: "waits for approval", True: "approved", False: "turned down"}
        return [
            f"Held: {may_be.held}. May be spent now: {may_be.now}.",
            *(
                f"{each.id}: {each.amount} on {each.line}, {each.month}, {words[each.approved]}"
                for each in recorded
            ),
        ]

    return await _do(settings, act)


async def finish_line(
    settings: Settings, *, case: str, line: str, to_line: str | None, by: str
) -> str:
    """A line cost less than planned; hand back what was done. Raises NotDone."""

    async def act(house: House) -> str:
        done = await staff_acts.finish_line(
            house, case=case, line=BudgetLine(line),
            to_line=None if to_line is None else BudgetLine(to_line), by=by,
        )  # fmt: skip
        match done:
            case Unknown() | NotAllowed():
                raise _unknown(done)
            case closing.PlanChanged(amount, released):
                where = f"to {to_line}" if to_line else "off the plan"
                return f"{amount} went {where}. Its donors are asked about {released}."
            case closing.NothingLeft():
                raise NotDone(f"Nothing is left on {line}, or it is not in the plan.")
            case closing.LastLine():
                raise NotDone("Nothing of the plan would be left. End it: `homeward plan end`.")
            case closing.HasEnded():
                raise NotDone("The plan has ended.")

    return await _do(settings, act)


async def end_plan(settings: Settings, *, case: str, outcome: str, by: str) -> str:
    """The plan ends; hand back what was done. Raises NotDone."""

    async def act(house: House) -> str:
        done = await staff_acts.end_plan(house, case, Outcome(outcome), by=by)
        if isinstance(done, Unknown | NotAllowed):
            raise _unknown(done)
        if isinstance(done, closing.HasEnded):
            raise NotDone("The plan has ended before.")
        return f"The plan has ended. Its donors are asked about {done.released}."

    return await _do(settings, act)


async def refund_gift(settings: Settings, *, reference: str, amount: str | None, by: str) -> str:
    """Send a gift back; hand back what was done. Raises NotDone."""

    async def act(house: House) -> str:
        wanted = None
        if amount is not None:
            number, _, code = amount.partition(" ")
            wanted = money(number, code)
        done = await staff_acts.refund_gift(house, reference, wanted, by=by)
        match done:
            case Unknown() | NotAllowed():
                raise _unknown(done)
            case refunds.Disputed():
                raise NotDone("The donor's bank is taking this gift back. It is not sent twice.")
            case refunds.NothingToRefund(unspent):
                raise NotDone(
                    f"Of this gift {unspent} is unspent, and no more can go back. What is spent"
                    " the organisation may pay itself, in Stripe's dashboard."
                )
            case order:
                return f"{order.amount} goes back, as refund {order.reference}."

    return await _do(settings, act)


async def retry_refunds(settings: Settings, reference: str, *, by: str) -> str:
    """Ask once more for what failed; hand back what was done. Raises NotDone."""

    async def act(house: House) -> str:
        again = await staff_acts.retry_refunds(house, reference, by=by)
        if isinstance(again, Unknown | NotAllowed):
            raise _unknown(again)
        if not again:
            raise NotDone("No refund of this gift has failed.")
        return f"{again} refund{'' if again == 1 else 's'} will be asked for again."

    return await _do(settings, act)


def money(number: str, code: str) -> Money:
    """
    An amount as one writes it: "12.50" and "USD".

    Raises:
        NotDone: it is not one.
    """
    try:
        found = in_minor_units(Decimal(number), currency(code).code)
    except (ArithmeticError, ValueError):
        found = None
    if found is None or found.amount_minor <= 0:
        raise NotDone(f"{f'{number} {code}'.strip()!r} is not an amount. Write 12.50 or 12.50 USD.")
    return found


async def _do(settings: Settings, act: Callable[[House], Awaitable[_Done]]) -> _Done:
    with explaining(settings.database):
        async with opened_house(settings) as house:
            return await act(house)


def _unknown(found: Unknown | NotAllowed) -> NotDone:
    if isinstance(found, NotAllowed):
        return NotDone(refusal(found))
    return NotDone(f"There is no {found.what} {found.named!r}.")


def _spent(
    outcome: spending.Disbursement | spending.NotSpent | Unknown | NotAllowed,
) -> spending.Disbursement:
    match outcome:
        case Unknown() | NotAllowed():
            raise _unknown(outcome)
        case spending.NotInThePlan(left):
            raise NotDone(f"The plan has {left} left on this line. Change the plan first.")
        case spending.TooMuch(may_be):
            raise NotDone(
                f"The plan holds {may_be.held}, of which {may_be.now} may be spent now:"
                " gifts rest for a while, because they may still be taken back."
            )
        case spending.NotAMonth():
            raise NotDone("Write a month that has begun, such as 2026-11.")
        case spending.SamePerson():
            raise NotDone("Whoever recorded it cannot approve it.")
        case spending.AlreadyDecided():
            raise NotDone("It was decided before, or there is no such record.")
        case done:
            return done
