"""How much of a sum a plan still has room for, and how much would be over its goal."""

from dataclasses import dataclass

from services.progress import progress_of
from storage import cases as case_rows
from storage.cases import Case
from storage.database import Connection
from storage.holds import RESERVING, Hold
from values.money import Money


@dataclass(frozen=True, slots=True)
class Landing:
    """A sum as it arrives: *to_plan* for the fund, *over* for its donor to decide."""

    to_plan: Money
    over: Money


async def landing(
    connection: Connection, case_id: int, amount: Money, own: Hold | None = None
) -> Landing:
    """
    Split *amount* at the goal of the case, whose row the caller has locked.

    A plan that has ended has no room.

    Args:
        own: The hold that reserved room for it, if one did: that room is its own.
    """
    case = await case_of(connection, case_id)
    room = await _room(connection, case, own)
    to_plan = min(amount, room)
    return Landing(to_plan, amount - to_plan)


async def case_of(connection: Connection, case_id: int) -> Case:
    """The case with this id, which exists."""
    case = await case_rows.by_id(connection, case_id)
    if case is None:
        raise LookupError(f"there is no case {case_id}")
    return case


async def _room(connection: Connection, case: Case, own: Hold | None) -> Money:
    nothing = Money(0, case.currency)
    if case.outcome is not None:
        return nothing
    progress = (await progress_of(connection, (case,)))[case.id]
    room = progress.missing
    if own is not None and own.state in RESERVING:
        taken = progress.funded + progress.arriving + progress.promised + progress.held
        room = progress.need - (taken - own.amount)
    return max(room, nothing)
