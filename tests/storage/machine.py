"""
A machine that does at random all that can be done with money, in a ledger and in a model of it.

The two must accept and refuse alike, and agree on every sum after every act.
"""

import asyncio
import datetime as dt
from collections import Counter
from collections.abc import Callable

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from storage import ledger
from storage.database import Database
from storage.errors import Refused
from storage.ledger import ORGANISATION_BOOK, Leg, Posting
from storage.ledger_rules import ACCOUNT_KINDS
from tests.storage.model import MAY_BE_NEGATIVE, Books, taken_back
from tests.storage.model import Leg as Plain
from values.money import Money

NOW = dt.datetime(2026, 11, 1, tzinfo=dt.UTC)
DIGEST = b"\x01" * 32
HOUSE = ORGANISATION_BOOK
KINDS = sorted({kind.kind for kind in ACCOUNT_KINDS})

CASES = st.sampled_from([0, 1, 2])
AMOUNTS = st.integers(1, 40)
CURRENCIES = st.sampled_from(["EUR", "EUR", "EUR", "USD"])

OF_A_GIFT_IN_A_CASE = [
    ("fee", "fund", "fees"),
    ("fee", "over_goal", "fees"),
    ("leftover", "fund", "over_goal"),
    ("refund_decided", "fund", "refund_due"),
    ("refund_decided", "over_goal", "refund_due"),
    ("refund_left", "refund_due", "fund"),
    ("refund_left", "refund_due", "over_goal"),
    ("refund", "refund_due", "refunded"),
    ("dispute", "fund", "disputed"),
    ("dispute", "over_goal", "disputed"),
    ("dispute_lost", "disputed", "charged_back"),
    ("dispute_lost", "fund", "charged_back"),
    ("dispute_won", "disputed", "fund"),
    ("dispute_won", "disputed", "over_goal"),
    ("dispute_won", "charged_back", "fund"),
    ("dispute_won", "charged_back", "over_goal"),
]
OF_A_GIFT_IN_THE_HOUSE = [
    ("fee_cover", "world", "covered"),
    ("refund_decided", "covered", "refund_due"),
    ("refund_decided", "own_means", "refund_due"),
    ("refund_left", "refund_due", "covered"),
    ("refund_left", "refund_due", "own_means"),
    ("refund", "refund_due", "refunded"),
    ("dispute", "covered", "disputed"),
    ("dispute", "own_means", "disputed"),
    ("dispute_lost", "disputed", "charged_back"),
    ("dispute_lost", "disputed", "own_means"),
    ("dispute_won", "disputed", "covered"),
    ("dispute_won", "disputed", "own_means"),
    ("dispute_won", "charged_back", "covered"),
    ("dispute_won", "charged_back", "own_means"),
]
OF_THE_HOUSE = [
    ("fee", "own_means", "fees"),
    ("fee_returned", "fees", "own_means"),
    ("suspense", "world", "suspense"),
    ("suspense", "suspense", "world"),
    ("unexplained", "own_means", "unexplained"),
    ("provision", "own_means", "reserve"),
    ("recovery", "world", "reserve"),
]


