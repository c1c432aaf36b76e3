"""Running until told to stop: the ways in which the parts are combined into processes."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Awaitable, Callable

import structlog

from bot.polling import poll
from bot.setup import remove_webhook, set_webhook, tell_about
from bot.starting import talking
from homeward.assembly import Parts, assembled
from homeward.errors import PORT_ERRORS, PortTaken
from homeward.explaining import explaining
from homeward.settings import Settings, make_private_folder, reveal
from homeward.web import serve_until_stopped, web_application
from homeward.worker import work
from storage.jobs import load as load_jobs

log = structlog.get_logger("homeward")

Job = Callable[[Parts, asyncio.Event], Awaitable[None]]


async def web(parts: Parts, stop: asyncio.Event) -> None:
    """Serve the web until *stop*."""
    settings = parts.settings
    # Else the first gift that wants a job would wait for it in its transaction.
    await load_jobs()
    try:
        await serve_until_stopped(web_application(parts), settings.host, settings.port, stop)
    except OSError as error:
        if error.errno not in PORT_ERRORS:
            raise
        raise PortTaken(
            f"PORT: {settings.host}:{settings.port} is in use or not ours to listen at. "
            "Choose another PORT (or HOST)."
        ) from error


async def background(parts: Parts, stop: asyncio.Event) -> None:
    """Work in the background until *stop*."""
    await _until(stop, work(parts))


async def polling(parts: Parts, stop: asyncio.Event) -> None:
    """Fetch updates until *stop*. A webhook, where there is one, is taken away first."""
    async with talking():
        await remove_webhook(parts.bot.application.bot)
    await _until(stop, poll(parts.bot))


async def announce(parts: Parts) -> None:
    """Tell Telegram about the bot: what `homeward telegram setup` does at a deployment."""
    bot = parts.bot.application.bot
    await tell_about(bot, parts.languages)
    await set_webhook(bot, parts.house.public_url, reveal(parts.settings.telegram_webhook_secret))


def run(settings: Settings, *jobs: Job) -> None:
    """
    Assemble the parts and run *jobs* until SIGTERM or SIGINT, or until one of them fails.

    Raises:
        OperatorError: something outside is missing, and the operator can mend it.
    """
    make_private_folder(settings.data_dir)
    with explaining(settings.database):
        asyncio.run(_run(settings, jobs))


async def _run(settings: Settings, jobs: tuple[Job, ...]) -> None:
    stop = stop_on_signal()
    async with assembled(settings) as parts, asyncio.TaskGroup() as group:
        for job in jobs:
            group.create_task(_stopping_all(job(parts, stop), stop))


def stop_on_signal() -> asyncio.Event:
    """An event that SIGTERM and SIGINT set."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for sign in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(sign, stop.set)
    return stop


async def _stopping_all(job: Awaitable[None], stop: asyncio.Event) -> None:
    try:
        await job
    finally:
        stop.set()


async def _until(stop: asyncio.Event, endless: Awaitable[None]) -> None:
    """Run *endless* until *stop* is set; its failure is ours."""
    work_task = asyncio.ensure_future(endless)
    stop_task = asyncio.create_task(stop.wait())
    await asyncio.wait({work_task, stop_task}, return_when=asyncio.FIRST_COMPLETED)
    stop_task.cancel()
    if not work_task.done():
        work_task.cancel()
    await asyncio.gather(work_task, stop_task, return_exceptions=True)
    if work_task.done() and not work_task.cancelled() and work_task.exception() is not None:
        await work_task
