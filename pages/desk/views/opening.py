"""Opening a case: coarse facts and what is needed. There is no field for a name."""

import secrets
from collections.abc import Mapping
from typing import Any

from aiohttp import web

from pages.desk.views.case_file import BANDS, facts_of
from pages.desk.visit import Desk
from pages.desk.words import amount_of, called
from services import case_acts
from services.case_acts import CannotOpen, Facts, NotAllowed, Opened, Unknown
from services.minors import Record
from values.currencies import CURRENCIES
from values.facts import AgeBand
from values.lines import BudgetLine
from values.money import Money

_WHY = {
    "under_18": (
        "No case of somebody under 18 is opened here. A protection officer asks for it, and"
        " another one confirms."
    ),
    "not_under_18": "A guardian record is for somebody under 18 alone.",
    "guardian_month": "Write the month of the record, one that has begun, such as 2026-11.",
    "no_lines": "Write what is needed on one line at least.",
    "lines_twice": "Each line may stand only once.",
    "not_payable": "One of the amounts cannot be paid in this currency. Write a whole number.",
    "no_names_left": "Every name for this region is in use. Tell the operator.",
}
_NOT_CHOSEN = "Choose one answer for each fact."


async def show(desk: Desk) -> web.Response:
    """The empty form."""
    return _page(desk)


async def open_case(desk: Desk) -> web.Response:
    """Open the case and show it; or say what is missing where it was written."""
    facts = facts_of(desk.sent)
    if facts is None:
        return _page(desk, _NOT_CHOSEN)
    done = await opened(desk, facts)
    return _page(desk, done) if isinstance(done, str) else desk.redirect(*done)


async def opened(desk: Desk, facts: Facts, guardian: Record | None = None) -> tuple[str, str] | str:
    """
    Open the case that the form says, or, with the record of a *guardian*, ask for it.

    Hands back where to go and the word for what was done; or what is wrong.
    """
    currency = desk.sent.get("currency", "")
    if currency not in CURRENCIES:
        return "Choose a currency."
    lines = _lines(desk.sent, currency)
    if isinstance(lines, BudgetLine):
        return f"Write the amount for {called(lines)} as a number, such as 300, or leave it empty."
    done = await case_acts.open_case(
        desk.house,
        facts=facts,
        lines=lines,
        training="training" in desk.sent,
        by=desk.code,
        guardian=guardian,
        request_key=f"desk:{desk.code}:{desk.sent.get('request', '')[:64]}",
    )
    match done:
        case Opened(code=code, waits=waits):
            return f"/cases/{code}", "asked_for" if waits else "opened"
        case CannotOpen(why):
            return _WHY[why]
        case Unknown() | NotAllowed():
            return "You may not open a case any more."


def form(desk: Desk) -> Mapping[str, Any]:
    """What every form that opens a case is made of."""
    return {
        "sent": desk.sent,
        "lines": list(BudgetLine),
        "currencies": sorted(CURRENCIES),
        "request_key": desk.sent.get("request") or secrets.token_urlsafe(16),
    }


def _page(desk: Desk, problem: str | None = None) -> web.Response:
    bands = {
        name: (label, [word for word in words if word is not AgeBand.UNDER_18])
        for name, (label, words) in BANDS.items()
    }
    return desk.html(
        "open.html", 200 if problem is None else 422, problem=problem, bands=bands, **form(desk)
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
