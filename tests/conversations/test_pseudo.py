"""Every screen in a language that nobody speaks: all of it is translated, and all of it fits."""

import html
import re

import pytest

from bot.rendering import render
from conversations.routes import SetLanguage, Welcome
from conversations.screens import Told
from tests.conversations.rig import Chat, check_limits, pieces
from tests.conversations.test_walk import others, walk
from tests.pseudo import FROM_THE_LEFT, FROM_THE_RIGHT, pseudo, pseudo_languages, unbracketed


def shown(rendered):
    """The words of a message and of its buttons."""
    yield html.unescape(re.sub(r"<[^<>]*>", "", rendered.html))
    yield rendered.toast or ""
    yield from (button.text for row in rendered.keyboard.inline_keyboard for button in row)


@pytest.mark.parametrize("locale", [FROM_THE_LEFT, FROM_THE_RIGHT])
async def test_every_screen_is_translated_and_fits_when_it_is_longer(house, languages, locale):
    strange = pseudo_languages(languages)
    chat = Chat(house, strange, locale)
    await chat.tap(SetLanguage(locale))

    screens = [screen for screen, _ in (await walk(chat, Welcome(), locale)).values()]
    async for screen in others(chat):
        screens.append(screen)

    assert len(screens) > 80
    for screen in screens:
        rendered = render(screen, strange.i18n(locale), house.public_url)
        check_limits(rendered)
        told = {piece.words for piece in pieces(screen) if isinstance(piece, Told)}
        for words in shown(rendered):
            left = {line for line in unbracketed(words).splitlines() if re.search(r"\w", line)}
            assert left <= told, words


def test_a_strange_sentence_keeps_its_fields_and_its_tags():
    assert pseudo("<b>To {name}</b>", FROM_THE_LEFT) == "⟦<b>Tö {name}</b>~⟧"


def test_what_no_catalog_said_is_found():
    assert unbracketed("⟦a ⟦b⟧⟧ left ⟦c⟧") == " left "
