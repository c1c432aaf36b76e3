"""The bot over real HTTP, between Telegram's stand-in and a database with the sample cases."""

import pytest

from tests.bot.rig import open_office
from tests.conversations import conftest as conversations

engine = conversations.engine
house = conversations.house
languages = conversations.languages
packs = conversations.packs
sampled_sqlite = conversations.sampled_sqlite


@pytest.fixture
async def office(house, languages):
    async with open_office(house, languages) as office:
        yield office


@pytest.fixture
async def layla(office):
    """Somebody who has not yet opened the bot."""
    return office.telegram.person("Layla", "en")
