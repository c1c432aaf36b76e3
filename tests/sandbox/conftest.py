"""A Telegram stand-in on a port of its own, a bot's webhook to deliver to, and a plain client."""

import asyncio
import json
import struct
import zlib

import aiohttp
import pytest
from aiohttp import web

from sandbox.telegram.standin import TelegramStandIn

TOKEN = "700123:AAtest_token-0"


async def serve(app):
    """Serve *app* on a free port; the runner and its address."""
    runner = web.AppRunner(app, shutdown_timeout=0.2)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    port = runner.addresses[0][1]
    return runner, f"http://127.0.0.1:{port}"


class Wrist:
    """A watch that is set by hand."""

    def __init__(self):
        self.now = 1_790_000_000.0

    def __call__(self):
        return self.now


class Telegram:
    """The stand-in with a plain HTTP client: `await telegram("sendMessage", chat_id=..)`."""

    def __init__(self, standin, address, session, runner):
        self.standin = standin
        self.address = address
        self.session = session
        self.runner = runner

    def url(self, method):
        return f"{self.address}/bot{TOKEN}/{method}"

    async def __call__(self, method, **params):
        """The result; an AssertionError if it was refused."""
        status, body = await self.raw(method, **params)
        assert status == 200, body
        return body["result"]

    async def raw(self, method, **params):
        async with self.session.post(self.url(method), json=params) as answer:
            return answer.status, await answer.json()

    async def refusal(self, method, **params):
        """The description of the refusal; an AssertionError if it was not refused."""
        status, body = await self.raw(method, **params)
        assert body["ok"] is False
        assert body["error_code"] == status
        return body["description"]

    async def upload(self, method, photo, **params):
        """The result of a method that brings a picture."""
        body = await self.raw_upload(method, photo, **params)
        assert body["ok"], body
        return body["result"]

    async def raw_upload(self, method, photo, **params):
        form = aiohttp.FormData()
        for name, value in params.items():
            form.add_field(name, value if isinstance(value, str) else json.dumps(value))
        form.add_field("photo", photo, filename="card.png", content_type="image/png")
        async with self.session.post(self.url(method), data=form) as answer:
            return await answer.json()

    async def sim(self, path, **body):
        async with self.session.post(f"{self.address}/sim/telegram/{path}", json=body) as answer:
            return answer.status, await answer.json()


class Bot:
    """A webhook that answers as it is told and remembers what it got."""

    def __init__(self):
        self.updates = []
        self.secrets = []
        self.answers = []
        self.reply = {}
        self.gate = asyncio.Event()
        self.gate.set()
        self.under_way = 0
        self.most_under_way = 0
        self.url = ""

    async def hook(self, request):
        self.updates.append(await request.json())
        self.secrets.append(request.headers.get("X-Telegram-Bot-Api-Secret-Token"))
        self.under_way += 1
        self.most_under_way = max(self.most_under_way, self.under_way)
        try:
            await self.gate.wait()
        finally:
            self.under_way -= 1
        answer = self.answers.pop(0) if self.answers else 200
        if answer == "close":
            request.transport.abort()
            answer = 200
        status, headers = answer if isinstance(answer, tuple) else (answer, {})
        return web.json_response(self.reply, status=status, headers=headers)

    @property
    def texts(self):
        return [update["message"]["text"] for update in self.updates if "message" in update]


@pytest.fixture
def wrist():
    return Wrist()


@pytest.fixture
async def start_telegram():
    """A function that starts a stand-in: `await start_telegram(state_file=..)`."""
    started = []

    async def start(**options):
        app = web.Application()
        options.setdefault("time_scale", 1000)
        standin = TelegramStandIn(TOKEN, public_url="http://127.0.0.1", **options)
        standin.add_to(app)
        runner, address = await serve(app)
        await standin.start()
        telegram = Telegram(standin, address, aiohttp.ClientSession(), runner)
        started.append(telegram)
        return telegram

    yield start
    for telegram in started:
        await telegram.session.close()
        await telegram.standin.close()
        await telegram.runner.cleanup()


@pytest.fixture
async def telegram(start_telegram, wrist):
    """A running stand-in whose clock is `wrist`."""
    return await start_telegram(clock=wrist)


@pytest.fixture
async def layla(telegram):
    """Somebody who has started the bot; the bot has already taken her /start."""
    person = telegram.standin.person("Layla", "ar")
    await person.send("/start")
    await telegram("deleteWebhook", drop_pending_updates=True)
    return person


@pytest.fixture
async def bot():
    """A webhook on a port of its own."""
    bot = Bot()
    app = web.Application()
    app.router.add_post("/hook", bot.hook)
    runner, address = await serve(app)
    bot.url = f"{address}/hook"
    yield bot
    bot.gate.set()
    await runner.cleanup()


@pytest.fixture
def picture():
    """A function that paints a small PNG: `picture(width, height, shade)`."""

    def paint(width=64, height=36, shade=0):
        def chunk(kind, content):
            body = kind + content
            return struct.pack(">I", len(content)) + body + struct.pack(">I", zlib.crc32(body))

        head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
        lines = (b"\0" + bytes([shade]) * width) * height
        parts = chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(lines)) + chunk(b"IEND", b"")
        return b"\x89PNG\r\n\x1a\n" + parts

    return paint
