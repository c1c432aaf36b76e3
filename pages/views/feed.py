"""
A feed of news, for programs that look by themselves: one of all plans, one of each.

Source: RFC 4287 (Atom). What it may hold: `services.feed`.
"""

import datetime as dt
from collections.abc import Sequence
from xml.sax.saxutils import escape, quoteattr

from aiohttp import hdrs, web

from locales.text import Month, Text, say
from pages.page import Page
from services import feed
from services.feed import Entry

NEWS = say("There is news. Open the page.")
OF_ALL = say("News of all plans")
OF_ONE = say("News of this plan")


async def show_all(page: Page) -> web.Response:
    """News of every plan that may be shown."""
    async with page.looking() as look:
        entries = await feed.of_all(look, page.locale)
    return _answer(page, OF_ALL, "/feed.xml", "/", entries)


async def show_case(page: Page) -> web.Response:
    """News of one plan; empty once its story was taken back."""
    code = page.request.match_info["case"]
    async with page.looking() as look:
        entries = await feed.of_case(look, code, page.locale)
    if entries is None:
        raise web.HTTPNotFound
    return _answer(page, OF_ONE, f"/feed/{code}.xml", f"/news/{code}", entries)


async def to_story(page: Page) -> web.Response:
    """From an entry to the story, which may have gone meanwhile."""
    code = page.request.match_info["case"]
    async with page.looking() as look:
        case = await look.case(code)
        if case is None and await feed.was_recalled(look, code):
            raise web.HTTPGone
    if case is None:
        raise web.HTTPNotFound
    return page.redirect(page.url(f"/stories/{case.case.slug}"), status=302)


def _answer(page: Page, title: Text, own: str, read: str, entries: Sequence[Entry]) -> web.Response:
    """
    The feed.

    Args:
        own: Its own address, without the language.
        read: The address of the page that it tells of.
    """
    updated = max((entry.since for entry in entries), default=_month_now(page))
    name = f"{page.i18n.text(say('Homeward'))}: {page.i18n.text(title)}"
    words = (
        '<?xml version="1.0" encoding="utf-8"?>\n'
        f'<feed xmlns="http://www.w3.org/2005/Atom" xml:lang={quoteattr(page.i18n.html_lang)}>\n'
        f"<id>{escape(_address(page, own))}</id>\n"
        f"<title>{escape(name)}</title>\n"
        f"<updated>{_moment(updated)}</updated>\n"
        f"<author><name>{escape(page.site.house.organisation)}</name></author>\n"
        f'<link rel="self" type="application/atom+xml" href={_quoted(page, own)}/>\n'
        f'<link rel="alternate" type="text/html" href={_quoted(page, read)}/>\n'
        f"{''.join(_entry(page, entry) for entry in entries)}</feed>\n"
    )
    response = web.Response(text=words, content_type="application/atom+xml", charset="utf-8")
    response.headers["X-Robots-Tag"] = "noindex, noarchive"
    # It holds nothing that must be taken back; whoever keeps it asks each time whether it is new.
    response.headers[hdrs.CACHE_CONTROL] = "no-cache"
    response.enable_compression()
    return response


def _entry(page: Page, entry: Entry) -> str:
    link = _quoted(page, f"/news/{entry.case_code}")
    return (
        f"<entry><id>urn:uuid:{entry.name}</id>"
        f"<title>{escape(page.i18n.text(NEWS))}</title>"
        f"<updated>{_moment(entry.since)}</updated>"
        f'<link rel="alternate" type="text/html" href={link}/>'
        f"<summary>{escape(page.i18n.month(Month(*entry.year_and_month)))}</summary></entry>\n"
    )


def _address(page: Page, path: str) -> str:
    return f"{page.site.house.public_url}{page.url(path)}"


def _quoted(page: Page, path: str) -> str:
    return quoteattr(_address(page, path))


def _month_now(page: Page) -> dt.datetime:
    return page.site.house.clock().replace(day=1, hour=0, minute=0, second=0, microsecond=0)


def _moment(moment: dt.datetime) -> str:
    return f"{moment:%Y-%m-%dT%H:%M:%SZ}"
