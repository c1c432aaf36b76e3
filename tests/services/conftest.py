"""Services over a real database of each engine; those that need Stripe have a till."""

import dataclasses

import pytest

from locales.catalog import Languages
from services.terms import FeeBearer, FeeRate, Terms
from storage.database import Database
from tests.payments.emptying import fresh, kept
from tests.payments.rig import a_till
from tests.services.books import books_over
from values.money import Money


@pytest.fixture(scope="session")
def languages(_catalogs):
    return Languages.load()


@pytest.fixture(scope="session")
def postgresql_url(copy_of_migrated):
    """One database for all tests here; `database` empties it after each."""
    return copy_of_migrated("services")


@pytest.fixture(scope="session")
def _file(tmp_path_factory):
    return tmp_path_factory.mktemp("services") / "homeward.db"


@pytest.fixture
def sqlite_url(migrated_sqlite, _file):
    """One file for all tests here, new for each."""
    return fresh(migrated_sqlite, _file)


@pytest.fixture
async def database(database_url):
    async with kept(database_url) as db:
        yield db


@pytest.fixture
async def big_till(postgresql_url, languages):
    """A till on PostgreSQL."""
    async with kept(postgresql_url) as db, a_till(db, languages) as till:
        yield till


@pytest.fixture
async def till(database, languages):
    async with a_till(database, languages) as till:
        yield till


@pytest.fixture
def books(database):
    return books_over(database)


@pytest.fixture
async def big_books(postgresql_url):
    """Books on PostgreSQL."""
    async with kept(postgresql_url) as db:
        yield books_over(db)


@pytest.fixture
def covering(books):
    """Books of an organisation whose donors may cover the fee: 2.9 % and 30 cents."""
    rate = FeeRate(290, Money(30, "USD"))
    return dataclasses.replace(
        books, house=dataclasses.replace(books.house, terms=Terms(fee_rates={"USD": rate}))
    )


@pytest.fixture
def bearing(books):
    """Books of an organisation whose gifts bear their fee."""
    terms = Terms(fee_bearer=FeeBearer.GIFT)
    return dataclasses.replace(books, house=dataclasses.replace(books.house, terms=terms))


@pytest.fixture
async def elsewhere(books, database_url):
    """The same books in another process, as good as: over connections of its own."""
    db = Database.open(database_url)
    yield dataclasses.replace(books, house=dataclasses.replace(books.house, database=db))
    await db.close()
