"""From a screen of the conversation to what Telegram takes: HTML, a keyboard, a picture."""

import html
import re
from dataclasses import dataclass
from urllib.parse import quote, urlencode

from telegram import InlineKeyboardButton, InlineKeyboardMarkup

from conversations.routes import encode
from conversations.screens import (
    Binding,
    Button,
    CoverPicture,
    FundingPicture,
    Link,
    NewsPicture,
    Piece,
    Row,
    Screen,
    Share,
    Told,
)
from locales.catalog import I18n
from stories.cards import CardPicture, cover_card, funding_card, step_card
from stories.news_cards import news_card

CAPTION_UNITS = 1024
TOAST_CHARACTERS = 200


@dataclass(frozen=True, slots=True)
class Rendered:
    """
    A message ready to be sent.

    Attributes:
        html: Its words, in Telegram's HTML.
        picture: The card above them; None for a message of words only.
        toast: Said when a button was pressed; None to say nothing.
    """

    html: str
    keyboard: InlineKeyboardMarkup | None
    picture: CardPicture | None
    toast: str | None
    is_story: bool


_SEND_ON = "https://t.me/share/url"
"""Telegram asks to whom. Source: core.telegram.org/widgets/share (read 2026-11)."""


def render(screen: Screen, i18n: I18n, public_url: str) -> Rendered:
    """
    Render *screen* for a reader of one language.

    A picture takes 1024 UTF-16 units of words at most (core.telegram.org/bots/api#sendphoto); if
    the words are longer, they go without it, for the words are what counts.
    """
    words = "\n\n".join(
        "\n".join(_piece(piece, i18n) for piece in block) for block in screen.blocks
    )
    picture = _card(screen, rtl=i18n.direction == "rtl")
    if picture is not None and units(words) > CAPTION_UNITS:
        picture = None
    toast = None if screen.toast is None else i18n.text(screen.toast)
    return Rendered(
        html=words,
        keyboard=_keyboard(screen.keyboard, i18n, public_url),
        picture=picture,
        toast=None if toast is None else toast[:TOAST_CHARACTERS],
        is_story=screen.is_story,
    )


def units(words: str) -> int:
    """UTF-16 units of HTML *words*, tags included: never less than Telegram counts."""
    return len(words.encode("utf-16-le")) // 2


def _piece(piece: Piece, i18n: I18n) -> str:
    match piece:
        case Told(words):
            return html.escape(words, quote=False)
        case Binding(text) if i18n.is_draft:
            return f"{i18n.html(text)}\n<i>{_plain(i18n.source.html(text))}</i>"
        case Binding(text):
            return i18n.html(text)
    return i18n.html(piece)


def _plain(words: str) -> str:
    """*words* without their own tags, to stand inside others."""
    return re.sub(r"</?[bi]>", "", words)


def _card(screen: Screen, *, rtl: bool) -> CardPicture | None:
    match screen.picture:
        case None:
            return None
        case CoverPicture():
            return cover_card(rtl=rtl)
        case FundingPicture(percent):
            return funding_card(percent, rtl=rtl)
        case NewsPicture(icon):
            return news_card(icon, rtl=rtl)
        case step:
            return step_card(step.story, step.step, rtl=rtl)


def _keyboard(rows: tuple[Row, ...], i18n: I18n, public_url: str) -> InlineKeyboardMarkup | None:
    """
    The buttons, each row from the side where reading begins.

    Telegram lays every row out from the left (tdlib/telegram-bot-api#882), so a row is reversed
    for those who read from the right.
    """
    if not rows:
        return None
    laid_out = []
    for row in rows:
        buttons = [_button(button, i18n, public_url) for button in row]
        laid_out.append(buttons[::-1] if i18n.direction == "rtl" else buttons)
    return InlineKeyboardMarkup(laid_out)


def _button(button: Button | Link | Share, i18n: I18n, public_url: str) -> InlineKeyboardButton:
    label = i18n.text(button.label)
    page = f"{public_url}/{i18n.locale}"
    match button:
        case Button(_, route):
            return InlineKeyboardButton(label, callback_data=encode(route))
        case Share(_, invitation, path):
            sent = urlencode({"url": page + path, "text": i18n.text(invitation)}, quote_via=quote)
            return InlineKeyboardButton(label, url=f"{_SEND_ON}?{sent}")
        case Link(_, url):
            return InlineKeyboardButton(label, url=page + url if url.startswith("/") else url)
