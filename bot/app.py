"""The bot put together: python-telegram-bot's Application without an updater, fed by us."""

from __future__ import annotations

from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

import structlog
from telegram import Update
from telegram.error import RetryAfter, TelegramError
from telegram.ext import Application, ContextTypes, TypeHandler

from bot.lanes import wait_s
from bot.request import AiohttpRequest
from bot.sending import Sender
from bot.starting import initialize
from bot.updates import Came, Conversation, Effects, read
from locales.catalog import Languages
from services import incoming
from services.house import DatabaseUnavailable, House
from stories.rendering import CardRenderer

log = structlog.get_logger("bot")

ALLOWED_UPDATES = ("message", "callback_query", "my_chat_member", "inline_query")


@dataclass
class Delivery:
    """One delivery of an update, and what went wrong with it; the Application would hide that."""

    came: Came
    error: Exception | None = None


@dataclass(frozen=True, slots=True)
class Verdict:
    """
    How a delivery is to be answered.

    Attributes:
        retry_after_s: When it should come again, where that is known.
    """

    status: HTTPStatus
    retry_after_s: int | None = None


class TelegramBot:
    """Takes updates as they come, from a webhook or from polling."""

    def __init__(
        self,
        *,
        token: str,
        api_base: str,
        house: House,
        languages: Languages,
        cards: CardRenderer,
        effects: Effects,
        link_base: str = "https://t.me",
    ) -> None:
        """
        Args:
            api_base: Scheme and host of the Bot API; `/bot<token>/<method>` is appended.
            link_base: What links to the bot begin with.
        """
        self._house = house
        self.application = build_application(token, api_base)
        self.sender = Sender(self.application.bot, house, cards)
        self._conversation = Conversation(
            house, languages, self.sender, effects, self.application.bot, link_base
        )
        self.application.add_handler(TypeHandler(Delivery, self._handle))

    async def start(self) -> None:
        """
        Connect; asks Telegram once who this bot is.

        Raises:
            CannotTalk: Telegram does not answer, or refuses the token.
        """
        await initialize(self.application)
        await self.application.start()

    async def stop(self) -> None:
        """Finish what is under way and close the connections."""
        await self._conversation.close()
        if self.application.running:  # not so after a start that failed
            await self.application.stop()
        await self.application.shutdown()

    @property
    def username(self) -> str:
        """The bot's name in links, without @."""
        return str(self.application.bot.username)

    async def take(self, data: dict[str, Any]) -> Verdict:
        """
        Answer one update, and say how its delivery is to be answered.

        What is no update is dropped with OK: else it would be sent again for ever. So is one that
        failed three times, with an alarm.
        """
        try:
            update = Update.de_json(data, self.application.bot)
            came = read(update, self.username)
        except (LookupError, TypeError, ValueError, AttributeError, ArithmeticError, OSError):
            log.warning("telegram_update_malformed")
            return Verdict(HTTPStatus.OK)
        if came is None:
            return Verdict(HTTPStatus.OK)
        delivery = Delivery(came)
        await self.application.process_update(delivery)
        return await self._verdict(update.update_id, delivery.error)

    async def _handle(self, delivery: Delivery, _context: ContextTypes.DEFAULT_TYPE) -> None:
        try:
            await self._conversation.answer(delivery.came)
        except Exception as error:
            delivery.error = error

    async def _verdict(self, update_id: int, error: Exception | None) -> Verdict:
        if error is None:
            return Verdict(HTTPStatus.OK)
        if isinstance(error, DatabaseUnavailable):
            log.error("database_unavailable", update_id=update_id)
            return Verdict(HTTPStatus.SERVICE_UNAVAILABLE, 5)
        if isinstance(error, RetryAfter):
            return Verdict(HTTPStatus.SERVICE_UNAVAILABLE, int(wait_s(error)) + 1)
        known = isinstance(error, TelegramError)
        log.error(
            "telegram_update_failed",
            update_id=update_id,
            error=type(error).__name__,
            exc_info=None if known else error,
        )
        try:
            given_up = await incoming.failed(self._house, update_id)
        except DatabaseUnavailable:
            return Verdict(HTTPStatus.SERVICE_UNAVAILABLE, 5)
        return Verdict(HTTPStatus.OK if given_up else HTTPStatus.INTERNAL_SERVER_ERROR)


def build_application(token: str, api_base: str) -> Application[Any, Any, Any, Any, Any, Any]:
    """An Application without updater, job queue and rate limiter, over aiohttp."""
    return (
        Application.builder()
        .token(token)
        .base_url(f"{api_base}/bot")
        .base_file_url(f"{api_base}/file/bot")
        .request(AiohttpRequest())
        .get_updates_request(AiohttpRequest(connections=1))
        .updater(None)
        .job_queue(None)
        .build()
    )
