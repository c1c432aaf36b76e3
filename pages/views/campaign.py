"""The links of campaigns: where they lead, their QR codes, and a poster to print."""

import io
import re

import segno
from aiohttp import hdrs, web

from locales.text import Name
from pages.page import Page
from services import arrivals
from services.arrivals import Landing

_FETCHERS = re.compile(r"bot|preview|crawl|spider|facebookexternalhit|whatsapp|curl|wget", re.I)
"""Programs that look at a link before anybody opens it; they are not counted."""
_SCALE = 12
"""Pixels a module of the PNG: large enough to be printed on a poster."""


async def follow(page: Page) -> web.Response:
    """
    To the story, in the link's language if it has one, else in the browser's.

    A link that nobody knows leads to the stories: whoever pressed it came for them.
    """
    code = page.request.match_info["campaign"]
    house = page.site.house
    async with house.read() as connection:
        landing = await arrivals.landing(connection, code)
    if landing is None:
        return page.redirect(page.url("/"), status=302)
    locale = landing.locale if landing.locale in page.site.languages.offered else page.locale
    if _is_a_reader(page.request):
        async with house.write() as connection:
            await arrivals.visited(connection, landing.campaign, locale, house.clock())
    path = "/" if landing.slug is None else f"/stories/{landing.slug}"
    response = page.redirect(f"/{locale}{path}?c={code}", status=302)
    response.headers[hdrs.VARY] = hdrs.ACCEPT_LANGUAGE
    return response


async def to_plan(page: Page) -> web.Response:
    """From a story to the ledger of its plan; counted, for the reader came by a campaign's link."""
    code, slug = (page.request.match_info[part] for part in ("campaign", "slug"))
    house = page.site.house
    if _is_a_reader(page.request):
        async with house.write() as connection:
            await arrivals.went_on(connection, code, page.locale, house.clock())
    return page.redirect(page.url(f"/ledger/{slug}?c={code}"), status=302)


async def picture(page: Page) -> web.Response:
    """The QR code of the link, as SVG or PNG."""
    landing = await _landing(page)
    code = segno.make(_link(page, landing), error="m", micro=False)
    out = io.BytesIO()
    if page.request.match_info["picture"] == "png":
        code.save(out, kind="png", scale=_SCALE, border=4)
        return web.Response(body=out.getvalue(), content_type="image/png")
    code.save(out, kind="svg", border=4, dark="#1d2b33", light="#fff", xmldecl=False, unit=None)
    return web.Response(body=out.getvalue(), content_type="image/svg+xml")


async def poster(page: Page) -> web.Response:
    """A page to print on A4: what this is, the QR code, where help is. No story, no person."""
    landing = await _landing(page)
    return page.html(
        "poster.html",
        path=f"/c/{landing.campaign.code}",
        code=landing.campaign.code,
        link=Name(_link(page, landing).partition("://")[2]),
        help_link=Name(f"{page.site.house.public_url}{page.url('/help')}".partition("://")[2]),
        bot_name=_bot_name(page),
    )


async def _landing(page: Page) -> Landing:
    async with page.site.house.read() as connection:
        landing = await arrivals.landing(connection, page.request.match_info["campaign"])
    if landing is None:
        raise web.HTTPNotFound
    return landing


def _link(page: Page, landing: Landing) -> str:
    return f"{page.site.house.public_url}/c/{landing.campaign.code}"


def _bot_name(page: Page) -> Name | None:
    """`@homeward_bot`, for whoever types it by hand."""
    url = page.site.bot_url
    return None if url is None else Name(f"@{url.rpartition('/')[2]}")


def _is_a_reader(request: web.Request) -> bool:
    is_fetcher = _FETCHERS.search(request.headers.get(hdrs.USER_AGENT, ""))
    return request.method == hdrs.METH_GET and not is_fetcher
