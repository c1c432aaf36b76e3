"""Journeys drive the whole program as its users would, through real HTTP, on both engines."""

import pytest

from storage.sealing import new_data_key
from tests.journeys.outside import environment, free_port, outside_world
from tests.journeys.program import program_inside


@pytest.fixture(scope="session")
def drawn_cards(tmp_path_factory):
    """Cards are drawn once for all journeys; a test of drawing is elsewhere."""
    return tmp_path_factory.mktemp("cards")


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
