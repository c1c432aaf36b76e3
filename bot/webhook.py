"""`POST /telegram/webhook`: the secret first, then the body, then the answer."""

import hmac
from http import HTTPStatus

import orjson
import structlog
from aiohttp import web

from bot.app import TelegramBot

log = structlog.get_logger("bot")

PATH = "/telegram/webhook"
_SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"  # noqa: S105 - the name of a header


def add_webhook(app: web.Application, bot: TelegramBot, secret: str) -> None:
    """Let *app* take Telegram's updates that come with *secret*."""

    async def receive(request: web.Request) -> web.Response:
        given = request.headers.get(_SECRET_HEADER, "")
        # A header's bytes need not be text; those that are not come as surrogates.
        if not hmac.compare_digest(given.encode(errors="surrogateescape"), secret.encode()):
            log.warning("telegram_secret_refused")
            return web.Response(status=HTTPStatus.FORBIDDEN)
        try:
            data = orjson.loads(await request.read())
        except ValueError:
            # Another answer than 200 would have it sent again for ever.
            log.warning("telegram_update_malformed")
            return web.Response()
        if not isinstance(data, dict):
            log.warning("telegram_update_malformed")
            return web.Response()
        verdict = await bot.take(data)
        headers = {}
        if verdict.retry_after_s is not None:
            headers["Retry-After"] = str(verdict.retry_after_s)
        return web.Response(status=verdict.status, headers=headers)

    app.router.add_post(PATH, receive)
