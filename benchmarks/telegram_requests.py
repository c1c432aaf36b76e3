"""
How many requests to Telegram a second of CPU carries: python-telegram-bot's default client, ours,
and a bare aiohttp session as the floor, side by side in one run.

    python -m benchmarks.telegram_requests

Every round measures all three in another order, against a server in a process of its own which
answers at once. Only the ratios mean something; the machine's absolute speed does not.
"""

import asyncio
import multiprocessing
import random
import statistics
import time
from collections.abc import Awaitable, Callable
from multiprocessing.connection import Connection

import aiohttp
import orjson
from aiohttp import web
from rich.console import Console
from rich.table import Table
from telegram import Bot
from telegram.request import HTTPXRequest

from bot.request import AiohttpRequest

ROUNDS = 5
REQUESTS = 600
AT_ONCE = 16
TOKEN = "1:benchmark"  # noqa: S105 - the benchmark's own

_MESSAGE = {
    "message_id": 7,
    "date": 1_790_000_000,
    "chat": {"id": 42, "type": "private", "first_name": "A"},
    "from": {"id": 1, "is_bot": True, "first_name": "B", "username": "b_bot"},
    "caption": "Before · 3 of 5\n" + "She offered me housework with a kind family. " * 6,
    "photo": [
        {"file_id": f"photo{size}" * 6, "file_unique_id": f"u{size}", "width": size, "height": size}
        for size in (90, 320, 800, 1280)
    ],
    "reply_markup": {"inline_keyboard": [[{"text": "Next", "callback_data": "1:st:abcdefgh:4"}]]},
}

Step = Callable[[], Awaitable[object]]


def serve(pipe: Connection) -> None:
    """Answer every request with one message; tell the port through *pipe*."""
    body = orjson.dumps({"ok": True, "result": _MESSAGE})

    async def answer(request: web.Request) -> web.Response:
        await request.read()
        return web.Response(body=body, content_type="application/json")

    async def run() -> None:
        app = web.Application()
        app.router.add_route("*", "/{path:.*}", answer)
        runner = web.AppRunner(app, access_log=None)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        pipe.send(runner.addresses[0][1])
        await asyncio.Event().wait()

    asyncio.run(run())


async def measure(step: Step) -> float:
    """Seconds of this process's CPU for `REQUESTS` steps, `AT_ONCE` at once."""
    left = iter(range(REQUESTS))

    async def walk() -> None:
        for _ in left:
            await step()

    begin = time.process_time()
    await asyncio.gather(*(walk() for _ in range(AT_ONCE)))
    return time.process_time() - begin


async def run(port: int) -> dict[str, list[float]]:
    """Milliseconds of CPU a request, by variant, one figure a round."""
    base = f"http://127.0.0.1:{port}/bot"
    default = Bot(TOKEN, base_url=base, request=HTTPXRequest(connection_pool_size=256))
    ours = Bot(TOKEN, base_url=base, request=AiohttpRequest())
    figures: dict[str, list[float]] = {"library's default": [], "ours": [], "bare aiohttp": []}
    async with aiohttp.ClientSession() as session:
        for bot in (default, ours):
            await bot._request[1].initialize()  # noqa: SLF001 - getMe would not be understood

        async def bare() -> object:
            sent = orjson.dumps({"chat_id": 42, "caption": _MESSAGE["caption"]})
            async with session.post(f"{base}{TOKEN}/x", data=sent) as answer:
                return orjson.loads(await answer.read())

        steps: dict[str, Step] = {
            "library's default": lambda: default.edit_message_caption(42, 7, caption="text"),
            "ours": lambda: ours.edit_message_caption(42, 7, caption="text"),
            "bare aiohttp": bare,
        }
        for _ in range(ROUNDS):
            for name in random.sample(list(steps), len(steps)):
                figures[name].append(await measure(steps[name]) * 1000 / REQUESTS)
        for bot in (default, ours):
            await bot._request[1].shutdown()  # noqa: SLF001
    return figures


def main() -> None:
    """Measure and print a table."""
    ours_end, its_end = multiprocessing.Pipe()
    server = multiprocessing.get_context("spawn").Process(
        target=serve, args=(its_end,), daemon=True
    )
    server.start()
    figures = asyncio.run(run(ours_end.recv()))
    server.kill()
    floor = statistics.median(figures["bare aiohttp"])
    table = Table("client", "ms of CPU a request: median", "least", "most", "times the floor")
    for name, values in figures.items():
        middle = statistics.median(values)
        table.add_row(
            name,
            f"{middle:.2f}",
            f"{min(values):.2f}",
            f"{max(values):.2f}",
            f"{middle / floor:.1f}",
        )
    Console().print(table)


if __name__ == "__main__":
    main()
