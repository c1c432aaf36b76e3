"""Coming to the desk by a link and a code, and leaving it."""

import io
import secrets

import segno
from aiohttp import hdrs, web

from pages.desk.visit import BROWSER, SESSION, Desk, answer, drop_cookie, set_cookie
from pages.page import Pages
from services import desk
from services.desk import Entered, Locked, NoLink, OtherBrowser, WayIn, WrongCode

_Refusal = NoLink | OtherBrowser | Locked


async def show(pages: Pages, request: web.Request) -> web.Response:
    """
    The form of a link. Looking does not use it up: whoever draws a preview of the link takes
    nothing from its owner.
    """
    browser = request.cookies.get(BROWSER) or secrets.token_urlsafe(32)
    found = await desk.open_link(
        pages.site.house, _token(request), browser, binds=_is_a_browser(request)
    )
    if not isinstance(found, WayIn):
        return _refused(pages, found)
    response = answer(pages, "enter.html", way=WayIn(found.enrolled), problem=None, picture="")
    return _with_browser(response, browser)


async def enter(pages: Pages, request: web.Request, sent: dict[str, str]) -> web.Response:
    """Take the code, or show the secret to who comes for the first time."""
    browser = request.cookies.get(BROWSER, "")
    if not browser:
        found = await desk.open_link(pages.site.house, _token(request), "", binds=False)
        if isinstance(found, WayIn):
            return answer(pages, "no_cookie.html", 400)
        return _refused(pages, found)
    if "show" in sent:
        return await _show_secret(pages, request, browser, None)
    entered = await desk.enter(pages.site.house, _token(request), browser, sent.get("code", ""))
    if isinstance(entered, WrongCode):
        return await _show_secret(pages, request, browser, entered)
    if not isinstance(entered, Entered):
        return _refused(pages, entered)
    response = web.Response(status=303, headers={hdrs.LOCATION: "/desk/"})
    lasts = int(desk.SESSION_LASTS.total_seconds())
    set_cookie(response, SESSION, entered.token, samesite="Strict", max_age=lasts)
    drop_cookie(response, BROWSER)
    return response


async def picture(pages: Pages, request: web.Request) -> web.Response:
    """
    The secret as a QR code, for an app on another telephone.

    Only for the browser that the link belongs to, and only until the first code was right.
    """
    browser = request.cookies.get(BROWSER, "")
    if not browser:
        raise web.HTTPNotFound
    found = await desk.open_link(pages.site.house, _token(request), browser, binds=True)
    if not isinstance(found, WayIn) or found.address is None:
        raise web.HTTPNotFound
    drawn = io.BytesIO()
    code = segno.make(found.address, error="m", micro=False)
    code.save(drawn, kind="svg", scale=4, border=4, light="#fff", xmldecl=False)
    return web.Response(body=drawn.getvalue(), content_type="image/svg+xml", charset="utf-8")


async def leave(page: Desk) -> web.Response:
    """Sign out."""
    await desk.leave(page.house, page.here)
    response = answer(page.pages, "left.html")
    drop_cookie(response, SESSION)
    return response


async def _show_secret(
    pages: Pages, request: web.Request, browser: str, problem: WrongCode | None
) -> web.Response:
    """The form once more, with the secret where it is to be set up, and what was wrong."""
    found = await desk.open_link(pages.site.house, _token(request), browser, binds=True)
    if not isinstance(found, WayIn):
        return _refused(pages, found)
    status = 200 if problem is None else 422
    address = f"/desk/enter/{_token(request)}/key.svg"
    return answer(pages, "enter.html", status, way=found, problem=problem, picture=address)


def _refused(pages: Pages, why: _Refusal) -> web.Response:
    match why:
        case Locked(until):
            return answer(pages, "locked.html", 429, until=until)
        case OtherBrowser():
            return answer(pages, "other_browser.html", 403)
        case NoLink():
            return answer(pages, "no_link.html", 410)


def _with_browser(response: web.Response, browser: str) -> web.Response:
    """Lax: the link is opened from the chat, which to the browser is another site."""
    lasts = int(desk.LINK_LASTS.total_seconds())
    set_cookie(response, BROWSER, browser, samesite="Lax", max_age=lasts)
    return response


def _is_a_browser(request: web.Request) -> bool:
    """
    Somebody opens the page, and not a program that draws a preview of it, nor a browser that
    fetches ahead. Source: www.w3.org/TR/fetch-metadata (read 2026-11).
    """
    return (
        request.method == hdrs.METH_GET
        and request.headers.get("Sec-Fetch-Dest") == "document"
        and "Sec-Purpose" not in request.headers
    )


def _token(request: web.Request) -> str:
    return request.match_info["token"]
