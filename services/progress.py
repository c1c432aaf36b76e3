"""
How far a plan is funded.

Only settled money counts as progress. What is on its way stands beside it under its own name, and
what is still missing is what nobody has given or reserved.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from storage import holds, ledger
from storage.cases import Case
from storage.database import Connection
from storage.holds import HoldState
from values.money import Money, floor_percent


@dataclass(frozen=True, slots=True)
class Progress:
    """
    The money of one plan, all in the case's currency.

    Attributes:
        need: The sum of the budget lines.
        funded: Settled gifts; in the plan's fund or spent on it.
        arriving: Paid, and not yet settled by the payment provider.
        promised: Donors chose a slow way to pay; nothing has arrived.
        held: Reserved for donors who are at the payment page now.
    """

    need: Money
    funded: Money
    arriving: Money
    promised: Money
    held: Money

    @property
    def missing(self) -> Money:
        """What can still be given now; never negative."""
        rest = self.need - self.funded - self.arriving - self.promised - self.held
        return rest if rest.amount_minor > 0 else Money(0, rest.currency)

    @property
    def waits_for(self) -> str:
        """
        Why nothing is missing although the plan is not funded: the first that applies of "held"
        (somebody is paying now), "promised" and "arriving"; "rest" if none does.
        """
        kinds = {"held": self.held, "promised": self.promised, "arriving": self.arriving}
        return next((kind for kind, amount in kinds.items() if amount), "rest")

    @property
    def percent(self) -> int:
        """Whole percent funded, rounded down."""
        return floor_percent(self.funded, self.need)

    @property
    def is_filled(self) -> bool:
        """What was given and promised is enough: whoever is still paying would give too much."""
        return self.funded + self.arriving + self.promised >= self.need

    @property
    def is_funded(self) -> bool:
        """The whole need is settled."""
        return self.funded >= self.need


async def progress_of(connection: Connection, cases: Sequence[Case]) -> dict[int, Progress]:
    """The progress of each of *cases*, by case id, in two statements."""
    ids = [case.id for case in cases]
    balances = await ledger.balances(connection, ids, ("fund", "spent"))
    reserved = await holds.reserved(connection, ids)
    return {case.id: _progress(case, balances, reserved[case.id]) for case in cases}


def _progress(
    case: Case,
    balances: dict[tuple[int, str, str], Money],
    reserved: dict[HoldState, int],
) -> Progress:
    nothing = Money(0, case.currency)

    def settled(kind: str) -> Money:
        return balances.get((case.id, kind, case.currency), nothing)

    def waiting(state: HoldState) -> Money:
        return Money(reserved.get(state, 0), case.currency)

    return Progress(
        need=case.need,
        funded=settled("fund") + settled("spent"),
        arriving=waiting(HoldState.PAID),
        promised=waiting(HoldState.PROMISED),
        held=waiting(HoldState.OPEN),
    )
