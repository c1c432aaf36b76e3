"""
What the database refuses, whoever writes: whatever the rules of the ledger do not say.

Nothing here is listed: the cases are made of the rules themselves, so that a new rule brings its
own. As everywhere, each names the constraint or guard that must refuse.
"""

from itertools import permutations
from typing import get_args

import pytest

from storage.ledger_rules import POSTING_RULES, PostingKind
from tests.storage.arenas import told_as
from tests.storage.lawful import (
    BOOK_KINDS,
    FLOORED,
    RULES,
    accounts_of,
    book_of,
    bring,
    keep,
    rules_of,
)

KINDS = get_args(PostingKind)
_OWN = "more_than_the_donation_has"
_RULE = "fk_transfer_posting_rule"
_CROSSES = "fk_transfer_cross_out_donation_id|fk_transfer_cross_in_donation_id"
_CREDIT = "fk_transfer_credit_id_book_id_currency_credit_kind"


def _gift(w, amount=10, book=None):
    """A new donation: its id, and its rows."""
    gift = w.new_id()
    return gift, w.donation(book or w.a, amount, posting_id=gift)


def _kept(w, book_kind, rule, amount=10, **changes):
    """The rows that keep a rule, with all that must be there before."""
    gift, rows = _gift(w, 100)
    if rule.posting_kind == "donation":
        return keep(w, book_kind, rule, amount, w.new_id(), **changes)
    if rule.shape == "reversal" and rule.credit_kind == "world" and book_kind == "case":
        return keep(w, book_kind, rule, amount, w.new_id(), **changes)
    needed = rule.debit_kind if rule.shape != "reversal" else rule.credit_kind
    if (book_kind, needed) in FLOORED:
        rows += bring(w, book_kind, needed, amount, gift, own=rule.of_donation)
    return rows + keep(w, book_kind, rule, amount, gift, **changes)


ACCEPTED = {name: lambda w, of=of: _kept(w, *of) for name, of in RULES.items()}
"""Every rule, kept once. (The rows by which money gets there are lawful too.)"""


def test_every_rule_is_accepted(world):
    refused = {name: word for name, rows in ACCEPTED.items()
               if (word := world.arena.attempt(rows(world)))}  # fmt: skip

    assert refused == {}
    assert world.arena.verify() == []


def _with_anothers_money(w, book_kind, rule):
    """A gift of 10 gives 11, and another stands in the same account."""
    gift, rows = _gift(w)
    other, more = _gift(w)
    for whose in (gift, other):
        more += bring(w, book_kind, rule.debit_kind, 10, whose, own=True)
    return rows + more + keep(w, book_kind, rule, 11, gift)


def _with_money_of_another_case(w, book_kind, rule):
    """A gift to b gives in a what it has in b, and another stands in the same account of a."""
    gift, rows = _gift(w, book=w.b)
    other, more = _gift(w)
    more += bring(w, book_kind, rule.debit_kind, 10, gift, own=True, book=w.b)
    more += bring(w, book_kind, rule.debit_kind, 10, other, own=True)
    return rows + more + keep(w, book_kind, rule, 10, gift)


def _of_what_was_spent(w, book_kind, rule):
    """The plan has spent a part of a gift; the gift gives all of it."""
    gift, rows = _gift(w)
    spent = w.posting("disbursement", w.leg(w.a, "fund", "spent", 1405))
    return rows + spent + keep(w, book_kind, rule, 10, gift)


def _changed(w, book_kind, rule):
    """A leg of nobody's gift where one is due, or of a gift where none is."""
    gift = None if rule.of_donation else w.gift
    return _kept(w, book_kind, rule, donation_id=gift)


def _taken_back(w, book_kind, rule):
    """What cannot be taken back, taken back."""
    rows = _kept(w, book_kind, rule)
    posting_id = max(values["id"] for sql, values in rows if "INTO posting" in sql)
    insert, leg = next(
        (sql, values)
        for sql, values in rows
        if values.get("posting_id") == posting_id
        and (values.get("debit_kind"), values.get("credit_kind"))
        == (rule.debit_kind, rule.credit_kind)
    )
    assert "INTO transfer" in insert
    back = w.leg(
        leg["book_id"],
        rule.credit_kind,
        rule.debit_kind,
        leg["amount_minor"],
        donation_id=leg["donation_id"],
        reverses=w.seq_of(posting_id, leg["leg"]),
    )
    return rows + w.posting("reversal", back)


def _from_book_to_book(w, book_kind, rule, to):
    """A leg that keeps its rule and arrives in another book."""
    gift, rows = _gift(w, 100)
    if (book_kind, rule.debit_kind) in FLOORED:
        rows += bring(w, book_kind, rule.debit_kind, 10, gift, own=rule.of_donation)
    there = w.b if to == "case" else 1
    credit = w.account(there, rule.credit_kind)
    kept = w.new_id() if rule.posting_kind == "donation" else gift
    return rows + keep(w, book_kind, rule, 10, kept, credit_id=credit)


def _into_the_organisation(w, kind):
    """Two legs and their crossing, all of one kind."""
    crossing = w.crossing(kind, to_book=1, to_kind="organisation")
    arrives = w.leg(1, "own_means", "reserve", 200, donation_id=w.gift, cross_in="own")
    return w.posting(kind, w.out_leg(), arrives, crossing=crossing)


