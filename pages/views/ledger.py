"""The public ledger: for people as a page, for machines as JSON and CSV, from the same rows."""

import csv
import io
import json
from collections.abc import Iterable
from dataclasses import fields
from typing import Any

from aiohttp import hdrs, web

from locales import names
from locales.text import Text, say
from pages.page import Page
from services.look import Look
from services.public_ledger import (
    Kind,
    Overview,
    Row,
    Statement,
    Sums,
    overview,
    overview_page,
    statement,
)
from services.terms import FeeBearer
from values.money import Money

MOST_ROWS = 200
"""On the page; the files have all."""

_SUMS = tuple(field.name for field in fields(Sums))
_SUM_COLUMNS = tuple(f"{name}_minor" for name in _SUMS)
_ROW_COLUMNS = ("date", "kind", "line", "change_minor", "amount_minor", "currency")

KIND_WORDS: dict[Kind, Text] = {
    Kind.GIFT: say("A gift arrived"),
    Kind.GIFT_OVER_GOAL: say("A gift arrived when nothing was missing; it is its giver's"),
    Kind.FEE: say("The fee of the payment provider, out of a gift"),
    Kind.SPENDING: say("Spent on the plan"),
    Kind.LEFT_OVER: say("Not needed for the plan; it is its giver's"),
    Kind.REFUND_SET_APART: say("Set apart, to go back to its giver"),
    Kind.REFUND_PUT_BACK: say("Did not go back to its giver"),
    Kind.REFUND: say("Given back to its giver"),
    Kind.DISPUTED: say("A bank took a gift back; nothing is decided"),
    Kind.DISPUTE_LOST: say("A bank kept a gift"),
    Kind.DISPUTE_WON: say("A bank gave a gift back"),
    Kind.MOVED_HERE: say("Came from another plan, because its giver chose so"),
    Kind.MOVED_ON: say("Moved to another plan, because its giver chose so"),
    Kind.PAID_IN: say("Paid in by the organisation"),
    Kind.LOSS_BORNE: say("Paid in by the organisation, so that the plan loses nothing"),
    Kind.REVERSAL: say("An earlier line was taken back"),
}


def row_words(row: Row) -> Text:
    """What a transfer was; with its amount where the plan holds as much as before."""
    words = KIND_WORDS[row.kind]
    if row.line is not None:
        return say("{what}: {line}", what=words, line=names.BUDGET_LINES[row.line])
    if not row.change:
        return say("{what}: {amount}", what=words, amount=row.amount)
    return words


async def show_all(page: Page) -> web.Response:
    """Totals, and every case, a page at a time."""
    if (wanted := page.request.query.get("format")) in ("json", "csv"):
        return await _export_all(page, wanted)
    return await _page(page, 1)


async def show_page(page: Page) -> web.Response:
    """A later page of the cases. The first has the address without a number."""
    number = int(page.request.match_info["page"])
    if number == 1:
        return page.redirect(page.url("/ledger"), status=308)
    return await _page(page, number)


async def _page(page: Page, number: int) -> web.Response:
    async with page.looking() as look:
        found = await overview_page(look, number)
    if found is None:
        raise web.HTTPNotFound
    seen, pages = found
    terms = page.site.house.terms
    response = page.html(
        "ledger.html",
        overview=seen,
        number=number,
        pages=pages,
        gift_bears_fee=terms.fee_bearer is FeeBearer.GIFT,
    )
    response.headers["X-Robots-Tag"] = "noarchive, nosnippet"
    return response


async def show_case(page: Page) -> web.Response:
    """One case's transfers in plain words."""
    if (wanted := page.request.query.get("format")) in ("json", "csv"):
        return await _export_case(page, wanted)
    async with page.looking() as look:
        found = await _statement(page, look, MOST_ROWS)
        news = await look.news(found.case)
    response = page.html("ledger_case.html", statement=found, words=row_words, news=news)
    response.headers["X-Robots-Tag"] = "noindex, noarchive"
    return response


