"""A small ledger, written row by row as anybody with a connection could write it."""

from itertools import count

from storage.ledger_rules import ACCOUNT_KINDS
from storage.models import METADATA
from tests.storage.arenas import told_as
from tests.storage.samples import Sql, settle_tables

DIGEST = b"\x07" * 32

_ids = count(1_000)

_COUNTED = ", ".join(f"(SELECT COUNT(*) FROM {table})" for table in sorted(METADATA.tables))
_THERE = f"SELECT {_COUNTED}, SUM(amount_minor * account_id), SUM(last_seq) FROM balance"
"""How many rows each table has and what all balances are: anything that could change."""


class World:
    """
    Two cases, a and b, and the organisation, each with all its accounts in EUR and USD.

    In a: donations of 1000 (`gift`), 700 (`other_gift`) and 50 over the goal (`late_gift`), 300 of
    them spent (`spending`); so its fund has 1400. In b: a donation of 500 (`gift_to_b`). Around
    them one row of each table there is (`samples`).

    The database may be shared with other worlds; so may the organisation's book.

    Attributes:
        there: The row of each table outside of the ledger that was settled.
        one, two, three: Members of staff; and so on: ids of rows that others hang on.
    """

    def __init__(self, arena):
        self.arena = arena
        self.a, self.b = self.new_id(), self.new_id()
        self.gift, self.other_gift, self.late_gift = (self.new_id() for _ in range(3))
        self.gift_to_b, self.spending = self.new_id(), self.new_id()
        self.accounts = {}
        self.there = {}
        self.one = self.two = self.three = self.person = self.newcomer = self.campaign = (
            self.spare_book
        ) = self.quiet = None
        self.version = self.version_of_b = self.approval_of_b = self.waiting = None
        self.asked = self.granted = self.link = self.session = None
        self.news = self.news_of_b = self.stopped = None
        self.caseload = self.override = None
        self.child = self.child_there = self.closed = self.statements = None
        self.hold = self.open_hold = self.charge = self.order = self.undecided = None

    def new_id(self):
        return next(_ids)

    def account(self, book, kind, currency="EUR"):
        return self.accounts[book, kind, currency]

    def row(self, table, **values):
        """The statement that inserts one row."""
        said = {name: value for name, value in values.items() if not isinstance(value, Sql)}
        places = (values[name] if name not in said else f":{name}" for name in values)
        return f"INSERT INTO {table} ({', '.join(values)}) VALUES ({', '.join(places)})", said

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
        posting_id = posting_id or self.new_id()
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
            "consent_ref": f"consent {self.new_id()}",
            "consent_sha256": DIGEST,
            **changes,
        }

    def out_leg(self, amount=200, account="fund", **changes):
        leg = {"donation_id": self.gift, "cross_out": "own", **changes}
        return self.leg(self.a, account, "moved_out", amount, **leg)

    def in_leg(self, amount=200, account="moved_in", **changes):
        leg = {"donation_id": self.gift, "cross_in": "own", **changes}
        return self.leg(changes.pop("book", self.b), account, "fund", amount, **leg)

    def re_earmark(self, posting_id=None, **changes):
        """The rows of a lawful re-earmark, except for *changes* to its crossing."""
        crossing = self.crossing(**changes)
        legs = self.out_leg(), self.in_leg()
        return self.posting("re-earmark", *legs, posting_id=posting_id, crossing=crossing)

    def crossing_of_house(self, kind="contribution", **changes):
        """A crossing of 200 from the organisation to b."""
        nobodys = {"donation_id": None, "consent_ref": None, "consent_sha256": None}
        house = {"from_book": 1, "from_kind": "organisation"}
        return self.crossing(kind, **{**house, **nobodys, **changes})

    def contribution(self, account="own_means", into="moved_in", amount=200, **changes):
        """The rows of a lawful contribution into b, except for *changes* to its crossing."""
        return self.posting(
            "contribution",
            self.leg(1, account, "contributed", amount, cross_out="own"),
            self.in_leg(amount, into, donation_id=None),
            crossing=self.crossing_of_house(**{"amount_minor": amount, **changes}),
        )

    def reversal(self, of, debit, credit, amount, **changes):
        """The rows that take back the only leg of posting *of* in book a."""
        changes = {"reverses": self.seq_of(of), **changes}
        return self.posting("reversal", self.leg(self.a, debit, credit, amount, **changes))

    def seq_of(self, posting_id, leg=1):
        """Stands for the number of one leg, which the database gave."""
        return Sql(f"(SELECT seq FROM transfer WHERE posting_id = {posting_id} AND leg = {leg})")

    def settle(self):
        """Write all that a world has; hand back the world."""
        statements = [self.row("book", id=book, kind="case") for book in (self.a, self.b)]
        statements += self._open_accounts(self.a, "case") + self._open_accounts(self.b, "case")
        statements += self._organisation()
        statements += self.donation(self.a, 1000, posting_id=self.gift)
        statements += self.donation(self.a, 700, posting_id=self.other_gift)
        statements += self.donation(self.a, 50, "over_goal", posting_id=self.late_gift)
        statements += self.donation(self.b, 500, posting_id=self.gift_to_b)
        spent = self.leg(self.a, "fund", "spent", 300)
        statements += self.posting("disbursement", spent, posting_id=self.spending)
        statements += settle_tables(self)
        self.write(statements)
        return self

    def write(self, statements):
        """Carry out what is lawful."""
        assert self.arena.attempt(statements) is None

    def refuses(self, statements, by, before=()):
        """See that the database refuses for the reason *by*, and that nothing changed."""
        there = self.arena.rows(_THERE)

        word = self.arena.attempt(statements, before)

        assert word in told_as(by, self.arena.dialect)
        assert self.arena.rows(_THERE) == there

    def refuses_all(self, claims):
        """See that it refuses each of *claims*, (by, rows) by name, and that nothing changed."""
        there = self.arena.rows(_THERE)

        words = {name: self.arena.attempt(rows(self)) for name, (_, rows) in claims.items()}

        dialect = self.arena.dialect
        assert {
            name: word
            for name, word in words.items()
            if word not in told_as(claims[name][0], dialect)
        } == {}
        assert self.arena.rows(_THERE) == there

    def accepts(self, statements):
        """See that the database accepts; then it is undone."""
        assert self.arena.attempt(statements, keep=False) is None

    def amount(self, book, kind, currency="EUR"):
        [(amount,)] = self.arena.rows(
            "SELECT amount_minor FROM balance"
            f" WHERE account_id = {self.account(book, kind, currency)}"
        )
        return amount

    def _organisation(self):
        """The accounts of the one book of the organisation."""
        there = self.arena.rows("SELECT id, kind, currency FROM account WHERE book_id = 1")
        self.accounts |= {(1, kind, currency): number for number, kind, currency in there}
        return [] if there else self._open_accounts(1, "organisation")

    def _open_accounts(self, book, book_kind):
        statements = []
        for currency in ("EUR", "USD"):
            for kind in ACCOUNT_KINDS:
                if kind.book_kind == book_kind:
                    number = self.accounts[book, kind.kind, currency] = self.new_id()
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
