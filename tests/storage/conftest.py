"""A small ledger, written row by row as anybody with a connection could write it."""

import shutil
import threading
from dataclasses import dataclass, field
from itertools import count, groupby

import pytest
import sqlalchemy as sa
import structlog

from storage.database import Database
from storage.errors import Refused
from storage.ledger_rules import ACCOUNT_KINDS

DIGEST = b"\x07" * 32

_ids = count(1_000)


@dataclass
class World:
    """
    Two cases, a and b, and the organisation, each with all its accounts in EUR and USD.

    In a: donations of 1000 (`gift`), 700 (`other_gift`) and 50 over the goal (`late_gift`), 300 of
    them spent (`spending`); so its fund has 1400. In b: a donation of 500 (`gift_to_b`).
    """

    database: Database
    a: int = field(default_factory=lambda: next(_ids))
    b: int = field(default_factory=lambda: next(_ids))
    accounts: dict[tuple[int, str, str], int] = field(default_factory=dict)
    seqs: dict[int, int] = field(default_factory=dict)

    def account(self, book, kind, currency="EUR"):
        return self.accounts[book, kind, currency]

    def row(self, table, **values):
        columns = ", ".join(values)
        return (f"INSERT INTO {table} ({columns}) VALUES (:{', :'.join(values)})", values)

    def leg(self, book, debit, credit, amount, currency="EUR", **changes):
        """One transfer; *changes* may lie. The value "own" stands for the posting's id."""
        return {
            "book_id": book,
            "currency": currency,
            "debit_id": self.accounts.get((book, debit, currency), 0),
            "debit_kind": debit,
            "credit_id": self.accounts.get((book, credit, currency), 0),
            "credit_kind": credit,
            "amount_minor": amount,
            **changes,
        }

    def posting(self, kind, *legs, posting_id=None, crossing=None, **changes):
        """The rows of one posting, its crossing if any, and its legs."""
        posting_id = posting_id or next(_ids)
        head = {
            "id": posting_id,
            "source": "test",
            "external_ref": f"ref {posting_id}",
            "payload_sha256": DIGEST,
            "kind": kind,
            "n_legs": len(legs),
            "recorded_at": 1,
            **changes,
        }
        rows = [self.row("posting", **head)]
        if crossing is not None:
            rows.append(self.row("crossing", **{"posting_id": posting_id, **crossing}))
        for number, leg in enumerate(legs, start=1):
            own = {
                "posting_id": posting_id,
                "posting_kind": kind,
                "n_legs": head["n_legs"],
                "leg": number,
                "donation_id": posting_id if kind == "donation" else None,
            }
            said = {key: posting_id if value == "own" else value for key, value in leg.items()}
            rows.append(self.row("transfer", **{**own, **said}))
        return rows

    def donation(self, book, amount, account="fund", **more):
        return self.posting("donation", self.leg(book, "world", account, amount), **more)

    def crossing(self, kind="re-earmark", **changes):
        """A crossing of 200 from a to b, of the first gift, with consent."""
        return {
            "kind": kind,
            "from_book": self.a,
            "from_kind": "case",
            "to_book": self.b,
            "to_kind": "case",
            "currency": "EUR",
            "amount_minor": 200,
            "donation_id": self.gift,
            "consent_ref": f"consent {next(_ids)}",
            "consent_sha256": DIGEST,
            **changes,
        }

    def out_leg(self, amount=200, account="fund", **changes):
        leg = {"donation_id": self.gift, "cross_out": "own", **changes}
        return self.leg(self.a, account, "moved_out", amount, **leg)

    def in_leg(self, amount=200, **changes):
        leg = {"donation_id": self.gift, "cross_in": "own", **changes}
        return self.leg(changes.pop("book", self.b), "moved_in", "fund", amount, **leg)

    def re_earmark(self, **changes):
        """The rows of a lawful re-earmark, except for *changes* to its crossing."""
        return self.posting(
            "re-earmark", self.out_leg(), self.in_leg(), crossing=self.crossing(**changes)
        )

    def contribution(self, account="own_means", called="contribution", **changes):
        """The rows of a lawful contribution of 200 into b, except for *changes* to its crossing."""
        crossing = {
            "from_book": 1,
            "from_kind": "organisation",
            "donation_id": None,
            "consent_ref": None,
            "consent_sha256": None,
            **changes,
        }
        return self.posting(
            "contribution",
            self.leg(1, account, "contributed", 200, cross_out="own"),
            self.in_leg(donation_id=None),
            crossing=self.crossing(called, **crossing),
        )

    def reversal(self, of, debit, credit, amount, **changes):
        """The rows that take back the only leg of posting *of* in book a."""
        changes = {"reverses": self.seqs[of], **changes}
        return self.posting("reversal", self.leg(self.a, debit, credit, amount, **changes))

    async def write(self, statements):
        """Carry out (SQL, values) pairs in one transaction."""
        async with self.database.write() as connection:
            for sql, group in groupby(statements, key=lambda statement: statement[0]):
                await connection.execute(sa.text(sql), [values for _, values in group])

    async def refuses(self, statements, by):
        """See that the database refuses, for the reason *by*, and that nothing changed."""
        before = await self.all_rows()

        with pytest.raises(Refused) as refusal:
            await self.write(statements)

        assert refusal.value.constraint in self._told_as(by)
        assert await self.all_rows() == before

    def _told_as(self, by):
        """The words in which this engine tells of *by*, "|" between what may come first."""
        if self.database.dialect == "postgresql":
            return set(by.split("|"))
        # SQLite does not name keys. A key that is taken is refused by the append-only guard.
        words = {"fk": "FOREIGN KEY constraint failed", "uq": "append_only", "ix": "book.kind"}
        return {words.get(name.partition("_")[0], name) for name in by.split("|")}

    async def all_rows(self):
        """How many rows each table has and what all balances are: anything that could change."""
        tables = ("book", "account", "posting", "crossing", "transfer", "posting_rule")
        async with self.database.read() as connection:
            counts = [
                await connection.scalar(sa.text(f"SELECT COUNT(*) FROM {table}"))
                for table in tables
            ]
            balances = await connection.execute(
                sa.text("SELECT account_id, amount_minor, last_seq FROM balance ORDER BY 1")
            )
            return counts, [tuple(row) for row in balances]

    async def amount(self, book, kind, currency="EUR"):
        async with self.database.read() as connection:
            return await connection.scalar(
                sa.text("SELECT amount_minor FROM balance WHERE account_id = :id"),
                {"id": self.account(book, kind, currency)},
            )

    async def settle(self):
        statements = [self.row("book", id=book, kind="case") for book in (self.a, self.b)]
        statements += self._open_accounts(self.a, "case") + self._open_accounts(self.b, "case")
        statements += await self._organisation()
        self.gift, self.other_gift, self.late_gift, self.gift_to_b, self.spending = (
            next(_ids) for _ in range(5)
        )
        statements += self.donation(self.a, 1000, posting_id=self.gift)
        statements += self.donation(self.a, 700, posting_id=self.other_gift)
        statements += self.donation(self.a, 50, "over_goal", posting_id=self.late_gift)
        statements += self.donation(self.b, 500, posting_id=self.gift_to_b)
        spent = self.leg(self.a, "fund", "spent", 300)
        statements += self.posting("disbursement", spent, posting_id=self.spending)
        await self.write(statements)
        async with self.database.read() as connection:
            rows = await connection.execute(sa.text("SELECT posting_id, seq FROM transfer"))
            self.seqs = {row.posting_id: row.seq for row in rows}

    async def _organisation(self):
        """The accounts of the one book of the organisation, which all tests here share."""
        async with self.database.read() as connection:
            rows = await connection.execute(
                sa.text("SELECT id, kind, currency FROM account WHERE book_id = 1")
            )
            self.accounts |= {(1, row.kind, row.currency): row.id for row in rows}
        if (1, "world", "EUR") in self.accounts:
            return []
        return self._open_accounts(1, "organisation")

    def _open_accounts(self, book, book_kind):
        statements = []
        for currency in ("EUR", "USD"):
            for kind in ACCOUNT_KINDS:
                if kind.book_kind == book_kind:
                    number = self.accounts[book, kind.kind, currency] = next(_ids)
                    statements.append(
                        self.row(
                            "account",
                            id=number,
                            book_id=book,
                            book_kind=book_kind,
                            kind=kind.kind,
                            currency=currency,
                            floored=int(kind.floored),
                        )
                    )
        return statements


