"""The web process: one aiohttp application for Telegram, Stripe, the companion page and health."""

from __future__ import annotations

import asyncio
import hmac
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from http import HTTPStatus

import structlog
from aiohttp import web
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Gauge, generate_latest

from bot.webhook import add_webhook
from homeward import settings as settings_of
from homeward.assembly import Parts, assembled, by_reference, payment_origins
from homeward.settings import FOR_WEB, reveal
from pages.app import Site, add_pages
from payments.events import Events
from services.health import alarms_waiting, is_ready
from services.house import DatabaseUnavailable
from stories.cards import share_card

log = structlog.get_logger("homeward")

MOST_BODY_BYTES = 1024 * 1024
STRIPE_PATH = "/stripe/webhook"

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


async def from_environment() -> web.Application:
    """
    The application that `webhook.py` serves, assembled from the settings of the environment.

    Raises:
        BadSettings: something is missing.
    """
    settings = settings_of.load(FOR_WEB)
    stack = AsyncExitStack()
    parts = await stack.enter_async_context(assembled(settings))
    app = web_application(parts)

    async def take_apart(_app: web.Application) -> None:
        await stack.aclose()

    app.on_cleanup.append(take_apart)
    return app


def web_application(parts: Parts) -> web.Application:
    """The application over *parts* that run already."""
    app = web.Application(client_max_size=MOST_BODY_BYTES, middlewares=[_when_database_is_away])
    secret = reveal(parts.settings.telegram_webhook_secret)
    if secret:
        add_webhook(app, parts.bot, secret)
    _add_stripe(app, parts)
    _add_health(app, parts)
    username = parts.bot.username
    add_pages(
        app,
        Site(
            house=parts.house,
            languages=parts.languages,
            open_checkout=parts.gifts.open_page,
            look_at_gift=by_reference(parts.house, parts.gifts.look_at),
            cancel_gift=by_reference(parts.house, parts.gifts.cancel),
            payment_origins=payment_origins(parts.settings),
            bot_url=f"{parts.settings.telegram_link_base}/{username}",
            share_picture=lambda: parts.cards.png(share_card()),
            draft_card=parts.cards.in_memory,
            trusted_proxies=parts.settings.trusted_proxies,
        ),
    )
    return app


@web.middleware
async def _when_database_is_away(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Whoever delivers something is asked to come again; nothing is lost."""
    try:
        return await handler(request)
    except DatabaseUnavailable:
        log.error("database_unavailable", path=request.path)
        return web.Response(status=HTTPStatus.SERVICE_UNAVAILABLE, headers={"Retry-After": "5"})


def _add_stripe(app: web.Application, parts: Parts) -> None:
    secrets = parts.settings.stripe_webhook_secrets
    if not secrets:
        return
    events = Events(parts.house, parts.gifts, secrets=secrets, is_live=parts.gateway.is_live)

    async def receive(request: web.Request) -> web.Response:
        signature = request.headers.get("Stripe-Signature", "")
        if not signature:
            return web.Response(status=HTTPStatus.FORBIDDEN)
        status = await events.receive(await request.read(), signature)
        wait = {"Retry-After": "2"} if status is HTTPStatus.SERVICE_UNAVAILABLE else {}
        return web.Response(status=status, headers=wait)

    app.router.add_post(STRIPE_PATH, receive)


def _add_health(app: web.Application, parts: Parts) -> None:
    registry = CollectorRegistry()
    alarms = Gauge("homeward_alarms", "Alarms that wait for the operator.", registry=registry)
    token = reveal(parts.settings.metrics_token)

    async def healthz(_request: web.Request) -> web.Response:
        return web.json_response({"alive": True})

    async def readyz(_request: web.Request) -> web.Response:
        ready = await is_ready(parts.house)
        status = HTTPStatus.OK if ready else HTTPStatus.SERVICE_UNAVAILABLE
        return web.json_response({"ready": ready}, status=status)

    async def metrics(request: web.Request) -> web.Response:
        if not _may_see_metrics(request, token):
            return web.Response(status=HTTPStatus.FORBIDDEN)
        alarms.set(await alarms_waiting(parts.house))
        return web.Response(
            body=generate_latest(registry), headers={"Content-Type": CONTENT_TYPE_LATEST}
        )

    app.router.add_get("/healthz", healthz)
    app.router.add_get("/readyz", readyz)
    app.router.add_get("/metrics", metrics)


def _may_see_metrics(request: web.Request, token: str) -> bool:
    """With the token, or from this very machine; what a proxy passes on comes from elsewhere."""
    if token:
        given = request.headers.get("Authorization", "")
        if hmac.compare_digest(given.encode(), f"Bearer {token}".encode()):
            return True
    is_passed_on = any(name in request.headers for name in ("X-Forwarded-For", "Forwarded"))
    return request.remote in ("127.0.0.1", "::1") and not is_passed_on


async def serve_until_stopped(
    app: web.Application, host: str, port: int, stop: asyncio.Event
) -> None:
    """Serve *app* until *stop* is set; then finish what is under way."""
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=10)
    await runner.setup()
    await web.TCPSite(runner, host, port).start()
    log.info("serving", host=host, port=port)
    try:
        await stop.wait()
    finally:
        await runner.cleanup()
