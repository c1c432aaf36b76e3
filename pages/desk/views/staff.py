"""Who the staff are: let in, given roles by two, taken out by one. For admins."""

import re

from aiohttp import web

from pages.desk.visit import Desk
from services import staff
from services.permits import NoSuchMember, NotAllowed
from services.staff import Member, Request, Role

_TELEGRAM_ID = re.compile(r"[1-9][0-9]{0,15}")

_TOLD: dict[type, str] = {
    staff.NotEmpty: "There is staff already.",
    staff.NotTwo: "Name two people.",
    staff.AlreadyKnown: "This Telegram id is of somebody of the staff, or was.",
    staff.HasRole: "They have this role, or it is asked for already.",
    staff.HasNot: "They have nothing that could be taken from them.",
    staff.NobodyElse: "Another admin must confirm it: not who asked, and not who is to have it.",
    staff.NoRequest: "Somebody has decided on it already.",
    staff.ForOneself: "You cannot ask for a role of your own. Ask another admin.",
    staff.LastAdmin: "No admin would be left. Make somebody else an admin first.",
    NotAllowed: "Only an admin may do this.",
    NoSuchMember: "There is nobody of this code who can come in.",
}


async def show(desk: Desk) -> web.Response:
    """Everybody with their roles, and what waits."""
    return await _page(desk)


async def act(desk: Desk) -> web.Response:
    """Carry out what one of the page's forms asks for."""
    done = await _carry_out(desk, desk.sent.get("act", ""))
    if isinstance(done, str):
        return desk.redirect("/staff", done)
    return await _page(desk, _TOLD[type(done)])


async def _carry_out(desk: Desk, asked: str) -> str | staff.Refusal:
    """What was done, as a word of `TOLD`, or why not."""
    house, by, code = desk.house, desk.code, desk.sent.get("code_of", "")
    if asked == "let_in":
        written = desk.sent.get("telegram_id", "").strip()
        if not _TELEGRAM_ID.fullmatch(written):
            raise web.HTTPBadRequest
        let_in = await staff.let_in(house, int(written), by=by)
        return "let_in" if isinstance(let_in, str) else let_in
    if asked == "revoke":
        gone = await staff.revoke(house, code, by=by)
        return "revoked" if isinstance(gone, Member) else gone
    if asked == "renew":
        renewed = await staff.renew(house, code, by=by)
        return "renewed" if isinstance(renewed, Member) else renewed
    try:
        role = Role(desk.sent.get("role", ""))
    except ValueError as error:
        raise web.HTTPBadRequest from error
    return await _about_role(desk, asked, code, role)


async def _about_role(desk: Desk, asked: str, code: str, role: Role) -> str | staff.Refusal:
    house, by = desk.house, desk.code
    match asked:
        case "request":
            done = await staff.request_role(house, code, role, by=by)
            return "requested" if isinstance(done, Request) else done
        case "grant" | "turn_down":
            granted = asked == "grant"
            decided = await staff.decide_role(house, code, role, granted=granted, by=by)
            if not isinstance(decided, Request):
                return decided
            return "granted" if granted else "declined"
        case "revoke_role":
            gone = await staff.revoke_role(house, code, role, by=by)
            return "role_revoked" if isinstance(gone, Member) else gone
    raise web.HTTPBadRequest


async def _page(desk: Desk, problem: str | None = None) -> web.Response:
    async with desk.house.read() as connection:
        members = await staff.everybody(connection)
        waiting = await staff.waiting(connection)
    return desk.html(
        "staff.html",
        200 if problem is None else 409,
        members=[member for member in members if member.has_access or member.roles],
        waiting=waiting,
        roles=list(Role),
        problem=problem,
    )
