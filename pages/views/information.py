"""Pages that say what is true: help, privacy, credits, and the way to leave quickly."""

from functools import cache

from aiohttp import hdrs, web

from pages.page import Page
from services import helplines
from services.house import DatabaseUnavailable
from stories.icons import Credit
from stories.icons import credits as icon_credits

_ELSEWHERE = "https://www.wikipedia.org/"
"""Where "leave this page" leads: a page that anybody might have open."""


async def show_help(page: Page) -> web.Response:
    """Where a person in danger can turn, first; then how this works."""
    try:
        async with page.looking() as look:
            countries = await look.help_everywhere()
    except DatabaseUnavailable:
        countries = helplines.unchecked()
    by_name = sorted(countries, key=lambda each: page.i18n.country(each.code).casefold())
    return page.html("help.html", countries=by_name)


async def show_privacy(page: Page) -> web.Response:
    """What is kept of a visitor, all of it."""
    return page.html("privacy.html")


async def show_genuine(page: Page) -> web.Response:
    """Our only bot, page and place to pay, so that others cannot pass for us."""
    bot_url = page.site.bot_url
    return page.html(
        "genuine.html",
        bot=None if bot_url is None else f"@{bot_url.rpartition('/')[2]}",
        payment_hosts=[origin.partition("://")[2] for origin in page.site.payment_origins],
    )


async def show_credits(page: Page) -> web.Response:
    """Whose drawings these are, with their licences in full."""
    return page.html("credits.html", path="/credits", credits=_credits())


async def share_picture(page: Page) -> web.Response:
    """What others show beside a link to us; it never changes but with the program."""
    response = web.Response(body=await page.site.share_picture(), content_type="image/png")
    response.headers[hdrs.CACHE_CONTROL] = "public, max-age=86400"
    return response


async def leave(page: Page) -> web.Response:
    """
    Away from here.

    Through an address of ours, so that no page holds one of somebody else's.
    """
    return page.redirect(_ELSEWHERE)


@cache
def _credits() -> tuple[tuple[Credit, str], ...]:
    """Each credit with the words of its licence."""
    return tuple(
        (credit, credit.licence_file.read_text(encoding="utf-8")) for credit in icon_credits()
    )
