"""One person's story as a map of icons, then the plan, then the way to fund it."""

from dataclasses import dataclass, field

from aiohttp import web

from locales import names
from locales.text import Percent, Text, say
from pages.page import Page
from pages.printed import ONCE, new_word
from services import giving, wishes
from services.arrivals import PAYLOAD
from services.catalogue import Chapter, PublicCase, Step
from services.giving import Range
from services.look import Look
from services.terms import FeeBearer, Terms
from services.wishes import Option
from services.wording import NO_STORY
from values.lines import BudgetLine
from values.money import Money, floor_percent

LINE_ICONS = {
    BudgetLine.SHELTER: "shelter",
    BudgetLine.MEDICAL: "doctor",
    BudgetLine.LEGAL: "law",
    BudgetLine.JOURNEY_HOME: "way_home",
    BudgetLine.EDUCATION: "school",
    BudgetLine.LIVELIHOOD: "tools",
}
_OFFERED = 3
"""So many other plans are offered for a gift that comes late."""


@dataclass(frozen=True, slots=True)
class Form:
    """
    The form for a gift, as it is shown.

    Attributes:
        request: Names this form, so that it takes one hold however often it is sent.
        possible: What can be given now; None if nothing can.
        offered: Amounts to choose from, in minor units as they are sent back.
        options: What can become of the gift if the plan is filled first.
        wish: Which of them is chosen, by its key.
        covers: The payment fee is added.
        chosen: What was chosen before, a minor amount or "own".
        written: What was written before.
        campaign: The code of the campaign by whose link the giver came, as it was sent; or empty.
        problems: What is wrong with it; nothing if it was not sent yet.
    """

    request: str
    possible: Range | None
    offered: tuple[Money, ...]
    options: tuple[Option, ...]
    wish: str = wishes.BACK
    covers: bool = False
    chosen: str = ""
    written: str = ""
    campaign: str = ""
    problems: tuple[Text, ...] = field(default=())

    @property
    def option(self) -> Option | None:
        """What was chosen; None if it cannot be chosen (any more)."""
        return next((option for option in self.options if option.key == self.wish), None)


async def form_for(page: Page, look: Look, case: PublicCase, wish: str = wishes.BACK) -> Form:
    """
    An empty form for *case*.

    Args:
        wish: What was chosen before; it is offered as long as it is possible.
    """
    missing = case.progress.missing
    possible = giving.possible_range(missing) if case.case.is_open else None
    offered = giving.presets(missing) if possible else ()
    question = wishes.if_filled(case.name_in(page.locale))
    others = await look.others(case.case.id, case.case.currency) if possible else ()
    shown = [*others[:_OFFERED], *(one for one in others[_OFFERED:] if one.case.code == wish)]
    options = (
        wishes.give_back(question),
        *(wishes.move_to(question, other, page.locale) for other in shown),
    )
    return Form(new_word(), possible, offered, options, wish)


async def show(page: Page) -> web.Response:
    """The story at this address; 404 if it may not be shown (any more)."""
    async with page.looking() as look:
        case = await look.case_at(page.request.match_info["slug"])
        if case is None and await look.was_recalled(page.request.match_info["slug"]):
            raise web.HTTPGone
        if case is None:
            raise web.HTTPNotFound
        form = await form_for(page, look, case)
    return await answer(page, case, form)


async def answer(page: Page, case: PublicCase, form: Form, status: int = 200) -> web.Response:
    """The page of *case* with this form in it."""
    async with page.looking() as look:
        grown = await look.growths(case, page.locale)
        news = await look.news(case)
        news_is_due = await look.news_is_due(case)
    terms = page.site.house.terms
    response = page.html(
        "story.html",
        status,
        path=f"/stories/{case.case.slug}",
        case=case,
        chapters=_chapters(case),
        hard=Chapter.EXPLOITATION,
        no_story=NO_STORY,
        line_icons=LINE_ICONS,
        told_lines=() if case.story is None else {line for line, _ in case.story.lines},
        grown=grown,
        examples=examples(case, form.offered),
        bot_story=_in_the_bot(page, case),
        form=form,
        news=news,
        news_is_due=news_is_due,
        cover=_about_cover(terms, form),
        fee=_about_fee(terms, form),
    )
    # Two readers with one name for their forms would share one hold.
    response[ONCE] = form.request
    # What a search engine keeps cannot be taken back when consent is withdrawn.
    response.headers["X-Robots-Tag"] = "noindex, noarchive"
    return response


def _chapters(case: PublicCase) -> list[tuple[Chapter, tuple[Step, ...]]]:
    """The steps of each chapter; of a case that is shown without a story there are none."""
    if case.story is None:
        return []
    return [(chapter, case.story.chapter_steps(chapter)) for chapter in Chapter]


def examples(case: PublicCase, offered: tuple[Money, ...]) -> dict[Money, Text]:
    """
    What an amount of the form can pay for: the dearest line that it covers, or a part of the
    cheapest. Nothing for all that is missing, nor for less than one percent of any line.
    """
    found: dict[Money, Text] = {}
    by_cost = sorted(case.case.lines, key=lambda priced: priced[1].amount_minor)
    for amount in offered:
        covered = [line for line, cost in by_cost if cost <= amount]
        cheapest, cost = by_cost[0]
        percent = floor_percent(amount, cost)
        if amount == case.progress.missing:
            continue
        if covered:
            found[amount] = say("Enough for: {line}", line=names.BUDGET_LINES[covered[-1]])
        elif percent:
            found[amount] = say(
                "{percent} of: {line}", percent=Percent(percent), line=names.BUDGET_LINES[cheapest]
            )
    return found


def _in_the_bot(page: Page, case: PublicCase) -> str | None:
    """
    The link that opens this story in the bot, in the language that is read here; it keeps the
    campaign by which the reader came.
    """
    if page.site.bot_url is None:
        return None
    campaign = f"_{PAYLOAD}{page.campaign}" if page.campaign else ""
    return f"{page.site.bot_url}?start={case.case.code}_{page.locale}{campaign}"


def _about_cover(terms: Terms, form: Form) -> Text | None:
    """What adding the fee comes to, by an example; None where it cannot be added."""
    amount = _example(form)
    cover = None if amount is None else terms.cover(amount)
    if amount is None or cover is None:
        return None
    return say("For {amount} that is about {fee} more.", amount=amount, fee=cover)


def _about_fee(terms: Terms, form: Form) -> Text | None:
    """What is taken out of a gift, by an example; None where the organisation pays it."""
    amount = _example(form)
    if terms.fee_bearer is not FeeBearer.GIFT or amount is None:
        return None
    fee = terms.fee_of(amount)
    if fee is None:
        return say("A small part of your gift goes to the payment provider, as its fee.")
    return say(
        "The payment provider takes its fee out of the gift: about {fee} of {amount}.",
        fee=fee,
        amount=amount,
    )


def _example(form: Form) -> Money | None:
    """An amount by which the fee is explained: the chosen one, if there is one."""
    chosen = [amount for amount in form.offered if str(amount.amount_minor) == form.chosen]
    return next(iter((*chosen, *form.offered)), None)
