"""
The hosted payment page: plain forms, no script, and the truth first.

It is this project's own design. It must never be mistaken for a page that takes money.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from html import escape
from pathlib import Path
from string import Template
from typing import Protocol
from urllib.parse import urlsplit

from aiohttp import web

from sandbox.stripe import charges, sessions
from sandbox.stripe.currencies import shown
from sandbox.stripe.world import Obj, World

_FOLDER = Path(__file__).with_name("checkout")
_WORDS: dict[str, dict[str, str]] = json.loads((_FOLDER / "words.json").read_text("utf-8"))
_PAGE = Template((_FOLDER / "page.html").read_text("utf-8"))
_RIGHT_TO_LEFT = frozenset(["ar"])


class Till(Protocol):
    """What the page's buttons do."""

    async def pay(self, session_id: str, method: str = "card") -> Obj:
        """Pay an open session."""

    async def decline(self, session_id: str) -> Obj:
        """Have a card refused."""

    async def tick(self) -> None:
        """Let happen what is due."""


class HostedPage:
    """Serves `/pay/...`."""

    def __init__(self, world: World, till: Till, merchant: str) -> None:
        self._world = world
        self._till = till
        self._merchant = merchant

    def add_to(self, app: web.Application) -> None:
        """Add its routes."""
        app.router.add_get("/pay/static/checkout.css", self._style)
        app.router.add_get("/pay/{session_id}", self._show)
        app.router.add_post("/pay/{session_id}", self._press)

    async def _style(self, _: web.Request) -> web.StreamResponse:
        text = (_FOLDER / "checkout.css").read_text("utf-8")
        return web.Response(text=text, content_type="text/css", charset="utf-8")

    async def _show(self, request: web.Request) -> web.StreamResponse:
        session = await self._session(request)
        language = language_of(session, request.headers.get("Accept-Language", ""))
        words = _WORDS[language]
        if session is None:
            return _page(language, None, _told(words, "unknown"), status=404)
        if session["status"] == "open":
            notice = words["declined"] if "declined" in request.query else None
            if "left" in request.query:
                return _page(language, session, _told(words, "left", _again(session, words)))
            return _page(language, session, self._form(session, words, notice))
        return _page(language, session, self._over(session, words))

    async def _press(self, request: web.Request) -> web.StreamResponse:
        session = await self._session(request)
        own = f"/pay/{request.match_info['session_id']}"
        if session is None or session["status"] != "open":
            raise web.HTTPSeeOther(own)
        pressed = (await request.post()).get("press")
        if pressed == "leave":
            raise web.HTTPSeeOther(session["cancel_url"] or f"{own}?left")
        if pressed == "decline":
            await self._till.decline(session["id"])
            raise web.HTTPSeeOther(f"{own}?declined")
        if pressed not in {"card", "bank"}:
            raise web.HTTPBadRequest(text="No such button.")
        if pressed == "bank" and sessions.delayed_method(session) is None:
            raise web.HTTPBadRequest(text="No such button.")
        await self._till.pay(session["id"], str(pressed))
        raise web.HTTPSeeOther(
            session["success_url"].replace("{CHECKOUT_SESSION_ID}", session["id"])
        )

    async def _session(self, request: web.Request) -> Obj | None:
        await self._till.tick()
        known = self._world.objects.get("checkout.session", {})
        return known.get(request.match_info["session_id"])

    def _form(self, session: Obj, words: dict[str, str], notice: str | None) -> str:
        amount = _money(session["amount_total"], session["currency"])
        first = "give" if session["submit_type"] == "donate" else "pay"
        label = escape(words[first]).replace("{amount}", amount)
        buttons = [_button("card", label, style="first")]
        if sessions.delayed_method(session) is not None:
            buttons.append(_button("bank", escape(words["bank"]), escape(words["bank_more"])))
        buttons.append(_button("decline", escape(words["decline"]), escape(words["decline_more"])))
        buttons.append(_button("leave", escape(words["leave"]), style="quiet"))
        told = f'<p class="notice" role="alert">{escape(notice)}</p>' if notice else ""
        own = f"/pay/{session['id']}"
        return (
            f"{self._sheet(session, words)}{told}"
            f'<form method="post" action="{own}">{"".join(buttons)}</form>'
        )

    def _sheet(self, session: Obj, words: dict[str, str]) -> str:
        items = "".join(_items(sessions.line_items(self._world, session)))
        message = (session["custom_text"]["submit"] or {}).get("message")
        said = f'<p class="words"><bdi>{escape(message)}</bdi></p>' if message else ""
        return (
            '<section class="sheet">'
            f'<p class="to">{escape(words["to"])} <bdi>{escape(self._merchant)}</bdi></p>'
            f'<h1 class="sum">{_money(session["amount_total"], session["currency"])}</h1>'
            f'<ul class="items">{items}</ul>{said}</section>'
        )

    def _over(self, session: Obj, words: dict[str, str]) -> str:
        if session["status"] == "expired":
            return _told(words, "expired", _back(session["cancel_url"], words))
        success = session["success_url"].replace("{CHECKOUT_SESSION_ID}", session["id"])
        if session["payment_status"] == "paid":
            return _told(words, "paid", _back(success, words, "on"))
        intent = self._world.get("payment_intent", session["payment_intent"])
        charge = self._world.get("charge", intent["latest_charge"])
        came_to_nothing = charge["failure_message"] == charges.NOT_ARRIVED
        return _told(
            words, "failed" if came_to_nothing else "processing", _back(success, words, "on")
        )


