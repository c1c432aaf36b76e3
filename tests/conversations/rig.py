"""A chat without Telegram: what is done, what answers, and what a test makes true beforehand."""

import datetime as dt
import hashlib
from itertools import count, product
from typing import Any

import pytest
import sqlalchemy as sa

from bot.rendering import render
from conversations.dialog import after, decide, show
from conversations.routes import Cancel, Payment, decode, encode
from conversations.screens import Binding, Button, Told
from conversations.visit import Commanded, Talk, Tapped, Visit, Wrote
from locales.text import Text
from sandbox.telegram.keyboards import MOST_BUTTONS, MOST_IN_A_ROW
from sandbox.telegram.links import checked_link
from sandbox.telegram.markup import parse_html, utf16_length
from services import incoming
from storage import cases, checkouts, holds, ledger, stories, updates
from storage.holds import HoldState
from storage.ledger import Leg, Posting
from storage.people import person as people
from storage.stories import Consent, consent, publication
from tests.provider import Provider
from values.money import Money

NOW = dt.datetime(2026, 11, 23, 12, tzinfo=dt.UTC)
YEAR = dt.timedelta(days=365)
LONGEST_LABEL = 64
"""Letters of a button that has a row for itself; two share them."""
_numbers = count(1)

both_engines = pytest.mark.parametrize("engine", ["sqlite", "postgresql"], indirect=True)
"""For a test whose claim the database keeps."""


class Clock:
    """A clock that stands until a test moves it."""

    def __init__(self):
        self.now = NOW

    def __call__(self):
        return self.now


def usd(units):
    return Money(round(units * 100), "USD")


class Chat:
    """
    One person and the bot. Everything she does comes twice; the second time must change nothing.

    Attributes:
        route: The one that answered last.
        screen: What it showed.
        act: What was carried out with it, or None.
    """

    def __init__(self, house, languages, locale, chat_id=None):
        self.house = house
        self.languages = languages
        self.app_locale = locale
        self.chat_id = chat_id or 900_000 + next(_numbers)
        self.route: Any = None
        self.screen: Any = None
        self.act: Any = None

    async def tap(self, route):
        """Press a button that leads to *route*."""
        return await self.do(Tapped(route if isinstance(route, str) else encode(route)))

    async def press(self, msgid):
        """Press the button whose label is *msgid* before translation."""
        labels = {button.label.msgid: button for button in self.buttons}
        return await self.tap(labels[msgid].route)

    async def command(self, name, argument=""):
        return await self.do(Commanded(name, argument))

    async def write(self, text):
        return await self.do(Wrote(text))

    async def do(self, did):
        update_id = next(_numbers)
        first = await self._deliver(update_id, did)
        again = await self._deliver(update_id, did)
        assert first == again, "the second delivery leads elsewhere"
        self.route = first
        self.screen = await self._show(first, did)
        return self.screen

    async def talk(self, look, did):
        person = await incoming.find_person(self.house, look.connection, self.chat_id)
        locale = (person and person.locale) or self.languages.negotiate(self.app_locale)
        return Talk(Visit(person, locale, did), look, self.languages)

    async def person(self):
        async with self.house.read() as connection:
            return await incoming.find_person(self.house, connection, self.chat_id)

    async def _deliver(self, update_id, did):
        async with self.house.looking() as look:
            talk = await self.talk(look, did)
            decision = await decide(talk)
        self.act = decision.act
        if decision.act is None:
            return decode(encode(decision.route))  # as the answer is kept until it is sent

        def route_after(outcome):
            return encode(after(self.act, outcome, decision.route))

        claimed = await incoming.carry_out(
            self.house,
            update_id=update_id,
            chat_id=self.chat_id,
            act=decision.act,
            locale=talk.locale,
            route_after=route_after,
        )
        assert claimed.route is not None
        return decode(claimed.route)

    async def _show(self, route, did):
        if isinstance(route, Payment):
            await open_page(self.house, route.reference)
        if isinstance(route, Cancel):
            await move(self.house, route.reference, HoldState.RELEASED)
        async with self.house.looking() as look:
            talk = await self.talk(look, did)
            screen = await show(talk, route)
        if screen.place is not None and talk.visit.person is not None:
            place = screen.place
            await incoming.remember_place(
                self.house, talk.visit.person.id, place.case_id, place.position, talk.locale
            )
        if screen.is_plan and talk.visit.person is not None:
            await incoming.saw_plan(self.house, talk.visit.person.id, talk.locale)
        return screen

    @property
    def buttons(self):
        """The buttons that lead on in the chat, in reading order."""
        return [button for row in self.screen.keyboard for button in row if type(button) is Button]

    @property
    def routes(self):
        return [button.route for button in self.buttons]

    @property
    def says(self):
        """The sentences of the screen, before they are translated."""
        return said(self.screen)

    async def rendered(self):
        person = await self.person()
        locale = (person and person.locale) or self.languages.negotiate(self.app_locale)
        i18n = self.languages.i18n(locale)
        return render(self.screen, i18n, self.house.public_url)


def pieces(screen):
    """All that *screen* says; of what stands in English too, its sentence."""
    return [
        piece.text if isinstance(piece, Binding) else piece
        for block in screen.blocks
        for piece in block
    ]


def said(screen):
    """The sentences of *screen*, before they are translated; of a story, its own words."""
    return [piece.words if isinstance(piece, Told) else piece.msgid for piece in pieces(screen)]


