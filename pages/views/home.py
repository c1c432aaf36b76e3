"""The way in: a language, and the people whose plans are open."""

from aiohttp import hdrs, web

from pages.page import Page
from services.catalogue import Chapter, PublicCase, Step
from services.wording import NO_STORY

WAY_HOME = Step("way_home", Chapter.DREAMS, 0, 0, "home_village", ("shelter", "way_home"))
"""The picture of whoever is shown without a story: the same for all."""


async def choose_language(page: Page) -> web.Response:
    """From the bare address to the page in the language that the browser asks for."""
    response = page.redirect(page.url("/"), status=302)
    response.headers[hdrs.VARY] = hdrs.ACCEPT_LANGUAGE
    return response


async def add_slash(page: Page) -> web.Response:
    """From `/en` to `/en/`."""
    return page.redirect(page.url("/"), status=308)


async def list_cases(page: Page) -> web.Response:
    """Every case that may be shown, those that take gifts first."""
    async with page.looking() as look:
        cases = await look.cases_to_read()
    response = page.html(
        "home.html",
        cases=sorted(cases, key=_takes_no_gifts),
        no_story=NO_STORY,
        way_home=WAY_HOME,
    )
    response.headers["X-Robots-Tag"] = "noarchive, nosnippet"
    return response


def _takes_no_gifts(case: PublicCase) -> bool:
    return not case.case.is_open or case.progress.is_funded
