"""
The companion page, put into an aiohttp application beside whatever else is served there.

A new page is one view in `pages/views`, one template, and one line in `ROUTES`.
"""

import traceback
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import structlog
from aiohttp import hdrs, web
from aiohttp.typedefs import Middleware

from pages.assets import Assets
from pages.desk.app import add_desk
from pages.errors import error_page
from pages.headers import harden, security_headers
from pages.keeping import Keeping
from pages.page import Page, Pages, environment
from pages.printed import Printed
from pages.site import Site
from pages.views import (
    campaign,
    feed,
    giving,
    home,
    information,
    ledger,
    machines,
    receipt,
    reporting,
    story,
)
from services.house import DatabaseUnavailable

__all__ = ["Site", "add_pages"]

View = Callable[[Page], Awaitable[web.Response]]
_Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

_PATTERNS = {
    "locale": "[A-Za-z]{2,3}(?:[-_][A-Za-z]{4})?",
    "slug": "[a-z0-9-]{1,32}",
    "reference": "[0-9a-z]{1,64}",
    "format": "json|csv",
    "campaign": "[a-z0-9]{1,16}",
    "case": "[a-z0-9]{1,32}",
    "page": "[1-9][0-9]{0,5}",
    "picture": "svg|png",
}
"""What may stand in each place of an address."""
_KEPT = web.ResponseKey("kept", bool)
"""Marks an answer for which nothing was looked up."""
_READING = (hdrs.METH_GET, hdrs.METH_HEAD)

_log = structlog.get_logger("pages")


@dataclass(frozen=True, slots=True)
class Route:
    """
    One address.

    Attributes:
        path: With places out of `_PATTERNS`; it stands in the log as it is.
        post: What answers POST; None: it cannot be posted to.
        is_logged: A line is written for each answer that was looked up; not where somebody asks for
            help.
        has_script: A script of ours runs there.
        is_shared: Everybody gets the same, as long as nothing was committed.
    """

    path: str
    get: View
    post: View | None = None
    is_logged: bool = True
    has_script: bool = False
    is_shared: bool = False

    @property
    def pattern(self) -> str:
        """The path as the router wants it."""
        path = self.path
        for place, pattern in _PATTERNS.items():
            path = path.replace(f"{{{place}}}", f"{{{place}:{pattern}}}")
        return path


ROUTES = (
    Route("/", home.choose_language),
    Route("/credits", information.show_credits),
    Route("/share.png", information.share_picture),
    Route("/robots.txt", machines.robots),
    Route("/sitemap.xml", machines.sitemap),
    Route("/manifest.webmanifest", machines.manifest),
    Route("/leave", information.leave, is_logged=False),
    Route("/c/{campaign}", campaign.follow),
    Route("/c/{campaign}.{picture}", campaign.picture),
    Route("/{locale}", home.add_slash),
    Route("/{locale}/", home.list_cases, is_shared=True),
    Route("/{locale}/stories/{slug}", story.show, has_script=True, is_shared=True),
    Route("/{locale}/stories/{slug}/give", giving.back_to_story, post=giving.give, has_script=True),
    Route("/{locale}/feed.xml", feed.show_all, is_shared=True),
    Route("/{locale}/feed/{case}.xml", feed.show_case, is_shared=True),
    Route("/{locale}/news/{case}", feed.to_story),
    Route("/{locale}/ledger", ledger.show_all, is_shared=True),
    Route("/{locale}/ledger/page/{page}", ledger.show_page, is_shared=True),
    Route("/{locale}/ledger.{format}", ledger.export_all, is_shared=True),
    Route("/{locale}/ledger/{slug}", ledger.show_case, is_shared=True),
    Route("/{locale}/ledger/{slug}.{format}", ledger.export_case, is_shared=True),
    Route("/{locale}/r/{reference}", receipt.show),
    Route("/{locale}/r/{reference}/cancel", receipt.back_to_receipt, post=receipt.cancel),
    Route("/{locale}/r/{reference}/answer", receipt.back_to_receipt, post=receipt.answer),
    Route("/{locale}/c/{campaign}", campaign.poster),
    Route("/{locale}/c/{campaign}/{slug}", campaign.to_plan),
    Route("/{locale}/help", information.show_help, is_logged=False),
    Route("/{locale}/report", reporting.back_home, post=reporting.report),
    Route("/{locale}/privacy", information.show_privacy),
    Route("/{locale}/genuine", information.show_genuine),
    Route("/{locale}/credits", information.show_credits),
)


