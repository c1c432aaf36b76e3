"""Invitations in Telegram: in a group the bot was put into, and in any chat by `@bot`."""

from dataclasses import dataclass
from html import escape

from telegram import (
    Bot,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    InlineQueryResultArticle,
    InputTextMessageContent,
)
from telegram.constants import ParseMode
from telegram.error import BadRequest

from conversations.inviting import INVITATIONS, OPEN_IN_PRIVATE, READ, STORIES, Invitation
from locales.catalog import I18n

_KEPT_FOR_S = 300
"""Telegram may show the same answer so long to the same person."""


@dataclass(frozen=True, slots=True)
class Sought:
    """Somebody typed `@bot` in some chat. Which chat that is, Telegram does not tell."""

    update_id: int
    person_chat_id: int
    query_id: str
    language_code: str | None


@dataclass(frozen=True, slots=True)
class Called:
    """Somebody called the bot in a group."""

    update_id: int
    chat_id: int
    language_code: str | None


async def offer(bot: Bot, query_id: str, i18n: I18n, public_url: str) -> None:
    """Answer with every invitation. A question that is too old to be answered is no failure."""
    try:
        await bot.answer_inline_query(
            query_id,
            [_article(each, i18n, public_url) for each in INVITATIONS],
            cache_time=_KEPT_FOR_S,
            is_personal=True,
        )
    except BadRequest as refusal:
        if "query is too old" not in refusal.message.casefold():
            raise


async def invite(bot: Bot, chat_id: int, i18n: I18n, link_base: str) -> None:
    """Say in a group what this is, and lead to the private chat: stories are told only there."""
    button = InlineKeyboardButton(
        i18n.text(OPEN_IN_PRIVATE), url=f"{link_base}/{bot.username}?start"
    )
    await bot.send_message(
        chat_id,
        f"<b>{i18n.html(STORIES.title)}</b>\n{i18n.html(STORIES.words)}",
        parse_mode=ParseMode.HTML,
        reply_markup=InlineKeyboardMarkup([[button]]),
    )


def _article(one: Invitation, i18n: I18n, public_url: str) -> InlineQueryResultArticle:
    url = f"{public_url}/{i18n.locale}{one.path}"
    words = f"<b>{i18n.html(one.title)}</b>\n{i18n.html(one.words)}\n{escape(url)}"
    return InlineQueryResultArticle(
        one.key,
        i18n.text(one.title),
        InputTextMessageContent(words, parse_mode=ParseMode.HTML),
        reply_markup=InlineKeyboardMarkup([[InlineKeyboardButton(i18n.text(READ), url=url)]]),
        description=i18n.text(one.words),
        thumbnail_url=f"{public_url}/share.png",
    )