async def export_all(page: Page) -> web.Response:
    """`ledger.json`, `ledger.csv`."""
    return await _export_all(page, page.request.match_info["format"])


async def export_case(page: Page) -> web.Response:
    """`ledger/<slug>.json`, `.csv`."""
    return await _export_case(page, page.request.match_info["format"])


async def _export_all(page: Page, wanted: str) -> web.Response:
    async with page.looking() as look:
        found = await overview(look)
    cases = _case_rows(found)
    if wanted == "csv":
        return _csv("ledger.csv", ["case", "slug", "need_minor", "currency", *_SUM_COLUMNS], cases)
    return _json(
        {
            "organisation": page.site.house.organisation,
            "totals": [_amounts(sums) for sums in found.totals],
            "fees_paid_by_organisation": _plain(found.fees),
            "fees_covered_by_donors": _plain(found.covered),
            "paid_in_by_organisation": _plain(found.paid_in),
            "cases": cases,
        }
    )


async def _export_case(page: Page, wanted: str) -> web.Response:
    async with page.looking() as look:
        found = await _statement(page, look, None)
    rows = [
        {
            "date": row.when,
            "kind": row.kind.value,
            "line": "" if row.line is None else row.line.value,
            "change_minor": row.change.amount_minor,
            "amount_minor": row.amount.amount_minor,
            "currency": row.change.currency,
        }
        for row in found.rows
    ]
    if wanted == "csv":
        return _csv(f"ledger-{found.case.case.slug}.csv", [*_ROW_COLUMNS], rows)
    case = found.case.case
    return _json(
        {
            "organisation": page.site.house.organisation,
            "case": case.code,
            "slug": case.slug,
            "need_minor": case.need.amount_minor,
            "sums": _amounts(found.sums),
            "transfers": rows,
        }
    )


async def _statement(page: Page, look: Look, most: int | None) -> Statement:
    found = await statement(look, page.request.match_info["slug"], most)
    if found is None:
        raise web.HTTPNotFound
    return found


def _case_rows(found: Overview) -> list[dict[str, Any]]:
    return [
        {
            "case": listed.code,
            "slug": listed.shown.case.slug if listed.shown else "",
            "need_minor": listed.shown.progress.need.amount_minor if listed.shown else "",
            **_amounts(listed.sums),
        }
        for listed in found.cases
    ]


def _amounts(sums: Sums) -> dict[str, int | str]:
    amounts: dict[str, int | str] = {
        f"{name}_minor": getattr(sums, name).amount_minor for name in _SUMS
    }
    return {"currency": sums.given.currency, **amounts}


def _plain(amounts: Iterable[Money]) -> list[dict[str, Any]]:
    return [
        {"currency": amount.currency, "amount_minor": amount.amount_minor} for amount in amounts
    ]


def _json(content: dict[str, Any]) -> web.Response:
    words = json.dumps(content, ensure_ascii=False, indent=1)
    response = web.Response(text=words, content_type="application/json", charset="utf-8")
    return _file(response)


def _csv(name: str, columns: list[str], rows: list[dict[str, Any]]) -> web.Response:
    """Codes, dates and whole numbers only: nothing in it can begin a spreadsheet's formula."""
    file = io.StringIO()
    writer = csv.DictWriter(file, fieldnames=columns)
    writer.writeheader()
    writer.writerows(rows)
    response = web.Response(text=file.getvalue(), content_type="text/csv", charset="utf-8")
    response.headers[hdrs.CONTENT_DISPOSITION] = f'attachment; filename="{name}"'
    return _file(response)


def _file(response: web.Response) -> web.Response:
    """For programs. It holds addresses of stories, so that no cache may keep it."""
    response.headers["X-Robots-Tag"] = "noindex, noarchive"
    response.enable_compression()
    return response
