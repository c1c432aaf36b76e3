"""
The earmarked ledger, as the other rooms use it.

Everything runs inside a transaction that the caller opened (`Database.write`, `in_write`, `read`).
What may be posted is decided by the database; a refusal comes out of the caller's write as
`storage.errors.Refused`.
"""

from storage.ledger_crossings import NothingToReverse, contribute, re_earmark, reverse
from storage.ledger_posting import (
    ORGANISATION_BOOK,
    Crossing,
    DifferentPayload,
    Leg,
    NoSuchAccount,
    Posted,
    Posting,
    account_id,
    lock_organisation,
    open_book,
    post,
    posting_id,
)
from storage.ledger_reading import (
    Entry,
    balance,
    balances,
    given_before,
    legs_of,
    standing,
    statement,
    totals,
    trace,
)
from storage.ledger_rules import AccountKind, BookKind, PostingKind
from storage.ledger_verify import Difference, verify

__all__ = [
    "ORGANISATION_BOOK",
    "AccountKind",
    "BookKind",
    "Crossing",
    "Difference",
    "DifferentPayload",
    "Entry",
    "Leg",
    "NoSuchAccount",
    "NothingToReverse",
    "Posted",
    "Posting",
    "PostingKind",
    "account_id",
    "balance",
    "balances",
    "contribute",
    "given_before",
    "legs_of",
    "lock_organisation",
    "open_book",
    "post",
    "posting_id",
    "re_earmark",
    "reverse",
    "standing",
    "statement",
    "totals",
    "trace",
    "verify",
]
