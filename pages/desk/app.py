"""
The staff's desk: who may see which page, and what every form must bring.

A new page is one view in `pages/desk/views`, one template in `templates/desk`, and one line in
`ROUTES`. The handler asks for all the rest: a session, the role, a form of this very session, and
a code again where the act wants one.
"""

import traceback
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

import structlog
from aiohttp import hdrs, web

from pages.desk import shown
from pages.desk.views import (
    audit,
    broadcasts,
    campaigns,
    case_file,
    cases,
    consents,
    entering,
    home,
    minors,
    need,
    need_card,
    news,
    opening,
    outcomes,
    reviewing,
    secret_words,
    staff,
    words,
    writing,
)
from pages.desk.visit import SESSION, Desk, answer, drop_cookie
from pages.forms import LONG, SHORT, Room, fields_of, is_from_elsewhere
from pages.headers import harden
from pages.page import Pages
from services import desk as desk_services
from services.desk import AtDesk, Locked
from services.house import DatabaseUnavailable
from services.permits import Act, NotAllowed, check

__all__ = ["ROUTES", "DeskRoute", "add_desk"]

View = Callable[[Desk], Awaitable[web.Response]]
_Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

_PATTERNS = {
    "token": "[A-Za-z0-9_-]{43}",
    "campaign": "[a-z0-9]{1,16}",
    "case": "[a-z0-9-]{1,32}",
    "number": "[0-9]{1,15}",
    "outcome": "[a-z_]{1,16}",
    "step": "[a-z][a-z0-9_]{0,15}",
    "locale": "[a-z]{2,3}(?:_[A-Z][a-z]{3})?",
    "part": "story|before|exploitation|freedom|dreams|lines",
}
"""What may stand in each place of an address."""
_READING = (hdrs.METH_GET, hdrs.METH_HEAD)

_POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'; object-src 'none'"
)

_log = structlog.get_logger("desk")


@dataclass(frozen=True, slots=True)
class DeskRoute:
    """
    One address of the desk.

    Attributes:
        path: With places out of `_PATTERNS`; it stands in the log as it is.
        needs: What who opens it must be allowed to do.
        get: What answers GET; None: it is only posted to.
        post: What answers POST; None: it cannot be posted to.
        post_needs: What who posts must be allowed to do; None: *needs*.
        steps_up: The act for which a post asks a code again; None: it asks for none.
        room: How long its form may be.
    """

    path: str
    needs: Act
    get: View | None
    post: View | None = None
    post_needs: Act | None = None
    steps_up: Act | None = None
    room: Room = SHORT


