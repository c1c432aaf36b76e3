"""
Sending a screen to a chat: edited in place where there is a message to edit, else a new message.

Telegram tells most refusals apart only by their text; the texts that matter are here and nowhere
else. Source: tdlib/telegram-bot-api, Client.cpp (read 2026-11).
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import structlog
from telegram import Bot, InputMediaPhoto, Message
from telegram.constants import ParseMode
from telegram.error import BadRequest, Forbidden

from bot.rendering import Rendered
from services import uploads
from services.house import House
from stories.cards import CardPicture
from stories.rendering import CardRenderer

log = structlog.get_logger("bot")

_NOT_MODIFIED = "message is not modified"
_NOT_EDITABLE = (
    "message to edit not found",
    "message can't be edited",
    "message_id_invalid",
    # It had no picture when the button was pressed, and a faster tap has brought one since.
    "there is no text in the message to edit",
)
_BAD_FILE = ("wrong file identifier", "wrong remote file identifier", "file reference expired")


SendsPicture = Callable[[str | bytes], Awaitable[Message | bool]]
"""Sends or edits a message with a picture: Telegram's id of it, or its bytes."""


@dataclass(frozen=True, slots=True)
class Shown:
    """
    The message in which a button was pressed.

    Attributes:
        is_protected: It cannot be forwarded or saved. That is decided when a message is sent and
            never changes.
    """

    message_id: int
    has_picture: bool
    is_protected: bool


def takes_place_of(screen: Rendered, shown: Shown | None) -> bool:
    """
    Whether *screen* can be shown by editing *shown*.

    A picture cannot be edited into words, and a story never stands in a message that can be
    forwarded.
    """
    if shown is None or (screen.picture is None and shown.has_picture):
        return False
    return shown.is_protected or not screen.is_story


class Sender:
    """Sends screens; uploads each picture once and uses Telegram's id of it from then on."""

    def __init__(self, bot: Bot, house: House, cards: CardRenderer) -> None:
        self._bot = bot
        self._house = house
        self._cards = cards

    async def show(self, chat_id: int, screen: Rendered, shown: Shown | None) -> int:
        """
        Show *screen* in place of *shown*, or as a new message; hand back which message it is.

        That nothing has changed is success. A message that is gone or too old to edit, or that
        cannot become this screen, is followed by a new one.

        Raises:
            telegram.error.TelegramError: what else Telegram refuses.
        """
        if shown is None or not takes_place_of(screen, shown):
            return await self._send(chat_id, screen)
        try:
            await self._edit(chat_id, screen, shown)
        except BadRequest as refusal:
            if _says(refusal, _NOT_MODIFIED):
                return shown.message_id
            if not _says(refusal, *_NOT_EDITABLE):
                raise
            return await self._send(chat_id, screen)
        return shown.message_id

    async def change(self, chat_id: int, screen: Rendered, shown: Shown) -> bool:
        """
        Show *screen* in place of *shown*, and nowhere else.

        Returns:
            Whether the message shows it now; False where Telegram will not change the message, or
            the chat refuses the bot.

        Raises:
            telegram.error.TelegramError: what may be otherwise in a while.
        """
        try:
            await self._edit(chat_id, screen, shown)
        except Forbidden:
            return False
        except BadRequest as refusal:
            return _says(refusal, _NOT_MODIFIED)
        return True

    async def answer(self, callback_query_id: str, toast: str | None) -> None:
        """Answer the press of a button. One that is too old to be answered is no failure."""
        try:
            await self._bot.answer_callback_query(callback_query_id, text=toast)
        except BadRequest:
            log.info("button_too_old")

    async def remove(self, chat_id: int, message_id: int) -> None:
        """Delete a message, of the person's too. One that cannot be deleted is no failure."""
        try:
            await self._bot.delete_message(chat_id, message_id)
        except BadRequest:
            log.info("message_not_deleted")

    async def _send(self, chat_id: int, screen: Rendered) -> int:
        if screen.picture is None:
            sent = await self._bot.send_message(
                chat_id,
                screen.html,
                parse_mode=ParseMode.HTML,
                reply_markup=screen.keyboard,
                protect_content=screen.is_story,
            )
            return sent.message_id
        picture = screen.picture

        async def send(photo: str | bytes) -> Message:
            return await self._bot.send_photo(
                chat_id,
                photo,
                caption=screen.html,
                parse_mode=ParseMode.HTML,
                reply_markup=screen.keyboard,
                protect_content=screen.is_story,
            )

        message = await self._with_picture(picture, send)
        assert isinstance(message, Message)  # sendPhoto answers with it  # noqa: S101
        return message.message_id

    async def _edit(self, chat_id: int, screen: Rendered, shown: Shown) -> None:
        if screen.picture is None:
            await self._bot.edit_message_text(
                screen.html,
                chat_id,
                shown.message_id,
                parse_mode=ParseMode.HTML,
                reply_markup=screen.keyboard,
            )
            return

        async def edit(photo: str | bytes) -> Message | bool:
            return await self._bot.edit_message_media(
                InputMediaPhoto(photo, caption=screen.html, parse_mode=ParseMode.HTML),
                chat_id,
                shown.message_id,
                reply_markup=screen.keyboard,
            )

        await self._with_picture(screen.picture, edit)

    async def _with_picture(self, picture: CardPicture, send: SendsPicture) -> Message | bool:
        """Send with Telegram's id of the picture, or upload it and keep the id."""
        key = await asyncio.to_thread(lambda: picture.key)
        known = await uploads.find(self._house, self._bot.id, key)
        if known is not None:
            try:
                return await send(known)
            except BadRequest as refusal:
                if not _says(refusal, *_BAD_FILE):
                    raise
                await uploads.forget(self._house, self._bot.id, known)
        message = await send(await self._cards.png(picture))
        if isinstance(message, Message) and message.photo:
            await uploads.keep(self._house, self._bot.id, key, message.photo[-1].file_id)
        return message


def _says(refusal: BadRequest, *texts: str) -> bool:
    said = refusal.message.casefold()
    return any(text in said for text in texts)
