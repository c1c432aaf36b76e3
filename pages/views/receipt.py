"""
A receipt: where one gift is now, and what is asked about it. Whoever has its address may see it.

For a gift that was made here, whoever has its address may also answer.
"""

import re

from aiohttp import web

from locales.text import Text, say
from pages.forms import fields_of, is_from_elsewhere
from pages.page import Page
from services import surplus, wishes
from services.gift_words import GiftWords
from services.house import HoldState
from services.look import Look
from services.receipts import Receipt
from services.wishes import Option

_LOOK_AGAIN_S = 4
_ASKED_AT_ONCE = 5
"""At the first looks after the payment page we ask the provider; then its event will tell."""
_MOST_LOOKS = 40
"""For about three minutes the page looks by itself; after that a link does."""
_NUMBER = re.compile(r"[0-9]{1,15}")
_CODE = re.compile(r"[a-z0-9]{1,32}")


async def show(page: Page) -> web.Response:
    """The receipt with this reference; 404 if there is none."""
    found, options = await _with_options(page)
    if found.state is HoldState.OPEN and _came_from(page) and _looks(page) < _ASKED_AT_ONCE:
        await page.site.look_at_gift(found.reference)
        found, options = await _with_options(page)
    words = GiftWords(found, page.site.house.organisation, page.locale)
    question = found.questions[0] if found.questions else None
    response = page.html(
        "receipt.html",
        receipt=found,
        name=words.name,
        lines=_lines(page, found, words),
        notes=words.notes(),
        parts=words.parts(),
        added=words.added(),
        total=words.total(),
        states=HoldState,
        way=_way(found, words),
        question=question,
        asked=() if question is None else words.asked(question),
        options=options,
        told=wishes.told(page.request.query.get("told", "")),
        refresh=_refresh(page, found),
        may_pay=found.pay_url is not None and _came_from(page) != "payment",
    )
    response.headers["X-Robots-Tag"] = "noindex, noarchive"
    return response


async def back_to_receipt(page: Page) -> web.Response:
    """Somebody loads the address to which a button leads: the receipt itself, 303."""
    return page.redirect(page.url(f"/r/{(await _found(page)).reference}"))


async def cancel(page: Page) -> web.Response:
    """Give up a gift that is not paid; 303 to its receipt, which says what came of it."""
    found = await _found(page)
    await page.site.cancel_gift(found.reference)
    return page.redirect(page.url(f"/r/{found.reference}"))


async def answer(page: Page) -> web.Response:
    """What shall become of the part that is left; 303 to the receipt, which says what came."""
    sent = await fields_of(page.request)
    found = await _found(page)
    key, _, seen = sent.get("wish", "").partition(".")
    option = await _option(page, key)
    told = "full" if option is None else "again"
    if (
        option is not None
        and option.mark(page.i18n) == seen
        and not is_from_elsewhere(page.request)
    ):
        told = await _answer(page, found, sent.get("question", ""), option)
    return page.redirect(page.url(f"/r/{found.reference}?told={told}"))


async def _answer(page: Page, found: Receipt, question: str, option: Option) -> str:
    """Carry the answer out; hand back what came of it, as a word."""
    house = page.site.house
    wish = option.wish(page.i18n)
    if wish is None or not _NUMBER.fullmatch(question):
        return "again"
    async with house.write() as connection:
        outcome = await surplus.answer_by_receipt(
            house, connection, found.reference, int(question), wish
        )
    return wishes.key_of(outcome)


async def _option(page: Page, key: str) -> Option | None:
    """What was chosen; None if it may not be, or means nothing."""
    if key == wishes.BACK:
        return wishes.give_back(wishes.what_is_left())
    if not _CODE.fullmatch(key):
        return None
    async with page.looking() as look:
        other = await look.case(key)
    return None if other is None else wishes.move_to(wishes.what_is_left(), other, page.locale)


async def _found(page: Page) -> Receipt:
    async with page.looking() as look:
        return await _receipt(page, look)


async def _receipt(page: Page, look: Look) -> Receipt:
    found = await look.receipt(page.request.match_info["reference"])
    if found is None:
        raise web.HTTPNotFound
    return found


async def _with_options(page: Page) -> tuple[Receipt, tuple[Option, ...]]:
    """The receipt, and what can be chosen for the part that is left: moves, and last back."""
    async with page.looking() as look:
        found = await _receipt(page, look)
        if not found.questions or found.origin != "web":
            return found, ()
        asked = found.questions[0]
        others = await look.others(asked.case_id, asked.amount.currency)
    question = wishes.what_is_left()
    moves = (wishes.move_to(question, other, page.locale) for other in others)
    return found, (*moves, wishes.give_back(question))


def _came_from(page: Page) -> str:
    """How the donor left the payment page: "payment" after paying, "left" without; else empty."""
    sent = page.request.query.get("from", "")
    return sent if sent in ("payment", "left") else ""


def _looks(page: Page) -> int:
    """How often the page has looked again by itself."""
    sent = page.request.query.get("look", "0")
    return int(sent) if sent.isascii() and sent.isdigit() and len(sent) < 4 else 0


def _lines(page: Page, receipt: Receipt, words: GiftWords) -> tuple[Text, ...]:
    """The state in words, the heading first."""
    if receipt.state is HoldState.OPEN and _came_from(page) == "payment":
        return (
            say("<b>We are waiting for the word of the payment provider.</b>"),
            say("You need not do anything. This page looks again by itself."),
        )
    return words.state()


def _way(receipt: Receipt, words: GiftWords) -> list[tuple[Text, str]]:
    """
    The stations of a gift: those behind it ("done"), where it is ("now"), those to come ("later").

    None for a gift that was not paid, or went another way.
    """
    reached = {HoldState.OPEN: 0, HoldState.PROMISED: 0, HoldState.PAID: 1}.get(receipt.state)
    if receipt.state is HoldState.SETTLED and words.is_whole():
        reached = 2
    stations = (
        say("Reserved for this plan"),
        say("Paid by you"),
        say("Held for this plan"),
        say("Spent on the lines of this plan"),
    )
    if reached is None:
        return []
    return [
        (words, "done" if at < reached else "now" if at == reached else "later")
        for at, words in enumerate(stations)
    ]


def _refresh(page: Page, receipt: Receipt) -> str | None:
    """
    How the page looks again by itself; None if it need not.

    Only while the payment is to be confirmed, and not for ever: a page that moves by itself is
    hard to read, above all with a screen reader.
    """
    came_from, looks = _came_from(page), _looks(page)
    waits = receipt.state is HoldState.OPEN and came_from != "left"
    if not waits or looks >= _MOST_LOOKS:
        return None
    came = f"from={came_from}&" if came_from else ""
    return f"{_LOOK_AGAIN_S}; url={page.url(f'/r/{receipt.reference}')}?{came}look={looks + 1}"