@pytest.fixture(scope="session")
def _shared_sqlite_url(migrated_sqlite, tmp_path_factory):
    path = tmp_path_factory.mktemp("shared") / "homeward.db"
    shutil.copyfile(migrated_sqlite, path)
    return f"sqlite:///{path}"


@pytest.fixture(scope="session")
def _shared_postgresql_url(copy_of_migrated):
    return copy_of_migrated("shared")


async def _world_at(url):
    database = Database.open(url)
    world = World(database)
    await world.settle()
    return world


@pytest.fixture
async def lite(_shared_sqlite_url):
    """A world on SQLite. Its cases are its own; the database is shared with other worlds."""
    world = await _world_at(_shared_sqlite_url)
    yield world
    await world.database.close()


@pytest.fixture
async def big(_shared_postgresql_url):
    """A world on PostgreSQL. Its cases are its own; the database is shared with other worlds."""
    world = await _world_at(_shared_postgresql_url)
    yield world
    await world.database.close()


@pytest.fixture
async def lone(sqlite_url):
    """A world on a SQLite database of its own."""
    world = await _world_at(sqlite_url)
    yield world
    await world.database.close()


@pytest.fixture(params=["lite", "big"], ids=["sqlite", "postgresql"])
def world(request):
    """A world on each engine."""
    return request.getfixturevalue(request.param)


@pytest.fixture
def unread_logs():
    """What is logged of failing acts: drawing it takes longer than all else here."""
    with structlog.testing.capture_logs():
        yield


@pytest.fixture
def no_thread_of_the_library_left():
    """When the test is over, no thread of the library behind the jobs runs on."""
    yield
    left = [thread.name for thread in threading.enumerate() if _is_of_the_library(thread)]
    assert left == []


def _is_of_the_library(thread):
    target = getattr(thread, "_target", None)
    return thread.name.startswith(("dbos", "queue-worker")) or "dbos" in str(
        getattr(target, "__module__", "")
    )
