"""One person's story as a map of icons, then the plan, then the way to fund it."""

import secrets
from dataclasses import dataclass, field

from aiohttp import web

from locales.text import Text
from pages.page import Page
from services import giving
from services.catalogue import Chapter, PublicCase
from services.giving import Range
from values.lines import BudgetLine
from values.money import Money

LINE_ICONS = {
    BudgetLine.SHELTER: "shelter",
    BudgetLine.MEDICAL: "doctor",
    BudgetLine.LEGAL: "law",
    BudgetLine.JOURNEY_HOME: "way_home",
    BudgetLine.EDUCATION: "school",
    BudgetLine.LIVELIHOOD: "tools",
}


@dataclass(frozen=True, slots=True)
class Form:
    """
    The form for a gift, as it is shown.

    Attributes:
        request: Names this form, so that it takes one hold however often it is sent.
        possible: What can be given now; None if nothing can.
        offered: Amounts to choose from, in minor units as they are sent back.
        chosen: What was chosen before, a minor amount or "own".
        written: What was written before.
        problems: What is wrong with it; nothing if it was not sent yet.
    """

    request: str
    possible: Range | None
    offered: tuple[Money, ...]
    chosen: str = ""
    written: str = ""
    problems: tuple[Text, ...] = field(default=())


def form_for(case: PublicCase) -> Form:
    """An empty form for *case*."""
    missing = case.progress.missing
    possible = giving.possible_range(missing) if case.case.is_open else None
    offered = giving.presets(missing) if possible else ()
    return Form(secrets.token_urlsafe(18), possible, offered)


async def show(page: Page) -> web.Response:
    """The story at this address; 404 if it may not be shown (any more)."""
    async with page.site.house.looking("web") as look:
        case = await look.case_at(page.request.match_info["slug"])
    if case is None:
        raise web.HTTPNotFound
    return answer(page, case, form_for(case))


def answer(page: Page, case: PublicCase, form: Form, status: int = 200) -> web.Response:
    """The page of *case* with this form in it."""
    response = page.html(
        "story.html",
        status,
        path=f"/stories/{case.case.slug}",
        case=case,
        chapters=[(chapter, case.story.chapter_steps(chapter)) for chapter in Chapter],
        hard=Chapter.EXPLOITATION,
        line_icons=LINE_ICONS,
        form=form,
    )
    # What a search engine keeps cannot be taken back when consent is withdrawn.
    response.headers["X-Robots-Tag"] = "noindex, noarchive"
    return response
