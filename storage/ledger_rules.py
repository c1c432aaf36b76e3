"""
What may be booked: the kinds of books, accounts and postings, and which posting may move value
between which accounts.

These rows stand in the database too (`account_kind`, `posting_rule`), where they bind whoever
writes. A new kind is new rows here and a migration that inserts them; no table changes.

Value leaves the debit account and arrives in the credit account.
"""

from dataclasses import dataclass
from typing import Literal

BookKind = Literal["case", "organisation"]
"""Whose book it is. There is one of the organisation, with id 1."""

AccountKind = Literal[
    "world",
    "fund",
    "over_goal",
    "spent",
    "fees",
    "refund_due",
    "refunded",
    "disputed",
    "charged_back",
    "shortfall",
    "moved_in",
    "moved_out",
    "own_means",
    "covered",
    "reserve",
    "suspense",
    "unexplained",
    "contributed",
]
"""
The accounts of a book.

world: where gifts come from. fund: held for the case. over_goal: more than the plan needs; belongs
to its donor. spent: gone out for the plan. fees: what payment providers took. refund_due: decided
to go back to its donor, and not gone yet. refunded: gone back. disputed: a bank has taken it, and
nothing is decided. charged_back: a bank has kept it. shortfall: what the organisation paid in
because money that was spent was taken back. moved_in, moved_out: the two ends of a crossing between
books. own_means: where the organisation's own money comes from. covered: what donors added for
fees. reserve: set aside for losses. suspense: arrived, and nobody knows for whom. unexplained:
left, and nobody knows why. contributed: paid into cases.
"""

PostingKind = Literal[
    "donation",
    "fee_cover",
    "fee",
    "fee_returned",
    "suspense",
    "unexplained",
    "provision",
    "disbursement",
    "leftover",
    "refund_decided",
    "refund_left",
    "refund",
    "dispute",
    "dispute_lost",
    "dispute_won",
    "recovery",
    "re-earmark",
    "contribution",
    "reversal",
]
"""Why value moved."""

Shape = Literal["plain", "out", "in", "reversal"]
"""A leg that stays in its book, leaves it, comes into it, or takes an earlier leg back."""


@dataclass(frozen=True, slots=True)
class Rule:
    """
    One pair of accounts that one kind of posting may join.

    Attributes:
        of_donation: The leg moves one donor's money and must name the donation.
    """

    posting_kind: PostingKind
    debit_kind: AccountKind
    credit_kind: AccountKind
    shape: Shape
    of_donation: bool


@dataclass(frozen=True, slots=True)
class KindOfAccount:
    """
    One kind of account in one kind of book.

    Attributes:
        floored: It may never fall below zero.
    """

    kind: AccountKind
    book_kind: BookKind
    floored: bool


ACCOUNT_KINDS: tuple[KindOfAccount, ...] = (
    KindOfAccount("world", "case", floored=False),
    KindOfAccount("fund", "case", floored=True),
    KindOfAccount("over_goal", "case", floored=True),
    KindOfAccount("spent", "case", floored=True),
    KindOfAccount("fees", "case", floored=True),
    KindOfAccount("refund_due", "case", floored=True),
    KindOfAccount("refunded", "case", floored=True),
    KindOfAccount("disputed", "case", floored=True),
    KindOfAccount("charged_back", "case", floored=True),
    KindOfAccount("shortfall", "case", floored=False),
    KindOfAccount("moved_in", "case", floored=False),
    KindOfAccount("moved_out", "case", floored=True),
    KindOfAccount("world", "organisation", floored=False),
    KindOfAccount("own_means", "organisation", floored=False),
    KindOfAccount("fees", "organisation", floored=True),
    KindOfAccount("covered", "organisation", floored=True),
    KindOfAccount("reserve", "organisation", floored=True),
    KindOfAccount("suspense", "organisation", floored=True),
    KindOfAccount("unexplained", "organisation", floored=True),
    KindOfAccount("refund_due", "organisation", floored=True),
    KindOfAccount("refunded", "organisation", floored=True),
    KindOfAccount("disputed", "organisation", floored=True),
    KindOfAccount("charged_back", "organisation", floored=True),
    KindOfAccount("contributed", "organisation", floored=True),
)

