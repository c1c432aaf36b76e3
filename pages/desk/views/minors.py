"""A case of somebody under 18: asked for by one protection officer, confirmed by another."""

from aiohttp import web

from pages.desk.views.case_file import BANDS, facts_of
from pages.desk.views.opening import form, opened
from pages.desk.visit import Desk
from pages.desk.words import word_of
from services import case_acts
from services.case_acts import NotAllowed, Sheet, Unknown
from services.minors import NotConfirmed, Record
from values.bands import Guardian
from values.facts import AgeBand

_NOT_CONFIRMED = {
    "not_asked": "This is no case of somebody under 18.",
    "confirmed": "Somebody has confirmed it already.",
    "same_person": "You asked for it. Another protection officer confirms it.",
}


async def show_form(desk: Desk) -> web.Response:
    """The empty form."""
    return _form(desk)


async def ask(desk: Desk) -> web.Response:
    """Ask for the case, which stays closed; or say what is missing where it was written."""
    facts = facts_of({**desk.sent, "age_band": AgeBand.UNDER_18})
    if facts is None:
        return _form(desk, "Choose one answer for each fact.")
    guardian = word_of(Guardian, desk.sent.get("guardian", ""))
    if guardian is None:
        return _form(desk, "Choose who looks after the child, or has judged what is best.")
    record = Record(guardian, desk.sent.get("guardian_month", "").strip())
    done = await opened(desk, facts, record)
    return _form(desk, done) if isinstance(done, str) else desk.redirect(*done)


async def show(desk: Desk) -> web.Response:
    """What was asked for, and the button of who confirms it."""
    return await _request(desk)


async def confirm(desk: Desk) -> web.Response:
    """Open the case that another protection officer asked for."""
    named = desk.request.match_info["case"]
    done = await case_acts.confirm_case(desk.house, case=named, by=desk.code)
    match done:
        case Unknown() | NotAllowed():
            raise web.HTTPNotFound
        case NotConfirmed(why):
            return desk.html("not_done.html", 409, problem=_NOT_CONFIRMED[why])
        case _:
            return desk.redirect(f"/cases/{named}", "confirmed")


async def _request(desk: Desk) -> web.Response:
    named = desk.request.match_info["case"]
    sheet = await case_acts.read_request(desk.house, case=named, by=desk.code)
    if not isinstance(sheet, Sheet):
        raise web.HTTPNotFound
    if sheet.minor is None or sheet.minor.confirmed_by is not None:
        return desk.redirect(f"/cases/{sheet.case.code}")
    is_own = sheet.minor.asked_by == desk.here.member.id
    return desk.html("confirm.html", sheet=sheet, bands=BANDS, is_own=is_own)


def _form(desk: Desk, problem: str | None = None) -> web.Response:
    return desk.html(
        "open_minor.html",
        200 if problem is None else 422,
        problem=problem,
        bands={name: band for name, band in BANDS.items() if name != "age_band"},
        guardians=list(Guardian),
        month=f"{desk.house.clock():%Y-%m}",
        **form(desk),
    )
