"""What a plan needs, on the command line: what came of each act, in a line."""

from collections.abc import Iterable
from decimal import Decimal, InvalidOperation

from homeward.errors import NotDone
from homeward.settings import Settings
from homeward.staff import do, money, unknown
from services import need_acts, needs, staff_acts
from services.house import House
from services.permits import NotAllowed
from services.staff_acts import Case, Unknown
from values.lines import BudgetLine
from values.money import Money

_NO_NOTE = {
    "none": "Say why, to those who gave: --note en=TEXT.",
    "locale": "A language is not known. Write its code, such as en or zh_Hans.",
    "risk": "Nothing is published while nobody has filled in the risk form, or the risk is high.",
}


async def set_line(settings: Settings, *, case: str, line: str, amount: str, by: str) -> str:
    """Say what a line needs; hand back what was done. Raises NotDone."""

    async def act(house: House) -> str:
        found = await _found(house, case)
        is_nothing = _is_nothing(amount)
        wanted = Money(0, found.currency) if is_nothing else money(amount, found.currency)
        done = await need_acts.set_line(
            house, case=found.code, line=BudgetLine(line), amount=wanted, by=by
        )
        match done:
            case Unknown() | NotAllowed():
                raise unknown(done)
            case needs.LineSet():
                return f"{line} is {done.after} now. It was {done.before}."
            case needs.HasGifts():
                raise NotDone("Somebody has given or is paying: `homeward plan grow`, with a note.")
            case needs.HasEnded():
                raise NotDone("The plan has ended.")
            case needs.NotPayable():
                raise NotDone("The amount cannot be paid in the plan's currency.")
            case needs.NothingNeeded():
                raise NotDone("Nothing of the plan would be left. End it: `homeward plan end`.")

    return await do(settings, act)


async def grow_line(
    settings: Settings, *, case: str, line: str, amount: str, notes: Iterable[str], by: str
) -> str:
    """A line grows with a note to its donors; hand back what was done. Raises NotDone."""
    told = dict(_note(note) for note in notes)

    async def act(house: House) -> str:
        found = await _found(house, case)
        done = await need_acts.grow_line(
            house, case=found.code, line=BudgetLine(line), amount=money(amount, found.currency),
            notes=told, by=by,
        )  # fmt: skip
        match done:
            case Unknown() | NotAllowed():
                raise unknown(done)
            case needs.Grown(note):
                return f"{line} grew from {note.before} to {note.after}. Its donors can read why."
            case needs.NoGifts():
                raise NotDone("Nobody has given yet: `homeward plan set`, without a note.")
            case needs.HasEnded():
                raise NotDone("The plan has ended.")
            case needs.NotMore(now):
                raise NotDone(f"{line} is {now} already. Write more than that, or finish the line.")
            case needs.NotPayable():
                raise NotDone("The amount cannot be paid in the plan's currency.")
            case needs.NoteRefused():
                raise NotDone(_refused(done))

    return await do(settings, act)


def _refused(refusal: needs.NoteRefused) -> str:
    told = [*refusal.faults, *(f"{each.where}: {each.remedy}" for each in refusal.findings)]
    return "\n".join(told) or _NO_NOTE[refusal.why]


async def _found(house: House, case: str) -> Case:
    found = await staff_acts.find_case(house, case)
    if isinstance(found, Unknown):
        raise unknown(found)
    return found


def _is_nothing(amount: str) -> bool:
    try:
        return Decimal(amount) == 0
    except InvalidOperation:
        return False


def _note(written: str) -> tuple[str, str]:
    locale, is_split, words = written.partition("=")
    if not is_split:
        raise NotDone(f"{written!r} does not say its language. Write --note en=TEXT.")
    return locale, words.strip()
