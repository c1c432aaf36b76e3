"""The bot over real HTTP, between Telegram's stand-in and a database; Stripe is a list."""

import asyncio
import struct
import zlib
from contextlib import asynccontextmanager
from typing import Any, cast

import sqlalchemy as sa
from aiohttp import web
from aiohttp.test_utils import TestServer

from bot.app import TelegramBot
from bot.setup import set_webhook
from bot.updates import Effects
from bot.webhook import PATH, add_webhook
from homeward.web import MOST_BODY_BYTES
from sandbox.telegram.standin import TelegramStandIn
from storage.holds import HoldState
from tests.conversations.rig import move, open_page

TOKEN = "700123:AAtests_of_the-bot"
SECRET = "secret-between-telegram-and-us"


class Cards:
    """Pictures without drawing: each a small PNG of its own. Counts how often each was wanted."""

    def __init__(self):
        self.wanted = []

    async def png(self, picture):
        self.wanted.append(picture.key)
        return png_of(picture.key)


def png_of(text):
    """A grey picture of 16 by 9 with *text* in it."""
    rows = b"".join(b"\0" + b"\x80" * 16 for _ in range(9))
    parts = (
        (b"IHDR", struct.pack(">IIBBBBB", 16, 9, 8, 0, 0, 0, 0)),
        (b"tEXt", b"key\0" + text.encode()),
        (b"IDAT", zlib.compress(rows)),
        (b"IEND", b""),
    )
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        for kind, data in parts
    )


class Pause:
    """A wait, in place of sleeping, that ends when the test says so."""

    def __init__(self):
        self.asked = []
        self.over = asyncio.Event()

    async def __call__(self, seconds):
        self.asked.append(seconds)
        await self.over.wait()
        self.over.clear()


class Office:
    """
    The bot, and the world outside as tests drive it.

    Attributes:
        telegram: The stand-in. It delivers every update twice.
        api_base: Where it is.
        opened: The references for which a payment page was asked, each time.
        closed: The same for closing.
        looked: The same for reading.
        cards: What was drawn.
        url: Where the bot takes updates.
    """

    def __init__(self, telegram, house, languages, api_base):
        self.telegram = telegram
        self.api_base = api_base
        self.house = house
        self.languages = languages
        self.words = languages.i18n("en")
        self.cards = Cards()
        self.opened = []
        self.closed = []
        self.looked = []
        self.url = ""
        self.bot = TelegramBot(
            token=TOKEN,
            api_base=api_base,
            house=house,
            languages=languages,
            cards=cast("Any", self.cards),
            effects=Effects(self._open, self._close, self._look),
        )

    async def _open(self, reference):
        self.opened.append(reference)
        await open_page(self.house, reference)

    async def _look(self, reference):
        self.looked.append(reference)

    async def _close(self, reference):
        self.closed.append(reference)
        await move(self.house, reference, HoldState.RELEASED)

    async def send(self, person, text):
        """Write to the bot, and wait until it has dealt with it."""
        await person.send(text)
        await self.telegram.settled()

    async def press(self, person, msgid, **values):
        """Press the button with this English label, and wait until the bot has dealt with it."""
        await person.press(self.words.t(msgid, **values))
        await self.telegram.settled()

    async def arrive(self, person):
        """/start, and English."""
        await self.send(person, "/start")
        await self.press(person, "English")

    def calls(self, *methods):
        """The names of the calls that the bot made, oldest first; of these methods only."""
        made = [call.method for call in self.telegram.calls]
        return [method for method in made if not methods or method in methods]

    def forget_calls(self):
        self.telegram.calls.clear()
        self.telegram.refused.clear()

    async def rows(self, statement):
        """What the database answers to *statement*."""
        async with self.house.read() as connection:
            return [tuple(row) for row in await connection.execute(sa.text(statement))]

    async def change(self, statement):
        async with self.house.write() as connection:
            await connection.execute(sa.text(statement))

    async def alarms(self):
        return await self.rows("SELECT kind, subject FROM alarm ORDER BY id")


@asynccontextmanager
async def served(app):
    """*app* on a port of its own; gives its address."""
    server = TestServer(app)
    await server.start_server()
    try:
        yield str(server.make_url("")).rstrip("/")
    finally:
        await server.close()


@asynccontextmanager
async def open_office(house, languages):
    """The bot at work, with its webhook set."""
    outside = web.Application(client_max_size=16 * 1024 * 1024)
    telegram = TelegramStandIn(TOKEN, public_url="http://127.0.0.1", time_scale=1000)
    telegram.faults.duplicates = "after"
    telegram.add_to(outside)
    async with served(outside) as api_base:
        office = Office(telegram, house, languages, api_base)
        inside = web.Application(client_max_size=MOST_BODY_BYTES)
        add_webhook(inside, office.bot, SECRET)
        async with served(inside) as url:
            office.url = url + PATH
            await office.bot.start()
            await telegram.start()
            await set_webhook(office.bot.application.bot, url, SECRET)
            try:
                yield office
            finally:
                await telegram.close()
                await office.bot.stop()


async def until(is_true, what, timeout_s=5.0):
    """Wait until *is_true()*, for what has no event to wait for."""
    loop = asyncio.get_running_loop()
    deadline = loop.time() + timeout_s
    while not is_true() and loop.time() < deadline:  # noqa: ASYNC110
        await asyncio.sleep(0.001)
    assert is_true(), what


def message_update(update_id, person, text, **otherwise):
    """A telegram update of a message, as Telegram would post it."""
    return {
        "update_id": update_id,
        "message": {
            "message_id": 1000 + update_id,
            "date": 1_790_000_000,
            "chat": {"id": person.id, "type": "private", "first_name": person.name},
            "from": {"id": person.id, "is_bot": False, "first_name": person.name},
            "text": text,
        }
        | otherwise,
    }


def tap_update(update_id, person, message, data):
    """A telegram update of a button that was pressed under *message*."""
    return {
        "update_id": update_id,
        "callback_query": {
            "id": str(update_id),
            "from": {"id": person.id, "is_bot": False, "first_name": person.name},
            "chat_instance": "1",
            "message": message,
            "data": data,
        },
    }
