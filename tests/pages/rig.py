"""The companion page over real HTTP, and what a test does with it."""

import datetime as dt
import hashlib
import json
import re
from dataclasses import dataclass, field
from html.parser import HTMLParser
from itertools import count
from typing import Any

from services import giving
from storage import cases, checkouts, holds, ledger
from storage.holds import HoldState
from storage.ledger import ORGANISATION_BOOK, Leg, Posting
from tests.provider import Provider
from values.money import Money

NOW = dt.datetime(2026, 11, 23, 12, tzinfo=dt.UTC)
PAY_ORIGIN = "https://pay.example"
_numbers = count(1)


def usd(units):
    return Money(round(units * 100), "USD")


@dataclass
class World:
    """The page, its database, and what the payment provider would do."""

    client: Any
    house: Any
    opened: list[int] = field(default_factory=list)
    provider_works: bool = True
    pay_origin: str = PAY_ORIGIN
    now: dt.datetime = NOW
    looked: list[str] = field(default_factory=list)
    news: HoldState | None = None
    languages: Any = None
    names: Any = field(
        default_factory=lambda: {
            "en": {"mala": "Mala", "arif": "Arif"},
            "ar": {"mala": "مالا", "arif": "عارف"},
        }
    )

    def i18n(self, locale):
        return self.languages.i18n(locale)

    async def open_checkout(self, hold_id):
        self.opened.append(hold_id)
        if self.provider_works:
            async with self.house.write() as connection:
                wanted = await checkouts.newest(connection, hold_id)
                assert wanted is not None
                await checkouts.opened(
                    connection,
                    wanted,
                    stripe_session_id=f"cs_{hold_id}",
                    url=f"{self.pay_origin}/{hold_id}",
                )

    async def look_at_gift(self, reference):
        self.looked.append(reference)
        if self.news is not None:
            await self.move(await self.id_of(reference), self.news)

    async def cancel_gift(self, reference):
        await self.move(await self.id_of(reference), HoldState.RELEASED)

    async def id_of(self, reference):
        async with self.house.read() as connection:
            found = await holds.by_reference(connection, reference)
        assert found is not None
        return found.id

    async def get(self, path, **keywords):
        keywords.setdefault("allow_redirects", False)
        async with self.client.get(path, **keywords) as response:
            return Seen(response.status, response.headers.copy(), await response.text())

    async def post(self, path, **keywords):
        keywords.setdefault("allow_redirects", False)
        async with self.client.post(path, **keywords) as response:
            return Seen(response.status, response.headers.copy(), await response.text())

    async def give(self, locale="en", slug="mala", headers=None, **fields):
        """Fill in the form of a freshly opened story page and send it."""
        page = await self.get(f"/{locale}/stories/{slug}")
        sent = page.form(**fields)
        return await self.post(f"/{locale}/stories/{slug}/give", data=sent, headers=headers)

    async def case(self, slug="mala"):
        async with self.house.read() as connection:
            return await cases.by_slug(connection, slug)

    async def holds(self):
        """How many holds there are, and their sum in minor units, for Mala."""
        case = await self.case()
        async with self.house.read() as connection:
            reserved = await holds.reserved(connection, [case.id])
            return await holds.open_web_holds(connection, case.id), sum(reserved[case.id].values())

    async def hold(self, amount, state=HoldState.OPEN, locale="en", **options):
        """A hold on the web in this state; hands back its reference."""
        case = await self.case()
        async with self.house.write() as connection:
            taken = await holds.add(
                connection,
                reference=f"{next(_numbers):028d}",
                request_key=f"test:{next(_numbers)}",
                case_id=case.id,
                amount=amount,
                locale=locale,
                now=self.now,
                **options,
            )
            await giving.want_checkout(connection, taken, attempt=1, now=self.now)
            if state is not HoldState.SETTLED:
                await holds.set_state(connection, taken.id, state)
        if state is HoldState.SETTLED:
            await Provider(self.house).settle(taken.reference)
        return taken

    async def move(self, hold_id, state):
        """Set where the hold's money is, and close its payment page."""
        async with self.house.write() as connection:
            await holds.set_state(connection, hold_id, state)
            newest = await checkouts.newest(connection, hold_id)
            assert newest is not None
            await checkouts.done(connection, newest)

    async def book(self, kind, debit, credit, amount, *, days_ago=0, book=None, donation_id=None):
        """One posting of one leg in Mala's book."""
        case = await self.case()
        reference = f"{kind}:{next(_numbers)}"
        leg = Leg(book or case.id, debit, credit, amount, donation_id)
        async with self.house.write() as connection:
            return await ledger.post(
                connection,
                Posting(
                    "test", reference, kind, [leg], hashlib.sha256(reference.encode()).digest()
                ),
                self.now - dt.timedelta(days=days_ago),
            )

    async def gift(self, amount, days_ago=0):
        return await self.book("donation", "world", "fund", amount, days_ago=days_ago)

    async def fee(self, amount):
        await self.book("fee", "own_means", "fees", amount, book=ORGANISATION_BOOK)


class Seen:
    """An answer, and what a browser would find in it."""

    def __init__(self, status, headers, text):
        self.status = status
        self.headers = headers
        self.text = text

    def json(self):
        return json.loads(self.text)

    def hidden(self, name):
        found = re.search(rf'name="{name}" value="([^"]*)"', self.text)
        assert found, f"no hidden field {name} in the page"
        return found[1]

    def form(self, **fields):
        """What the browser sends of this page's form: what is in it already, and *fields*."""
        hidden = re.findall(r'type="hidden" name="([^"]*)" value="([^"]*)"', self.text)
        checked = re.findall(r'type="radio" name="([^"]*)" value="([^"]*)"[^>]* checked', self.text)
        return {**dict(hidden), **dict(checked), **fields}

    @property
    def words(self):
        """What is read aloud: text without tags, isolates and no-break spaces."""
        parser = _Words()
        parser.feed(self.text)
        text = "".join(parser.parts).replace("\u2068", "").replace("\u2069", "")
        return " ".join(text.replace("\u00a0", " ").split())

    @property
    def addresses(self):
        """Every address in an attribute."""
        return re.findall(r'(?:href|src|action|content|srcset|poster)="([^"]*)"', self.text)


class _Words(HTMLParser):
    def __init__(self):
        super().__init__()
        self.parts = []

    def handle_starttag(self, tag, _attrs):
        if tag not in ("b", "bdi", "span", "strong", "a", "time"):
            self.parts.append(" ")

    def handle_data(self, data):
        self.parts.append(data)
