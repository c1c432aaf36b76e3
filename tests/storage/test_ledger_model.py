"""
A model of the ledger in plain Python predicts what the database accepts; the two never disagree.

The model knows cases, their accounts and what each donation still has in each case. It knows
nothing of rows, so an error of the schema cannot hide in it.
"""

import asyncio
import datetime as dt
import shutil
from collections import defaultdict
from pathlib import Path

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from storage import ledger
from storage.database import Database
from storage.errors import Refused
from storage.ledger import Leg, Posting
from values.money import Money

NOW = dt.datetime(2026, 11, 1, tzinfo=dt.UTC)
DIGEST = b"\x01" * 32
CASES = st.sampled_from([0, 1, 2])
AMOUNTS = st.integers(1, 40)
PLACES = st.sampled_from(["fund", "over_goal"])


class Ledger(RuleBasedStateMachine):
    template: Path
    """A migrated SQLite file; each run works on a copy beside it."""

    def __init__(self):
        super().__init__()
        self.loop = asyncio.Runner()
        self.database = self.loop.run(self.open_copy())
        self.cases = [
            self.loop.run(
                self.database.in_write(lambda connection: ledger.open_book(connection, "case"))
            )
            for _ in range(3)
        ]
        self.number = 0
        self.accounts = defaultdict(int)
        self.held = defaultdict(int)
        self.gifts = []
        self.spendings = []

    async def open_copy(self):
        copy = self.template.with_name("copy.db")
        for old in copy.parent.glob("copy.db*"):
            old.unlink()
        shutil.copyfile(self.template, copy)
        return Database.open(f"sqlite:///{copy}")

    def teardown(self):
        self.loop.run(self.database.close())
        self.loop.close()

    def attempt(self, act):
        """Run *act*; true if the database accepted."""
        try:
            self.result = self.loop.run(self.database.in_write(act))
        except Refused:
            return False
        return True

    def post(self, kind, *legs):
        self.number += 1
        posting = Posting("model", str(self.number), kind, legs, DIGEST)
        return self.attempt(lambda connection: ledger.post(connection, posting, NOW))

    def leg(self, case, debit, credit, amount, gift=None):
        return Leg(self.cases[case], debit, credit, Money(amount, "EUR"), gift)

    @rule(case=CASES, amount=AMOUNTS, place=PLACES)
    def give(self, case, amount, place):
        assert self.post("donation", self.leg(case, "world", place, amount))
        self.accounts[case, place] += amount
        self.held[self.result.id, case] += amount
        self.gifts.append(self.result.id)

    @rule(case=CASES, amount=AMOUNTS)
    def spend(self, case, amount):
        allowed = self.accounts[case, "fund"] >= amount
        assert self.post("disbursement", self.leg(case, "fund", "spent", amount)) == allowed
        if allowed:
            self.accounts[case, "fund"] -= amount
            self.accounts[case, "spent"] += amount
            self.spendings.append((self.result.id, case, amount))

    @precondition(lambda self: self.gifts)
    @rule(case=CASES, amount=AMOUNTS, place=PLACES, data=st.data())
    def refund(self, case, amount, place, data):
        gift = data.draw(st.sampled_from(self.gifts))
        allowed = self.accounts[case, place] >= amount and self.held[gift, case] >= amount
        leg = self.leg(case, place, "refunded", amount, gift)
        assert self.post("refund", leg) == allowed
        if allowed:
            self.accounts[case, place] -= amount
            self.accounts[case, "refunded"] += amount
            self.held[gift, case] -= amount

    @precondition(lambda self: self.gifts)
    @rule(case=CASES, other=CASES, amount=AMOUNTS, place=PLACES, data=st.data())
    def move(self, case, other, amount, place, data):
        gift = data.draw(st.sampled_from(self.gifts))
        self.number += 1
        allowed = (
            case != other
            and self.accounts[case, place] >= amount
            and self.held[gift, case] >= amount
        )
        accepted = self.attempt(
            lambda connection: ledger.re_earmark(
                connection,
                source="model",
                external_ref=str(self.number),
                payload_sha256=DIGEST,
                donation_id=gift,
                from_case=self.cases[case],
                to_case=self.cases[other],
                amount=Money(amount, "EUR"),
                consent_ref=f"consent {self.number}",
                consent_sha256=DIGEST,
                now=NOW,
                out_of=place,
            )
        )
        assert accepted == allowed
        if allowed:
            self.accounts[case, place] -= amount
            self.accounts[case, "moved_out"] += amount
            self.accounts[other, "moved_in"] -= amount
            self.accounts[other, "fund"] += amount
            self.held[gift, case] -= amount
            self.held[gift, other] += amount

    @rule(case=CASES, amount=AMOUNTS)
    def contribute(self, case, amount):
        self.number += 1
        assert self.attempt(
            lambda connection: ledger.contribute(
                connection,
                source="model",
                external_ref=str(self.number),
                payload_sha256=DIGEST,
                to_case=self.cases[case],
                amount=Money(amount, "EUR"),
                now=NOW,
            )
        )
        self.accounts[case, "moved_in"] -= amount
        self.accounts[case, "fund"] += amount

    @precondition(lambda self: self.spendings)
    @rule(data=st.data(), twice=st.booleans())
    def take_spending_back(self, data, twice):
        spending = data.draw(st.sampled_from(self.spendings))
        posting_id, case, amount = spending
        seq = self.loop.run(self._seq_of(posting_id, self.cases[case]))
        for expected in (True, False) if twice else (True,):
            self.number += 1
            accepted = self.attempt(
                lambda connection: ledger.reverse(
                    connection,
                    source="model",
                    external_ref=str(self.number),
                    payload_sha256=DIGEST,
                    seq=seq,
                    now=NOW,
                )
            )
            assert accepted == expected
        self.spendings.remove(spending)
        self.accounts[case, "fund"] += amount
        self.accounts[case, "spent"] -= amount

    async def _seq_of(self, posting_id, book):
        async with self.database.read() as connection:
            entries = await ledger.statement(connection, book)
        return next(entry.seq for entry in entries if entry.posting_id == posting_id)

    @invariant()
    def database_agrees(self):
        kinds = ["fund", "over_goal", "spent", "refunded", "moved_in", "moved_out"]
        found = self.loop.run(self._balances(kinds))
        for number, case in enumerate(self.cases):
            for kind in kinds:
                stored = found.get((case, kind, "EUR"), Money(0, "EUR"))
                assert stored.amount_minor == self.accounts[number, kind]

    async def _balances(self, kinds):
        async with self.database.read() as connection:
            return await ledger.balances(connection, self.cases, kinds)


def test_database_and_model_never_disagree(migrated_sqlite, tmp_path, monkeypatch):
    monkeypatch.setattr(Ledger, "template", tmp_path / "template.db", raising=False)
    shutil.copyfile(migrated_sqlite, Ledger.template)
    case = Ledger.TestCase
    case.settings = settings(
        max_examples=15,
        stateful_step_count=25,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )

    case().runTest()
