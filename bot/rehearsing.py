"""A broadcast before it is sent: its words in every language, and the message itself to oneself."""

import html
import re
from collections.abc import Iterable

from bot.rendering import Rendered, render
from bot.sending import Sender
from conversations.news_notice import worded
from conversations.visit import SentSomething, Talk, Visit
from locales.catalog import Languages
from services import news_notices
from services.broadcast_acts import Broadcast, Kind
from services.house import House, Person
from services.news_notices import NewsNotice, Unsaid

_NOBODY = Person(0, None, None, gone=False, text_only=False, reading=None)


async def messages(
    house: House, languages: Languages, broadcast: Broadcast, locales: Iterable[str]
) -> dict[str, Rendered] | Unsaid:
    """
    The message of *broadcast* as it would be sent now, by language.

    `Unsaid` says why nothing would be; `each_their_own` where every follower gets another.
    """
    if broadcast.kind is Kind.DIGEST:
        return Unsaid("each_their_own")
    async with house.looking() as look:
        told = await news_notices.told_of(
            house, look.connection, broadcast.kind, broadcast.case_id, broadcast.subject_id
        )
        if isinstance(told, Unsaid):
            return told
        notice = NewsNotice(_NOBODY, 0, *told)
        return {
            locale: render(
                worded(Talk(Visit(_NOBODY, locale, SentSomething()), look, languages), notice),
                languages.i18n(locale),
                house.public_url,
            )
            for locale in locales
        }


def in_plain_words(message: Rendered) -> list[str]:
    """The lines of a message and of its buttons, without pictures and tags."""
    words = html.unescape(re.sub(r"<[^>]+>", "", message.html))
    rows = () if message.keyboard is None else message.keyboard.inline_keyboard
    buttons = [" | ".join(f"[{button.text}]" for button in row) for row in rows]
    return [line for line in words.splitlines() if line] + buttons


async def rehearse(sender: Sender, chat_id: int, message: Rendered) -> None:
    """
    Send the message to one chat.

    Raises:
        telegram.error.TelegramError: Telegram refuses it.
    """
    await sender.show(chat_id, message, None)
