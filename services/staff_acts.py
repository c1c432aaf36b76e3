"""Acts of staff by the codes they go by: who, on which case, and what came of it."""

from dataclasses import dataclass

from services import closing, refund_requests, refunds, spending
from services.closing import Outcome
from services.house import House
from services.refunds import RefundReason
from services.spending import Disbursement
from storage import cases as case_rows
from storage import disbursements, holds
from storage.cases import Case
from storage.codes import new_reference
from storage.database import Connection
from values.lines import BudgetLine
from values.money import Money

__all__ = ["Disbursement", "Outcome", "Unknown"]


@dataclass(frozen=True, slots=True)
class Unknown:
    """
    There is no such thing.

    Attributes:
        what: "case", "staff" or "gift".
        named: As it was asked for.
    """

    what: str
    named: str


async def find_case(house: House, named: str) -> Case | Unknown:
    """The case with this code or at this address."""
    async with house.read() as connection:
        return await _case(connection, named)


async def record_spending(
    house: House, *, case: str, line: BudgetLine, amount: Money, month: str, by: str
) -> Disbursement | spending.NotSpent | Unknown:
    """Record spending on a line of the case; somebody else approves it."""
    async with house.write() as connection:
        found, staff_id = await _case(connection, case), await _staff(connection, by)
        if isinstance(found, Unknown):
            return found
        if isinstance(staff_id, Unknown):
            return staff_id
        return await spending.record(
            house,
            connection,
            case_id=found.id,
            line=line,
            amount=amount,
            month=month,
            recorder_id=staff_id,
            request_key=f"spending:{new_reference()}",
        )


async def decide_spending(
    house: House, disbursement_id: int, *, approves: bool, by: str
) -> Disbursement | spending.NotSpent | Unknown:
    """Approve what somebody else recorded, or turn it down."""
    async with house.write() as connection:
        staff_id = await _staff(connection, by)
        if isinstance(staff_id, Unknown):
            return staff_id
        decide = spending.approve if approves else spending.turn_down
        return await decide(house, connection, disbursement_id, staff_id)


async def spending_of(
    house: House, case: str
) -> tuple[spending.Spendable, list[Disbursement]] | Unknown:
    """What may be spent of the case now, and every record of spending, oldest first."""
    async with house.read() as connection:
        found = await _case(connection, case)
        if isinstance(found, Unknown):
            return found
        may_be = await spending.spendable(house, connection, found)
        return may_be, await disbursements.of_case(connection, found.id)


async def finish_line(
    house: House, *, case: str, line: BudgetLine, to_line: BudgetLine | None, by: str
) -> closing.PlanChanged | closing.NothingLeft | closing.LastLine | closing.HasEnded | Unknown:
    """A line is done: what is left on it goes to another line, or is its donors' to decide."""
    async with house.write() as connection:
        found, staff_id = await _case(connection, case), await _staff(connection, by)
        if isinstance(found, Unknown):
            return found
        if isinstance(staff_id, Unknown):
            return staff_id
        return await closing.finish_line(
            house, connection, case_id=found.id, line=line, to_line=to_line, staff_id=staff_id
        )


async def end_plan(
    house: House, case: str, outcome: Outcome
) -> closing.Ended | closing.HasEnded | Unknown:
    """The plan ends; what is not spent is its donors' to decide."""
    async with house.write() as connection:
        found = await _case(connection, case)
        if isinstance(found, Unknown):
            return found
        return await closing.end_plan(house, connection, case_id=found.id, outcome=outcome)


async def refund_gift(
    house: House, reference: str, amount: Money | None
) -> refunds.RefundOrder | refunds.NoRefund | Unknown:
    """The donor asked for it: *amount* of the gift goes back, or all that is unspent."""
    async with house.write() as connection:
        known = await holds.by_reference(connection, reference)
        hold = None if known is None else await holds.locked(connection, known.id)
        if hold is None:
            return Unknown("gift", reference)
        return await refunds.refund_gift(house, connection, hold, amount, RefundReason.ASKED)


async def retry_refunds(house: House, reference: str) -> int | Unknown:
    """Ask once more for the refunds of a gift that failed; hand back how many those were."""
    async with house.read() as connection:
        hold = await holds.by_reference(connection, reference)
        if hold is None:
            return Unknown("gift", reference)
        orders = await refunds.orders_of(connection, hold.id)
    return sum([await refund_requests.try_again(house, order.id) for order in orders])


async def _case(connection: Connection, named: str) -> Case | Unknown:
    found = await case_rows.by_code(connection, named)
    return found or await case_rows.by_slug(connection, named) or Unknown("case", named)


async def _staff(connection: Connection, code: str) -> int | Unknown:
    found = await case_rows.staff_id(connection, code)
    return Unknown("staff", code) if found is None else found
