"""What an installation of revision 0002 held is kept, whole and sound, at the newest revision."""

import asyncio
import datetime as dt

import pytest
import sqlalchemy as sa

from storage import gifts_verify, holds, ledger, migrate
from storage.database import Database
from storage.ledger import Leg, Posting
from tests.storage.fingerprint import fingerprint
from tests.storage.schemas import become_old, drop_all, old_rows, run
from values.money import Money

NOW = dt.datetime(2026, 12, 1, tzinfo=dt.UTC)


@pytest.fixture(scope="module")
def upgraded_sqlite(tmp_path_factory):
    """The address of a database that was at revision 0002 and is now at the newest."""
    url = f"sqlite:///{tmp_path_factory.mktemp('upgraded') / 'homeward.db'}"
    asyncio.run(run(url, become_old))
    migrate.upgrade(url)
    return url


@pytest.fixture(scope="module")
def upgraded_postgresql(copy_of_migrated):
    """As `upgraded_sqlite`."""
    url = copy_of_migrated("upgraded")
    asyncio.run(run(url, drop_all))
    asyncio.run(run(url, become_old))
    migrate.upgrade(url)
    return url


@pytest.fixture(params=["sqlite", "postgresql"])
def urls(request):
    """The addresses of an upgraded database, which the tests here share, and of a new one."""
    names = f"upgraded_{request.param}", f"{request.param}_url"
    return [request.getfixturevalue(name) for name in names]


@pytest.fixture
async def upgraded(urls):
    """The upgraded database of each engine."""
    database = Database.open(urls[0])
    yield database
    await database.close()


async def rows(database, sql):
    async with database.read() as connection:
        return [tuple(row) for row in await connection.execute(sa.text(sql))]


async def test_every_row_is_kept(upgraded):
    renamed = {"posting": "external_ref"}
    for table, (columns, old) in old_rows().items():
        if table == "stripe_balance_transaction":
            continue
        kept = [column for column in columns if column != renamed.get(table)]
        places = [columns.index(column) for column in kept]
        added = " WHERE kind <> 'question'" if table == "outbox" else ""

        found = await rows(upgraded, f"SELECT {', '.join(kept)} FROM {table}{added}")

        assert sorted(found, key=repr) == sorted(
            (tuple(row[place] for place in places) for row in old), key=repr
        )


async def test_what_a_gift_brought_is_a_transaction_now(upgraded):
    columns, old = old_rows()["stripe_balance_transaction"]

    found = await rows(upgraded, f"SELECT {', '.join(columns)} FROM stripe_transaction")

    assert sorted(found) == sorted(old)
    assert await rows(
        upgraded, "SELECT DISTINCT kind, source_id = charge_id FROM stripe_transaction"
    ) == [("charge", True)]


async def test_a_donation_is_named_after_its_transaction(upgraded):
    names = await rows(upgraded, "SELECT external_ref FROM posting WHERE kind = 'donation'")
    ids = await rows(upgraded, "SELECT 'donation:' || id FROM stripe_transaction")

    assert sorted(names) == sorted(ids)


async def test_settled_gifts_know_their_donation_and_no_other_does(upgraded):
    found = dict(await rows(upgraded, "SELECT state, COUNT(donation_id) FROM hold GROUP BY state"))

    assert found == {"open": 0, "promised": 0, "paid": 0, "settled": 4, "released": 0}
    async with upgraded.read() as connection:
        for number, amount in await rows(upgraded, "SELECT id, amount_minor FROM hold"):
            hold = await holds.by_id(connection, number)
            assert hold is not None
            assert (hold.amount, hold.charge) == (Money(amount, "USD"), Money(amount, "USD"))
            assert (hold.cover, hold.fee_bearer) == (Money(0, "USD"), "organisation")


async def test_who_gave_more_than_was_needed_is_asked(upgraded):
    asked = await rows(
        upgraded, "SELECT hold_id, case_id, why, answer_by - asked_at FROM surplus_question"
    )
    told = await rows(
        upgraded,
        "SELECT person_id, state FROM outbox WHERE kind = 'question'"
        " AND subject_id IN (SELECT id FROM surplus_question)",
    )

    assert asked == [(3, 3, "over_goal", 7 * 24 * 3600)]
    assert told == [(2, "pending")]


async def test_the_books_are_sound(upgraded):
    async with upgraded.read() as connection:
        assert await ledger.verify(connection) == []
        assert await gifts_verify.verify_gifts(connection) == []


async def test_the_ledger_goes_on(upgraded):
    case = max(await rows(upgraded, "SELECT id FROM cases"))[0]
    gift = Posting("bank", "donation", "donation",
                   [Leg(case, "world", "fund", Money(5, "USD"))], b"\x01" * 32)  # fmt: skip

    posted = await upgraded.in_write(lambda connection: ledger.post(connection, gift, NOW))

    assert posted.is_new
    async with upgraded.read() as connection:
        assert await ledger.verify(connection) == []


async def test_the_schema_is_that_of_a_new_installation(urls):
    upgraded, new = [await run(url, fingerprint) for url in urls]

    assert upgraded == new