def language_of(session: Obj | None, accepted: str) -> str:
    """The session's language, else the browser's, if the table has it; else English."""
    wanted = (session or {}).get("locale") or "auto"
    if wanted == "auto":
        # Order is taken as preference; weights are of no use with a table of this size.
        offered = [part.split(";")[0].strip() for part in accepted.split(",")]
    else:
        offered = [wanted]
    for tag in offered:
        primary = tag.partition("-")[0].lower()
        if primary in _WORDS:
            return primary
    return "en"


def _page(
    language: str, session: Obj | None, body: str, *, status: int = 200
) -> web.StreamResponse:
    words = {name: escape(text) for name, text in _WORDS[language].items()}
    direction = "rtl" if language in _RIGHT_TO_LEFT else "ltr"
    html = _PAGE.substitute(words, lang=language, dir=direction, body=body)
    headers = {
        "Content-Security-Policy": _policy(session),
        "Cache-Control": "no-store",
        "Referrer-Policy": "no-referrer",
        "X-Content-Type-Options": "nosniff",
    }
    return web.Response(
        text=html, status=status, content_type="text/html", charset="utf-8", headers=headers
    )


def _policy(session: Obj | None) -> str:
    # A browser checks the redirect after a form against form-action too, so that both ways out
    # of the checkout must be named, or the payer is left on a blank page after paying.
    ways_out = []
    if session is not None:
        for url in (session["success_url"], session["cancel_url"]):
            if url is not None:
                parts = urlsplit(url)
                ways_out.append(f"{parts.scheme}://{parts.netloc}")
    targets = " ".join(["'self'", *dict.fromkeys(ways_out)])
    return (
        f"default-src 'none'; style-src 'self'; form-action {targets}; "
        "base-uri 'none'; frame-ancestors 'none'"
    )


def _money(amount_minor: int, currency: str) -> str:
    return f'<bdi dir="ltr">{escape(shown(amount_minor, currency))}</bdi>'


def _items(items: list[Obj]) -> Iterator[str]:
    for item in items:
        times = f" <small>× {item['quantity']}</small>" if item["quantity"] > 1 else ""
        yield (
            f'<li class="item"><span><bdi>{escape(item["description"])}</bdi>{times}</span>'
            f"<span>{_money(item['amount_total'], item['currency'])}</span></li>"
        )


def _button(value: str, label: str, more: str | None = None, *, style: str = "") -> str:
    small = f"<small>{more}</small>" if more else ""
    kind = f' class="{style}"' if style else ""
    return f'<button type="submit" name="press" value="{value}"{kind}>{label}{small}</button>'


def _told(words: dict[str, str], what: str, link: str = "") -> str:
    return (
        f'<h1>{escape(words[what])}</h1><p class="state">{escape(words[f"{what}_more"])}</p>{link}'
    )


def _back(url: str | None, words: dict[str, str], word: str = "back") -> str:
    if url is None:
        return ""
    return f'<a class="back" href="{escape(url)}">{escape(words[word])}</a>'


def _again(session: Obj, words: dict[str, str]) -> str:
    return _back(f"/pay/{session['id']}", words)
