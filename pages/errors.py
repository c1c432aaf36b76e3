"""What is said when a page cannot be what was asked for; in the reader's language, too."""

from aiohttp import hdrs, web

from locales.text import Text, say
from pages.page import Page

RETRY_AFTER_S = 30

_HEADINGS: dict[int, Text] = {
    404: say("This page is not here."),
    410: say("This story is no longer shown."),
    429: say("Too much was asked at once."),
    405: say("This address cannot be used in this way."),
    413: say("What was sent is too long."),
    500: say("We made a mistake."),
    503: say("This page cannot be shown just now."),
}
_UNREADABLE = say("What was sent could not be read.")

_NEXT: dict[int, tuple[Text, ...]] = {
    404: (say("The address may be old, or the story is not shown at the moment."),),
    410: (
        say("It was taken back. A gift that you have made goes on as it was meant."),
        say("Who told it may take it back at any time, and needs no reason."),
    ),
    429: (say("Please try again in a minute."),),
    500: (
        say("It was written down for the people who run this page."),
        say("A payment that you have made is not lost."),
    ),
    503: (
        say("Please try again in a minute."),
        say("A payment that you have made is not lost."),
    ),
}


def error_page(page: Page, status: int, allow: str | None = None) -> web.Response:
    """
    The page for *status*.

    Args:
        allow: With 405, the methods that the address does know.
    """
    lines = list(_NEXT.get(status, ()))
    if page.request.method == hdrs.METH_POST:
        # Payments are made on the provider's page only, which this answer does not lead to.
        lines = [say("Nothing was charged."), *lines]
    response = page.html(
        "error.html",
        status,
        path=None if page.request.method in (hdrs.METH_GET, hdrs.METH_HEAD) else "/",
        heading=_HEADINGS.get(status, _UNREADABLE),
        lines=lines,
    )
    response.headers["X-Robots-Tag"] = "noindex"
    if status in (429, 503):
        response.headers[hdrs.RETRY_AFTER] = str(RETRY_AFTER_S)
    if allow is not None:
        response.headers[hdrs.ALLOW] = allow
    return response
