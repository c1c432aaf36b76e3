"""Delivering messages that nobody asked for, worded in the language the person has now."""

from dataclasses import replace

import structlog
from telegram.error import Forbidden, RetryAfter, TelegramError

from bot.lanes import wait_s
from bot.rendering import render
from bot.sending import Sender
from conversations.notices import worded
from conversations.visit import SentSomething, Talk, Visit
from locales.catalog import Languages
from services import incoming, notices, pacing
from services.house import DatabaseUnavailable, House
from services.notices import Message, Notice, Unsaid

log = structlog.get_logger("bot")


class Postman:
    """Delivers what is due in the outbox."""

    def __init__(self, house: House, languages: Languages, sender: Sender) -> None:
        self._house = house
        self._languages = languages
        self._sender = sender

    async def deliver_due(self) -> int:
        """Deliver the messages that are due; hand back how many were taken."""
        messages = await notices.claim(self._house)
        for message in messages:
            try:
                await self._deliver(message)
            except DatabaseUnavailable:
                raise
            except Exception as error:
                # Our own fault. One message that cannot be worded must not keep those behind it.
                log.exception("notice_broken", outbox_id=message.id)
                await notices.again(self._house, message, type(error).__name__)
        return len(messages)

    async def _deliver(self, message: Message) -> None:
        notice = await notices.prepare(self._house, message)
        if isinstance(notice, Unsaid):
            await notices.give_up(self._house, message, notice.reason)
            return
        try:
            await self._send(notice)
        except Forbidden:
            await incoming.set_gone(self._house, notice.chat_id, gone=True)
            await notices.give_up(self._house, message, "chat_refuses_messages")
        except RetryAfter as refusal:
            # Receipts do not wait for broadcasts; broadcasts wait for what a receipt is told.
            await pacing.wait(self._house, wait_s(refusal))
            await notices.again(self._house, message, "too_many_requests", wait_s(refusal))
        except TelegramError as error:
            log.warning("notice_failed", outbox_id=message.id, error=type(error).__name__)
            await notices.again(self._house, message, type(error).__name__)
        else:
            await notices.sent(self._house, message)

    async def _send(self, notice: Notice) -> None:
        locale = notice.person.locale or self._languages.negotiate()
        async with self._house.looking() as look:
            talk = Talk(Visit(notice.person, locale, SentSomething()), look, self._languages)
            screen = await worded(talk, notice)
        if notice.person.text_only:
            screen = replace(screen, picture=None)
        rendered = render(screen, self._languages.i18n(locale), self._house.public_url)
        await self._sender.show(notice.chat_id, rendered, None)