def add_pages(app: web.Application, site: Site) -> None:
    """Add every page, its files and its errors to *app*; other routes are left as they are."""
    keeping = Keeping(site.house.mark, site.house.clock)
    pages = Pages(site, Assets.load(), environment(), keeping)
    headers = security_headers(site)
    with_script = security_headers(site, has_script=True)
    for route in ROUTES:
        own = with_script if route.has_script else headers
        app.router.add_route("*", route.pattern, _handler(pages, route, own))
    app.router.add_get(
        "/static/{stem:[a-z]+(?:-[0-9a-f]{1,40})?}.{digest:[0-9a-f]{16}}.{ending:css|js|svg}",
        _static_handler(pages, headers),
    )
    add_desk(app, pages, headers)
    app.middlewares.append(_unknown_addresses(pages, headers))
    app.on_response_prepare.append(_forget_server)


def _handler(pages: Pages, route: Route, headers: dict[str, str]) -> _Handler:
    async def handle(request: web.Request) -> web.StreamResponse:
        response = await _answer(pages, route, request, headers)
        harden(response, headers)
        if route.is_logged and _KEPT not in response:
            _log.info(
                "page_answered", route=route.path, method=request.method, status=response.status
            )
        return response

    return handle


async def _answer(
    pages: Pages, route: Route, request: web.Request, headers: dict[str, str]
) -> web.Response:
    page = _page(pages, request)
    asked = request.match_info.get("locale", page.locale)
    if asked != page.locale:
        return _other_spelling(page, asked)
    view = route.get if request.method in _READING else None
    view = route.post if request.method == hdrs.METH_POST else view
    if view is None:
        allow = ", ".join(_READING if route.post is None else (*_READING, hdrs.METH_POST))
        return error_page(page, 405, allow)
    try:
        if route.is_shared and request.method == hdrs.METH_GET and _is_anybodys(page):
            return await _share(page, view, headers)
        return await view(page)
    except web.HTTPException as error:
        return error_page(page, error.status)
    except DatabaseUnavailable:
        _log.warning("database_unavailable", route=route.path)
        return error_page(page, 503)
    except Exception as error:
        # The error's own words may hold what a visitor sent; where it arose does not.
        _log.error(
            "page_failed",
            route=route.path,
            error=type(error).__qualname__,
            where="".join(traceback.format_tb(error.__traceback__)),
        )
        return error_page(page, 500)


def _is_anybodys(page: Page) -> bool:
    """Nothing is asked for but the page itself, or with it the campaign that led to it."""
    asked = page.request.query_string
    return not asked or asked == f"c={page.campaign}"


async def _share(page: Page, view: View, headers: dict[str, str]) -> web.Response:
    """The page, made once for all; what must differ each time does."""

    looked = False

    async def make() -> Printed:
        nonlocal looked
        looked = True
        response = await view(page)
        harden(response, headers)
        return Printed.of(response)

    printed = await page.pages.keeping.get(page.request.path_qs, make)
    answer = printed.answer(page.request)
    if not looked:
        answer[_KEPT] = True
    return answer


def _page(pages: Pages, request: web.Request) -> Page:
    """The request in the language of its address, else in the one its browser asks for."""
    languages = pages.site.languages
    asked = request.match_info.get("locale") or request.path.lstrip("/").partition("/")[0]
    locale = asked if asked in languages.offered else _spelled(pages, asked)
    if locale is None:
        locale = languages.from_accept_language(request.headers.get(hdrs.ACCEPT_LANGUAGE))
    return Page(pages, request, languages.i18n(locale))


def _spelled(pages: Pages, asked: str) -> str | None:
    """The language that *asked* is another spelling of (`zh-Hans`, `EN`, `tl`), or None."""
    found = pages.site.languages.negotiate(asked)
    is_english = asked.lower() in ("en", "eng")
    return found if asked and (found != "en" or is_english) else None


def _other_spelling(page: Page, asked: str) -> web.Response:
    """To the same page under its own address; a language that is not offered is no address."""
    if _spelled(page.pages, asked) is None:
        return error_page(page, 404)
    rest = page.request.rel_url.raw_path.lstrip("/").partition("/")[2]
    return page.redirect(page.url(f"/{rest}"), status=308)


def _static_handler(pages: Pages, headers: dict[str, str]) -> _Handler:
    async def handle(request: web.Request) -> web.StreamResponse:
        try:
            response = pages.assets.answer(request)
        except web.HTTPNotFound:
            response = error_page(_page(pages, request), 404)
        harden(response, headers)
        return response

    return handle


def _unknown_addresses(pages: Pages, headers: dict[str, str]) -> Middleware:
    """Addresses that nobody in the application knows get our 404; all others pass untouched."""

    @web.middleware
    async def answer(request: web.Request, handler: _Handler) -> web.StreamResponse:
        refusal = request.match_info.http_exception
        if refusal is None or refusal.status != 404:
            return await handler(request)
        response = error_page(_page(pages, request), 404)
        harden(response, headers)
        _log.info("page_answered", route="", method=request.method, status=404)
        return response

    return answer


async def _forget_server(_request: web.Request, response: web.StreamResponse) -> None:
    """No answer says which server and version made it."""
    response.headers.popall(hdrs.SERVER, None)
