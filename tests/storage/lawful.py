"""How money gets lawfully into any account: read out of the rules, not listed."""

from collections import deque

from storage.ledger_rules import ACCOUNT_KINDS, POSTING_RULES, Rule

BOOK_KINDS = ("case", "organisation")
FLOORED = {(kind.book_kind, kind.kind) for kind in ACCOUNT_KINDS if kind.floored}


def accounts_of(book_kind):
    """The kinds of account that a book of this kind has."""
    return tuple(kind.kind for kind in ACCOUNT_KINDS if kind.book_kind == book_kind)


def rules_of(book_kind):
    """The rules whose two accounts a book of this kind has."""
    accounts = accounts_of(book_kind)
    return [
        rule
        for rule in POSTING_RULES
        if rule.debit_kind in accounts and rule.credit_kind in accounts
    ]


RULES = {
    f"{book_kind}: {rule.posting_kind} {rule.debit_kind} to {rule.credit_kind}": (book_kind, rule)
    for book_kind in BOOK_KINDS
    for rule in rules_of(book_kind)
}
"""Every rule, in each kind of book where it can be kept."""


def book_of(world, book_kind):
    """The book that tests of this kind of book work in: a, or the organisation's."""
    return world.a if book_kind == "case" else 1


def bring(world, book_kind, kind, amount, gift, *, own, book=None):
    """
    The rows that bring *amount* into an account of book a, or of the organisation.

    Args:
        gift: A donation that stands in the fund of the case with at least so much.
        own: It is the gift's own money; else the account alone must have it.
        book: Another case than a.
    """
    book = book or book_of(world, book_kind)
    return [
        row
        for rule in _way(book_kind, kind, own=own)
        for row in world.posting(rule.posting_kind, _leg(world, book, rule, amount, gift))
    ]


def keep(world, book_kind, rule, amount, gift, **changes):
    """
    The rows that keep *rule* once, of what is in its debit account already.

    A reversal takes back a posting that it brings along. A re-earmark goes to b.

    Args:
        changes: Of the leg that keeps the rule.
    """
    book = book_of(world, book_kind)
    if rule.shape in ("out", "in"):
        return _cross(world, rule, amount, gift, **changes)
    if rule.shape == "plain":
        leg = _leg(world, book, rule, amount, gift) | changes
        of = {"posting_id": gift} if rule.posting_kind == "donation" else {}
        return world.posting(rule.posting_kind, leg, **of)
    original = reversible(rule)
    posting_id = gift if original.posting_kind == "donation" else world.new_id()
    leg = _leg(world, book, original, amount, gift)
    booked = world.posting(original.posting_kind, leg, posting_id=posting_id)
    back = _leg(world, book, rule, amount, gift) | {"reverses": world.seq_of(posting_id)}
    return booked + world.posting("reversal", back | changes)


def reversible(reversal):
    """The rule that this rule of a reversal takes back."""
    [found] = [
        rule
        for rule in POSTING_RULES
        if rule.shape == "plain"
        and (rule.debit_kind, rule.credit_kind) == (reversal.credit_kind, reversal.debit_kind)
        and ("reversal", rule.credit_kind, rule.debit_kind) == _name(reversal)
        and rule.of_donation == reversal.of_donation
    ]
    return found


def _name(rule):
    return rule.posting_kind, rule.debit_kind, rule.credit_kind


def _leg(world, book, rule, amount, gift):
    of = {"donation_id": gift} if rule.of_donation else {}
    return world.leg(book, rule.debit_kind, rule.credit_kind, amount, **of)


def _cross(world, rule, amount, gift, **changes):
    """The rows of a crossing that keeps *rule*; the money is in the debit account already."""
    other = next(
        found
        for found in POSTING_RULES
        if found.posting_kind == rule.posting_kind
        and found.shape in ("out", "in")
        and found.shape != rule.shape
        and found.debit_kind != "reserve"  # which may be empty
    )
    leaves, arrives = (rule, other) if rule.shape == "out" else (other, rule)
    is_gift = rule.posting_kind == "re-earmark"
    source = world.a if is_gift else 1
    crossing = world.crossing(donation_id=gift) if is_gift else world.crossing_of_house()
    out = _leg(world, source, leaves, amount, gift) | {"cross_out": "own"}
    into = _leg(world, world.b, arrives, amount, gift) | {"cross_in": "own"}
    legs = (out | changes, into) if rule.shape == "out" else (out, into | changes)
    return world.posting(rule.posting_kind, *legs, crossing=crossing | {"amount_minor": amount})


def _way(book_kind, kind, *, own):
    """
    The plain rules along which money gets into an account of this kind, the first first.

    In a case it sets out from the fund; in the organisation's book from any account without floor.
    """
    start = {"fund"} if book_kind == "case" else _without_floor(book_kind)
    ways: dict[str, tuple[Rule, ...]] = dict.fromkeys(start, ())
    waiting = deque(ways)
    while waiting:
        here = waiting.popleft()
        for rule in rules_of(book_kind):
            if rule.debit_kind != here or rule.credit_kind in ways or rule.shape != "plain":
                continue
            if own and not rule.of_donation:
                continue
            ways[rule.credit_kind] = (*ways[here], rule)
            waiting.append(rule.credit_kind)
    return ways[kind]


def _without_floor(book_kind):
    return {kind for kind in accounts_of(book_kind) if (book_kind, kind) not in FLOORED}
