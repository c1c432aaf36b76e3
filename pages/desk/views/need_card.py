"""The need card of a case at the desk: what it would say, who asks for it, who approves it."""

from aiohttp import web

from pages.desk.visit import Desk
from services import need_card_acts
from services.need_card_acts import (
    NOT_DECIDED,
    STATES,
    NotAllowed,
    NotDecided,
    NotReady,
    Unknown,
)


async def show(desk: Desk) -> web.Response:
    """What the card says, in which languages, and what stands against it."""
    return await _page(desk)


async def ask(desk: Desk) -> web.Response:
    """Ask for it to be shown as it is now."""
    case = await desk.case()
    done = await need_card_acts.ask(desk.house, case.code, by=desk.code)
    match done:
        case Unknown() | NotAllowed():
            raise web.HTTPNotFound
        case NotReady(reasons):
            return await _page(desk, " ".join(reasons))
        case _:
            return desk.redirect(f"/cases/{case.code}/need-card", "card_asked")


async def decide(desk: Desk) -> web.Response:
    """Show what somebody else asked for, or do not."""
    case = await desk.case()
    sent = desk.sent.get("number", "")
    number = int(sent) if sent.isascii() and sent.isdigit() and len(sent) < 16 else 0
    approves = desk.sent.get("answer") == "approve"
    decide_on = need_card_acts.approve if approves else need_card_acts.turn_down
    done = await decide_on(desk.house, case.code, by=desk.code, number=number)
    match done:
        case Unknown() | NotAllowed():
            raise web.HTTPNotFound
        case NotReady(reasons):
            return await _page(desk, " ".join(reasons))
        case NotDecided(why):
            return await _page(desk, NOT_DECIDED[why])
        case _:
            told = "card_approved" if approves else "card_turned_down"
            return desk.redirect(f"/cases/{case.code}/need-card", told)


async def _page(desk: Desk, problem: str | None = None) -> web.Response:
    case = await desk.case()
    seen = await need_card_acts.page(desk.house, case.code)
    if isinstance(seen, Unknown):
        raise web.HTTPNotFound
    return desk.html(
        "need_card.html",
        200 if problem is None else 422,
        seen=seen,
        case=seen.case,
        state=STATES[seen.state],
        is_own=seen.asker == desk.code,
        problem=problem,
    )
