"""The companion page over real HTTP, with the invented cases in a real database."""

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer, unused_port

from locales.catalog import Languages
from pages.app import Site, add_pages
from services.catalogue import Shelf
from services.house import House
from services.samples import put_samples
from services.terms import Terms
from storage.sealing import Seal, new_data_key
from stories.rendering import CardRenderer
from tests.pages.desk_rig import Clock, Front
from tests.pages.rig import NOW, PAY_ORIGIN, World
from tests.two_stories import two_packs


@pytest.fixture(scope="session")
def languages(_catalogs):
    return Languages.load()


@pytest.fixture
def site_options():
    """What a test wants otherwise in `Site` or `House`; override it with parametrize."""
    return {}


@pytest.fixture
def pay_origin():
    """Where the payment pages are; nobody is there unless a test puts somebody."""
    return PAY_ORIGIN


@pytest.fixture
async def world(database, languages, site_options, pay_origin):
    seal = Seal(new_data_key())
    world = World(None, None, pay_origin=pay_origin)
    house = House(
        database,
        seal,
        Shelf(seal),
        site_options.get("organisation", "Safe Harbour"),
        site_options.get("public_url", "http://page.example"),
        terms=site_options.get("terms", Terms()),
        clock=lambda: world.now,
    )
    async with house.write() as connection:
        await put_samples(connection, seal, two_packs(), NOW)
    world.house = house
    world.languages = languages
    app = web.Application()
    app.router.add_get("/healthz", _alive)
    app.router.add_post("/stripe/webhook", _alive)
    app.router.add_get("/desk/gone", _gone)
    site = Site(
        house,
        languages,
        world.open_checkout,
        world.look_at_gift,
        world.cancel_gift,
        (pay_origin,),
        "https://t.me/homeward_example_bot",
        _share_picture,
        _no_card,
        site_options.get("trusted_proxies", ()),
    )
    add_pages(app, site)
    async with TestClient(TestServer(app)) as client:
        world.client = client
        yield world


@pytest.fixture
async def front(database, languages, tmp_path):
    """The desk, served at its own address, with two invented cases and no staff yet."""
    seal, clock, port = Seal(new_data_key()), Clock(), unused_port()
    url = f"http://127.0.0.1:{port}"
    house = House(database, seal, Shelf(seal), "Safe Harbour", url, frozenset({"web"}), clock=clock)
    async with house.write() as connection:
        await put_samples(connection, seal, two_packs(), clock())
    app = web.Application()
    cards = CardRenderer(tmp_path / "cards")
    site = Site(
        house, languages, _nothing, _nothing, _nothing, (), None, _share_picture, cards.in_memory
    )
    add_pages(app, site)
    front = Front(house, url, clock)
    async with TestServer(app, port=port):
        yield front
        await front.close()
    await cards.close()


async def _nothing(_named):
    """No payment is made here."""


async def _no_card(_picture):
    raise AssertionError("nobody is at the desk here")


async def _share_picture():
    return b"a picture"


async def _alive(_request):
    return web.Response(text="alive")


async def _gone(_request):
    raise web.HTTPNotFound(text="nobody")


@pytest.fixture
def withdraw(world):
    """End the consent to tell Mala's story on the web in one language."""

    async def end(locale):
        case = await world.case()
        async with world.house.write() as connection:
            await connection.exec_driver_sql(
                "UPDATE consent SET withdrawn_at = given_at"
                f" WHERE case_id = {case.id} AND channel = 'web' AND locale = '{locale}'"
            )

    return end
