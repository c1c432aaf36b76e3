"""
A Telegram that answers at once, in a process of its own, and the loop that everybody writes first.

    python -m benchmarks.broadcast_telegram

It prints its port and answers until it is ended.
"""

import asyncio
import sys
import time

import orjson
from aiohttp import web
from telegram import Bot, InlineKeyboardButton, InlineKeyboardMarkup

TOKEN = "700123:AAbenchmark"  # noqa: S105 - the benchmark's own
_BOT = {"id": 700123, "is_bot": True, "first_name": "Homeward", "username": "homeward_bot"}
_MESSAGE = {
    "message_id": 7,
    "date": 1_790_000_000,
    "chat": {"id": 42, "type": "private", "first_name": "A"},
    "from": _BOT,
    "caption": "There is somebody new. You can read the story of Mala now.",
    "photo": [
        {"file_id": f"photo{size}" * 6, "file_unique_id": f"u{size}", "width": size, "height": size}
        for size in (90, 320, 800, 1280)
    ],
    "reply_markup": {"inline_keyboard": [[{"text": "Open", "callback_data": "1:st:abcdefgh:4"}]]},
}


async def serve() -> None:
    """Answer every request at once."""
    me, message = (orjson.dumps({"ok": True, "result": each}) for each in (_BOT, _MESSAGE))

    async def answer(request: web.Request) -> web.Response:
        await request.read()
        is_me = request.path.endswith("getMe")
        return web.Response(body=me if is_me else message, content_type="application/json")

    app = web.Application(client_max_size=16 * 1024 * 1024)
    app.router.add_route("*", "/{path:.*}", answer)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    sys.stdout.write(f"{runner.addresses[0][1]}\n")
    sys.stdout.flush()
    await asyncio.Event().wait()


async def plain_loop(api_base: str, seconds: float) -> float:
    """
    Messages a second of python-telegram-bot with its default settings: one after the other, the
    picture by its id, and nothing kept of what was sent.
    """
    keyboard = InlineKeyboardMarkup([[InlineKeyboardButton("Open", callback_data="1")]])
    async with Bot(TOKEN, f"{api_base}/bot") as bot:
        sent, began = 0, time.monotonic()
        while time.monotonic() - began < seconds:
            await bot.send_photo(42, "photo", caption=str(_MESSAGE["caption"]),
                                 reply_markup=keyboard)  # fmt: skip
            sent += 1
        return sent / (time.monotonic() - began)


if __name__ == "__main__":
    asyncio.run(serve())
