"""A receipt: where one gift is now. Whoever has its address may see it."""

from aiohttp import web

from locales.text import Name, Text, say
from pages.page import Page
from services.house import HoldState
from services.receipts import Receipt

_LOOK_AGAIN_S = 4
_ASKED_AT_ONCE = 5
"""At the first looks after the payment page we ask the provider; then its event will tell."""
_MOST_LOOKS = 40
"""For about three minutes the page looks by itself; after that a link does."""


async def show(page: Page) -> web.Response:
    """The receipt with this reference; 404 if there is none."""
    found = await _found(page)
    if found.state is HoldState.OPEN and _came_from(page) and _looks(page) < _ASKED_AT_ONCE:
        await page.site.look_at_gift(found.reference)
        found = await _found(page)
    response = page.html(
        "receipt.html",
        receipt=found,
        name=_name(page, found),
        lines=_lines(page, found),
        states=HoldState,
        way=_way(found),
        refresh=_refresh(page, found),
        may_pay=found.pay_url is not None and _came_from(page) != "payment",
    )
    response.headers["X-Robots-Tag"] = "noindex, noarchive"
    return response


async def back_to_receipt(page: Page) -> web.Response:
    """Somebody loads the address to which the button leads: the receipt itself, 303."""
    return page.redirect(page.url(f"/r/{(await _found(page)).reference}"))


async def cancel(page: Page) -> web.Response:
    """Give up a gift that is not paid; 303 to its receipt, which says what came of it."""
    found = await _found(page)
    await page.site.cancel_gift(found.reference)
    return page.redirect(page.url(f"/r/{found.reference}"))


async def _found(page: Page) -> Receipt:
    async with page.site.house.looking("web") as look:
        found = await look.receipt(page.request.match_info["reference"])
    if found is None:
        raise web.HTTPNotFound
    return found


def _came_from(page: Page) -> str:
    """How the donor left the payment page: "payment" after paying, "left" without; else empty."""
    sent = page.request.query.get("from", "")
    return sent if sent in ("payment", "left") else ""


def _looks(page: Page) -> int:
    """How often the page has looked again by itself."""
    sent = page.request.query.get("look", "0")
    return int(sent) if sent.isascii() and sent.isdigit() and len(sent) < 4 else 0


def _lines(page: Page, receipt: Receipt) -> list[Text]:
    """The state in words, the heading first."""
    amount, name = receipt.amount, _name(page, receipt)
    match receipt.state:
        case HoldState.OPEN if _came_from(page) == "payment":
            return [
                say("<b>We are waiting for the word of the payment provider.</b>"),
                say("You need not do anything. This page looks again by itself."),
            ]
        case HoldState.OPEN:
            return [
                say(
                    "<b>{amount} is reserved for the plan of {name}.</b>", amount=amount, name=name
                ),
                say("It is not paid yet. If you have just paid, please wait a moment."),
            ]
        case HoldState.PROMISED:
            return [
                say(
                    "<b>You promised {amount} to the plan of {name}.</b>", amount=amount, name=name
                ),
                say("The money is not here yet. A bank transfer can take some days."),
            ]
        case HoldState.PAID:
            return [
                say("<b>Thank you. We received {amount} from you.</b>", amount=amount),
                say("It is for the plan of {name}, and for nothing else.", name=name),
                say(
                    "The payment provider is passing it on. "
                    "Then it counts in the plan, often within minutes."
                ),
            ]
        case HoldState.SETTLED:
            return [
                say("<b>Thank you. We received {amount} from you.</b>", amount=amount),
                say("All of it is held for the plan of {name}, and for nothing else.", name=name),
            ]
        case HoldState.SET_ASIDE:
            return [
                say("<b>We received a payment that is not the one we asked for.</b>"),
                say(
                    "It is safe, and nothing of it is spent. {organisation} looks at it.",
                    organisation=Name(page.site.house.organisation),
                ),
            ]
        case HoldState.RELEASED:
            return [
                say("<b>This gift of {amount} was not paid.</b>", amount=amount),
                say("The payment page has closed. Nothing was charged."),
            ]


def _way(receipt: Receipt) -> list[tuple[Text, str]]:
    """
    The stations of a gift: those behind it ("done"), where it is ("now"), those to come ("later").

    None for a gift that was not paid.
    """
    reached = {
        HoldState.OPEN: 0,
        HoldState.PROMISED: 0,
        HoldState.PAID: 1,
        HoldState.SETTLED: 2,
    }.get(receipt.state)
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


def _name(page: Page, receipt: Receipt) -> Name:
    """The pseudonym; a bare code when the story may not be shown any more."""
    if receipt.case is None:
        return Name(receipt.case_code)
    return Name(receipt.case.story.pseudonym(receipt.case.told_in(page.locale)))


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
