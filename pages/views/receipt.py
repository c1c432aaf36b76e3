"""A receipt: where one gift is now. Whoever has its address may see it."""

from aiohttp import web

from locales.text import Name, Text, say
from pages.page import Page
from services.house import HoldState
from services.receipts import Receipt

_LOOK_AGAIN_S = 4
_MOST_LOOKS = 40
"""For about three minutes the page looks by itself; after that a link does."""


async def show(page: Page) -> web.Response:
    """The receipt with this reference; 404 if there is none."""
    async with page.site.house.looking("web") as look:
        found = await look.receipt(page.request.match_info["reference"])
    if found is None:
        raise web.HTTPNotFound
    response = page.html(
        "receipt.html",
        receipt=found,
        name=_name(page, found),
        lines=_lines(page, found),
        states=HoldState,
        way=_way(found),
        refresh=_refresh(page, found),
    )
    response.headers["X-Robots-Tag"] = "noindex, noarchive"
    return response


def _lines(page: Page, receipt: Receipt) -> list[Text]:
    """The state in words, the heading first."""
    amount, name = receipt.amount, _name(page, receipt)
    match receipt.state:
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
    sent = page.request.query.get("look", "0")
    looks = int(sent) if sent.isascii() and sent.isdigit() and len(sent) < 4 else 0
    if receipt.state is not HoldState.OPEN or looks >= _MOST_LOOKS:
        return None
    return f"{_LOOK_AGAIN_S}; url={page.url(f'/r/{receipt.reference}')}?look={looks + 1}"
