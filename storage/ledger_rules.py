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
    "refunded",
    "shortfall",
    "moved_in",
    "moved_out",
    "own_means",
    "fees",
    "reserve",
    "suspense",
    "contributed",
]
"""
The accounts of a book.

world: where gifts come from. fund: held for the case. over_goal: came too late, belongs to its
donor. spent, refunded: gone out. shortfall: what a lost dispute took beyond what was held.
moved_in, moved_out: the two ends of a crossing between books. own_means: where the organisation's
own money comes from. fees: what payment providers took. reserve: set aside for losses. suspense:
arrived, and nobody knows for whom. contributed: paid into cases.
"""

PostingKind = Literal[
    "donation",
    "fee",
    "suspense",
    "disbursement",
    "refund",
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
    KindOfAccount("refunded", "case", floored=True),
    KindOfAccount("shortfall", "case", floored=False),
    KindOfAccount("moved_in", "case", floored=False),
    KindOfAccount("moved_out", "case", floored=True),
    KindOfAccount("world", "organisation", floored=False),
    KindOfAccount("own_means", "organisation", floored=False),
    KindOfAccount("fees", "organisation", floored=True),
    KindOfAccount("reserve", "organisation", floored=True),
    KindOfAccount("suspense", "organisation", floored=True),
    KindOfAccount("contributed", "organisation", floored=True),
)

_REVERSIBLE: tuple[Rule, ...] = (
    Rule("donation", "world", "fund", "plain", of_donation=True),
    Rule("donation", "world", "over_goal", "plain", of_donation=True),
    Rule("refund", "fund", "refunded", "plain", of_donation=True),
    Rule("refund", "over_goal", "refunded", "plain", of_donation=True),
    Rule("disbursement", "fund", "spent", "plain", of_donation=False),
    Rule("fee", "own_means", "fees", "plain", of_donation=False),
    Rule("suspense", "world", "suspense", "plain", of_donation=False),
)

# A crossing is never taken back by reversal: its way back would be a crossing without consent.
_CROSSINGS: tuple[Rule, ...] = (
    Rule("re-earmark", "fund", "moved_out", "out", of_donation=True),
    Rule("re-earmark", "over_goal", "moved_out", "out", of_donation=True),
    Rule("re-earmark", "moved_in", "fund", "in", of_donation=True),
    Rule("contribution", "reserve", "contributed", "out", of_donation=False),
    Rule("contribution", "own_means", "contributed", "out", of_donation=False),
    Rule("contribution", "moved_in", "fund", "in", of_donation=False),
)

POSTING_RULES: tuple[Rule, ...] = (
    *_REVERSIBLE,
    *_CROSSINGS,
    *(
        Rule("reversal", rule.credit_kind, rule.debit_kind, "reversal", rule.of_donation)
        for rule in _REVERSIBLE
    ),
)
