"""
Acts of staff by the codes they go by: who, on which case, and what came of it.

Here it is asked whether they may, and written down that they did: `services.permits`, `audit`.
"""

from dataclasses import dataclass

from services import audit, closing, minors, refund_requests, refunds, spending
from services.audit import OPERATOR
from services.closing import Outcome
from services.house import House
from services.permits import Act, NoSuchMember, NotAllowed, allowed
from services.refunds import RefundReason
from services.spending import Disbursement
from storage import cases as case_rows
from storage import disbursements, holds
from storage.cases import Case
from storage.codes import new_reference
from storage.database import Connection
from values.lines import BudgetLine
from values.money import Money

__all__ = ["Case", "Disbursement", "NotAllowed", "Outcome", "Unknown"]


@dataclass(frozen=True, slots=True)
class Unknown:
    """
    There is no such thing.

    Attributes:
        what: "case", "confirmed case", "staff" or "gift".
        named: As it was asked for.
    """

    what: str
    named: str


async def find_case(house: House, named: str) -> Case | Unknown:
    """The case with this code or at this address."""
    async with house.read() as connection:
        return await case_named(connection, named)


async def record_spending(
    house: House,
    *,
    case: str,
    line: BudgetLine,
    amount: Money,
    month: str,
    by: str,
    request_key: str | None = None,
) -> Disbursement | spending.NotSpent | Unknown | NotAllowed:
    """
    Record spending on a line of the case; somebody else approves it.

    Args:
        request_key: The same records once; None: this is not a repetition of anything.
    """
    async with house.write() as connection:
        return await record_spending_in(
            house,
            connection,
            case=case,
            line=line,
            amount=amount,
            month=month,
            by=by,
            request_key=request_key or new_reference(),
        )


async def record_spending_in(
    house: House,
    connection: Connection,
    *,
    case: str,
    line: BudgetLine,
    amount: Money,
    month: str,
    by: str,
    request_key: str,
) -> Disbursement | spending.NotSpent | Unknown | NotAllowed:
    """The same in the caller's transaction."""
    found = await case_named(connection, case)
    staff_id = await permitted(connection, by, Act.RECORD_SPENDING)
    if isinstance(found, Unknown):
        return found
    if not isinstance(staff_id, int):
        return staff_id
    recorded = await spending.record(
        house,
        connection,
        case_id=found.id,
        line=line,
        amount=amount,
        month=month,
        recorder_id=staff_id,
        request_key=f"spending:{request_key}",
    )
    if isinstance(recorded, Disbursement):
        await wrote(house, connection, by, "spending.recorded", found, recorded.id)
    return recorded


async def decide_spending(
    house: House, disbursement_id: int, *, approves: bool, by: str
) -> Disbursement | spending.NotSpent | Unknown | NotAllowed:
    """Approve what somebody else recorded, or turn it down."""
    async with house.write() as connection:
        return await decide_spending_in(
            house, connection, disbursement_id, approves=approves, by=by
        )


async def decide_spending_in(
    house: House, connection: Connection, disbursement_id: int, *, approves: bool, by: str
) -> Disbursement | spending.NotSpent | Unknown | NotAllowed:
    """The same in the caller's transaction."""
    staff_id = await permitted(connection, by, Act.DECIDE_SPENDING)
    if not isinstance(staff_id, int):
        return staff_id
    decide = spending.approve if approves else spending.turn_down
    decided = await decide(house, connection, disbursement_id, staff_id)
    if isinstance(decided, Disbursement):
        case = await case_rows.by_id(connection, decided.case_id)
        act = "spending.approved" if approves else "spending.turned_down"
        await wrote(house, connection, by, act, case, decided.id)
    return decided


async def spending_of(
    house: House, case: str
) -> tuple[spending.Spendable, list[Disbursement]] | Unknown:
    """What may be spent of the case now, and every record of spending, oldest first."""
    async with house.read() as connection:
        found = await case_named(connection, case)
        if isinstance(found, Unknown):
            return found
        may_be = await spending.spendable(house, connection, found)
        return may_be, await disbursements.of_case(connection, found.id)


async def finish_line(
    house: House, *, case: str, line: BudgetLine, to_line: BudgetLine | None, by: str
) -> (
    closing.PlanChanged
    | closing.NothingLeft
    | closing.LastLine
    | closing.HasEnded
    | Unknown
    | NotAllowed
):
    """A line is done: what is left on it goes to another line, or is its donors' to decide."""
    async with house.write() as connection:
        found = await case_named(connection, case)
        staff_id = await permitted(connection, by, Act.CHANGE_PLAN)
        if isinstance(found, Unknown):
            return found
        if not isinstance(staff_id, int):
            return staff_id
        done = await closing.finish_line(
            house, connection, case_id=found.id, line=line, to_line=to_line, staff_id=staff_id
        )
        if isinstance(done, closing.PlanChanged):
            await audit.record(
                connection, by=by, act="plan.line_finished", about=audit.of_case(found),
                detail={"line": line, "to_line": to_line or ""}, now=house.clock(),
            )  # fmt: skip
        return done


