"""
What a plan needs: set before the first gift, grown after it with a note to its donors, and a line
that is done.
"""

from aiohttp import web

from pages.desk.visit import Desk
from pages.desk.words import NOT_AN_AMOUNT, amount_of, called, languages, one_line, word_of
from services import closing, desk_home, need_acts, needs, staff_acts
from services.staff_acts import Case, NotAllowed, Unknown
from values.lines import BudgetLine
from values.money import Money

_NOT_A_LINE = "Choose a line."
_ENDED = "The plan has ended."
_NOT_PAYABLE = "This amount cannot be paid in the plan's currency. Write a whole number."
_NO_NOTE = {
    "none": "Say why, in a sentence or two, to those who gave.",
    "locale": "One of the languages is not known.",
    "risk": (
        "While the risk is high, or the risk form is not filled in, nothing is published, so no"
        " note can be shown. Fill in the risk form first."
    ),
}


async def show(desk: Desk) -> web.Response:
    """The lines, and what can be done with them now."""
    return await _page(desk)


async def back(desk: Desk) -> web.Response:
    """Somebody opens the form's address by hand."""
    return desk.redirect(f"/cases/{desk.request.match_info['case']}/need")


async def say(desk: Desk) -> web.Response:
    """Set a line, or let it grow with a note; or say what is wrong where it was written."""
    case = await desk.case()
    line = word_of(BudgetLine, desk.sent.get("line", ""))
    if line is None:
        return await _page(desk, _NOT_A_LINE)
    amount = amount_of(desk.sent.get("amount", ""), case.currency)
    if amount is None:
        return await _page(desk, NOT_AN_AMOUNT)
    if desk.sent.get("act") == "grow":
        return await _grow(desk, case, line, amount)
    done = await need_acts.set_line(
        desk.house, case=case.code, line=line, amount=amount, by=desk.code
    )
    match done:
        case needs.LineSet():
            return desk.redirect(f"/cases/{case.code}/need", "line_set")
        case needs.HasGifts():
            return await _page(desk, "Somebody has given by now: say why the line grows, below.")
        case needs.NothingNeeded():
            return await _page(desk, "Nothing of the plan would be left. End the plan instead.")
        case needs.HasEnded():
            return await _page(desk, _ENDED)
        case needs.NotPayable():
            return await _page(desk, _NOT_PAYABLE)
        case Unknown() | NotAllowed():
            raise web.HTTPNotFound


async def finish(desk: Desk) -> web.Response:
    """A line is done: what is left on it goes to another, or is its donors' to decide."""
    case = await desk.case()
    line = word_of(BudgetLine, desk.sent.get("done", ""))
    to_line = word_of(BudgetLine, desk.sent.get("to", ""))
    if line is None or (to_line is None and desk.sent.get("to") != "donors"):
        return await _page(desk, "Choose the line, and where its money goes.")
    done = await staff_acts.finish_line(
        desk.house, case=case.code, line=line, to_line=to_line, by=desk.code
    )
    match done:
        case closing.PlanChanged():
            return desk.redirect(f"/cases/{case.code}/need", "line_finished")
        case closing.NothingLeft():
            told = f"Nothing is left on {called(line)}, or you chose the same line twice."
            return await _page(desk, told)
        case closing.LastLine():
            return await _page(desk, "Nothing of the plan would be left. End the plan instead.")
        case closing.HasEnded():
            return await _page(desk, _ENDED)
        case Unknown() | NotAllowed():
            raise web.HTTPNotFound


async def _grow(desk: Desk, case: Case, line: BudgetLine, amount: Money) -> web.Response:
    written = {locale: one_line(desk.sent.get(f"note_{locale}", "")) for locale in _languages(desk)}
    notes = {locale: text for locale, text in written.items() if text}
    done = await need_acts.grow_line(
        desk.house, case=case.code, line=line, amount=amount, notes=notes, by=desk.code
    )
    match done:
        case needs.Grown():
            return desk.redirect(f"/cases/{case.code}/need", "line_grown")
        case needs.NoGifts():
            return await _page(desk, "Nobody has given yet: set the line, without a note.")
        case needs.NotMore(now):
            money = desk.pages.site.languages.i18n("en").money(now)
            return await _page(desk, f"This line is {money} now. Write more than that.")
        case needs.NoteRefused():
            return await _page(desk, *_refused(desk, done))
        case needs.HasEnded():
            return await _page(desk, _ENDED)
        case needs.NotPayable():
            return await _page(desk, _NOT_PAYABLE)
        case Unknown() | NotAllowed():
            raise web.HTTPNotFound


def _refused(desk: Desk, refusal: needs.NoteRefused) -> tuple[str, list[str]]:
    """What is wrong with the note, and the lines that say where."""
    named = _languages(desk)
    told = [
        *refusal.faults,
        *(f"{finding.where}: {finding.remedy}" for finding in refusal.findings),
    ]
    where = [
        f"{named.get(locale, locale)}: {remedy}"
        for locale, _, remedy in (line.partition(": ") for line in told)
    ]
    return _NO_NOTE.get(refusal.why, "The note cannot be shown like this:"), where


async def _page(
    desk: Desk, problem: str | None = None, where: list[str] | None = None
) -> web.Response:
    seen = await desk_home.need_page(desk.house, desk.request.match_info["case"])
    if seen is None:
        raise web.HTTPNotFound
    named = _languages(desk)
    first = [locale for locale in named if locale in seen.told_in] or ["en"]
    return desk.html(
        "need.html",
        200 if problem is None else 422,
        seen=seen,
        case=seen.case,
        planned=dict(seen.case.lines),
        every_line=list(BudgetLine),
        languages=named,
        first=first,
        most=needs.MOST_OF_A_NOTE,
        sent=desk.sent,
        problem=problem,
        where=where or [],
    )


def _languages(desk: Desk) -> dict[str, str]:
    return languages(desk.pages.site.languages.i18n("en"))
