"""One case at the desk, and its spending: recorded by one, decided on by another."""

import secrets

from aiohttp import web

from pages.desk.visit import Desk
from pages.desk.words import NOT_AN_AMOUNT, amount_of
from services import desk_home, recalling, spending, staff_acts
from services.staff_acts import Disbursement, NotAllowed, Unknown
from values.lines import BudgetLine

_NOT_A_LINE = "Choose a line of the plan."


async def show(desk: Desk) -> web.Response:
    """The plan, what may be spent, and what was recorded."""
    return await _page(desk, desk.request.match_info["case"])


async def back(desk: Desk) -> web.Response:
    """Somebody opens the form's address by hand."""
    return desk.redirect(f"/cases/{desk.request.match_info['case']}")


async def record(desk: Desk) -> web.Response:
    """Record spending, or say what is wrong where it was written."""
    case = await desk.case()
    amount = amount_of(desk.sent.get("amount", ""), case.currency)
    if not amount:
        return await _page(desk, case.code, NOT_AN_AMOUNT)
    try:
        line = BudgetLine(desk.sent.get("line", ""))
    except ValueError:
        return await _page(desk, case.code, _NOT_A_LINE)
    done = await staff_acts.record_spending(
        desk.house,
        case=case.code,
        line=line,
        amount=amount,
        month=desk.sent.get("month", ""),
        by=desk.code,
        request_key=f"desk:{desk.code}:{desk.sent.get('request', '')[:64]}",
    )
    if isinstance(done, Disbursement):
        return desk.redirect(f"/cases/{case.code}", "recorded")
    return await _page(desk, case.code, _told(desk, done))


async def recall(desk: Desk) -> web.Response:
    """Take the story back: one press, no code, no reason."""
    done = await recalling.recall(desk.house, desk.request.match_info["case"], by=desk.code)
    if not isinstance(done, recalling.Report):
        raise web.HTTPNotFound
    return desk.redirect(f"/cases/{desk.request.match_info['case']}", "recalled")


async def decide(desk: Desk) -> web.Response:
    """Approve what somebody else recorded, or turn it down."""
    number = int(desk.request.match_info["number"])
    approves = desk.sent.get("answer") == "approve"
    done = await staff_acts.decide_spending(desk.house, number, approves=approves, by=desk.code)
    if isinstance(done, Disbursement):
        return desk.redirect("/", "approved" if approves else "turned_down")
    return desk.html("not_done.html", 409, problem=_told(desk, done))


async def _page(desk: Desk, named: str, problem: str | None = None) -> web.Response:
    seen = await desk_home.case_page(desk.house, desk.here.member, named)
    if seen is None:
        raise web.HTTPNotFound
    return desk.html(
        "case.html",
        200 if problem is None else 422,
        seen=seen,
        taken_back=await _taken_back(desk, named),
        problem=problem,
        sent=desk.sent,
        month=f"{desk.house.clock():%Y-%m}",
        request_key=desk.sent.get("request") or secrets.token_urlsafe(16),
    )


async def _taken_back(desk: Desk, named: str) -> recalling.Report | None:
    found = await recalling.report(desk.house, named)
    return found if isinstance(found, recalling.Report) else None


def _told(desk: Desk, refusal: spending.NotSpent | Unknown | NotAllowed) -> str:
    """What to do instead."""
    money = desk.pages.site.languages.i18n("en").money
    match refusal:
        case spending.NotInThePlan(left):
            return f"The plan has {money(left)} left on this line. Change the plan first."
        case spending.TooMuch(may_be):
            return (
                f"The plan holds {money(may_be.held)}, of which {money(may_be.now)} may be spent"
                " now. Gifts rest for a while, because they may still be taken back."
            )
        case spending.NotAMonth():
            return "Write a month that has begun, such as 2026-11."
        case spending.SamePerson():
            return "You recorded it. Somebody else approves it."
        case spending.AlreadyDecided():
            return "Somebody has decided on it already."
        case NotAllowed():
            return "You may not do this. Ask an admin for the role."
        case Unknown():
            return "It is not there any more."