def values(screen, msgid):
    """The values in the sentence *msgid* of *screen*."""
    (found,) = [
        piece.values for piece in pieces(screen) if isinstance(piece, Text) and piece.msgid == msgid
    ]
    return found


def check_limits(rendered):
    """What Telegram takes: its length, its tags, its buttons. core.telegram.org/bots/api"""
    text, _ = parse_html(rendered.html)
    assert 1 <= utf16_length(text) <= (4096 if rendered.picture is None else 1024)
    assert "{" not in text, "a field was not filled"
    assert rendered.toast is None or 1 <= len(rendered.toast) <= 200
    rows = rendered.keyboard.inline_keyboard
    assert all(1 <= len(row) <= MOST_IN_A_ROW for row in rows)
    assert sum(map(len, rows)) <= MOST_BUTTONS
    for row in rows:
        for button in row:
            assert 1 <= len(button.text.strip()) <= LONGEST_LABEL // len(row), button.text
            if button.url is not None:
                checked_link(button.url)
            else:
                assert len(button.callback_data.encode()) <= 64
                decode(button.callback_data)


async def case_of(house, slug="mala"):
    async with house.read() as connection:
        return await cases.by_slug(connection, slug)


async def open_page(house, reference):
    """What the payment provider does when a page is wanted."""
    async with house.write() as connection:
        hold = await holds.by_reference(connection, reference)
        wanted = None if hold is None else await checkouts.newest(connection, hold.id)
        if wanted is not None and wanted.stripe_session_id is None:
            await checkouts.opened(
                connection,
                wanted,
                stripe_session_id=f"cs_{wanted.hold_id}",
                url=f"https://pay.example/{wanted.hold_id}",
            )


async def move(house, reference, state):
    """Set where a gift's money is; its page is not open any more."""
    if state is HoldState.SETTLED:
        await Provider(house).settle(reference)
        return
    async with house.write() as connection:
        hold = await holds.by_reference(connection, reference)
        assert hold is not None
        await holds.set_state(connection, hold.id, state)
        newest = await checkouts.newest(connection, hold.id)
        if newest is not None:
            await checkouts.done(connection, newest)


async def fund(house, amount, slug="mala"):
    """Money arrived in the plan."""
    case = await case_of(house, slug)
    reference = f"donation:test{next(_numbers)}"
    async with house.write() as connection:
        await ledger.post(
            connection,
            Posting(
                "test",
                reference,
                "donation",
                [Leg(case.id, "world", "fund", amount)],
                hashlib.sha256(reference.encode()).digest(),
            ),
            house.clock(),
        )


async def reserve(house, amount, slug="mala", state=HoldState.OPEN):
    """Somebody else reserved an amount; hands back the reference."""
    case = await case_of(house, slug)
    reference = f"{next(_numbers):028d}"
    async with house.write() as connection:
        taken = await holds.add(
            connection,
            reference=reference,
            request_key=f"test:{reference}",
            case_id=case.id,
            amount=amount,
            locale="en",
            now=house.clock(),
        )
        if state is not HoldState.SETTLED:
            await holds.set_state(connection, taken.id, state)
    if state is HoldState.SETTLED:
        await Provider(house).settle(reference)
    return reference


async def withdraw(house, slug="mala", channel="bot"):
    """The survivor takes back the consent to tell the story."""
    case = await case_of(house, slug)
    async with house.write() as connection:
        await connection.execute(
            sa.update(consent)
            .where(consent.c.case_id == case.id, consent.c.channel == channel)
            .values(withdrawn_at=house.clock())
        )


async def tell_news(
    house, slug="mala", milestone="course_finished", month="2026-09", notes=None,
    locales=("en", "ar", "fr"),
):  # fmt: skip
    """News of the case that everybody may read now; hands back the update's id."""
    case, now = await case_of(house, slug), house.clock()
    async with house.write() as connection:
        author, reviewer = [
            await cases.add_staff(connection, f"invented-{who}", invented=True)
            for who in ("officer", "reviewer")
        ]
        for channel, locale in product(("bot", "web"), locales):
            given = Consent("publish_updates", channel, locale, now, now + YEAR, None)
            await stories.add_consent(connection, case.id, given, witness_id=author)
        update_id = await updates.add(
            connection, house.seal, case_id=case.id, milestone=milestone, month=month,
            notes=notes or {}, content_sha256=hashlib.sha256(b"news").digest(), author_id=author,
            now=now,
        )  # fmt: skip
        update = await updates.by_id(connection, house.seal, update_id)
        assert update is not None
        await updates.decide(
            connection, update, decider_id=reviewer, public_from=now, now=now
        )  # fmt: skip
    return update_id


async def stop_news(house, update_id):
    """Staff take one piece of news back."""
    async with house.write() as connection:
        staff = await cases.add_staff(connection, "invented-officer", invented=True)
        await updates.stop(connection, update_id, staff_id=staff, now=house.clock())


async def unpublish(house, slug="mala"):
    case = await case_of(house, slug)
    async with house.write() as connection:
        await connection.execute(sa.delete(publication).where(publication.c.case_id == case.id))


async def close_case(house, slug="mala"):
    case = await case_of(house, slug)
    async with house.write() as connection:
        await connection.execute(
            sa.update(cases.cases).where(cases.cases.c.id == case.id).values(state="closed")
        )


async def count_people(house):
    async with house.read() as connection:
        return await connection.scalar(sa.select(sa.func.count()).select_from(people))