ROUTES = (
    DeskRoute("/desk/", Act.COME_IN, home.show),
    DeskRoute("/desk/leave", Act.COME_IN, None, post=entering.leave),
    DeskRoute("/desk/cases/{case}", Act.SEE_CASES, cases.show),
    DeskRoute("/desk/cases/{case}/recall", Act.RECALL, cases.back, post=cases.recall),
    DeskRoute(
        "/desk/cases/{case}/spending", Act.RECORD_SPENDING, cases.back,
        post=cases.record, steps_up=Act.RECORD_SPENDING,
    ),
    DeskRoute(
        "/desk/spending/{number}", Act.DECIDE_SPENDING, None,
        post=cases.decide, steps_up=Act.DECIDE_SPENDING,
    ),
    DeskRoute("/desk/broadcasts", Act.STOP_NEWS, broadcasts.show),
    DeskRoute(
        "/desk/broadcasts/{number}", Act.STOP_NEWS, broadcasts.one,
        post=broadcasts.act, post_needs=Act.DIRECT_NEWS, steps_up=Act.DIRECT_NEWS,
    ),
    DeskRoute("/desk/broadcasts/{number}/pause", Act.STOP_NEWS, None, post=broadcasts.pause),
    DeskRoute(
        "/desk/staff", Act.MANAGE_ROLES, staff.show, post=staff.act, steps_up=Act.MANAGE_ROLES
    ),
    DeskRoute("/desk/audit", Act.SEE_AUDIT, audit.show),
    DeskRoute(
        "/desk/campaigns", Act.SEE_CAMPAIGNS, campaigns.show_all,
        post=campaigns.create, post_needs=Act.MAKE_CAMPAIGN,
    ),
    DeskRoute("/desk/campaigns/{campaign}", Act.SEE_CAMPAIGNS, campaigns.show),
    DeskRoute("/desk/campaigns/{campaign}/report.csv", Act.SEE_CAMPAIGNS, campaigns.table),
    DeskRoute("/desk/campaigns/{campaign}/funnel.svg", Act.SEE_CAMPAIGNS, campaigns.picture),
    # Stories and news.
    DeskRoute("/desk/card.png", Act.SEE_DRAFT, shown.picture),
    DeskRoute(
        "/desk/cases/{case}/draft", Act.SEE_DRAFT, writing.show,
        post=writing.act, post_needs=Act.WRITE_STORY,
    ),
    DeskRoute("/desk/cases/{case}/draft/looked", Act.SEE_DRAFT, writing.show, post=writing.looked),
    DeskRoute("/desk/cases/{case}/draft/preview/{locale}", Act.SEE_DRAFT, writing.preview),
    DeskRoute(
        "/desk/cases/{case}/draft/words/{locale}/{part}", Act.WRITE_STORY, words.show_part,
        post=words.save_part, room=LONG,
    ),
    DeskRoute(
        "/desk/cases/{case}/draft/steps/{step}", Act.WRITE_STORY, words.show_step,
        post=words.save_step, room=LONG,
    ),
    DeskRoute(
        "/desk/cases/{case}/draft/steps/{step}/delete", Act.WRITE_STORY, writing.ask_delete,
        post=writing.delete,
    ),
    DeskRoute("/desk/reviews", Act.SEE_DRAFT, reviewing.queue),
    DeskRoute("/desk/versions/{number}", Act.SEE_DRAFT, reviewing.show),
    DeskRoute(
        "/desk/versions/{number}/approve", Act.SEE_DRAFT, reviewing.back,
        post=reviewing.approve, post_needs=Act.APPROVE_STORY, steps_up=Act.APPROVE_STORY,
    ),
    DeskRoute(
        "/desk/versions/{number}/looked", Act.SEE_DRAFT, reviewing.back, post=reviewing.looked
    ),
    DeskRoute(
        "/desk/versions/{number}/return", Act.SEE_DRAFT, reviewing.back,
        post=reviewing.give_back, post_needs=Act.APPROVE_STORY, room=LONG,
    ),
    DeskRoute(
        "/desk/versions/{number}/stop", Act.SEE_DRAFT, reviewing.back,
        post=reviewing.stop, post_needs=Act.STOP_PUBLICATION,
    ),
    DeskRoute(
        "/desk/versions/{number}/in/{locale}", Act.SEE_DRAFT, reviewing.show_language,
        post=reviewing.approve_language, post_needs=Act.APPROVE_STORY,
        steps_up=Act.APPROVE_STORY,
    ),
    DeskRoute(
        "/desk/cases/{case}/news", Act.WRITE_UPDATE, news.show, post=news.write, room=LONG
    ),
    DeskRoute(
        "/desk/news/{number}", Act.SEE_DRAFT, news.show_one,
        post=news.decide, post_needs=Act.APPROVE_UPDATE, steps_up=Act.APPROVE_UPDATE,
    ),
    DeskRoute("/desk/news/{number}/looked", Act.SEE_DRAFT, news.back, post=news.looked),
    DeskRoute(
        "/desk/news/{number}/stop", Act.SEE_DRAFT, news.back,
        post=news.stop, post_needs=Act.STOP_PUBLICATION,
    ),
    # A case and its plan.
    DeskRoute(
        "/desk/open", Act.OPEN_CASE, opening.show,
        post=opening.open_case, steps_up=Act.SET_NEED, room=LONG,
    ),
    DeskRoute(
        "/desk/open/under-18", Act.OPEN_MINOR_CASE, minors.show_form,
        post=minors.ask, steps_up=Act.OPEN_MINOR_CASE, room=LONG,
    ),
    DeskRoute(
        "/desk/cases/{case}/confirm", Act.OPEN_MINOR_CASE, minors.show,
        post=minors.confirm, steps_up=Act.OPEN_MINOR_CASE,
    ),
    DeskRoute(
        "/desk/cases/{case}/facts", Act.SEE_FILE, case_file.show_facts,
        post=case_file.say_facts, post_needs=Act.OPEN_CASE,
    ),
    DeskRoute(
        "/desk/cases/{case}/risk", Act.SEE_FILE, case_file.show_risk,
        post=case_file.say_risk, post_needs=Act.OPEN_CASE,
    ),
    DeskRoute(
        "/desk/cases/{case}/secrets", Act.KEEP_SECRETS, secret_words.show,
        post=secret_words.keep, room=LONG,
    ),
    DeskRoute(
        "/desk/cases/{case}/consents", Act.SEE_FILE, consents.show,
        post=consents.give, post_needs=Act.KEEP_CONSENT, room=LONG,
    ),
    DeskRoute(
        "/desk/cases/{case}/consents/withdraw", Act.KEEP_CONSENT, consents.back,
        post=consents.withdraw,
    ),
    DeskRoute(
        "/desk/cases/{case}/need", Act.SEE_CASES, need.show,
        post=need.say, post_needs=Act.SET_NEED, steps_up=Act.SET_NEED, room=LONG,
    ),
    DeskRoute(
        "/desk/cases/{case}/need/finish", Act.CHANGE_PLAN, need.back,
        post=need.finish, steps_up=Act.CHANGE_PLAN,
    ),
    DeskRoute(
        "/desk/cases/{case}/need-card", Act.SEE_DRAFT, need_card.show,
        post=need_card.ask, post_needs=Act.WRITE_STORY,
    ),
    DeskRoute(
        "/desk/cases/{case}/need-card/decide", Act.APPROVE_STORY, need_card.show,
        post=need_card.decide, steps_up=Act.APPROVE_STORY,
    ),
    DeskRoute("/desk/cases/{case}/end", Act.END_PLAN, outcomes.choose),
    DeskRoute(
        "/desk/cases/{case}/end/{outcome}", Act.END_PLAN, outcomes.show,
        post=outcomes.end, steps_up=Act.END_PLAN,
    ),
)  # fmt: skip


