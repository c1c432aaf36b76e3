"""The desk over real HTTP: members of staff with their apps, and browsers that keep cookies."""

import datetime as dt
import html
import re
from dataclasses import dataclass, field
from typing import Any

import aiohttp
import sqlalchemy as sa
from yarl import URL

from services import audit, desk, giving
from services.one_time_codes import STEP_S, code_at
from storage import desk as desk_rows
from storage import staff as staff_rows
from tests.pages.rig import Seen, usd
from tests.provider import Provider
from tests.staff import a_member

LIKE_A_BROWSER = {"Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document"}
NOW = dt.datetime(2026, 11, 27, 12, tzinfo=dt.UTC)


class Clock:
    """A clock that stands until a test moves it."""

    def __init__(self):
        self.now = NOW

    def __call__(self):
        return self.now

    def go_on(self, **by):
        self.now += dt.timedelta(**by)


@dataclass
class Member:
    """Somebody of the staff, with an app for codes."""

    code: str
    chat: int
    secret: bytes
    id: int


@dataclass
class Front:
    """The served page, its house, and what a test does with both."""

    house: Any
    url: str
    clock: Clock
    browsers: list[Any] = field(default_factory=list)
    members: dict[str, Member] = field(default_factory=dict)

    async def member(self, code, *roles, enrolled=True):
        """A member with these roles, who was at the desk before."""
        number = len(self.members) + 1
        secret, chat = f"secret of {code}".ljust(20).encode()[:20], 700_000 + number
        async with self.house.write() as connection:
            staff_id = await a_member(
                connection, code, *roles, invented=False, chat=chat, seal=self.house.seal,
                secret=secret,
            )  # fmt: skip
            if enrolled:
                await desk_rows.took_code(connection, staff_id, 1)
        self.members[code] = Member(code, chat, secret, staff_id)
        return self.members[code]

    def app_code(self, member):
        """What the member's app shows now, once the next code has come."""
        self.clock.go_on(seconds=STEP_S)
        return code_at(member.secret, self.clock.now)

    def wrong_code(self, member):
        """A code that no app of the member shows around now."""
        near = {
            code_at(member.secret, self.clock.now + dt.timedelta(seconds=STEP_S * step))
            for step in range(-3, 4)
        }
        return next(code for code in (f"{n:06d}" for n in range(9)) if code not in near)

    async def link(self, member):
        """The path of a new link."""
        made = await desk.ask_link(self.house, member.chat)
        assert isinstance(made, desk.NewLink), made
        return f"/desk/enter/{made.token}"

    def browser(self, **headers):
        """A browser of its own."""
        jar = aiohttp.CookieJar(unsafe=True, treat_as_secure_origin=URL(self.url))
        made = Browser(self, aiohttp.ClientSession(cookie_jar=jar), LIKE_A_BROWSER | headers)
        self.browsers.append(made)
        return made

    async def signed_in(self, member):
        """A browser with an open session of the member."""
        browser = self.browser()
        path = await self.link(member)
        await browser.get(path)
        entered = await browser.post(path, code=self.app_code(member))
        assert entered.status == 303, entered.words
        return browser

    async def funded_case(self):
        """Mala, with 100 USD that were given long ago."""
        async with self.house.looking("web") as look:
            case = (await look.case_at("mala")).case
        async with self.house.write() as connection:
            given = await giving.take_hold(
                self.house, connection, case_code=case.code, amount=usd(100), locale="en",
                request_key="gift",
            )  # fmt: skip
        assert isinstance(given, giving.Held)
        await Provider(self.house).settle(given.hold.reference)
        self.clock.go_on(days=60)
        return case

    async def rows(self, sql, **values):
        """What this SQL finds."""
        async with self.house.read() as connection:
            return [tuple(row) for row in await connection.execute(sa.text(sql), values)]

    async def acts(self):
        """What the log says was done, oldest first; its chain holds."""
        async with self.house.read() as connection:
            entries = await audit.newest(connection)
            assert isinstance(await audit.verify(connection), audit.Sound)
        return [(entry.by, entry.act, entry.about) for entry in reversed(entries)]

    async def revoke(self, member, role=None):
        async with self.house.write() as connection:
            if role is None:
                await staff_rows.revoke_access(connection, member.id, self.clock.now)
            else:
                await staff_rows.revoke_role(
                    connection, member.id, role, revoker_id=member.id, now=self.clock.now
                )

    async def close(self):
        for browser in self.browsers:
            await browser.session.close()


@dataclass
class Browser:
    """One browser: it keeps cookies, follows no redirect, and sends forms as a page would."""

    front: Front
    session: aiohttp.ClientSession
    headers: dict[str, str]
    at: Any = None

    async def get(self, path, **headers):
        url = URL(self.front.url + path)
        async with self.session.get(
            url, headers=self.headers | headers, allow_redirects=False
        ) as answer:
            self.at = Seen(answer.status, answer.headers.copy(), await answer.text())
        return self.at

    async def post(self, path, *, headers=None, **fields):
        sent = self.headers | {"Origin": self.front.url, "Sec-Fetch-Site": "same-origin"}
        sent |= headers or {}
        sent = {name: value for name, value in sent.items() if value is not None}
        url = URL(self.front.url + path)
        async with self.session.post(
            url, data=fields, headers=sent, allow_redirects=False
        ) as answer:
            self.at = Seen(answer.status, answer.headers.copy(), await answer.text())
        return self.at

    async def send(self, path, member=None, **fields):
        """
        Send a form of the desk with this session's mark; and, if *member*'s code is asked for
        again, that too.
        """
        page = await self.get("/desk/")
        assert page.status == 200, page.words
        answer = await self.post(path, csrf=page.hidden("csrf"), **fields)
        if member is not None and "Your code, once more" in answer.text:
            answer = await self.post(path, **hidden(answer), code=self.front.app_code(member))
        return answer


def hidden(page):
    """The hidden fields of the page's last form."""
    form = page.text.rpartition("<form")[2]
    found = re.findall(r'type="hidden" name="([^"]*)" value="([^"]*)"', form)
    return {name: html.unescape(value) for name, value in found}


def plain(page):
    """The page's words without what only sets amounts apart."""
    return re.sub("[\u2068\u2069]", "", page.words).replace("\u00a0", " ")


def values(page):
    """What the page's fields hold: {name: value} of those that are filled, chosen or ticked."""
    found = {}
    for tag in re.findall(r"<input[^>]*>", page.text):
        said = {name: html.unescape(value) for name, value in re.findall(r'(\w+)="([^"]*)"', tag)}
        if said.get("type") in ("checkbox", "radio") and " checked" not in tag:
            continue
        found[said.get("name")] = said.get("value", "")
    for name, options in re.findall(
        r'<select[^>]*name="(\w+)"[^>]*>(.*?)</select>', page.text, re.S
    ):
        chosen = re.search(r'<option(?: value="([^"]*)")? selected>([^<]*)', options)
        found[name] = (chosen[1] or chosen[2]) if chosen else ""
    for name, text in re.findall(
        r'<textarea[^>]*name="(\w+)"[^>]*>(.*?)</textarea>', page.text, re.S
    ):
        found[name] = html.unescape(text)
    return found
