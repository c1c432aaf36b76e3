"""How a plan ends: what donors will read of it, what becomes of the money, and then a yes."""

from aiohttp import web

from pages.desk.visit import Desk
from pages.desk.words import word_of
from services import closing, desk_home, staff_acts
from services.desk_home import EndPage
from services.staff_acts import NotAllowed, Outcome, Unknown
from services.wording import ending_by

_CALLED = {
    Outcome.COMPLETE: "All of it is done",
    Outcome.NOT_NEEDED: "It is not needed any more",
    Outcome.WITHDRAWN: "The person wants to stop",
    Outcome.UNREACHABLE: "The person cannot be reached",
    Outcome.DIED: "The person has died",
}


async def choose(desk: Desk) -> web.Response:
    """The five ways in which a plan can end, each with the sentence that donors will read."""
    return await _page(desk, "end.html", outcomes=_CALLED, sentences=_sentences())


async def show(desk: Desk) -> web.Response:
    """One of them, before it is done."""
    return await _confirm(desk, _outcome(desk))


async def end(desk: Desk) -> web.Response:
    """The plan ends, if who is here has said yes to it."""
    outcome = _outcome(desk)
    case = await desk.case()
    if desk.sent.get("sure") != "yes":
        return await _confirm(desk, outcome, "Tick the box if you are sure.")
    done = await staff_acts.end_plan(desk.house, case.code, outcome, by=desk.code)
    match done:
        case closing.Ended():
            return desk.redirect(f"/cases/{case.code}", "ended")
        case closing.HasEnded() if case.outcome is outcome:
            return desk.redirect(f"/cases/{case.code}", "ended")
        case closing.HasEnded():
            return await _confirm(desk, outcome, "The plan has ended before, in another way.")
        case Unknown() | NotAllowed():
            raise web.HTTPNotFound


async def _confirm(desk: Desk, outcome: Outcome, problem: str | None = None) -> web.Response:
    return await _page(
        desk,
        "end_so.html",
        problem,
        outcome=outcome,
        way=_CALLED[outcome],
        sentence=_sentences()[outcome],
    )


async def _page(
    desk: Desk, template: str, problem: str | None = None, **values: object
) -> web.Response:
    seen: EndPage | None = await desk_home.end_page(desk.house, desk.request.match_info["case"])
    if seen is None:
        raise web.HTTPNotFound
    status = 200 if problem is None else 422
    return desk.html(template, status, seen=seen, case=seen.case, problem=problem, **values)


def _outcome(desk: Desk) -> Outcome:
    found = word_of(Outcome, desk.request.match_info["outcome"])
    if found is None:
        raise web.HTTPNotFound
    return found


def _sentences() -> dict[Outcome, str]:
    """What donors will read, in English; the catalogs have it in every language."""
    return {outcome: ending_by(outcome).msgid for outcome in Outcome}