def add_desk(app: web.Application, pages: Pages, headers: dict[str, str]) -> None:
    """
    Add every page of the desk to *app*.

    Args:
        headers: Those of every answer of the companion page; the desk is stricter.
    """
    strict = headers | {
        "Content-Security-Policy": _POLICY,
        # So that a form of ours says where it comes from; with no-referrer its Origin is "null".
        "Referrer-Policy": "same-origin",
        "X-Robots-Tag": "noindex, nofollow",
        hdrs.CACHE_CONTROL: "no-store",
    }
    entering_path = f"/desk/enter/{{token:{_PATTERNS['token']}}}"
    app.router.add_route("*", "/desk", _hardened(pages, strict, "/desk", _to_home))
    app.router.add_route(
        "*", entering_path, _hardened(pages, strict, "/desk/enter/{token}", _entering(pages))
    )
    app.router.add_route(
        "GET",
        f"{entering_path}/key.svg",
        _hardened(pages, strict, "/desk/enter/{token}/key.svg", _picture(pages)),
    )
    for route in ROUTES:
        pattern = route.path
        for place, allowed in _PATTERNS.items():
            pattern = pattern.replace(f"{{{place}}}", f"{{{place}:{allowed}}}")
        app.router.add_route(
            "*", pattern, _hardened(pages, strict, route.path, _page(pages, route))
        )


async def _to_home(_request: web.Request) -> web.Response:
    return web.Response(status=308, headers={hdrs.LOCATION: "/desk/"})


def _entering(pages: Pages) -> Callable[[web.Request], Awaitable[web.Response]]:
    async def handle(request: web.Request) -> web.Response:
        if request.method in _READING:
            return await entering.show(pages, request)
        if request.method != hdrs.METH_POST:
            return _error(pages, 405, (*_READING, hdrs.METH_POST))
        if not _is_ours(pages, request):
            return _error(pages, 403)
        return await entering.enter(pages, request, await fields_of(request))

    return handle


def _picture(pages: Pages) -> Callable[[web.Request], Awaitable[web.Response]]:
    async def handle(request: web.Request) -> web.Response:
        return await entering.picture(pages, request)

    return handle


def _page(pages: Pages, route: DeskRoute) -> Callable[[web.Request], Awaitable[web.Response]]:
    async def handle(request: web.Request) -> web.Response:
        posts = request.method == hdrs.METH_POST
        view = route.post if posts else route.get if request.method in _READING else None
        if view is None:
            return _error(pages, 405, _READING if route.get else (hdrs.METH_POST,))
        here = await desk_services.at_desk(pages.site.house, request.cookies.get(SESSION, ""))
        if here is None:
            return _closed(pages, request, await _typed(pages, route, request))
        wanted = (route.post_needs or route.needs) if posts else route.needs
        refusal = check(here.member, wanted)
        if refusal is not None:
            return _not_allowed(Desk(pages, request, here), refusal)
        if not posts:
            return await view(Desk(pages, request, here))
        return await _post(pages, route, request, here, view)

    return handle