class Ledger(RuleBasedStateMachine):
    """
    Attributes:
        fresh: Gives the address of a new migrated database.
        done: What was done in all runs: (act, whether it was accepted), how often.
    """

    fresh: Callable[[], str]
    done: Counter[tuple[str, bool]]

    def __init__(self):
        super().__init__()
        self.loop = asyncio.Runner()
        self.database = self.run(_opened(self.fresh()))
        self.cases = [self.write(lambda c: ledger.open_book(c, "case")) for _ in range(3)]
        self.books = Books()
        self.number = 0
        self.posted = []

    def run(self, act):
        return self.loop.run(act)

    def write(self, act):
        return self.run(self.database.in_write(act))

    def read(self, act):
        return self.run(_reading(self.database, act))

    def teardown(self):
        try:
            assert self.read(ledger.verify) == []
            self.gifts_agree()
        finally:
            self.run(self.database.close())
            self.loop.close()

    # What is done

    @rule(case=CASES, in_fund=AMOUNTS, over=st.integers(-20, 20), currency=CURRENCIES)
    def give(self, case, in_fund, over, currency):
        legs = [self.leg(case, "world", "fund", in_fund, currency=currency)]
        if over > 0:
            legs.append(self.leg(case, "world", "over_goal", over, currency=currency))
        self.both("donation", legs)

    @rule(case=CASES, data=st.data(), currency=CURRENCIES)
    def spend(self, case, data, currency):
        amount = self.amount(data, self.cases[case], "fund", None, currency)
        self.both("disbursement", [self.leg(case, "fund", "spent", amount, currency=currency)])

    @rule(act=st.sampled_from(OF_THE_HOUSE), data=st.data(), currency=CURRENCIES)
    def keep_house(self, act, data, currency):
        kind, debit, credit = act
        amount = self.amount(data, HOUSE, debit, None, currency)
        self.both(kind, [Plain(HOUSE, debit, credit, amount, None, currency)])

    @precondition(lambda self: self.books.gifts)
    @rule(case=CASES, act=st.sampled_from(OF_A_GIFT_IN_A_CASE), data=st.data(), currency=CURRENCIES)
    def do_with_gift(self, case, act, data, currency):
        self.both(act[0], [self.of_gift(data, self.cases[case], act, currency)])

    @precondition(lambda self: self.books.gifts)
    @rule(act=st.sampled_from(OF_A_GIFT_IN_THE_HOUSE), data=st.data(), currency=CURRENCIES)
    def do_with_gift_in_the_house(self, act, data, currency):
        self.both(act[0], [self.of_gift(data, HOUSE, act, currency)])

    @precondition(lambda self: self.books.gifts)
    @rule(kind=st.sampled_from(["refund_decided", "refund_left", "refund", "dispute",
                                "dispute_lost", "dispute_won"]), data=st.data())  # fmt: skip
    def do_with_gift_in_many_books(self, kind, data):
        legs = []
        for _ in range(data.draw(st.integers(2, 4))):
            book = data.draw(st.sampled_from([*self.cases, HOUSE]))
            acts = OF_A_GIFT_IN_THE_HOUSE if book == HOUSE else OF_A_GIFT_IN_A_CASE
            act = data.draw(st.sampled_from([act for act in acts if act[0] == kind]))
            legs.append(self.of_gift(data, book, act, "EUR"))
        self.both(kind, legs)

    @precondition(lambda self: self.books.gifts)
    @rule(case=CASES, other=CASES, place=st.sampled_from(["fund", "over_goal"]), data=st.data())
    def move(self, case, other, place, data):
        leaves = self.of_gift(data, self.cases[case], ("", place, "moved_out"), "EUR")
        arrives = self.leg(other, "moved_in", "fund", leaves.amount, leaves.gift)
        self.tell(
            "re-earmark",
            [leaves, arrives],
            lambda connection: ledger.re_earmark(
                connection,
                **self.named(),
                donation_id=leaves.gift,
                from_case=leaves.book,
                to_case=arrives.book,
                amount=Money(leaves.amount, "EUR"),
                consent_ref=f"consent {self.number}",
                consent_sha256=DIGEST,
                out_of=place,
            ),
            lawful=case != other,
        )

    @rule(case=CASES, out_of=st.sampled_from(["own_means", "reserve"]),
          into=st.sampled_from(["moved_in", "shortfall"]), data=st.data())  # fmt: skip
    def contribute(self, case, out_of, into, data):
        amount = self.amount(data, HOUSE, out_of, None, "EUR")
        leaves = Plain(HOUSE, out_of, "contributed", amount)
        self.tell(
            "contribution",
            [leaves, self.leg(case, into, "fund", amount)],
            lambda connection: ledger.contribute(
                connection,
                **self.named(),
                to_case=self.cases[case],
                amount=Money(amount, "EUR"),
                out_of=out_of,
                into=into,
            ),
        )

    @precondition(lambda self: self.books.booked)
    @rule(data=st.data())
    def take_back(self, data):
        booked = data.draw(st.sampled_from(self.books.booked))
        seq = self.read(lambda c: ledger.legs_of(c, booked.posting_id))[booked.number - 1].seq
        accepted = self.tell(
            "reversal",
            [taken_back(booked.leg)],
            lambda connection: ledger.reverse(connection, **self.named(), seq=seq),
            lawful=booked.can_be_taken_back,
        )
        booked.taken_back = booked.taken_back or accepted

    @precondition(lambda self: self.posted)
    @rule(data=st.data(), same=st.booleans())
    def say_again(self, data, same):
        posting, posted = data.draw(st.sampled_from(self.posted))
        if not same:
            posting = Posting(
                posting.source, posting.external_ref, posting.kind, posting.legs, b"\x02" * 32
            )
        try:
            again = self.write(lambda connection: ledger.post(connection, posting, NOW))
        except ledger.DifferentPayload:
            assert not same
        else:
            assert same
            assert again == ledger.Posted(posted.id, is_new=False)
        self.done["the same again", same] += 1

    # How

    def leg(self, case, debit, credit, amount, gift=None, currency="EUR"):
        return Plain(self.cases[case], debit, credit, amount, gift, currency)

    def of_gift(self, data, book, act, currency):
        """A leg of some gift."""
        _, debit, credit = act
        gift = data.draw(st.sampled_from(self.books.gifts))
        amount = self.amount(data, book, debit, gift, currency)
        return Plain(book, debit, credit, amount, gift, currency)

    def amount(self, data, book, debit, gift, currency):
        """Any amount; or all there is, or one more."""
        there = [self.books.balance[book, debit, currency]]
        if gift is not None:
            there.append(self.books.own[gift, book, debit, currency])
        edges = sorted({amount + more for amount in there for more in (0, 1) if amount > 0})
        return data.draw(AMOUNTS if not edges else st.one_of(AMOUNTS, st.sampled_from(edges)))

    def named(self):
        return {
            "source": "model",
            "external_ref": str(self.number),
            "payload_sha256": DIGEST,
            "now": NOW,
        }

    def both(self, kind, plain):
        """Post plain legs in the ledger and in the model."""
        legs = [
            Leg(leg.book, leg.debit, leg.credit, Money(leg.amount, leg.currency), leg.gift)
            for leg in plain
        ]

        async def act(connection):
            posting = Posting("model", str(self.number), kind, legs, DIGEST)
            return await ledger.post(connection, posting, NOW)

        if self.tell(kind, plain, act):
            posting = Posting("model", str(self.number), kind, legs, DIGEST)
            self.posted.append((posting, self.result))

    def tell(self, kind, plain, act, *, lawful=True):
        """Do it in both; the database accepts what the model allows, and nothing else."""
        self.number += 1
        allowed = lawful and self.books.allows(plain)
        try:
            self.result, refusal = self.write(act), None
        except Refused as refused:
            refusal = refused
        assert (refusal is None) == allowed, refusal
        if allowed:
            self.books.book(self.result.id, kind, plain)
        self.done[kind, allowed] += 1
        return allowed

    # What must hold then

    @invariant()
    def sums_agree(self):
        books = [*self.cases, HOUSE]
        found = self.read(lambda connection: ledger.balances(connection, books, KINDS))
        stored = {key: amount.amount_minor for key, amount in found.items() if amount}
        assert stored == {key: amount for key, amount in self.books.balance.items() if amount}

    def gifts_agree(self):
        """Where each gift stands, in one currency."""
        for gift in self.books.gifts:
            found = self.read(lambda connection, gift=gift: ledger.standing(connection, gift))
            stored = {(*key, amount.currency): amount.amount_minor for key, amount in found.items()}
            assert stored == {
                key[1:]: amount
                for key, amount in self.books.own.items()
                if key[0] == gift and key[2] not in MAY_BE_NEGATIVE and amount
            }


async def _opened(url):
    return Database.open(url)


async def _reading(database, act):
    async with database.read() as connection:
        return await act(connection)
