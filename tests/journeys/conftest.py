"""Journeys drive the whole program as its users would, through real HTTP, on both engines."""

import pytest

from bot.app import build_application
from bot.setup import set_webhook
from homeward.sample_cases import load_samples
from homeward.settings import load
from storage.database import Database
from storage.sealing import new_data_key
from tests.clear import everything, files_under, found
from tests.journeys.outside import TELEGRAM_SECRET, TOKEN, environment, free_port, outside_world
from tests.journeys.program import PROCESSES, Processes, Town, program_inside


@pytest.fixture(scope="session")
def drawn_cards(tmp_path_factory):
    """Cards are drawn once for all journeys; a test of drawing is elsewhere."""
    return tmp_path_factory.mktemp("cards")


async def nobody_stands_in_the_clear(town):
    """After every journey: no chat, and no key, stands in what was kept, drawn or printed."""
    database = Database.open(town.settings.database)
    kept = await everything(database)
    await database.close()
    kept += files_under(town.settings.data_dir)
    people = [str(person.id) for person in town.telegram.people]
    assert found([*people, TOKEN, town.settings.data_key.get_secret_value()], kept) == []


@pytest.fixture
async def town(database_url, tmp_path, drawn_cards):
    """The whole program with its sample cases, and the world outside; everything comes twice."""
    (tmp_path / "cards").symlink_to(drawn_cards)
    program_url = f"http://127.0.0.1:{free_port()}"
    async with outside_world(program_url) as outside:
        names = environment(database_url, tmp_path, program_url, outside.url, new_data_key())
        given = {name.lower(): value for name, value in names.items()}
        async with program_inside(given, outside) as town:
            yield town
        await nobody_stands_in_the_clear(town)


@pytest.fixture
async def killable(database_url, tmp_path, drawn_cards):
    """The program as processes that can be killed, and the world outside."""
    (tmp_path / "cards").symlink_to(drawn_cards)
    program_url = f"http://127.0.0.1:{free_port()}"
    async with outside_world(program_url, time_scale=200) as outside:
        names = environment(database_url, tmp_path, program_url, outside.url, new_data_key())
        settings = load(_env_file=None, **{name.lower(): value for name, value in names.items()})
        await load_samples(settings)
        async with build_application(TOKEN, outside.url) as application:
            await set_webhook(application.bot, program_url, TELEGRAM_SECRET)
        town = Town(settings, outside)
        async with Processes(names) as processes:
            await processes.start(*PROCESSES)
            await town.until(town.is_up, "the web process")
            yield town, processes
        await nobody_stands_in_the_clear(town)
