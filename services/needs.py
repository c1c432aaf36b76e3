"""
What a plan needs: set freely until somebody gives, and told to its donors when it grows later.

After the first gift a line grows only with a dated note that they can read. It never shrinks here:
what a line does not need goes its way in `services.closing`, where each donor is asked.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from locales.known import KNOWN
from protection.gate.checking import Finding, findings
from services import secret_words
from services.closing import HasEnded
from services.house import House
from services.landing import case_of
from storage import case_sheets, needs
from storage import cases as case_rows
from storage.cases import Case
from storage.database import Connection
from storage.needs import NeedNote
from stories.rules import faults
from values.bands import RiskLevel
from values.currencies import currency
from values.lines import BudgetLine
from values.money import Money

__all__ = ["HasEnded", "NeedNote"]

MOST_OF_A_NOTE = 200
"""Characters of a note: it stands under its line, in the chat as well."""


@dataclass(frozen=True, slots=True)
class LineSet:
    """The line is *after* now; it was *before*, zero if the plan did not have it."""

    line: BudgetLine
    before: Money
    after: Money


@dataclass(frozen=True, slots=True)
class Grown:
    """
    The line grew, and its donors can read why.

    Attributes:
        is_new: False: the same was said before.
    """

    note: NeedNote
    is_new: bool = True


@dataclass(frozen=True, slots=True)
class HasGifts:
    """Somebody has given or is paying: the line grows only with a note."""


@dataclass(frozen=True, slots=True)
class NoGifts:
    """Nobody has given yet: the line can be set, and there is nobody to tell."""


@dataclass(frozen=True, slots=True)
class NotMore:
    """The line is *now* already; a line with gifts grows or stays."""

    now: Money


@dataclass(frozen=True, slots=True)
class NotPayable:
    """The amount is not one of the plan's currency, or cannot be paid in it."""


@dataclass(frozen=True, slots=True)
class NothingNeeded:
    """Nothing of the plan would be left: end it instead."""


@dataclass(frozen=True, slots=True)
class NoteRefused:
    """
    The note cannot be shown, so nothing grew.

    Attributes:
        why: A fixed word: `none`, `locale`, `note` (its form), `gate` or `risk` (no risk form, or
            the risk is high: nothing is published then).
        findings: What the gate and the case's secret list block, if it is `gate`.
        faults: What is wrong with its form, if it is `note`.
    """

    why: str
    findings: tuple[Finding, ...] = ()
    faults: tuple[str, ...] = ()


NotSet = HasGifts | HasEnded | NotPayable | NothingNeeded
NotGrown = NoGifts | HasEnded | NotMore | NotPayable | NoteRefused


async def set_line(
    connection: Connection, *, case_id: int, line: BudgetLine, amount: Money
) -> LineSet | NotSet:
    """
    Say what a line needs, in place of what was said before, as long as nobody has given.

    Args:
        amount: Zero takes the line out of the plan.
    """
    await case_rows.lock(connection, case_id)
    case = await case_of(connection, case_id)
    if case.outcome is not None:
        return HasEnded()
    if await needs.was_given_to(connection, case_id):
        return HasGifts()
    before = dict(case.lines).get(line, Money(0, case.currency))
    if amount.amount_minor and not _is_payable(case, amount):
        return NotPayable()
    if not amount and before == case.need:
        return NothingNeeded()
    if amount != before:
        await case_rows.put_line(connection, case, line, amount)
    return LineSet(line, before, amount)


async def grow_line(
    house: House,
    connection: Connection,
    *,
    case_id: int,
    line: BudgetLine,
    amount: Money,
    notes: Mapping[str, str],
    staff_id: int,
) -> Grown | NotGrown:
    """
    A line needs more than its donors were told: say so, and why, and it grows. Twice is once.

    Args:
        amount: What the line is then, not what is added; a line that the plan did not have may be
            given here as well.
        notes: Language to a sentence or two for the donors; at least one.
        staff_id: Who writes it down.
    """
    await case_rows.lock(connection, case_id)
    case = await case_of(connection, case_id)
    if case.outcome is not None:
        return HasEnded()
    if not await needs.was_given_to(connection, case_id):
        return NoGifts()
    before = dict(case.lines).get(line, Money(0, case.currency))
    if not _is_payable(case, amount):
        return NotPayable()
    known = await needs.notes_of(connection, house.seal, case_id, case.currency)
    if amount <= before:
        return _said_before(known, line, amount, notes) or NotMore(before)
    refused = await _refused(house, connection, case, notes)
    if refused is not None:
        return refused
    await needs.add_note(
        connection, house.seal, case_id=case_id, line=line, before=before, after=amount,
        notes=notes, staff_id=staff_id, now=house.clock(),
    )  # fmt: skip
    await case_rows.put_line(connection, case, line, amount)
    return Grown((await needs.notes_of(connection, house.seal, case_id, case.currency))[-1])


def _is_payable(case: Case, amount: Money) -> bool:
    return (
        amount.currency == case.currency
        and amount.amount_minor > 0
        and amount.amount_minor % currency(case.currency).step_minor == 0
    )


def _said_before(
    known: Sequence[NeedNote], line: BudgetLine, amount: Money, notes: Mapping[str, str]
) -> Grown | None:
    """The newest note of the line, if it is the very same."""
    last = next((note for note in reversed(known) if note.line is line), None)
    if last is None or last.after != amount or last.notes != notes:
        return None
    return Grown(last, is_new=False)


async def _refused(
    house: House, connection: Connection, case: Case, notes: Mapping[str, str]
) -> NoteRefused | None:
    if not notes:
        return NoteRefused("none")
    if not notes.keys() <= KNOWN.keys():
        return NoteRefused("locale")
    bad = [
        f"{locale}: {fault}"
        for locale, text in notes.items()
        for fault in faults(text, locale, MOST_OF_A_NOTE)
    ]
    if bad:
        return NoteRefused("note", faults=tuple(bad))
    blocked = [
        *findings(notes),
        *await secret_words.found_in(connection, house.seal, case, notes),
    ]
    if blocked:
        return NoteRefused("gate", findings=tuple(blocked))
    risk = await case_sheets.risk_of(connection, case.id)
    return NoteRefused("risk") if risk is None or risk.level is RiskLevel.HIGH else None
