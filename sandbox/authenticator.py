"""
An app for codes, played: a page in the browser that shows what several telephones would show.

Each account has a phone of the stand-in for Telegram beside it, so that one person at one computer
can be everybody. It renews itself without a script.
"""

import html
import time
from collections.abc import Callable
from dataclasses import dataclass

from aiohttp import web
from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.totp import TOTP

PATH = "/authenticator"
_STEP_S = 30
_STYLE = (
    ":root{color-scheme:light dark;font:16px/1.5 system-ui,sans-serif}"
    "body{max-width:34rem;margin:0 auto;padding:1rem}"
    ".mark{padding:.6rem 1rem;border-radius:.6rem;background:#8a3b12;color:#fff;font-weight:600}"
    "li{display:flex;flex-wrap:wrap;justify-content:space-between;gap:0 1rem;padding:.9rem 0;"
    "border-bottom:1px solid #8884}ul{list-style:none;padding:0}"
    "code{font:600 1.5rem ui-monospace,monospace}small{color:GrayText;display:block}"
    "a{display:inline-block;padding:.6rem 0}"
)
_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; "
        "frame-ancestors 'none'"
    ),
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-store",
}


@dataclass(frozen=True, slots=True)
class Account:
    """
    One account in the app.

    Attributes:
        about: What its owner may do, in a few words.
        person_id: Whose phone it is, in the stand-in for Telegram.
    """

    name: str
    about: str
    secret: bytes
    person_id: int


class Authenticator:
    """The app with all its accounts; what is added later is shown later."""

    def __init__(self, clock: Callable[[], float] = time.time) -> None:
        self.accounts: list[Account] = []
        self._clock = clock

    def add_to(self, app: web.Application) -> None:
        """Put the page into *app*."""
        app.router.add_get(PATH, self._page)

    async def _page(self, _: web.Request) -> web.Response:
        now = self._clock()
        left = _STEP_S - int(now) % _STEP_S
        rows = "".join(_row(account, now) for account in self.accounts)
        return web.Response(
            text=f"""<!doctype html><html lang="en"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex"><meta http-equiv="refresh" content="{left}">
<title>The app for codes</title><style>{_STYLE}</style></head><body>
<p class="mark">Only in the demo. Nobody but the owner ever sees a real code.</p>
<h1>The app for codes</h1>
<p>Invented staff. Open a phone, write <b>/desk</b>, open the link, and give the code.</p>
<ul>{rows}</ul><p>New codes in {left} seconds. A code is good once.</p></body></html>""",
            content_type="text/html",
            headers=_HEADERS,
        )


def _row(account: Account, now: float) -> str:
    code = TOTP(account.secret, 6, SHA1(), _STEP_S).generate(int(now)).decode()  # noqa: S303
    return (
        f"<li><div>{html.escape(account.name)}<small>{html.escape(account.about)}</small>"
        f'<a href="/phone?person={account.person_id}">Open this phone</a></div>'
        f"<code>{code[:3]} {code[3:]}</code></li>"
    )
