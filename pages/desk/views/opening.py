"""Opening a case: coarse facts and what is needed. There is no field for a name."""

import secrets

from aiohttp import web

from pages.desk.views.case_file import BANDS, facts_of
from pages.desk.visit import Desk
from pages.desk.words import amount_of, called
from services import case_acts
from services.case_acts import CannotOpen, NotAllowed, Opened, Unknown
from values.currencies import CURRENCIES
from values.facts import AgeBand
from values.lines import BudgetLine
from values.money import Money

_WHY = {
    "under_18": "No case of somebody under 18 can be opened here.",
    "no_lines": "Write what is needed on one line at least.",
    "lines_twice": "Each line may stand only once.",
    "not_payable": "One of the amounts cannot be paid in this currency. Write a whole number.",
    "no_names_left": "Every name for this region is in use. Tell the operator.",
}


async def show(desk: Desk) -> web.Response:
    """The empty form."""
    return _page(desk)


async def open_case(desk: Desk) -> web.Response:
    """Open the case and show it; or say what is missing where it was written."""
    facts = facts_of(desk.sent)
    if facts is None:
        return _page(desk, "Choose one answer for each fact.")
    currency = desk.sent.get("currency", "")
    if currency not in CURRENCIES:
        return _page(desk, "Choose a currency.")
    lines = _lines(desk.sent, currency)
    if isinstance(lines, BudgetLine):
        told = f"Write the amount for {called(lines)} as a number, such as 300, or leave it empty."
        return _page(desk, told)
    done = await case_acts.open_case(
        desk.house,
        facts=facts,
        lines=lines,
        training="training" in desk.sent,
        by=desk.code,
        request_key=f"desk:{desk.code}:{desk.sent.get('request', '')[:64]}",
    )
    match done:
        case Opened(code=code):
            return desk.redirect(f"/cases/{code}", "opened")
        case CannotOpen(why):
            return _page(desk, _WHY[why])
        case Unknown() | NotAllowed():
            return _page(desk, "You may not open a case any more.")


def _page(desk: Desk, problem: str | None = None) -> web.Response:
    return desk.html(
        "open.html",
        200 if problem is None else 422,
        problem=problem,
        sent=desk.sent,
        bands={
            name: (label, [word for word in words if word is not AgeBand.UNDER_18])
            for name, (label, words) in BANDS.items()
        },
        lines=list(BudgetLine),
        currencies=sorted(CURRENCIES),
        request_key=desk.sent.get("request") or secrets.token_urlsafe(16),
    )


def _lines(sent: dict[str, str], currency: str) -> list[tuple[BudgetLine, Money]] | BudgetLine:
    """The lines that are needed; or the first whose amount cannot be read."""
    found = []
    for line in BudgetLine:
        written = sent.get(f"line_{line}", "").strip()
        amount = amount_of(written, currency) if written else Money(0, currency)
        if amount is None:
            return line
        if amount:
            found.append((line, amount))
    return found