async def end_plan(
    house: House, case: str, outcome: Outcome, *, by: str = OPERATOR
) -> closing.Ended | closing.HasEnded | Unknown | NotAllowed:
    """The plan ends; what is not spent is its donors' to decide."""
    async with house.write() as connection:
        found = await case_named(connection, case)
        if isinstance(found, Unknown):
            return found
        refusal = await _refused(connection, by, Act.END_PLAN)
        if refusal is not None:
            return refusal
        done = await closing.end_plan(house, connection, case_id=found.id, outcome=outcome)
        if isinstance(done, closing.Ended):
            # How it ended is not written down here: the log is read by more people than the case.
            await audit.record(
                connection, by=by, act="plan.ended", about=audit.of_case(found), now=house.clock()
            )
        return done


async def refund_gift(
    house: House, reference: str, amount: Money | None, *, by: str = OPERATOR
) -> refunds.RefundOrder | refunds.NoRefund | Unknown | NotAllowed:
    """The donor asked for it: *amount* of the gift goes back, or all that is unspent."""
    async with house.write() as connection:
        known = await holds.by_reference(connection, reference)
        hold = None if known is None else await holds.locked(connection, known.id)
        if hold is None:
            return Unknown("gift", reference)
        refusal = await _refused(connection, by, Act.REFUND)
        if refusal is not None:
            return refusal
        order = await refunds.refund_gift(house, connection, hold, amount, RefundReason.ASKED)
        if isinstance(order, refunds.RefundOrder):
            case = await case_rows.by_id(connection, hold.case_id)
            # Whoever has a gift's reference may see its receipt, so its number stands here.
            await wrote(house, connection, by, "gift.refunded", case, hold.id, "gift")
        return order


async def retry_refunds(
    house: House, reference: str, *, by: str = OPERATOR
) -> int | Unknown | NotAllowed:
    """Ask once more for the refunds of a gift that failed; hand back how many those were."""
    async with house.read() as connection:
        hold = await holds.by_reference(connection, reference)
        if hold is None:
            return Unknown("gift", reference)
        refusal = await _refused(connection, by, Act.REFUND)
        if refusal is not None:
            return refusal
        orders = await refunds.orders_of(connection, hold.id)
    retried = sum([await refund_requests.try_again(house, order.id) for order in orders])
    if retried:
        async with house.write() as connection:
            case = await case_rows.by_id(connection, hold.case_id)
            await wrote(house, connection, by, "gift.refund_retried", case, hold.id, "gift")
    return retried


async def case_named(connection: Connection, named: str) -> Case | Unknown:
    """
    The case with this code or at this address.

    One of somebody under 18 that waits to be confirmed is closed to everything, and is not found.
    """
    found = await any_case_named(connection, named)
    if isinstance(found, Case) and await minors.waits(connection, found.id):
        return Unknown("confirmed case", named)
    return found


async def any_case_named(connection: Connection, named: str) -> Case | Unknown:
    """The same, whether it waits to be confirmed or not."""
    found = await case_rows.by_code(connection, named)
    return found or await case_rows.by_slug(connection, named) or Unknown("case", named)


async def permitted(connection: Connection, code: str, act: Act) -> int | Unknown | NotAllowed:
    """The id of who acts, if they may."""
    member = await allowed(connection, code, act)
    if isinstance(member, NoSuchMember):
        return Unknown("staff", code)
    return member if isinstance(member, NotAllowed) else member.id


async def _refused(connection: Connection, by: str, act: Act) -> Unknown | NotAllowed | None:
    """Why *by* may not; the operator, who holds the database itself, may what leaves no name."""
    if by == OPERATOR:
        return None
    found = await permitted(connection, by, act)
    return None if isinstance(found, int) else found


async def wrote(
    house: House,
    connection: Connection,
    by: str,
    act: str,
    case: Case | None,
    number: int,
    what: str = "spending",
) -> None:
    """Write down an act on a numbered thing of a case."""
    about = "" if case is None else audit.of_case(case)
    await audit.record(
        connection, by=by, act=act, about=about, detail={what: number}, now=house.clock()
    )