async def _post(
    pages: Pages, route: DeskRoute, request: web.Request, here: AtDesk, view: View
) -> web.Response:
    """Carry a form out, if it is of this session, and a code came with it where one is wanted."""
    if not _is_ours(pages, request):
        return _error(pages, 403)
    sent = await fields_of(request, route.room)
    if not desk_services.is_own_form(here, sent.pop("csrf", "")):
        return _error(pages, 403, typed=_texts(sent))
    desk = Desk(pages, request, here, sent)
    if route.steps_up is not None and not desk_services.is_stepped_up(here, route.steps_up):
        refusal = await _ask_code(desk, route.steps_up, sent.pop("code", ""))
        if refusal is not None:
            return refusal
    return await view(desk)


async def _ask_code(desk: Desk, act: Act, code: str) -> web.Response | None:
    """
    None if the code is right; else the page that asks for one and sends the same form once more.
    """
    if not code:
        return desk.html("code.html", 401, act=act, problem=None)
    outcome = await desk_services.step_up(desk.house, desk.here, act, code)
    if outcome is None:
        return None
    if isinstance(outcome, Locked):
        response = answer(desk.pages, "locked.html", 429, until=outcome.until)
        drop_cookie(response, SESSION)
        return response
    return desk.html("code.html", 422, act=act, problem=outcome)


def _is_ours(pages: Pages, request: web.Request) -> bool:
    """
    Whether a form was sent from a page of ours.

    Measured by the address that the operator has set, and by nothing that a proxy or a visitor
    writes into the request: `Host` and `X-Forwarded-*` are not looked at.
    """
    own = urlsplit(pages.site.house.public_url)
    origin = request.headers.get(hdrs.ORIGIN, "")
    return origin == f"{own.scheme}://{own.netloc}" and not is_from_elsewhere(request)


async def _typed(pages: Pages, route: DeskRoute, request: web.Request) -> list[str]:
    """What somebody typed whose session ended meanwhile; nothing that another site sends."""
    if request.method != hdrs.METH_POST or route.room is SHORT or not _is_ours(pages, request):
        return []
    return _texts(await fields_of(request, route.room))


def _texts(sent: dict[str, str]) -> list[str]:
    return [
        text
        for name, text in sent.items()
        if name.partition(".")[0] in ("text", "note") and text.strip()
    ]


def _closed(pages: Pages, request: web.Request, typed: Sequence[str]) -> web.Response:
    """Nobody is signed in here. What was *typed* is handed back: it stands nowhere else."""
    response = answer(pages, "closed.html", 401, typed=typed)
    if SESSION in request.cookies:
        drop_cookie(response, SESSION)
    return response


def _not_allowed(desk: Desk, refusal: NotAllowed) -> web.Response:
    _log.info("desk_refused", act=refusal.act.value, staff=refusal.code)
    return desk.html("not_allowed.html", 403, refusal=refusal)


def _error(
    pages: Pages, status: int, allow: tuple[str, ...] = (), typed: Sequence[str] = ()
) -> web.Response:
    own = pages.site.house.public_url
    response = answer(pages, "error.html", status, number=status, page=own, typed=typed)
    if allow:
        response.headers[hdrs.ALLOW] = ", ".join(allow)
    if status == 503:
        response.headers[hdrs.RETRY_AFTER] = "5"
    return response


def _hardened(
    pages: Pages,
    headers: dict[str, str],
    path: str,
    handle: Callable[[web.Request], Awaitable[web.Response]],
) -> _Handler:
    async def hardened(request: web.Request) -> web.StreamResponse:
        response = await _safely(pages, path, handle, request)
        harden(response, headers)
        _log.info("desk_answered", route=path, method=request.method, status=response.status)
        return response

    return hardened


async def _safely(
    pages: Pages,
    path: str,
    handle: Callable[[web.Request], Awaitable[web.Response]],
    request: web.Request,
) -> web.Response:
    try:
        return await handle(request)
    except web.HTTPException as error:
        return _error(pages, error.status)
    except DatabaseUnavailable:
        _log.warning("database_unavailable", route=path)
        return _error(pages, 503)
    except Exception as error:
        # The error's own words may hold what was sent; where it arose does not.
        _log.error(
            "desk_failed",
            route=path,
            error=type(error).__qualname__,
            where="".join(traceback.format_tb(error.__traceback__)),
        )
        return _error(pages, 500)