_REVERSIBLE: tuple[Rule, ...] = (
    Rule("donation", "world", "fund", "plain", of_donation=True),
    Rule("donation", "world", "over_goal", "plain", of_donation=True),
    Rule("fee_cover", "world", "covered", "plain", of_donation=True),
    Rule("fee", "own_means", "fees", "plain", of_donation=False),
    Rule("fee", "fund", "fees", "plain", of_donation=True),
    Rule("fee", "over_goal", "fees", "plain", of_donation=True),
    Rule("suspense", "world", "suspense", "plain", of_donation=False),
    Rule("unexplained", "own_means", "unexplained", "plain", of_donation=False),
    Rule("provision", "own_means", "reserve", "plain", of_donation=False),
    Rule("disbursement", "fund", "spent", "plain", of_donation=False),
    # A refund may come back: then it is due again.
    Rule("refund", "refund_due", "refunded", "plain", of_donation=True),
)

_TAKEN: tuple[AccountKind, ...] = ("disputed", "charged_back")
_PLACES: tuple[AccountKind, ...] = ("fund", "over_goal", "covered", "own_means")

_PLAIN: tuple[Rule, ...] = (
    Rule("fee_returned", "fees", "own_means", "plain", of_donation=False),
    # What came in suspense and goes back to where it came from.
    Rule("suspense", "suspense", "world", "plain", of_donation=False),
    # Not needed for the plan: from now on it is its donor's to decide.
    Rule("leftover", "fund", "over_goal", "plain", of_donation=True),
    Rule("refund_decided", "fund", "refund_due", "plain", of_donation=True),
    Rule("refund_decided", "over_goal", "refund_due", "plain", of_donation=True),
    Rule("refund_decided", "covered", "refund_due", "plain", of_donation=True),
    Rule("refund_decided", "own_means", "refund_due", "plain", of_donation=True),
    # A refund that was called off, or came to less than was set apart for it.
    Rule("refund_left", "refund_due", "fund", "plain", of_donation=True),
    Rule("refund_left", "refund_due", "over_goal", "plain", of_donation=True),
    Rule("refund_left", "refund_due", "covered", "plain", of_donation=True),
    Rule("refund_left", "refund_due", "own_means", "plain", of_donation=True),
    Rule("dispute", "fund", "disputed", "plain", of_donation=True),
    Rule("dispute", "over_goal", "disputed", "plain", of_donation=True),
    Rule("dispute", "covered", "disputed", "plain", of_donation=True),
    Rule("dispute", "own_means", "disputed", "plain", of_donation=True),
    Rule("dispute_lost", "disputed", "charged_back", "plain", of_donation=True),
    # What was spent already: the organisation has paid it into the fund just before, and no longer
    # stands in for it with its own means.
    Rule("dispute_lost", "fund", "charged_back", "plain", of_donation=True),
    Rule("dispute_lost", "disputed", "own_means", "plain", of_donation=True),
    *(
        Rule("dispute_won", taken, place, "plain", of_donation=True)
        for taken in _TAKEN
        for place in _PLACES
    ),
    # A loss that the organisation had borne comes back to it.
    Rule("recovery", "world", "reserve", "plain", of_donation=False),
)

# A crossing is never taken back by reversal: its way back would be a crossing without consent.
_CROSSINGS: tuple[Rule, ...] = (
    Rule("re-earmark", "fund", "moved_out", "out", of_donation=True),
    Rule("re-earmark", "over_goal", "moved_out", "out", of_donation=True),
    Rule("re-earmark", "moved_in", "fund", "in", of_donation=True),
    Rule("contribution", "reserve", "contributed", "out", of_donation=False),
    Rule("contribution", "own_means", "contributed", "out", of_donation=False),
    Rule("contribution", "moved_in", "fund", "in", of_donation=False),
    Rule("contribution", "shortfall", "fund", "in", of_donation=False),
)

POSTING_RULES: tuple[Rule, ...] = (
    *_REVERSIBLE,
    *_PLAIN,
    *_CROSSINGS,
    *(
        Rule("reversal", rule.credit_kind, rule.debit_kind, "reversal", rule.of_donation)
        for rule in _REVERSIBLE
    ),
)
