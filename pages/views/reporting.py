"""A reader says that a translation is wrong."""

from functools import cache
from pathlib import Path

from aiohttp import web

from pages.forms import fields_of
from pages.page import Page
from services import translations
from services.help_words import REPORTED

_TEMPLATES = Path(__file__).parent.parent / "templates"


async def report(page: Page) -> web.Response:
    """Let staff know where, and say thanks. Nothing that the reader wrote is kept."""
    named = (await fields_of(page.request)).get("page", "")
    where = named if named in _pages() else "other"
    await translations.report_from_page(page.site.house, page.locale, where)
    return page.html("reported.html", path="/", reported=REPORTED)


async def back_home(page: Page) -> web.Response:
    """Nothing is to be seen at the address that a report is sent to."""
    return page.redirect(page.url("/"))


@cache
def _pages() -> frozenset[str]:
    """The names of our pages."""
    return frozenset(file.stem for file in _TEMPLATES.glob("*.html"))
