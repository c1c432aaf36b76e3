"""
Acts of staff on what a plan needs, by the codes they go by.

Each finds who acts and on what, does it in one short transaction, and hands back what came of it.
"""

from collections.abc import Mapping

from services import audit, needs
from services.house import House
from services.needs import Grown, LineSet
from services.permits import Act, NotAllowed
from services.staff_acts import Unknown, case_named, permitted
from values.lines import BudgetLine
from values.money import Money


async def set_line(
    house: House, *, case: str, line: BudgetLine, amount: Money, by: str
) -> LineSet | needs.NotSet | Unknown | NotAllowed:
    """Say what a line needs, as long as nobody has given; zero takes it out of the plan."""
    async with house.write() as connection:
        found = await case_named(connection, case)
        staff_id = await permitted(connection, by, Act.SET_NEED)
        if isinstance(found, Unknown):
            return found
        if not isinstance(staff_id, int):
            return staff_id
        done = await needs.set_line(connection, case_id=found.id, line=line, amount=amount)
        if isinstance(done, LineSet) and done.before != done.after:
            await audit.record(
                connection, by=by, act="plan.line_set", about=audit.of_case(found),
                detail={"line": line, "minor": amount.amount_minor}, now=house.clock(),
            )  # fmt: skip
        return done


async def grow_line(
    house: House, *, case: str, line: BudgetLine, amount: Money, notes: Mapping[str, str], by: str
) -> Grown | needs.NotGrown | Unknown | NotAllowed:
    """A line needs more than its donors were told; *notes* (language to text) tell them why."""
    async with house.write() as connection:
        found = await case_named(connection, case)
        staff_id = await permitted(connection, by, Act.SET_NEED)
        if isinstance(found, Unknown):
            return found
        if not isinstance(staff_id, int):
            return staff_id
        done = await needs.grow_line(
            house, connection, case_id=found.id, line=line, amount=amount, notes=notes,
            staff_id=staff_id,
        )  # fmt: skip
        if isinstance(done, Grown) and done.is_new:
            await audit.record(
                connection, by=by, act="plan.line_grown", about=audit.of_case(found),
                detail={"line": line, "note": done.note.id}, now=house.clock(),
            )  # fmt: skip
        return done
