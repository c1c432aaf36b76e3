"""Conversations over the invented cases in a real database; nobody speaks Telegram here."""

import asyncio
import shutil
from concurrent.futures import ThreadPoolExecutor

import pytest

from conversations.routes import TypeAmount
from locales.catalog import Languages
from services.catalogue import Shelf
from services.house import House
from services.samples import put_samples
from storage.database import Database
from storage.sealing import Seal, new_data_key
from tests.conversations.rig import NOW, Chat, Clock, case_of
from tests.two_stories import two_packs

DATA_KEY = new_data_key()


@pytest.fixture(scope="session")
def languages(_catalogs):
    return Languages.load()


@pytest.fixture(scope="session")
def packs():
    return two_packs()


@pytest.fixture(scope="session")
def sampled_sqlite(migrated_sqlite, packs, tmp_path_factory):
    """A SQLite file with the sample cases to copy from: filling one takes longer than a test."""
    path = tmp_path_factory.mktemp("sampled") / "homeward.db"
    shutil.copyfile(migrated_sqlite, path)

    async def fill():
        database = Database.open(f"sqlite:///{path}")
        await put_into(house_over(database), packs)
        await database.close()

    with ThreadPoolExecutor(1) as beside:  # the loop of the tests stays as it is
        beside.submit(asyncio.run, fill()).result()
    return path


@pytest.fixture
def engine(request, tmp_path):
    """The address of a database of one engine: SQLite, or each for a test marked `both_engines`."""
    if getattr(request, "param", "sqlite") == "postgresql":
        return request.getfixturevalue("postgresql_url")
    path = tmp_path / "homeward.db"
    shutil.copyfile(request.getfixturevalue("sampled_sqlite"), path)
    return f"sqlite:///{path}"


@pytest.fixture
async def house(engine, packs):
    """The program's shared parts with the sample cases published, and a clock that can be moved."""
    database = Database.open(engine)
    house = house_over(database)
    if database.dialect == "postgresql":
        await put_into(house, packs)
    yield house
    await database.close()


@pytest.fixture
async def chat(house, languages):
    """Somebody in the chat, who has never been there before, and reads English."""
    return Chat(house, languages, "en")


@pytest.fixture
async def code(house):
    return (await case_of(house)).code


@pytest.fixture
async def asked(chat, code):
    """The person was asked to write an amount for Mala, whose plan needs 1,500 USD."""
    await chat.tap(TypeAmount(code))
    return chat


def house_over(database):
    seal = Seal(DATA_KEY)
    return House(
        database,
        seal,
        Shelf(seal),
        "Safe Way Home",
        "https://page.example",
        frozenset({"web"}),
        clock=Clock(),
    )


async def put_into(house, packs):
    """Publish *packs* as invented cases."""
    async with house.write() as connection:
        await put_samples(connection, house.seal, packs, NOW)