def _crossing_called(w, kind):
    return w.posting(kind, w.out_leg(), w.in_leg(), crossing=w.crossing(kind))


def _made(claim, by, make, *, of):
    return {
        f"{claim}: {name}": (by, lambda w, of=(book_kind, rule): make(w, *of))
        for name, (book_kind, rule) in RULES.items()
        if of(book_kind, rule)
    }


def _gives(book_kind, rule):
    """A gift's money leaves an account where it has a floor of its own."""
    return rule.of_donation and (book_kind, rule.debit_kind) in FLOORED and _forward(rule)


def _forward(rule):
    return rule.shape != "reversal"


def _is_final(_, rule):
    """There is no rule of a reversal for it."""
    names = {(back.debit_kind, back.credit_kind) for back in POSTING_RULES if not _forward(back)}
    return _forward(rule) and (rule.credit_kind, rule.debit_kind) not in names


REFUSED = {
    **_made("with_another_gifts_money", _OWN, _with_anothers_money, of=_gives),
    **_made(
        "with_money_of_another_case",
        _OWN,
        _with_money_of_another_case,
        of=lambda book_kind, rule: book_kind == "case" and _gives(book_kind, rule),
    ),
    **_made(
        "of_what_was_spent",
        "below_zero",
        _of_what_was_spent,
        of=lambda book_kind, rule: (
            book_kind == "case" and rule.debit_kind == "fund" and _gives(book_kind, rule)
        ),
    ),
    **_made("donation_or_none", f"{_RULE}|{_OWN}|{_CROSSES}", _changed, of=lambda *_: True),
    **_made("reversal_of_what_is_final", _RULE, _taken_back, of=_is_final),
    **{
        f"into_another_{to}: {name}": (
            _CREDIT,
            lambda w, of=(book_kind, rule, to): _from_book_to_book(w, *of),
        )
        for name, (book_kind, rule) in RULES.items()
        for to in BOOK_KINDS
        if rule.shape == "plain" and (book_kind, to) != ("organisation", "organisation")
        if rule.credit_kind in accounts_of(to)
    },
    **{
        f"from_a_case_to_the_organisation: {kind}": (
            "ck_crossing_into_a_case|ck_crossing_kind",
            lambda w, kind=kind: _into_the_organisation(w, kind),
        )
        for kind in KINDS
    },
    **{
        f"crossing_of_another_kind: {kind}": (
            "ck_crossing_kind",
            lambda w, kind=kind: _crossing_called(w, kind),
        )
        for kind in KINDS
        if kind != "re-earmark"
    },
}


@pytest.mark.parametrize("what", dict.fromkeys(name.partition(": ")[0] for name in REFUSED))
def test_refused(either, what):
    mine = {name: claim for name, claim in REFUSED.items() if name.startswith(f"{what}: ")}
    assert mine
    either.refuses_all(mine)


def _full(w):
    """A gift whose own money stands in every account that can have it; money in all others."""
    gift, rows = _gift(w, 10_000)
    rows += keep(w, "case", _rule("re-earmark", "fund"), 100, gift)
    rows += keep(w, "organisation", _rule("contribution", "own_means"), 100, gift)
    for book_kind in BOOK_KINDS:
        for kind in accounts_of(book_kind):
            own = any(rule.of_donation for rule in rules_of(book_kind) if rule.credit_kind == kind)
            if (book_kind, kind) in FLOORED and kind not in ("moved_out", "contributed"):
                rows += bring(w, book_kind, kind, 100, gift, own=own)
    return gift, rows


PAIRS = {(rule.posting_kind, rule.debit_kind, rule.credit_kind) for rule in POSTING_RULES}


def _one_leg(w, book, posting_id, kind, debit, credit, gift):
    """A plain transfer of 1 in a posting that is there already."""
    head = {"posting_id": posting_id, "posting_kind": kind, "n_legs": 1, "leg": 1}
    if gift is not None and kind == "donation":
        gift = posting_id
    return w.row("transfer", **head, **w.leg(book, debit, credit, 1, donation_id=gift))


def _rule(kind, debit):
    return next(
        rule for rule in POSTING_RULES if (rule.posting_kind, rule.debit_kind) == (kind, debit)
    )


@pytest.mark.parametrize("book_kind", BOOK_KINDS)
def test_every_pair_of_accounts_that_is_no_rule_is_refused(world, book_kind):
    book = book_of(world, book_kind)
    gift, rows = _full(world)
    heads = {kind: world.new_id() for kind in KINDS}
    for kind, posting_id in heads.items():
        rows += world.posting(kind, n_legs=1, posting_id=posting_id)
    tries = {
        (kind, debit, credit, of_donation): _one_leg(
            world, book, heads[kind], kind, debit, credit, gift if of_donation else None
        )
        for kind in KINDS
        for debit, credit in permutations(accounts_of(book_kind), 2)
        for of_donation in ((False, True) if (kind, debit, credit) in PAIRS else (False,))
    }

    words = dict(zip(tries, world.arena.trials(rows, tries.values()), strict=True))

    accepted = {key for key, word in words.items() if word is None}
    assert accepted == {
        (rule.posting_kind, rule.debit_kind, rule.credit_kind, rule.of_donation)
        for rule in rules_of(book_kind)
        if rule.shape == "plain"
    }
    reasons = told_as(f"{_RULE}|{_OWN}", world.arena.dialect)
    assert {word for word in words.values() if word} <= reasons
